"""Whether a link gives the bytes of a file of this machine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from batchgen.files.interface import DownloadError

if TYPE_CHECKING:
    from batchgen.files.interface import Web
    from batchgen.model.media import LocalFile


async def is_same(web: Web, url: str, file: LocalFile) -> bool:
    """Tell whether a link gives exactly this file. What cannot be fetched does not; what is longer is not read."""
    digest, taken = hashlib.sha256(), 0
    try:
        async with web.open(url) as stream:
            told = stream.headers.get("content-length", "")
            if stream.status != 200 or (told.isdigit() and int(told) != file.size):
                return False
            async for piece in stream.chunks():
                digest.update(piece)
                taken += len(piece)
                if taken > file.size:
                    return False
    except DownloadError:
        return False
    return digest.hexdigest() == file.sha256
