"""A session from its row to its recording, and what can come in between, with real pictures and sound."""

from __future__ import annotations

import signal
import threading

import av
import pytest

import batchgen
from batchgen.pipeline.happened import Started


@pytest.fixture
def talked(stage):
    """Two sessions that were talked to their end: one says its lines, one answers."""
    here = stage()
    here.write(
        "Hello,Daisy_public,low,Good morning.|Bye.,repeat",
        "Ask,Tyler_public,low,Why?,talk",
        columns="title,avatar_id,quality,lines,task_type",
    )
    ended = here.run()
    assert ended.exit_code == 0
    return here


def test_a_session_is_talked_recorded_and_closed_and_every_event_is_noted(talked):
    first, second = talked.results()
    minutes = talked.minutes(first)
    told = [(one["what"], one.get("line")) for one in minutes["events"]]
    pictures, loudest = film(talked.folder / first["file"])

    assert {one["session_id"] for one in (first, second)} == {one["id"] for one in talked.sessions}
    assert {(one["state"], one["why"]) for one in talked.sessions} == {("closed", "stop")}
    assert (first["status"], first["transcript"]) == ("done", "Good morning.\nBye.")
    assert second["transcript"] == "> Why?\nYou asked: Why?"
    assert (pictures[0].width, pictures[0].height) == (640, 360)
    assert pictures[-1].time > 1.0
    assert loudest > 0.01
    assert first["credits"] == pytest.approx(0.1)
    assert first["duration_s"] == pytest.approx(minutes["seconds"], abs=0.01)
    assert told[:2] == [("opened", None), ("connected", None)]
    assert [one for one in told if one[0] in {"asked", "avatar_start_talking", "avatar_stop_talking", "said"}] == [
        (what, line) for line in (1, 2) for what in ("asked", "avatar_start_talking", "avatar_stop_talking", "said")
    ]
    assert told[-1] == ("closed", None)
    seconds = [one["second"] for one in minutes["events"]]
    assert seconds == sorted(seconds)
    assert (minutes["said"], minutes["lines"], minutes["error"]) == (2, 2, None)


def film(path):
    """Give a film's pictures, and how loud its sound is at the most."""
    with av.open(str(path)) as shown:
        pictures = list(shown.decode(video=0))
    with av.open(str(path)) as heard:
        return pictures, max(abs(frame.to_ndarray()).max() for frame in heard.decode(audio=0))


