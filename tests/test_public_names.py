"""The Python interface: which names there are, what they cost, and that they do what the command does."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import typing
from contextlib import closing
from inspect import getdoc, signature
from pathlib import Path

import pandas as pd
import pytest

import batchgen
from batchgen.assembly.state import locked
from batchgen.cli.main import answer
from batchgen.pipeline.happened import Moved
from batchgen.sandbox import Faults, Options, plans, serve

NAMES = [
    *("Batch", "BatchgenError", "ConfigError", "CredentialsError", "DiskError", "LockedError", "ManifestError", "Plan"),
    *("Run", "StoreError", "UnreachableError", "UsageError", "__version__", "load", "plan", "results", "retry", "run"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a sheet, and a HeyGen to ask."""
    monkeypatch.delenv("BATCHGEN_STATE", raising=False)
    monkeypatch.chdir(tmp_path)
    rows = [f"Hello {n},Daisy,v1,Good morning {n}.,{client}" for n, client in enumerate(("ACME", "ACME", "=1+1"))]
    (tmp_path / "people.csv").write_text("\n".join(["title,avatar_id,voice_id,script,client", *rows]) + "\n")
    with serve(options=Options(render=(0.1, 0.3), films="tiny")) as heygen:
        monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
        monkeypatch.setenv("HEYGEN_API_KEY", "any")
        yield tmp_path, heygen


def run(*given, **options):
    return batchgen.run(*given, poll_interval=0.2, **options)


def test_these_are_the_names():
    assert sorted(batchgen.__all__) == sorted(NAMES)
    for name in NAMES:
        assert getattr(batchgen, name) is not None
    assert dir(batchgen) == sorted(NAMES)
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        _ = batchgen.rum


def test_every_function_says_what_it_does_and_of_what_type_everything_is():
    for name in ("load", "plan", "results", "retry", "run"):
        function = getattr(batchgen, name)
        assert len(getdoc(function) or "") > 60
        assert all(one.annotation is not one.empty for one in signature(function).parameters.values())
        assert signature(function).return_annotation is not signature(function).empty


def test_a_program_that_uses_it_is_checked_by_mypy(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent("""
        import batchgen

        batch = batchgen.load("people.csv", encoding="utf-8")
        run = batchgen.run(batch, sandbox=True, max_credits=3.0)
        done: int = run.summary.done
        names: list[str] = list(batchgen.results(run).columns)
        send: int = batchgen.plan(["a.csv", "b.csv"]).send
        try:
            batchgen.retry("people.csv", api="v2")
        except batchgen.ManifestError as error:
            row: int | None = error.faults[0].row
        wrong: str = run.exit_code
        batchgen.run("people.csv", api="v4")
        """)
    )

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", str(program)],
        cwd=Path(__file__).parents[1],  # Its settings, and what it remembers of an earlier check.
        capture_output=True,
        text=True,
        check=False,
    )

    faults = [line for line in checked.stdout.splitlines() if "error:" in line]
    assert [int(line.split(":")[1]) for line in faults] == [13, 14], checked.stdout


def test_importing_it_loads_next_to_nothing():
    script = "import sys, batchgen; print([one for one in sys.modules if one.split('.')[0] in {'pandas', 'sqlalchemy', 'httpx', 'click'}])"

    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"max_credits": float("nan")}, "max_credits=nan: this wants a number from 0 up."),
        ({"max_credits": "50"}, "max_credits='50': this wants a number from 0 up."),
        ({"limit": 0}, "limit=0: this wants a whole number from 1 up."),
        ({"concurrency": "4"}, "concurrency='4': this wants a whole number from 1 up."),
        ({"wait": "no"}, "wait='no': this wants True or False."),
        ({"duplicates": "shre"}, "duplicates='shre': this wants error, share or keep. Did you mean \"share\"?"),
        ({"api": "v4"}, "api='v4': this wants v3 or v2."),
        ({"select": ""}, "select='': this wants a text such as status:failed; leave it out for all rows."),
        ({"select": 5}, "select=5: this wants a text such as status:failed"),
        ({"notify": "https://example.com/x"}, '"notify" is no option of a run. There are: again, api, batch, concurr'),
        ({"limt": 2}, '"limt" is no option of a run. Did you mean "limit"?'),
    ],
)
def test_a_wish_that_no_run_could_go_by_is_refused_before_it_begins(folder, wishes, told):
    _, heygen = folder

    with pytest.raises(batchgen.UsageError) as refused:
        run("people.csv", **wishes)

    assert str(refused.value).startswith(told)
    assert heygen.world.ledger()["accepted"] == 0


