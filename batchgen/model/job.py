"""A job: one video to be made, known by what it renders; see ``model/naming.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.naming import canonical, naming

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.content import Delivery
    from batchgen.model.media import NamedFile
    from batchgen.model.row import Row
    from batchgen.model.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one line of a manifest asks for, checked, and not yet known to the store."""

    row: Row
    kind: str
    content: Mapping[str, Any]  #: See ``model.content``: all of it forms the identity.
    delivery: Delivery  #: Title, folder, callbacks: none of it does.
    language: str | None = None  #: The language it is spoken in, where the manifest says so.
    distinct: str | None = None  #: The row's own ``id``, by ``same_id``; it makes equal rows different jobs.
    output: str | None = None  #: The file name asked for, without folder rules applied yet.
    length_s: float | None = None  #: Seconds that the row says its source, or its video, lasts; it is never sent.
    #: Files of this machine that its content names, each with the field that does.
    files: Mapping[NamedFile, str] = field(default_factory=dict)

    def identity(self, realm: str, copy: int = 0, *, written: str | None = None, as_written: bool = False) -> str:
        """Name the job by what it renders. ``written`` is its content as ``canonical`` writes it, where that is known.

        ``realm`` is the world it is rendered in (an API host, or the sandbox): a rehearsal must never count as
        the real thing. ``copy`` tells apart rows that ask for one video each of the same thing. ``as_written``: see
        ``naming``.
        """
        content = canonical(self.content) if written is None else written
        return naming(realm, self.kind, copy, as_written=as_written)([content], [self.distinct])[0]


class Job(NamedTuple):
    """One video to be made, as the store knows it.

    A tuple, since a run makes half a dozen of each from rows of the store: a third of what a dataclass takes.
    """

    pk: int  #: The store's own number.
    id: str  #: Stable over runs, sheets and machines: the digest of what is rendered.
    kind: str
    content: Mapping[str, Any]
    delivery: Mapping[str, Any]
    language: str | None
    file: str | None  #: The absolute path its video is meant for.
    status: Status
    round: int = 0  #: How often a person had it tried again: each round is a purchase of its own.
    solo: bool = False  #: To be sent alone: the batch it was in was refused as a whole.
    api: str | None = None  #: The generation it was sent with.
    submission: int | None = None  #: The submission it was last part of.
    item: int | None = None  #: Its place in that submission.
    batch_id: str | None = None  #: Theirs; for a job accepted as part of a batch.
    remote_id: str | None = None  #: Theirs; None until it is known.
    video_url: str | None = None
    duration_s: float | None = None
    credits: float | None = None  #: In ``unit``: set aside for it while it is in flight, reckoned by its length after.
    error_code: str | None = None
    error: str | None = None
    submitted_at: float | None = None  #: Epoch seconds.
    finished_at: float | None = None  #: Epoch seconds.
    due_at: float | None = None  #: Epoch seconds: when it is worth looking at again.
    polls: int = 0  #: How often its rendering was asked about.
    seq: int | None = None  #: Its place in the run that works on it.
    length_s: float | None = None  #: Seconds of its source, or of all of it, where the sheet or the file told.
    unit: str | None = None  #: Of its amounts: ``credits`` or ``usd``; None: credits.
    expected_low: float | None = None  #: What it was expected to cost when it was sent; None: its length was unknown.
    expected_high: float | None = None
    #: What stands for each file of this machine in its requests, by SHA-256; None: it names no such file.
    assets: Mapping[str, Mapping[str, str]] | None = None


def changed(job: Job, **facts: Any) -> Job:
    """Give a job with some facts changed."""
    return job._replace(**facts)


#: What a job forgets when a person has it tried anew: all that its last purchase was known by. With a new ``round`` it
#: makes a new submission, and with that a new key and a new token.
FORGOTTEN: Mapping[str, Any] = {
    "submission": None,
    "item": None,
    "batch_id": None,
    "remote_id": None,
    "video_url": None,
    "error_code": None,
    "error": None,
    "submitted_at": None,
    "finished_at": None,
    "polls": 0,
    "credits": None,
    "expected_low": None,
    "expected_high": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One creating request: a job, or up to 100 in a batch. Its make-up never changes once it is stored.

    A server that honours keys answers a repeat with the first reply even where the body differs. A batch put
    together anew under an old key would hand ids to the wrong rows, so the list of jobs is part of the record.
    """

    pk: int
    api: str
    kind: str
    jobs: tuple[str, ...]  #: Job ids, in the order in which they stand in the request.
    tokens: tuple[str, ...]  #: What each of them is recognised by in the account's lists.
    key: str  #: The idempotency key. One for the life of the submission, whatever the number of attempts.
    batched: bool  #: Sent to a batch endpoint, even if of one job.
    body_digest: str  #: Of the request's body as it first left.
    created_at: float  #: Epoch seconds.
    unsure_since: float | None = None  #: When a reply was first missed; None: never, or settled since.
    looks: int = 0  #: How often it was looked for since then.
    look_at: float | None = None  #: When to look next.
    last_code: str | None = None  #: What the last attempt came back with.
    repeats: int = 0  #: How often the same failing reply came back for its key.
    batch_id: str | None = None
    account: str = ""  #: What tells whose credentials it was last sent with; empty: an older batchgen did not note it.

    def may_be_known_to(self, account: str) -> bool:
        """Whether an account would know it: not where it was sent with the credentials of another one.

        Two keys of one account look like two accounts: that costs a question to a person, and the other way a video.
        """
        return not self.account or not account or self.account == account


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Parcel(NamedTuple):
    """A job as a dialect sees it when it writes a request: what to make, and how to label it."""

    kind: str
    content: Mapping[str, Any]
    delivery: Mapping[str, Any] = _NOTHING
    token: str | None = None  #: To be carried where lists return it; None: the user wants no token.
