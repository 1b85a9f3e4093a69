"""A server that throttles, fails, hangs up, lags and answers in HTML: each row is made once all the same."""

import os
import sqlite3
import time
from collections import Counter
from contextlib import closing

import pytest

from batchgen.sandbox import Answer
from tests.journey.conftest import QUICK, check_books

#: Trouble of each sort, one at a time and strong enough to meet a dozen rows.
TROUBLE = {
    "refused before": {"throttle": 0.3, "error_before": 0.08, "retry_after": 0.2},
    "html from a gateway": {"html_before": 0.25, "html_after": 0.25},
    "replies lost after acceptance": {"lost": 0.4},
    "5xx after acceptance": {"error_after": 0.4},
    "reads that fail": {"get_429": 0.2, "get_500": 0.2, "get_html": 0.1, "get_lost": 0.1, "retry_after": 0.1},
    "links that expire and downloads that break": {"expired": 0.2, "cut": 0.2, "download_500": 0.1},
    "odd words and links that come late": {"odd_status": 0.4, "late_url": 0.5, "late_url_s": 0.5},
}


def once_each(serving, rows):
    made = Counter(job["text"] or job["title"] for job in serving.world.ledger()["jobs"])
    assert len(made) == rows
    assert set(made.values()) == {1}, made


@pytest.mark.parametrize("trouble", TROUBLE)
def test_on_v3_every_row_is_made_once_whatever_happens(desk, heygen, trouble):
    serving = heygen(**TROUBLE[trouble])
    desk.videos(10)

    ended = desk.run("people.jsonl", "--settle", "0.5")

    assert ended.code == 0, ended.said
    once_each(serving, 10)
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


@pytest.mark.parametrize("trouble", ["html from a gateway", "replies lost after acceptance", "reads that fail"])
def test_on_v2_every_row_is_made_once_whatever_happens(desk, heygen, trouble):
    serving = heygen(**TROUBLE[trouble])
    desk.videos(10)

    ended = desk.run("people.jsonl", "--api", "v2", "--settle", "1")

    assert ended.code == 0, ended.said
    once_each(serving, 10)
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_with_keys_ignored_and_a_list_that_lags_nothing_is_made_twice(desk, heygen):
    serving = heygen(lost=0.3, error_after=0.2, keys="ignored", list_lag=1.0)
    desk.videos(10)

    # The lag of the list is shorter than the time for which it is looked at: that is what --settle is for.
    ended = desk.run("people.jsonl", "--settle", "2.5")

    assert ended.code == 0, ended.said
    once_each(serving, 10)
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_batch_whose_reply_is_lost_is_found_or_repeated_with_its_key(desk, heygen):
    serving = heygen(options={"seed": 5}, lost=0.7, item_lag=0.3)
    desk.translations(40)

    ended = desk.run("library.jsonl", "--settle", "0.5")

    assert ended.code == 0, ended.said
    once_each(serving, 40)
    check_books(desk, serving.world.ledger(), desk.results("library_results.csv"))


@pytest.mark.parametrize("apart_s", [-300.0, 300.0])
def test_prompts_whose_replies_are_lost_are_made_once_by_a_clock_that_is_wrong(desk, heygen, tmp_path_factory, apart_s):
    serving = heygen(lost=1.0)
    folder = tmp_path_factory.mktemp("clock")
    (folder / "sitecustomize.py").write_text(
        f"import time\nright = time.time\ntime.time = lambda: right() + {apart_s}\n"
    )
    desk.env["PYTHONPATH"] = os.pathsep.join([str(folder), desk.env["PYTHONPATH"]])
    desk.write("prompts.csv", "kind,prompt\nagent,A film about bees.\nagent,A film about ducks.\n")

    ended = desk.end(desk.start("run", "prompts.csv", *QUICK, "--settle", "1", "--json", cold=True))

    assert (ended.code, ended.summary["done"]) == (0, 2), ended.err
    once_each(serving, 2)


def test_a_refusal_inside_http_200_fails_its_row_with_the_servers_words(desk, heygen):
    # So many that some are refused and some are not, in whatever order they arrive.
    serving = heygen(options={"seed": 2}, inside_200=0.5)
    desk.videos(20)

    ended = desk.run("people.jsonl", "--api", "v2", "--settle", "0.5")

    results = desk.results("people_results.csv")
    failed = [row for row in results if row["status"] == "failed"]
    assert ended.code == 1
    assert 0 < len(failed) < 20
    assert all(row["error"] and not row["video_id"] for row in failed)
    assert len(serving.world.ledger()["jobs"]) == 20 - len(failed)
    assert "row " in ended.err


def test_one_bad_row_stops_one_row(desk, heygen):
    heygen(options={"seed": 4}, failed=0.3)
    desk.translations(12)

    ended = desk.batchgen("run", "library.jsonl", "--poll-interval", "0.2")

    results = desk.results("library_results.csv")
    failed = [number for number, row in enumerate(results, 1) if row["status"] == "failed"]
    assert ended.code == 1
    assert 0 < len(failed) < 12
    assert f"{len(failed)} failed" in ended.out
    assert all(row["error"] for row in results if row["status"] == "failed")
    assert all(row["file"] for row in results if row["status"] == "done")
    assert "batchgen retry" in ended.out


