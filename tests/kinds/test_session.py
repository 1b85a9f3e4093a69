"""What a row means that asks for a session with an avatar."""

from __future__ import annotations

import pytest

SOUND = {"avatar_id": "Daisy_public", "lines": "Hello."}


def test_lines_stand_in_one_cell_and_are_said_word_for_word(drafts):
    (draft,) = drafts("session", SOUND | {"lines": "Good morning. | How are you?\nBye."})

    assert draft.content == {
        "avatar_id": "Daisy_public",
        "idle_timeout": 120,
        "lines": [{"text": one, "type": "repeat"} for one in ("Good morning.", "How are you?", "Bye.")],
    }


@pytest.mark.parametrize("word", ["talk", "chat", "Talk"])
def test_a_row_may_have_its_lines_answered(drafts, word):
    (draft,) = drafts("session", SOUND | {"task_type": word})

    assert draft.content["lines"] == [{"text": "Hello.", "type": "talk"}]


def test_each_line_may_say_how_it_is_meant_in_yaml(drafts):
    (draft,) = drafts("session", SOUND | {"lines": ["Hello.", {"talk": "What do you sell?"}, 3]})

    assert [(one["text"], one["type"]) for one in draft.content["lines"]] == [
        ("Hello.", "repeat"), ("What do you sell?", "talk"), ("3", "repeat"),
    ]  # fmt: skip


def test_how_it_sounds_may_be_the_group_that_the_reference_shows(drafts, faults):
    group = {"voice_id": "v", "rate": 1.2, "emotion": "Friendly", "elevenlabs_settings": {"stability": 0.5}}

    (nested,), (flat,) = drafts("session", SOUND | {"voice": group}), drafts("session", SOUND | group)

    assert nested.content == flat.content
    assert faults("session", SOUND | {"voice": group, "rate": "1.1"}) == [
        '"voice.rate": It says something else than "rate". Keep one of the two.'
    ]
    assert faults("session", SOUND | {"voice": {"rte": 1}}) == [
        '"voice": "rte" means nothing in this group. Did you mean "rate"?'
    ]


def test_everything_that_a_session_is_held_with_is_read(drafts):
    fields = {
        "quality": "High",
        "voice_id": "v",
        "rate": "1.2",
        "emotion": "friendly",
        "knowledge_base": "We sell boats.",
        "video_encoding": "h264",
        "protocol": "livekit",
        "idle_timeout": "60",
        "max_duration": "90",
        "stt_settings": {"provider": "deepgram"},
        "elevenlabs_settings": {"stability": 0.5},
    }

    (draft,) = drafts("session", SOUND | fields)

    assert draft.content == {
        "avatar_id": "Daisy_public",
        "idle_timeout": 60,
        "lines": [{"text": "Hello.", "type": "repeat"}],
        "quality": "high",
        "voice": {"voice_id": "v", "rate": 1.2, "emotion": "Friendly", "elevenlabs_settings": {"stability": 0.5}},
        "knowledge_base": "We sell boats.",
        "video_encoding": "H264",
        "protocol": "livekit",
        "max_duration": 90.0,
        "extra": {"stt_settings": {"provider": "deepgram"}},
    }


def test_the_usual_protocol_makes_the_same_session_whether_it_is_written_or_not(drafts):
    (said,), (unsaid,) = drafts("session", SOUND | {"protocol": "webrtc"}), drafts("session", SOUND)

    assert said.identity("sandbox") == unsaid.identity("sandbox")


@pytest.mark.parametrize("avatar", ["Anna_public_v2", "v1-Anna"])
def test_an_avatar_that_is_served_no_more_is_told_before_anything_is_sent(faults, avatar):
    (told,) = faults("session", SOUND | {"avatar_id": avatar})

    assert told.startswith(f'"avatar_id": "{avatar}" is an avatar of version v')
    assert "Write the avatar_id of one of version v3 or newer." in told


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"lines": "Hello."}, '"avatar_id": The row says no avatar. Write the id of an interactive avatar.'),
        ({"avatar_id": "A", "lines": "|"}, '"lines": The session has nothing to say. Write what is said, with "|" between lines.'),
        ({**SOUND, "lines": [{"shout": "Hi"}]}, '"lines": Line 1: "shout" is not a word that is known here.'),
        ({**SOUND, "knowledge_base": "x", "knowledge_base_id": "y"}, '"knowledge_base_id": It stands beside "knowledge_base". Fill in one of the two.'),
        ({**SOUND, "idle_timeout": "5"}, '"idle_timeout": 5 is less than 30. Write a number from 30 to 3600.'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_column(faults, fields, problem):
    told = faults("session", fields)

    assert [one.partition(" Write a text")[0] for one in told] == [problem]


def test_a_row_with_lines_is_a_session_and_one_with_a_script_a_video():
    from batchgen.kinds import KINDS

    marks = {name: kind.words for name, kind in KINDS.items()}

    assert marks["session"].canonical("script") is None
    assert marks["session"].marks == (frozenset({"avatar_id", "lines"}),)