@pytest.mark.parametrize("wish", ["state", "results", "downloads", "profile"])
@pytest.mark.parametrize("value", [float("nan"), pd.NA, True, b"state.db", [], " ", "a\0b"], ids=repr)
def test_an_empty_cell_of_a_table_names_no_state_folder_or_profile(folder, wish, value):
    place, heygen = folder

    with pytest.raises(batchgen.UsageError, match=f"^{wish}=.*: this wants a (path|text); leave it out"):
        run("people.csv", **{wish: value})

    assert heygen.world.ledger()["accepted"] == 0
    assert [one.name for one in place.iterdir()] == ["people.csv"]


def test_garbage_for_what_is_looked_at_is_refused_in_a_sentence(folder):
    run("people.csv", limit=1)

    for look in (
        lambda: batchgen.load("people.csv", encoding=5),
        lambda: batchgen.results("people.csv", select=5),
        lambda: batchgen.results("people.csv", state=float("nan")),
        lambda: batchgen.plan("people.csv", state=b"x"),
        lambda: batchgen.plan("people.csv", api=pd.NA),
        lambda: batchgen.plan("people.csv", duplicates=pd.DataFrame({"a": [1]})),
    ):
        with pytest.raises(batchgen.UsageError, match=": this wants "):
            look()


def test_what_the_system_says_of_a_place_is_an_error_of_batchgen(folder):
    for use in (batchgen.plan, batchgen.run, batchgen.results):
        with pytest.raises(batchgen.BatchgenError, match=r"xxx: this cannot be used \(File name too long"):
            use("people.csv", state="x" * 3000)
    with pytest.raises(batchgen.BatchgenError, match="too long"):
        batchgen.run("people.csv", results="x" * 3000 + ".csv")


def test_a_state_whose_name_begins_with_a_dash_can_be_rehearsed(folder):
    assert run("people.csv", sandbox=True, state="-x.db").ok


def test_what_has_no_name_is_no_manifest():
    for take in (batchgen.load, batchgen.plan):
        with pytest.raises(batchgen.UsageError, match=r"DataFrame: .* frame.to_csv"):
            take(pd.DataFrame({"url": ["u"]}))


def test_a_search_that_found_no_manifest_buys_nothing_of_the_last_run(folder):
    _, heygen = folder
    run("people.csv", limit=1)

    for take in (batchgen.run, batchgen.retry, batchgen.plan):
        with pytest.raises(batchgen.UsageError, match="No manifest is named"):
            take([])

    assert heygen.world.ledger()["accepted"] == 1


@pytest.mark.parametrize(
    "name", ["poll_interval", "write_timeout", "batch", "wait", "download", "title_token", "like_input", "again"]
)
def test_none_is_what_was_not_asked_for(folder, name):
    place, heygen = folder

    ended = batchgen.run("people.csv", **{"poll_interval": 0.2, "limit": 1, name: None})

    assert ended.ok
    assert heygen.world.ledger()["jobs"][0]["title"].startswith("Hello 0 · bg")
    assert len(list((place / "videos").iterdir())) == 1


def test_the_words_of_the_command_are_taken(folder):
    _, heygen = folder

    run("people.csv", title_token="never", max_failures=5, limit=1)

    assert heygen.world.ledger()["jobs"][0]["title"] == "Hello 0"


def test_python_and_the_command_share_what_was_done(folder):
    _, heygen = folder

    first = run("people.csv", limit=2)
    planned = batchgen.plan("people.csv")
    code = answer(["run", "people.csv", "--poll-interval", "0.2"])
    again = run(batchgen.load("people.csv"))

    assert (first.ok, first.summary.done, first.summary.planned) == (True, 2, 1)
    assert (planned.jobs, planned.send, planned.done, planned.left_out) == (3, 1, 2, 0)
    assert code == 0
    assert (again.summary.done, again.summary.skipped) == (3, 3)
    assert heygen.world.ledger()["accepted"] == 3


def test_results_are_the_sheet_as_it_was_and_what_became_of_it_with_types(folder):
    place, _ = folder
    ended = run("people.csv", downloads=place / "films")

    frame = batchgen.results(ended)

    assert list(frame.columns[:6]) == ["title", "avatar_id", "voice_id", "script", "client", "job_id"]
    assert frame["client"].tolist() == ["ACME", "ACME", "=1+1"]
    assert frame.index.tolist() == [2, 3, 4]
    assert pd.api.types.is_float_dtype(frame["duration_s"])
    assert str(frame["finished_at"].dt.tz) == "UTC"
    assert all((place / file).is_file() and file.startswith("films/") for file in frame["file"])
    assert batchgen.results("people.csv", select="client:ACME").index.tolist() == [2, 3]


