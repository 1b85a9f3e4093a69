"""A run from Python that is to end early: nothing more is bought, and nothing is torn off."""

from __future__ import annotations

import asyncio
import signal
import threading
import typing
from contextlib import suppress

import pytest

import batchgen
from batchgen.model.status import Status
from batchgen.pipeline.happened import Moved, Waiting
from batchgen.sandbox import Answer, Options, serve


@pytest.fixture
def heygen(tmp_path, monkeypatch):
    """A HeyGen to ask, and a sheet in the working folder."""
    monkeypatch.delenv("BATCHGEN_STATE", raising=False)
    monkeypatch.chdir(tmp_path)
    rows = [f"Hello {n},Daisy,v1,Good morning {n}." for n in range(3)]
    (tmp_path / "people.csv").write_text("\n".join(["title,avatar_id,voice_id,script", *rows]) + "\n")
    with serve(options=Options(render=(0.1, 0.3), films="tiny")) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", "any")
        yield serving


@pytest.fixture
def ctrl_c():
    """What presses Ctrl-C, as a terminal does it: to the main thread."""
    main = typing.cast("int", threading.main_thread().ident)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.pthread_kill(main, signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def run(**options):
    return batchgen.run("people.csv", poll_interval=0.2, download=False, **options)


def test_ctrl_c_before_anything_is_sent_buys_nothing(heygen, ctrl_c, monkeypatch):
    answer, seen = heygen.world.handle, []

    def patient(call, *more):
        seen.append(call.path)
        return Answer(429, b"{}", {"retry-after": "3"}) if len(seen) == 1 else answer(call, *more)

    monkeypatch.setattr(heygen.world, "handle", patient)

    ended = run(tell=lambda fact: ctrl_c() if isinstance(fact, Waiting) else None)

    assert ended.exit_code == 130
    assert "Interrupted" in typing.cast("str", ended.stopped)
    assert seen == ["/v3/users/me"]


def test_a_cancelled_task_ends_its_run_in_order_by_the_event_that_it_gave(heygen):
    stop, sent = threading.Event(), threading.Event()

    def tell(fact: object) -> None:
        if isinstance(fact, Moved):
            sent.set()

    async def make() -> batchgen.Run:
        try:
            return await asyncio.to_thread(run, tell=tell, stop=stop, concurrency=1, batch="never")
        finally:
            stop.set()

    async def give_up() -> None:
        making = asyncio.create_task(make())
        await asyncio.to_thread(sent.wait)
        making.cancel()
        with suppress(asyncio.CancelledError):
            await making

    asyncio.run(give_up())

    assert heygen.world.ledger()["accepted"] < 3
    assert "unsure" not in batchgen.results("people.csv")["status"].tolist()
    assert run().ok
    assert heygen.world.ledger()["accepted"] == 3


def test_a_run_whose_stop_was_set_before_it_began_buys_nothing(heygen):
    stop = threading.Event()
    stop.set()

    ended = run(stop=stop)

    assert (ended.exit_code, ended.summary.planned) == (130, 3)
    assert heygen.world.ledger()["accepted"] == 0


def test_an_error_of_a_listener_ends_a_run_in_order_and_is_raised(heygen):
    def tell(fact: object) -> None:
        if isinstance(fact, Moved) and fact.new is Status.SENDING:
            raise ValueError("of the listener's own")

    with pytest.raises(ValueError, match="of the listener's own"):
        run(tell=tell)

    assert heygen.world.ledger()["accepted"] == 3
    assert batchgen.results("people.csv")["status"].tolist() == ["rendering"] * 3
    assert run().ok
