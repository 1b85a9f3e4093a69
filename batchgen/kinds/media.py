"""Parsers of a cell that names a file: an https link, ``asset:ID``, or ``asset:./path`` for a file of this machine.

What follows ``asset:`` is a path where it could be nothing else: it begins with a dot, a slash, ``~`` or a drive.
Everything else is the id of an asset. Nothing is opened here; ``model.media`` says how such a file travels on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from batchgen.kinds.columns import Wrong, link, several, shown, word
from batchgen.model.media import KEY, NamedFile

if TYPE_CHECKING:
    from batchgen.kinds.shapes import Parser

_ASSET = re.compile(r"asset:\s*(.+)", re.IGNORECASE | re.DOTALL)
_PATH = re.compile(r"[.]{1,2}[/\\]|[/\\~]|[a-z]:[/\\]", re.IGNORECASE)
#: What browsers and file managers copy of a file of this machine, up to its path.
_FILE_LINK = re.compile(r"file://(?:localhost)?(?:/(?=[a-z]:[/\\]))?", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(mp4|m4v|mov|webm|mkv|avi|mp3|m4a|wav|png|jpe?g|gif|webp|srt|vtt|pdf)", re.IGNORECASE)


def medium(sort: str) -> Parser:
    """Take a file of some sort: a link, an asset, a path, or one of them as a group of values."""

    def parse(value: Any) -> dict[str, Any]:
        if isinstance(value, Mapping):
            return _group(value, sort)
        given = word(value)
        return _asset(named[1].strip(), sort) if (named := _ASSET.fullmatch(given)) else {"url": _link(given)}

    return parse


image, video, audio, subtitles = map(medium, ("image", "video", "audio", "subtitles"))


def typed(sort: str) -> Parser:
    """Take a file, and give it as v3 writes files in its own fields: with its type beside it."""
    take = medium(sort)

    def parse(value: Any) -> dict[str, Any]:
        found = take(value)
        (kind,) = found
        return found if kind == KEY else {"type": kind, **found}

    return parse


def media(sort: str) -> Parser:
    """Take several files: a list, or one cell with ``;`` or ``|`` between them."""
    take = medium(sort)

    def parse(value: Any) -> list[dict[str, Any]]:
        return [take(one) for one in (value if isinstance(value, list) else several(value))]

    return parse


def asset(sort: str) -> Parser:
    """Take the id of an asset, with or without ``asset:`` before it."""

    def parse(value: Any) -> dict[str, Any]:
        given = word(value)
        named = _ASSET.fullmatch(given)
        return _asset(named[1].strip() if named else given, sort)

    return parse


def file(sort: str) -> Parser:
    """Take the path of a file of this machine."""

    def parse(value: Any) -> dict[str, Any]:
        given = word(value)
        if "://" in given:
            remedy = f"Write its path: {path}." if (path := _linked(given)) else 'Write it under "url".'
            raise Wrong(f"{shown(given)} is a link, and here belongs a file of this machine.", remedy)
        named = _ASSET.fullmatch(given)
        if named and _is_id(named[1].strip()):
            problem = f"{shown(given)} is an asset of your account, and here belongs a file of this machine."
            raise Wrong(problem, 'Write it under "url".')
        return {KEY: NamedFile(named[1].strip() if named else given, sort)}

    return parse


def _asset(given: str, sort: str) -> dict[str, Any]:
    if _PATH.match(given):
        return {KEY: NamedFile(given, sort)}
    if not _is_id(given):
        raise Wrong(f"{shown(given)} is no id of an asset.", f"For a file of this machine write asset:./{given}.")
    if re.search(r"\s", given):
        raise Wrong(f"{shown(given)} is no id of an asset.", "An id has no spaces in it.")
    return {"asset_id": given}


def _is_id(given: str) -> bool:
    """Tell whether what follows ``asset:`` can be an id: neither a path nor the name of a file."""
    looks_like_a_file = _SUFFIX.fullmatch(PurePosixPath(given.replace("\\", "/")).suffix)
    return not (looks_like_a_file or _PATH.match(given) or "/" in given or "\\" in given)


def _link(given: str) -> str:
    if path := _linked(given) or _path(given):
        raise Wrong(
            f"{shown(given)} is not a link that HeyGen can fetch.",
            f"To have this file uploaded, write asset:{path}; else write the https link of one.",
        )
    return str(link(given))


def _linked(given: str) -> str | None:
    """Give the path of a file of this machine that is written as a link to it."""
    found = _FILE_LINK.match(given)
    return unquote(given[found.end() :]) if found else None


def _path(given: str) -> str | None:
    """Give what is most likely a path as it is written behind ``asset:``; what begins with a host is a link."""
    if _PATH.match(given):
        return given
    first, inside, _ = given.partition("/")
    hosted = inside and ("." in first or ":" in first)
    return f"./{given}" if _SUFFIX.fullmatch(PurePosixPath(given).suffix) and not hosted else None


def _group(value: Mapping[str, Any], sort: str) -> dict[str, Any]:
    given = {key: one for key, one in value.items() if key != "type" and one not in ("", None)}
    parsers = {"url": medium(sort), "asset_id": asset(sort), "file": file(sort)}
    if len(given) == 1 and set(given) <= set(parsers):
        ((key, one),) = given.items()
        return dict(parsers[key](one))
    raise Wrong("A file is either a link or an asset.", 'Write exactly one of "url" and "asset_id".')
