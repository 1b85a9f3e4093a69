"""Requests of v2 as they leave, and what v2 says it cannot say."""

from __future__ import annotations

import pytest

from batchgen.heygen import DIALECTS

V2 = DIALECTS["v2"]
ANNA = {"type": "avatar", "id": "anna"}
HELLO = {"type": "text", "script": "Hello", "voice_id": "v1"}
SCENE = {"character": ANNA, "voice": HELLO}
SPANISH = {"video": {"url": "https://x/a.mp4"}, "output_language": "Spanish (Spain)", "enable_dynamic_duration": True}
PHOTO = {"type": "image", "media": {"url": "https://x/p.png"}}


def one(**scene):
    return {"scenes": [SCENE | scene]}


def test_v2_says_a_video_of_many_scenes_with_everything_it_can_hold(body, gaps):
    content = {
        "scenes": [
            {
                "character": ANNA | {"style": "circle", "scale": 1.5, "offset": {"x": 0.1, "y": 0.0}},
                "voice": HELLO | {"speed": 1.1, "pitch": -5, "emotion": "Excited"},
                "background": {"type": "video", "media": {"asset_id": "clip"}, "play_style": "loop", "fit": "crop"},
            },
            {
                "character": {"type": "talking_photo", "id": "ph", "style": "square"},
                "voice": {"type": "audio", "media": {"asset_id": "a1"}},
                "background": {"type": "image", "media": {"url": "https://x/bg.png"}},
            },
            {"voice": {"type": "silence", "duration": 2.5}, "background": {"type": "color", "value": "#112233"}},
            {"character": ANNA, "voice": {"type": "audio", "media": {"url": "https://x/a.mp3"}}},
        ],
        "dimension": {"width": 1000, "height": 500},
        "caption": True,
        "test": True,
    }

    assert gaps(V2, content, folder_id="f") == []
    assert body(V2, content, title="T", folder_id="f", callback_id="c") == {
        "video_inputs": [
            {
                "character": {
                    "type": "avatar",
                    "avatar_id": "anna",
                    "avatar_style": "circle",
                    "scale": 1.5,
                    "offset": {"x": 0.1, "y": 0.0},
                },
                "voice": {
                    "type": "text",
                    "input_text": "Hello",
                    "voice_id": "v1",
                    "speed": 1.1,
                    "pitch": -5,
                    "emotion": "Excited",
                },
                "background": {"type": "video", "video_asset_id": "clip", "play_style": "loop", "fit": "crop"},
            },
            {
                "character": {"type": "talking_photo", "talking_photo_id": "ph", "talking_photo_style": "square"},
                "voice": {"type": "audio", "audio_asset_id": "a1"},
                "background": {"type": "image", "url": "https://x/bg.png"},
            },
            {"voice": {"type": "silence", "duration": 2.5}, "background": {"type": "color", "value": "#112233"}},
            {
                "character": {"type": "avatar", "avatar_id": "anna"},
                "voice": {"type": "audio", "audio_url": "https://x/a.mp3"},
            },
        ],
        "dimension": {"width": 1000, "height": 500},
        "caption": True,
        "test": True,
        "title": "T",
        "folder_id": "f",
        "callback_id": "c",
    }


def test_v2_says_what_it_alone_has_words_for(body, gaps):
    looks = {"matting": True, "circle_background_color": "#00ff00", "talking_style": "expressive"}
    extra = {"caption_mode": "burn_in", "enable_watermark": True, "fps": 30, "subtitles": {"preset_name": "classic"}}
    content = one(character={"type": "talking_photo", "id": "ph"} | looks) | {"extra": extra}
    said = body(V2, content)

    assert gaps(V2, content) == []
    assert said["video_inputs"][0]["character"] == {"type": "talking_photo", "talking_photo_id": "ph"} | looks
    assert {name: said[name] for name in extra} == extra


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, None),
        ({"resolution": "720p"}, (1280, 720)),
        ({"aspect_ratio": "9:16"}, (1080, 1920)),
        ({"resolution": "4k", "aspect_ratio": "1:1"}, (2160, 2160)),
    ],
)
def test_v2_says_a_resolution_and_ratio_in_pixels(asked, size, body):
    said = body(V2, one() | asked).get("dimension")

    assert said == (size and {"width": size[0], "height": size[1]})


@pytest.mark.parametrize(
    ("content", "kind", "field"),
    [
        (one(character=PHOTO), "video", "image_url"),
        (one(voice={"type": "text", "script": "Hi"}), "video", "voice_id"),
        ({"scenes": [{"character": ANNA}]}, "video", "script"),
        (one() | {"aspect_ratio": "auto"}, "video", "aspect_ratio"),
        (one() | {"aspect_ratio": "1:1", "dimension": {"width": 1280, "height": 720}}, "video", "aspect_ratio"),
        (one() | {"extra": {"engine": "avatar_v"}}, "video", "engine"),
        ({"template_id": "t", "variables": {}, "extra": {"new": 1}}, "template", "new"),
        (SPANISH | {"video": {"asset_id": "a"}}, "translation", "url"),
        (SPANISH | {"extra": {"srt": {"type": "asset_id", "asset_id": "s"}}}, "translation", "srt"),
        (SPANISH | {"extra": {"brand_glossary_id": "g"}}, "translation", "brand_glossary_id"),
        (SPANISH | {"extra": {"stock_voice_config": {}}}, "translation", "stock_voice_config"),
    ],
)
def test_v2_names_what_it_cannot_say(content, kind, field, fields):
    assert fields(V2, content, kind) == [field]


def test_v2_says_a_translation(parcel, gaps):
    content = SPANISH | {
        "mode": "speed",
        "extra": {"srt": {"type": "url", "url": "https://x/a.srt"}, "srt_role": "output"},
    }
    request = V2.create([parcel(content, "translation", title="T", folder_id="f")], key="k", batched=False)

    assert gaps(V2, content, "translation") == []
    assert (request.method, request.path, request.key) == ("POST", "/v2/video_translate", None)
    assert request.body == {
        "video_url": "https://x/a.mp4",
        "output_languages": ["Spanish (Spain)"],
        "enable_dynamic_duration": True,
        "mode": "speed",
        "srt_url": "https://x/a.srt",
        "srt_role": "output",
        "title": "T",
        "folder_id": "f",
    }
