"""What is litter, and what only looks like it."""

import os

import pytest

from batchgen.files.litter import litter, remove
from batchgen.model.errors import DiskError

SAVED = ("hello.mp4", "hello.srt", "made.mp4.part", "new.changed.mp4")


@pytest.fixture
def folder(tmp_path):
    for name in SAVED:
        (tmp_path / name).write_text("saved")
    return tmp_path


def found(folder, *, changed=False):
    saved = [str(folder / name) for name in SAVED]
    return [one.path.name for one in litter(saved, spared=set(saved), changed=changed)]


@pytest.mark.parametrize("name", ["hello.mp4.part", "hello.mp4.part.etag", "hello.srt.part"])
def test_a_half_of_what_is_whole_is_litter(folder, name):
    (folder / name).write_text("half")

    assert found(folder) == [name]


@pytest.mark.parametrize(
    "name",
    ["other.mp4.part", "hello.part", "hello.mp4.part.txt", "hello.mp4.bak", ".hello.mp4.part", "hello.changed.mp4"],
)
def test_anything_else_is_somebodys(folder, name):
    (folder / name).write_text("theirs")

    assert found(folder) == []


def test_what_was_saved_is_never_litter_whatever_it_is_called(folder):
    (folder / "made.mp4").write_text("saved")
    saved = [str(folder / name) for name in (*SAVED, "made.mp4", "new.mp4")]

    assert list(litter(saved, spared=set(saved), changed=True)) == []


def test_copies_that_were_set_aside_are_litter_where_that_is_asked_for(folder):
    for name in ("hello.changed.mp4", "hello.changed12.mp4", "hello.changedx.mp4", "other.changed.mp4"):
        (folder / name).write_text("old")

    assert found(folder, changed=True) == ["hello.changed.mp4", "hello.changed12.mp4"]


def test_links_and_folders_are_left_alone(folder):
    (folder / "elsewhere").write_text("precious")
    os.symlink(folder / "elsewhere", folder / "hello.mp4.part")
    (folder / "hello.srt.part").mkdir()

    assert found(folder) == []
    remove(folder / "hello.mp4.part")
    assert (folder / "elsewhere").read_text() == "precious"
    assert (folder / "hello.mp4.part").is_symlink()


def test_a_folder_that_is_gone_has_no_litter(tmp_path):
    assert list(litter([str(tmp_path / "gone" / "a.mp4")], spared=(), changed=True)) == []


def test_what_cannot_be_removed_is_told(tmp_path):
    with pytest.raises(DiskError, match="nowhere"):
        remove(tmp_path / "nowhere")
