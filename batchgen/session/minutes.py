"""Writes the minutes of a session: a JSON file beside its film, with all that happened in it and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchgen.model.session import Occurrence


def write_minutes(path: Path, known: Mapping[str, Any], happened: Sequence[Occurrence]) -> None:
    """Write what is known of a session, then everything that happened in it. Raises ``DiskError``."""
    told = {**known, "events": [_told(one, happened[0].at) for one in happened]}
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise DiskError(f"{path}: the minutes of a session cannot be written there ({error.strerror}).") from error


def _told(one: Occurrence, began: float) -> dict[str, Any]:
    at = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: dict[str, Any] = {"at": at, "second": round(one.at - began, 3), "what": one.what}
    return told | ({"line": one.line} if one.line else {}) | ({"text": one.text} if one.text else {})
