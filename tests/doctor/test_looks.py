"""Looks at the network, over real sockets of this machine."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from batchgen.doctor import web
from batchgen.doctor.interface import Verdict, examine
from batchgen.doctor.network import checks
from tests.doctor.conftest import COOKIE, answer


async def look(reach, *, patience=5.0):
    [found] = await examine(checks([reach], web.LOOKS, rehearsal=False), patience=patience)
    return found


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(web, "_AGAIN_S", (0.1, 0.1, 0.1))


async def test_stun_answers_with_who_we_are(stun, reach):
    server = await stun()

    found = await look(reach(server.port, look="stun"))

    assert found.verdict is Verdict.PASS
    assert "from outside you are 127.0.0.1:" in found.detail
    assert server.heard == 1


async def test_a_request_that_is_lost_is_sent_again(stun, reach):
    server = await stun(deaf=2)

    found = await look(reach(server.port, look="stun"))

    assert found.verdict is Verdict.PASS
    assert server.heard == 3


async def test_a_firewall_that_eats_udp_is_a_fail_with_what_to_ask_for(stun, reach):
    server = await stun(deaf=99)

    found = await look(reach(server.port, look="stun", ask="UDP 3478 to *.host.livekit.cloud", needed_for="sessions"))

    assert found.verdict is Verdict.FAIL
    assert "no answer by UDP" in found.detail
    assert "needed by sessions only" in found.detail
    assert found.ask == "UDP 3478 to *.host.livekit.cloud, or 127.0.0.1 where there are no wildcards (a test)"
    assert not found.needed


@pytest.mark.parametrize(
    "reply",
    [
        lambda *_: b"this is no STUN",
        lambda message, *_: struct.pack("!HHI", 0x0111, 8, COOKIE) + message[8:20] + bytes.fromhex("0009000400000401"),
    ],
    ids=["noise", "error 401"],
)
async def test_an_answer_that_makes_no_sense_is_a_fail(stun, reach, reply):
    server = await stun(reply=reply)

    found = await look(reach(server.port, look="stun"))

    assert found.verdict is Verdict.FAIL


async def test_an_answer_to_somebody_else_is_waited_past(stun, reach):
    def strangers_first(message, host, port):
        server.transport.sendto(answer(message[:8] + bytes(12), host, port), (host, port))
        return answer(message, host, port)

    server = await stun(reply=strangers_first)

    assert (await look(reach(server.port, look="stun"))).verdict is Verdict.PASS


async def test_a_port_that_changes_with_the_server_is_a_symmetric_nat(stun, reach, monkeypatch):
    first, second = await stun(), await stun(reply=lambda message, host, port: answer(message, host, port ^ 1))
    both = [(socket.AF_INET, ("127.0.0.1", one.port)) for one in (first, second)]

    async def addresses(*_):
        return both

    monkeypatch.setattr(web, "_addresses", addresses)

    assert "symmetric NAT" in (await look(reach(1, look="stun"))).detail


async def test_a_connection_is_a_pass_and_a_refusal_is_told_for_what_it_is(listen, reach):
    async def close(_reader, writer):
        writer.close()

    port = await listen(close)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]

    assert (await look(reach(port))).verdict is Verdict.PASS
    assert (await look(reach(nobody))).verdict is Verdict.FAIL
    assert (await look(reach(nobody, needed_for="sessions"))).verdict is Verdict.SKIPPED


async def turn(reader, writer):
    message = await reader.readexactly(20)
    writer.write(answer(message, "203.0.113.9", 4711))
    await writer.drain()
    await reader.read()
    writer.close()


async def mute(reader, writer):
    await reader.read()
    writer.close()


async def test_turn_over_tls_answers_where_its_certificate_is_trusted(listen, reach, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    found = await look(reach(await listen(turn, tls=True), look="tls"))

    assert found.verdict is Verdict.PASS
    assert "TURN answers; from outside you are 203.0.113.9:4711" in found.detail


async def test_tls_that_says_nothing_is_still_an_open_way(listen, reach, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr(web, "_STREAM_S", 0.2)

    found = await look(reach(await listen(mute, tls=True), look="tls"))

    assert found.verdict is Verdict.PASS
    assert "TLS stands" in found.detail


async def test_a_certificate_of_an_inspecting_firewall_is_named(listen, reach, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    found = await look(reach(await listen(turn, tls=True), look="tls"))

    assert found.verdict is Verdict.FAIL
    assert "SSL_CERT_FILE" in found.detail


async def page(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.fixture
def named(monkeypatch):
    """Have heygen.test be this machine, as a name that no rule for loopback knows."""
    true = socket.getaddrinfo

    def lookup(host, *args, **facts):
        return true("127.0.0.1" if host in {"heygen.test", b"heygen.test"} else host, *args, **facts)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def test_any_reply_by_https_shows_that_the_way_is_open(listen, reach, certificate, named, monkeypatch):
    port = await listen(page, tls=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    trusted = await look(reach(port, host="heygen.test", look="https"))
    monkeypatch.delenv("SSL_CERT_FILE")
    strange = await look(reach(port, host="heygen.test", look="https"))

    assert (trusted.verdict, strange.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert "HTTP 404" in trusted.detail
    assert "SSL_CERT_FILE" in strange.detail


async def test_a_request_goes_through_the_proxy_that_a_run_would_use(listen, reach, certificate, named, monkeypatch):
    target, asked = await listen(page, tls=True), []

    async def proxy(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        there, back = await asyncio.open_connection("127.0.0.1", target)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

        async def pump(source, sink):
            while piece := await source.read(4096):
                sink.write(piece)
            sink.close()

        await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)

    port = await listen(proxy)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{port}")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    found = await look(reach(target, host="heygen.test", look="https"))

    assert found.verdict is Verdict.PASS, found
    assert f"through the proxy 127.0.0.1:{port}" in found.detail
    assert "hunter2" not in repr(found)
    assert asked == [f"CONNECT heygen.test:{target} HTTP/1.1".encode()]


async def test_a_proxy_that_says_no_is_a_fail(listen, reach, named, monkeypatch):
    async def no(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{await listen(no)}")

    found = await look(reach(443, host="heygen.test", look="https"))

    assert found.verdict is Verdict.FAIL
    assert "407" in found.detail
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize("answer", [b"<html></html>\n\n", b"HTTP/1.1 200 OK\r\n\r\n<html>Log in first</html>"])
async def test_a_proxy_that_answers_with_a_page_is_a_fail_without_its_password(
    listen, reach, named, monkeypatch, answer
):
    async def page_of_its_own(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        await reader.read(1)
        writer.close()

    monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{await listen(page_of_its_own)}")

    found = await look(reach(443, host="heygen.test", look="https"))

    assert found.verdict is Verdict.FAIL
    assert "hunter2" not in repr(found)
    assert "None" not in found.detail


@pytest.mark.parametrize("how", ["https", "tls", "tcp", "stun"])
@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 300])
async def test_a_name_that_is_none_is_a_fail(reach, how, host):
    found = await look(reach(443, host=host, look=how))

    assert found.verdict is Verdict.FAIL
    assert found.detail


async def test_silence_ends_with_the_time_of_the_check(listen, reach, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    port = await listen(mute)  # No TLS: the handshake never comes.

    found = await look(reach(port, look="tls"), patience=0.3)

    assert (found.verdict, found.detail) == (Verdict.FAIL, "no answer within 0.3 s")
    assert found.ask


async def test_names_that_hang_hold_nobody_up(reach, monkeypatch):
    import threading

    gate = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_facts: gate.wait())

    found = await examine(checks([reach(1), reach(2, look="stun")], web.LOOKS, rehearsal=False), patience=0.2)
    gate.set()

    assert [one.detail for one in found] == ["no answer within 0.2 s"] * 2
