"""Results as one page to look at and to send on: films to play, texts, errors in words, filters. It needs no network.

Rule: every text in it is escaped, links lead to http(s) and nowhere else, and no script runs but the page's own.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from batchgen.report.columns import moment
from batchgen.report.replace import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Template

    from batchgen.report.interface import Heading, Line

#: Videos that a page shows. More than that nobody looks through, and a browser hardly opens.
MOST = 20_000

_PAGE = Path(__file__).parent / "page"

#: How states are told: the group, its name, a sign where there is no film to show, and what is said there.
_GROUPS = {"sending": "unsure", "rendered": "rendering"}
_NAMES = {
    "done": ("Done", "▶", "No film was saved"),
    "failed": ("Failed", "✕", "No reason was given"),
    "rendering": ("Rendering", "◌", "HeyGen is making it"),
    "unsure": ("Unsure", "?", "It may have been accepted"),
    "planned": ("Not sent yet", "·", "Not sent yet"),
    "cancelled": ("Taken back", "·", "Taken back before it was sent"),
}


@dataclass(frozen=True, slots=True)
class _Group:
    word: str
    name: str
    count: int


def write(path: Path, heading: Heading, lines: Iterable[Line]) -> int:
    """Write the page of a sheet and give the number of its videos. Raises ``DiskError``; an older page then stays."""
    tally, cards = _Tally(heading), list[dict[str, Any]]()
    for line in lines:
        tally.add(line)
        if len(cards) < MOST:
            cards.append(_card(line, heading.columns))
    with beside(path) as file:
        for piece in _template().generate(tally.told(cards)):
            file.write(piece)
    return tally.count


class _Tally:
    """Counts lines."""

    def __init__(self, heading: Heading) -> None:
        self.count = 0
        self._heading = heading
        self._groups: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._seconds = self._credits = 0.0

    def add(self, line: Line) -> None:
        """Count a line."""
        group = _group(line)
        self.count += 1
        self._groups[group] += 1
        self._languages[line.language or ""] += 1
        self._kinds[line.kind] += 1
        self._seconds += line.duration_s or 0.0
        self._credits += line.credits or 0.0 if group == "done" else 0.0

    def told(self, cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Give all that the page's frame says."""
        groups = [_Group(word, name, self._groups[word]) for word, (name, *_) in _NAMES.items() if self._groups[word]]
        minutes = f"{_length(self._seconds)} of film" if self._seconds else ""
        written = moment(self._heading.at)
        style, script = (_read(f"page.{one}") for one in ("css", "js"))
        return {
            "title": _spaced(PurePosixPath(self._heading.name.partition("#")[0]).stem) or self._heading.name,
            "sentence": _sentence(groups, self.count),
            "facts": [fact for fact in (minutes, _cost(self._credits)) if fact],
            "groups": groups,
            "languages": sorted((name, count) for name, count in self._languages.items() if name),
            "kinds": sorted(self._kinds.items()),
            "cards": cards,
            "shown": len(cards),
            "unshown": f"The first {len(cards):,} of {self.count:,} are shown." if len(cards) < self.count else "",
            "footer": f"{self._heading.name}" + (f", as of {written:%Y-%m-%d %H:%M} UTC" if written else ""),
            "style": style,
            "script": script,
            "policy": _policy(style, script),
        }


def _group(line: Line) -> str:
    return _GROUPS.get(line.status, line.status)


def _card(line: Line, columns: Sequence[str]) -> dict[str, Any]:
    """Give what the page shows of a line."""
    group = _group(line)
    name, sign, instead = _NAMES[group]
    finished = moment(line.finished_at)
    return {
        "row": line.row,
        "title": _title(line, columns),
        "group": group,
        "state": name,
        "sign": sign,
        "instead": (line.error if group == "failed" else None) or instead,
        "language": line.language or "",
        "kind": line.kind,
        "length": _length(line.duration_s),
        "facts": [fact for fact in (line.language, _cost(line.credits)) if fact],
        "error": line.error,
        "code": line.error_code,
        "said": line.transcript or said(line.content),
        "cells": [pair for pair in zip(columns, line.cells, strict=False) if pair[1].strip()],
        "job": line.job_id,
        "remote": line.remote_id,
        "file": line.file,
        "src": _address(line.file) if line.file else "",
        "captions": [(PurePosixPath(one).name, _address(one)) for one in line.captions],
        "finished": f"{finished:%Y-%m-%d %H:%M} UTC" if finished else "",
        "link": _link(line.video_url),
    }


def said(content: Mapping[str, Any]) -> str:
    """Give what is spoken in a video, what its template was filled with, or what was asked for."""
    lines = [one["text"] for one in content.get("lines", ())]
    scripts = [scene.get("voice", {}).get("script") for scene in content.get("scenes", ())]
    filled = [
        f"{name}: {one['properties'].get('content')}"
        for name, one in content.get("variables", {}).items()
        if one.get("type") == "text"
    ]
    return "\n".join(filter(None, [content.get("prompt"), *lines, *scripts, *filled]))


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_PAGE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def _read(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Say what a browser may do with the page: play films, and run the one script that came with it."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    own_style, own_script = (f"'sha256-{one}'" for one in digests)
    return (
        f"default-src 'none'; media-src 'self' file:; img-src data:; style-src {own_style}; "
        f"script-src {own_script}; base-uri 'none'; form-action 'none'"
    )


def _title(line: Line, columns: Sequence[str]) -> str:
    """Name a video as its row does: by its title, or by the first cell that says something short."""
    if title := line.delivery.get("title"):
        return str(title)
    short = (cell.strip() for cell in line.cells[: len(columns)] if 0 < len(cell.strip()) <= 80 and "://" not in cell)
    return next(short, f"Row {line.row}")


def _address(file: str) -> str:
    """Write the way to a file as a link."""
    drive = file[1:2] == ":"
    return ("file:///" if drive else "") + quote(file, safe="/:" if drive else "/")


def _link(url: str | None) -> str:
    return url if url and url.lower().startswith(("https://", "http://")) else ""


def _length(seconds: float | None) -> str:
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cost(credits_: float | None) -> str:
    if not credits_:
        return ""
    amount = f"{credits_:,.2f}".rstrip("0").rstrip(".")
    return f"{amount} credit{'' if amount == '1' else 's'}"


def _spaced(name: str) -> str:
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _sentence(groups: Sequence[_Group], of: int) -> str:
    if not of:
        return "No videos"
    counted = {group.word: group.count for group in groups}
    whole = f"{of:,} video{'' if of == 1 else 's'}"
    if counted == {"done": of}:
        return f"{whole}, all done"
    return ", ".join([whole, *(f"{group.count:,} {group.name.lower()}" for group in groups)])
