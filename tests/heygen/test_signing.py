"""What the client does where its signature is refused: once more if it can be renewed, and never after anything else."""

from __future__ import annotations

import pytest

from batchgen.heygen.client import HttpApi
from batchgen.heygen.wire import is_unsigned
from batchgen.model.credentials import ApiKey, Signature
from batchgen.model.errors import NotSent
from batchgen.model.exchange import Purpose, Reply, Request
from tests.heygen.test_client import serving

CREATE = Request(method="POST", path="/v3/videos", purpose=Purpose.CREATE, body={"type": "avatar"}, key="bg-1")


def raw(status: int, body: bytes = b'{"data":{}}') -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


class Tokens:
    """Gives a new token each time that one is refused, as long as there are any."""

    remedy = "log in again"

    def __init__(self, *, more: int = 9, trouble: bool = False) -> None:
        self.number, self.more, self.trouble = 1, more, trouble

    async def sign(self):
        return Signature("Authorization", f"token-{self.number}-secret", scheme="Bearer")

    async def renew(self, refused):
        if self.trouble:
            raise NotSent("The server was not reached: it is in trouble")
        if self.number >= self.more:
            return False
        self.number += 1
        return True


def sent(server) -> list[tuple[str, str, bytes]]:
    return [(headers["authorization"], headers["idempotency-key"], body) for _, headers, body in server.requests]


@pytest.mark.parametrize("refusal", [raw(401), raw(400, b'{"code":401056,"message":"expired"}')])
async def test_a_refused_token_is_renewed_and_the_same_request_sent_once_more(refusal):
    async with serving(refusal, raw(200)) as server, HttpApi(server.url, Tokens()) as api:
        reply = await api.send(CREATE)

    assert reply.status == 200
    assert sent(server) == [
        ("Bearer token-1-secret", "bg-1", b'{"type": "avatar"}'),
        ("Bearer token-2-secret", "bg-1", b'{"type": "avatar"}'),
    ]


async def test_a_second_refusal_is_the_answer():
    async with serving(raw(401), raw(401), raw(200)) as server, HttpApi(server.url, Tokens()) as api:
        reply = await api.send(CREATE)

    assert reply.status == 401
    assert len(server.requests) == 2


@pytest.mark.parametrize("credentials", [Tokens(more=1), ApiKey("key-that-is-wrong")])
async def test_what_cannot_be_renewed_is_sent_once(credentials):
    async with serving(raw(401), raw(200)) as server, HttpApi(server.url, credentials) as api:
        reply = await api.send(CREATE)

    assert reply.status == 401
    assert len(server.requests) == 1


async def test_a_refused_request_whose_token_cannot_be_had_just_now_was_not_sent():
    async with serving(raw(401), raw(200)) as server, HttpApi(server.url, Tokens(trouble=True)) as api:
        with pytest.raises(NotSent):
            await api.send(CREATE)

    assert len(server.requests) == 1


@pytest.mark.parametrize("credentials", [Tokens(), ApiKey("key-that-is-right")])
async def test_a_request_has_one_signature(credentials):
    async with serving(raw(200)) as server, HttpApi(server.url, credentials) as api:
        await api.send(CREATE)

    [(_, headers, _)] = server.requests
    assert len({"authorization", "x-api-key"} & headers.keys()) == 1


@pytest.mark.parametrize(
    ("status", "body", "unsigned"),
    [
        (401, b"", True),
        (401, b"<html>", True),
        (400, b'{"code": 401056, "message": "expired"}', True),
        (403, b'{"error": {"code": "401056", "message": "expired"}}', True),
        (200, b'{"code": 401056, "data": {"video_id": "v"}}', False),
        (200, b'{"data": {"video_id": "401056"}}', False),
        (400, b'{"error": {"code": "invalid_parameter", "message": "401056"}}', False),
        (403, b'{"error": {"code": "forbidden", "message": "no"}}', False),
        (500, b'{"code": 401056}', False),
    ],
)
def test_only_a_refusal_that_did_nothing_counts(status, body, unsigned):
    assert is_unsigned(Reply(status=status, body=body)) is unsigned


async def test_a_refused_token_is_in_no_reply():
    async with (
        serving(raw(401, b'{"message": "token-1-secret"}')) as server,
        HttpApi(server.url, Tokens(more=1)) as api,
    ):
        reply = await api.send(CREATE)

    assert b"token-1-secret" not in reply.body
