"""Which sheet is meant where several folders share one state."""

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from batchgen.assembly.known import known_sheets
from batchgen.pipeline.planning.plan import known_by
from batchgen.store.interface import SheetFacts
from batchgen.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path):
    """A state that knows a v.csv of each of two folders."""
    with closing(SqliteStore.open(str(tmp_path / "state.db"))) as store:
        for folder in ("one", "two"):
            (tmp_path / folder).mkdir()
            place = str(tmp_path / folder / "v.csv")
            facts = SheetFacts(name="v.csv", path=place, columns=(), digest="d", results=place, realm="sandbox")
            store.plan(lambda planning, facts=facts: (planning.begin(facts), planning.finish(1.0)))
        yield store


def test_the_sheet_of_this_folder_is_meant_and_not_its_namesake(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "two")

    assert [sheet.path for sheet in known_sheets(store, ["v.csv"])] == [str(tmp_path / "two/v.csv")]


def test_where_there_is_none_here_its_name_is_enough(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert len(known_sheets(store, ["v.csv"])) == 2


def test_a_sheet_is_one_from_whatever_folder_it_is_named(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / "one")
    named = SimpleNamespace(name="../two/v.csv", path=Path("../two/v.csv"))

    assert known_by(named) == str(tmp_path / "two/v.csv")
    assert [sheet.path for sheet in known_sheets(store, ["../two/v.csv"])] == [str(tmp_path / "two/v.csv")]
