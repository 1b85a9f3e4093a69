"""Writes a cinematic video: ``POST /v3/videos`` with ``type`` cinematic_avatar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.gaps import unlabelled
from batchgen.heygen.labels import labels
from batchgen.heygen.v3.subject import asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.heygen.interface import Unsayable
    from batchgen.model.content import CinematicContent
    from batchgen.model.job import Draft, Parcel


def cinematic(parcel: Parcel) -> dict[str, Any]:
    """Write the body of a cinematic video: its files, and all else as it stands in the content."""
    content = cast("CinematicContent", parcel.content)
    body = {"type": "cinematic_avatar", **parcel.content, **labels(parcel)}
    if "references" in content:
        body["references"] = [asset(one) for one in content["references"]]
    return body


def gaps(draft: Draft) -> Iterator[Unsayable]:
    """Name what cannot be said."""
    return unlabelled(draft, "folder_id", "callback_id", "callback_url", api="v3", of="A cinematic video")
