"""What the pipeline asks of an API generation (``Dialect``) and of the network (``Api``)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from batchgen.model.exchange import HeldBack, NoAnswer, Refused
from batchgen.model.media import Kept, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.model.catalogue import Item, ItemPage, Topic
    from batchgen.model.exchange import Balance, Outcome, Page, Progress, Reply, Request, Upload
    from batchgen.model.job import Draft, Parcel
    from batchgen.model.media import Asset, LocalFile
    from batchgen.model.session import Denied, Opening, Taken
    from batchgen.model.webhook import Announcement, Registered, Verdict

#: A page of the account's webhook endpoints, each with its id and address, and where the next one begins.
Hooks = tuple[list[tuple[str, str]], str | None]


class Keys(StrEnum):
    """Whether an endpoint honours ``Idempotency-Key``."""

    KNOWN = "known"  #: HeyGen's reference or changelog says so.
    BELIEVED = "believed"  #: Likely, and said nowhere.
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What is known of the endpoint that creates jobs of one kind. Data, not assumption."""

    keys: Keys
    batch_keys: Keys = Keys.NONE  #: The same for its batch endpoint.
    batch_limit: int = 1  #: Jobs a batch may hold; 1: there are no batches.
    takes_token: bool = True  #: What is sent can carry a token that a list gives back.
    titled: bool = True  #: The list of this kind carries titles, so a token in the title can be found.
    echoes_callback: bool = False  #: The list returns ``callback_id``, so the token can travel in it.
    title_filter: bool = False  #: The list can be asked for titles that contain a text.
    status_limit: int = 1  #: Ids one status request may ask about; 1: there is no bulk status.
    lists_links: bool = False  #: Rows of the list carry download links.
    tells_prompt: bool = False  #: Its batches are listed, and each tells what it was asked for.
    lists_statuses: bool = False  #: Where there is no bulk status: rows of the list tell how jobs are doing.
    live: bool = False  #: Its jobs are held, not rendered; the list shows only those that are open, and without names.


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsayable:
    """Something a draft asks for that this generation cannot say."""

    field: str  #: The manifest's field.
    problem: str
    remedy: str


