"""The requests about one open session. Each leaves once, and what came of it is told: nothing here raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.model.errors import NoReply, NotSent
from batchgen.model.session import Denied, Taken

if TYPE_CHECKING:
    from batchgen.heygen.interface import Sessions
    from batchgen.model.exchange import Request
    from batchgen.pipeline.call import Caller
    from batchgen.pipeline.pacing.pace import Pace


class Telephone:
    """See ``session.interface.Line``."""

    def __init__(self, session_id: str, *, sessions: Sessions, caller: Caller, pace: Pace) -> None:
        self._id, self._sessions = session_id, sessions
        self._caller, self._pace = caller, pace

    async def start(self, answer: str | None) -> Taken | Denied:
        """See ``Line.start``."""
        return await self._ask(self._sessions.start(self._id, answer))

    async def candidate(self, candidate: str, mid: str) -> Taken | Denied:
        """See ``Line.candidate``."""
        return await self._ask(self._sessions.candidate(self._id, candidate, mid))

    async def say(self, text: str, kind: str) -> Taken | Denied:
        """See ``Line.say``."""
        return await self._ask(self._sessions.say(self._id, text, kind))

    async def keep_alive(self) -> Taken | Denied:
        """See ``Line.keep_alive``."""
        return await self._ask(self._sessions.keep_alive(self._id))

    async def stop(self) -> Taken | Denied:
        """See ``Line.stop``."""
        return await self._ask(self._sessions.stop(self._id))

    async def _ask(self, request: Request) -> Taken | Denied:
        await self._pace.turn()
        try:
            reply = await self._caller.once(request)
        except NotSent as error:
            return Denied(code="not_sent", message=str(error), transient=True)
        except NoReply as error:
            return Denied(code="no_reply", message=str(error), lost=True)
        return self._sessions.read_done(reply)
