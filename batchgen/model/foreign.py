"""Reads JSON that others wrote, so that what comes of it can be written, shown and kept anywhere."""

from __future__ import annotations

import json
import re
from typing import Any

#: What half a letter is written by: an escape, or the bytes that it has in an encoding for which it is a letter.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")


def read_json(said: bytes | str) -> Any:
    """Read it, with a question mark for each half of a letter. Raises ``ValueError``, also for JSON that is a trap.

    A text that was cut inside an emoji ends in such a half. Python takes it for a letter, and no file, no database and
    no terminal does: the text would be a fault wherever it arrives.
    """
    body = said.encode("utf-8", "surrogatepass") if isinstance(said, str) else said
    try:
        value = json.loads(body)
        if _HALF.search(body) is None:
            return value
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
