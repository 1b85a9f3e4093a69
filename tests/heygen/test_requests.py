"""What both generations do alike: template variables, tokens, keys, batches, and where questions go."""

from __future__ import annotations

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.interface import Keys
from batchgen.model.exchange import Purpose

V3 = DIALECTS["v3"]
V2 = DIALECTS["v2"]
ANNA = {"type": "avatar", "id": "anna"}
HELLO = {"type": "text", "script": "Hello", "voice_id": "v1"}
SCENE = {"character": ANNA, "voice": HELLO}
SPANISH = {"video": {"url": "https://x/a.mp4"}, "output_language": "Spanish (Spain)", "enable_dynamic_duration": True}


def one(**scene):
    return {"scenes": [SCENE | scene]}


VARIABLES = {
    "name": {"name": "name", "type": "text", "properties": {"content": "Ada"}},
    "face": {"name": "face", "type": "character", "properties": {"type": "avatar", "character_id": "anna"}},
}


@pytest.mark.parametrize(
    ("dialect", "path"), [(V3, "/v3/templates/t%2F1"), (V2, "/v2/template/t%2F1/generate")], ids=DIALECTS
)
def test_a_template_variable_goes_out_as_it_stands_in_both(dialect, path, parcel, gaps):
    content = {
        "template_id": "t/1",
        "variables": VARIABLES,
        "caption": False,
        "scene_ids": ["s2", "s1"],
        "dimension": {"width": 1280, "height": 720},
        "extra": {"fps": 25, "reorder_music": False},
    }
    request = dialect.create([parcel(content, "template", title="T")], key="k", batched=False)

    assert gaps(dialect, content, "template") == []
    assert request.path == path
    assert request.body == {
        "variables": VARIABLES,
        "caption": False,
        "scene_ids": ["s2", "s1"],
        "dimension": {"width": 1280, "height": 720},
        "fps": 25,
        "reorder_music": False,
        "title": "T",
    }


def test_a_test_template_is_v2s_alone(body, fields):
    content = {"template_id": "t", "variables": {}, "test": True}

    assert fields(V3, content, "template") == ["test"]
    assert fields(V2, content, "template") == []
    assert body(V2, content, "template")["test"] is True


TEMPLATE = {"template_id": "t", "variables": {}}


@pytest.mark.parametrize(
    ("dialect", "kind", "content"),
    [
        (V3, "video", one()),
        (V3, "template", TEMPLATE),
        (V2, "video", one()),
        (V2, "template", TEMPLATE),
        (V2, "translation", SPANISH),
    ],
)
def test_the_token_travels_at_the_end_of_the_title(dialect, kind, content, body):
    titled = body(dialect, content, kind, "bgtoken", title="Tea", callback_id="mine")
    bare = body(dialect, content, kind, "bgtoken")
    untold = body(dialect, content, kind, None, title="Tea")

    assert (titled["title"], titled["callback_id"]) == ("Tea · bgtoken", "mine")
    assert bare["title"] == "video bgtoken"
    assert "callback_id" not in bare
    assert untold["title"] == "Tea"


def test_the_token_of_a_v3_translation_travels_in_callback_id_unless_that_is_the_users(body):
    free = body(V3, SPANISH, "translation", "bgtoken", title="Tea", callback_url="https://cb")
    taken = body(V3, SPANISH, "translation", "bgtoken", title="Tea", callback_id="mine")

    assert (free["title"], free["callback_id"], free["callback_url"]) == ("Tea", "bgtoken", "https://cb")
    assert (taken["title"], taken["callback_id"]) == ("Tea · bgtoken", "mine")
    assert "title" not in body(V3, SPANISH, "translation", "bgtoken")


@pytest.mark.parametrize(
    ("kind", "path", "items"),
    [
        ("video", "/v3/videos/batches", "videos"),
        ("translation", "/v3/video-translations/batches", "video_translations"),
    ],
)
def test_a_v3_batch_holds_the_bodies_of_its_jobs_in_order(kind, path, items, parcel):
    content = one() if kind == "video" else SPANISH
    parcels = [parcel(content, kind, f"bg{place}", title="T") for place in range(100)]
    request = V3.create(parcels, key="k", batched=True)

    assert (request.method, request.path, request.key, request.purpose) == ("POST", path, "k", Purpose.CREATE)
    assert request.body == {items: [V3.create([single], key="k", batched=False).body for single in parcels]}


