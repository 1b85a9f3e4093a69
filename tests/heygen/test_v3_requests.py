"""Requests of v3 as they leave, and what v3 says it cannot say."""

from __future__ import annotations

import pytest

from batchgen.heygen import DIALECTS

V3 = DIALECTS["v3"]
ANNA = {"type": "avatar", "id": "anna"}
HELLO = {"type": "text", "script": "Hello", "voice_id": "v1"}
SCENE = {"character": ANNA, "voice": HELLO}
SPANISH = {"video": {"url": "https://x/a.mp4"}, "output_language": "Spanish (Spain)", "enable_dynamic_duration": True}


def one(**scene):
    return {"scenes": [SCENE | scene]}


def test_v3_says_a_video_of_one_scene_with_everything_it_can_hold(body, gaps):
    content = one(
        voice=HELLO | {"speed": 1.2, "pitch": 5},
        background={"type": "image", "media": {"asset_id": "bg1"}, "fit": "cover"},
    ) | {
        "dimension": {"width": 1080, "height": 1920},
        "caption": True,
        "extra": {"locale": "en-US", "volume": 0.5, "engine": "avatar_v", "remove_background": True, "fit": "contain"},
    }

    assert gaps(V3, content) == []
    assert body(V3, content, title="T", callback_id="c", callback_url="https://cb") == {
        "type": "avatar",
        "avatar_id": "anna",
        "script": "Hello",
        "voice_id": "v1",
        "voice_settings": {"speed": 1.2, "pitch": 5, "locale": "en-US", "volume": 0.5},
        "background": {"type": "image", "asset_id": "bg1"},
        "resolution": "1080p",
        "aspect_ratio": "9:16",
        "caption": {"file_format": "srt", "style": "default"},
        "engine": {"type": "avatar_v"},
        "remove_background": True,
        "fit": "contain",
        "title": "T",
        "callback_id": "c",
        "callback_url": "https://cb",
    }


@pytest.mark.parametrize(
    ("character", "said"),
    [
        (
            ANNA | {"style": "normal", "scale": 1.0, "offset": {"x": 0.0, "y": 0.0}},
            {"type": "avatar", "avatar_id": "anna"},
        ),
        ({"type": "talking_photo", "id": "ph"}, {"type": "avatar", "avatar_id": "ph"}),
        (
            {"type": "image", "media": {"url": "https://x/a.png"}},
            {"type": "image", "image": {"type": "url", "url": "https://x/a.png"}},
        ),
        (
            {"type": "image", "media": {"asset_id": "as"}},
            {"type": "image", "image": {"type": "asset_id", "asset_id": "as"}},
        ),
    ],
)
def test_v3_says_every_character(character, said, body, gaps):
    content = one(character=character)

    assert gaps(V3, content) == []
    assert body(V3, content) == said | {"script": "Hello", "voice_id": "v1"}


@pytest.mark.parametrize(
    ("media", "said"),
    [({"url": "https://x/a.mp3"}, {"audio_url": "https://x/a.mp3"}), ({"asset_id": "a1"}, {"audio_asset_id": "a1"})],
)
def test_v3_says_a_recording(media, said, body):
    content = one(voice={"type": "audio", "media": media})

    assert body(V3, content) == {"type": "avatar", "avatar_id": "anna"} | said


@pytest.mark.parametrize(
    ("width", "height", "resolution", "ratio"),
    [
        (1280, 720, "720p", "16:9"),
        (1920, 1080, "1080p", "16:9"),
        (3840, 2160, "4k", "16:9"),
        (720, 1280, "720p", "9:16"),
        (1080, 1080, "1080p", "1:1"),
        (1080, 1350, "1080p", "4:5"),
        (1350, 1080, "1080p", "5:4"),
    ],
)
def test_v3_says_a_frame_as_resolution_and_ratio(width, height, resolution, ratio, body, gaps):
    content = one() | {"dimension": {"width": width, "height": height}}

    assert gaps(V3, content) == []
    assert {"resolution": resolution, "aspect_ratio": ratio}.items() <= body(V3, content).items()


@pytest.mark.parametrize(
    ("width", "height", "nearest"),
    [(1270, 710, "1280x720"), (608, 1080, "720x1280"), (500, 500, "720x720"), (4096, 2304, "3840x2160")],
)
def test_v3_names_the_nearest_frame_where_it_lacks_one(width, height, nearest, gaps):
    [(field, problem, remedy)] = gaps(V3, one() | {"dimension": {"width": width, "height": height}})

    assert (field, problem) == ("dimension", f"v3 has no frame of {width}x{height}.")
    assert remedy == f"The nearest is {nearest}; or use `api: v2`."


