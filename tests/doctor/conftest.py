"""Small servers on this machine: STUN over UDP, TCP and TLS, and a certificate that somebody trusts."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import struct

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from batchgen.doctor.network import Reach

COOKIE = 0x2112A442


def answer(message: bytes, host: str, port: int) -> bytes:
    """Answer a binding request as RFC 8489 has it, written from the RFC alone."""
    kind, size, cookie = struct.unpack("!HHI", message[:8])
    assert (kind, size, cookie, len(message)) == (1, 0, COOKIE, 20)
    plain = int(ipaddress.ip_address(host))
    attribute = struct.pack("!HHBBHI", 0x0020, 8, 0, 1, port ^ (COOKIE >> 16), plain ^ COOKIE)
    return struct.pack("!HHI", 0x0101, len(attribute), COOKIE) + message[8:20] + attribute


class Stun(asyncio.DatagramProtocol):
    """Answers by UDP, leaving out as many requests as it is told."""

    def __init__(self, *, deaf: int = 0, reply=answer) -> None:
        self.deaf, self.reply, self.heard = deaf, reply, 0

    def connection_made(self, transport):
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, addr):
        self.heard += 1
        if self.heard > self.deaf:
            self.transport.sendto(self.reply(data, *addr[:2]), addr)


@pytest.fixture
async def stun():
    """Serve STUN on a free port: ``await stun(deaf=1)``."""
    made = []

    async def make(**how):
        transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Stun(**how), local_addr=("127.0.0.1", 0)
        )
        made.append(transport)
        return server

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Make a certificate for 127.0.0.1 and heygen.test, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "The company's own")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("heygen.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


@pytest.fixture
async def listen(certificate):
    """Serve TCP, or TLS: ``port = await listen(handler, tls=True)``."""
    made = []

    async def make(handler, *, tls=False):
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        made.append(server)
        return server.sockets[0].getsockname()[1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def reach():
    """A place to look at: ``reach(port, look="tcp")``."""

    def make(port, **facts):
        told = {"name": "place", "host": "127.0.0.1", "look": "tcp", "needed_for": "run", "purpose": "a test"}
        return Reach(port=str(port), **{**told, **facts})

    return make
