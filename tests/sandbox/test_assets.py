"""Uploaded files in the sandbox: three ways in, what is checked, and what may be named."""

import json
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest

from batchgen.sandbox import Call, Fate, Journal

FILM = b"\0\0\0\x18ftypmp42" + b"film" * 100
DIGEST = sha256(FILM).hexdigest()
OPEN = {"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": len(FILM), "checksum_sha256": DIGEST}


def opened(home, **changes):
    return home.post("/v3/assets/direct-uploads", {**OPEN, **changes}, idempotency_key="k")["data"]


def put(home, place, content=FILM, **headers):
    """Bring bytes to a place, as an object store is spoken to: without a key."""
    parts = urlsplit(place["upload_url"])
    sent = {**place["upload_headers"], **headers}
    return home.world.handle(Call("PUT", parts.path, dict(parse_qsl(parts.query)), sent, content))


def test_a_direct_upload_goes_from_a_place_to_an_asset(house):
    home = house()
    asked = home.call("POST", "/v3/assets/direct-uploads", OPEN)
    place = json.loads(asked.body)["data"]

    early = home.call("POST", f"/v3/assets/{place['asset_id']}/complete", {})
    stored = put(home, place)
    done = home.call("POST", f"/v3/assets/{place['asset_id']}/complete", {"checksum_sha256": DIGEST})

    assert (early.status, json.loads(early.body)["error"]["code"]) == (409, "resource_not_ready")
    assert stored.status == 200
    assert json.loads(done.body)["data"]["status"] == "completed"
    told = home.call("GET", f"/v3/assets/statuses?asset_ids={place['asset_id']},unknown")
    assert [row["status"] for row in json.loads(told.body)["data"]] == ["completed", "not_found"]
    assert home.ledger()["assets"][0] == {
        "id": place["asset_id"],
        "name": "a.mp4",
        "kind": "video/mp4",
        "route": "POST /v3/assets/direct-uploads",
        "size": len(FILM),
        "puts": 1,
        "deleted": False,
        "sha256": DIGEST,
        "state": "completed",
    }


def test_the_same_key_gives_the_same_place(house):
    home = house()

    assert opened(home) == opened(home)
    assert len(home.ledger()["assets"]) == 1


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (FILM[:-1], {}, 403, "SignatureDoesNotMatch"),
        (FILM[:-1] + b"x", {}, 400, "BadDigest"),
        (FILM, {"content-type": "image/png"}, 403, "SignatureDoesNotMatch"),
        (FILM, {"x-api-key": "sk_secret"}, 400, "InvalidArgument"),
    ],
)
def test_the_place_takes_what_was_announced_and_no_key(house, content, headers, status, code):
    home = house()

    answer = put(home, opened(home), content, **headers)

    assert (answer.status, code in answer.body.decode()) == (status, True)
    assert home.ledger()["assets"][0]["puts"] == 0


def test_a_place_is_good_for_an_hour(house):
    home = house()
    place = opened(home)

    home.clock.time += 3601

    assert put(home, place).status == 403


@pytest.mark.parametrize(
    ("fault", "status", "fate", "puts"),
    [("put_cut", 0, Fate.LOST, 0), ("put_lost", 200, Fate.LOST, 1), ("put_500", 503, Fate.DELIVER, 0),
     ("put_corrupt", 400, Fate.DELIVER, 0)],
)  # fmt: skip
def test_each_trouble_of_an_upload_does_what_it_says(house, fault, status, fate, puts):
    home = house(**{fault: 1.0})

    answer = put(home, opened(home))

    assert (answer.status, answer.fate, answer.trouble) == (status, fate, fault)
    assert home.ledger()["assets"][0]["puts"] == puts


def test_without_a_checksum_damage_is_found_when_it_is_completed(house):
    home = house(put_corrupt=1.0)
    place = opened(home, checksum_sha256=None)

    stored = put(home, place)
    done = home.call("POST", f"/v3/assets/{place['asset_id']}/complete", {"checksum_sha256": DIGEST})

    assert (stored.status, done.status) == (200, 400)
    assert "checksum" in done.body.decode()


def test_a_job_names_only_what_is_there(house, translation):
    home = house(asset_lag=5.0)
    place = opened(home)

    def create():
        named = {**translation, "video": {"type": "asset_id", "asset_id": place["asset_id"]}}
        answer = home.call("POST", "/v3/video-translations", named)
        return answer.status, json.loads(answer.body).get("error", {}).get("code")

    pending = create()
    put(home, place)
    home.post(f"/v3/assets/{place['asset_id']}/complete", {})
    looked_at = create()
    home.clock.time += 5
    ready = create()
    home.call("DELETE", f"/v3/assets/{place['asset_id']}")

    assert (pending, looked_at) == ((400, "asset_not_available"), (400, "asset_not_available"))
    assert ready == (200, None)
    assert create() == (404, "asset_not_found")


def test_a_bad_asset_in_a_batch_fails_its_own_item(house, translation):
    home = house()
    named = {**translation, "video": {"type": "asset_id", "asset_id": opened(home)["asset_id"]}}

    batch = home.post("/v3/video-translations/batches", {"video_translations": [translation, named]})["data"]

    items = home.get(f"/v3/video-translations/batches/{batch['batch_id']}")["data"]["items"]
    assert [item["status"] for item in items] == ["queued", "failed"]


def test_v1_lists_uploads_by_sort_newest_first_under_their_ids(house):
    home = house()
    for n in range(3):
        home.call("POST", "/v1/asset", FILM + bytes([n]), content_type="video/mp4")
        home.clock.time += 1
    home.call("POST", "/v1/asset", b"\x89PNG1234", content_type="image/png")

    first = home.get("/v1/asset/list?file_type=video&limit=2")["data"]
    rest = home.get(f"/v1/asset/list?file_type=video&limit=2&token={first['token']}")["data"]

    rows = first["assets"] + rest["assets"]
    assert (len(first["assets"]), rest["token"], first["total"]) == (2, None, 3)
    assert [row["created_ts"] for row in rows] == sorted((row["created_ts"] for row in rows), reverse=True)
    assert all(row["name"] == row["id"] and row["file_type"] == "video" for row in rows)
    assert home.call("GET", f"/assets/{rows[0]['id']}").body == FILM + b"\2"


def test_uploads_outlive_the_sandbox(house, tmp_path):
    with Journal(tmp_path / "j") as journal:
        first = house(journal=journal).post("/v3/assets/direct-uploads", OPEN, idempotency_key="k")["data"]

    with Journal(tmp_path / "j") as journal:
        home = house(journal=journal)

        assert home.post("/v3/assets/direct-uploads", OPEN, idempotency_key="k")["data"] == first
        assert home.ledger()["assets"][0]["id"] == first["asset_id"]
