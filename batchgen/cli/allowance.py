"""How many files and connections the system lets a command have open: asked for before anything is begun."""

from __future__ import annotations

import errno
import sys
from contextlib import suppress

from batchgen.model.errors import ConfigError
from batchgen.model.exhausted import exhausted

#: What a run with many downloads at once uses several times over; macOS begins with 256, and takes no "unlimited".
_AMPLE = 4096

#: Below this a run comes as far as its downloads, if at all: measured, 28 are just enough.
_LEAST = 64


def make_room() -> None:
    """Have as many files open as a run may want, as far as the system allows it without being asked by a person.

    Raises ConfigError where even that is too few: what fails for want of them, and where, would be chance.
    """
    if sys.platform == "win32":
        return  # It sets no such bound.
    import resource  # noqa: PLC0415 - Windows has none

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _AMPLE if hard == resource.RLIM_INFINITY else min(_AMPLE, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # As it was is mostly enough.
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    if soft != resource.RLIM_INFINITY and soft < _LEAST:
        raise ConfigError(_too_few(soft))


def _too_few(allowed: int) -> str:
    said = exhausted(OSError(errno.EMFILE, "")) or ""
    return f"{allowed} files and connections at once are too few to begin with, {_LEAST} the least: {said}."
