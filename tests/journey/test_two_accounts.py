"""Two accounts on one state: what one of them may have taken, or has, the other knows nothing of."""

import json

import pytest

from tests.journey.conftest import KEY, check_books
from tests.journey.test_crashes import kill_when

OTHER_KEY = KEY[::-1]


def other(serving):
    """Give the environment in which another account is asked: a world of its own, that knows nothing of this one."""
    return {"HEYGEN_API_BASE": serving.url, "HEYGEN_API_KEY": OTHER_KEY}


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
