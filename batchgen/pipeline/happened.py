"""What the pipeline tells whoever listens: small frozen facts. Progress bars, logs and pages are listeners."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.model.exchange import Hold, Purpose
    from batchgen.model.status import Event, Status
    from batchgen.model.webhook import Verdict


class Began(NamedTuple):
    """A run begins to work on its jobs."""

    run: int
    counts: Mapping[Status, int]  #: Of the jobs it works on.
    usual_s: float | None = None  #: How long half of their renders took in earlier runs, if that is remembered.
    places: int | None = None  #: How many may render at once, if that is known.
    rates: Mapping[str, float] = MappingProxyType({})  #: Limits learned earlier → requests a second to begin with.


class Moved(NamedTuple):
    """A job went from one state to the next."""

    job: int  #: Its ``pk``.
    old: Status
    new: Status
    event: Event
    detail: str
    at: float  #: Epoch seconds.


class Started(NamedTuple):
    """The server said for the first time that a job renders: it waits in no queue any more."""

    job: int
    at: float  #: Epoch seconds.


class Stalled(NamedTuple):
    """A job has been under way for far longer than is usual. It is watched on, and not sent again."""

    job: int
    kind: str
    remote_id: str
    waited_s: float
    usual_s: float  #: Nineteen of twenty of its kind take no longer.
    queued: bool  #: It still waits for its turn, and nothing before it ends.


class Woke(NamedTuple):
    """Nobody watched for a while: the machine slept, say, or its clock was set ahead. It tells nothing of renders."""

    at: float  #: Epoch seconds.


class LimitLearned(NamedTuple):
    """The account was found to let so much, and no more."""

    name: str  #: Generation and sort, such as ``v3.concurrency``, ``v3.rate.creating`` and ``v3.rate``.
    value: float  #: Jobs at once, or requests a second.


class Asked(NamedTuple):
    """A request was made."""

    purpose: Purpose
    took_s: float
    ok: bool


class Elsewhere(NamedTuple):
    """The account does not know a video that was sent with the credentials of another: it is left to that one."""

    job: int


class Waiting(NamedTuple):
    """Every call waits, because the server asked for it or cannot be reached."""

    hold: Hold
    seconds: float
    message: str


class Unanswered(NamedTuple):
    """A question that everything else waits for has got no answer yet, and one is waited for."""

    what: str  #: What is asked.
    waited_s: float


class Looked(NamedTuple):
    """An unsure submission was looked for in the account."""

    submission: int
    jobs: int
    found: int
    look: int


class LeftUnsure(NamedTuple):
    """A submission could neither be found nor safely sent again: a person has to decide."""

    submission: int
    jobs: int
    reason: str


class Received(NamedTuple):
    """Bytes of a video arrived, or all of them."""

    job: int
    size: int
    path: str


class Unsaved(NamedTuple):
    """A video could not be saved in this run, and is left to the next; its job carries the reason."""

    job: int
    reason: str


class Uncaptioned(NamedTuple):
    """Captions that were asked for could not be had; the video is not held up for them."""

    job: int
    reason: str


class Uploading(NamedTuple):
    """Bytes of a file of this machine are on their way."""

    file: str  #: Its absolute path.
    sent: int  #: Bytes, of ``size``.
    size: int


class Uploaded(NamedTuple):
    """All bytes of a file were taken."""

    file: str
    size: int


class Stumbled(NamedTuple):
    """Something went wrong that will be tried again."""

    what: str
    reason: str


class Hearing(NamedTuple):
    """Webhooks stay away, so that jobs are polled; or they arrive again, and are relied on."""

    webhooks: bool


class TurnedAway(NamedTuple):
    """Something came to the webhook that is not believed, and changed nothing."""

    reason: Verdict


class Stopping(NamedTuple):
    """The run sends nothing more, and why."""

    reason: str


_OfAJob = Moved | Started | Stalled | Elsewhere | Received | Unsaved | Uncaptioned
_OfWebhooks = Hearing | TurnedAway
_OfTheServer = Asked | Waiting | Unanswered | Stumbled
_OfTheRun = Began | Woke | LimitLearned | Looked | LeftUnsure | Uploading | Uploaded | Stopping

Happening = _OfAJob | _OfWebhooks | _OfTheServer | _OfTheRun

#: Whoever wants to know.
Listener = Callable[[Happening], None]
