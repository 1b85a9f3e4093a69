"""Scenes as HeyGen's documents nest them: what stands in their groups means what a flat field does."""

from __future__ import annotations

import pytest

from batchgen.kinds import KINDS
from batchgen.model.row import Row

AVATAR = {"avatar_id": "Daisy", "script": "Welcome!"}
SETTINGS = {"speed": 1.2, "pitch": 3, "volume": 0.5, "locale": "en-GB", "engine_settings": {"engine_type": "starfish"}}


@pytest.mark.parametrize(("kind", "who"), [("video", "avatar_id"), ("image", "image")])
def test_settings_of_a_voice_may_be_the_group_that_v3_has_of_them(drafts, faults, kind, who):
    said = {who: "asset:a", "script": "Hi"}

    (nested,), (flat,) = drafts(kind, said | {"voice_settings": SETTINGS}), drafts(kind, said | SETTINGS)

    assert nested.content == flat.content
    assert faults(kind, said | {"voice_settings": {"sped": 1.2}}) == [
        '"voice_settings.sped": "sped" means nothing here. Did you mean "speed"?'
    ]
    assert faults(kind, said | {"voice_settings": "fast"}) == [
        '"voice_settings": Here belongs a group of values. Write keys such as "speed" under "voice_settings".'
    ]


def test_a_scene_may_say_its_own_speed_in_that_group_and_where_its_character_stands(drafts):
    scenes = [AVATAR | {"voice_settings": {"speed": 1.2}, "offset": {"x": 0.2}}, AVATAR]

    (draft,) = drafts("video", {"scenes": scenes, "offset": {"y": 0.1}})

    first, second = draft.content["scenes"]
    assert first["voice"]["speed"] == 1.2
    assert [one["character"]["offset"] for one in (first, second)] == [{"x": 0.2, "y": 0.1}, {"x": 0.0, "y": 0.1}]


def test_scenes_may_be_nested_as_the_documents_show_them(drafts):
    (draft,) = drafts(
        "video",
        {
            "scenes": [
                {
                    "character": {
                        "type": "avatar",
                        "avatar_id": "D",
                        "avatar_style": "normal",
                        "offset": {"x": 1, "y": 0.5},
                    },
                    "voice": {"type": "text", "input_text": "Hi", "voice_id": "v", "speed": 1.1},
                    "background": {"type": "color", "value": "#FAFAFA"},
                },
                {
                    "character": {"type": "talking_photo", "talking_photo_id": "P", "talking_photo_style": "circle"},
                    "voice": {"type": "audio", "audio_asset_id": "a"},
                    "background": {"type": "image", "image_asset_id": "b"},
                },
                {
                    "voice": {"type": "silence"},
                    "background": {"type": "video", "url": "https://e.com/v.mp4", "play_style": "once", "fit": "none"},
                },
            ],
        },
    )

    assert draft.content["scenes"] == [
        {
            "character": {"type": "avatar", "id": "D", "style": "normal", "offset": {"x": 1.0, "y": 0.5}},
            "voice": {"type": "text", "script": "Hi", "voice_id": "v", "speed": 1.1},
            "background": {"type": "color", "value": "#fafafa"},
        },
        {
            "character": {"type": "talking_photo", "id": "P", "style": "circle"},
            "voice": {"type": "audio", "media": {"asset_id": "a"}},
            "background": {"type": "image", "media": {"asset_id": "b"}},
        },
        {
            "voice": {"type": "silence", "duration": 1.0},
            "background": {
                "type": "video",
                "media": {"url": "https://e.com/v.mp4"},
                "play_style": "once",
                "fit": "none",
            },
        },
    ]


NESTED = {"voice": {"input_text": "Hi", "speed": 1.3}, "character": {"avatar_id": "B"}}
FLAT = {"speed": 1.1, "avatar_id": "A"}


@pytest.mark.parametrize(
    ("columns", "meant"),
    [
        ({"speed": "defaults.speed", "avatar_id": "defaults.avatar_id"}, ("B", 1.3)),
        ({"voice": "defaults.voice", "character": "defaults.character"}, ("A", 1.1)),
        ({"voice": "fields.voice", "character": "fields.character"}, ("B", 1.3)),
        ({"speed": "foreach.speed", "avatar_id": "foreach.avatar_id"}, ("A", 1.1)),
    ],
)
def test_what_counts_more_holds_whether_it_is_nested_or_flat(columns, meant):
    for fields in (NESTED | FLAT, FLAT | NESTED):
        row = Row(file="s.yaml", number=2, cells=(), kind="video", fields=fields, columns=columns)

        (draft,), faults = KINDS["video"].plan(row)

        (scene,) = draft.content["scenes"]
        assert faults == ()
        assert (scene["character"]["id"], scene["voice"]["speed"]) == meant


def test_a_row_may_have_another_character_than_a_nested_default():
    fields = {"talking_photo_id": "P", "script": "Hi", "character": {"avatar_id": "A"}}
    row = Row(
        file="s.yaml", number=2, cells=(), kind="video", fields=fields, columns={"character": "defaults.character"}
    )

    (draft,), _ = KINDS["video"].plan(row)

    assert draft.content["scenes"][0]["character"] == {"type": "talking_photo", "id": "P"}


def test_one_thing_said_flat_and_nested_is_told_where_the_two_differ(drafts, faults):
    told = ['"script": It says something else than "voice.input_text". Keep one of the two.']

    assert faults("video", NESTED | {"script": "Bye"}) == told
    assert faults("video", {"scenes": [NESTED | {"script": "Bye"}]}) == [
        '"scenes[1].script": It says something else than "scenes[1].voice.input_text". Keep one of the two.'
    ]
    assert drafts("video", NESTED | {"script": "Hi"})[0].content == drafts("video", NESTED)[0].content


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"voice": {"type": "audio", "input_text": "Hi"}}, '"voice.type": It is "audio", and "input_text" beside it'),
        (
            {"character": {"type": "talking_photo", "avatar_id": "A"}},
            '"character.type": It is "talking_photo", and "avatar_id" beside it is for "avatar".',
        ),
        (
            {"character": {"type": "avatar", "avatar_id": "A", "offset": {"x": 0.1, "z": 2}}},
            '"character.offset.z": "z" means nothing here.',
        ),
    ],
)
def test_a_part_that_contradicts_itself_is_told(faults, part, told):
    whole = {"character": {"type": "avatar", "avatar_id": "A"}, "voice": {"type": "text", "input_text": "Hi"}}

    (fault,) = faults("video", whole | part)

    assert fault.startswith(told)
