from __future__ import annotations

import pytest

from batchgen.model.content import wants_captions

AVATAR = {"avatar_id": "Daisy", "script": "Welcome!"}


def test_a_flat_row_is_a_video_of_one_scene(drafts):
    (draft,) = drafts(
        "video",
        {
            "avatar_id": " Daisy ", "avatar_style": "CLOSEUP", "scale": "0.5", "offset_x": "0.2",
            "script": " Welcome! ", "voice_id": "v1", "speed": "1.1", "pitch": "-5", "emotion": "friendly",
            "background_color": "#008000", "dimension": "1280x720", "aspect_ratio": "16:9", "resolution": "720p",
            "caption": "no", "test": "yes", "title": "T", "callback_id": "c",
        },
    )  # fmt: skip

    assert draft.content == {
        "scenes": [
            {
                "character": {
                    "type": "avatar", "id": "Daisy", "style": "closeUp", "scale": 0.5, "offset": {"x": 0.2, "y": 0.0},
                },
                "voice": {
                    "type": "text", "script": " Welcome! ", "voice_id": "v1", "speed": 1.1, "pitch": -5.0,
                    "emotion": "Friendly",
                },
                "background": {"type": "color", "value": "#008000"},
            },
        ],
        "dimension": {"width": 1280, "height": 720}, "aspect_ratio": "16:9", "resolution": "720p",
        "caption": False, "test": True,
    }  # fmt: skip
    assert draft.delivery == {"title": "T", "callback_id": "c"}


@pytest.mark.parametrize(
    ("fields", "character"),
    [
        ({"talking_photo_id": "P", "avatar_style": "square"}, {"type": "talking_photo", "id": "P", "style": "square"}),
        ({"image_url": "https://e.com/a.png"}, {"type": "image", "media": {"url": "https://e.com/a.png"}}),
        ({"image_url": "asset:a", "avatar_style": "normal"}, {"type": "image", "media": {"asset_id": "a"}}),
    ],
)
def test_every_character_can_be_seen(drafts, fields, character):
    (draft,) = drafts("video", {"script": "Hi", **fields})

    assert draft.content["scenes"][0]["character"] == character


@pytest.mark.parametrize(
    ("fields", "voice"),
    [
        (
            {"audio_url": "https://e.com/a.mp3", "voice_id": "v"},
            {"type": "audio", "media": {"url": "https://e.com/a.mp3"}},
        ),
        ({"audio_url": "asset:a"}, {"type": "audio", "media": {"asset_id": "a"}}),
        ({"audio_asset_id": "a"}, {"type": "audio", "media": {"asset_id": "a"}}),
        ({"silence": "2.5"}, {"type": "silence", "duration": 2.5}),
    ],
)
def test_every_voice_can_be_heard(drafts, fields, voice):
    (draft,) = drafts("video", {"avatar_id": "A", **fields})

    assert draft.content["scenes"][0]["voice"] == voice


@pytest.mark.parametrize(
    ("fields", "background"),
    [
        (
            {"background_image": "https://e.com/a.png", "fit": "contain"},
            {"type": "image", "media": {"url": "https://e.com/a.png"}, "fit": "contain"},
        ),
        (
            {"background_video": "asset:a", "play_style": "loop"},
            {"type": "video", "media": {"asset_id": "a"}, "play_style": "loop"},
        ),
        ({"image_asset_id": "a"}, {"type": "image", "media": {"asset_id": "a"}}),
        ({"video_asset_id": "a"}, {"type": "video", "media": {"asset_id": "a"}}),
    ],
)
def test_every_background_can_stand_behind(drafts, fields, background):
    (draft,) = drafts("video", AVATAR | fields)

    assert draft.content["scenes"][0]["background"] == background


