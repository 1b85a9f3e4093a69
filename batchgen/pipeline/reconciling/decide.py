"""What it means that a look did not find what was sent. Pure.

Time alone proves nothing where there is nothing to look for; a list proves nothing that is not known to show such
jobs; and a key makes proof unnecessary. What none of these can settle waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model import session
from batchgen.pipeline.reconciling.locate_session import SETTLE_S, still_shows
from batchgen.pipeline.retry import REPLAYS, REPLAYS_IN_OUTAGE, backoff, until_next_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.options import Options

#: Why what was sent to another account may not be absent although it was not found.
_ELSEWHERE = (
    "another key sent this, and the account of today's does not show it. Run the same command with that key, which "
    "looks where it was sent; or `batchgen resolve` takes what you know"
)
_ENDED = (
    "if this session was opened, its idle limit has ended it by now, and the account's list shows only open ones: "
    "`batchgen resolve` says what became of it"
)
_UNMARKED = "it carries no token to look for, and no key protects a repeat"
_NOT_SHOWN = (
    "the account's list shows no jobs of this kind, so not finding it there proves nothing; "
    "--settle 120 takes it for absent after two minutes of looking"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a submission that a look did not find, or not all of."""

    began_at: float  #: When the look began: it shows the list as it was then. Epoch seconds.
    now: float
    protected: bool  #: Whether a key makes it harmless to send it again, even if it was accepted.
    findable: bool  #: Whether there is anything by which it would be known again.
    shown: bool  #: Whether the list would show it, as far as anybody knows.
    may_yet_show: bool  #: Whether other jobs may yet appear in the list, and so prove that it shows them.
    ours: bool  #: Whether the account of today may be the one that it was sent to.
    accepting: bool  #: Whether the server has accepted anything since it became unsure.
    doubt: str | None = None  #: Why the look proves nothing.


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLater:
    """It is looked for again at ``look_at``."""

    look_at: float | None = None  #: Epoch seconds; None: whenever it was to be.
    unsure_since: float | None = None  #: Since when the settling time counts now, if that changed.
    aside: bool = False  #: Whether it was looked for long enough: its places are for others.


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOpen:
    """A person has to decide; should the evidence change, so may this."""

    reason: str
    look_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain:
    """It may be sent once more, as it was."""

    proven: bool  #: Whether it is certain that it was not accepted; else its key makes that harmless.


Decision = LookLater | LeaveOpen | SendAgain


def decide(submission: Submission, lost: Sequence[Job], evidence: Evidence, options: Options) -> Decision:
    """Decide about the jobs of a submission that a look did not find.

    A look shows the list as it was when it began: the newest jobs are on its first page, and the others may take
    minutes. So it is its beginning that has to come after the settling time.
    """
    now = evidence.now
    if (submission.unsure_since or 0.0) > now:
        # The clock was set back since. How long it was looked for cannot be told, so it begins anew.
        return LookLater(unsure_since=now)
    settled_at = (submission.unsure_since or now) + _settling(submission, evidence, options)
    look_at = now + until_next_look(submission.looks + 1)
    if evidence.began_at < settled_at:
        # The last look falls on the end of the settling time, not somewhere after it.
        return LookLater(look_at=min(look_at, settled_at))
    if not evidence.protected and not evidence.shown and evidence.may_yet_show:
        return LookLater(look_at=look_at, aside=True)
    if reason := _undecidable(submission, lost, evidence, options):
        return LeaveOpen(reason=reason, look_at=look_at)
    # Under a key the looks were too short to prove anything; the doubt lasts until the repeat is answered.
    return SendAgain(proven=not evidence.protected)


def _settling(submission: Submission, evidence: Evidence, options: Options) -> float:
    """Give the seconds for which it is looked for, before not finding it means anything."""
    if not evidence.protected and not evidence.findable:
        return 0.0  # There is nothing to look for, so time proves nothing.
    if submission.kind == session.KIND and options.settle is None:
        return SETTLE_S
    # A server that fails again and again is left alone for longer and longer.
    outage = backoff(submission.repeats, first=10.0, most=300.0) if submission.repeats else 0.0
    return max(options.settle_for(keyed=evidence.protected), outage)


def _undecidable(submission: Submission, lost: Sequence[Job], evidence: Evidence, options: Options) -> str | None:
    """Say why neither the looks nor another send can settle it, if it is so."""
    if submission.repeats >= (REPLAYS if evidence.accepting else REPLAYS_IN_OUTAGE):
        return f"the server answers its key with {submission.last_code} each time"
    if evidence.protected:
        return None
    if not evidence.ours:
        return _ELSEWHERE
    if evidence.doubt:
        return evidence.doubt
    if submission.kind == session.KIND:
        shown = options.settle is not None or all(still_shows(submission, job, evidence.began_at) for job in lost)
        return None if shown else _ENDED
    if not evidence.findable:
        return _UNMARKED
    return None if evidence.shown else _NOT_SHOWN
