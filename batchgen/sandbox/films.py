"""Keeps films that were made, and has the others made.

The encoder is loaded when the first film is asked for, so that a sandbox without downloads never needs it.
"""

from collections import OrderedDict
from importlib import import_module
from struct import pack
from threading import Lock

from batchgen.sandbox.film_spec import FilmSpec

_CACHE_BYTES = 64 * 1024 * 1024
_TINY = FilmSpec(headline="tiny", width=128, height=128, seconds=0.5)


class Films:
    """Films by their specs, the most recent ones kept in memory."""

    def __init__(self, *, tiny: bool = False, pad_to: int = 0) -> None:
        self._tiny, self._pad_to = tiny, pad_to
        self._kept: OrderedDict[FilmSpec, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def kept(self, spec: FilmSpec) -> bytes | None:
        """Give a film that needs no making."""
        return self._kept.get(_TINY if self._tiny else spec)

    def film(self, spec: FilmSpec) -> bytes:
        """Give a film, made now if need be. Takes a moment, so call it from a thread; one is made at a time."""
        wanted = _TINY if self._tiny else spec
        with self._lock:
            film = self._kept.get(wanted)
            if film is None:
                made: bytes = import_module("batchgen.sandbox.encode").make(wanted)
                film = pad(made, self._pad_to)
                self._keep(wanted, film)
            else:
                self._kept.move_to_end(wanted)
        return film

    def _keep(self, spec: FilmSpec, film: bytes) -> None:
        self._kept[spec] = film
        self._size += len(film)
        while self._size > _CACHE_BYTES and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1])


def pad(film: bytes, size: int) -> bytes:
    """Lengthen an mp4 with a `free` box, which every player steps over."""
    missing = size - len(film)
    return film + pack(">I4s", missing, b"free") + bytes(missing - 8) if missing >= 8 else film
