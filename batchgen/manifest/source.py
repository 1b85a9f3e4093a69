"""Where the bytes of a manifest or a sheet come from: a file, or a link that was fetched."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from batchgen.manifest.fetch import is_link, is_safe, sheet_link
from batchgen.model.errors import Fault, ManifestError
from batchgen.model.spelling import meant
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from batchgen.manifest.interface import Fetch

TEXT = (".csv", ".tsv", ".tab", ".txt")
#: What stands first in a manifest that is no table, by the ending of its name.
BEGINNINGS = {
    **dict.fromkeys((".yaml", ".yml"), 'Write keys such as "kind:" and "rows:".'),
    **dict.fromkeys((".jsonl", ".ndjson"), 'Write an object a line, such as {"title": "Hello"}.'),
}
#: How workbooks begin: those of today are zip files, older ones are OLE files.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HTML = re.compile(rb"\s*(<!doctype html|<html|<head|<script)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file or a fetched link. It can be opened again and again."""

    name: str  #: As the user gave it.
    path: Path  #: The file; for a link, a path in the working folder that its results go beside.
    part: str = ""  #: The sheet inside a workbook, where one was named after "#".
    content: bytes | None = None  #: What a link gave; None for a file.

    @property
    def suffix(self) -> str:
        """The format, as the name tells it, in lower case."""
        return self.path.suffix.lower()

    def open(self) -> IO[bytes]:
        """Open it from its beginning."""
        return self.path.open("rb") if self.content is None else io.BytesIO(self.content)

    def fault(self, problem: str, remedy: str = "", *, row: int | None = None, column: str | None = None) -> Fault:
        """Say what is wrong with it."""
        return Fault(file=self.name, row=row, column=column, problem=problem, remedy=remedy)

    def refuse(self, problem: str, remedy: str = "", *, row: int | None = None) -> ManifestError:
        """Make the error for something that is wrong with it as a whole."""
        return ManifestError([self.fault(problem, remedy, row=row)])


def find(name: str, fetch: Fetch) -> Source:
    """Find what the user named, and make sure that it can be read."""
    return _from_link(name, fetch) if is_link(name) else _from_file(name)


def _from_link(name: str, fetch: Fetch) -> Source:
    address = PurePosixPath(urlsplit(name).path)
    stem = "sheet" if address.stem in ("", "edit", "pub", "export", "view") else address.stem
    source = Source(name=name, path=Path(stem + (address.suffix or ".csv")))
    if not is_safe(name):
        raise source.refuse("Only https links are fetched.", "Begin it with https://.")
    content = fetch(sheet_link(name))
    if _HTML.match(content[:1024]):
        raise source.refuse(
            "The link gives a web page and not a sheet.",
            "Publish the sheet as CSV (in Google Sheets: File, Share, Publish to web) and use that link.",
        )
    return Source(name=name, path=source.path, content=_not_empty(source, content))


def _from_file(name: str) -> Source:
    path, part = place(name), ""
    if not _there(path) and "#" in name:
        before, _, part = name.rpartition("#")
        path = place(before)
    source = Source(name=name, path=path, part=part)
    if _there(path) and not (path.is_file() or path.is_dir()):
        # It is read more than once: to find out how it is written, and then row by row.
        raise source.refuse(
            "This is a pipe or a device, and can be read only once.", "Save it as a file, and name that."
        )
    try:
        with path.open("rb") as file:
            head = _not_empty(source, file.read(8))
    except FileNotFoundError:
        if path.is_symlink():
            lost = f"It is a link to {path.readlink()}, which is not there."
            raise source.refuse(lost, "Make the link anew, or name the file itself.") from None
        raise source.refuse("There is no such file.", _other_names(path)) from None
    except IsADirectoryError:
        raise source.refuse("This is a folder.", "Name the file inside it.") from None
    except PermissionError:
        raise source.refuse("The file may not be read.", "Ask for the right to read it, or copy it.") from None
    except (OSError, ValueError) as error:  # A name with a zero in it is no OSError.
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise source.refuse(f"The file cannot be read: {why}.", "Check its name and folder.") from error
    if source.suffix in TEXT and head.startswith(_WORKBOOKS):
        problem = f"It is a workbook, though its name ends in {source.suffix}."
        raise source.refuse(problem, "Name it as it was before, such as .xlsx, or save it as CSV UTF-8.")
    return source


def place(name: str) -> Path:
    """Give the file that a name means: as it is written if there is one, else as other systems write it."""
    return Path(meant(name, _there))


def _there(path: str | Path) -> bool:
    """Tell whether there is such a file; there is none of a name that no file can have."""
    return os.path.exists(path)  # noqa: PTH110 - ``Path.exists`` raises for one that is too long


def _not_empty(source: Source, content: bytes) -> bytes:
    if not content:
        raise source.refuse("It is empty.", BEGINNINGS.get(source.suffix, "Its first row names the columns."))
    return content


def _other_names(path: Path) -> str:
    try:
        near = nearest(path.name, [one.name for one in path.parent.iterdir()])
    except OSError:
        return f"There is no folder {path.parent} either."
    return f'Did you mean "{path.with_name(near)}"?' if near else "Check its name and folder."
