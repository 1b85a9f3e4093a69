"""What failed, was cancelled or was left: which command goes on with it, and with nothing else."""

import json


def test_a_timeout_stops_the_watching_and_not_the_job(desk, heygen):
    serving = heygen(options={"render": (3.0, 3.0)})
    desk.videos(2)

    stopped = desk.run("people.jsonl", "--timeout", "0.8")
    ended = desk.run("people.jsonl")

    assert stopped.code == 4
    assert stopped.summary["rendering"] == 2
    assert ended.code == 0
    assert len(serving.world.ledger()["jobs"]) == 2


def test_failed_renders_are_told_and_retried_alone(desk, heygen):
    serving = heygen(options={"seed": 3}, failed=0.5)
    desk.videos(8)

    first = desk.run("people.jsonl")
    failed = first.summary["failed"]
    unchanged = desk.run("people.jsonl")
    port = serving.url.rpartition(":")[2]
    serving.__exit__(None, None, None)
    sound = heygen(port=int(port))
    retried = desk.run_retry("people.jsonl")

    assert 0 < failed < 8
    assert (first.code, unchanged.code, retried.code) == (1, 1, 0)
    assert unchanged.summary["requests"]["create"] == 0
    assert retried.summary["requests"]["create"] == failed
    assert len(sound.world.ledger()["jobs"]) == failed
    assert {row["status"] for row in desk.results("people_results.csv")} == {"done"}


def test_a_retry_that_broke_off_goes_on_by_the_same_command_and_buys_nothing_twice(desk, heygen):
    serving = heygen(options={"concurrency": 2})
    desk.videos(5)
    desk.run("people.jsonl", "--limit", "1")
    desk.batchgen("cancel", "people.jsonl")
    left = desk.run_retry("people.jsonl", "--batch", "never", "--no-wait").summary
    path = desk.folder / "people.jsonl"
    path.write_text(path.read_text() + path.read_text().splitlines()[0].replace("Good", "A good") + "\n")

    on = desk.run_retry("people.jsonl")
    told = on.summary

    assert left["planned"] > 0
    assert left["rendering"] > 0
    assert (told["done"], told["planned"], told["rendering"]) == (5, 1, 0)  # A new row is nothing to try again.
    assert len(serving.world.ledger()["jobs"]) == 5


def test_a_retry_of_what_failed_in_some_way_goes_on_though_it_has_not_failed_any_more(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(4)
    desk.run("people.jsonl")
    port = serving.url.rpartition(":")[2]
    serving.__exit__(None, None, None)
    sound = heygen(port=int(port))
    chosen = ("people.jsonl", "--select", "status:failed row:1-3")

    stopped = desk.run_retry(*chosen, "--max-credits", "6")
    other = desk.run_retry("people.jsonl", "--select", "status:failed row:9")
    on = desk.run_retry(*chosen)

    assert (stopped.code, stopped.summary["planned"]) == (5, 1)
    assert other.summary["requests"]["create"] == 0
    assert (on.code, on.summary["done"], on.summary["failed"]) == (1, 3, 1)  # The fourth was never asked for.
    assert len(sound.world.ledger()["jobs"]) == 3


def test_the_end_of_a_run_says_which_command_goes_on_with_what_is_left(desk, heygen):
    heygen(options={"concurrency": 2, "render": (3.0, 3.0)})
    desk.videos(5)

    left = desk.batchgen("run", "people.jsonl", "--no-wait", "--batch", "never", "--limit", "4")
    other = desk.batchgen("run", "people.jsonl", "--no-wait", "--batch", "never", "--select", "row:5")

    assert "The same command goes on with what is still rendering." in left.out
    assert "2 could not be sent yet, for as many render as HeyGen allows: the same command sends them" in left.out
    assert "2 of what is rendering are none of this command's: `batchgen run` goes on with them." in other.out
    assert "The same command goes on with what is still rendering." not in other.out


def test_retry_alone_takes_the_sheets_of_the_last_run(desk, heygen):
    heygen(failed=1.0)
    desk.videos(2)
    desk.run("people.jsonl")

    ended = desk.run_retry()

    assert ended.code == 1
    assert ended.summary["requests"]["create"] == 2


def test_retry_alone_speaks_the_generation_and_keeps_the_selection_of_the_last_run(desk, heygen):
    serving = heygen(failed=1.0)
    desk.videos(3)
    desk.run("people.jsonl", "--api", "v2", "--select", "row:2-3")

    ended = desk.run_retry()

    assert "row:2-3" in ended.err
    assert ended.summary["requests"]["create"] == 2
    assert {job["route"] for job in serving.world.ledger()["jobs"]} == {"POST /v2/video/generate"}


def test_what_failed_in_a_rehearsal_is_never_retried_for_money(desk, heygen):
    serving = heygen()
    desk.videos(2)
    # The own sandbox of a run takes no faults: its jobs are refused for what the sandbox does not have.
    desk.write("bad.jsonl", '{"template_id": "missing", "var.name": "Ada"}\n')
    rehearsed = desk.run("bad.jsonl", "--sandbox")

    ended = desk.run_retry(HEYGEN_API_BASE="https://api.heygen.com")

    assert rehearsed.code == 1
    assert ended.code == 2
    assert "no run at api.heygen.com" in ended.err
    assert serving.world.ledger()["accepted"] == 0


def test_what_is_cancelled_is_not_sent_until_it_is_retried(desk, heygen):
    serving = heygen()
    desk.videos(5)
    desk.run("people.jsonl", "--limit", "1")

    cancelled = desk.batchgen("cancel", "people.jsonl", "--select", "row:1-3", "--json")
    ran = desk.run("people.jsonl")
    before = [row["status"] for row in desk.results("people_results.csv")]
    retried = desk.run_retry("people.jsonl")

    assert json.loads(cancelled.out) == {"cancelled": 2, "doubtful": 0, "sent": 0}
    assert ran.summary["requests"]["create"] == 2
    assert before == ["done", "cancelled", "cancelled", "done", "done"]
    assert retried.summary["requests"]["create"] == 2
    assert serving.world.ledger()["accepted"] == 5
