"""Videos that were made with --no-download, and are wanted after all."""

import csv

import pytest

from batchgen.sandbox import Options, serve


@pytest.fixture
def made(batchgen, sheet, monkeypatch):
    """A sheet whose two videos are done and not saved."""
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    with serve(options=Options(render=(0.05, 0.1), films="tiny")) as heygen:
        monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
        batchgen("run", "people.csv", "--no-download", "--poll-interval", "0.05")
        yield heygen.world


def test_repair_fetches_what_was_never_saved_and_buys_nothing(batchgen, sheet, made):
    told = batchgen("verify")
    repaired = batchgen("verify", "--repair")
    then = batchgen("verify")

    assert (told.code, repaired.code, then.code) == (0, 0, 0)
    assert "2 more were never saved" in told.out
    assert "2 of 2 saved videos are as they were saved." in then.out
    assert len(made.ledger()["jobs"]) == 2
    with sheet.with_name("people_results.csv").open(newline="") as file:
        assert all((sheet.parent / row["file"]).is_file() for row in csv.DictReader(file))


def test_what_lies_where_a_video_belongs_stays(batchgen, sheet, made):
    own = next(iter(_meant(batchgen, sheet)))
    own.parent.mkdir()
    own.write_text("mine")

    batchgen("verify", "--repair")

    assert own.read_text() == "mine"
    assert len(list(own.parent.iterdir())) == 3


def _meant(batchgen, sheet):
    """Give where the videos are meant to go."""
    from batchgen.assembly.state import open_store

    with open_store(str(sheet.parent / "state/batchgen.db")) as store:
        return [sheet.parent / line.job.file for line in store.lines(store.sheets()[0].pk)]
