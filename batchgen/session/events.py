"""What a session tells of itself while it is held, as it arrives by either protocol: JSON, an event a message."""

from __future__ import annotations

import asyncio
from typing import Any

from batchgen.model.foreign import read_json
from batchgen.model.session import Heard, Said
from batchgen.session.interface import MediaError

_OVER = "HeyGen ended the session before everything was said."


class Events:
    """Events in the order of their arrival."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Heard | None] = asyncio.Queue()
        self.ended = asyncio.Event()

    def take(self, message: str | bytes) -> None:
        """Take a message. One that is no event is none of ours."""
        heard = read_event(message)
        if heard is not None:
            self._waiting.put_nowait(heard)
        if heard is not None and heard.type == Said.GONE:
            self.end()

    def end(self) -> None:
        """Let it be known that nothing more comes."""
        if not self.ended.is_set():
            self.ended.set()
            self._waiting.put_nowait(None)

    async def next(self, patience: float) -> Heard | None:
        """Give the next event; None where there is none for so many seconds. Raises ``MediaError`` at the end."""
        try:
            async with asyncio.timeout(patience):
                heard = await self._waiting.get()
        except TimeoutError:
            return None
        if heard is None:
            self._waiting.put_nowait(None)
            raise MediaError(_OVER, code="hung_up")
        return heard


def read_event(message: str | bytes) -> Heard | None:
    """Read an event, as HeyGen's streaming SDK does: its ``type``, and what belongs to it beside that."""
    try:
        said = read_json(message)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        return None
    duration = said.get("duration_ms")
    return Heard(
        type=said["type"],
        task_id=_text(said.get("task_id")),
        message=_text(said.get("message")),
        duration_s=duration / 1000 if isinstance(duration, int | float) and not isinstance(duration, bool) else None,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