def test_what_else_v3_takes_goes_along_under_its_own_name(drafts):
    extra = {
        "motion_prompt": "Wave", "expressiveness": "HIGH", "engine": "avatar_iv", "output_format": "webm",
        "remove_background": "true", "locale": "en-US", "volume": "0.5", "fit": "cover",
    }  # fmt: skip

    (draft,) = drafts("video", AVATAR | extra)

    assert draft.content["extra"] == {
        "motion_prompt": "Wave", "expressiveness": "high", "engine": {"type": "avatar_iv"}, "output_format": "webm",
        "remove_background": True, "locale": "en-US", "volume": 0.5, "fit": "cover",
    }  # fmt: skip


def test_what_v2_alone_takes_is_read_from_cells_as_well(drafts):
    looks = {
        "matting": "yes", "circle_background_color": "#0F0", "talking_style": "Expressive", "expression": "happy",
        "super_resolution": "no",
    }  # fmt: skip
    whole = {"fps": "30", "caption_mode": "burn_in", "enable_watermark": "yes", "subtitles": "classic"}

    (photo,) = drafts("video", {"talking_photo_id": "P", "script": "Hi", **looks, **whole})
    (avatar,) = drafts("video", AVATAR | {"matting": "yes", "expression": "default"})

    assert photo.content["scenes"][0]["character"] == {
        "type": "talking_photo", "id": "P", "matting": True, "circle_background_color": "#00ff00",
        "talking_style": "expressive", "expression": "happy", "super_resolution": False,
    }  # fmt: skip
    assert photo.content["extra"] == {
        "fps": 30, "caption_mode": "burn_in", "enable_watermark": True, "subtitles": {"preset_name": "classic"},
    }  # fmt: skip
    assert isinstance(photo.content["extra"]["fps"], int)
    assert wants_captions(photo.content)
    assert avatar.content["scenes"][0]["character"] == {"type": "avatar", "id": AVATAR["avatar_id"], "matting": True}


@pytest.mark.parametrize("answer", ["yes", "No", True, False, "on"])
@pytest.mark.parametrize("kind", ["video", "template"])
def test_subtitles_have_the_name_of_a_preset_and_are_no_yes(faults, kind, answer):
    fields = AVATAR if kind == "video" else {"template_id": "t"}
    (fault,) = faults(kind, fields | {"subtitles": answer})

    assert "is no name of a preset. Write the name of one, or leave it empty;" in fault


def test_a_scene_takes_from_its_row_what_it_leaves_open(drafts):
    own = {"avatar_id": "A", "voice_id": "v", "background_color": "#fff", "script": "unused"}
    scenes = [{"script": "One"}, {"talking_photo_id": "P", "silence": "2", "background_image": "asset:b"}]

    (draft,) = drafts("video", own | {"scenes": scenes})

    assert draft.content["scenes"] == [
        {
            "character": {"type": "avatar", "id": "A"},
            "voice": {"type": "text", "script": "One", "voice_id": "v"},
            "background": {"type": "color", "value": "#ffffff"},
        },
        {
            "character": {"type": "talking_photo", "id": "P"},
            "voice": {"type": "silence", "duration": 2.0},
            "background": {"type": "image", "media": {"asset_id": "b"}},
        },
    ]


