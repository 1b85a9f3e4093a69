"""Fields that a scene has no use for are told before the video is paid for without them."""

from __future__ import annotations

import pytest

from batchgen.kinds import KINDS
from batchgen.model.row import Row

AVATAR = {"avatar_id": "Daisy", "script": "Welcome!"}
UNPLAYED = (
    'It says how a video in the background plays, and there is none. Fill in "background_video", or leave it empty.'
)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"play_style": "loop"}, "play_style"),
        ({"play_style": "loop", "background_image": "asset:a"}, "play_style"),
        ({"scenes": [{"script": "a", "background_video": "asset:a"}, {"play_style": "loop"}]}, "scenes[2].play_style"),
    ],
)
def test_a_play_style_without_a_video_to_play_is_told(faults, fields, place):
    assert faults("video", {**AVATAR, **fields}) == [f'"{place}": {UNPLAYED}']


def test_a_play_style_for_all_is_for_those_with_a_video(drafts, faults):
    video = {"script": "a", "background_video": "asset:a"}

    (draft,) = drafts("video", {**AVATAR, "play_style": "loop", "scenes": [video, {"script": "b"}]})
    by_default = KINDS["video"].plan(
        Row(
            file="s.csv",
            number=2,
            cells=(),
            kind="video",
            fields={**AVATAR, "play_style": "loop"},
            columns={"play_style": "defaults.play_style"},
        )
    )

    assert [one.get("background", {}).get("play_style") for one in draft.content["scenes"]] == ["loop", None]
    assert by_default[1] == ()
    assert len(faults("video", {**AVATAR, "play_style": "loop", "background_video": "no link"})) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"audio_url": "https://e.com/a.mp3", "speed": "1.2"}, '"speed": It says how a text is spoken, and none is.'),
        ({"audio_asset_id": "a", "pitch": "-5"}, '"pitch": It says how a text is spoken, and none is.'),
        ({"silence": "2", "emotion": "Friendly"}, '"emotion": It says how a text is spoken, and none is.'),
        ({"scenes": [{"audio_url": "https://e.com/a.mp3", "speed": 1.2}]}, '"scenes[1].speed": It says how a text'),
        (
            {"image_url": "asset:i", "script": "Hi", "avatar_style": "circle"},
            '"avatar_style": It says how an avatar is cut out, and there is none.',
        ),
        (
            {"scenes": [{"character": "none", "script": "a", "background_color": "#fff", "scale": 0.5}]},
            '"scenes[1].scale": It says how somebody is seen, and nobody is.',
        ),
        (
            {"scenes": [{"script": "a"}, {"script": "b", "fit": "contain"}]},
            '"scenes[2].fit": It says how a picture or a video in the background fills the frame, and there is none.',
        ),
        ({"expression": "happy", "script": "Hi"}, '"expression": It says how a talking photo looks, and there is none'),
        ({"super_resolution": "yes", "script": "Hi"}, '"super_resolution": It says how a talking photo looks'),
    ],
)
def test_what_would_be_left_out_is_told_before_it_is_paid_for_without_it(faults, fields, told):
    (fault,) = faults("video", ({} if "image_url" in fields else {"avatar_id": "A"}) | fields)

    assert fault.startswith(told)


def test_a_speed_that_is_meant_for_all_rows_or_says_nothing_is_no_fault_beside_a_recording(drafts):
    recorded = {"avatar_id": "A", "audio_url": "https://e.com/a.mp3"}
    spoken_and_recorded = [{"script": "Hi"}, {"audio_url": "https://e.com/a.mp3"}]

    assert drafts("video", {**recorded, "speed": "1", "pitch": "0", "voice_id": "v"})
    assert drafts("video", {"avatar_id": "A", "speed": "1.2", "scenes": spoken_and_recorded})
