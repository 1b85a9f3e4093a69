"""What becomes of frames as they arrive."""

from __future__ import annotations

import asyncio
from fractions import Fraction

import av
import pytest

from batchgen.model.errors import DiskError
from batchgen.session import recorder as module
from batchgen.session.recorder import Recorder


def picture(number, width=64, height=48):
    frame = av.VideoFrame(width, height, "yuv420p")
    frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
    return frame


def sound(start_s):
    frame = av.AudioFrame(format="s16", layout="mono", samples=960)
    frame.sample_rate, frame.pts, frame.time_base = 48_000, round(start_s * 48_000), Fraction(1, 48_000)
    return frame


def streams(path):
    with av.open(path) as film:
        return {one.type: float(one.duration * one.time_base) for one in film.streams}


async def test_sound_that_was_lost_is_silence_and_what_follows_is_not_early(tmp_path):
    recorder = Recorder(tmp_path / "film.mp4")
    for number in range(40):
        recorder.take("video", picture(number))
    for start in (0.0, 0.02, 1.0, 1.02):
        recorder.take("audio", sound(start))

    made = await recorder.finish()

    lasts = streams(made.path)
    assert lasts["audio"] == pytest.approx(1.04, abs=0.1)
    assert lasts["video"] == pytest.approx(40 / 30, abs=0.1)
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


async def test_pictures_of_another_size_are_fitted_to_the_first(tmp_path):
    recorder = Recorder(tmp_path / "film.mp4")
    for number, width in enumerate((64, 64, 128)):
        recorder.take("video", picture(number, width))

    made = await recorder.finish()

    with av.open(made.path) as film:
        assert {(frame.width, frame.height) for frame in film.decode(video=0)} == {(64, 48)}


async def test_where_no_picture_came_there_is_no_film_and_nothing_left(tmp_path):
    recorder = Recorder(tmp_path / "film.mp4")
    recorder.take("audio", sound(0))

    assert await recorder.finish() is None
    assert not list(tmp_path.iterdir())


async def test_a_slow_machine_leaves_pictures_out(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BEHIND", 5)
    recorder = Recorder(tmp_path / "film.mp4")
    for number in range(50):  # All at once: nothing can be written between them.
        recorder.take("video", picture(number))
    await asyncio.sleep(0)

    made = await recorder.finish()

    with av.open(made.path) as film:
        assert 1 <= sum(1 for _ in film.decode(video=0)) <= 10


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(DiskError, match="cannot be written there"):
        Recorder(tmp_path / "file" / "film.mp4")
