"""How both generations are asked what there is, and what their answers mean."""

from __future__ import annotations

import json

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.catalogue import Item, Scene, Topic
from batchgen.model.exchange import Reply

V3, V2 = DIALECTS["v3"], DIALECTS["v2"]


def reply(body, status: int = 200) -> Reply:
    return Reply(status=status, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("request_", "path", "query"),
    [
        (V3.catalogue(Topic.AVATAR), "/v3/avatars/looks", {"limit": "50"}),
        (
            V3.catalogue(Topic.VOICE, token="n", mine=True),
            "/v3/voices",
            {"limit": "100", "type": "private", "token": "n"},
        ),
        (V3.catalogue(Topic.LANGUAGE), "/v3/video-translations/languages", {}),
        (V3.lookup(Topic.AVATAR, "a/b"), "/v3/avatars/looks/a%2Fb", {}),
        (V3.lookup(Topic.TEMPLATE, "t"), "/v3/templates/t", {}),
        (V2.catalogue(Topic.TALKING_PHOTO), "/v2/avatars", {}),
        (V2.catalogue(Topic.LANGUAGE), "/v2/video_translate/target_languages", {}),
        (V2.lookup(Topic.AVATAR, "a b"), "/v2/avatar/a%20b/details", {}),
        (V2.lookup(Topic.TEMPLATE, "t"), "/v2/template/t", {}),
    ],
)
def test_asking_is_a_get_and_costs_nothing(request_, path, query):
    assert (request_.method, request_.path, dict(request_.query)) == ("GET", path, query)
    assert request_.body is None
    assert request_.purpose == "account"


@pytest.mark.parametrize(("dialect", "topic"), [(V2, Topic.VOICE), (V2, Topic.TALKING_PHOTO), (V3, Topic.LANGUAGE)])
def test_what_comes_as_a_list_alone_has_no_lookup(dialect, topic):
    assert dialect.lookup(topic, "x") is None


def test_a_page_of_v3_gives_its_cursor():
    body = {"data": [{"voice_id": "v", "name": "Sara", "language": "English", "gender": "Female"}], "next_token": "n"}

    page = V3.read_catalogue(Topic.VOICE, reply({**body, "has_more": True}))

    assert page.items == (Item(id="v", name="Sara", language="English", gender="female"),)
    assert page.next_token == "n"
    assert V3.read_catalogue(Topic.VOICE, reply({**body, "has_more": False})).next_token is None


def test_v2_tells_avatars_and_photos_in_one_reply():
    body = {
        "error": None,
        "data": {
            "avatars": [{"avatar_id": "a", "avatar_name": "Daisy", "default_voice_id": "v"}],
            "talking_photos": [{"talking_photo_id": "p", "talking_photo_name": "Maya"}],
        },
    }

    found = (Item(id="a", name="Daisy", default_voice="v"), Item(id="p", name="Maya", photo=True))
    assert V2.read_catalogue(Topic.AVATAR, reply(body)).items == found
    assert V2.read_catalogue(Topic.TALKING_PHOTO, reply(body)).items == found


@pytest.mark.parametrize(
    ("dialect", "body", "scenes"),
    [
        (V2, {"error": None, "data": {"variables": {"name": {"name": "name", "type": "text"}}}}, ()),
        (
            V3,
            {
                "data": {
                    "id": "t",
                    "variables": {"name": {"name": "name", "type": "text"}},
                    "scenes": [{"scene_id": "1", "script": "Hi {{name}}"}, {"scene_id": "2", "script": None}],
                }
            },
            (Scene(id="1", script="Hi {{name}}"), Scene(id="2")),
        ),
    ],
)
def test_a_template_tells_its_variables(dialect, body, scenes):
    assert dialect.read_lookup(Topic.TEMPLATE, reply(body), asked="t") == Item(
        id="t", variables={"name": "text"}, scenes=scenes
    )


@pytest.mark.parametrize(
    ("dialect", "status", "body"),
    [
        (V3, 404, {"error": {"code": "avatar_not_found", "message": "Avatar not found."}}),
        (V3, 404, {"error": {"code": "not_found", "message": "Not found."}}),
        (V2, 400, {"data": None, "error": {"code": "avatar_not_found", "message": "Avatar not found."}}),
        (V2, 400, {"code": 400144, "message": "avatar not found", "data": None}),
    ],
)
def test_what_is_not_there_is_nothing(dialect, status, body):
    assert dialect.read_lookup(Topic.AVATAR, reply(body, status), asked="x") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        # Seen by users who asked for an avatar that they can use.
        (200, {"data": None, "error": {"code": "internal_error", "message": "forbidden"}}),
        (500, {"error": {"code": "internal_error", "message": "oh"}}),
        (403, {"error": {"code": "forbidden", "message": "no"}}),
    ],
)
def test_a_refusal_to_tell_is_no_proof_that_there_is_nothing(status, body):
    for dialect in (V2, V3):
        with pytest.raises(ApiError):
            dialect.read_lookup(Topic.AVATAR, reply(body, status), asked="x")


def test_a_404_that_is_no_json_is_a_gateways():
    with pytest.raises(ApiError):
        V3.read_lookup(Topic.VOICE, Reply(status=404, body=b"<html>"), asked="x")


def test_a_look_that_is_not_ready_cannot_be_used():
    item = V3.read_lookup(Topic.AVATAR, reply({"data": {"id": "a", "status": "pending_consent"}}), asked="a")

    assert not item.usable
