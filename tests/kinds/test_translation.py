from __future__ import annotations

import pytest

URL = "https://example.com/video.mp4"


def test_the_documents_own_row_runs_as_it_is(drafts):
    (draft,) = drafts(
        "translation",
        {"title": "Sample Video", "output_language": "Spanish", "url": URL, "folder_id": "12345"},
    )

    assert draft.content == {"video": {"url": URL}, "output_language": "Spanish", "enable_dynamic_duration": True}
    assert draft.delivery == {"title": "Sample Video", "folder_id": "12345"}
    assert (draft.kind, draft.language, draft.distinct, draft.output) == ("translation", "Spanish", None, None)


@pytest.mark.parametrize("field", ["output_language", "output_languages"])
@pytest.mark.parametrize("languages", ["Spanish; French|German", ["Spanish", "French", "German"]])
def test_each_language_is_a_draft_of_its_own(drafts, field, languages):
    found = drafts("translation", {"url": URL, field: languages})

    assert [draft.language for draft in found] == ["Spanish", "French", "German"]
    assert [draft.content["output_language"] for draft in found] == ["Spanish", "French", "German"]


def test_everything_a_translation_can_say_has_its_place(drafts):
    (draft,) = drafts(
        "translation",
        {
            "url": "asset:abc", "output_language": "French", "input_language": "en", "mode": "quality",
            "translate_audio_only": "yes", "speaker_num": "2", "enable_dynamic_duration": "false",
            "brand_voice_id": "b", "enable_caption": "1", "start_time": "10", "end_time": "1:30",
            "audio": "https://example.com/a.mp3", "srt": "asset:s", "srt_role": "Input",
            "disable_music_track": "no", "enable_speech_enhancement": "true", "enable_watermark": "false",
            "keep_the_same_format": "true", "fps_mode": "cfr", "brand_glossary_id": "g",
            "stock_voice_config": {"use_stock_voice": "true"},
            "id": "row-1", "callback_id": "c", "callback_url": "https://example.com/done", "output": "a.mp4",
        },
    )  # fmt: skip

    assert draft.content == {
        "video": {"asset_id": "abc"}, "output_language": "French", "enable_dynamic_duration": False,
        "input_language": "en", "mode": "precision", "translate_audio_only": True, "speaker_num": 2,
        "brand_voice_id": "b", "enable_caption": True, "start_time": 10.0, "end_time": 90.0,
        "extra": {
            "audio": {"type": "url", "url": "https://example.com/a.mp3"},
            "srt": {"type": "asset_id", "asset_id": "s"}, "srt_role": "input", "disable_music_track": False,
            "enable_speech_enhancement": True, "enable_watermark": False, "keep_the_same_format": True,
            "fps_mode": "cfr", "brand_glossary_id": "g", "stock_voice_config": {"use_stock_voice": True},
        },
    }  # fmt: skip
    assert draft.delivery == {"callback_id": "c", "callback_url": "https://example.com/done"}
    assert (draft.distinct, draft.output) == ("row-1", "a.mp4")


def test_one_file_name_for_several_languages_is_told_apart(drafts):
    found = drafts("translation", {"url": URL, "output_languages": "Spanish;French", "output": "x/intro.mp4"})

    assert [draft.output for draft in found] == ["x/intro - Spanish.mp4", "x/intro - French.mp4"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"output_language": "Spanish"},
            [
                (
                    '"url": The row names no video. '
                    'Write the https link of the video to translate, or the path of one under "file".'
                ),
            ],
        ),
        ({"url": URL}, ['"output_language": The row says no language. Write one, such as "Spanish (Spain)".']),
        (
            {"url": URL, "output_language": "Spanish", "output_languages": "French"},
            ['"output_languages": It stands beside "output_language". Fill in one of the two.'],
        ),
        (
            {"url": URL, "output_languages": " ; "},
            ['"output_languages": It names no language. Write one, such as "Spanish (Spain)".'],
        ),
        (
            {"url": URL, "output_languages": "Spanish;spanish"},
            ['"output_languages": "Spanish" is named twice. Name each language once.'],
        ),
        (
            {"url": URL, "output_language": "Spansh"},
            ['"output_language": "Spansh" is not a language that HeyGen translates into. Did you mean "Spanish"?'],
        ),
        (
            {"url": URL, "output_language": "French", "start_time": "9", "end_time": "3"},
            ['"end_time": It ends at 3 s, before it begins. Write a later time.'],
        ),
        (
            {"url": URL, "output_language": "French", "srt_role": "input"},
            ['"srt_role": There is no subtitle file that could have a role. Fill in "srt" as well.'],
        ),
        (
            {"url": "v.mp4", "output_language": "es", "mode": "precison", "speaker_num": "0"},
            [
                (
                    '"url": "v.mp4" is not a link that HeyGen can fetch. '
                    "To have this file uploaded, write asset:./v.mp4; else write the https link of one."
                ),
                (
                    '"mode": "precison" is not a word that is known here. '
                    'Did you mean "precision"? Choose from: speed, precision.'
                ),
                '"speaker_num": 0 is less than 1. Write a number from 1 to 100.',
                '"output_language": "es" is a code, and HeyGen wants the name. Write "Spanish".',
            ],
        ),
    ],
)
def test_every_fault_of_a_row_is_told_at_its_column(faults, fields, told):
    assert faults("translation", fields) == told


def test_a_mistyped_header_is_named_where_its_field_is_missing(faults):
    (told,) = faults("translation", {"url": URL}, output_language="output_langauge")

    assert told == (
        '"output_langauge": This column means nothing to batchgen. The row says no language. '
        'Did you mean "output_language"?'
    )