async def test_it_works_where_an_event_loop_runs_already(folder):
    assert asyncio.get_running_loop()

    assert run("people.csv").ok


def test_other_formats_are_written_and_options_that_are_none_are_told(folder):
    place, _ = folder

    assert run("people.csv", results="films.xlsx").summary.results.endswith("films.xlsx")
    assert (place / "films.xlsx").is_file()
    with pytest.raises(batchgen.UsageError, match='Did you mean "poll_interval"'):
        batchgen.run("people.csv", pol_interval=1)


def test_a_format_that_cannot_be_written_is_raised_once_the_run_is_noted_as_ended(folder):
    def tell(_):
        (folder[0] / "people.xlsx").mkdir(exist_ok=True)  # It was a place for a file when the run began.

    with pytest.raises(batchgen.DiskError, match=r"people\.xlsx"):
        run("people.csv", results="people.xlsx", tell=tell)

    with closing(sqlite3.connect("state/batchgen.db")) as database:
        assert database.execute("select outcome from runs").fetchall() == [("ended",)]
    assert list(batchgen.results("people.csv")["status"]) == ["done"] * 3


def test_an_account_that_can_pay_for_nothing_sends_nothing(folder, monkeypatch):
    with serve(options=Options(films="tiny", credits=0.0, plan=plans.plan("pro"))) as poor:
        monkeypatch.setenv("HEYGEN_API_BASE", poor.url)

        ended = run("people.csv")

        assert (ended.exit_code, ended.summary.planned, ended.summary.accepted) == (5, 3, 0)
        assert poor.world.counts["create"] == 0


def test_results_are_like_the_sheet_where_that_is_asked_for(folder):
    place, _ = folder
    (place / "semi.csv").write_text((place / "people.csv").read_text().replace(",", ";"))

    run("semi.csv", like_input=True)

    assert (place / "semi_results.csv").read_text().startswith("title;avatar_id;")


def test_what_is_wrong_is_raised_as_the_command_tells_it(folder, monkeypatch):
    place, heygen = folder
    (place / "wrong.csv").write_text("title,output_language,url\nA,Klingon,https://x/1.mp4\nB,German,nowhere\n")

    with pytest.raises(batchgen.ManifestError) as wrong:
        run("wrong.csv")
    with locked("state/batchgen.db", command="somebody"), pytest.raises(batchgen.LockedError, match="somebody"):
        run("people.csv")
    monkeypatch.delenv("HEYGEN_API_KEY")
    with pytest.raises(batchgen.CredentialsError, match="HEYGEN_API_KEY is not set"):
        run("people.csv")
    with pytest.raises(batchgen.UsageError, match="no such manifest"):
        batchgen.results("other.csv")

    assert [(fault.row, fault.column) for fault in wrong.value.faults] == [(2, "output_language"), (3, "url")]
    assert heygen.world.ledger()["accepted"] == 0


def test_ctrl_c_ends_a_run_in_order_and_the_same_call_goes_on(folder):
    _, heygen = folder
    asked = threading.Event()

    def tell(fact: object) -> None:
        if isinstance(fact, Moved) and not asked.is_set():
            asked.set()
            signal.pthread_kill(typing.cast("int", threading.main_thread().ident), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        first = run("people.csv", tell=tell)
    finally:
        signal.signal(signal.SIGINT, before)
    second = run("people.csv")

    assert first.exit_code == 130
    assert "Interrupted" in typing.cast("str", first.stopped)
    assert second.ok
    assert heygen.world.ledger()["accepted"] == 3


def test_a_run_tells_what_is_odd_in_a_sheet_as_the_command_does(folder):
    sheet = folder[0] / "odd.csv"
    sheet.write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,A cafÃ©.\n", encoding="utf-8")

    first = run("odd.csv", download=False)
    again = run("odd.csv", download=False, again=True)

    for ended in (first, again):
        [warning] = ended.warnings
        assert (warning.row, warning.column) == (2, "script")
    assert first.notes == ()


def test_retry_tries_what_failed_and_nothing_else(folder, monkeypatch):
    _, heygen = folder
    with serve(options=Options(render=(0.1, 0.3), films="tiny", faults=Faults(failed=1.0))) as broken:
        monkeypatch.setenv("HEYGEN_API_BASE", broken.url)
        failed, left = run("people.csv", limit=2), run("people.csv", limit=2)
    monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)

    tried = batchgen.retry("people.csv", poll_interval=0.2)

    assert (failed.exit_code, failed.summary.failed) == (1, 2)
    assert left.summary.requests.create == 0
    assert (tried.summary.done, tried.summary.planned) == (2, 1)
    assert heygen.world.ledger()["accepted"] == 2
