"""What a run says of itself: few lines, the right numbers, and no guess where nothing is known."""

import io
import time
from types import SimpleNamespace

import pytest

from batchgen.assembly.errand import Work
from batchgen.assembly.prices import read_prices
from batchgen.cli.forecast import duration
from batchgen.cli.plain import BURST, PlainLines
from batchgen.cli.progress import Narrator
from batchgen.cli.terminal import question
from batchgen.model.exchange import Balance, Hold, Purpose
from batchgen.model.status import Event, Status, after
from batchgen.pipeline.happened import (
    Asked,
    Began,
    LeftUnsure,
    Looked,
    Moved,
    Stalled,
    Started,
    Stopping,
    Stumbled,
    Uploaded,
    Uploading,
    Waiting,
)
from batchgen.pipeline.money.cost import Range
from batchgen.pipeline.money.quote import Quote


class Screen(io.StringIO):
    """A file that may be a terminal."""

    def __init__(self, *, tty: bool = False) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.fixture
def told():
    return Screen()


@pytest.fixture
def narrator(watch, told):
    made = Narrator(to=told, ticks=watch, now=watch)
    made.attend(lambda jobs: [SimpleNamespace(row=job + 1, job=SimpleNamespace(error=f"reason {job}")) for job in jobs])
    made.hear(Began(run=1, counts={Status.PLANNED: 100}))
    return made


def move(job, old, event, at=1000.0, detail=""):
    return Moved(job=job, old=old, new=after(old, event), event=event, detail=detail, at=at)


def live_through(narrator, watch, job, *, render=10.0):
    """Take a job from the sheet to its film."""
    narrator.hear(move(job, Status.PLANNED, Event.SEND, watch.time))
    narrator.hear(move(job, Status.SENDING, Event.ACCEPTED, watch.time))
    watch.time += render
    narrator.hear(move(job, Status.RENDERING, Event.READY, watch.time))
    narrator.hear(move(job, Status.RENDERED, Event.SAVED, watch.time))


def test_many_equal_lines_become_one_that_counts_the_others(narrator, watch, told):
    for job in range(500):
        narrator.hear(move(job, Status.PLANNED, Event.SEND))
        narrator.hear(move(job, Status.SENDING, Event.NO_ANSWER, detail="no_reply"))
        watch.time += 0.01
    watch.time += 20
    narrator.hear(Asked(purpose=Purpose.LIST, took_s=0.1, ok=True))

    lines = told.getvalue().splitlines()

    assert len(lines) <= 3
    assert lines[0] == "a reply was lost (no_reply): looked for before anything is sent again."
    assert "500 unsure" in lines[-1]
    assert "499 more of: no answer" in lines[-1]


def test_no_more_than_a_few_lines_come_in_a_second(told, watch):
    lines = PlainLines(told, watch)

    for n in range(1000):
        lines.say(f"sort {n}", lambda n=n: f"line {n}")
        watch.time += 0.001

    assert len(told.getvalue().splitlines()) <= BURST + 1


def test_a_line_of_a_sort_comes_again_after_a_while_and_says_how_many_were_held(told, watch):
    lines = PlainLines(told, watch)
    for _ in range(5):
        lines.say("a", lambda: "something")
    watch.time += 11

    lines.say("a", lambda: "something")

    assert told.getvalue().splitlines() == ["something", "something (4 more like it)"]


def test_a_failure_is_told_with_its_row_and_reason(narrator, told):
    narrator.hear(move(6, Status.PLANNED, Event.REFUSED, detail="bad_voice"))

    assert told.getvalue() == "failed, row 7: reason 6\n"


def test_counts_are_told_every_ten_seconds_and_only_when_they_change(narrator, watch, told):
    live_through(narrator, watch, 1, render=11)
    first = told.getvalue()
    for _ in range(20):
        watch.time += 1
        narrator.hear(Asked(purpose=Purpose.STATUS, took_s=0.1, ok=True))

    assert first.startswith("99 to send · 1 downloading")
    assert "99 to send · 1 done" in told.getvalue()
    assert len(told.getvalue().splitlines()) <= 3