def test_ctrl_c_closes_a_session_and_keeps_what_was_recorded(stage):
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.|This is far longer than anybody is going to listen to.")

    def tell(fact: object) -> None:
        if isinstance(fact, Started):
            threading.Timer(1.2, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ended = here.run(tell=tell)
    finally:
        signal.signal(signal.SIGINT, before)

    (row,) = here.results()
    assert ended.exit_code == 130
    assert (row["status"], row["error_code"], row["transcript"]) == ("failed", "interrupted", "Hi.")
    assert [one["state"] for one in here.sessions] == ["closed"]
    assert film(here.folder / row["file"])[0]


def test_a_lost_reply_to_the_opening_is_found_in_the_list_and_closed_and_not_opened_again(stage):
    here = stage(lost=1.0)
    here.write("Hello,Daisy_public,low,Good morning.")

    first = here.run()
    again = here.run()

    (row,) = here.results()
    assert (first.exit_code, again.summary.requests.create) == (1, 0)
    assert (row["status"], row["error_code"]) == ("failed", "left_open")
    assert "0 of 1 lines were said" in row["error"]
    assert [(one["state"], one["why"]) for one in here.sessions] == [("closed", "stop")]
    assert first.summary.found_again == 1


def test_an_opening_that_was_never_taken_is_sent_again_after_looking(stage):
    here = stage(lost_before=0.5, options={"seed": 9})
    here.write("Hello,Daisy_public,low,Hi.")

    ended = here.run(settle=0.5)

    assert ended.exit_code == 0
    assert len(here.sessions) == 1
    assert here.heygen.world.ledger()["faults"]["lost_before"] >= 1


def test_sessions_wait_for_one_another_where_the_account_holds_one_at_a_time(stage):
    here = stage(options={"sessions": 1})
    here.write("Hello,Daisy_public,low,Hi.", "Bye,Tyler_public,low,Bye.")

    ended = here.run()

    assert ended.exit_code == 0
    first, second = sorted(here.sessions, key=lambda one: one["created_at"])
    assert first["ended_at"] <= second["created_at"]


def test_places_that_somebody_else_holds_are_waited_for_as_long_as_heygen_asks(stage):
    here = stage(session_full=1.0)
    here.write("Hello,Daisy_public,low,Hi.", "Bye,Tyler_public,low,Bye.")

    ended = here.run(timeout=4)

    assert ended.summary.planned == 2
    assert 2 <= ended.summary.requests.create <= 6


def test_a_session_that_heygen_ends_keeps_what_was_said_by_then(stage):
    here = stage(session_ends=1.0, session_ends_s=1.9)
    here.write("Hello,Daisy_public,low,Hi.|This takes far longer than the session is given to last.")

    ended = here.run()

    (row,) = here.results()
    assert (ended.exit_code, row["status"], row["error_code"]) == (1, "failed", "hung_up")
    assert row["transcript"] == "Hi."
    assert "1 of 2 lines were said" in row["error"]
    assert row["credits"] == pytest.approx(0.1)
    with av.open(str(here.folder / row["file"])) as film:
        assert next(film.decode(video=0))


def test_a_line_whose_reply_was_lost_is_heard_and_not_said_twice(stage):
    here = stage(task_lost=1.0)
    here.write("Hello,Daisy_public,low,Hi.|Bye.")

    ended = here.run()

    assert ended.exit_code == 0
    assert here.sessions[0]["said"] == ["Hi.", "Bye."]


def test_an_avatar_that_is_too_old_is_told_as_what_it_is_and_its_session_is_closed(stage):
    here = stage(session_old=1.0)
    here.write("Hello,Daisy_public,low,Hi.")

    ended = here.run()

    (row,) = here.results()
    assert (ended.exit_code, row["error_code"]) == (1, "400014")
    assert "Write the avatar_id of one of version v3 or newer" in row["error"]
    assert [one["state"] for one in here.sessions] == ["closed"]


def test_an_old_avatar_whose_id_shows_it_is_refused_before_anything_is_sent(stage):
    here = stage()
    here.write("Hello,Daisy_public_v2,low,Hi.")

    with pytest.raises(batchgen.ManifestError, match=r'row 2, column "avatar_id".*version v3 or newer'):
        here.run()

    assert here.heygen.world.requests == 0


def test_a_budget_holds_what_a_session_may_cost_and_counts_what_a_failed_one_did(stage):
    here = stage(session_old=1.0)
    here.write("Hello,Daisy_public,low,Hi.", "Bye,Tyler_public,low,Bye.")

    ended = here.run(max_credits=0.15, concurrency=1)

    assert ended.exit_code == 5
    assert len(here.sessions) == 1


def test_without_downloads_nothing_is_recorded(stage):
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.")

    ended = here.run(download=False)

    assert ended.exit_code == 0
    assert not list(here.folder.rglob("*.mp4"))
    assert here.results()[0]["transcript"] == "Hi."


def test_what_is_missing_is_told_by_its_install_command_before_anything_is_sent(stage, monkeypatch):
    monkeypatch.setattr("batchgen.assembly.hosting.find_spec", lambda _: None)
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.")

    with pytest.raises(batchgen.ConfigError, match=r"pip install 'batchgen\[sessions\]'. Nothing was sent"):
        here.run()

    assert here.heygen.world.counts["create"] == 0


def test_a_session_cannot_be_left_for_later(stage):
    here = stage()
    here.write("Hello,Daisy_public,low,Hi.")

    with pytest.raises(batchgen.UsageError, match="held while you wait"):
        here.run(wait=False)


def test_a_room_of_livekit_that_cannot_be_joined_closes_its_session(stage):
    here = stage()
    here.write("Hello,Daisy_public,Hi.,livekit", columns="title,avatar_id,lines,protocol")

    here.run()

    (row,) = here.results()
    assert (row["status"], row["error_code"]) == ("failed", "no_media")
    assert "wss://127.0.0.1:9 cannot be joined" in row["error"]
    assert [one["state"] for one in here.sessions] == ["closed"]
