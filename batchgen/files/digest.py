"""What a saved file is known by, so that damage to it is told later.

XXH3 of 128 bits: it tells what disks, copies and hands do to a file as surely as SHA-256 does, at a tenth of the
processor's time or less. It does not tell a forger's work, but whoever may change a file may change the state as well.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import IO, TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

#: What digests are taken by, under the names of the commands that take the same (``xxh128sum``, ``sha256sum``). The
#: second one is how films of sessions are known, and how all files were to an earlier batchgen.
_KNOWN: dict[str, Callable[[], Any]] = {"xxh128": xxhash.xxh3_128, "sha256": hashlib.sha256}


class Digest:
    """Of a file whose bytes come one after another."""

    def __init__(self, name: str = "xxh128") -> None:
        self._name, self._hash = name, _KNOWN[name]()
        self.update = self._hash.update  #: Takes the next bytes; many at once leave the interpreter to others.

    def __str__(self) -> str:
        """Give the digest, with the name of what it was taken by: ``xxh128:<hexadecimal>``."""
        return f"{self._name}:{self._hash.hexdigest()}"


def digest(file: IO[bytes], *, like: str | None = None) -> str:
    """Digest all of a file, from its beginning, by what another digest was taken by."""
    file.seek(0)
    name = like.partition(":")[0] if like else "xxh128"
    return str(hashlib.file_digest(file, partial(Digest, name)))  # type: ignore[arg-type] # any binary file will do
