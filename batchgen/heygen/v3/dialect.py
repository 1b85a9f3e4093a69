"""The current generation of the API: keys, batches and bulk statuses."""

# ruff: noqa: ARG002 - the seam has arguments that this generation has no use for

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from batchgen.heygen.fields import table, tables
from batchgen.heygen.interface import Keys
from batchgen.heygen.streaming import Streaming
from batchgen.heygen.template import template
from batchgen.heygen.v3 import agent, catalogue, replies
from batchgen.heygen.v3.assets import AssetsV3
from batchgen.heygen.v3.cinematic import cinematic
from batchgen.heygen.v3.lipsync import lipsync
from batchgen.heygen.v3.routes import ENDPOINTS, PAGE, ROUTES
from batchgen.heygen.v3.translation import translation
from batchgen.heygen.v3.unsayable import unsayable
from batchgen.heygen.v3.video import video
from batchgen.heygen.v3.webhooks import V3Webhooks
from batchgen.heygen.verdicts import found_or_missing, read, settle, trouble, unreadable
from batchgen.heygen.wire import Failure, decipher
from batchgen.model import session
from batchgen.model.exchange import Progress, Purpose, Request, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchgen.heygen.interface import Assets, Endpoint, Sessions, Unsayable, Webhooks
    from batchgen.model.catalogue import Item, ItemPage, Topic
    from batchgen.model.exchange import Accepted, Balance, Outcome, Page, Reply
    from batchgen.model.job import Draft, Parcel

#: How the body of each kind is written.
_BODIES: dict[str, Callable[[Parcel], dict[str, Any]]] = {
    "video": video,
    "template": template,
    "translation": translation,
    "agent": agent.agent,
    "lipsync": lipsync,
    "image": video,
    "cinematic": cinematic,
}


