"""Who may see the key: the server that it is for, over a connection that is proven to be its own, and nobody else."""

import ssl

import pytest

from batchgen.heygen.client import HttpApi
from batchgen.model.credentials import ApiKey
from batchgen.model.errors import ConfigError, CredentialsError, NoReply
from tests.heygen.turns import ASK, CREATE, KEY, client, serving


async def test_an_error_inside_a_success_tells_no_key_and_a_short_key_takes_no_field_away():
    said = b'{"code":400112,"message":"%s is no key"}'
    for key, kept in [("sk_V2_hgu_" + "k" * 40, False), ("message!", True)]:
        body = said % key.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        async with serving(head + body) as server, HttpApi(server.url, ApiKey(key)) as api:
            assert (key.encode() in (await api.send(ASK)).body) is kept


async def test_the_key_is_in_no_error_no_repr_and_no_reply():
    echo = b"HTTP/1.1 500 X\r\nContent-Length: 30\r\n\r\nX-Api-Key: secret-key-123 sent"
    async with serving(echo, (b"secret-key-123\r\n\r\n",)) as server, client(server.url) as api:
        assert KEY.encode() not in (await api.send(CREATE)).body
        with pytest.raises(NoReply) as caught:
            await api.send(CREATE)

    assert KEY not in f"{api!r}{vars(api)!r}"
    assert KEY not in str(caught.value)
    assert KEY not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "address",
    [
        "http://api.heygen.com",
        "http://localhost.evil.com",
        "http://127.0.0.1@evil.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://name:password@api.heygen.com",
        "https://api.heygen.com?x=1",
        "https://api.heygen.com#x",
        "api.heygen.com",
        "https://",
        "https://api.heygen.com:port",
        "",
    ],
)
def test_an_address_that_must_not_see_the_key_is_refused(address):
    with pytest.raises(ConfigError) as caught:
        HttpApi(address, ApiKey(KEY))

    assert "password" not in str(caught.value).replace("no name, password", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://api.heygen.com",
        "https://proxy.example/heygen",
        "http://localhost:1",
        "http://127.0.0.2:1",
        "http://[::1]:1",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_fine(address):
    HttpApi(address, ApiKey(KEY))


@pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "kéy", "tab\tkey", "\ufeffkey"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_told(key):
    with pytest.raises(CredentialsError) as caught:
        ApiKey(key)

    assert not key or key not in str(caught.value)


def test_tls_is_verified():
    context = HttpApi("https://a.example", ApiKey(KEY))._certificates

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


async def test_a_short_key_does_not_change_what_the_server_says():
    body = b'{"data":{"item_index":0}}'
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with serving(reply) as server, HttpApi(server.url, ApiKey("x")) as api:
        answer = await api.send(ASK)

    assert answer.body == body


def test_certificates_that_are_not_there_are_a_sentence(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such.pem")

    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        HttpApi("https://api.heygen.com", ApiKey(KEY))
