"""Writes what names and announces a job: title, callbacks, folder, and the token by which it can be found again.

The token travels where the lists of the account show it: in ``callback_id`` for v3's translations, else at the end
of the title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchgen.model.job import Parcel


def labels(parcel: Parcel, *, in_callback: bool = False, folder: bool = True) -> dict[str, Any]:
    """Write the labels of a job; ``in_callback`` where the list gives back ``callback_id``."""
    written = {name: value for name, value in parcel.delivery.items() if folder or name != "folder_id"}
    if parcel.token is None:
        return written
    if in_callback and "callback_id" not in written:
        written["callback_id"] = parcel.token
    else:
        written["title"] = _signed(written.get("title"), parcel.token)
    return written


def _signed(title: str | None, token: str) -> str:
    return f"{title} · {token}" if title else f"video {token}"
