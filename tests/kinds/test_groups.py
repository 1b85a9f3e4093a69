"""Groups of settings: what is misspelt in them is told, and what is right leaves as v3's reference has it."""

from __future__ import annotations

import pytest

VIDEO = {"avatar_id": "a", "voice_id": "v", "script": "Hello"}
TEMPLATE = {"template_id": "t"}
PICTURE = {"type": "url", "url": "https://x.example/w.png"}


@pytest.mark.parametrize(
    ("kind", "fields", "told"),
    [
        (
            "video",
            VIDEO | {"engine_settings": {"engine_type": "elevenlabs", "stabilty": "0.5"}},
            '"engine_settings": "stabilty" means nothing in this group. Did you mean "stability"?',
        ),
        (
            "video",
            VIDEO | {"watermark": {"image": PICTURE, "placement": {"positon": "top_left"}}},
            '"watermark": placement: "positon" means nothing in this group. Did you mean "position"?',
        ),
        (
            "video",
            VIDEO | {"watermark": {"image": PICTURE, "opacity": "half"}},
            '"watermark": opacity: "half" is not a number. Write a number, such as 0.5.',
        ),
        (
            "video",
            VIDEO | {"watermark": {"image": "asset:./logo.png"}},
            '"watermark": image: A file of this machine is not taken here. Write an https link, or asset:ID.',
        ),
        (
            "template",
            TEMPLATE | {"subtitles": {"preset": "bold"}},
            '"subtitles": "preset" means nothing in this group. Did you mean "preset_name"?',
        ),
        (
            "template",
            TEMPLATE | {"subtitles": {"font_size": "30"}},
            '"subtitles": The group lacks "preset_name". Write it there.',
        ),
        (
            "template",
            TEMPLATE | {"subtitles": '{"preset_name": "bold"}'},
            '"subtitles": A cell holds no group of settings. Write the name of a preset; a group belongs into YAML.',
        ),
    ],
)
def test_a_key_that_heygen_would_leave_out_is_told_before_it_is_paid_for(faults, kind, fields, told):
    assert faults(kind, fields) == [told]


def test_an_id_of_digits_stays_text_and_numbers_become_numbers(drafts):
    fields = VIDEO | {
        "engine": {"type": "avatar_v", "reference_look_id": "0012345"},
        "watermark": {"image": {"type": "asset_id", "asset_id": "12345"}, "opacity": "0.5", "scale": "2"},
        "engine_settings": {"engine_type": "elevenlabs", "stability": "1", "use_speaker_boost": "true"},
    }

    (draft,) = drafts("video", fields)

    assert draft.content["extra"] == {
        "engine": {"type": "avatar_v", "reference_look_id": "0012345"},
        "watermark": {"image": {"type": "asset_id", "asset_id": "12345"}, "opacity": 0.5, "scale": 2},
        "engine_settings": {"engine_type": "elevenlabs", "stability": 1, "use_speaker_boost": True},
    }


def test_stock_voices_of_digits_stay_text(drafts):
    fields = {
        "url": "https://x.example/a.mp4",
        "output_language": "Spanish",
        "stock_voice_config": {"use_stock_voice": "true", "preferred_stock_voice_ids": ["123", "abc"]},
    }

    (draft,) = drafts("translation", fields)

    assert draft.content["extra"]["stock_voice_config"]["preferred_stock_voice_ids"] == ["123", "abc"]
