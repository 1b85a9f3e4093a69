"""What is said to the OAuth server, and what its replies mean."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from batchgen.model.errors import CredentialsError, UnreachableError
from batchgen.model.exchange import Reply
from batchgen.signin.interface import OAuthApp, Tokens
from batchgen.signin.oauth import begin, read_tokens, refreshing, revoking

APP = OAuthApp(client_id="an app", authorize_url="https://a.example/oauth/authorize", token_url="t", revoke_url="r")
SECRETIVE = OAuthApp(
    client_id="a", client_secret="s&=", authorize_url="https://a.example/x?y=1", token_url="t", revoke_url="r"
)
BEFORE = Tokens(access="old", refresh="keep-me", expires_at=1.0)


def fields(text: str) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(text, strict_parsing=True).items()}


def reply(status=200, **said) -> Reply:
    return Reply(status=status, body=json.dumps(said).encode())


def test_a_link_asks_for_a_code_with_a_challenge_that_only_the_verifier_meets():
    flow = begin(APP, redirect="http://127.0.0.1:5/callback", draw=secrets.token_urlsafe)

    asked = fields(urlsplit(flow.link).query)
    redeemed = fields(flow.redemption("the code"))

    challenge = urlsafe_b64encode(sha256(redeemed["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert flow.link.startswith("https://a.example/oauth/authorize?")
    assert asked == {
        "response_type": "code", "client_id": "an app", "redirect_uri": "http://127.0.0.1:5/callback",
        "scope": "openid profile email", "state": flow.state, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    assert redeemed | {"code_verifier": ""} == {
        "grant_type": "authorization_code", "client_id": "an app", "redirect_uri": "http://127.0.0.1:5/callback",
        "code": "the code", "code_verifier": "",
    }  # fmt: skip
    assert 43 <= len(redeemed["code_verifier"]) <= 128
    assert redeemed["code_verifier"] not in flow.link


def test_no_two_logins_have_a_secret_in_common():
    first, second = (begin(APP, redirect="http://x", draw=secrets.token_urlsafe) for _ in range(2))

    assert first.state != second.state
    assert first.verifier != second.verifier


def test_the_client_says_who_it_is_in_every_form():
    assert fields(refreshing(APP, "r+/=")) == {
        "grant_type": "refresh_token", "client_id": "an app", "refresh_token": "r+/=",
    }  # fmt: skip
    assert fields(revoking(APP, "t+")) == {"client_id": "an app", "token": "t+"}
    for form in (refreshing(SECRETIVE, "r"), revoking(SECRETIVE, "t")):
        assert fields(form)["client_secret"] == "s&="


def test_tokens_are_read_with_the_moment_at_which_they_end():
    found = read_tokens(reply(token_type="Bearer", access_token="a", refresh_token="r", expires_in=60), now=100.0)

    assert found == Tokens(access="a", refresh="r", expires_at=160.0)


@pytest.mark.parametrize("said", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_an_old_refresh_token_stays_where_the_reply_has_no_new_one(said):
    found = read_tokens(reply(access_token="a", expires_in=60, **said), now=0.0, before=BEFORE)

    assert found == Tokens(access="a", refresh="keep-me", expires_at=60.0)


def test_a_life_that_is_not_told_is_unknown():
    assert read_tokens(reply(access_token="a"), now=0.0, before=BEFORE).expires_at is None


@pytest.mark.parametrize(
    "refusal",
    [
        reply(400, error="invalid_grant", error_description="The refresh token is not valid."),
        reply(401, error="invalid_client"),
        reply(400, code=401057, message="invalid access token"),
    ],
)
def test_a_refusal_is_a_refusal(refusal):
    with pytest.raises(CredentialsError):
        read_tokens(refusal, now=0.0, before=BEFORE)


@pytest.mark.parametrize(
    "trouble",
    [
        reply(500, error="server_error"),
        reply(503),
        reply(429, error="slow_down"),
        reply(404),
        reply(403),
        Reply(status=502, body=b"<html>Bad Gateway</html>"),
        Reply(status=400, body=b"<html>a proxy's own</html>"),
        Reply(status=302, body=b""),
        reply(200),
        reply(200, access_token=""),
        reply(200, access_token=["x"]),
        reply(200, access_token="line\nbreak"),
        Reply(status=200, body=b"[]"),
        Reply(status=200, body=b'{"access_token": "cut'),
    ],
)
def test_whatever_else_is_no_token_is_trouble_and_no_refusal(trouble):
    with pytest.raises(UnreachableError):
        read_tokens(trouble, now=0.0, before=BEFORE)


def test_a_refusal_is_quoted_in_one_short_line():
    with pytest.raises(CredentialsError) as caught:
        read_tokens(reply(400, error="x", error_description="a\nb " + "c" * 999), now=0.0)

    assert "a b c" in str(caught.value)
    assert len(str(caught.value)) < 300
