"""Lipsyncs, pictures that speak, cinematic videos and the video agent in v3, and that v2 knows none of them."""

from __future__ import annotations

import json

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.interface import Keys
from batchgen.model.exchange import Accepted, Reply, Stage

V3, V2 = DIALECTS["v3"], DIALECTS["v2"]
FILES = {"video": {"url": "https://x/v.mp4"}, "audio": {"asset_id": "a"}}
PICTURE = {
    "scenes": [
        {
            "character": {"type": "image", "media": {"asset_id": "p"}},
            "voice": {"type": "text", "script": "Hi.", "voice_id": "v"},
        }
    ]
}
CINEMATIC = {"prompt": "She walks.", "avatar_id": ["d"], "references": [{"url": "https://x/r.png"}]}
CONTENTS = {"lipsync": FILES, "image": PICTURE, "cinematic": CINEMATIC, "agent": {"prompt": "Bees."}}


def reply(data, status=200):
    return Reply(status=status, body=json.dumps({"data": data}).encode())


def test_a_lipsync_carries_its_token_in_the_callback_id(body):
    assert body(V3, FILES | {"mode": "precision"}, "lipsync", "bgtoken", title="Dub", folder_id="f") == {
        "video": {"type": "url", "url": "https://x/v.mp4"},
        "audio": {"type": "asset_id", "asset_id": "a"},
        "mode": "precision",
        "title": "Dub",
        "folder_id": "f",
        "callback_id": "bgtoken",
    }


def test_a_picture_and_a_cinematic_video_carry_it_in_the_title(body):
    picture, shot = (body(V3, CONTENTS[kind], kind, "bgtoken", title="T") for kind in ("image", "cinematic"))

    assert picture == {
        "type": "image", "image": {"type": "asset_id", "asset_id": "p"}, "script": "Hi.", "voice_id": "v",
        "title": "T · bgtoken",
    }  # fmt: skip
    assert shot == {
        "type": "cinematic_avatar", "prompt": "She walks.", "avatar_id": ["d"], "title": "T · bgtoken",
        "references": [{"type": "url", "url": "https://x/r.png"}],
    }  # fmt: skip


def test_an_agent_is_asked_for_one_video_and_takes_no_title_and_no_token(body):
    assert body(V3, {"prompt": "Bees.", "files": [{"asset_id": "f"}]}, "agent", "bgtoken", title="T") == {
        "mode": "generate",
        "prompt": "Bees.",
        "files": [{"type": "asset_id", "asset_id": "f"}],
    }


@pytest.mark.parametrize("kind", CONTENTS)
def test_where_they_are_sent_and_whether_keys_are_honoured_is_data(parcel, kind):
    endpoint = V3.endpoint(kind)
    sent = V3.create([parcel(CONTENTS[kind], kind)], key="k", batched=False)

    assert sent.path == {"lipsync": "/v3/lipsyncs", "agent": "/v3/video-agents"}.get(kind, "/v3/videos")
    assert (sent.key, endpoint.keys) == ("k", Keys.BELIEVED if kind == "agent" else Keys.KNOWN)
    assert endpoint.batch_limit == (1 if kind == "agent" else 100)
    assert endpoint.takes_token is (kind != "agent")


def test_an_agents_session_is_a_batch_of_one_until_its_video_is_known():
    at_once = V3.read_create(reply({"session_id": "s", "status": "thinking", "video_id": "v"}), jobs=1, batched=False)
    later = V3.read_create(reply({"session_id": "s", "status": "thinking", "video_id": None}), jobs=1, batched=False)

    assert at_once == Accepted(remote_ids=("v",), batch_id="s")
    assert later == Accepted(remote_ids=(), batch_id="s")
    assert V3.batch("agent", "s/1").path == "/v3/video-agents/s%2F1"


@pytest.mark.parametrize(
    ("told", "stage", "error"),
    [
        ({"status": "thinking"}, Stage.WORKING, None),
        ({"status": "generating", "video_id": "v"}, Stage.WORKING, None),
        ({"status": "completed", "video_id": None}, Stage.WORKING, None),
        ({"status": "completed", "video_id": "v"}, Stage.READY, None),
        ({"status": "failed"}, Stage.BROKEN, "The agent came to no video."),
        (
            {"status": "failed", "messages": [{"type": "text", "content": "a"}, {"type": "error", "content": "No."}]},
            Stage.BROKEN,
            "No.",
        ),
    ],
)
def test_a_session_tells_how_far_its_video_is(told, stage, error):
    (row,) = V3.read_batch("agent", reply({"session_id": "s", **told}), batch_id="s").rows

    assert (row.stage, row.error, row.remote_id, row.item) == (stage, error, told.get("video_id"), 0)


def test_a_session_tells_what_it_was_asked_first():
    said = [("model", "Done."), ("user", "And wasps."), ("model", "Which?"), ("user", "Bees.")]
    messages = [{"role": role, "type": "text", "content": content} for role, content in said]
    (row,) = V3.read_batch("agent", reply({"session_id": "s", "messages": messages}), batch_id="s").rows

    assert row.prompt == "Bees."


def test_the_list_of_sessions_tells_their_times_and_where_it_goes_on():
    rows = [{"session_id": "s", "created_at": 7, "title": "A film"}, {"session_id": "r", "created_at": 6}]
    page = V3.read_batches("agent", Reply(status=200, body=json.dumps({"data": rows, "next_token": "t"}).encode()))

    assert [(one.batch_id, one.created_at) for one in page.rows] == [("s", 7.0), ("r", 6.0)]
    assert page.next_token == "t"


def test_what_they_do_not_take_is_told_with_the_way_out(gaps):
    assert gaps(V3, {"prompt": "x"}, "agent", callback_id="c") == [
        (
            "callback_id",
            "The agent takes it only beside an address to call back.",
            'Write a "callback_url" as well, or leave it out.',
        )
    ]
    assert gaps(V3, {"prompt": "x"}, "agent", callback_id="c", callback_url="https://x", title="T") == []
    assert [gap[0] for gap in gaps(V3, CINEMATIC, "cinematic", callback_url="u", folder_id="f")] == [
        "folder_id",
        "callback_url",
    ]
    assert [gap[0] for gap in gaps(V3, {**PICTURE, "extra": {"engine": "avatar_v"}}, "image", folder_id="f")] == [
        "folder_id",
        "engine",
    ]
    assert gaps(V3, FILES, "lipsync", callback_id="c", folder_id="f") == []
    for api, dialect in DIALECTS.items():
        assert gaps(dialect, {}, "session", folder_id="f", callback_url="u", title="T") == [
            ("folder_id", f"A session takes none in {api}.", "Leave it out."),
            ("callback_url", f"A session takes none in {api}.", "Leave it out."),
        ]


@pytest.mark.parametrize("kind", CONTENTS)
def test_v2_makes_none_of_them(gaps, kind):
    ((_, problem, remedy),) = gaps(V2, CONTENTS[kind], kind)

    assert problem == "v2 has no word for this."
    assert remedy.endswith("needs `api: v3`.")
