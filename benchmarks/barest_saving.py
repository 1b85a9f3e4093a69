"""`python -m benchmarks.barest_saving FOLDER LINK…`: the least there is to do to save links, digested, on the disk.

One file after another over one connection to a server on this machine, into one buffer: what the kernel and XXH3 take,
and next to nothing else. No redirects, no TLS, no going on after a cut: nobody could use it.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import xxhash

#: As much as asyncio takes from a socket in one go.
PIECE = memoryview(bytearray(256 * 1024))


def save(connection: socket.socket, link: str, path: Path) -> None:
    """Save one link."""
    head, body, left = _ask(connection, link)
    digest = xxhash.xxh3_128(body)
    with path.open("wb", buffering=0) as file:
        file.write(body)
        while left:
            size = connection.recv_into(PIECE, min(left, len(PIECE)))
            assert size, head
            file.write(PIECE[:size])
            digest.update(PIECE[:size])
            left -= size
        os.fsync(file.fileno())


def _ask(connection: socket.socket, link: str) -> tuple[bytes, bytes, int]:
    """Give the head of the reply, how its body begins, and how many bytes follow."""
    url = urlsplit(link)
    connection.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(len(PIECE))
    head, _, body = head.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    assert length, head
    return head, body, int(length[1]) - len(body)


def main(folder: Path, links: list[str]) -> None:
    """Save them all."""
    folder.mkdir(parents=True)
    server = urlsplit(links[0])
    with socket.create_connection((server.hostname or "", server.port or 80)) as connection:
        for n, link in enumerate(links):
            save(connection, link, folder / f"{n}.mp4")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