def test_v3_says_many_scenes_of_every_kind(body, gaps):
    image = {"type": "image", "media": {"url": "https://x/bg.png"}}
    content = {
        "scenes": [
            SCENE | {"background": {"type": "color", "value": "#112233"}},
            {
                "character": {"type": "image", "media": {"asset_id": "i"}},
                "voice": {"type": "audio", "media": {"url": "https://x/a.mp3"}},
            },
            {"voice": HELLO | {"speed": 0.8}, "background": image | {"fit": "cover"}},
            {"voice": {"type": "silence", "duration": 4.0}, "background": image},
            {"background": {"type": "video", "media": {"asset_id": "clip"}}},
            {
                "voice": {"type": "silence", "duration": 1.0},
                "background": {"type": "video", "media": {"url": "https://x/c.mp4"}, "play_style": "full_video"},
            },
        ],
        "resolution": "720p",
        "aspect_ratio": "auto",
        "extra": {"engine": "avatar_iv", "motion_prompt": "wave"},
    }

    assert gaps(V3, content) == []
    source = {"type": "url", "url": "https://x/bg.png"}
    assert body(V3, content) == {
        "type": "studio",
        "resolution": "720p",
        "aspect_ratio": "auto",
        "scenes": [
            {
                "type": "avatar_video",
                "input": {
                    "type": "avatar",
                    "avatar_id": "anna",
                    "engine": {"type": "avatar_iv"},
                    "script": "Hello",
                    "voice_id": "v1",
                    "background": {"type": "color", "color": "#112233"},
                    "motion_prompt": "wave",
                },
            },
            {
                "type": "avatar_video",
                "input": {
                    "type": "image",
                    "image": {"type": "asset_id", "asset_id": "i"},
                    "audio_url": "https://x/a.mp3",
                    "motion_prompt": "wave",
                },
            },
            {"type": "image", "source": source, "script": "Hello", "voice_id": "v1", "voice_settings": {"speed": 0.8}},
            {"type": "image", "source": source, "duration": 4.0},
            {"type": "video", "source": {"type": "asset_id", "asset_id": "clip"}},
            {"type": "video", "source": {"type": "url", "url": "https://x/c.mp4"}},
        ],
    }


def test_v3_says_one_scene_without_a_character_as_a_studio_video(body, gaps):
    content = {"scenes": [{"voice": HELLO, "background": {"type": "image", "media": {"url": "https://x/bg.png"}}}]}

    assert gaps(V3, content) == []
    assert body(V3, content)["type"] == "studio"


VIDEO_BEHIND = {"type": "video", "media": {"url": "https://x/c.mp4"}}
IMAGE_BEHIND = {"type": "image", "media": {"url": "https://x/c.png"}}
PHOTO = {"type": "image", "media": {"url": "https://x/p.png"}}


