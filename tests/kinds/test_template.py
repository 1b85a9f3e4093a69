from __future__ import annotations

import pytest


def test_columns_named_var_are_text_variables_in_their_own_case(drafts):
    (draft,) = drafts("template", {"template_id": " T1 ", "var.First_Name": "Ada ", "var.zip": "007"})

    assert draft.content == {
        "template_id": "T1",
        "variables": {
            "First_Name": {"name": "First_Name", "type": "text", "properties": {"content": "Ada "}},
            "zip": {"name": "zip", "type": "text", "properties": {"content": "007"}},
        },
    }


@pytest.mark.parametrize(
    ("written", "type_", "properties"),
    [
        ("John", "text", {"content": "John"}),
        ("", "text", {"content": ""}),
        ({"name": "v", "type": "text", "properties": {"content": "John"}}, "text", {"content": "John"}),
        (
            {"type": "image", "url": "https://e.com/i.png", "fit": "Cover"},
            "image",
            {"url": "https://e.com/i.png", "fit": "cover"},
        ),
        ({"type": "image", "properties": {"asset_id": "a"}}, "image", {"asset_id": "a"}),
        ({"type": "image", "url": "asset:a"}, "image", {"asset_id": "a"}),
        (
            {"type": "video", "url": "https://e.com/v.mp4", "play_style": "loop", "fit": "crop"},
            "video",
            {"url": "https://e.com/v.mp4", "play_style": "loop", "fit": "crop"},
        ),
        ({"type": "audio", "asset_id": "a"}, "audio", {"asset_id": "a"}),
        ({"type": "voice", "voice_id": "v"}, "voice", {"voice_id": "v"}),
        ({"type": "character", "character_id": "c"}, "character", {"character_id": "c", "type": "avatar"}),
        ({"type": "character", "avatar_id": "c"}, "character", {"character_id": "c", "type": "avatar"}),
        (
            {"type": "talking_photo", "talking_photo_id": "c"},
            "character",
            {"character_id": "c", "type": "talking_photo"},
        ),
        (
            {"type": "character", "properties": {"type": "talking_photo", "character_id": "c"}},
            "character",
            {"type": "talking_photo", "character_id": "c"},
        ),
    ],
)
def test_every_type_of_variable_can_be_written_short_and_long(drafts, written, type_, properties):
    (draft,) = drafts("template", {"template_id": "T", "variables": {"v": written}})

    assert draft.content["variables"] == {"v": {"name": "v", "type": type_, "properties": properties}}


def test_scene_ids_with_commas_between_them_are_told(faults):
    (fault,) = faults("template", {"template_id": "T", "scene_ids": "a, b"})

    assert fault == '"scene_ids": "a, b" is read as one id. Between ids stands a ";": a;b'
    assert faults("template", {"template_id": "T", "scene_ids": "c; a, b"}) == [fault]


def test_what_else_a_template_takes_has_its_place(drafts):
    (draft,) = drafts(
        "template",
        {
            "template_id": "T", "caption": "yes", "dimension": "1280x720", "scene_ids": "a;b;a", "test": "true",
            "fps": "30", "subtitles": "classic", "include_gif": "no", "enable_sharing": "true",
            "reorder_music": "false", "keep_text_vertically_centered": "true", "brand_voice_id": "b", "title": "New",
        },
    )  # fmt: skip

    assert draft.content == {
        "template_id": "T", "variables": {}, "caption": True, "dimension": {"width": 1280, "height": 720},
        "scene_ids": ["a", "b", "a"], "test": True,
        "extra": {
            "fps": 30, "subtitles": {"preset_name": "classic"}, "include_gif": False, "enable_sharing": True,
            "reorder_music": False, "keep_text_vertically_centered": True, "brand_voice_id": "b",
        },
    }  # fmt: skip
    assert draft.delivery == {"title": "New"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, '"template_id": The row names no template. Write the id of one of your templates.'),
        ({"fps": "24"}, '"fps": "24" frames a second cannot be had. Write 25, 30 or 60.'),
        (
            {"scene_ids": " ; "},
            '"scene_ids": It names no scene. Write scene ids with ; between them, or leave it empty.',
        ),
        ({"var.": "x"}, '"var.": The variable has no name. Write it after the dot, such as "var.first_name".'),
        (
            {"variables": {"v": {"type": "imgae", "url": "https://e.com/a.png"}}},
            (
                '"variables.v.type": "imgae" is not a word that is known here. Did you mean "image"? '
                "Choose from: text, image, video, audio, character, voice."
            ),
        ),
        (
            {"variables": {"v": {"type": "image"}}},
            '"variables.v": A file is either a link or an asset. Write exactly one of "url" and "asset_id".',
        ),
        (
            {"variables": {"v": {"type": "image", "asset_id": ""}}},
            '"variables.v": A file is either a link or an asset. Write exactly one of "url" and "asset_id".',
        ),
        (  # As of an empty cell: one mistake, and one fault.
            {"variables": {"v": {"type": "image", "url": ""}}},
            (
                '"variables.v.url": "" is not a link that HeyGen can fetch. '
                "Put the file where anyone can fetch it, and write its https link."
            ),
        ),
        (
            {"variables": {"v": {"type": "image", "url": "https://e.com/a.png", "asset_id": "a"}}},
            '"variables.v": A file is either a link or an asset. Write exactly one of "url" and "asset_id".',
        ),
        (
            {"variables": {"v": {"type": "image", "url": "https://e.com/a.png", "fti": "cover"}}},
            '"variables.v.fti": "fti" means nothing here. Did you mean "fit"?',
        ),
        (
            {"variables": {"v": {"type": "voice"}}},
            '"variables.v": A voice variable needs a voice_id. Write "voice_id" beside its type.',
        ),
        (
            {"variables": {"v": {"type": "text"}}},
            '"variables.v": A text variable needs its content. Write "content" beside its type.',
        ),
        (
            {"variables": {"v": {"content": "x", "name": ["a"]}}},
            '"variables.v.name": Here stands a list or a group of values. Write one text.',
        ),
        (  # Left out, the picture would be made to fit as the template has it.
            {"variables": {"v": {"type": "image", "properties": {"url": "https://e.com/a.png"}, "fit": "crop"}}},
            '"variables.v.fit": "fit" means nothing beside "properties". Write it among these.',
        ),
        (
            {"variables": {"v": {"name": "w", "content": "x"}, "w": "y"}},
            '"variables.w": Another variable here is named "w" as well. Keep one of the two.',
        ),
        ({"variables": {"v": ["a"]}}, '"variables.v": Here stands a list or a group of values. Write one text.'),
    ],
)
def test_every_fault_is_told_at_its_place(faults, fields, told):
    known = {"template_id": "T"} if fields else {}

    assert faults("template", known | fields) == [told]
