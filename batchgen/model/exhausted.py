"""What the system says no to whatever the path: its files are used up, and no other folder would help."""

from __future__ import annotations

import errno

_SENTENCES = {
    errno.EMFILE: (
        "this process may have no more files and connections open. Allow it more in this shell first, such as by "
        "`ulimit -n 4096`"
    ),
    errno.ENFILE: "this machine has no more files to open: other programs hold them all. Close some of them",
}


def exhausted(error: OSError) -> str | None:
    """Say what is used up, and what to do, without a full stop; None: the error is about the place."""
    return _SENTENCES.get(error.errno or 0)
