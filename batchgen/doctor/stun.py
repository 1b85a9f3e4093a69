"""STUN binding requests and their replies (RFC 8489): who am I, seen from outside? No network here."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import ip_address

_COOKIE = 0x2112A442
_REQUEST, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111
_MAPPED, _XOR_MAPPED, _ERROR_CODE = 0x0001, 0x0020, 0x0009
_HEADER = struct.Struct("!HHI12s")
#: Bytes of a header, which says how long the rest is.
HEADER = _HEADER.size
#: Bytes of a transaction's id, which are drawn anew for each request.
TRANSACTION = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server saw of us."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def request(transaction: bytes) -> bytes:
    """Write a binding request without attributes."""
    return _HEADER.pack(_REQUEST, 0, _COOKIE, transaction)


def length(header: bytes) -> int:
    """Tell how many bytes follow a header, over TCP. Raises ``ValueError`` where it is none of STUN's."""
    kind, size, cookie, _ = _HEADER.unpack(header)
    if kind & 0xC000 or cookie != _COOKIE or size % 4:
        raise ValueError("this is no STUN message")
    return int(size)


def read(message: bytes, transaction: bytes) -> Seen | None:
    """Read a reply; None where it is an answer to somebody else. Raises ``ValueError`` where it makes no sense."""
    if len(message) < HEADER:
        raise ValueError("this is no STUN message")
    kind, _, _, whose = _HEADER.unpack(message[:HEADER])
    if len(message) != HEADER + length(message[:HEADER]):
        raise ValueError("this STUN message is cut")
    if whose != transaction:
        return None
    attributes = _attributes(message[HEADER:])
    if kind == _ERROR:
        code = attributes.get(_ERROR_CODE, b"\0\0\0\0")
        raise ValueError(f"the server answered with error {(code[2] & 7) * 100 + code[3]}")
    if kind != _SUCCESS:
        raise ValueError("this is no answer to a binding request")
    if _XOR_MAPPED in attributes:
        mask = struct.pack("!I", _COOKIE) + transaction
        return _address(attributes[_XOR_MAPPED], mask)
    if _MAPPED in attributes:
        return _address(attributes[_MAPPED], bytes(16))
    raise ValueError("the answer has no address")


def _attributes(rest: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(rest):
        kind, size = struct.unpack_from("!HH", rest, at)
        if at + 4 + size > len(rest):
            raise ValueError("this STUN message is cut")
        found.setdefault(kind, rest[at + 4 : at + 4 + size])  # Of doubles the first counts (section 14).
        at += 4 + size + -size % 4
    return found


def _address(value: bytes, mask: bytes) -> Seen:
    family = {1: 4, 2: 16}.get(value[1]) if len(value) >= 2 else None
    if family is None or len(value) != 4 + family:
        raise ValueError("the answer's address cannot be read")
    port = struct.unpack("!H", bytes(a ^ b for a, b in zip(value[2:4], mask[:2], strict=True)))[0]
    host = bytes(a ^ b for a, b in zip(value[4:], mask[:family], strict=True))
    return Seen(str(ip_address(host)), int(port))