def test_what_a_person_has_to_know_is_told_whatever_else_is_told(narrator, told):
    for n in range(50):
        narrator.hear(Stumbled(what=f"request {n}", reason="reset"))
        narrator.hear(Waiting(hold=Hold.RATE, seconds=3, message="slow down"))
        narrator.hear(Looked(submission=n, jobs=2, found=2, look=1))
    narrator.hear(LeftUnsure(submission=1, jobs=2, reason="no key protects a repeat"))
    narrator.hear(Stopping(reason="Out of credit."))

    lines = told.getvalue().splitlines()

    assert lines[:3] == [
        "request 0 is tried again: reset",
        "waiting 3 s: HeyGen takes no more requests for the moment (slow down)",
        "2 videos are found in the account: nothing is sent again.",
    ]
    assert lines[-2:] == [
        "2 videos are unsure, and only a person can decide: no key protects a repeat.",
        "Out of credit.",
    ]
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("balance", "said"),
    [
        (None, "1,234 videos to make at api.heygen.com."),
        (Balance(remaining=0.0, unit="credits"), "; the account has 0 credits."),
        (Balance(remaining=1e6, unit="credits"), "; the account has 1,000,000 credits."),
        (Balance(remaining=12.5, unit="usd"), "; the account has 12.5 USD."),
        (Balance(remaining=None, unit="usd"), "api.heygen.com."),
    ],
)
def test_a_run_begins_with_its_size_and_what_the_account_has(narrator, told, balance, said):
    narrator.begin(1234, "api.heygen.com", balance)

    assert told.getvalue().strip().endswith(said)


def test_queued_rendering_and_downloading_are_told_apart(narrator):
    for job in range(6):
        narrator.hear(move(job, Status.PLANNED, Event.SEND))
        narrator.hear(move(job, Status.SENDING, Event.ACCEPTED))
    for job in range(3):
        narrator.hear(Started(job=job, at=1000.0))
    narrator.hear(move(0, Status.RENDERING, Event.READY))

    assert narrator.standing.states() == [("to send", 94), ("queued", 3), ("rendering", 2), ("downloading", 1)]


def test_a_stall_is_told_with_its_row_and_what_to_do(narrator, told):
    narrator.hear(
        Stalled(job=4, kind="translation", remote_id="abc", waited_s=9000.0, usual_s=1800.0, queued=False),
    )

    [line] = told.getvalue().splitlines()
    assert line.startswith("row 5 has been rendering for 2.5 h; most translation jobs like it take at most 30 min.")
    assert "not sent again" in line
    assert "abc" in line


def test_videos_that_only_a_person_can_settle_are_not_waited_for(narrator, watch):
    for job in range(8):
        live_through(narrator, watch, job)
    narrator.standing.counts.update({Status.PLANNED: -92, Status.UNSURE: 92})

    assert not any("left" in part for part in narrator.standing.pace())


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (89, "89 s"), (600, "10 min"), (7200, "2.0 h")])
def test_a_duration_is_said_as_a_person_would(seconds, said):
    assert duration(seconds) == said


def test_on_a_terminal_it_shows_states_rate_and_failures_and_leaves_news_that_matters(watch):
    screen = Screen(tty=True)
    narrator = Narrator(to=screen, ticks=watch, now=watch)
    narrator.attend(lambda jobs: [SimpleNamespace(row=99, job=SimpleNamespace(error="no such\x1b[2J voice"))])
    with narrator:
        narrator.hear(Began(run=1, counts={Status.PLANNED: 10}))
        for job in range(5):
            live_through(narrator, watch, job)
        narrator.hear(move(7, Status.PLANNED, Event.REFUSED))
        narrator.hear(Waiting(hold=Hold.RATE, seconds=5, message="slow"))
        narrator.hear(Stopping(reason="Out of credit."))

    shown = screen.getvalue()
    assert "6 of 10" in shown
    assert "4 to send" in shown
    assert "row 99: no such [2J voice" in shown
    assert "waiting 5 s: HeyGen takes no more requests" in shown
    assert "Out of credit." in shown
    assert "left" in shown


def test_on_a_terminal_the_same_news_stands_once(watch):
    narrator = Narrator(to=Screen(tty=True), ticks=watch, now=watch)
    with narrator:
        for _ in range(3):
            narrator.hear(Waiting(hold=Hold.RATE, seconds=1, message="a"))
            narrator.hear(Stumbled(what="GET /x", reason="reset."))

        assert narrator.news() == [
            "waiting 1 s: HeyGen takes no more requests for the moment (a)",
            "GET /x is tried again: reset.",
        ]
        watch.time += 60
        assert narrator.news() == []


