"""A group that holds by default says what a row's own group leaves open, and nothing against it."""

from __future__ import annotations

import pytest

from batchgen.kinds import KINDS

DEFAULTS = """
kind: video
defaults:
  voice: {voice_id: V, speed: 1.1}
  character: {type: talking_photo, talking_photo_id: P, talking_photo_style: square}
  background: {type: color, value: "#ffffff"}
rows:
  - """


@pytest.fixture
def scene(rows):
    """Read the one row of a manifest; give the scene that it comes to."""

    def read(row):
        (one,) = rows("v.yaml", DEFAULTS + row)
        drafts, faults = KINDS["video"].plan(one)
        assert faults == (), faults
        return drafts[0].content["scenes"][0]

    return read


PHOTO = {"type": "talking_photo", "id": "P", "style": "square"}


@pytest.mark.parametrize(
    ("row", "character", "voice"),
    [
        ("{voice: {input_text: Hi}}", PHOTO, {"script": "Hi", "voice_id": "V", "speed": 1.1}),
        ("{voice: {script: Hi, speed: 1.3}}", PHOTO, {"script": "Hi", "voice_id": "V", "speed": 1.3}),
        ("{script: Hi, voice: {voice_id: W}}", PHOTO, {"script": "Hi", "voice_id": "W", "speed": 1.1}),
        ("{script: Hi}", PHOTO, {"script": "Hi", "voice_id": "V", "speed": 1.1}),
        (
            "{script: Hi, character: {scale: 0.5}}",
            PHOTO | {"scale": 0.5},
            {"script": "Hi", "voice_id": "V", "speed": 1.1},
        ),
        (
            "{script: Hi, character: {avatar_id: A}}",
            {"type": "avatar", "id": "A"},
            {"script": "Hi", "voice_id": "V", "speed": 1.1},
        ),
    ],
)
def test_what_a_row_leaves_open_in_its_own_group_the_default_one_says(scene, row, character, voice):
    said = scene(row)

    assert said["character"] == character
    assert said["voice"] == {"type": "text"} | voice


def test_a_group_of_another_type_is_all_that_holds(scene):
    assert scene('{voice: {type: audio, audio_url: "https://e.com/a.mp3"}}')["voice"] == {
        "type": "audio",
        "media": {"url": "https://e.com/a.mp3"},
    }


def test_a_background_is_one_thing(scene):
    said = scene('{script: Hi, background: {type: image, url: "https://e.com/a.png"}}')

    assert said["background"] == {"type": "image", "media": {"url": "https://e.com/a.png"}}


def test_what_holds_by_default_may_come_from_a_column(opened):
    manifest = opened(
        "v.yaml",
        "kind: video\ndefaults: {avatar_id: A, voice: {voice_id: '{{ who }}'}}\n"
        "rows:\n  - {who: V1, voice: {script: Hi}}\n  - {who: V2, voice: {script: Ho}}\n",
    )
    drafts = [KINDS["video"].plan(row)[0][0] for row in manifest.rows()]

    assert [one.content["scenes"][0]["voice"]["voice_id"] for one in drafts] == ["V1", "V2"]
