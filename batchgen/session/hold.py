"""Holds one session: joined, started, its lines said one after the other, and closed.

Rule: whatever happens in between, the session is closed at the end: it costs until it is. Rule: a line whose request
got no answer is said again only where the silence of the session's events shows that it was not taken.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from batchgen.model.session import SAID, Denied, Occurrence, Said, SessionState, Taken
from batchgen.session.interface import Held, MediaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from batchgen.model.session import Opening, Recording
    from batchgen.session.interface import Line, Media, Note, Stream

#: Seconds in which pictures have to come after the start.
CONNECT_S = 20.0
#: Seconds between two tries of what certainly was not taken, and how many there are.
AGAIN_S, TRIES = 0.25, 40
#: Seconds beyond what a line was said to take, after which its end is taken for granted where no event tells it.
GRACE_S = 1.0
#: Seconds for which an event of a line is waited for where events are told: an answer has to be thought of first.
SILENT_S = 30.0
#: Seconds in which a line that was taken begins to be said. Without that, one whose reply was lost was not taken.
BEGINS_S = 5.0
#: Words a second, where nothing tells how long a line takes.
PACE = 2.0
#: Seconds that are recorded after the last word.
TAIL_S = 0.3
#: Seconds before each further try to close a session.
CLOSING_S = (0.5, 1.0, 2.0, 4.0)

#: Where a session stands that was started: what a start is answered that was taken before.
_BEGUN = frozenset({SessionState.CONNECTING, SessionState.CONNECTED})

HURRIED = ("interrupted", "It was closed before everything was said, because batchgen was stopped.")
TOO_LONG = "max_duration"


class Broken(Exception):  # noqa: N818 - it never leaves this file
    """Why a session cannot go on."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Holding:
    """See ``Hold``. One of these holds one session."""

    def __init__(
        self, opening: Opening, content: Mapping[str, Any], *, line: Line, note: Note, now: Callable[[], float]
    ) -> None:
        self._opening, self._content = opening, content
        self._line, self._note, self._now = line, note, now
        self._began = now()
        self._said = 0
        self._hears = False  #: Whether events are told at all, so that their absence means something.

    async def hold(self, media: Media, *, record: Path | None, hurry: asyncio.Event) -> Held:
        """Hold it from here to its end."""
        stream: Stream | None = None
        code = reason = ""
        try:
            stream = await media.join(self._opening, record=record)
            await self._talk_until(stream, hurry)
        except Broken as broken:
            code, reason = broken.code, broken.reason
        except MediaError as error:
            code, reason = error.code, str(error)
        except BaseException:
            await self._close(stream)
            raise
        closed, recording = await self._close(stream)
        return Held(
            said=self._said,
            closed=closed,
            lasted_s=self._now() - self._began,
            recording=recording,
            code=code,
            reason=reason,
        )

    async def _talk_until(self, stream: Stream, hurry: asyncio.Event) -> None:
        """Talk, until all is said, or it takes too long, or somebody is in a hurry."""
        most = self._content.get("max_duration")
        talk = asyncio.ensure_future(self._talk(stream))
        hurried = asyncio.ensure_future(hurry.wait())
        alive = asyncio.ensure_future(self._keep_alive())
        try:
            await asyncio.wait({talk, hurried}, timeout=most, return_when=asyncio.FIRST_COMPLETED)
            if talk.done():
                talk.result()
                return
            if hurry.is_set():
                raise Broken(*HURRIED)
            raise Broken(TOO_LONG, f"It was closed before everything was said: its max_duration is {most:g} seconds.")
        finally:
            for task in (talk, hurried, alive):
                task.cancel()
            await asyncio.gather(talk, hurried, alive, return_exceptions=True)

    async def _talk(self, stream: Stream) -> None:
        await self._begin(stream)
        for number, one in enumerate(self._content["lines"], start=1):
            await self._say(stream, number, one["text"], one["type"])
            self._said = number
        await asyncio.sleep(TAIL_S)

    async def _begin(self, stream: Stream) -> None:
        await self._insist(lambda: self._line.start(stream.answer), fine=_BEGUN)
        for candidate, mid in stream.candidates:
            # They stand in the answer as well: who reads them there needs no more of it.
            await self._line.candidate(candidate, mid)
        await stream.connected(CONNECT_S)
        await self._tell("connected")

    async def _say(self, stream: Stream, number: int, text: str, kind: str) -> None:
        await self._tell("asked", number, text)
        taken = await self._insist(lambda: self._line.say(text, kind), number=number, stream=stream)
        words = await self._until_said(stream, taken, number, text)
        answered = words if kind == "talk" else text
        await self._tell(SAID, number, answered if kind == "repeat" else f"> {text}\n{answered}".rstrip())

    async def _insist(
        self,
        ask: Callable[[], Awaitable[Taken | Denied]],
        *,
        fine: frozenset[SessionState] = frozenset(),
        number: int | None = None,
        stream: Stream | None = None,
    ) -> Taken:
        """Ask until it is taken, where it certainly was not. Raises ``Broken`` where it never will be."""
        denied = Denied(code="", message="")
        for _ in range(TRIES):
            said = await ask()
            if isinstance(said, Taken):
                return said
            denied = said
            if said.state in fine:
                return Taken()
            if said.lost and stream is not None and await self._has_begun(stream, number, said):
                return Taken()
            early = said.state in {SessionState.NEW, SessionState.CONNECTING}
            if not (early or said.transient or said.lost):
                raise _broken(said)
            await asyncio.sleep(AGAIN_S)
        raise _broken(denied)

    async def _has_begun(self, stream: Stream, number: int | None, lost: Denied) -> bool:
        """Tell by its events whether a line is being said whose reply was lost. Raises ``Broken`` if none are told."""
        until = asyncio.get_running_loop().time() + BEGINS_S
        while (left := until - asyncio.get_running_loop().time()) > 0:
            heard = await stream.hear(left)
            if heard is not None:
                self._hears = True
                if heard.type == Said.BEGUN:
                    await self._tell(heard.type, number)
                    return True
        if self._hears:
            return False
        raise Broken(
            "task_lost",
            f"The reply to line {number} was lost ({lost.message or lost.code}), and nothing tells whether it was "
            "said: it is not asked for twice.",
        )

    async def _until_said(self, stream: Stream, taken: Taken, number: int, text: str) -> str:
        """Wait until a line was said to its end; give the words that were told of it."""
        words: list[str] = []
        loop = asyncio.get_running_loop()
        lasts = taken.duration_s if taken.duration_s is not None else 2.0 + len(text.split()) / PACE
        granted = loop.time() + lasts + GRACE_S
        while True:
            patience = lasts + SILENT_S if self._hears else granted - loop.time()
            heard = await stream.hear(max(0.0, patience))
            if heard is None and not self._hears:
                return "".join(words)
            if heard is None:
                raise Broken(
                    "silent", f"Line {number} was taken, and its end was not told within {patience:.0f} seconds."
                )
            self._hears = True
            if None not in {heard.task_id, taken.task_id} and heard.task_id != taken.task_id:
                continue
            if heard.type == Said.WORDS:
                words.append(heard.message or "")
            await self._tell(heard.type, number, heard.message or "")
            if heard.type == Said.ENDED:
                return "".join(words)

    async def _keep_alive(self) -> None:
        """Have its idle time begin anew, well before it is over."""
        while True:
            await asyncio.sleep(self._content["idle_timeout"] / 3)
            await self._line.keep_alive()

    async def _close(self, stream: Stream | None) -> tuple[bool, Recording | None]:
        """Have it closed, then hang up: what was recorded is kept either way."""
        closed = False
        for wait in (0.0, *CLOSING_S):
            await asyncio.sleep(wait)
            closed, again = is_closed(await self._line.stop())
            if closed or not again:
                break
        try:
            await self._tell("closed" if closed else "not closed")
        finally:
            recording = None if stream is None else await stream.close()
        return closed, recording

    async def _tell(self, what: str, line: int | None = None, text: str = "") -> None:
        await self._note(Occurrence(at=self._now(), what=str(what), line=line, text=text))


def is_closed(said: Taken | Denied) -> tuple[bool, bool]:
    """Tell of a reply to closing a session whether it is closed, and whether asking again may help."""
    if isinstance(said, Taken):
        return True, False
    closed = said.state is not None and said.state.over
    return closed, said.lost or said.transient or said.state is not None


def _broken(said: Denied) -> Broken:
    if said.state is not None and said.state.over:
        reason = f"HeyGen ended the session before everything was said ({said.message or said.code})."
        return Broken(said.code, reason)
    return Broken(said.code, said.message or said.code)


class Host:
    """See ``Hold``: holds sessions by WebRTC or by LiveKit, as each was opened."""

    def __init__(self, media: Mapping[str, Callable[[], Media]], now: Callable[[], float]) -> None:
        self._media, self._now = media, now

    async def __call__(
        self,
        opening: Opening,
        content: Mapping[str, Any],
        *,
        line: Line,
        note: Note,
        record: Path | None,
        hurry: asyncio.Event,
    ) -> Held:
        """See ``Hold``."""
        media = self._media[content.get("protocol", "webrtc")]()
        holding = Holding(opening, content, line=line, note=note, now=self._now)
        return await holding.hold(media, record=record, hurry=hurry)
