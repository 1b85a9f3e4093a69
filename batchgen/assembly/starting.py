"""A sheet made from what somebody has: a folder of videos, or a list of links."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from batchgen.model.errors import Fault, ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Files that are taken for videos.
VIDEOS = frozenset({".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v"})
#: Files that hold more than links, one a line.
_SHEETS = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".ods", ".jsonl", ".yaml", ".yml"})

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = "=+-@"
#: What stands for a space in names: "how_to-start" is "how to start", and "2024-01-02" stays a date.
_JOINTS = re.compile(r"[_\s]+|(?<=[^\W\d])-+(?=[^\W\d])")


@dataclass(slots=True, kw_only=True)
class Library:
    """The videos that were found, as rows of a sheet."""

    column: str  #: ``file`` or ``url``: what names each.
    places: list[str] = field(default_factory=list)

    def rows(self, languages: Sequence[str]) -> list[dict[str, str]]:
        """Give a row for each video, with a title of its own."""
        spoken = ";".join(languages)
        titles = _apart(map(_title, self.places))
        return [
            {"title": title, "output_languages": spoken, self.column: place}
            for title, place in zip(titles, self.places, strict=True)
        ]


def read_languages(given: Iterable[str]) -> list[str]:
    """Give the names of languages that were written with ``;`` between them. Raises ``UsageError`` with all faults."""
    from batchgen.kinds.columns import Wrong, several  # noqa: PLC0415 - for those who name some
    from batchgen.kinds.languages import language  # noqa: PLC0415

    found, wrong = [], []
    for name in (one for text in given for one in several(text)):
        try:
            found.append(language(name))
        except Wrong as error:
            wrong.append(f"--languages: {error.problem} {error.remedy}")
    if wrong:
        raise UsageError("\n".join(wrong))
    return list(dict.fromkeys(found))


def read_library(source: str, beside: Path) -> Library:
    """Find videos in a folder, or links in a text file.

    ``beside`` is the folder that the sheet goes to: files are named as seen from there. Raises ``UsageError`` where
    there is nothing to be found, ``ManifestError`` with every line that is no link.
    """
    path = Path(source)
    if path.is_dir():
        _try_reading(path)
        files = [_seen_from(beside, file) for file in sorted(_videos(path))]
        _check_names(files)
        if not files:
            raise UsageError(f"{source}: there is no video in this folder. Videos end in {', '.join(sorted(VIDEOS))}.")
        return Library(column="file", places=files)
    if path.suffix.lower() in _SHEETS:
        raise UsageError(f"{source} is a sheet already: see what is wrong with it by `batchgen check {source}`.")
    return Library(column="url", places=_links(source))


def _try_reading(folder: Path) -> None:
    """Look into a folder: one that may not be read would seem to be empty. Raises ``UsageError``."""
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise UsageError(
            f"{folder}: this folder cannot be read ({error.strerror}). Ask for the right to it."
        ) from error


def _videos(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in VIDEOS and not hidden and path.is_file():
            yield path


def _check_names(files: Iterable[str]) -> None:
    """Refuse names that no cell of a sheet can hold: what is not in UTF-8, as old archives leave it, or not one line.

    Raises ``UsageError`` with all of them.
    """
    wrong = []
    for file in files:
        shown = os.fsencode(file).decode("utf-8", "replace")
        if "\ufffd" in shown or len(shown.splitlines()) > 1:
            wrong.append(f"{' '.join(shown.splitlines())}: a sheet cannot hold this file's name. Rename the file.")
    if wrong:
        raise UsageError("\n".join(wrong))


def _seen_from(folder: Path, file: Path) -> str:
    try:
        way = os.path.relpath(file, folder).replace(os.sep, "/")
    except ValueError:  # Another drive of Windows: there is no way.
        return str(file.absolute())
    return f"./{way}" if way[0] in _FORMULA else way


def _links(source: str) -> list[str]:
    """Give the links of a text file, each once; blank lines and those that begin with ``#`` are left out."""
    from batchgen.kinds.columns import Wrong, link  # noqa: PLC0415 - see above
    from batchgen.manifest.encoding import scan  # noqa: PLC0415
    from batchgen.manifest.fetch import download  # noqa: PLC0415
    from batchgen.manifest.source import find  # noqa: PLC0415

    found = find(source, download)
    links, faults = [], []
    with scan(found).text(found) as text:
        for number, line in enumerate(text, start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            try:
                links.append(link(line))
            except Wrong as wrong:
                faults.append(Fault(file=source, row=number, problem=wrong.problem, remedy=wrong.remedy))
    if faults:
        raise ManifestError(faults)
    if not links:
        raise UsageError(f"{source}: there is no link in it. Write the https link of one video on each line.")
    return list(dict.fromkeys(links))


def _title(place: str) -> str:
    """Give the title that a file's name, or a link, tells."""
    parts = urlsplit(place) if "://" in place else None
    path = PurePosixPath(unquote(parts.path) if parts else place)
    stem = path.stem if path.suffix.lower() in VIDEOS else path.name
    return _JOINTS.sub(" ", stem).strip().lstrip(_FORMULA) or (parts.netloc if parts else "") or place


def _apart(titles: Iterable[str]) -> Iterator[str]:
    """Give titles that differ, by a number where need be: files are called after them."""
    seen: set[str] = set()
    for title in titles:
        name, number = title, 1
        while name.casefold() in seen:
            number += 1
            name = f"{title} ({number})"
        seen.add(name.casefold())
        yield name
