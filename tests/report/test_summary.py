"""What a run came to, for scripts and for people."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest

from batchgen.model.status import Status
from batchgen.report.summary import Requests, Summary, proof, sentence
from batchgen.report.table import Failure, reasons, show

KEYS = [
    "run",
    "rows",
    "jobs",
    "done",
    "failed",
    "unsure",
    "rendering",
    "planned",
    "cancelled",
    "skipped",
    "requests",
    "credits",
    "results",
]

#: What was bought, told by the attempts.
PROOF = ["accepted", "found_again", "adopted", "sent_twice", "credits_held"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_every_state_is_counted_once():
    summary = Summary.of(dict.fromkeys(Status, 1), run=7, rows=5)

    told = summary.to_dict()
    assert summary.jobs == sum(told[word] for word in KEYS[3:9]) == len(Status)
    assert (summary.unsure, summary.rendering, summary.planned) == (2, 2, 1)


def test_scripts_find_what_they_rely_on():
    summary = Summary.of(
        {Status.DONE: 2},
        run=7,
        rows=2,
        skipped=1,
        requests=Requests(create=1, status=2, list=3, download=4, upload=5),
        credits=0.1 + 0.2,
        results="x_results.csv",
        more={"stopped": "why", "jobs": "never"},
    )

    text = summary.to_json()

    assert "\n" not in text
    assert list(json.loads(text)) == [*KEYS, *PROOF, "stopped"]
    assert json.loads(text)["requests"] == {"create": 1, "status": 2, "list": 3, "download": 4, "upload": 5}
    assert json.loads(text)["credits"] == 0.3
    assert json.loads(text)["jobs"] == 2


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({}, "There was nothing to do."),
        ({Status.DONE: 1}, "1 of 1 video is done."),
        ({Status.DONE: 2000}, "2,000 of 2,000 videos are done."),
        (
            {Status.DONE: 1, Status.FAILED: 2, Status.SENDING: 1, Status.RENDERED: 1, Status.PLANNED: 3},
            "1 of 8 videos are done, 2 failed, 1 unsure, 1 not saved, 3 not sent.",
        ),
        (
            {Status.RENDERING: 2, Status.RENDERED: 1},
            "0 of 3 videos are done, 2 still rendering, 1 not saved.",
        ),
    ],
)
def test_the_end_is_one_sentence(counts, text):
    assert sentence(Summary.of(counts, run=1, rows=1)) == text


def test_failures_are_told_by_their_reason_the_most_frequent_first():
    failures = [Failure(row=2, error="no such voice"), *(Failure(row=row, error="bad link") for row in range(3, 23))]

    first, second = reasons(failures)

    assert (first.count, first.rows) == (20, tuple(range(3, 11)))
    assert str(first) == "bad link (rows 3, 4, 5, 6, 7, 8, 9, 10 and 12 more)"
    assert str(second) == "no such voice (row 2)"


def test_a_million_different_reasons_do_not_fill_the_memory():
    assert len(reasons(Failure(row=row, error=f"request {row}") for row in range(5000))) == 1001


@pytest.mark.parametrize("to", [io.StringIO, Terminal])
def test_the_end_tells_counts_reasons_and_places(to):
    out = to()
    failures = [Failure(row=row, error=f"[bold]bad[/] \x1b[31mlink {row % 7}") for row in range(2, 40)]
    summary = Summary.of({Status.DONE: 1, Status.FAILED: 38}, run=1, rows=39, credits=1.5, results="/d/x_results.csv")

    show(summary, to=out, failures=failures, notes=["Nothing was sent twice."])

    text = out.getvalue()
    assert "[bold]bad[/]" in text
    assert "\x1b[31mlink" not in text
    for part in ("done", "38", "1.5", "/d/x_results.csv", "Nothing was sent twice.", "more that failed for other"):
        assert part in text
    assert text.rstrip().removesuffix("\x1b[0m").endswith("1 of 39 videos are done, 38 failed.")


def test_plain_lines_are_plain():
    out = io.StringIO()

    show(Summary.of({Status.DONE: 2}, run=1, rows=2, accepted=2, credits=2.5), to=out)

    assert out.getvalue() == (
        "jobs: done 2\n"
        "paid: 2 rows, 2 jobs: 2 accepted by the server, 0 found again, 0 sent twice, 0 unsure; 2.5 credits spent\n"
        "2 of 2 videos are done.\n"
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"credits": 2.0, "credits_held": 4.5}, "2 credits spent, 4.5 held for what is under way"),
        ({"credits": 0.0, "more": {"usd": 1.5, "usd_held": 0.0}}, "$1.50 spent"),
        ({"credits": 3.0, "more": {"usd": 1.0, "usd_held": 2.25}}, "3 credits spent; $1.00 spent, $2.25 held"),
        ({}, "0 credits spent"),
    ],
)
def test_what_was_spent_is_told_in_the_unit_that_was_paid_in(facts, words):
    summary = Summary.of({Status.DONE: 1}, run=1, rows=1, **facts)

    assert words in proof(summary)


def test_what_was_bought_twice_is_said_in_red():
    out = Terminal()

    show(Summary.of({Status.DONE: 2}, run=1, rows=2, accepted=2, sent_twice=1), to=out)

    assert re.search(r"\x1b\[1;31m[^\x1b]*1 sent twice", out.getvalue())


def test_a_log_never_loads_what_colours_need(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)

    show(Summary.of({Status.DONE: 2}, run=1, rows=2), to=io.StringIO())
