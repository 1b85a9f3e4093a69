"""What fetching and bringing files needs of the network, what it gives, and how it can go wrong.

    BatchgenError
    └── DownloadError
        ├── LinkExpired       ask for the link again
        ├── DownloadFailed    ``transient``: try again later, what is there already is kept
        ├── NotAVideo         all of it came, and it is not the video it claims to be
        └── TooLarge          more than was allowed
    FileChanged               a file to be uploaded is not what was planned
    DiskError (model.errors)  no room, no permission, no such device

Whatever is raised, there is never half a video under the final name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from batchgen.model.errors import BatchgenError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from batchgen.model.exchange import Upload
    from batchgen.model.media import LocalFile

#: The largest video that is saved unless told otherwise: hours of 4K.
LIMIT_BYTES = 20 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFile:
    """A video that is whole and under its final name."""

    path: Path
    size: int  #: Bytes.
    digest: str  #: What it is known by later; see ``files/digest.py``.
    duration_s: float | None = None  #: Seconds, where the file says so.


class Stream(Protocol):
    """A reply whose body has not been read yet."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Give the body as it arrives, not decoded. Raises ``DownloadFailed`` where it is cut."""


class Web(Protocol):
    """The network, as far as downloads are concerned."""

    def open(self, url: str, *, start: int = 0, etag: str | None = None) -> AbstractAsyncContextManager[Stream]:
        """Ask for a link, from byte ``start`` if it still has ``etag``; redirects are followed.

        Raises ``DownloadFailed``, also where the link may not be followed. Never carries the API key.
        """


class Download(Protocol):
    """Brings a link's video to a file; ``functools.partial(download, web)`` is one."""

    async def __call__(self, url: str, *, to: Path, limit_bytes: int = LIMIT_BYTES) -> SavedFile:
        """Save it whole or not at all. Raises ``DownloadError`` or ``DiskError``; another call goes on from there."""


class DownloadError(BatchgenError):
    """A video could not be fetched."""


class LinkExpired(DownloadError):  # noqa: N818 - reads as the outcome it is
    """The link no longer works. A new one has to be asked for."""


class DownloadFailed(DownloadError):  # noqa: N818
    """The transfer did not come to its end."""

    def __init__(self, message: str, *, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.transient = transient  #: Worth trying again with the same link.
        self.retry_after = retry_after  #: Seconds, in the server's own words.


class NotAVideo(DownloadError):  # noqa: N818
    """What the link gave is not the video it claims to be."""

    def __init__(self, message: str, *, cut: bool = False, other: bool = False) -> None:
        super().__init__(message)
        self.cut = cut  #: It begins as a video does, and ends too early.
        self.other = other  #: It is something else altogether: a gateway's page, say, which may be gone the next time.


class TooLarge(DownloadError):  # noqa: N818
    """The video is larger than downloads may be."""


class Put(Protocol):
    """Brings the bytes of a file to a place that the server named."""

    async def __call__(self, url: str, *, headers: Mapping[str, str], upload: Upload) -> PutReply:
        """Send them, once. Never carries the API key, and goes to https alone, or to this machine.

        Raises ``NotSent`` and ``NoReply``, and ``FileChanged``.
        """


class ReadFile(Protocol):
    """Gives the bytes of a file of this machine; ``files.pieces.pieces`` is one."""

    def __call__(self, file: LocalFile, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
        """Give them piece by piece; ``sent`` is told how many were taken. Raises ``FileChanged``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """All that uploads need of the disk and of the network beside the API."""

    read: ReadFile
    put: Put
    is_intact: Callable[[LocalFile], bool]  #: Whether a file still is where and what it was.
    is_same: Callable[[str, LocalFile], Awaitable[bool]]  #: Whether a link gives the bytes of a file.


@dataclass(frozen=True, slots=True, kw_only=True)
class PutReply:
    """What a place for bytes answers."""

    status: int  #: The HTTP status.
    text: str = ""  #: The beginning of its body: XML, at an object store.


class FileChanged(BatchgenError):  # noqa: N818
    """A file is not what it was when it was planned."""

    def __init__(self, file: LocalFile) -> None:
        super().__init__(f"{file.path} is gone, or has changed since it was planned. Run the same command again.")
        self.file = file
