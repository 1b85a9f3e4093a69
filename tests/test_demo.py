"""`batchgen demo`: what somebody sees who has nothing but a checkout."""

from __future__ import annotations

import csv
import os
import pickle
import subprocess
import sys
from pathlib import Path

import av
import pytest
from filelock import FileLock


def demo(folder, **env):
    found = {name: value for name, value in os.environ.items() if not name.startswith(("HEYGEN_", "BATCHGEN_"))}
    return subprocess.run(
        [sys.executable, "-m", "batchgen", "demo"],
        cwd=folder,
        env=found | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def lines(folder):
    for results in sorted(folder.glob("demo-out/*_results.csv")):
        with results.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def videos(folder):
    return [folder / "demo-out" / line["file"] for line in lines(folder)]


@pytest.fixture(scope="module")
def shown(tmp_path_factory, worker_id):
    """One demo, in a folder with settings that are no business of a demo's: it is shown once to all workers."""
    if worker_id == "master":
        return _shown(tmp_path_factory.mktemp("demo"))
    shared = tmp_path_factory.getbasetemp().parent
    folder, told = shared / "demo", shared / "demo.pickle"
    with FileLock(shared / "demo.lock"):
        if not told.exists():
            folder.mkdir()
            told.write_bytes(pickle.dumps(_shown(folder)))
        return pickle.loads(told.read_bytes())


def _shown(folder):
    folder.joinpath(".env").write_text("HEYGEN_API_KEY=sk_real\n")
    folder.joinpath("batchgen.toml").write_text('no-download = true\napi = "v2"\n')
    return folder, demo(folder, HEYGEN_API_BASE="https://heygen.invalid", BATCHGEN_STATE="elsewhere.db")


def test_it_ends_well_and_says_what_is_where(shown):
    folder, ended = shown

    assert ended.returncode == 0, ended.stderr
    assert "13 videos were made" in ended.stdout
    for line in lines(folder):
        assert str(Path("demo-out", line["file"])) in ended.stdout
    assert "sk_real" not in ended.stdout + ended.stderr


def test_every_video_plays_from_its_beginning_to_its_end(shown):
    folder, _ = shown

    assert len(videos(folder)) == 13
    for path in videos(folder):
        with av.open(str(path)) as film:
            frames = list(film.decode(video=0))
        assert len(frames) >= 12
        assert float(frames[-1].time) > 1
        assert {(frame.width, frame.height) for frame in frames} <= {(1280, 720), (720, 1280), (1920, 1080), (854, 480)}


def test_a_colour_that_was_asked_for_is_seen(shown):
    folder, _ = shown

    with av.open(str(folder / "demo-out/videos/avatars/A colour behind.mp4")) as film:
        corner = next(film.decode(video=0)).to_ndarray(format="rgb24")[4:20, 4:20].reshape(-1, 3).mean(axis=0)

    assert abs(corner - [0, 128, 0]).max() < 12


def test_every_kind_is_shown_and_every_line_done(shown):
    folder, _ = shown

    told = list(lines(folder))

    assert {line["status"] for line in told} == {"done"}
    assert sum(1 for line in told if line.get("translation_id")) == 4
    assert len({line["language"] for line in told if line["language"]}) == 4
    assert sum(1 for line in told if line.get("video_id")) == 8
    assert sum(1 for line in told if line.get("session_id")) == 1


def test_it_goes_nowhere_else(shown):
    folder, _ = shown

    assert {path.name for path in folder.iterdir()} == {".env", "batchgen.toml", "demo-out"}


def test_again_it_sends_nothing_and_says_so(shown):
    folder, _ = shown
    before = {path: path.stat().st_mtime_ns for path in videos(folder)}

    ended = demo(folder)

    assert ended.returncode == 0
    assert "All 13 videos were there, so nothing was sent." in ended.stdout
    assert {path: path.stat().st_mtime_ns for path in videos(folder)} == before


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    tmp_path.joinpath("demo-out").write_text("a file, not a folder")

    ended = demo(tmp_path)

    assert ended.returncode == 3
    assert "Name another by --out" in ended.stderr
    assert "Traceback" not in ended.stderr
