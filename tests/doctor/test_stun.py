"""STUN messages: the RFC's own examples, and whatever a network may make of them."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchgen.doctor.stun import HEADER, TRANSACTION, Seen, length, read, request

WHOSE = bytes.fromhex("b7e7a701bc34d686fa87dfae")
#: RFC 5769, section 2.2 and 2.3: what servers answered to the address that stands beside it.
IPV4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
IPV6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)


def test_a_request_is_twenty_bytes_without_attributes():
    assert request(WHOSE) == bytes.fromhex("000100002112a442") + WHOSE
    assert (HEADER, TRANSACTION) == (20, 12)


@pytest.mark.parametrize(
    ("message", "seen", "text"),
    [
        (IPV4, Seen("192.0.2.1", 32853), "192.0.2.1:32853"),
        (IPV6, Seen("2001:db8:1234:5678:11:2233:4455:6677", 32853), "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ],
)
def test_the_rfcs_own_answers_are_read(message, seen, text):
    assert read(message, WHOSE) == seen
    assert str(seen) == text
    assert length(message[:HEADER]) == len(message) - HEADER


def test_an_old_server_tells_the_address_as_it_is():
    message = bytes.fromhex("0101000c2112a442") + WHOSE + bytes.fromhex("00010008000180550a000001")

    assert read(message, WHOSE) == Seen("10.0.0.1", 32853)


def test_an_answer_to_somebody_else_is_none():
    assert read(IPV4, bytes(TRANSACTION)) is None


@pytest.mark.parametrize(
    "message",
    [
        b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", IPV4[:-1], IPV4[:HEADER], IPV4 + b"\0\0\0\0", request(WHOSE),
        bytes.fromhex("010100002112a442") + WHOSE,
        bytes.fromhex("010100082112a442") + WHOSE + bytes.fromhex("0020000400010000"),
        bytes.fromhex("010100082112a442") + WHOSE + bytes.fromhex("002000ff00010000"),
        bytes.fromhex("0101000c2112a442") + WHOSE + bytes.fromhex("002000080009a147e112a643"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(message):
    with pytest.raises(ValueError, match=r"\w"):
        read(message, WHOSE)


def test_a_servers_error_is_told_by_its_number():
    message = bytes.fromhex("011100082112a442") + WHOSE + bytes.fromhex("0009000400000414")

    with pytest.raises(ValueError, match="420"):
        read(message, WHOSE)


@given(st.binary(max_size=120))
def test_no_bytes_break_it(noise):
    for message in (noise, IPV4[:HEADER] + noise, bytes.fromhex("01010008") + IPV4[4:HEADER] + noise):
        try:
            read(message, WHOSE)
        except ValueError:
            continue


def test_requests_differ():
    assert request(os.urandom(12)) != request(os.urandom(12))
