"""The sandbox's OAuth server, as HeyGen's guide and the RFCs have it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from batchgen.sandbox import Call, Faults, Options, World

VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "client_id": "app", "state": "s", "redirect_uri": "http://127.0.0.1:5/cb", "response_type": "code",
    "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


class House:
    """A world with a clock of its own."""

    def __init__(self, **faults) -> None:
        self.time = 1000.0
        self.world = World(now=lambda: self.time, options=Options(faults=Faults(**faults)))

    def consent(self, **changes):
        query = {name: value for name, value in (ASKED | changes).items() if value is not None}
        answer = self.world.handle(Call("GET", "/oauth/authorize", query))
        return answer.status, parse_qs(urlsplit(answer.headers.get("location", "")).query)

    def post(self, path="/v1/oauth/token", **form):
        answer = self.world.handle(Call("POST", path, body=urlencode({"client_id": "app"} | form).encode()))
        return answer.status, json.loads(answer.body)

    def redeem(self, code=None, **changes):
        code = code or self.consent()[1]["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": ASKED["redirect_uri"]}
        return self.post(**({**form, "code_verifier": VERIFIER} | changes))

    def refresh(self, token):
        return self.post(grant_type="refresh_token", refresh_token=token)

    def whoami(self, token) -> int:
        return self.world.handle(Call("GET", "/v3/users/me", headers={"authorization": f"Bearer {token}"})).status


def test_a_code_is_traded_for_tokens_that_open_the_account():
    house = House()

    status, told = house.redeem()

    assert status == 200
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 864_000)
    assert house.whoami(told["access_token"]) == 200


def test_a_code_is_good_once():
    house = House()
    code = house.consent()[1]["code"][0]

    assert house.redeem(code)[0] == 200
    assert house.redeem(code) == (
        400,
        {"error": "invalid_grant", "error_description": house.redeem(code)[1]["error_description"]},
    )


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "w" * 43}, {"code_verifier": ""}, {"redirect_uri": "http://127.0.0.1:6/cb"}, {"client_id": "b"}],
)
def test_a_code_is_bound_to_verifier_redirect_and_client(changes):
    assert House().redeem(**changes)[1]["error"] == "invalid_grant"


def test_a_code_grows_old():
    house = House()
    code = house.consent()[1]["code"][0]
    house.time += 600

    assert house.redeem(code)[0] == 400


@pytest.mark.parametrize(
    "changes", [{"code_challenge": None}, {"code_challenge_method": "plain"}, {"response_type": "token"}]
)
def test_consent_wants_a_code_and_a_challenge(changes):
    status, told = House().consent(**changes)

    assert status == 302
    assert told["error"] == ["invalid_request"]
    assert told["state"] == ["s"]


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": "http://evil.example"}, {"client_id": None}, {"redirect_uri": None}]
)
def test_a_strange_redirect_is_not_followed(changes):
    assert House().consent(**changes) == (400, {})


def test_a_token_runs_out_and_its_refresh_token_is_good_once():
    house = House(token_life=100.0)
    first = house.redeem()[1]
    house.time += 100

    second = house.refresh(first["refresh_token"])[1]

    assert house.whoami(first["access_token"]) == 401
    assert house.whoami(second["access_token"]) == 200
    assert house.refresh(first["refresh_token"])[0] == 400


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_the_login(token):
    house = House()
    told = house.redeem()[1]

    assert house.post("/v1/oauth/revoke", token=told[token])[0] == 200
    assert house.whoami(told["access_token"]) == 401
    assert house.refresh(told["refresh_token"])[0] == 400
    assert house.post("/v1/oauth/revoke", token="unknown")[0] == 200


def test_faults_do_what_they_say():
    house = House(oauth_same=1.0)
    told = house.redeem()[1]
    same = house.refresh(told["refresh_token"])

    assert "refresh_token" not in same[1]
    assert house.refresh(told["refresh_token"])[0] == 200
    assert House(oauth_no=1.0).consent()[1]["error"] == ["access_denied"]
    house.world.options = Options(faults=Faults(oauth_rejected=1.0, token_401=1.0))
    assert house.whoami(same[1]["access_token"]) == 401
    assert house.refresh(told["refresh_token"])[0] == 400
