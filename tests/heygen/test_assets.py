"""Uploads as both generations ask for them, and what their replies mean."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import Unusable
from batchgen.model.exchange import HeldBack, Hold, NoAnswer, Purpose, Refused, Reply, Upload
from batchgen.model.media import Asset, AssetState, Kept, LocalFile, Slot

V3, V2 = DIALECTS["v3"].assets, DIALECTS["v2"].assets
SHA = "ab" * 32
CLIP = LocalFile(path="/films/tour.mp4", size=1000, mtime_ns=1, media_type="video/mp4", sha256=SHA)
UPLOAD = Upload(pieces=lambda: iter(()), size=1000, media_type="video/mp4")
ASSET = Asset(sha256=SHA, state=AssetState.OPEN, asset_id="as/1", url="https://files/as1")


def reply(body, status=200, **headers):
    return Reply(status=status, headers=headers, body=json.dumps(body).encode())


def error(code, message="no", status=400):
    return reply({"error": {"code": code, "message": message}}, status)


def test_v3_asks_for_a_place_under_a_key_and_tells_what_is_to_come():
    asked = V3.open(CLIP, key="bg-1", upload=UPLOAD)

    assert (asked.method, asked.path, asked.key, asked.purpose) == (
        "POST",
        "/v3/assets/direct-uploads",
        "bg-1",
        Purpose.UPLOAD,
    )
    assert asked.body == {
        "filename": "tour.mp4",
        "content_type": "video/mp4",
        "size_bytes": 1000,
        "checksum_sha256": SHA,
    }
    assert asked.upload is None


def test_v3_takes_over_what_was_put_there_with_its_checksum():
    asked = V3.complete(ASSET)

    assert (asked.method, asked.path, asked.body) == ("POST", "/v3/assets/as%2F1/complete", {"checksum_sha256": SHA})


def test_v2_sends_the_bytes_themselves_to_a_host_of_their_own():
    asked = V2.open(CLIP, key="bg-1", upload=UPLOAD)

    assert (asked.method, asked.path, asked.host, asked.key) == ("POST", "/v1/asset", "upload", None)
    assert asked.upload is UPLOAD


def test_a_place_is_read_with_its_headers_and_its_limit():
    told = {"asset_id": "a", "upload_url": "https://s3/x", "upload_headers": {"X-Amz-A": 1}, "max_bytes": 5}

    assert V3.read_open(reply({"data": told})) == Slot(
        asset_id="a", url="https://s3/x", headers={"X-Amz-A": "1"}, most=5
    )


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (reply({"data": {"asset_id": "a"}}), NoAnswer),
        (reply({}, 502), NoAnswer),
        (error("rate_limit_exceeded", status=429), HeldBack),
        (error("unauthorized", status=401), HeldBack),
        (error("request_in_progress", status=409), HeldBack),
        (error("invalid_parameter", "content_type is not supported"), Refused),
        (error("payload_too_large", status=413), Refused),
    ],
)
def test_other_replies_to_it_mean_what_they_mean_everywhere(told, meant):
    assert isinstance(V3.read_open(told), meant)


@pytest.mark.parametrize(
    ("status", "ready"), [("completed", True), ("processing", False), ("queued", False), (None, True)]
)
def test_an_asset_is_ready_when_the_server_has_looked_at_it(status, ready):
    told = {"asset_id": "a", "url": "u", "status": status}

    assert V3.read_complete(reply({"data": told})) == Kept(asset_id="a", url="u", ready=ready)


@pytest.mark.parametrize("told", [error("resource_not_ready", status=409), error("asset_not_available")])
def test_bytes_that_have_not_landed_yet_are_waited_for(told):
    assert V3.read_complete(told) == HeldBack(hold=Hold.IN_PROGRESS, code=told_code(told), message="no")


def told_code(told):
    return json.loads(told.body)["error"]["code"]


@pytest.mark.parametrize(
    ("code", "message", "damaged"),
    [
        ("invalid_parameter", "The checksum does not match.", True),
        ("BadDigest", "The sha256 you specified did not match", True),
        ("invalid_parameter", "The file was not uploaded", True),
        ("invalid_parameter", "The content type is not allowed", False),
    ],
)
def test_damaged_bytes_are_told_from_unwelcome_ones(code, message, damaged):
    assert V3.damaged(Refused(code=code, message=message)) is damaged


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        ({"video_id": "a", "status": "completed"}, Kept(asset_id="a")),
        ({"video_id": "a", "status": "processing"}, Kept(asset_id="a", ready=False)),
        ({"video_id": "a", "status": "not_found"}, None),
        ({"video_id": "b", "status": "completed"}, None),
        (
            {"video_id": "a", "status": "failed", "error": {"code": "bad", "message": "No video in it."}},
            Refused(code="bad", message="No video in it."),
        ),
    ],
)
def test_v3_tells_how_far_it_is_with_looking_at_an_asset(row, meant):
    assert V3.progress("a").query == (("asset_ids", "a"),)
    assert V3.read_progress(reply({"data": [row]}), "a") == meant


def test_an_asset_that_v3_no_longer_has_is_missing():
    assert V3.ask("a").path == "/v3/assets/a"
    with pytest.raises(ApiError) as gone:
        V3.read_ask(error("asset_not_found", status=404), "a")

    assert gone.value.missing


def test_v2_lists_assets_of_one_sort_page_by_page():
    asked = V2.listing("video/mp4", "t")
    rows = [{"id": "a", "name": "a", "file_type": "video", "created_ts": 7, "url": "https://x"}, {"name": "no id"}]

    page = V2.read_listing(reply({"code": 100, "data": {"assets": rows, "token": "next"}}))

    assert (asked.path, asked.query) == (
        "/v1/asset/list",
        (("limit", "100"), ("file_type", "video"), ("token", "t")),
    )
    assert page.rows == (Kept(asset_id="a", url="https://x", created_at=7.0),)
    assert page.next_token == "next"
    with pytest.raises(ApiError):
        V2.read_listing(reply({"code": 100, "data": {}}))


def test_an_error_inside_a_200_is_no_asset():
    told = V2.read_open(reply({"code": 400543, "message": "Content type not match", "data": None}))

    assert told == Refused(code="400543", message="Content type not match")


def test_a_translation_is_given_the_link_in_v2_and_everything_else_the_id():
    assert V3.media("translation", ASSET) == V3.media("video", ASSET) == {"asset_id": "as/1"}
    assert V2.media("translation", ASSET) == {"url": "https://files/as1"}
    assert V2.media("video", ASSET) == V2.media("template", ASSET) == {"asset_id": "as/1"}


@pytest.mark.parametrize(
    ("assets", "kind", "sort", "media_type", "size", "said"),
    [
        (V3, "translation", "video", "video/quicktime", 1, "A video belongs here, and /films/tour.mp4 is video/quick"),
        (V3, "video", "image", "", 1, "A picture belongs here, and /films/tour.mp4 holds something else. HeyGen takes"),
        (V3, "video", "audio", "audio/mpeg", 50_000_001, "/films/tour.mp4 has 50 MB, and at most 50 MB may be upl"),
        (V3, "translation", "video", "video/mp4", 6 * 1024**3, "has 6,442 MB, and at most 5,369 MB"),
        (V2, "translation", "video", "video/mp4", 100_000_001, "at most 100 MB may be uploaded here. Make it smaller"),
        (V2, "translation", "subtitles", "application/x-subrip", 1, "use `api: v3`"),
    ],
)
def test_what_is_not_taken_is_told_before_anything_is_sent(assets, kind, sort, media_type, size, said):
    file = LocalFile(path=CLIP.path, size=size, mtime_ns=1, media_type=media_type, sha256=SHA)

    with pytest.raises(Unusable) as wrong:
        assets.check(kind, sort, file)

    assert said in str(wrong.value)


@pytest.mark.parametrize("kind", ["translation", "lipsync"])
def test_a_long_film_may_be_worked_on_in_v3(kind):
    V3.check(kind, "video", LocalFile(**{**fields(CLIP), "size": 4 * 1024**3}))


@pytest.mark.parametrize(
    ("sort", "media_type", "size", "said"),
    [
        ("attachment", "application/pdf", 30_000_000, None),
        ("attachment", "image/png", 30_000_000, None),
        ("attachment", "video/mp4", 90_000_000, None),
        ("attachment", "application/pdf", 40_000_000, "at most 32 MB"),
        ("attachment", "image/png", 60_000_000, "at most 50 MB"),
        ("attachment", "", 10, "A picture, a video, a recording or a PDF belongs here"),
        ("reference", "audio/mpeg", 10, None),
        ("reference", "application/pdf", 10, "PNG or JPEG, MP4 or WebM, MP3 or WAV"),
    ],
)
def test_a_place_for_several_sorts_takes_each_up_to_its_own_size(sort, media_type, size, said):
    file = LocalFile(path=CLIP.path, size=size, mtime_ns=1, media_type=media_type, sha256=SHA)

    with pytest.raises(Unusable, match=said) if said else nullcontext():
        V3.check("agent", sort, file)


def fields(file):
    return {name: getattr(file, name) for name in LocalFile.__dataclass_fields__}


def test_a_file_of_this_machine_leaves_no_gap_in_v2(gaps):
    content = {
        "video": {"sha256": SHA},
        "output_language": "German",
        "enable_dynamic_duration": True,
        "extra": {"audio": {"sha256": SHA}},
    }

    assert gaps(DIALECTS["v2"], content, "translation") == []
