"""How one session is held, against a line and a stream that do as they are told: no network, no pictures."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from batchgen.model.errors import DiskError, StoreError
from batchgen.model.session import Denied, Heard, Opening, Said, SessionState, Taken
from batchgen.session import hold as module
from batchgen.session.hold import Host
from batchgen.session.interface import MediaError

LOST = Denied(code="no_reply", message="cut", lost=True)
CONTENT = {"idle_timeout": 120, "lines": [{"text": "Hi.", "type": "repeat"}, {"text": "Bye.", "type": "repeat"}]}


@dataclass
class Line:
    """Answers each request by what is next for it, and takes it where nothing is."""

    stream: Stream
    says: list[Any] = field(default_factory=list)
    starts: list[Any] = field(default_factory=list)
    stops: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    alive: int = 0

    async def start(self, answer):
        return self.starts.pop(0) if self.starts else Taken()

    async def candidate(self, candidate, mid):
        return Taken()

    async def say(self, text, kind):
        self.asked.append(text)
        said = self.says.pop(0) if self.says else Taken(task_id=text, duration_s=0.01)
        if isinstance(said, Taken) or said is HEARD_THOUGH_LOST:
            self.stream.talk(text)
        return LOST if said is HEARD_THOUGH_LOST else said

    async def keep_alive(self):
        self.alive += 1
        return Taken()

    async def stop(self):
        return self.stops.pop(0) if self.stops else Taken()


HEARD_THOUGH_LOST = object()


class Stream:
    """Tells of everything that is said, unless it is mute."""

    answer, candidates = "v=0", [("candidate:1", "0")]

    def __init__(self, *, mute: bool = False, lasts: float = 0.0) -> None:
        self.events: asyncio.Queue[Heard] = asyncio.Queue()
        self.mute, self.lasts, self.closed = mute, lasts, 0

    def talk(self, task_id: str) -> None:
        if not self.mute:
            self.events.put_nowait(Heard(type=Said.BEGUN, task_id=task_id))
            later = asyncio.get_running_loop().call_later
            later(self.lasts, self.events.put_nowait, Heard(type=Said.ENDED, task_id=task_id))

    async def connected(self, patience):
        if not self.mute:
            self.events.put_nowait(Heard(type=Said.READY))

    async def hear(self, patience):
        try:
            async with asyncio.timeout(patience):
                return await self.events.get()
        except TimeoutError:
            return None

    async def close(self):
        self.closed += 1


@pytest.fixture
def held(monkeypatch):
    """Hold a session, and give what came of it with the line and what was noted."""
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    monkeypatch.setattr(module, "CLOSING_S", (0.0, 0.0))
    monkeypatch.setattr(module, "TAIL_S", 0.0)
    monkeypatch.setattr(module, "GRACE_S", 0.0)
    monkeypatch.setattr(module, "BEGINS_S", 0.05)

    async def hold(*, stream=None, joins=None, note=None, content=CONTENT, hurry=None, **answers):
        stream = stream or Stream()
        line = Line(stream, **answers)
        noted: list[tuple[str, int | None]] = []

        class Media:
            async def join(self, opening, *, record):
                if joins:
                    raise joins
                return stream

        async def take(occurrence):
            noted.append((occurrence.what, occurrence.line))
            if note:
                note(occurrence)

        host = Host({"webrtc": Media}, time.time)
        opening = Opening(session_id="s", offer="v=0")
        line.noted = noted
        try:
            ended = await host(
                opening, content, line=line, note=take, record=None, hurry=hurry or asyncio.Event()
            )  # fmt: skip
        finally:
            hold.line, hold.stream = line, stream
        return ended, line

    return hold


async def test_lines_are_said_in_order_each_after_the_end_of_the_one_before(held):
    ended, line = await held()

    spoken = [one for one in line.noted if one[0] in {"asked", "said"}]
    assert spoken == [("asked", 1), ("said", 1), ("asked", 2), ("said", 2)]
    assert (ended.said, ended.closed, ended.code) == (2, True, "")


async def test_a_session_that_is_not_connected_yet_is_asked_again(held):
    early = Denied(code="10002", message="", state=SessionState.CONNECTING)

    ended, line = await held(says=[early, early])

    assert ended.said == 2
    assert line.asked == ["Hi.", "Hi.", "Hi.", "Bye."]


async def test_a_start_that_was_taken_although_its_reply_was_lost_is_taken(held):
    ended, _ = await held(starts=[LOST, Denied(code="10003", message="", state=SessionState.CONNECTED)])

    assert ended.said == 2


async def test_a_line_that_is_heard_is_not_asked_for_twice_though_its_reply_was_lost(held):
    ended, line = await held(says=[HEARD_THOUGH_LOST])

    assert ended.said == 2
    assert line.asked == ["Hi.", "Bye."]


async def test_a_line_that_is_not_heard_where_others_are_is_asked_for_again(held):
    ended, line = await held(says=[LOST])

    assert ended.said == 2
    assert line.asked == ["Hi.", "Hi.", "Bye."]


async def test_where_nothing_is_ever_told_a_lost_line_is_not_asked_for_twice(held):
    ended, line = await held(stream=Stream(mute=True), says=[LOST])

    assert (ended.said, ended.code, ended.closed) == (0, "task_lost", True)
    assert line.asked == ["Hi."]


async def test_where_nothing_is_told_a_line_ends_after_the_time_it_was_said_to_take(held):
    ended, _ = await held(stream=Stream(mute=True))

    assert ended.said == 2


async def test_a_session_that_is_over_says_so_and_what_was_said(held):
    over = Denied(code="10005", message="Session state wrong: closed", state=SessionState.CLOSED)

    ended, _ = await held(says=[Taken(duration_s=0.01), over])

    assert (ended.said, ended.code) == (1, "10005")
    assert ended.reason.startswith("HeyGen ended the session before everything was said")


@pytest.mark.parametrize("error", [DiskError("full"), StoreError("gone")])
async def test_whatever_goes_wrong_the_session_is_closed(held, error):
    with pytest.raises(type(error)):
        await held(joins=error)

    assert held.line.noted == [("closed", None)]


async def test_what_cannot_be_noted_closes_the_session_and_hangs_up(held):
    def note(occurrence):
        raise StoreError("gone")

    with pytest.raises(StoreError):
        await held(note=note)

    assert held.stream.closed == 1


async def test_pictures_that_do_not_come_are_told_and_the_session_is_closed(held):
    ended, _ = await held(joins=MediaError("nothing came"))

    assert (ended.code, ended.reason, ended.closed) == ("no_media", "nothing came", True)


@pytest.mark.parametrize(
    ("stops", "closed"),
    [
        ([LOST, Taken()], True),
        ([LOST, Denied(code="10006", message="", state=SessionState.UNKNOWN)], True),
        ([LOST, LOST, LOST], False),
        ([Denied(code="1", message="no")], False),
    ],
)
async def test_closing_is_tried_until_it_is_known(held, stops, closed):
    ended, line = await held(stops=list(stops))

    assert ended.closed is closed
    assert line.noted[-1] == ("closed" if closed else "not closed", None)


async def test_a_long_line_does_not_let_a_session_grow_idle(held):
    ended, line = await held(stream=Stream(lasts=0.1), content=CONTENT | {"idle_timeout": 0.06})

    assert ended.said == 2
    assert line.alive > 3


async def test_who_is_in_a_hurry_has_it_closed_at_once(held):
    hurry = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, hurry.set)

    ended, _ = await held(stream=Stream(lasts=30.0), hurry=hurry)

    assert (ended.code, ended.said, ended.closed) == ("interrupted", 0, True)


async def test_a_session_lasts_no_longer_than_it_may(held):
    ended, _ = await held(stream=Stream(lasts=30.0), content=CONTENT | {"max_duration": 0.05})

    assert (ended.code, ended.closed) == ("max_duration", True)