def test_a_page_in_place_of_a_video_is_asked_for_again(desk, heygen, monkeypatch):
    serving = heygen()
    deliver, pages = serving.world.deliver, [b"<!DOCTYPE html><p>Sign in to this network", b""]

    def at_first_a_page(answer, call, content):
        return Answer(200, pages.pop(), {"content-type": "text/html"}) if pages else deliver(answer, call, content)

    monkeypatch.setattr(serving.world, "deliver", at_first_a_page)
    desk.videos(2)

    ended = desk.run("people.jsonl")

    assert ended.code == 0, ended.said
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_an_account_that_runs_empty_inside_a_batch_stops_the_run_and_is_gone_on_with_once_there_is_credit(desk, heygen):
    serving = heygen(options={"credits": 4.0})
    desk.translations(6)

    empty = desk.batchgen("run", "library.jsonl", *QUICK)
    serving.world.studio.account.start_credits = 1e6
    again = desk.run("library.jsonl").summary
    tried = desk.run_retry("library.jsonl").summary

    assert empty.code == 5
    assert "The account is out of credit: add some. Then run `batchgen retry` for what failed" in empty.out
    assert "goes on from here" not in empty.out
    assert again["failed"] > 0
    assert "stopped" not in again
    assert (tried["done"], tried["failed"]) == (6, 0)
    assert len(serving.world.ledger()["jobs"]) == 6


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_proxy_that_wants_to_know_who_asks_is_told_apart_from_a_key_that_is_refused(
    desk, heygen, monkeypatch, method
):
    serving, who = heygen(), Answer(407, b"<p>Who are you?", {"content-type": "text/html"})
    handle = serving.world.handle
    monkeypatch.setattr(serving.world, "handle", lambda call: who if call.method == method else handle(call))
    desk.videos(2)

    asked, looked = desk.batchgen("run", "people.jsonl", *QUICK), desk.batchgen("doctor")
    monkeypatch.undo()

    assert asked.code == 3
    assert "HTTPS_PROXY" in asked.said
    assert "HEYGEN_API_KEY" not in asked.said
    assert ("HTTPS_PROXY" in looked.out) is (method == "GET")
    assert desk.run("people.jsonl").summary["done"] == 2
    assert len(serving.world.ledger()["jobs"]) == 2


@pytest.mark.parametrize(("wanted", "code"), [(3, 0), (1, 5)])
def test_a_run_that_has_done_everything_is_not_paused_for_want_of_credit(desk, heygen, monkeypatch, wanted, code):
    serving, empty = heygen(), Answer(402, b'{"error": {"code": "insufficient_credit", "message": "No credit"}}')
    handle, looked = serving.world.handle, []

    def no_credit_for_a_look(call):
        if call.method != "GET" or len(serving.world.ledger()["jobs"]) < wanted or len(looked) == 2:
            return handle(call)
        looked.append(call.path)
        return empty

    monkeypatch.setattr(serving.world, "handle", no_credit_for_a_look)
    desk.videos(3)

    ended = desk.run("people.jsonl", "--concurrency", str(wanted))

    assert len(looked) == 2
    assert ended.summary["done"] == (3 if code == 0 else wanted)
    assert ("stopped" in ended.summary) is (code == 5)
    assert ended.code == code, ended.said


def test_what_broke_for_want_of_credit_in_an_earlier_run_stops_no_later_one(desk, heygen):
    serving = heygen(options={"credits": 4.0})
    desk.translations(6)
    desk.run("library.jsonl", "--no-wait")
    serving.world.studio.account.start_credits = 1e6

    later = desk.run("library.jsonl")

    assert later.code == 1
    assert "stopped" not in later.summary


def learn_rate(desk, requests_a_second):
    """Have been let no more than this as an earlier run of the account."""
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as db, db:
        learned = "insert into limits select realm || ' ' || account, 'v3.rate', ?, ? from runs, submissions"
        db.execute(learned, [requests_a_second, time.time()])


def test_a_rate_that_is_given_holds_in_place_of_what_an_earlier_run_learned(desk, heygen):
    heygen()
    desk.translations(1)
    desk.run("library.jsonl")
    learn_rate(desk, 0.05)
    desk.translations(3)

    began = time.monotonic()
    ended = desk.run("library.jsonl", "--rate", "20")

    assert ended.code == 0
    assert time.monotonic() - began < 20


def test_a_run_that_begins_slowly_for_what_an_earlier_one_learned_says_so(desk, heygen):
    heygen()
    desk.translations(1)
    desk.run("library.jsonl")
    learn_rate(desk, 1.5)
    desk.translations(3)

    ended = desk.batchgen("run", "library.jsonl", *QUICK, "--log-file", "log.jsonl")
    given = desk.batchgen("run", "library.jsonl", *QUICK, "--rate", "50")

    told = "found to let about 90 requests a minute of any sort: this run begins with that (--rate gives another)."
    assert told in ended.err
    assert '"rates": {"v3.rate": 1.5}' in (desk.folder / "log.jsonl").read_text()
    assert "found to let" not in given.err


def test_replies_that_are_lost_within_a_moment_are_looked_for_together(desk, heygen):
    serving = heygen(lost=1.0, list_lag=0.5)
    desk.videos(30)

    ended = desk.run("people.jsonl", "--api", "v2", "--settle", "20")

    assert ended.code == 0, ended.said
    once_each(serving, 30)
    # Ten places: three times ten are lost, and one look finds ten. The rest is for a slow machine.
    assert ended.summary["requests"]["list"] <= 12
