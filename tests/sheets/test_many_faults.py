"""A long sheet with fifty different faults: all are named, each at its cell."""

from __future__ import annotations

import csv
import json

import pytest

from batchgen.cli.main import answer

COLUMNS = (
    "kind", "id", "title", "url", "output_language", "output_languages", "mode", "speaker_num", "start_time", "end_time",
    "translate_audio_only", "fps_mode", "srt", "srt_role", "template_id", "fps", "var.name", "var.", "avatar_id",
    "talking_photo_id", "avatar_style", "scale", "offset_x", "script", "input_text", "voice_id", "speed", "pitch", "emotion",
    "audio_url", "silence", "background_color", "background_image", "background_video", "play_style", "fit", "dimension",
    "aspect_ratio", "resolution", "caption", "callback_url", "expressiveness", "volume", "output", "remark",
)  # fmt: skip

TRANSLATION = {"kind": "translation", "url": "https://example.com/{n}.mp4", "output_language": "German"}
TEMPLATE = {"kind": "template", "template_id": "t", "var.name": "Name {n}"}
VIDEO = {"kind": "video", "avatar_id": "Daisy", "voice_id": "v", "script": "Text {n}."}
SOUND = (TRANSLATION, TEMPLATE, VIDEO)

#: A sound row, what is written into it, and the column that is to blame.
FAULTS = [
    (TRANSLATION, {"kind": "translaton"}, "kind"),
    (TRANSLATION, {"url": ""}, "url"),
    (TRANSLATION, {"url": "http://example.com/a.mp4"}, "url"),
    (TRANSLATION, {"url": "www.example.com/a.mp4"}, "url"),
    (TRANSLATION, {"url": "https://example.com/my film.mp4"}, "url"),
    (TRANSLATION, {"url": "ftp://example.com/a.mp4"}, "url"),
    (TRANSLATION, {"output_language": ""}, "output_language"),
    (TRANSLATION, {"output_language": "Spannish"}, "output_language"),
    (TRANSLATION, {"output_language": "de"}, "output_language"),
    (TRANSLATION, {"output_language": "German, French"}, "output_language"),
    (TRANSLATION, {"output_language": "Serbian;Klingon"}, "output_language"),
    (TRANSLATION, {"output_language": "German;German"}, "output_language"),
    (TRANSLATION, {"output_language": " ; "}, "output_language"),
    (TRANSLATION, {"output_languages": "French"}, "output_languages"),
    (TRANSLATION, {"mode": "quick"}, "mode"),
    (TRANSLATION, {"speaker_num": "two"}, "speaker_num"),
    (TRANSLATION, {"speaker_num": "1.5"}, "speaker_num"),
    (TRANSLATION, {"speaker_num": "0"}, "speaker_num"),
    (TRANSLATION, {"start_time": "1 min"}, "start_time"),
    (TRANSLATION, {"start_time": "60", "end_time": "0:30"}, "end_time"),
    (TRANSLATION, {"translate_audio_only": "maybe"}, "translate_audio_only"),
    (TRANSLATION, {"fps_mode": "vrf"}, "fps_mode"),
    (TRANSLATION, {"srt": "captions"}, "srt"),
    (TRANSLATION, {"srt_role": "input"}, "srt_role"),
    (TEMPLATE, {"template_id": ""}, "template_id"),
    (TEMPLATE, {"fps": "24"}, "fps"),
    (TEMPLATE, {"var.": "x"}, "var."),
    (VIDEO, {"avatar_id": ""}, "avatar_id"),
    (VIDEO, {"talking_photo_id": "p"}, "talking_photo_id"),
    (VIDEO, {"avatar_style": "closeup!"}, "avatar_style"),
    (VIDEO, {"avatar_style": "square"}, "avatar_style"),
    (VIDEO, {"script": ""}, "script"),
    (VIDEO, {"script": "x" * 5001}, "script"),
    (VIDEO, {"input_text": "something else"}, "input_text"),
    (VIDEO, {"speed": "1,2"}, "speed"),
    (VIDEO, {"speed": "fast"}, "speed"),
    (VIDEO, {"speed": "2"}, "speed"),
    (VIDEO, {"pitch": "-51"}, "pitch"),
    (VIDEO, {"audio_url": "https://example.com/a.mp3"}, "audio_url"),
    (VIDEO, {"script": "", "silence": "200"}, "silence"),
    (VIDEO, {"background_color": "greenish"}, "background_color"),
    (VIDEO, {"background_color": "#fff", "background_image": "https://example.com/a.png"}, "background_image"),
    (VIDEO, {"background_image": "office.png"}, "background_image"),
    (VIDEO, {"background_video": "https://example.com/a.mp4"}, "background_video"),
    (VIDEO, {"dimension": "wide"}, "dimension"),
    (VIDEO, {"dimension": "1281x720"}, "dimension"),
    (VIDEO, {"aspect_ratio": "3:2"}, "aspect_ratio"),
    (VIDEO, {"resolution": "8k"}, "resolution"),
    (VIDEO, {"caption": "ja"}, "caption"),
    (VIDEO, {"callback_url": "example.com"}, "callback_url"),
    (VIDEO, {"expressiveness": "mild"}, "expressiveness"),
    (VIDEO, {"volume": "11"}, "volume"),
    (VIDEO, {"scale": "-1"}, "scale"),
    (VIDEO, {"emotion": "Happy"}, "emotion"),
]  # fmt: skip
ROWS = 1000


@pytest.fixture
def wrong(tmp_path, monkeypatch):
    """Write the sheet; give the cells at fault."""
    monkeypatch.chdir(tmp_path)
    every = ROWS // (len(FAULTS) + 3)
    blamed = []
    with (tmp_path / "wrong.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for n in range(ROWS):
            at, rest = divmod(n, every)
            sound, change = SOUND[n % 3], {}
            if not rest and at < len(FAULTS):
                sound, change, column = FAULTS[at]
                blamed.append((n + 2, column))
            row = {key: value.format(n=n) for key, value in sound.items()} | {"title": f"Title {n}"} | change
            writer.writerow(row)
        # What only a whole sheet can have: a cell too many, a name that is taken, and a row that repeats another's.
        end = ROWS + 2
        file.write("," * len(COLUMNS) + "too many\r\n")
        writer.writerow(TRANSLATION | {"url": "https://example.com/last.mp4", "output": "same"})
        writer.writerow(TRANSLATION | {"url": "https://example.com/other.mp4", "output": "Same.mp4"})
        writer.writerow(VIDEO | {"script": "Text 5."})
        blamed += [(end, "AT"), (end + 2, "output"), (7, None)]
    return blamed


def test_fifty_different_faults_are_named_each_at_its_cell(wrong, capsys):
    assert answer(["check", "wrong.csv", "--json"]) == 2
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert sorted([(one["row"], one["column"]) for one in told], key=str) == sorted(wrong, key=str)
    assert len({(one["problem"], one["remedy"]) for one in told}) >= 50
    assert all(one["severity"] == "error" and one["file"] == "wrong.csv" for one in told)


def test_a_run_is_told_the_same_faults_before_anything_is_sent(wrong, capsys):
    assert answer(["run", "wrong.csv", "--sandbox"]) == 2
    told = capsys.readouterr().err.splitlines()

    for row, column in wrong:
        place = f"wrong.csv, row {row}" + (f', column "{column}": ' if column else ": ")
        assert any(line.startswith(place) for line in told), place
