"""Every call to the API goes through here: paced, counted, and repeated only where that is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import NotSent, TransportError
from batchgen.model.exchange import Purpose
from batchgen.pipeline.happened import Asked, Stumbled
from batchgen.pipeline.retry import reading

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from batchgen.heygen.interface import Api
    from batchgen.model.exchange import Reply, Request
    from batchgen.pipeline.clock import Clock
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.pacing.pace import Pace
    from batchgen.pipeline.stop import Stop

Answer = TypeVar("Answer")

#: What each request that only reads is for, as a person would say it.
_ASKING = {
    Purpose.STATUS: "asking how videos are doing",
    Purpose.LIST: "reading the account's list of videos",
    Purpose.ACCOUNT: "asking what the account has left",
}


class Caller:
    """The pipeline's telephone."""

    def __init__(
        self, *, api: Api, pace: Pace, clock: Clock, chance: random.Random, tell: Listener, patience: float, stop: Stop
    ) -> None:
        self._api = api
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._tell = tell
        self._patience = patience
        self._stop = stop
        self._unreachable_since: float | None = None
        self.reached = False  #: Whether the server ever answered in this run.

    async def once(self, request: Request) -> Reply:
        """Send a request exactly once, now. Raises ``NotSent`` and ``NoReply``."""
        began = self._clock.ticks()
        try:
            reply = await self._api.send(request)
        except TransportError as error:
            self._tell(Asked(purpose=request.purpose, took_s=self._clock.ticks() - began, ok=False))
            self._note_unreachable(error)
            raise
        self._tell(Asked(purpose=request.purpose, took_s=self._clock.ticks() - began, ok=reply.status < 400))
        self._unreachable_since = None
        self.reached = True
        return reply

    async def read(self, request: Request, understand: Callable[[Reply], Answer], *, attempts: int = 4) -> Answer:
        """Ask something that may be asked twice, and give what the reply was understood to say.

        Raises ``ApiError`` or ``TransportError`` when it was asked often enough.
        """
        async for attempt in reading(self._clock, self._chance, attempts=attempts):
            with attempt:
                return await self._read_once(request, understand)
        raise AssertionError  # pragma: no cover - the loop above returns or raises

    async def _read_once(self, request: Request, understand: Callable[[Reply], Answer]) -> Answer:
        await self._pace.turn()
        left_at = self._clock.ticks()
        reply = await self.once(request)
        try:
            answer = understand(reply)
        except ApiError as error:
            if error.forbidden and request.purpose is Purpose.LIST:
                raise _closed(error) from error
            if error.hold is not None and not error.hold.pauses:
                self._pace.hold(error.hold, error.retry_after, error.message, creates=False, left_at=left_at)
            elif error.transient:
                self._tell(Stumbled(what=_ASKING.get(request.purpose, request.path), reason=str(error)))
            raise
        self._pace.served(creates=False, left_at=left_at)
        return answer

    def _note_unreachable(self, error: TransportError) -> None:
        if not isinstance(error, NotSent):
            self._unreachable_since = None
            return
        now = self._clock.ticks()
        if self._unreachable_since is None:
            self._unreachable_since = now
        if now - self._unreachable_since >= self._patience:
            self._stop.unreachable(
                f"The server could not be reached for {self._patience / 60:.0f} minutes ({error}). "
                "Nothing is lost: check the network and run the same command again.",
            )


def _closed(error: ApiError) -> ApiError:
    """Give what a list that is forbidden means: there is none to read, and nothing else is said of the credentials.

    A key may be let to create and not to list, and a firewall may shut one address. Where the key itself is refused,
    whatever else is asked for says so too.
    """
    said = f"this key may not list the account's videos, HTTP {error.status}: {error.message or error.code}"
    return ApiError(error.code, said, status=error.status)
