"""A saved plan that is applied in several goes: its own work is no change, and anybody else's is."""

from collections import Counter


def planned(desk, *words):
    told = desk.batchgen("plan", "people.jsonl", *words, "--save", "plan.json")
    assert told.code == 0, told.said


def apply(desk, *words):
    return desk.batchgen("apply", "plan.json", "--poll-interval", "0.2", "--no-download", "--json", *words)


def test_a_plan_that_its_budget_stopped_goes_on_with_a_larger_one(desk, heygen):
    serving = heygen()
    desk.videos(4)
    planned(desk, "--select", "row:1-3")

    stopped = apply(desk, "--max-credits", "6")
    ended = apply(desk, "--max-credits", "60")
    again = apply(desk)

    assert (stopped.code, stopped.summary["done"], stopped.summary["planned"]) == (5, 2, 2)
    assert ended.code == 0, ended.err
    assert again.code == 0, again.err
    assert ended.summary["requests"]["create"] == 1
    assert again.summary["requests"]["create"] == 0
    assert len(serving.world.ledger()["jobs"]) == 3


def test_a_plan_to_make_done_videos_once_more_goes_on_and_makes_none_twice_more(desk, heygen):
    serving = heygen()
    desk.videos(3)
    desk.run("people.jsonl", "--no-download")
    planned(desk, "--again")

    stopped = apply(desk, "--max-credits", "12")
    ended = apply(desk)

    assert stopped.code == 5
    assert ended.code == 0, ended.err
    assert len(serving.world.ledger()["jobs"]) == 6


def test_what_failed_in_a_plan_is_not_tried_again_by_going_on(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(3)
    planned(desk)

    first, second = apply(desk), apply(desk)

    assert (first.code, second.code, second.summary["failed"]) == (1, 1, 3)
    assert len(serving.world.ledger()["jobs"]) == 3


def test_what_somebody_else_did_between_two_goes_is_a_change(desk, heygen):
    serving = heygen()
    desk.videos(3)
    planned(desk)
    apply(desk, "--max-credits", "3")

    desk.run("people.jsonl", "--select", "row:2", "--no-download")
    made = apply(desk)
    planned(desk)
    desk.batchgen("cancel", "people.jsonl")
    taken_back = apply(desk)

    assert (made.code, taken_back.code) == (2, 2)
    assert "Row 2 was planned, and is done now" in made.err
    assert "Row 1" not in made.err
    assert "Row 3 was planned, and is cancelled now" in taken_back.err
    assert len(serving.world.ledger()["jobs"]) == 2


def test_retry_alone_takes_what_failed_of_the_plan_and_nothing_else(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(4)
    desk.run("people.jsonl", "--limit", "2")
    planned(desk, "--select", "row:3-4")
    apply(desk)

    ended = [desk.run_retry(), desk.run_retry()]

    assert all("the plan that was applied" in one.err for one in ended)
    made = Counter(job["text"] for job in serving.world.ledger()["jobs"])
    assert made == {"Good morning 0.": 1, "Good morning 1.": 1, "Good morning 2.": 3, "Good morning 3.": 3}
