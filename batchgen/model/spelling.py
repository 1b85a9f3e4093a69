"""How other systems spell the path of a file: a sheet and the files that it names often come from two of them."""

from __future__ import annotations

import os
from unicodedata import normalize


def spellings(path: str) -> list[str]:
    """Give the ways to spell a path, the one as written first.

    A spreadsheet writes ``ü`` as one letter and a Mac names files with two, which look the same; to Linux and Windows
    they differ. And what Windows writes with a backslash other systems write with a slash.
    """
    if path.isascii() and ("\\" not in path or os.sep == "\\"):
        return [path]
    slashed = path.replace("\\", "/")
    return list(dict.fromkeys([path, slashed, normalize("NFC", slashed), normalize("NFD", slashed)]))
