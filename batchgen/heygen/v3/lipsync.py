"""Writes a lipsync: ``POST /v3/lipsyncs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.labels import labels
from batchgen.heygen.v3.subject import asset

if TYPE_CHECKING:
    from batchgen.model.content import LipsyncContent
    from batchgen.model.job import Parcel


def lipsync(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a lipsync: its files, and all else as it stands in the content."""
    content = cast("LipsyncContent", parcel.content)
    files = {"video": asset(content["video"]), "audio": asset(content["audio"])}
    # The list of lipsyncs carries callback_id, so the token need not show in the title.
    return dict(parcel.content) | files | labels(parcel, in_callback=True)