@pytest.mark.parametrize(
    ("content", "field", "way"),
    [
        (one(background=VIDEO_BEHIND), "background_video", "A video background needs `api: v2`."),
        (
            one(background=VIDEO_BEHIND | {"play_style": "loop"}),
            "background_video",
            "A video background needs `api: v2`.",
        ),
        (one(voice={"type": "silence", "duration": 3}), "silence", "A silent character needs `api: v2`."),
        (one(voice=HELLO | {"emotion": "Excited"}), "emotion", "An emotion needs `api: v2`."),
        (one(character=ANNA | {"style": "circle"}), "avatar_style", 'The style "circle" needs `api: v2`.'),
        (one(character=ANNA | {"style": "closeUp"}), "avatar_style", 'The style "closeUp" needs `api: v2`.'),
        (one(character=ANNA | {"scale": 1.5}), "scale", "A character of another size needs `api: v2`."),
        (
            one(character=ANNA | {"offset": {"x": 0.0, "y": 0.2}}),
            "offset_y",
            "A character out of the middle needs `api: v2`.",
        ),
        (one(background=IMAGE_BEHIND | {"fit": "contain"}), "fit", 'The fit "contain" needs `api: v2`.'),
        (one(background=IMAGE_BEHIND | {"play_style": "loop"}), "play_style", 'The play style "loop" needs `api: v2`.'),
        (one() | {"test": True}, "test", "A test video needs `api: v2`."),
        (one() | {"resolution": "8k"}, "resolution", "Write one of 720p, 1080p, 4k."),
        (one() | {"aspect_ratio": "2:1"}, "aspect_ratio", "Write one of auto, 16:9, 9:16, 1:1, 4:5, 5:4."),
        (
            one() | {"dimension": {"width": 1280, "height": 720}, "resolution": "4k"},
            "resolution",
            "Leave one of the two out.",
        ),
        (one() | {"extra": {"fps": 30}}, "fps", '"fps" needs `api: v2`.'),
        (one() | {"extra": {"enable_watermark": True}}, "enable_watermark", '"enable_watermark" needs `api: v2`.'),
        (one() | {"extra": {"new": 30}}, "new", "Leave it out."),
        (one(character=ANNA | {"matting": True}), "matting", '"matting" needs `api: v2`.'),
        (one(character=ANNA | {"expression": "happy"}), "expression", '"expression" needs `api: v2`.'),
        (one(character=PHOTO) | {"extra": {"engine": "avatar_v"}}, "engine", "Leave it out."),
        (one(character=PHOTO, voice={"type": "text", "script": "Hi"}), "voice_id", "Say which voice speaks."),
        ({"scenes": [{"character": ANNA}]}, "script", "A silent character needs `api: v2`."),
        ({"scenes": [{"voice": HELLO}]}, "avatar_id", "Say who or what is seen, or use `api: v2`."),
        (
            {"scenes": [{"voice": HELLO, "background": {"type": "color", "value": "#000000"}}]},
            "background_color",
            "Say who or what is seen, or use `api: v2`.",
        ),
        (
            {"scenes": [{"voice": HELLO, "background": VIDEO_BEHIND}]},
            "background_video",
            "A voice over a video needs `api: v2`.",
        ),
        ({"scenes": [{"background": IMAGE_BEHIND}]}, "silence", "Write the seconds, or a script with its voice."),
        (
            {"scenes": [{"voice": {"type": "silence", "duration": 3}, "background": VIDEO_BEHIND}]},
            "silence",
            "Write `play_style: full_video` if that is meant, or use `api: v2`.",
        ),
        (
            {"scenes": [{"voice": {"type": "text", "script": "Hi"}, "background": IMAGE_BEHIND}]},
            "voice_id",
            "Say which voice speaks.",
        ),
    ],
)
def test_v3_names_what_it_cannot_say_with_the_way_out(content, field, way, gaps):
    [(named, problem, remedy)] = gaps(V3, content)

    assert (named, remedy) == (field, way)
    assert problem


def test_v3_names_the_scene_where_there_are_several(gaps):
    content = {"scenes": [SCENE, SCENE | {"background": IMAGE_BEHIND}, SCENE | {"background": VIDEO_BEHIND}]}

    assert gaps(V3, content) == [
        (
            "scenes[2].background_image",
            "v3 has no word for this.",
            "An image behind the character of one of several scenes needs `api: v2`.",
        ),
        ("scenes[3].background_video", "v3 has no word for this.", "A video background needs `api: v2`."),
    ]


def test_v3_has_folders_for_templates_and_translations_and_none_for_videos(body, fields):
    assert fields(V3, one(), folder_id="f") == ["folder_id"]
    assert fields(V3, {"template_id": "t", "variables": {}}, "template", folder_id="f") == []
    assert body(V3, {"template_id": "t", "variables": {}}, "template", folder_id="f")["folder_id"] == "f"
    assert body(V3, SPANISH, "translation", folder_id="f")["folder_id"] == "f"
    assert "folder_id" not in body(V3, one(), folder_id="f")


def test_v3_says_a_translation_with_everything_it_can_hold(body, gaps):
    plain = {
        "input_language": "en",
        "mode": "precision",
        "translate_audio_only": False,
        "speaker_num": 2,
        "brand_voice_id": "b",
        "enable_caption": True,
        "start_time": 1.0,
        "end_time": 9.5,
    }
    extra = {"srt": {"url": "https://x/a.srt"}, "audio": "https://x/a.mp3", "srt_role": "input", "fps_mode": "cfr"}
    content = SPANISH | plain | {"extra": extra}

    assert gaps(V3, content, "translation") == []
    assert body(V3, content, "translation", title="T") == plain | {
        "video": {"type": "url", "url": "https://x/a.mp4"},
        "output_languages": ["Spanish (Spain)"],
        "enable_dynamic_duration": True,
        "srt": {"type": "url", "url": "https://x/a.srt"},
        "audio": {"type": "url", "url": "https://x/a.mp3"},
        "srt_role": "input",
        "fps_mode": "cfr",
        "title": "T",
    }


def test_what_v2_alone_can_say_is_named_in_the_same_order_each_time(gaps):
    content = one() | {"extra": {"subtitles": {"preset_name": "a"}, "fps": 30, "caption_mode": "burn_in"}}

    assert [gap[0] for gap in gaps(V3, content)] == ["caption_mode", "fps", "subtitles"]
