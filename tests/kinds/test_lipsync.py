from __future__ import annotations

import pytest

from batchgen.model.media import NamedFile

URL, SOUND = "https://example.com/video.mp4", "https://example.com/voice.mp3"


def test_everything_a_lipsync_can_say_has_its_place(drafts):
    (draft,) = drafts(
        "lipsync",
        {
            "url": URL, "audio": "asset:s", "mode": "quality", "start_time": "10", "end_time": "1:30",
            "enable_caption": "1", "enable_dynamic_duration": "false", "enable_speech_enhancement": "true",
            "enable_watermark": "no", "disable_music_track": "yes", "keep_the_same_format": "true", "fps_mode": "cfr",
            "title": "Dub", "folder_id": "f", "callback_id": "c", "duration": "95",
        },
    )  # fmt: skip

    assert draft.content == {
        "video": {"url": URL}, "audio": {"asset_id": "s"}, "mode": "precision", "start_time": 10.0, "end_time": 90.0,
        "enable_caption": True, "enable_dynamic_duration": False, "enable_speech_enhancement": True,
        "enable_watermark": False, "disable_music_track": True, "keep_the_same_format": True, "fps_mode": "cfr",
    }  # fmt: skip
    assert draft.delivery == {"title": "Dub", "folder_id": "f", "callback_id": "c"}
    assert draft.length_s == 95.0


def test_both_of_its_files_may_lie_on_this_machine(drafts):
    (draft,) = drafts("lipsync", {"file": "clips/a.mp4", "audio": "asset:./a.mp3"})

    assert draft.files == {NamedFile("clips/a.mp4", "video"): "file", NamedFile("./a.mp3", "audio"): "audio"}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (
            {"audio": SOUND},
            '"url": The row names no video. Write its https link, or the path of one under "file".',
        ),
        (
            {"url": URL},
            '"audio": The row names no sound. Write the https link of a recording, asset:ID or asset:./path.',
        ),
        (
            {"url": URL, "file": "a.mp4", "audio": SOUND},
            '"file": It stands beside "url", and there is one video to a row. Leave one of them empty.',
        ),
        (
            {"url": URL, "audio": SOUND, "start_time": "9", "end_time": "4"},
            '"end_time": It ends at 4 s, before it begins. Write a later time.',
        ),
    ],
)
def test_what_cannot_be_dubbed_is_a_fault(faults, fields, fault):
    assert faults("lipsync", fields) == [fault]
