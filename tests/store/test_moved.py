"""A state file that was moved with its folder: the paths in it are followed to where things are now."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchgen.model.media import LocalFile
from batchgen.store.interface import SheetFacts
from batchgen.store.lock import RunLock
from batchgen.store.sqlite import SqliteStore
from tests.store.conftest import entry


@pytest.fixture
def home(tmp_path):
    """A folder with a sheet, its results, a video and the state that knows of them, and a video elsewhere."""
    folder = tmp_path / "batch"
    for path in ("batch/v.csv", "batch/r.csv", "batch/film.mp4", "elsewhere/film.mp4"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    with closing(SqliteStore.open(str(folder / "state/x.db"))) as store:
        path, film = str(folder / "v.csv"), str(folder / "film.mp4")
        facts = SheetFacts(
            name="v.csv", path=path, columns=("n",), digest="d", results=str(folder / "r.csv"), realm="sandbox"
        )

        def work(planning):
            planning.begin(facts)
            planning.add([entry(1, file=film), entry(2, file=str(tmp_path / "elsewhere/film.mp4"))])
            return planning.finish(1.0)

        store.plan(work)
        store._write(lambda connection: connection.exec_driver_sql(
            "insert into files values (1, 'video', ?, 1, 'd', 1.0), (2, 'video', ?, 1, 'd', 1.0)",
            (film, str(tmp_path / "elsewhere/film.mp4")),
        ))  # fmt: skip
        store.keep_local_files([LocalFile(path=film, size=1, mtime_ns=1, media_type="video/mp4", sha256="a")])
    return folder


def places(folder):
    """Give every path that the state in a folder tells."""
    with closing(SqliteStore.open(str(folder / "state/x.db"))) as store:
        sheet = store.sheets()[0]
        found = store.lines(sheet.pk)
        locals_ = store.local_files("a")
        return [sheet.path, sheet.results, *(one for line in found for one in (line.job.file, line.saved)),
                *(one.path for one in locals_)]  # fmt: skip


def test_paths_follow_a_folder_that_was_moved_and_no_others(home, tmp_path):
    moved = home.rename(tmp_path / "100%_of it")

    found = places(moved)

    film, other = str(moved / "film.mp4"), str(tmp_path / "elsewhere/film.mp4")
    assert found == [str(moved / "v.csv"), str(moved / "r.csv"), film, film, other, other, film]


def test_a_copy_of_the_state_alone_leaves_the_videos_where_they_were_saved(home, tmp_path):
    other = tmp_path / "other"
    (home / "state").rename(other.joinpath("state").parent.mkdir() or other / "state")

    assert str(home / "film.mp4") in places(other)
    assert not any(str(other) in place for place in places(other))


def test_a_state_that_stays_is_not_touched(home):
    (home / "film.mp4").unlink()

    assert str(home / "film.mp4") in places(home)


def test_paths_stay_while_another_process_works_with_the_state(home, tmp_path):
    moved = home.rename(tmp_path / "moved")
    state = moved / "state/x.db"

    with RunLock(state, command="run", since="now"):
        Path(f"{state}.holder").write_text('{"pid": 0}')
        meanwhile = places(moved)
    afterwards = places(moved)

    assert meanwhile[0] == str(home / "v.csv")
    assert afterwards[0] == str(moved / "v.csv")


def test_the_process_that_has_the_state_follows_it(home, tmp_path):
    moved = home.rename(tmp_path / "moved")

    with RunLock(moved / "state/x.db", command="run", since="now"):
        assert places(moved)[0] == str(moved / "v.csv")


def test_a_place_that_is_known_already_stays(home, tmp_path):
    with closing(sqlite3.connect(home / "state/x.db")) as database:
        database.execute("update meta set value = replace(value, 'batch', 'earlier') where name = 'home'")
        database.execute("update local_files set path = replace(path, 'batch', 'earlier')")
        database.execute("insert into local_files values (?, 2, 2, 'video/mp4', 'a')", (str(home / "film.mp4"),))
        database.commit()

    found = places(home)

    assert sorted(found[-2:]) == sorted([str(home / "film.mp4"), str(tmp_path / "earlier/film.mp4")])
