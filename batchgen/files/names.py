"""What a video's file is called, on every system the folder may one day be copied to.

All of it is pure but ``resolve_inside`` and ``Places``, which look at folders as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pathvalidate import sanitize_filename

from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Callable

#: Bytes of one part of a path. Systems allow 255; the rest is room for ``.part`` and what stands beside it.
MOST_BYTES = 200

#: Marks that turn the direction of text, so that ``gpj.exe`` can be read as ``exe.jpg``, and the byte order mark.
_TURNING = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"))

#: Names that Windows keeps for devices, also before a dot and spaces: ``aux .mp4``.
_DEVICE = re.compile(r"(?i)^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\s*(\.|$))")

#: Letters, digits, dashes, underscores and parentheses, with single spaces or dots between them.
_PLAIN = re.compile(r"[A-Za-z0-9_()-]+(?:[ .][A-Za-z0-9_()-]+)*")
_BETWEEN = re.compile(r"[^A-Za-z0-9]+")


def file_name(
    *,
    output: str | None,
    title: str | None,
    language: str | None,
    job_id: str,
    suffix: str = ".mp4",
    kind: str = "video",
) -> PurePosixPath:
    """Give the relative path of a job's video: the one asked for, made safe, or one that tells what it is."""
    return PurePosixPath(_path(output or "", title or "", language or "", job_id=job_id, suffix=suffix, kind=kind))


def own_names(language: str | None, *, suffix: str, kind: str) -> Callable[[str | None, str], str]:
    """Give what names videos by their titles and job ids, where nobody gave them names.

    The names are those of ``file_name``, and never with a folder in them.
    """
    untitled, most = _word(kind) or "video", MOST_BYTES - len(suffix.encode())
    spoken = f"-{_word(language)}-" if language and _word(language) else "-"

    def name(title: str | None, job_id: str) -> str:
        whole = f"{_slug(title or '', 120) or untitled}{spoken}{_slug(job_id[:10], 10)}"
        return _cut(whole, most).rstrip(" .") + suffix

    return name


def collides(path: PurePosixPath | str) -> str:
    """Give the form in which two paths are equal where some system takes them for the same file."""
    text = str(path)
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold())


def resolve_inside(folder: Path, relative: PurePosixPath) -> Path:
    """Give the absolute path of a file in ``folder``; refuse one that leaves it, by ``..`` or by a symbolic link."""
    root, target = _followed(folder, relative)
    if target == root:
        raise _outside(folder, relative)
    return target


class Places:
    """Finds the places of many files as ``resolve_inside`` does, and looks at each of their folders once."""

    def __init__(self) -> None:
        self._folders: dict[tuple[Path, PurePosixPath], Path] = {}

    def resolve(self, folder: Path, relative: PurePosixPath) -> Path:
        """See ``resolve_inside``."""
        within = (folder, relative.parent)
        if within not in self._folders:
            self._folders[within] = _followed(*within)[1]
        target = self._folders[within] / relative.name
        strange = relative.name in {"", ".."} or "\0" in relative.name or target.is_symlink()
        return resolve_inside(folder, relative) if strange else target


def _followed(folder: Path, relative: PurePosixPath) -> tuple[Path, Path]:
    """Give a folder and a place in it, both without links. Raises ``DiskError`` where that would be outside of it."""
    try:
        root = folder.resolve()
        target = (root / relative).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle, before Python 3.13.
        raise DiskError(f"{folder / relative}: this cannot be a file's place ({error}).") from error
    # From Python 3.13 on, links in a circle do not raise: they are left standing in the path.
    circle = any(step.is_symlink() for step in (target, *target.parents))
    if circle or not target.is_relative_to(root):
        raise _outside(folder, relative)
    return root, target


def _outside(folder: Path, relative: PurePosixPath) -> DiskError:
    return DiskError(f"{folder / relative}: this would be outside of {folder}. Nothing was written; rename it.")


def _path(output: str, title: str, language: str, *, job_id: str, suffix: str, kind: str) -> str:
    *folders, name = output.replace("\\", "/").split("/")
    stem = name.strip()
    stem = _part(stem[: -len(suffix)] if stem.lower().endswith(suffix) else stem)
    own = _fit(stem, suffix) if stem else own_names(language, suffix=suffix, kind=kind)(title, job_id)
    return "/".join((*(_fit(folder) for folder in map(_folder, folders) if folder), own))


def _slug(text: str, most: int) -> str:
    """Join the words of a text with dashes; letters of all scripts stay."""
    if text.isalnum() and text.isascii():
        return text[:most]
    if text.isascii():
        return _BETWEEN.sub("-", text).strip("-")[:most].rstrip("-")
    spaced = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in unicodedata.normalize("NFC", text))
    return _cut("-".join(spaced.split()), most).rstrip("-")


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    return _slug(text, 60)


def _part(text: str) -> str:
    """Make one part of a path safe on every system; nothing may be left of it."""
    if not text:
        return ""
    if not _PLAIN.fullmatch(text):  # Most names are plain, and a million of them take half a minute.
        text = " ".join(text.translate(_TURNING).split())
        text = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"})
        text = sanitize_filename(text, platform="universal", max_len=0xFFFF)
        text = " ".join(text.split())  # Once more: what was taken out may have stood between spaces.
        text = unicodedata.normalize("NFC", text).strip(" .")
    return _DEVICE.sub(r"\1_", text, count=1)


_folder = lru_cache(maxsize=4096)(_part)


def _fit(stem: str, suffix: str = "") -> str:
    """Shorten to what systems take, and keep the suffix."""
    return _cut(stem, MOST_BYTES - len(suffix.encode())).rstrip(" .") + suffix


def _cut(text: str, most: int) -> str:
    """Cut to a number of bytes, between letters."""
    if len(text) * 4 <= most:
        return text
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")