def test_a_scene_can_do_without_the_character_of_its_row(drafts):
    (draft,) = drafts(
        "video", {"avatar_id": "A", "scenes": [{"character": "none", "script": "x", "background_color": "#fff"}]}
    )

    assert "character" not in draft.content["scenes"][0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"script": "Hi"},
            ['"avatar_id": Nobody is to be seen. Write an "avatar_id", a "talking_photo_id" or an "image_url".'],
        ),
        (
            {"avatar_id": "A"},
            [
                '"script": Nothing is to be heard. Write a "script", or fill in "audio_url", "audio_asset_id" or "silence".',
            ],
        ),
        (
            AVATAR | {"talking_photo_id": "P", "silence": "3"},
            [
                '"talking_photo_id": It stands beside "avatar_id", and a scene has one of the two. Leave one of them empty.',
                '"silence": It stands beside "script", and a scene has one of the two. Leave one of them empty.',
            ],
        ),
        (
            AVATAR | {"script": "x" * 5001},
            [
                (
                    '"script": The script has 5001 letters. '
                    "At most 5000 are spoken at once: shorten it, or spread it over scenes."
                ),
            ],
        ),
        (
            AVATAR | {"speed": "2", "pitch": "51", "scale": "6", "emotion": "Exited"},
            [
                '"speed": 2 is more than 1.5. Write a number from 0.5 to 1.5.',
                '"pitch": 51 is more than 50. Write a number from -50 to 50.',
                '"scale": 6 is more than 5. Write a number from 0 to 5.',
                (
                    '"emotion": "Exited" is not a word that is known here. Did you mean "Excited"? '
                    "Choose from: Excited, Friendly, Serious, Soothing, Broadcaster."
                ),
            ],
        ),
        ({"avatar_id": "A", "silence": "101"}, ['"silence": 101 is more than 100. Write a number from 1 to 100.']),
        (
            AVATAR | {"avatar_style": "square"},
            ['"avatar_style": An avatar has no style "square". Choose from: normal, closeUp, circle.'],
        ),
        (AVATAR | {"fit": "crop"}, ['"fit": "crop" fits a background, and there is none. Write cover or contain.']),
        (
            AVATAR | {"background_color": "#fff", "background_image": "asset:a"},
            [
                (
                    '"background_image": It stands beside "background_color", and a scene has one of the two. '
                    "Leave one of them empty."
                ),
            ],
        ),
        ({"scenes": []}, ['"scenes": The video has 0 scenes. It needs 1 to 50.']),
        ({"scenes": [AVATAR] * 51}, ['"scenes": The video has 51 scenes. It needs 1 to 50.']),
        ({"scenes": "one"}, ['"scenes": "one" is not a list of scenes. Write one "- " before each scene.']),
        ({"scenes": ["one"]}, ['"scenes[1]": "one" is not a scene. A scene has fields, such as avatar_id and script.']),
        (
            {"scenes": [AVATAR, AVATAR | {"sped": "1"}]},
            ['"scenes[2].sped": "sped" means nothing here. Did you mean "speed"?'],
        ),
        (
            {"scenes": [AVATAR | {"background": {"type": "colour", "value": "#fff"}}]},
            ['"scenes[1].background.type": "colour" is no type of background. Choose from: color, image, video.'],
        ),
        (
            {"scenes": [{"character": {"avatar_id": "A"}, "voice": {"type": "text", "input_text": "x", "speed": "9"}}]},
            ['"scenes[1].voice.speed": 9 is more than 1.5. Write a number from 0.5 to 1.5.'],
        ),
        (
            {"scenes": [{"script": "x"}]},
            [
                (
                    '"scenes[1].avatar_id": Nobody is to be seen. '
                    'Write an "avatar_id", a "talking_photo_id" or an "image_url".'
                ),
            ],
        ),
    ],
)
def test_every_fault_is_told_at_its_place(faults, fields, told):
    assert faults("video", fields) == told


@pytest.mark.parametrize("part", ["fields", "defaults", "foreach"])
def test_an_expression_that_comes_to_nothing_is_no_mistyped_header(faults, part):
    (told,) = faults("video", {"avatar_id": "A"}, script=f"{part}.script")

    assert told == (
        f'"{part}.script": In this row it comes to nothing. Nothing is to be heard. Fill in what it is made from.'
    )


def test_a_mistyped_header_is_named_where_its_field_is_missing(faults):
    (told,) = faults("video", {"avatar_id": "A"}, script="scirpt")

    assert told == ('"scirpt": This column means nothing to batchgen. Nothing is to be heard. Did you mean "script"?')


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff \u2060", "\u00a0"])
def test_a_script_of_what_cannot_be_seen_is_empty(faults, unseen):
    told = ['"script": The script is empty. Write what is to be said.']

    assert faults("video", {"avatar_id": "A", "script": unseen}) == told
    assert faults("image", {"image": "asset:i", "voice_id": "v", "script": unseen}) == told