class Webhooks(Protocol):
    """One generation's endpoints that the server tells of ends by itself. Pure, as is the dialect."""

    def register(self, url: str, *, key: str) -> Request:
        """Ask that the ends of jobs be told at an address of ours."""

    def read_registered(self, reply: Reply) -> Registered:
        """Read what it is called and signs with. Raises ``ApiError``."""

    def remove(self, endpoint_id: str) -> Request:
        """Ask that nothing more be told there."""

    def read_removed(self, reply: Reply) -> None:
        """Read whether it is gone; one that is not known is. Raises ``ApiError``."""

    def listing(self, token: str | None = None) -> Request:
        """Ask for a page of the account's endpoints."""

    def read_listing(self, reply: Reply) -> Hooks:
        """Read a page of the account's endpoints. Raises ``ApiError``."""

    def hear(self, headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> Announcement | Verdict:
        """Give what an arrival says, or why it is not believed; header names are in lower case. Never raises."""


class Sessions(Protocol):
    """How sessions with interactive avatars are held. Pure, as is the dialect; only ``read_listing`` raises."""

    def open(self, parcel: Parcel) -> Request:
        """Write the request that opens a session."""

    def read_open(self, reply: Reply) -> Opening | HeldBack | Refused | NoAnswer:
        """Tell what a reply to ``open`` means."""

    def start(self, session_id: str, answer: str | None) -> Request:
        """Have it begin; ``answer`` is the SDP that answers its offer, where it made one."""

    def candidate(self, session_id: str, candidate: str, mid: str) -> Request:
        """Tell one way by which this machine can be reached."""

    def say(self, session_id: str, said: str, kind: str) -> Request:
        """Have a text repeated (``repeat``) or answered (``talk``)."""

    def keep_alive(self, session_id: str) -> Request:
        """Have its idle time begin anew."""

    def stop(self, session_id: str) -> Request:
        """Have it closed."""

    def read_done(self, reply: Reply) -> Taken | Denied:
        """Tell what a reply to any of these means."""

    def listing(self, token: str | None = None) -> Request:
        """Ask for a page of the account's open sessions."""

    def read_listing(self, reply: Reply) -> Page:
        """Read a page of them: QUEUED are those that nobody started. Raises ``ApiError``."""


class Dialect(Protocol):
    """One generation of the API. Pure: it writes requests and reads replies, and touches no network."""

    name: str  #: ``v3`` or ``v2``.
    assets: Assets  #: How it takes files of this machine.
    webhooks: Webhooks  #: How it tells of ends by itself.
    sessions: Sessions  #: How sessions with avatars are held.

    def endpoint(self, kind: str) -> Endpoint:
        """Tell what is known of the endpoint for this kind."""

    def unsayable(self, draft: Draft) -> Iterable[Unsayable]:
        """Tell all that this generation cannot say of a draft, with the way out."""

    def create(self, parcels: Sequence[Parcel], *, key: str, batched: bool) -> Request:
        """Write the request that submits these jobs, all of one kind, in this order.

        A translation's ``output_language`` becomes a list of one, so that a batch has one item a job.
        """

    def read_create(self, reply: Reply, *, jobs: int, batched: bool) -> Outcome:
        """Tell what a reply to ``create`` means for its ``jobs`` jobs. Never raises."""

    def status(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """Ask about one id (with its link), or about up to ``status_limit`` ids (bulk: without links)."""

    def read_status(self, kind: str, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """Read a reply to ``status``; ids it says nothing of are left out. Raises ``ApiError``."""

    def captions(self, kind: str, remote_id: str) -> Sequence[Request]:
        """Ask for the links of a finished job's captions."""

    def read_captions(self, kind: str, reply: Reply, *, asked: Request) -> Mapping[str, str]:
        """Read links by what they lead to: ``srt``, ``vtt``, ``ass``, or ``captioned``, the film with captions in it.

        Captions that there are none of are left out. Raises ``ApiError``.
        """

    def batch(self, kind: str, batch_id: str, token: str | None = None) -> Request:
        """Ask for a page of a batch's items."""

    def read_batch(self, kind: str, reply: Reply, *, batch_id: str) -> Page:
        """Read a page of a batch's items, each with its place. Raises ``ApiError``."""

    def places(self, kind: str, remote_ids: Sequence[str]) -> Request:
        """Ask of which batches up to ``status_limit`` jobs are, and at which places of them."""

    def read_places(self, reply: Reply, *, asked: Sequence[str]) -> Sequence[Progress]:
        """Read that; ids it says nothing of are left out. Raises ``ApiError``."""

    def batches(self, kind: str, token: str | None = None) -> Request:
        """Ask for a page of the account's batches, newest first, where they are listed."""

    def read_batches(self, kind: str, reply: Reply) -> Page:
        """Read a page of them: of each its id and its time. Raises ``ApiError``."""

    def listing(self, kind: str, *, token: str | None = None, title: str | None = None) -> Request:
        """Ask for a page of the account's jobs of this kind, newest first, as many as a page may hold."""

    def read_listing(self, kind: str, reply: Reply) -> Page:
        """Read a page of the account's jobs. Raises ``ApiError``."""

    def gallery(self, kind: str, *, token: str | None = None) -> Request:
        """Ask for a page of the same with all that is known of each job, links included, where there is such a list."""

    def read_gallery(self, kind: str, reply: Reply) -> Page:
        """Read that page. Raises ``ApiError``."""

    def catalogue(self, topic: Topic, *, token: str | None = None, mine: bool = False) -> Request:
        """Ask for a page of what there is; ``mine``: of the account's own, where the list keeps them apart."""

    def read_catalogue(self, topic: Topic, reply: Reply) -> ItemPage:
        """Read a page of what there is. Raises ``ApiError``."""

    def lookup(self, topic: Topic, item: str) -> Request | None:
        """Ask about one id; None where this generation has lists alone."""

    def read_lookup(self, topic: Topic, reply: Reply, *, asked: str) -> Item | None:
        """Read what there is under an id; None: there is nothing. Raises ``ApiError``."""

    def balance(self) -> Request:
        """Ask what the account has left."""

    def read_balance(self, reply: Reply) -> Balance:
        """Read what the account has left. Raises ``ApiError``."""


#: What a reply about an upload comes down to.
Told = Slot | Kept | HeldBack | Refused | NoAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPage:
    """A page of the account's assets, and where the next one begins."""

    rows: tuple[Kept, ...]
    next_token: str | None = None


class Assets(Protocol):
    """How a generation takes files of this machine. Pure, as ``Dialect`` is.

    Either ``open`` takes the bytes themselves and its reply is the asset (``Kept``); or it gives a place for them
    (``Slot``), and ``complete`` takes over what was put there.
    """

    lists: bool  #: Whether lost uploads are looked for in a list; else by repeating under the key.

    def check(self, kind: str, sort: str, file: LocalFile) -> None:
        """Refuse a file that this generation does not take for a job of this kind. Raises ``Unusable``."""

    def open(self, file: LocalFile, *, key: str, upload: Upload) -> Request:
        """Begin an upload. Where keys are honoured, the same key gives the same asset."""

    def read_open(self, reply: Reply) -> Told:
        """Tell what a reply to ``open`` means. Never raises."""

    def complete(self, asset: Asset) -> Request:
        """Have an asset made of the bytes that were put into its place."""

    def read_complete(self, reply: Reply) -> Told:
        """Tell what a reply to ``complete`` means. Never raises."""

    def damaged(self, refused: Refused) -> bool:
        """Tell whether a refusal speaks of bytes that are missing or others than announced: bring them anew."""

    def progress(self, asset_id: str) -> Request:
        """Ask how far the server is with looking at an asset."""

    def read_progress(self, reply: Reply, asset_id: str) -> Kept | Refused | None:
        """Read that; None where it says nothing of it. Raises ``ApiError``."""

    def ask(self, asset_id: str) -> Request:
        """Ask for one asset."""

    def read_ask(self, reply: Reply, asset_id: str) -> Kept:
        """Read it. Raises ``ApiError``, with ``missing`` where the account has no such asset."""

    def listing(self, media_type: str, token: str | None = None) -> Request:
        """Ask for a page of the account's assets of one sort."""

    def read_listing(self, reply: Reply) -> AssetPage:
        """Read it. Raises ``ApiError``."""

    def media(self, kind: str, asset: Asset) -> Mapping[str, str]:
        """Give what stands for the asset in a job of this kind, as ``model.content.Media``."""


class Api(Protocol):
    """The network, as far as the API is concerned."""

    async def send(self, request: Request) -> Reply:
        """Send a request and give the whole reply, whatever its status.

        Raises ``NotSent`` where it certainly never left, ``NoReply`` where nobody can know.
        """
