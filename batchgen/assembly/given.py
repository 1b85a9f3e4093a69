"""What a program gives as a name or a place, and what the system says of it: all of it told in batchgen's own errors.

A program gives what it has. The empty cell of a table is ``nan``, and there can be a file of that name: a state in it
would know of nothing that was paid for.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.system import told

if TYPE_CHECKING:
    from collections.abc import Iterator


def place(name: str, value: object) -> str | None:
    """Give a path as text; None is what was not asked for. Raises ``UsageError`` for what is none."""
    path = os.fspath(value) if isinstance(value, os.PathLike) else value
    return _text(name, path, value, "a path")


def word(name: str, value: object) -> str | None:
    """Give a text; None is what was not asked for. Raises ``UsageError`` for what is none."""
    return _text(name, value, value, "a text")


def _text(name: str, text: object, given: object, wanted: str) -> str | None:
    if text is None or (isinstance(text, str) and text.strip() and "\0" not in text):
        return text
    raise UsageError(f"{name}={given!r}: this wants {wanted}; leave it out where there is none.")


@contextmanager
def in_sentences() -> Iterator[None]:
    """Have what the system says of a file or folder told as by the command. Raises ``ConfigError``."""
    try:
        yield
    except OSError as error:
        if sentence := told(error):
            raise sentence from error
        raise
