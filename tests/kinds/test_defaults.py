"""What holds by default gives way to what a row says of the same thing by another field."""

from __future__ import annotations

import pytest

from batchgen.kinds import KINDS
from batchgen.model.row import Row

VIDEO = {"avatar_id": "D", "voice_id": "v", "script": "Hi", "background_color": "#ffffff"}
TRANSLATION = {"url": "https://e.com/a.mp4", "output_language": "German"}


def planned(kind, default, own):
    """Plan a row whose own cells are ``own``; give what it comes to, and its faults."""
    columns = {field: f"defaults.{field}" for field in default} | {field: field for field in own}
    row = Row(file="s.csv", number=2, cells=(), kind=kind, fields=default | own, columns=columns)
    drafts, faults = KINDS[kind].plan(row)
    return [draft.content for draft in drafts], [fault.column for fault in faults]


@pytest.mark.parametrize(
    ("own", "part", "holds"),
    [
        ({"audio_url": "https://e.com/a.mp3"}, "voice", "audio"),
        ({"silence": "2"}, "voice", "silence"),
        ({"background_image": "https://e.com/a.png"}, "background", "image"),
        ({"talking_photo_id": "p"}, "character", "talking_photo"),
    ],
)
def test_a_row_says_by_another_field_what_a_default_says(own, part, holds):
    (content,), faults = planned("video", VIDEO, own)

    assert faults == []
    assert content["scenes"][0][part]["type"] == holds


def test_languages_of_a_row_stand_before_one_that_holds_by_default():
    contents, faults = planned("translation", TRANSLATION, {"output_languages": "French;Polish"})

    assert faults == []
    assert [content["output_language"] for content in contents] == ["French", "Polish"]


@pytest.mark.parametrize(
    ("default", "own"),
    [
        (VIDEO | {"silence": "2"}, {}),
        ({}, VIDEO | {"silence": "2"}),
        (VIDEO, {"silence": "2", "audio_url": "https://e.com/a.mp3"}),
        (VIDEO, {"scenes": [{"script": "x", "silence": "2"}]}),
    ],
)
def test_two_of_one_thing_that_stand_in_one_place_are_a_fault(default, own):
    contents, faults = planned("video", default, own)

    assert contents == []
    assert len(faults) == 1


def test_a_scene_says_by_another_field_what_holds_for_all_rows():
    default = {field: VIDEO[field] for field in ("avatar_id", "voice_id", "background_color")}
    scenes = [{"script": "x", "background_image": "https://e.com/a.png"}, {"script": "y"}]
    (content,), faults = planned("video", default, {"scenes": scenes})

    assert faults == []
    assert [scene["background"]["type"] for scene in content["scenes"]] == ["image", "color"]
