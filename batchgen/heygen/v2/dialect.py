"""The older generation of the API (v1 and v2 paths): no keys, no batches, one status a request."""

# ruff: noqa: ARG002 - the seam has arguments that this generation has no use for

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchgen.heygen.fields import table
from batchgen.heygen.streaming import Streaming
from batchgen.heygen.template import template
from batchgen.heygen.v2 import catalogue, replies
from batchgen.heygen.v2.assets import AssetsV2
from batchgen.heygen.v2.routes import ENDPOINTS, PAGE
from batchgen.heygen.v2.translation import translation
from batchgen.heygen.v2.unsayable import unsayable
from batchgen.heygen.v2.video import video
from batchgen.heygen.v2.webhooks import V2Webhooks
from batchgen.heygen.verdicts import found_or_missing, read, settle, trouble, unreadable
from batchgen.heygen.wire import Failure, decipher
from batchgen.model import session
from batchgen.model.exchange import Progress, Purpose, Request, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchgen.heygen.interface import Assets, Endpoint, Sessions, Unsayable, Webhooks
    from batchgen.model.catalogue import Item, ItemPage, Topic
    from batchgen.model.exchange import Balance, Outcome, Page, Reply
    from batchgen.model.job import Draft, Parcel

#: How the body of each kind is written.
_BODIES: dict[str, Callable[[Parcel], dict[str, Any]]] = {
    "video": video,
    "template": template,
    "translation": translation,
}


