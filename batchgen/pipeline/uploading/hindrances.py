"""What keeps an upload from its next step, and when that is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.exchange import HeldBack, Hold, NoAnswer, Refused
from batchgen.pipeline.happened import Stumbled
from batchgen.pipeline.pacing.pace import is_wait
from batchgen.pipeline.retry import as_asked, backoff

if TYPE_CHECKING:
    from batchgen.heygen.interface import Told
    from batchgen.pipeline.context import Context


@dataclass(frozen=True, slots=True)
class Later:
    """The step is to be tried again."""

    seconds: float
    reason: str
    counts: bool = True  #: Whether it is one of the tries.


class Hindrances:
    """Judges what came of steps that brought nothing."""

    def __init__(self, run: Context) -> None:
        self._run = run

    def judge(self, told: Told, tries: int, what: str) -> Refused | Later:
        """Say what to do after such a step: try again, or give the file up. May pause the run."""
        if self._run.stop.sending:
            return Later(0.0, "stopped", counts=False)
        match told:
            case HeldBack() if told.hold.pauses:
                self._run.stop.pause(told.hold, told.message or told.code)
                return Later(0.0, told.message, counts=False)
            case HeldBack() if is_wait(told.hold):
                self._run.pace.hold(told.hold, told.retry_after, told.message, creates=False)
                return Later(0.0, told.message, counts=False)
            case HeldBack():
                wait = as_asked(told.retry_after, otherwise=backoff(tries + 1))
                return Later(wait, told.message or told.code, counts=told.hold is not Hold.NOT_SENT)
            case NoAnswer():
                return self.stumbled(f"upload of {what}", told.message or told.code, tries)
            case Refused():
                return Refused(code=told.code, message=f"The file was not taken: {told.message or told.code}")
            case _:
                raise AssertionError(told)  # pragma: no cover - what is taken is no hindrance

    def stumbled(self, what: str, reason: str, tries: int) -> Later:
        """Tell that a step failed, and when it is tried again: the later, the more often it did."""
        self._run.tell(Stumbled(what=what, reason=reason))
        return Later(backoff(tries + 1), reason)

    async def wait(self, later: Later) -> None:
        """Wait, and wake up early where the run is stopped."""
        ends = self._run.clock.ticks() + later.seconds
        while (left := ends - self._run.clock.ticks()) > 0 and not self._run.stop.sending:
            await self._run.clock.sleep(min(left, 1.0))