@pytest.mark.parametrize(
    ("dialect", "kind", "count", "batched"),
    [
        (V3, "video", 101, True),
        (V3, "video", 2, False),
        (V3, "template", 2, True),
        (V2, "video", 2, False),
        (V2, "video", 1, True),
    ],
)
def test_what_no_request_can_hold_is_a_bug_and_not_half_a_request(dialect, kind, count, batched, parcel):
    content = one() if kind == "video" else TEMPLATE

    with pytest.raises(ValueError, match=r"request"):
        dialect.create([parcel(content, kind)] * count, key="k", batched=batched)


def test_keys_are_sent_where_they_may_be_honoured_and_v2_has_none(parcel):
    for kind, content in (("video", one()), ("template", TEMPLATE), ("translation", SPANISH)):
        assert V3.endpoint(kind).keys is Keys.KNOWN
        assert V3.create([parcel(content, kind)], key="k", batched=False).key == "k"
        assert V2.endpoint(kind).keys is Keys.NONE
        assert V2.create([parcel(content, kind)], key="k", batched=False).key is None


def test_an_empty_look_proves_nothing_for_v2_translations():
    assert not V2.endpoint("translation").titled
    assert all(V2.endpoint(kind).titled for kind in ("video", "template"))


def asked(request):
    return request.method, request.path, request.query, request.purpose


@pytest.mark.parametrize(
    ("request_", "path", "query", "purpose"),
    [
        (V3.status("video", ["a/b"]), "/v3/videos/a%2Fb", (), Purpose.STATUS),
        (V3.status("template", ["a", "b"]), "/v3/videos/statuses", (("video_ids", "a,b"),), Purpose.STATUS),
        (V3.status("translation", ["a"]), "/v3/video-translations/a", (), Purpose.STATUS),
        (
            V3.status("translation", ["a", "b"]),
            "/v3/video-translations/statuses",
            (("video_translation_ids", "a,b"),),
            Purpose.STATUS,
        ),
        (V3.batch("video", "b1"), "/v3/videos/batches/b1", (("limit", "100"),), Purpose.STATUS),
        (
            V3.batch("translation", "b1", "t"),
            "/v3/video-translations/batches/b1",
            (("limit", "100"), ("token", "t")),
            Purpose.STATUS,
        ),
        (V3.listing("video", title="bgx"), "/v3/videos", (("limit", "100"), ("title", "bgx")), Purpose.LIST),
        (V3.listing("template", token="t", title=""), "/v3/videos", (("limit", "100"), ("token", "t")), Purpose.LIST),
        (V3.listing("translation", title="bgx"), "/v3/video-translations", (("limit", "100"),), Purpose.LIST),
        (V3.balance(), "/v3/users/me", (), Purpose.ACCOUNT),
        (V2.status("video", ["a&b"]), "/v1/video_status.get", (("video_id", "a&b"),), Purpose.STATUS),
        (V2.status("template", ["a"]), "/v1/video_status.get", (("video_id", "a"),), Purpose.STATUS),
        (V2.status("translation", ["a/b"]), "/v2/video_translate/a%2Fb", (), Purpose.STATUS),
        (V2.listing("video", token="t", title="x"), "/v1/video.list", (("limit", "100"), ("token", "t")), Purpose.LIST),
        (V2.gallery("translation", token="t"), "/v2/videos", (("limit", "100"), ("token", "t")), Purpose.LIST),
        (V3.gallery("translation"), "/v3/video-translations", (("limit", "100"),), Purpose.LIST),
        (V2.balance(), "/v2/user/remaining_quota", (), Purpose.ACCOUNT),
    ],
)
def test_every_question_is_asked_at_its_address(request_, path, query, purpose):
    assert asked(request_) == ("GET", path, query, purpose)