class V2:
    """See ``Dialect``."""

    name = "v2"
    assets: Assets = AssetsV2()
    webhooks: Webhooks = V2Webhooks()
    sessions: Sessions = Streaming()

    def endpoint(self, kind: str) -> Endpoint:
        """See ``Dialect.endpoint``."""
        return ENDPOINTS[kind]

    def unsayable(self, draft: Draft) -> Iterable[Unsayable]:
        """See ``Dialect.unsayable``."""
        return unsayable(draft)

    def create(self, parcels: Sequence[Parcel], *, key: str, batched: bool) -> Request:
        """See ``Dialect.create``."""
        if batched or len(parcels) != 1:
            raise ValueError("v2 takes one job a request")
        parcel = parcels[0]
        if parcel.kind == session.KIND:
            return self.sessions.open(parcel)
        body = _BODIES[parcel.kind](parcel)
        return Request(method="POST", path=_address(parcel), purpose=Purpose.CREATE, body=body)

    def read_create(self, reply: Reply, *, jobs: int, batched: bool) -> Outcome:
        """See ``Dialect.read_create``."""
        return settle(reply, replies.created)

    def status(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """See ``Dialect.status``."""
        if kind == session.KIND:
            return self.sessions.listing()
        if len(remote_ids) != 1:
            raise ValueError("v2 tells the status of one job a request")
        if kind == "translation":
            return _get(Purpose.STATUS, f"/v2/video_translate/{quote(remote_ids[0], safe='')}")
        return _get(Purpose.STATUS, "/v1/video_status.get", ("video_id", remote_ids[0]))

    def read_status(self, kind: str, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """See ``Dialect.read_status``."""
        if kind == session.KIND:
            return [row for row in self.sessions.read_listing(reply).rows if row.remote_id in asked]
        found = decipher(reply)
        if isinstance(found, Failure):
            problem = trouble(found)
            if not problem.missing:
                raise problem
            unknown = Progress(stage=Stage.UNKNOWN, remote_id=asked[0], error_code=problem.code, error=problem.message)
            return [unknown]
        return [_about(found.data, asked[0], reply.status)]

    def captions(self, kind: str, remote_id: str) -> Sequence[Request]:
        """See ``Dialect.captions``: translations have an endpoint for them, one format a request."""
        if kind != "translation":
            return [self.status(kind, [remote_id])]
        home = "/v2/video_translate/caption"
        return [
            _get(Purpose.STATUS, home, ("video_translate_id", remote_id), ("caption_type", role))
            for role in ("srt", "vtt")
        ]

    def read_captions(self, kind: str, reply: Reply, *, asked: Request) -> Mapping[str, str]:
        """See ``Dialect.read_captions``."""
        return replies.captions(table(read(reply).data), role=dict(asked.query).get("caption_type", "ass"))

    def batch(self, kind: str, batch_id: str, token: str | None = None) -> Request:
        """See ``Dialect.batch``. There are none."""
        raise ValueError("v2 has no batches")

    def read_batch(self, kind: str, reply: Reply, *, batch_id: str) -> Page:
        """See ``Dialect.read_batch``. There are none."""
        raise ValueError("v2 has no batches")

    def places(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """See ``Dialect.places``. There are none."""
        raise ValueError("v2 has no batches")

    def read_places(self, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """See ``Dialect.read_places``. There are none."""
        raise ValueError("v2 has no batches")

    def batches(self, kind: str, token: str | None = None) -> Request:
        """See ``Dialect.batches``. There are none."""
        raise ValueError("v2 has no batches")

    def read_batches(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_batches``. There are none."""
        raise ValueError("v2 has no batches")

    def listing(self, kind: str, *, token: str | None = None, title: str | None = None) -> Request:
        """See ``Dialect.listing``. No document says that this list can be filtered by title."""
        if kind == session.KIND:
            return self.sessions.listing(token)
        return _get(Purpose.LIST, "/v1/video.list", PAGE, *((("token", token),) if token else ()))

    def read_listing(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_listing``."""
        if kind == session.KIND:
            return self.sessions.read_listing(reply)
        data = table(read(reply).data)
        return replies.list_page(data, translated=kind == "translation", status=reply.status)

    def gallery(self, kind: str, *, token: str | None = None) -> Request:
        """See ``Dialect.gallery``. HeyGen's OpenAPI file of April 2026 has this list, translations included."""
        if kind == session.KIND:
            return self.sessions.listing(token)
        return _get(Purpose.LIST, "/v2/videos", PAGE, *((("token", token),) if token else ()))

    def read_gallery(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_gallery``."""
        if kind == session.KIND:
            return self.sessions.read_listing(reply)
        return replies.gallery_page(read(reply).body, status=reply.status)

    def catalogue(self, topic: Topic, *, token: str | None = None, mine: bool = False) -> Request:
        """See ``Dialect.catalogue``."""
        return catalogue.listing(topic)

    def read_catalogue(self, topic: Topic, reply: Reply) -> ItemPage:
        """See ``Dialect.read_catalogue``."""
        return catalogue.page(topic, table(read(reply).data), status=reply.status)

    def lookup(self, topic: Topic, item: str) -> Request | None:
        """See ``Dialect.lookup``."""
        return catalogue.lookup(topic, item)

    def read_lookup(self, topic: Topic, reply: Reply, *, asked: str) -> Item | None:
        """See ``Dialect.read_lookup``."""
        found = found_or_missing(reply)
        return None if found is None else catalogue.item(topic, found, asked)

    def balance(self) -> Request:
        """See ``Dialect.balance``."""
        return _get(Purpose.ACCOUNT, "/v2/user/remaining_quota")

    def read_balance(self, reply: Reply) -> Balance:
        """See ``Dialect.read_balance``."""
        return replies.balance(table(read(reply).data))


def _get(purpose: Purpose, path: str, *query: tuple[str, str]) -> Request:
    return Request(method="GET", path=path, purpose=purpose, query=query)


def _address(parcel: Parcel) -> str:
    match parcel.kind:
        case "template":
            return f"/v2/template/{quote(parcel.content['template_id'], safe='')}/generate"
        case "translation":
            return "/v2/video_translate"
        case _:
            return "/v2/video/generate"


def _about(data: Any, asked: str, status: int) -> Progress:
    row = table(data)
    progress = replies.detail(row, asked)
    if "status" not in row or progress.remote_id != asked:
        raise unreadable(status, f"The reply does not speak of {asked}.")
    return progress
