from __future__ import annotations

import pytest

from batchgen.model.media import NamedFile

PICTURE = "https://example.com/ada.png"


def test_everything_a_picture_can_say_has_its_place(drafts):
    (draft,) = drafts(
        "image",
        {
            "image": "asset:./ada.png", "script": "Hello.", "voice_id": "v", "speed": "1.2", "pitch": "-3",
            "background_color": "#fff", "dimension": "1280x720", "caption": "yes", "motion_prompt": "nods",
            "expressiveness": "High", "fit": "contain", "locale": "en-GB", "volume": "0.5", "title": "Ada",
        },
    )  # fmt: skip

    assert draft.content == {
        "scenes": [
            {
                "character": {"type": "image", "media": {"sha256": NamedFile("./ada.png", "image")}},
                "voice": {"type": "text", "script": "Hello.", "voice_id": "v", "speed": 1.2, "pitch": -3.0},
                "background": {"type": "color", "value": "#ffffff"},
            }
        ],
        "dimension": {"width": 1280, "height": 720},
        "caption": True,
        "extra": {
            "motion_prompt": "nods", "expressiveness": "high", "fit": "contain", "locale": "en-GB", "volume": 0.5,
        },
    }  # fmt: skip
    assert (draft.kind, draft.files) == ("image", {NamedFile("./ada.png", "image"): "image"})


def test_what_stands_behind_may_be_nested_as_the_reference_shows_it(drafts):
    (draft,) = drafts("image", {"image": PICTURE, "script": "x", "background": {"type": "image", "asset_id": "b"}})

    assert draft.content["scenes"][0]["background"] == {"type": "image", "media": {"asset_id": "b"}}


def test_a_recording_speaks_as_well(drafts):
    (draft,) = drafts("image", {"image": PICTURE, "audio_url": "asset:a"})

    assert draft.content["scenes"][0]["voice"] == {"type": "audio", "media": {"asset_id": "a"}}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (
            {"script": "x"},
            '"image": The row names no picture. Write its https link, asset:ID or asset:./path.',
        ),
        (
            {"image": PICTURE},
            '"script": Nothing is to be heard. Write a "script" with its "voice_id", or an "audio_url".',
        ),
        (
            {"image": PICTURE, "script": "x", "audio_url": "asset:a"},
            '"audio_url": It stands beside "script", and a scene has one of the two. Leave one of them empty.',
        ),
        (
            {"image": PICTURE, "script": "x", "background_color": "#fff", "background_image": PICTURE},
            (
                '"background_image": It stands beside "background_color", and a scene has one of the two. Leave one of '
                "them empty."
            ),
        ),
    ],
)
def test_what_cannot_speak_is_a_fault(faults, fields, fault):
    assert faults("image", fields) == [fault]
