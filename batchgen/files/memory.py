"""Memory for what is read from the network, kept from one piece to the next.

Each piece of a download is read into memory of its own. The allocator of most Linux systems (glibc) gives that back to
the kernel as soon as it is free, and has it anew, page by page, for the next piece: up to a quarter of the processor's
time of a download.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache

#: Names of ``mallopt(3)``: what may be free before it is given back, and what is asked of the kernel by itself.
_TRIM, _APART = -1, -3
#: Bytes. What eight downloads read ahead has room in the first; a piece is smaller than the second.
KEPT, LARGE = 64 * 1024**2, 1024**2


@cache
def keep() -> None:
    """Let this process keep what was freed, up to a bound. Where there is no such allocator, nothing is done."""
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415 - for those who download

    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM, KEPT)
        mallopt(_APART, LARGE)
