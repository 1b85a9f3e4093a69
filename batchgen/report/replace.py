"""Puts a new file in the place of an old one, in one step and whole."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_native_id
from typing import IO, TYPE_CHECKING

from batchgen.model.errors import DiskError
from batchgen.model.exhausted import exhausted

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The option that names most of what is written here.
RESULTS = "--results"
#: What each database of SQLite begins with, and so each state file.
_DATABASE = b"SQLite format 3\0"
#: A file that a killed process left is litter once it is so many seconds older than one that is being written.
_LITTER_S = 3600


@contextmanager
def beside(path: Path, *, encoding: str = "utf-8", option: str = RESULTS) -> Iterator[IO[str]]:
    r"""Open a file that takes the place of ``path`` if all goes well, and goes away if not.

    A letter that the encoding does not have is written as its number, such as ``\u65e5``. ``option`` is what names
    the file.
    """
    with (
        draft_of(path, option=option) as draft,
        draft.open("w", encoding=encoding, errors="backslashreplace", newline="") as file,
    ):
        yield file


def try_beside(path: Path) -> None:
    """Find out whether a new file could take the place of ``path``; it stays as it is. Raises ``DiskError``."""
    draft = _draft(path).with_suffix(".try")
    with _told(path, RESULTS):
        _check_sort(path, RESULTS)
        draft.touch()
        draft.unlink()
        # Where an open file cannot be replaced, a spreadsheet that has it open is in the way.
        if os.name == "nt" and path.exists():
            path.open("r+b").close()


@contextmanager
def draft_of(path: Path, *, option: str = RESULTS) -> Iterator[Path]:
    """Name a file that takes the place of ``path`` once it is written, if all goes well, and goes away if not."""
    with _told(path, option):
        _check_sort(Path(os.path.realpath(path)), option)
        with in_place_of(path) as draft:
            yield draft


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """Do as ``draft_of``, for what is no results: whatever is there now gives way. Raises ``OSError``."""
    real, draft = Path(os.path.realpath(path)), _draft(path)
    try:
        yield draft
        _sync(draft)
        _keep_mode(real, draft)
        draft.replace(real)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    _sweep(real)


def _draft(path: Path) -> Path:
    real = Path(os.path.realpath(path))  # A link to the results stays a link.
    # The thread in its name, which no other process has: two may write the same results at the same time.
    return real.with_name(f".{real.name}.{get_native_id()}.part")


def _check_sort(path: Path, option: str) -> None:
    """Refuse what is there and no results may take the place of.

    Where root writes, a device such as ``/dev/null`` would be gone; and with a state file all that was paid for.
    """
    if path.exists() and not path.is_file():
        what = "folder" if path.is_dir() else "device"
        raise DiskError(f"{path}: this is a {what}, and results take the place of a file. Name a file by {option}.")
    if _is_database(path):
        raise DiskError(
            f"{path}: this is a database, such as the state, and results in its place would be the end of it. Name "
            f"another file by {option}."
        )


def _is_database(path: Path) -> bool:
    with suppress(FileNotFoundError), path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE
    return False


@contextmanager
def _told(path: Path, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(f"{path}: {_why(error, option)}") from error


def _why(error: OSError, option: str) -> str:
    if used_up := exhausted(error):
        return f"the results cannot be written: {used_up}."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "the disk is full, so the results could not be written. Free some space and run the command again."
    if error.errno == errno.EROFS:
        return f"the disk is read-only. Choose another place with {option}."
    if isinstance(error, FileNotFoundError):
        return f"the folder does not exist. Make it, or choose another place with {option}."
    if isinstance(error, PermissionError):
        return (
            "the results may not be written there. Close the program that has the file open, check the folder's "
            f"permissions, or choose another place with {option}."
        )
    return f"the results cannot be written there ({error.strerror or error}). Choose another place with {option}."


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _keep_mode(old: Path, new: Path) -> None:
    with suppress(FileNotFoundError):
        new.chmod(old.stat().st_mode & 0o777)


def _sweep(path: Path) -> None:
    """Remove what killed processes left beside the results."""
    prefix = f".{path.name}."
    with suppress(OSError), os.scandir(path.parent) as entries:
        now = path.stat().st_mtime
        for entry in entries:
            if entry.name.startswith(prefix) and entry.name.endswith(".part"):
                with suppress(FileNotFoundError):  # Another's that has just been put in its place.
                    if entry.stat().st_mtime < now - _LITTER_S:
                        Path(entry.path).unlink()
