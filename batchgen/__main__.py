"""`batchgen` and `python -m batchgen`. Little is imported before a Ctrl-C is answered: most of a start is imports."""

from __future__ import annotations

import os

#: What a command ends with that was interrupted.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from batchgen.cli.main import main as begin  # noqa: PLC0415 - it takes a while, and may be interrupted

        begin()
    except KeyboardInterrupt:
        os.write(2, b"\nInterrupted. Nothing is lost: the same command goes on.\n")
        # Where Ctrl-C came while a class was being made, Python would still end by the signal.
        os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
