"""Has a file that HeyGen gives, though links expire and transfers break.

For what is fetched while somebody waits for it. A run has longer, and notes each failure: see ``fetch.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.files.interface import DownloadError, DownloadFailed, LinkExpired, NotAVideo
from batchgen.pipeline.retry import backoff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchgen.files.interface import Download, SavedFile
    from batchgen.pipeline.clock import Clock


def is_passing(error: DownloadError) -> bool:
    """Tell whether the same link may well give the file the next time."""
    if isinstance(error, DownloadFailed):
        return error.transient
    return isinstance(error, NotAVideo) and error.other


async def insist(
    download: Download, link: str, *, to: Path, renew: Callable[[], Awaitable[str]], clock: Clock, tries: int
) -> SavedFile:
    """Save a link's file, trying so often at the most; ``renew`` gives a link in the place of one that expired.

    Raises what ``Download`` and ``renew`` raise: the last failure, or the first that does not pass.
    """
    for attempt in range(1, tries):
        try:
            return await download(link, to=to)
        except LinkExpired:
            link = await renew()
        except DownloadError as error:
            if not is_passing(error):
                raise
            await clock.sleep(backoff(attempt, first=0.5, most=5.0))
    return await download(link, to=to)
