"""Each v3 reply fits the schema that HeyGen publishes for it."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import jsonschema
import pytest

from batchgen.sandbox import Call
from batchgen.sandbox.plans import PLANS

FOLDER = os.environ.get("HEYGEN_SCHEMAS", "")
SPEC = Path(FOLDER, "heygen-v3.openapi.json")
pytestmark = pytest.mark.skipif(
    not FOLDER or not SPEC.exists(), reason="HEYGEN_SCHEMAS names no folder with heygen-v3.openapi.json"
)


def plain(schema):
    """Say OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: plain(one) for name, one in schema.items() if name != "nullable"}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") is True else told


@pytest.fixture(scope="module")
def spec():
    return json.loads(SPEC.read_text())["paths"]


def check(spec, method, path, answer):
    reply = spec[path][method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer.status == 200, answer.body
    jsonschema.validate(json.loads(answer.body), plain(reply))


@pytest.mark.parametrize("wait", [0, 1, 5, 11])
@pytest.mark.parametrize("failed", [0.0, 1.0])
def test_jobs_are_told_as_the_schema_says(house, spec, avatar, translation, wait, failed):
    home = house(failed=failed)
    made = home.call("POST", "/v3/videos", avatar)
    video = json.loads(made.body)["data"]["video_id"]
    home.call("POST", "/v3/video-translations", {**translation, "enable_caption": True})
    told = home.get("/v3/video-translations")["data"][0]["id"]
    videos = home.post("/v3/videos/batches", {"videos": [avatar, {}]})["data"]["batch_id"]
    others = home.post("/v3/video-translations/batches", {"video_translations": [translation]})["data"]["batch_id"]
    home.clock.time += wait

    for method, path, url in (
        ("GET", "/v3/videos/{video_id}", f"/v3/videos/{video}"),
        ("GET", "/v3/videos", "/v3/videos?limit=1"),
        ("GET", "/v3/videos/statuses", f"/v3/videos/statuses?video_ids={video},x&batch_ids={videos}"),
        ("GET", "/v3/videos/batches/{batch_id}", f"/v3/videos/batches/{videos}"),
        ("GET", "/v3/video-translations/{video_translation_id}", f"/v3/video-translations/{told}"),
        ("GET", "/v3/video-translations", "/v3/video-translations"),
        ("GET", "/v3/video-translations/statuses", f"/v3/video-translations/statuses?video_translation_ids={told}"),
        ("GET", "/v3/video-translations/batches/{batch_id}", f"/v3/video-translations/batches/{others}"),
        ("DELETE", "/v3/videos/{video_id}", f"/v3/videos/{video}"),
        ("DELETE", "/v3/video-translations/{video_translation_id}", f"/v3/video-translations/{told}"),
    ):
        check(spec, method, path, home.call(method, url))


@pytest.mark.parametrize("wait", [0, 5, 11])
@pytest.mark.parametrize("faults", [{}, {"failed": 1.0, "item_lag": 8.0}])
def test_lipsyncs_and_sessions_are_told_as_the_schema_says(house, spec, lipsync, wait, faults):
    home = house(**faults)
    made, asked = home.call("POST", "/v3/lipsyncs", lipsync), home.call("POST", "/v3/video-agents", {"prompt": "Bees."})
    one, session = (json.loads(answer.body)["data"] for answer in (made, asked))
    batch = home.post("/v3/lipsyncs/batches", {"lipsyncs": [lipsync, {}]})["data"]["batch_id"]
    home.clock.time += wait

    check(spec, "POST", "/v3/lipsyncs", made)
    check(spec, "POST", "/v3/video-agents", asked)
    for method, path, url in (
        ("GET", "/v3/lipsyncs/{lipsync_id}", f"/v3/lipsyncs/{one['lipsync_id']}"),
        ("GET", "/v3/lipsyncs", "/v3/lipsyncs?limit=1"),
        ("GET", "/v3/lipsyncs/statuses", f"/v3/lipsyncs/statuses?lipsync_ids={one['lipsync_id']},x&batch_ids={batch}"),
        ("GET", "/v3/lipsyncs/batches/{batch_id}", f"/v3/lipsyncs/batches/{batch}"),
        ("GET", "/v3/video-agents", "/v3/video-agents"),
        ("GET", "/v3/video-agents/{session_id}", f"/v3/video-agents/{session['session_id']}"),
        ("GET", "/v3/video-agents/{session_id}/videos", f"/v3/video-agents/{session['session_id']}/videos"),
        ("DELETE", "/v3/lipsyncs/{lipsync_id}", f"/v3/lipsyncs/{one['lipsync_id']}"),
    ):
        check(spec, method, path, home.call(method, url))


@pytest.mark.parametrize("plan", ["free", "pro", "scale", "enterprise", "payg"])
def test_accounts_are_told_as_the_schema_says(house, spec, plan):
    check(spec, "GET", "/v3/users/me", house(options={"plan": PLANS[plan]}).call("GET", "/v3/users/me"))


@pytest.mark.parametrize(
    "path", ["/v3/templates", "/v3/voices", "/v3/avatars", "/v3/avatars/looks", "/v3/video-translations/languages"]
)
def test_lists_are_told_as_the_schema_says(house, spec, path):
    check(spec, "GET", path, house().call("GET", path))


@pytest.mark.parametrize("name", ["Daisy-inskirt-20220818", "one-of-mine"])
def test_looks_and_voices_are_told_one_by_one_as_the_schema_says(house, spec, name):
    check(spec, "GET", "/v3/avatars/looks/{look_id}", house().call("GET", f"/v3/avatars/looks/{name}"))
    check(spec, "GET", "/v3/voices/{voice_id}", house().call("GET", f"/v3/voices/{name}"))


def test_templates_translations_and_uploads_are_told_as_the_schema_says(house, spec, translation):
    home = house()
    template = "/v3/templates/{template_id}"
    details = home.call("GET", "/v3/templates/showcase")
    values = json.loads(details.body)["data"]["variables"]

    check(spec, "GET", template, details)
    check(spec, "POST", template, home.call("POST", "/v3/templates/showcase", {"variables": values}))
    made = home.call("POST", "/v3/video-translations", translation)
    check(spec, "POST", "/v3/video-translations", made)
    told = json.loads(made.body)["data"]["video_translation_ids"][0]
    path = "/v3/video-translations/{video_translation_id}"
    check(spec, "PATCH", path, home.call("PATCH", f"/v3/video-translations/{told}", {"title": "New"}))


def test_an_upload_is_told_as_the_schema_says(house, spec):
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG1234\r\n--b--\r\n'

    answer = house().call("POST", "/v3/assets", form, content_type="multipart/form-data; boundary=b")

    check(spec, "POST", "/v3/assets", answer)


def test_a_direct_upload_is_told_as_the_schema_says(house, spec):
    home = house()
    content = b"\x89PNG1234"
    asked = home.call(
        "POST",
        "/v3/assets/direct-uploads",
        {"filename": "a.png", "content_type": "image/png", "size_bytes": len(content)},
    )
    place = json.loads(asked.body)["data"]
    link = urlsplit(place["upload_url"])
    home.world.handle(Call("PUT", link.path, dict(parse_qsl(link.query)), place["upload_headers"], content))
    path = f"/v3/assets/{place['asset_id']}"

    check(spec, "POST", "/v3/assets/direct-uploads", asked)
    check(spec, "POST", "/v3/assets/{asset_id}/complete", home.call("POST", f"{path}/complete", {}))
    check(spec, "GET", "/v3/assets/{asset_id}", home.call("GET", path))
    check(spec, "GET", "/v3/assets/statuses", home.call("GET", f"/v3/assets/statuses?asset_ids={place['asset_id']}"))
    check(spec, "DELETE", "/v3/assets/{asset_id}", home.call("DELETE", path))
