"""Why a run stops before everything is done. The first reason counts, unless a later one stops more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.exchange import Hold
from batchgen.model.network import PROXY_REMEDY
from batchgen.pipeline.happened import Stopping

if TYPE_CHECKING:
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.logbook import Board

_ADVICE = {
    Hold.CREDENTIALS: "The server refused the credentials: {sign_in}.",
    Hold.PROXY: f"A proxy on the way to the server wants to know who asks: {PROXY_REMEDY}.",
    Hold.CREDIT: "The account is out of credit: add some.",
    Hold.DAILY: "The account's allowance is used up for now: wait until it is renewed.",
}

_SAME = "Then run the same command again: it goes on from here."
_FAILED = "Then run `batchgen retry` for what failed, and the same command for the rest."

#: What each pause ends the command with.
_EXIT = {Hold.CREDENTIALS: 3, Hold.PROXY: 3, Hold.CREDIT: 5, Hold.DAILY: 5}
#: What a run ends with that stopped watching, and one that was interrupted.
TIMED_OUT, INTERRUPTED = 4, 130


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for a person and for a script."""

    text: str
    exit_code: int
    everything: bool  #: Whether nothing at all can go on, not even watching.


class Stop:
    """The run's brake, within reach of every stage."""

    def __init__(self, tell: Listener, *, sign_in: str = "check HEYGEN_API_KEY") -> None:
        self._tell = tell
        self._sign_in = sign_in  #: What a person does about credentials that are refused.
        self._board: Board | None = None
        self.reason: Reason | None = None

    def attach(self, board: Board) -> None:
        """Ring this board's bell when the brake is pulled."""
        self._board = board

    @property
    def sending(self) -> bool:
        """Whether sending has to stop."""
        return self.reason is not None

    @property
    def everything(self) -> bool:
        """Whether all stages have to stop."""
        return self.reason is not None and self.reason.everything

    @property
    def chosen(self) -> bool:
        """Whether it ends since nobody wants to wait any longer, and not since it cannot go on."""
        return self.reason is not None and self.reason.exit_code in {TIMED_OUT, INTERRUPTED}

    def pause(self, hold: Hold, message: str, *, failed: bool = False) -> None:
        """Send nothing more: a person has to do something first. What is rendering is still fetched where possible.

        ``failed`` tells that jobs failed for it, which no run takes up by itself.
        """
        advice = f"{_ADVICE[hold].format(sign_in=self._sign_in)} {_FAILED if failed else _SAME}"
        text = f"{advice} (The server said: {message})" if message else advice
        self._pull(Reason(text, _EXIT[hold], everything=hold in {Hold.CREDENTIALS, Hold.PROXY}))

    def interrupt(self) -> None:
        """Send nothing more and end soon: a person asked for it."""
        self._pull(Reason("Interrupted: nothing more is sent.", INTERRUPTED, everything=True))

    def over_budget(self, text: str) -> None:
        """Send nothing more: it might cost more than was allowed. What is rendering is still fetched."""
        self._pull(Reason(text, 5, everything=False))

    def too_many_failures(self, failed: int, code: str) -> None:
        """Send nothing more: it would only fail as well."""
        text = (
            f"Stopped after {failed} failures, the last of them {code!r}: nothing more is sent. Mend the cause, then "
            "run the same command for the rest and `batchgen retry` for what failed; --max-failures sets how much "
            "is borne."
        )
        self._pull(Reason(text, 1, everything=False))

    def unreachable(self, text: str) -> None:
        """Give up for now: the server is out of reach."""
        self._pull(Reason(text, 3, everything=True))

    def broken(self, text: str) -> None:
        """Give up for now: this machine cannot go on, for a full disk or the like."""
        self._pull(Reason(text, 3, everything=True))

    def timeout(self) -> None:
        """Stop watching; jobs go on rendering."""
        self._pull(Reason("Stopped watching; run the same command again to go on.", TIMED_OUT, everything=True))

    def _pull(self, reason: Reason) -> None:
        if self.reason is None or (reason.everything and not self.reason.everything):
            self.reason = reason
            self._tell(Stopping(reason=reason.text))
        if self._board is not None:
            self._board.ring()
