"""How long films and recordings of this machine are."""

import random
import wave

import pytest

from batchgen.files.measure import lasts


def test_a_film_tells_its_length(tmp_path, mp4, webm):
    for name, film in ("a.mp4", mp4), ("a.webm", webm):
        (tmp_path / name).write_bytes(film)

        assert lasts(str(tmp_path / name)) == pytest.approx(1.0, abs=0.1)


def test_a_recording_tells_its_length(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 3))

    assert lasts(str(tmp_path / "a.wav")) == 3.0


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"%PDF-1.7", b"\0\0\0\x18ftypmp42"])
def test_what_tells_no_length_has_none(tmp_path, content):
    (tmp_path / "a").write_bytes(content)

    assert lasts(str(tmp_path / "a")) is None


def test_what_cannot_be_read_has_none(tmp_path):
    assert lasts(str(tmp_path / "gone.mp4")) is None
    assert lasts(str(tmp_path)) is None


def test_a_damaged_header_is_no_error(tmp_path, mp4, webm):
    chance = random.Random(7)
    for _ in range(1000):
        film = bytearray(chance.choice([mp4, webm]))
        for _ in range(8):
            film[chance.randrange(len(film))] = chance.randrange(256)
        (tmp_path / "a").write_bytes(film[: chance.randrange(1, len(film))])

        length = lasts(str(tmp_path / "a"))

        assert length is None or length > 0
