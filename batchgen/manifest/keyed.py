"""Mappings that know where they stand, so that a fault can say its line: what a YAML manifest is read as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Keyed(dict[str, Any]):
    """A mapping that knows the line of each of its keys, and its own."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def texts(self, *, leaving: Collection[str] = (), place: str = "") -> Iterator[tuple[str, int, str]]:
        """Give every text inside that is not plain ASCII, with its place and line."""
        for key, value in self.items():
            if key not in leaving:
                yield from _texts(value, f"{place}{key}", self.lines.get(key, self.line))


def _texts(value: Any, place: str, line: int) -> Iterator[tuple[str, int, str]]:
    if isinstance(value, Keyed):
        yield from value.texts(place=f"{place}.")
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _texts(one, f"{place}[{number}]", line)
    elif isinstance(value, str) and not value.isascii():
        yield place, line, value
