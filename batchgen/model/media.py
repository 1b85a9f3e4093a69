"""Files of this machine that a manifest names, and what the account keeps of them.

A job is known by what it renders, so a file stands in its content by its SHA-256 and by nothing else: renaming or
moving it changes no job, and other bytes under the same name make another job. Where the file lies and what the
account calls it are facts beside the job. They meet when the job is sent: ``placed`` puts the asset in the digest's
place, and what it was given is kept with the job, so that a repeated request is the first one to the letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The key of a ``Media`` that is a file of this machine.
KEY = "sha256"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as a manifest names it. It holds the digest's place in a draft until somebody has looked at it."""

    path: str  #: As it is written, without ``asset:``.
    sort: str  #: What is wanted there: image, video, audio, subtitles, reference or attachment.


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file as it was found."""

    path: str  #: Absolute.
    size: int  #: Bytes.
    mtime_ns: int  #: When it was last changed: with the size, what tells that it still is the same.
    media_type: str  #: What its bytes are, whatever its name says: ``video/mp4``.
    sha256: str  #: In hexadecimal.

    @property
    def name(self) -> str:
        """Its name without its folders."""
        return PurePath(self.path).name


class AssetState(StrEnum):
    """How far an upload has come. Each is on disk before the next step is taken."""

    OPENING = "opening"  #: Asked for, or about to be: the account may have something of it.
    OPEN = "open"  #: It has an id, and a place for its bytes.
    SENT = "sent"  #: Its bytes are there, and are to be taken over.
    CHECKING = "checking"  #: The server looks at it.
    READY = "ready"  #: Jobs may name it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What an account keeps of one content, or is about to."""

    sha256: str
    state: AssetState
    round: int = 0  #: How often it was begun anew: each has a key of its own.
    asset_id: str | None = None
    url: str | None = None  #: Where the account serves it; for requests that take links alone.
    at: float = 0.0  #: Epoch seconds, when this state began.


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for the bytes of an asset: its link is the permission, so no key goes there."""

    asset_id: str
    url: str
    headers: Mapping[str, str]  #: To be sent as they are.
    most: int | None = None  #: Bytes that it takes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An asset as the server tells it."""

    asset_id: str
    url: str | None = None
    ready: bool = True  #: False: it is still looked at.
    created_at: float | None = None  #: Epoch seconds; rows of a list carry it.


def named_files(value: Any) -> Iterator[NamedFile]:
    """Give every file that some parsed value names."""
    if isinstance(value, NamedFile):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from named_files(one)


def located(value: Any, found: Mapping[NamedFile, str]) -> Any:
    """Put digests in the place of named files."""
    if isinstance(value, NamedFile):
        return found[value]
    if isinstance(value, Mapping):
        return {key: located(one, found) for key, one in value.items()}
    return [located(one, found) for one in value] if isinstance(value, list) else value


def digests(content: Any) -> frozenset[str]:
    """Give the digests of all files that a job's content names."""
    if isinstance(content, Mapping):
        own = {content[KEY]} if isinstance(content.get(KEY), str) else set()
        return frozenset(own).union(*(digests(one) for one in content.values()))
    return frozenset().union(*map(digests, content)) if isinstance(content, list) else frozenset()


def placed(content: Any, assets: Mapping[str, Mapping[str, str]]) -> Any:
    """Put assets, as requests name them, in the place of digests."""
    if isinstance(content, Mapping):
        rest = {key: placed(one, assets) for key, one in content.items() if key != KEY}
        return {**assets[content[KEY]], **rest} if KEY in content else rest
    return [placed(one, assets) for one in content] if isinstance(content, list) else content
