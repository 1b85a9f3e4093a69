"""A run that takes up all of a sheet begins with its planning, in one transaction; any other takes up its jobs after."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from batchgen.assembly.company import Nobody
from batchgen.assembly.enlisting import enlist
from batchgen.assembly.errand import Errand
from batchgen.model.errors import ManifestError
from batchgen.model.status import Status
from batchgen.store.sqlite import SqliteStore

HEADER = "title,url,output_language\n"


def sheet(folder, rows, *, first=0, more=""):
    lines = (f"Film {n},https://e.com/{n}.mp4,French\n" for n in range(first, first + rows))
    (folder / "a.csv").write_text(HEADER + "".join(lines) + more, encoding="utf-8")
    return str(folder / "a.csv")


@pytest.fixture
def store(tmp_path):
    store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)
    yield store
    store.close()


def errand(*manifests, **chosen):
    return Errand(manifests=manifests, state="", sandbox=True, **chosen)


def asked(folder, query):
    with closing(sqlite3.connect(folder / "state.db")) as database:
        return database.execute(query).fetchall()


def order(store, run):
    return [job.delivery["title"] for job in store.fresh(run, 1000)]


def test_a_run_has_all_rows_in_their_order(tmp_path, store):
    work = enlist(errand(sheet(tmp_path, 30)), store, Nobody())

    assert order(store, work.number) == [f"Film {n}" for n in range(30)]
    assert work.open[Status.PLANNED] == work.todo == 30
    assert asked(tmp_path, "select pk, sheets, realm, api from runs") == [(1, "[1]", "sandbox", "v3")]


def test_rows_that_came_between_have_their_places(tmp_path, store):
    enlist(errand(sheet(tmp_path, 20, first=10)), store, Nobody())

    work = enlist(errand(sheet(tmp_path, 40)), store, Nobody())

    assert work.number == 2
    assert order(store, 2) == [f"Film {n}" for n in range(40)]
    assert asked(tmp_path, "select sheets from runs") == [("[1]",), ("[1]",)]


def test_an_earlier_run_has_nothing_of_what_it_did_not_ask_for(tmp_path, store):
    enlist(errand(sheet(tmp_path, 20)), store, Nobody())

    work = enlist(errand(sheet(tmp_path, 20), limit=3), store, Nobody())

    assert order(store, work.number) == ["Film 0", "Film 1", "Film 2"]
    assert len(order(store, 1)) == 17


@pytest.mark.parametrize("chosen", [{"limit": 3}, {"select": "row:2-4"}, {"jobs": frozenset()}, {"sample": 3}], ids=str)
def test_what_is_not_asked_for_is_not_taken_up(tmp_path, store, chosen):
    work = enlist(errand(sheet(tmp_path, 20), **chosen), store, Nobody())

    assert work.todo == (0 if "jobs" in chosen else 3)
    assert asked(tmp_path, "select count(*) from jobs where run is null") == [(20 - work.todo,)]


def test_a_fault_in_the_last_row_leaves_no_run_behind(tmp_path, store):
    with pytest.raises(ManifestError):
        enlist(errand(sheet(tmp_path, 30, more="Film,https://e.com/x.mp4,Klingon\n")), store, Nobody())

    assert asked(tmp_path, "select (select count(*) from runs), (select count(*) from jobs)") == [(0, 0)]
    assert store.last_run("sandbox") is None


def test_a_sheet_that_stayed_has_a_run_of_its_own(tmp_path, store):
    for number in (1, 2):
        work = enlist(errand(sheet(tmp_path, 5)), store, Nobody())

        assert work.number == number
        assert len(order(store, number)) == 5