def test_the_question_before_spending_shows_the_plans_counts():
    work = Work(
        number=1,
        api="v3",
        realm="api.heygen.com",
        sheets=(),
        open={Status.PLANNED: 1200, Status.RENDERING: 3, Status.UNSURE: 1},
        downloads=(),
        done_before=40,
    )

    prices = read_prices().pick("v3", "usd")
    quote = Quote(prices=prices, known=1000, total=Range(12.5, 30), unknown=200, least=0.03)

    assert question(work, quote) == (
        "1,200 videos to send to api.heygen.com, cost: 12.5 to 30 USD, and 200 of unknown cost; "
        "4 under way from before; 40 done already."
    )


def test_the_question_says_what_was_made_before_of_rows_as_they_were():
    made = {"number": 1, "api": "v3", "realm": "api.heygen.com", "sheets": (), "downloads": (), "done_before": 0}
    work = Work(open={Status.PLANNED: 120}, outlived=120, **made)
    quote = Quote(prices=read_prices().pick("v3", "usd"), known=0, total=Range(0, 0), unknown=120, least=0.0)

    assert question(work, quote).endswith("120 videos that were made before are asked for by no row now.")


def test_uploads_are_told_by_their_bytes_while_they_go_and_summed_up_at_the_end(narrator, watch, told):
    narrator.hear(Uploading(file="/films/tour.mp4", sent=6_000_000, size=24_000_000))
    watch.time += 10
    narrator.hear(Uploading(file="/films/intro.mp4", sent=6_000_000, size=24_000_000))
    words = narrator.uploads.words()
    narrator.hear(Uploaded(file="/films/tour.mp4", size=24_000_000))
    narrator.hear(Uploaded(file="/films/intro.mp4", size=24_000_000))
    narrator.__exit__(None, None, None)

    assert words == ["uploading 2 files: 25% of 48 MB"]
    first, *_, last = told.getvalue().splitlines()
    assert "uploading 2 files: 25% of 48 MB" in first
    assert "2 files uploaded, 48 MB." in last
    assert narrator.uploads.words() == []


@pytest.mark.parametrize(
    ("under_way", "said"),
    [
        ({}, False),
        ({Status.RENDERING: 2}, "2 of them were accepted before: gone on with, and not sent again."),
        ({Status.RENDERED: 1}, "1 of them was accepted before: gone on with, and not sent again."),
    ],
)
def test_a_run_that_goes_on_says_what_it_does_not_send_again(watch, told, under_way, said):
    made = Narrator(to=told, ticks=watch, now=watch)

    made.hear(Began(run=2, counts={Status.PLANNED: 3} | under_way))

    assert (said in told.getvalue()) if said else "sent again" not in told.getvalue()


def test_a_long_wait_is_told_with_its_end_and_for_as_long_as_it_lasts(narrator, watch, told):
    narrator.hear(Waiting(hold=Hold.RATE, seconds=3600, message="slow"))
    until = time.strftime("%H:%M", time.localtime(1000.0 + 3600))
    for _ in range(3):
        watch.time += 61
        narrator.hear(Asked(purpose=Purpose.STATUS, took_s=0.1, ok=True))
    watch.time += 3600
    narrator.hear(Asked(purpose=Purpose.STATUS, took_s=0.1, ok=True))

    first, *during, after_it = told.getvalue().splitlines()
    assert first == f"waiting 60 min, until {until}: HeyGen takes no more requests for the moment (slow)"
    assert during == [f"100 to send · waiting until {until}"] * 3
    assert "waiting" not in after_it


def test_a_long_wait_stays_on_the_display(watch):
    with Narrator(to=Screen(tty=True), ticks=watch, now=watch) as narrator:
        narrator.hear(Waiting(hold=Hold.RATE, seconds=3600, message="slow"))
        watch.time += 3000
        during = narrator.news()
        watch.time += 700

        assert len(during) == 1
        assert narrator.news() == []


def test_what_steers_a_terminal_or_makes_lines_of_its_own_is_told_in_one_line(told, watch):
    PlainLines(told, watch).say("failed", lambda: "failed, row 2: no\x1b[2J\x1b]0;mine\x07\r\n2 of 2 are done.")

    assert told.getvalue() == "failed, row 2: no [2J ]0;mine 2 of 2 are done.\n"
