"""Reads JSON that others wrote, so that what comes of it can be written, shown and kept anywhere."""

from __future__ import annotations

import json
import re
from typing import Any

#: What in a body may become something that is tamed. Most bodies have none of it, and are left as they are.
_WILD = re.compile(
    rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]"  # Half a letter: an escape, or bytes of an encoding that has it.
    rb"|\\u00[0189]|\\u007[fF]|\\[bf]|\x7f|\xc2[\x80-\x9f]"  # What steers a terminal.
    rb"|\x00"  # Another encoding than UTF-8: it could hold either.
)

#: What each of these begins with: hardly any page of a list has it, and it is found forty times as fast.
_SIGNS = (b"\\", b"\xed", b"\x7f", b"\xc2", b"\x00")

#: What steers a terminal, and is no end of a line.
_STEERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def read_json(said: bytes | str) -> Any:
    """Read it, without what would do harm where it arrives. Raises ``ValueError``, also for JSON that is a trap.

    Of half a letter a question mark is left, and of what steers a terminal a space. A text that was cut inside an emoji
    ends in such a half: Python takes it for a letter, and no file, no database and no terminal does.
    """
    body = said.encode("utf-8", "surrogatepass") if isinstance(said, str) else said
    try:
        value = json.loads(body)
        wild = any(sign in body for sign in _SIGNS) and _WILD.search(body) is not None
        return _tamed(value) if wild else value
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error


def _tamed(value: Any) -> Any:
    if isinstance(value, str):
        return _STEERS.sub(" ", value).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_tamed(item) for item in value]
    if isinstance(value, dict):
        return {_tamed(name): _tamed(item) for name, item in value.items()}
    return value
