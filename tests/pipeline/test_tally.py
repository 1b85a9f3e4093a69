"""What a plan costs is counted while it is poured, and comes to what adding up its jobs comes to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from batchgen.assembly.enlisting import take_up
from batchgen.assembly.errand import Errand
from batchgen.assembly.foresight import estimate, foresee
from batchgen.assembly.planning import open_sources, planner_for
from batchgen.assembly.prices import read_prices
from batchgen.model.status import Event, Status
from batchgen.pipeline.money.quote import MOST, Tally
from batchgen.store.interface import Move
from batchgen.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from batchgen.assembly.foresight import Foresight

LENGTHS = ("95", "1:35", "", "long", "12.5")
HEADER = "title,url,output_languages,mode,end_time,duration\n"


def sheet(rows: int, *, more: str = "") -> str:
    """Write rows of many prices, poured and planned in full alike."""
    told = (
        f"Film {n},https://e.com/{n}.mp4,{'French' if n % 3 else 'French;Italian'},{('', 'precision')[n % 2]},"
        f"{('', '10')[n % 7 == 0]},{LENGTHS[n % 5]}\n"
        for n in range(rows)
    )
    return HEADER + "".join(told) + more


class Desk:
    """A state that sheets are planned on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore.open(str(folder / "state.db"), threaded=False)

    def plan(self, *texts: str, limit: int | None = None, **chosen: Any) -> Foresight:
        """Plan sheets as a new run would."""
        names = [str(self.folder / f"{n}.csv") for n in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (self.folder / name).write_text(text, encoding="utf-8")
        errand = Errand(manifests=tuple(names), state="", command="", sandbox=True, limit=limit)
        self.run = self.store.begin_run(command="", sheets=[], realm="sandbox", api="v3", at=1.0)
        planner = planner_for(realm="sandbox", api=None, **chosen)
        planned = planner.plan(open_sources(names, results=None, downloads=None), self.store, at=1.0)
        return foresee(self.store, planned, {}, run=self.run, enlist=partial(take_up, errand, self.store, self.run))


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_new_rows_cost_what_their_jobs_cost(desk):
    found = desk.plan(sheet(90), sheet(40).replace("/e.com/", "/f.com/"))

    assert found.tally is not None
    told = found.tally.quotes(read_prices().lists)
    assert told == estimate(desk.store, desk.run, read_prices().lists)
    assert (told[0].jobs, told[0].unknown) == (174, 60)


@pytest.mark.parametrize("duplicates", ["share", "keep"])
def test_rows_that_render_the_same_are_counted_by_their_jobs(desk, duplicates):
    # Its length differs, and that of one of the two is the job's.
    found = desk.plan(sheet(30, more="Film 1,https://e.com/1.mp4,French,precision,,40\n"), duplicates=duplicates)

    assert found.tally is None


def test_rows_that_another_sheet_asked_for_are_counted_by_their_jobs(desk):
    assert desk.plan(sheet(20), sheet(21)).tally is None


def test_rows_that_were_planned_before_are_counted_by_their_jobs(desk):
    desk.plan(sheet(20))

    assert desk.plan(sheet(21)).tally is None
    assert desk.plan(sheet(21)).tally is None


async def test_rows_that_are_made_again_are_counted_by_their_jobs(desk):
    desk.plan(HEADER + "Film,https://e.com/1.mp4,French,,,95\n")
    for event in (Event.SEND, Event.ACCEPTED, Event.READY, Event.SAVED):
        [job] = desk.store.jobs([1])
        await desk.store.apply([Move(job=1, old=job.status, event=event, at=1.0)])

    found = desk.plan(HEADER + "Film,https://e.com/1.mp4,French,,,40\n", again=lambda _: None)

    assert found.taken[Status.PLANNED] == 1
    assert found.tally is None


def test_rows_that_are_left_out_are_not_counted(desk):
    assert desk.plan(sheet(30), limit=7).tally is None


def test_videos_are_as_long_as_what_is_said_in_them(desk):
    found = desk.plan("avatar_id,script,voice_id\n" + "".join(f"Daisy,Hello {n},v\n" for n in range(20)))

    assert found.tally is None


def test_no_more_prices_are_kept_than_there_may_be():
    tally = Tally()

    for n in range(MOST + 1):
        tally.add("translation", {}, float(n))

    assert not tally.whole
    assert not tally.counts
