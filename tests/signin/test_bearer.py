"""Tokens are renewed early, once for all who wait, and a server in trouble is never taken for a refusal."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from batchgen.model.errors import ConfigError, NotSent, UnreachableError
from batchgen.model.exchange import Reply
from batchgen.signin.bearer import Bearer
from batchgen.signin.interface import Login, OAuthApp, Tokens

APP = OAuthApp(client_id="app", authorize_url="https://x/a", token_url="https://x/t", revoke_url="https://x/r")


class Server:
    """Answers refreshes as it is told; without a word it gives the next tokens."""

    def __init__(self) -> None:
        self.replies = []
        self.spent: list[str] = []
        self.gate: asyncio.Event | None = None
        self.asked = asyncio.Event()

    async def post(self, url, form):
        assert url == APP.token_url
        self.spent.append(parse_qs(form)["refresh_token"][0])
        self.asked.set()
        if self.gate:
            await self.gate.wait()
        answer = self.replies.pop(0) if self.replies else None
        if isinstance(answer, Exception):
            raise answer
        return answer or tokens(len(self.spent))


def tokens(number, **more) -> Reply:
    said = {"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": 1000} | more
    return Reply(status=200, body=json.dumps({k: v for k, v in said.items() if v is not None}).encode())


REJECTED = Reply(status=400, body=b'{"error": "invalid_grant"}')
BROKEN = Reply(status=503, body=b"<html>")


class Case:
    """A login that ends at 1000, a clock, and a server."""

    def __init__(self, vault, tmp_path) -> None:
        self.vault, self.server, self.time, self.lock = vault, Server(), 0.0, tmp_path / "lock"
        self.login = Login(realm="sandbox", app=APP, tokens=Tokens(access="a0", refresh="r0", expires_at=1000.0))
        vault.keep(self.login)
        self.bearer = self.another()

    def another(self) -> Bearer:
        return Bearer(
            self.vault.find("sandbox", "default"),
            vault=self.vault, post=self.server.post, now=lambda: self.time, lock=self.lock, remedy="log in again",
        )  # fmt: skip

    @property
    def kept(self) -> Tokens:
        return self.vault.find("sandbox", "default").tokens


@pytest.fixture
def case(bare, tmp_path):
    return Case(bare, tmp_path)


async def test_a_token_is_the_one_header_and_is_left_alone_while_it_lasts(case):
    case.time = 939.0

    signature = await case.bearer.sign()

    assert (signature.header, signature.value) == ("Authorization", "Bearer a0")
    assert "a0" not in repr(signature)
    assert case.server.spent == []


async def test_a_token_is_renewed_a_minute_before_its_end_and_kept(case):
    case.time = 940.0

    signature = await case.bearer.sign()

    assert signature.value == "Bearer a1"
    assert case.server.spent == ["r0"]
    assert case.kept == Tokens(access="a1", refresh="r1", expires_at=1940.0)


async def test_hundreds_that_wait_renew_once(case):
    case.time = 2000.0

    signatures = await asyncio.gather(*(case.bearer.sign() for _ in range(300)))

    assert {one.value for one in signatures} == {"Bearer a1"}
    assert case.server.spent == ["r0"]


async def test_a_refused_token_is_renewed_once_for_all_that_it_signed(case):
    signatures = await asyncio.gather(*(case.bearer.sign() for _ in range(50)))

    again = await asyncio.gather(*(case.bearer.renew(one) for one in signatures))

    assert set(again) == {True}
    assert case.server.spent == ["r0"]
    assert (await case.bearer.sign()).value == "Bearer a1"


async def test_a_profile_that_was_logged_in_to_another_account_is_neither_used_nor_written_over(case):
    theirs = Tokens(access="b0", refresh="s0", expires_at=9000.0)
    case.vault.keep(replace(case.login, owner="another@example.com", tokens=theirs))
    case.time = 2000.0

    signature = await case.bearer.sign()
    again = await case.bearer.renew(signature)

    assert (signature.value, again) == ("Bearer a0", False)
    assert case.server.spent == []
    assert case.kept == theirs


async def test_a_new_login_to_the_same_account_is_taken_over(case):
    case.vault.keep(replace(case.login, tokens=Tokens(access="b0", refresh="s0", expires_at=9000.0)))
    case.time = 2000.0

    assert (await case.bearer.sign()).value == "Bearer b0"
    assert case.server.spent == []


async def test_an_old_refresh_token_stays_and_is_used_again(case):
    case.server.replies = [tokens(7, refresh_token=None), tokens(8)]

    for time in (950.0, 1900.0):
        case.time = time
        await case.bearer.sign()

    assert case.server.spent == ["r0", "r0"]
    assert case.kept.refresh == "r8"


async def test_a_rejected_login_goes_out_as_it_is_and_is_not_renewed_over_and_over(case):
    case.time, case.server.replies = 2000.0, [REJECTED]

    signature = await case.bearer.sign()
    again = [await case.bearer.renew(signature) for _ in range(3)]

    assert signature.value == "Bearer a0"
    assert again == [False, False, False]
    assert case.server.spent == ["r0"]


@pytest.mark.parametrize(
    "trouble", [BROKEN, UnreachableError("cannot be reached (refused)")], ids=["503", "no network"]
)
async def test_a_server_in_trouble_costs_nothing_while_the_token_lasts(case, trouble):
    case.time, case.server.replies = 950.0, [trouble, trouble]

    first = await case.bearer.sign()
    second = await case.bearer.sign()
    case.time = 953.0
    third = await case.bearer.sign()
    case.time = 956.0
    fourth = await case.bearer.sign()

    assert [one.value for one in (first, second, third, fourth)] == ["Bearer a0"] * 3 + ["Bearer a3"]
    assert case.server.spent == ["r0"] * 3, "between two tries it is left alone"


async def test_with_a_server_in_trouble_and_no_token_nothing_is_sent_and_nothing_is_lost(case):
    case.time, case.server.replies = 2000.0, [BROKEN]

    with pytest.raises(NotSent, match="503"):
        await case.bearer.sign()
    with pytest.raises(NotSent):
        await case.bearer.sign()
    case.time = 2010.0

    assert (await case.bearer.sign()).value == "Bearer a2"
    assert case.server.spent == ["r0", "r0"]


async def test_a_refused_token_with_a_server_in_trouble_is_told_as_not_sent(case):
    case.server.replies = [BROKEN]
    signature = await case.bearer.sign()

    with pytest.raises(NotSent):
        await case.bearer.renew(signature)
    case.time = 10.0

    assert await case.bearer.renew(signature) is True


async def test_tokens_that_another_process_has_renewed_are_taken(case):
    other = case.another()
    case.time = 950.0
    await other.sign()

    signature = await case.bearer.sign()

    assert signature.value == "Bearer a1"
    assert case.server.spent == ["r0"], "the old refresh token is good for nothing any more"


async def test_two_that_renew_at_the_same_moment_spend_one_refresh_token(case):
    other, case.time = case.another(), 950.0

    both = await asyncio.gather(case.bearer.sign(), other.sign())

    assert {one.value for one in both} == {"Bearer a1"}
    assert case.server.spent == ["r0"]


async def test_a_logout_elsewhere_ends_it(case):
    case.vault.forget("sandbox", "default")
    case.time = 2000.0

    signature = await case.bearer.sign()

    assert await case.bearer.renew(signature) is False
    assert case.server.spent == []


async def test_a_waiter_that_gives_up_does_not_stop_the_renewal(case):
    case.server.gate, case.time = asyncio.Event(), 2000.0
    waiter = asyncio.create_task(case.bearer.sign())
    await case.server.asked.wait()

    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    case.server.gate.set()

    assert (await case.bearer.sign()).value == "Bearer a1"
    assert case.kept.refresh == "r1"


async def test_a_disk_that_is_full_loses_no_tokens(case, monkeypatch):
    def full(_login):
        raise ConfigError("no space left")

    case.time = 950.0
    with monkeypatch.context() as patch:
        patch.setattr(case.vault, "keep", full)
        assert (await case.bearer.sign()).value == "Bearer a1"
    case.time = 1900.0
    await case.bearer.sign()

    assert case.server.spent == ["r0", "r1"], "what the disk did not take was still in memory"
    assert case.kept.refresh == "r2"


async def test_a_login_without_a_refresh_token_ends_with_its_token(bare, tmp_path):
    case = Case(bare, tmp_path)
    bare.keep(Login(realm="sandbox", app=APP, tokens=Tokens(access="a0", expires_at=1000.0)))
    bearer, case.time = case.another(), 2000.0

    signature = await bearer.sign()

    assert await bearer.renew(signature) is False
    assert case.server.spent == []
