"""A proxy between the client and HeyGen: nothing leaves through one that refuses, and its password is told to nobody."""

import pytest

from batchgen.model.errors import NotSent
from tests.heygen.turns import ASK, CREATE, GOOD, KEY, client, serving


async def test_a_proxy_that_refuses_the_tunnel_is_not_sent(monkeypatch):
    async with serving((b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://me:hunter2@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("https://api.example.invalid") as api:
            with pytest.raises(NotSent, match="the proxy answered 403 Forbidden") as caught:
                await api.send(CREATE)

    assert proxy.requests[0][0].startswith("CONNECT api.example.invalid:443")
    assert "hunter2" not in repr(caught.value)
    assert KEY not in str(proxy.requests)


async def test_a_proxy_that_wants_to_know_who_asks_is_told_with_where_to_say_so(monkeypatch):
    async with serving((b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("https://api.example.invalid") as api:
            with pytest.raises(NotSent, match="407 Proxy Authentication Required: set HTTPS_PROXY"):
                await api.send(CREATE)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"<html>Log in first</html>\n\n", "the proxy answered with something else than HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>Log in first</html>", "cut while it was being secured|WRONG_VERSION|reset"),
    ],
)
async def test_a_proxy_that_answers_with_a_page_is_not_sent_and_its_password_told_to_nobody(monkeypatch, answer, words):
    async with serving((answer,)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://me:hunter2@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("https://api.example.invalid") as api:
            with pytest.raises(NotSent, match=words) as caught:
                await api.send(CREATE)

    assert "hunter2" not in repr(caught.value)
    assert "None" not in str(caught.value)


@pytest.mark.parametrize("turn", ["slam", "close", "abort"])
async def test_a_proxy_that_hangs_up_when_asked_for_a_tunnel_is_not_sent(monkeypatch, turn):
    async with serving(turn) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("https://api.example.invalid") as api:
            with pytest.raises(NotSent, match="the proxy hung up"):
                await api.send(CREATE)

    assert KEY not in str(proxy.requests)


@pytest.mark.parametrize("password", ["hunter#2", "hunter/2", "hunter?2", "hunter[2"])
async def test_a_proxy_whose_address_cannot_be_read_is_told_without_its_password(monkeypatch, password):
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{password}@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with client("https://api.example.invalid") as api:
        with pytest.raises(NotSent, match="the proxy's address cannot be read") as caught:
            await api.send(CREATE)

    assert "hunter" not in repr(caught.value)


async def test_loopback_is_reached_past_every_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with serving(GOOD) as server, client(server.url) as api:
        assert (await api.send(ASK)).status == 200
