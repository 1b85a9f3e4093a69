"""`--no-wait` submits all that can be submitted, and leaves then."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from batchgen.sandbox.encode import make
from batchgen.sandbox.film_spec import FilmSpec


@pytest.mark.parametrize(
    ("given", "faults"),
    [(("--rate", "4"), {}), ((), {"throttle": 0.5})],
    ids=["a given rate", "throttled"],
)
@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_pause_between_two_requests_is_not_the_end_of_what_is_submitted(desk, heygen, api, given, faults):
    serving = heygen(**faults)
    desk.videos(6)

    left = desk.run("people.jsonl", "--api", api, "--no-wait", "--batch", "never", *given)

    assert left.code == 4, left.err
    assert (left.summary["planned"], left.summary["rendering"]) == (0, 6)
    assert len(serving.world.ledger()["jobs"]) == 6


def test_files_of_this_machine_are_uploaded_and_their_rows_submitted(desk, heygen):
    serving = heygen()
    (desk.folder / "film.mp4").write_bytes(make(FilmSpec(headline="Film", width=128, height=128, seconds=3.0)))
    row = {"file": "film.mp4", "output_language": "French"}
    (desk.folder / "library.jsonl").write_text(json.dumps(row) + "\n")

    left = desk.run("library.jsonl", "--no-wait")

    assert (left.code, left.summary["rendering"]) == (4, 1), left.err
    assert len(serving.world.ledger()["jobs"]) == 1


def test_what_a_budget_has_no_room_for_is_told_as_that(desk, heygen):
    heygen()
    (desk.folder / "sheet.csv").write_text("template_id,var.first_name\nwelcome,Ada\nwelcome,Grace\nwelcome,Lin\n")

    left = desk.batchgen("run", "sheet.csv", "--no-wait", "--max-credits", "7")

    assert left.code == 5
    assert "1 of --max-credits 7 are left" in left.out
    assert "as many render as HeyGen allows" not in left.out


def test_what_has_no_place_before_a_render_ends_is_left(desk, heygen):
    serving = heygen(options={"concurrency": 2, "render": (30.0, 30.0)})
    desk.videos(5)

    left = desk.run("people.jsonl", "--no-wait", "--batch", "never")

    assert (left.summary["rendering"], left.summary["planned"]) == (2, 3)
    assert len(serving.world.ledger()["jobs"]) == 2


@pytest.mark.parametrize("item_lag", [0.0, 1.0])
def test_the_ids_of_a_batch_are_in_the_results_so_that_a_state_that_is_lost_buys_nothing_again(
    desk, heygen, paid, item_lag
):
    serving = heygen(item_lag=item_lag)
    row = {"url": "https://example.com/film.mp4", "output_languages": "French;Japanese"}
    (desk.folder / "library.jsonl").write_text(json.dumps(row) + "\n")
    desk.run("library.jsonl", "--no-wait")
    shutil.rmtree(desk.folder / "state")

    again = desk.run("library.jsonl", "--no-wait")

    assert again.code == 2, again.err
    assert "batchgen adopt" in again.err
    assert len(serving.world.ledger()["jobs"]) == 2


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_clock_that_is_set_back_before_what_was_left_is_gone_on_with_holds_nothing_up(desk, heygen, api):
    heygen()
    # The first five tell how long renders take: in v2 nobody asks before that.
    desk.videos(10)
    desk.run("people.jsonl", "--api", api, "--limit", "5")
    desk.run("people.jsonl", "--api", api, "--no-wait")
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as database, database:
        database.execute("update jobs set submitted_at = submitted_at + 36000 where finished_at is null")

    ended = desk.run("people.jsonl", "--api", api, "--timeout", "10")

    assert (ended.code, ended.summary["done"]) == (0, 10), ended.err
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as database:
        [(quickest,)] = database.execute("select min(value) from limits where name like 'render.%'").fetchall()
    assert quickest > 0
