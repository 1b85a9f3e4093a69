"""How the path of a file is spelt: from whatever folder it is named, and by the system that a sheet comes from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def whole(path: str | Path) -> str:
    """Give the whole path by which a file is known, one from every folder; links are not followed."""
    return os.path.abspath(path)  # noqa: PTH100 - ``Path.absolute`` leaves ``..`` in it


def meant(path: str, there: Callable[[str], bool]) -> str:
    """Give a path as it is written if that is ``there``, else as another system writes it, if one does."""
    spelt = spellings(path)
    return spelt[0] if len(spelt) == 1 else next(filter(there, spelt), spelt[0])


def spellings(path: str) -> list[str]:
    """Give the ways to spell a path, the one as written first.

    A spreadsheet writes ``ü`` as one letter and a Mac names files with two, which look the same; to Linux and Windows
    they differ. And what Windows writes with a backslash other systems write with a slash.
    """
    if path.isascii() and ("\\" not in path or os.sep == "\\"):
        return [path]
    slashed = path.replace("\\", "/")
    return list(dict.fromkeys([path, slashed, normalize("NFC", slashed), normalize("NFD", slashed)]))
