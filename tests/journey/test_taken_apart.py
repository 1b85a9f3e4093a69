"""Batches that were not accepted, and of which less is wanted by now: the rest of them is sent, and nothing else."""

import json
from dataclasses import replace

import httpx
import pytest

from batchgen.sandbox.faults import Faults
from tests.journey.conftest import KEY


def behaves(serving, **faults):
    world = serving.world
    world.options = world.studio.options = replace(world.options, faults=Faults(**faults))


def bought(serving):
    return sorted((job["title"], job["text"]) for job in serving.world.ledger()["jobs"])


@pytest.fixture
def held_back(desk, heygen):
    """Three translations whose batch was asked to wait for longer than anybody watched."""
    serving = heygen(throttle=1.0, retry_after=60.0)
    desk.translations(3)
    desk.run("library.jsonl", "--batch", "always", "--timeout", "1")
    behaves(serving)
    return serving


def test_a_row_that_is_taken_back_out_of_a_batch_that_waits_is_not_bought(desk, held_back):
    taken = desk.batchgen("cancel", "library.jsonl", "--select", "row:2", "--json")
    ended = desk.run("library.jsonl")
    before = bought(held_back)
    retried = desk.run_retry("library.jsonl")

    assert json.loads(taken.out)["cancelled"] == 1
    assert [title for title, _ in before] == ["Film 0", "Film 2"]
    assert (ended.summary["done"], ended.summary["cancelled"]) == (2, 1)
    assert retried.summary["done"] == 3
    assert [title for title, _ in bought(held_back)] == ["Film 0", "Film 1", "Film 2"]


def test_a_row_that_is_changed_while_its_batch_waits_is_bought_as_it_is_now(desk, held_back):
    sheet = desk.folder / "library.jsonl"
    sheet.write_text(sheet.read_text("utf-8").replace("/1.mp4", "/new.mp4"), "utf-8")
    ended = desk.run("library.jsonl", "--timeout", "30")

    assert ended.code == 0, ended.said
    assert [text for _, text in bought(held_back)] == [f"https://x.example/{name}.mp4" for name in ("0", "new", "2")]


def test_what_is_not_wanted_any_more_of_a_batch_that_waits_takes_nothing_of_the_budget(desk, heygen):
    serving = heygen(throttle=1.0, retry_after=60.0)
    rows = [{"output_language": "German", "url": f"https://x.example/{n}.mp4", "duration": 60} for n in range(3)]
    sheet = desk.write("library.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    [cost] = json.loads(desk.batchgen("plan", "library.jsonl", "--json").out)["cost"]
    desk.run("library.jsonl", "--batch", "always", "--timeout", "1")
    behaves(serving)
    sheet.write_text(sheet.read_text("utf-8").replace("/1.mp4", "/new.mp4"), "utf-8")

    # Nothing that is sent gives any of the budget back here.
    ended = desk.run("library.jsonl", "--batch", "never", "--max-credits", str(cost["high"]), "--no-wait")

    assert ended.summary["requests"]["create"] == 3, ended.said


def test_what_a_person_declares_absent_of_a_batch_is_bought_once(desk, heygen):
    serving = heygen(lost_before=1.0)
    desk.translations(3)
    desk.run("library.jsonl", "--batch", "always", "--timeout", "1", "--settle", "60")
    behaves(serving)

    desk.batchgen("resolve", "2", "--absent")
    ended = desk.run("library.jsonl", "--settle", "1")

    assert ended.code == 0, ended.said
    assert [title for title, _ in bought(serving)] == ["Film 0", "Film 1", "Film 2"]


@pytest.mark.parametrize("lost", ["lost_before", "lost"])
def test_a_row_that_is_changed_while_its_batch_is_in_doubt_holds_no_run_up(desk, heygen, lost):
    serving = heygen(**{lost: 1.0})
    desk.translations(3)
    desk.run("library.jsonl", "--batch", "always", "--timeout", "1", "--settle", "60")
    sheet = desk.folder / "library.jsonl"
    sheet.write_text(sheet.read_text("utf-8").replace("/1.mp4", "/new.mp4"), "utf-8")
    behaves(serving)

    ended = desk.run("library.jsonl", "--settle", "1", "--timeout", "30")
    again = desk.run("library.jsonl", "--timeout", "30")

    assert (ended.code, again.code) == (0, 0), ended.said
    # As it was, it may have been accepted: the repeat under its key buys it, or finds it bought.
    assert [text for _, text in bought(serving)] == [f"https://x.example/{name}.mp4" for name in ("0", "1", "new", "2")]
    assert ended.summary["done"] == 3
    assert [(one["title"], one["status"]) for one in ended.summary["left_behind"]] == [("Film 1", "rendering")]


def test_what_a_person_adopts_from_elsewhere_is_not_bought_by_the_repeat_of_its_batch(desk, heygen):
    serving = heygen(lost_before=1.0)
    desk.translations(3)
    desk.run("library.jsonl", "--batch", "always", "--timeout", "1", "--settle", "60")
    behaves(serving)
    body = {
        "video": {"type": "url", "url": "https://x.example/1.mp4"},
        "output_languages": ["German"],
        "title": "Film 1",
    }
    with httpx.Client(base_url=serving.url, headers={"X-Api-Key": KEY}) as http:
        [made] = http.post("/v3/video-translations", json=body).json()["data"]["video_translation_ids"]

    desk.batchgen("resolve", "2", "--adopt", made)
    ended = desk.run("library.jsonl", "--settle", "1")

    assert ended.code == 0, ended.said
    assert ended.summary["done"] == 3
    assert [title for title, _ in bought(serving)] == ["Film 0", "Film 1", "Film 2"]
