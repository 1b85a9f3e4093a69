"""A sheet that stayed as it was is known without reading its rows; nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from batchgen.assembly.planning import open_sources, planner_for
from batchgen.manifest.load import OpenManifest
from batchgen.model.errors import ManifestError
from batchgen.model.status import OPEN, Event, Status
from batchgen.store.interface import Move
from batchgen.store.sqlite import SqliteStore

SHEET = "title,url,output_languages\nOne,https://e.com/1.mp4,French;Italian\nTwo,https://e.com/2.mp4,French\n"
DOUBLED = SHEET + "Three,https://e.com/2.mp4,French\n"
YAML = """\
kind: video
rows: people.csv
fields: {script: "Hello {{ name }}, {{ tone }}", avatar_id: Daisy}
foreach: {tone: [warm, cool]}
"""


class Desk:
    """A state, and manifests that are planned on it again and again."""

    def __init__(self, folder: Any, read: list[str]) -> None:
        self.folder, self.read = folder, read
        self.store = SqliteStore.open(str(folder / "state.db"), threaded=False)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def plan(self, *manifests: str, **chosen: Any) -> bool:
        """Plan manifests; tell whether their rows were read."""
        where = {"results": None, "downloads": None, **{k: chosen.pop(k) for k in list(chosen) if k in WHERE}}
        given = {"realm": "sandbox", "api": None, **chosen}
        version, before = given.pop("version", None), len(self.read)
        planner = planner_for(**given)
        planner.version = version or planner.version
        self.plan_ = planner.plan(open_sources(manifests, **where), self.store, at=1.0)
        return len(self.read) > before

    def lines(self) -> list[Any]:
        return [line for sheet in self.plan_.sheets for line in self.store.lines(sheet.sheet.pk)]

    async def move(self, *events: Event, **facts: Any) -> None:
        """Take every job along some events."""
        moves = {line.job.pk: line.job for line in self.lines()}
        for event in events:
            now = self.store.jobs(list(moves))
            await self.store.apply([Move(job=job.pk, old=job.status, event=event, at=1.0, facts=facts) for job in now])


WHERE = {"results", "downloads", "encoding", "like_input"}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    read, sheaves = [], OpenManifest.sheaves
    monkeypatch.setattr(OpenManifest, "sheaves", lambda self: read.append(self.name) or sheaves(self))
    desk = Desk(tmp_path, read)
    yield desk
    desk.store.close()


def test_a_sheet_that_stayed_is_known_without_reading_a_row(desk):
    sheet = desk.write("a.csv", SHEET)
    assert desk.plan(sheet)
    before = desk.lines()

    read = desk.plan(sheet)

    assert not read
    assert desk.lines() == before
    assert (desk.plan_.rows, desk.plan_.lines, desk.plan_.sheets[0].new) == (2, 3, 0)


def test_a_row_that_changed_is_found(desk):
    sheet = desk.write("a.csv", SHEET)
    desk.plan(sheet)
    desk.write("a.csv", SHEET.replace("2.mp4", "3.mp4"))

    read = desk.plan(sheet)

    assert read
    assert desk.plan_.sheets[0].new == 1
    assert [line.job.content["video"]["url"][-5:] for line in desk.lines()] == ["1.mp4", "1.mp4", "3.mp4"]


@pytest.mark.parametrize(
    "other",
    [
        {"duplicates": "keep"}, {"api": "v2"}, {"realm": "api.heygen.com"}, {"again": lambda _: None}, {"downloads": "elsewhere"},
        {"results": "other.csv"}, {"like_input": True}, {"encoding": "utf-8"}, {"version": "another"},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_the_same_bytes_with_other_options_are_planned_anew(desk, other):
    sheet = desk.write("a.csv", SHEET)
    desk.plan(sheet)

    assert desk.plan(sheet, **other)
    # And what was planned otherwise is no longer what stands there.
    assert desk.plan(sheet)
    assert not desk.plan(sheet)


def test_a_fault_is_told_each_time(desk):
    sheet = desk.write("a.csv", DOUBLED)

    for _ in range(2):
        with pytest.raises(ManifestError, match="renders the same"):
            desk.plan(sheet)


@pytest.mark.parametrize("duplicates", ["share", "keep"])
def test_doubles_are_known_as_they_were_settled(desk, duplicates):
    sheet = desk.write("a.csv", DOUBLED)
    desk.plan(sheet, duplicates=duplicates)
    before = desk.lines()

    read = desk.plan(sheet, duplicates=duplicates)

    assert not read
    assert desk.lines() == before
    assert desk.store.tally_of([1])[Status.PLANNED] == {"share": 3, "keep": 4}[duplicates]


def test_a_manifest_with_foreach_is_known_by_its_own_text_and_its_sheets(desk):
    desk.write("people.csv", "name\nAda\nGrace\n")
    manifest = desk.write("a.yaml", YAML)
    desk.plan(manifest)

    assert not desk.plan(manifest)
    assert len(desk.lines()) == 4
    desk.write("people.csv", "name\nAda\nGrace\nLin\n")
    assert desk.plan(manifest)
    desk.write("a.yaml", YAML.replace("cool", "cold"))
    assert desk.plan(manifest)
    assert desk.plan_.sheets[0].new == 3


def test_manifests_are_known_together_or_not_at_all(desk):
    a, b = desk.write("a.csv", SHEET), desk.write("b.csv", SHEET.replace("e.com", "f.com"))
    desk.plan(a)

    assert desk.plan(a, b)
    assert not desk.plan(a, b)
    desk.write("b.csv", SHEET.replace("e.com", "g.com"))
    assert desk.plan(a, b)
    assert desk.plan(a)  # Alone: what two of them together may not do was settled for both.


def test_a_sheet_that_names_files_of_this_machine_is_read_each_time(desk):
    desk.write("film.mp4", "").encode()
    (desk.folder / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    sheet = desk.write("a.csv", "title,file,output_language\nOne,film.mp4,French\n")
    desk.plan(sheet)
    (desk.folder / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))

    read = desk.plan(sheet)

    assert read
    assert desk.plan_.sheets[0].new == 1


def test_what_looks_odd_is_said_each_time(desk):
    sheet = desk.write("a.csv", SHEET.replace("One", "CafÃ©"))

    assert desk.plan(sheet)
    assert desk.plan(sheet)


def test_labels_that_another_sheet_changed_are_put_right(desk):
    a, b = desk.write("a.csv", SHEET), desk.write("b.csv", SHEET.replace("One", "Uno"))
    desk.plan(a)
    desk.plan(b)

    read = desk.plan(a)

    assert read
    assert [line.job.delivery["title"] for line in desk.lines()] == ["One", "One", "Two"]


async def test_a_job_that_was_made_again_elsewhere_leads_to_the_new_one(desk):
    a, b = desk.write("a.csv", SHEET), desk.write("b.csv", SHEET)
    desk.plan(a)
    await desk.move(Event.SEND, Event.ACCEPTED, Event.READY, Event.SAVED)
    desk.plan(b, again=lambda _: None)
    new = [line.job.pk for line in desk.lines()]

    read = desk.plan(a)

    assert read
    assert [line.job.pk for line in desk.lines()] == new


async def test_a_label_that_came_too_late_is_not_lost_for_a_retry(desk):
    sheet = desk.write("a.csv", SHEET)
    desk.plan(sheet)
    await desk.move(Event.SEND, submission=None)
    desk.write("a.csv", SHEET.replace("One", "Uno"))
    desk.plan(sheet)
    await desk.move(Event.REFUSED)

    read = desk.plan(sheet)

    assert read
    assert desk.lines()[0].job.delivery["title"] == "Uno"
    assert not desk.plan(sheet)


BETWEEN = {
    "sent": (Event.SEND,),
    "unsure": (Event.SEND, Event.NO_ANSWER),
    "rendering": (Event.SEND, Event.ACCEPTED),
    "rendered": (Event.SEND, Event.ACCEPTED, Event.READY),
    "done": (Event.SEND, Event.ACCEPTED, Event.READY, Event.SAVED),
    "adopted": (Event.SEND, Event.NO_ANSWER, Event.ACCEPTED),
    "resolved": (Event.SEND, Event.NO_ANSWER, Event.ABSENT),
    "failed": (Event.SEND, Event.REFUSED),
    "cancelled": (Event.CANCEL,),
}


@pytest.mark.parametrize("revived", [False, True])
@pytest.mark.parametrize("between", BETWEEN)
async def test_whatever_became_of_its_jobs_it_comes_to_what_reading_it_comes_to(desk, between, revived):
    sheet = desk.write("a.csv", DOUBLED)
    desk.plan(sheet, duplicates="share")
    await desk.move(*BETWEEN[between])
    if revived:
        desk.store.revive(1, None, 2.0)

    read = desk.plan(sheet, duplicates="share")
    known, run = desk.lines(), desk.store.begin_run(command="", sheets=[1], realm="sandbox", api="v3", at=1.0)
    taken, tally = desk.store.enlist(run, 1, None, None), desk.store.tally_of([1])

    assert not read
    assert desk.plan(sheet, duplicates="share", version="another")
    in_full = desk.lines()
    assert [(line.row, line.cells, line.job.pk) for line in known] == [
        (line.row, line.cells, line.job.pk) for line in in_full
    ]
    assert taken == 4
    assert tally == desk.store.tally_of([1])
    assert sum(tally.values()) == 3
    assert sum(desk.store.tally(run).values()) == sum(count for status, count in tally.items() if status in OPEN)
