"""Two accounts on one state: what one of them may have taken, or has, the other knows nothing of."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.journey.conftest import KEY, check_books
from tests.journey.test_crashes import kill_when

OTHER_KEY = KEY[::-1]


def other(serving):
    """Give the environment in which another account is asked: a world of its own, that knows nothing of this one."""
    return {"HEYGEN_API_BASE": serving.url, "HEYGEN_API_KEY": OTHER_KEY}


def age_renders(desk, seconds):
    """Have what renders be accepted so much earlier."""
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as database, database:
        database.execute("update jobs set submitted_at = submitted_at - ?", (seconds,))


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_what_one_account_may_have_taken_is_not_sent_to_another(desk, heygen, api):
    theirs = heygen(options={"seed": 11})
    mine = heygen(options={"reply_delay": 0.5})
    desk.videos(3, "people.csv")
    words = ("people.csv", "--api", api, "--settle", "0.5")
    desk.end(kill_when(desk, lambda _: mine.world.ledger()["jobs"], *words, "--concurrency", "1"))
    bought = {job["title"] for job in mine.world.ledger()["jobs"]}

    elsewhere = desk.run(*words, **other(theirs))
    home = desk.run(*words)

    assert elsewhere.code == 1, elsewhere.err
    assert "another key" in elsewhere.err
    assert (elsewhere.summary["unsure"], elsewhere.summary["done"]) == (len(bought), 3 - len(bought))
    assert not bought & {job["title"] for job in theirs.world.ledger()["jobs"]}
    assert home.code == 0, home.err
    ledger = {"jobs": [*mine.world.ledger()["jobs"], *theirs.world.ledger()["jobs"]]}
    check_books(desk, ledger, desk.results("people_results.csv"))


def test_a_person_may_say_that_no_account_took_it(desk, heygen):
    theirs = heygen(options={"seed": 11})
    mine = heygen(lost_before=1.0)
    desk.videos(1, "people.csv")
    words = ("people.csv", "--settle", "0.5")
    desk.end(kill_when(desk, lambda states: states[2] > 0, *words))
    desk.run(*words, **other(theirs))

    said = desk.batchgen("resolve", "--all", "--absent", "--json")
    ended = desk.run(*words, **other(theirs))

    assert json.loads(said.out) == {"absent": 1}
    assert ended.code == 0, ended.err
    assert (len(mine.world.ledger()["jobs"]), len(theirs.world.ledger()["jobs"])) == (0, 1)


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_what_renders_in_one_account_is_not_failed_by_another_that_denies_it(desk, heygen, api):
    theirs = heygen(options={"seed": 11})
    mine = heygen()
    desk.videos(3, "people.csv")
    desk.run("people.csv", "--api", api, "--limit", "2", "--no-wait")
    # As if a minute had passed.
    age_renders(desk, 61.0)

    elsewhere = desk.run("people.csv", "--api", api, "--concurrency", "2", **other(theirs))
    home = desk.run("people.csv", "--api", api)

    assert (elsewhere.code, elsewhere.summary["rendering"], elsewhere.summary["failed"]) == (4, 2, 0), elsewhere.err
    assert (elsewhere.summary["done"], elsewhere.summary["elsewhere"]) == (1, 2)
    assert "another key" in elsewhere.err
    assert home.code == 0, home.err
    assert home.summary["requests"]["create"] == 0
    ledger = {"jobs": [*mine.world.ledger()["jobs"], *theirs.world.ledger()["jobs"]]}
    check_books(desk, ledger, desk.results("people_results.csv"))


def test_what_renders_where_no_key_leads_any_more_can_be_given_up(desk, heygen):
    theirs = heygen(options={"seed": 11})
    mine = heygen()
    desk.videos(1, "people.csv")
    desk.run("people.csv", "--no-wait")

    refused = desk.batchgen("resolve", "2", "--absent")
    said = desk.batchgen("resolve", "2", "--absent", "--json", **other(theirs))
    ended = desk.run("people.csv", **other(theirs))

    assert refused.code == 2, "its own account has it"
    assert json.loads(said.out) == {"absent": 1}, said.err
    assert (ended.code, ended.summary["done"], ended.summary["sent_twice"]) == (0, 1, 0), ended.err
    assert (len(mine.world.ledger()["jobs"]), len(theirs.world.ledger()["jobs"])) == (1, 1)


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("words", [["refresh"], ["verify", "--repair"]], ids=" ".join)
def test_what_another_account_made_is_not_said_to_be_gone(desk, heygen, api, words):
    theirs = heygen(options={"seed": 11})
    heygen()
    desk.videos(1, "people.csv")
    desk.run("people.csv", "--api", api)
    [made] = (desk.folder / "videos").iterdir()
    made.unlink()

    elsewhere = desk.batchgen(*words, **other(theirs))
    home = desk.batchgen(*words)

    assert elsewhere.code == 1
    assert "people.csv, row 2: it was made with another key" in elsewhere.err
    assert "any more" not in elsewhere.err
    assert home.code == 0, home.err