class V3:
    """See ``Dialect``."""

    name = "v3"
    assets: Assets = AssetsV3()
    webhooks: Webhooks = V3Webhooks()
    sessions: Sessions = Streaming()

    def endpoint(self, kind: str) -> Endpoint:
        """See ``Dialect.endpoint``."""
        return ENDPOINTS[kind]

    def unsayable(self, draft: Draft) -> Iterable[Unsayable]:
        """See ``Dialect.unsayable``."""
        return unsayable(draft)

    def create(self, parcels: Sequence[Parcel], *, key: str, batched: bool) -> Request:
        """See ``Dialect.create``."""
        kind = parcels[0].kind
        if kind == session.KIND:
            return self.sessions.open(parcels[0])
        endpoint, bodies = ENDPOINTS[kind], [_BODIES[kind](parcel) for parcel in parcels]
        honoured = endpoint.batch_keys if batched else endpoint.keys
        if len(parcels) > (endpoint.batch_limit if batched else 1):
            raise ValueError(f"{len(parcels)} jobs of the kind {kind} do not fit into one request")
        return Request(
            method="POST",
            path=_address(parcels[0], batched=batched),
            purpose=Purpose.CREATE,
            body={ROUTES[kind].items: bodies} if batched else bodies[0],
            key=None if honoured is Keys.NONE else key,
        )

    def read_create(self, reply: Reply, *, jobs: int, batched: bool) -> Outcome:
        """See ``Dialect.read_create``."""
        return settle(reply, replies.batch_created if batched else _one_created)

    def status(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """See ``Dialect.status``."""
        if kind == session.KIND:
            return self.sessions.listing()
        if len(remote_ids) == 1:
            return _get(Purpose.STATUS, f"{ROUTES[kind].home}/{quote(remote_ids[0], safe='')}")
        return self.places(kind, remote_ids)

    def read_status(self, kind: str, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """See ``Dialect.read_status``."""
        if kind == session.KIND:
            return [row for row in self.sessions.read_listing(reply).rows if row.remote_id in asked]
        return [_single(reply, asked[0])] if len(asked) == 1 else _bulk(reply, frozenset(asked))

    def captions(self, kind: str, remote_id: str) -> Sequence[Request]:
        """See ``Dialect.captions``: a job's own address tells them."""
        return [self.status(kind, [remote_id])]

    def read_captions(self, kind: str, reply: Reply, *, asked: Request) -> Mapping[str, str]:
        """See ``Dialect.read_captions``."""
        return replies.captions(table(read(reply).data))

    def batch(self, kind: str, batch_id: str, token: str | None = None) -> Request:
        """See ``Dialect.batch``."""
        cursor = (("token", token),) if token else ()
        route = ROUTES[kind]
        if route.batches:
            return _get(Purpose.STATUS, f"{route.batches}/{quote(batch_id, safe='')}")
        return _get(Purpose.STATUS, f"{route.home}/batches/{quote(batch_id, safe='')}", PAGE, *cursor)

    def read_batch(self, kind: str, reply: Reply, *, batch_id: str) -> Page:
        """See ``Dialect.read_batch``."""
        data = table(read(reply).data)
        if ROUTES[kind].batches:
            return agent.session(data, session_id=batch_id)
        return replies.batch_page(data, batch_id=batch_id, status=reply.status)

    def places(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """See ``Dialect.places``: the bulk status tells it, also of one id."""
        route = ROUTES[kind]
        return _get(Purpose.STATUS, f"{route.home}/statuses", (route.ids, ",".join(remote_ids)))

    def read_places(self, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """See ``Dialect.read_places``."""
        return _bulk(reply, frozenset(asked))

    def batches(self, kind: str, token: str | None = None) -> Request:
        """See ``Dialect.batches``."""
        return _get(Purpose.LIST, ROUTES[kind].batches, PAGE, *((("token", token),) if token else ()))

    def read_batches(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_batches``."""
        return replies.list_page(read(reply).body, status=reply.status, row=agent.listed)

    def listing(self, kind: str, *, token: str | None = None, title: str | None = None) -> Request:
        """See ``Dialect.listing``."""
        if kind == session.KIND:
            return self.sessions.listing(token)
        query = [PAGE]
        if token:
            query.append(("token", token))
        if title and ENDPOINTS[kind].title_filter:
            query.append(("title", title))
        return _get(Purpose.LIST, ROUTES[kind].home, *query)

    def read_listing(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_listing``."""
        if kind == session.KIND:
            return self.sessions.read_listing(reply)
        return replies.list_page(read(reply).body, status=reply.status)

    def gallery(self, kind: str, *, token: str | None = None) -> Request:
        """See ``Dialect.gallery``: every list of v3 is one."""
        return self.listing(kind, token=token)

    def read_gallery(self, kind: str, reply: Reply) -> Page:
        """See ``Dialect.read_gallery``."""
        return self.read_listing(kind, reply)

    def catalogue(self, topic: Topic, *, token: str | None = None, mine: bool = False) -> Request:
        """See ``Dialect.catalogue``."""
        return catalogue.listing(topic, token=token, mine=mine)

    def read_catalogue(self, topic: Topic, reply: Reply) -> ItemPage:
        """See ``Dialect.read_catalogue``."""
        return catalogue.page(topic, read(reply).body, status=reply.status)

    def lookup(self, topic: Topic, item: str) -> Request | None:
        """See ``Dialect.lookup``."""
        return catalogue.lookup(topic, item)

    def read_lookup(self, topic: Topic, reply: Reply, *, asked: str) -> Item | None:
        """See ``Dialect.read_lookup``."""
        found = found_or_missing(reply)
        return None if found is None else catalogue.item(topic, {"id": asked, **found})

    def balance(self) -> Request:
        """See ``Dialect.balance``."""
        return _get(Purpose.ACCOUNT, "/v3/users/me")

    def read_balance(self, reply: Reply) -> Balance:
        """See ``Dialect.read_balance``."""
        return replies.account(table(read(reply).data))


def _get(purpose: Purpose, path: str, *query: tuple[str, str]) -> Request:
    return Request(method="GET", path=path, purpose=purpose, query=query)


def _address(parcel: Parcel, *, batched: bool) -> str:
    route = ROUTES[parcel.kind]
    if batched:
        return f"{route.home}/batches"
    posts = route.posts or route.home
    if "{" not in posts:
        return posts
    named = {name: quote(value, safe="") for name, value in parcel.content.items() if isinstance(value, str)}
    return posts.format_map(named)


def _one_created(data: Mapping[str, Any]) -> Accepted | None:
    """Find the id of a job that was created on its own; only an agent's session has one of its own besides."""
    return agent.session_created(data) if "session_id" in data else replies.one_created(data)


def _single(reply: Reply, asked: str) -> Progress:
    found = decipher(reply)
    if isinstance(found, Failure):
        problem = trouble(found)
        if problem.missing:
            return Progress(stage=Stage.UNKNOWN, remote_id=asked, error_code=problem.code, error=problem.message)
        raise problem
    progress = replies.detail(table(found.data))
    if progress.remote_id != asked:
        raise unreadable(reply.status, f"The reply speaks of {progress.remote_id}, not of {asked}.")
    return progress


def _bulk(reply: Reply, asked: frozenset[str]) -> list[Progress]:
    found = read(reply)
    if not isinstance(found.data, list):
        raise unreadable(reply.status, "The reply carries no list.")
    return [progress for progress in map(replies.brief, tables(found.data)) if progress.remote_id in asked]
