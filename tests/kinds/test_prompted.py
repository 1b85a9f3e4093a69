"""Rows of the video agent and cinematic videos: a prompt, and what it is made with."""

from __future__ import annotations

import pytest

from batchgen.model.media import NamedFile


def test_all_that_an_agent_can_be_told_has_its_place(drafts):
    (draft,) = drafts(
        "agent",
        {
            "prompt": " A film\nabout bees. ", "avatar_id": "a", "voice_id": "v", "style_id": "s", "brand_kit_id": "b",
            "orientation": "Portrait", "files": "https://example.com/a.png; asset:b ;asset:./brief.pdf",
            "incognito_mode": "yes", "title": "Bees", "duration": "1:30", "id": "x", "output": "bees.mp4",
        },
    )  # fmt: skip

    assert draft.content == {
        "prompt": " A film\nabout bees. ", "avatar_id": "a", "voice_id": "v", "style_id": "s", "brand_kit_id": "b",
        "orientation": "portrait", "incognito_mode": True,
        "files": [
            {"url": "https://example.com/a.png"},
            {"asset_id": "b"},
            {"sha256": NamedFile("./brief.pdf", "attachment")},
        ],
    }  # fmt: skip
    assert draft.files == {NamedFile("./brief.pdf", "attachment"): "files"}
    assert (draft.delivery, draft.length_s, draft.distinct, draft.output) == ({"title": "Bees"}, 90.0, "x", "bees.mp4")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"title": "x"}, '"prompt": The row asks for nothing. Describe the video in a text.'),
        ({"prompt": " "}, '"prompt": The prompt is empty. Write what is wanted.'),
        (
            {"prompt": "x" * 10_001},
            '"prompt": The prompt has 10001 letters. At most 10000 are taken: shorten it.',
        ),
        ({"prompt": "x", "files": ["asset:a"] * 21}, '"files": It names 21 files. At most 20 are taken.'),
        (
            {"prompt": "x", "files": "brief.pdf"},
            (
                '"files": "brief.pdf" is not a link that HeyGen can fetch. To have this file uploaded, write '
                "asset:./brief.pdf; else write the https link of one."
            ),
        ),
    ],
)
def test_what_an_agent_cannot_be_asked_is_a_fault(faults, fields, fault):
    assert faults("agent", fields) == [fault]


def test_all_that_a_cinematic_video_can_be_told_has_its_place(drafts):
    (draft,) = drafts(
        "cinematic",
        {
            "prompt": "She walks.", "avatar_id": "a; b", "references": ["https://example.com/a.mp4", "asset:r"],
            "duration": "12", "enhance_prompt": "true", "aspect_ratio": "9:16", "resolution": "1080P",
        },
    )  # fmt: skip

    assert draft.content == {
        "prompt": "She walks.", "avatar_id": ["a", "b"], "duration": 12, "enhance_prompt": True,
        "references": [{"url": "https://example.com/a.mp4"}, {"asset_id": "r"}],
        "aspect_ratio": "9:16", "resolution": "1080p",
    }  # fmt: skip
    assert draft.length_s is None


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"avatar_id": "a"}, '"prompt": The row says nothing of what is to happen. Describe it in a text.'),
        (
            {"prompt": "x"},
            '"avatar_id": Nobody is to be seen. Write the ids of one to three avatars, with ; between.',
        ),
        (
            {"prompt": "x", "avatar_id": "a;b;c;d"},
            '"avatar_id": It names 4 avatars. Write 1 to 3, with ; between them.',
        ),
        (
            {"prompt": "x", "avatar_id": "a", "duration": "16"},
            '"duration": 16 is more than 15. Write a number from 4 to 15.',
        ),
        (
            {"prompt": "x", "avatar_id": "a", "duration": "5", "auto_duration": "yes"},
            '"auto_duration": It stands beside "duration". Leave one of the two out.',
        ),
    ],
)
def test_what_cannot_be_filmed_is_a_fault(faults, fields, fault):
    assert faults("cinematic", fields) == [fault]
