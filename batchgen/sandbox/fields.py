"""Reads the fields of a request's body, and refuses what the API would refuse."""

from collections.abc import Iterable
from typing import Any

from batchgen.sandbox.wire import Refusal

_HEX = frozenset("0123456789abcdefABCDEF")


def bad(name: str, why: str) -> Refusal:
    """Refuse one field."""
    return Refusal(400, "invalid_parameter", f"{name} {why}", param=name)


class Fields:
    """The fields of one JSON object, with the path that leads to it."""

    __slots__ = ("_body", "where")

    def __init__(self, body: Any, where: str = "") -> None:
        if not isinstance(body, dict):
            raise bad(where.rstrip(".") or "body", "must be an object.")
        self._body, self.where = body, where

    def has(self, name: str) -> bool:
        """Tell whether a field is there and not null."""
        return self._body.get(name) is not None

    def given(self, names: Iterable[str]) -> list[str]:
        """Name those of these fields that are there."""
        return [name for name in names if self.has(name)]

    def text(self, name: str, *, longest: int | None = None) -> str | None:
        """Read a text that may be absent."""
        value = self._body.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise bad(self.where + name, "must be a string.")
        if longest is not None and len(value) > longest:
            raise bad(self.where + name, f"must be at most {longest} characters.")
        return value

    def needs(self, name: str, *, longest: int | None = None) -> str:
        """Read a text that must be there and not empty."""
        value = self.text(name, longest=longest)
        if value is None or not value.strip():
            raise bad(self.where + name, "is required.")
        return value

    def number(self, name: str, low: float, high: float, *, default: float | None = None) -> float | None:
        """Read a number between two bounds."""
        value = self._body.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad(self.where + name, "must be a number.")
        if not low <= value <= high:
            raise bad(self.where + name, f"must be between {low:g} and {high:g}.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a boolean; the API also takes the words true and false."""
        value = self._body.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise bad(self.where + name, "must be a boolean.")
        return value

    def choice(self, name: str, words: tuple[str, ...], *, default: str | None = None) -> str | None:
        """Read one of some words."""
        value = self.text(name)
        if value is None:
            return default
        if value not in words:
            raise bad(self.where + name, f"must be one of {', '.join(words)}.")
        return value

    def thing(self, name: str) -> "Fields | None":
        """Read an object that may be absent."""
        return Fields(self._body[name], f"{self.where}{name}.") if self.has(name) else None

    def needs_thing(self, name: str) -> "Fields":
        """Read an object that must be there."""
        if not self.has(name):
            raise bad(self.where + name, "is required.")
        return Fields(self._body[name], f"{self.where}{name}.")

    def many(self, name: str, low: int, high: int) -> list[Any]:
        """Read a list of so many things."""
        value = self._body.get(name)
        if not isinstance(value, list):
            raise bad(self.where + name, "is required and must be a list.")
        if not low <= len(value) <= high:
            raise bad(self.where + name, f"must hold {low} to {high} items.")
        return value

    def items(self) -> Iterable[tuple[str, Any]]:
        """Give all fields as they came."""
        return self._body.items()

    def colour(self, name: str, *, default: str | None = None) -> str:
        """Read a hexadecimal colour such as #ff0000."""
        value = self.text(name) or default
        if value is None:
            raise bad(self.where + name, "is required.")
        if not (value.startswith("#") and len(value) in {4, 7} and _HEX.issuperset(value[1:])):
            raise bad(self.where + name, "must be a hex color such as #f6f6fc.")
        return value

    def one_of(self, names: tuple[str, ...], *, optional: bool = False) -> str | None:
        """Insist on exactly one of some fields, or at most one."""
        there = self.given(names)
        if len(there) > 1:
            raise bad(self.where + there[1], f"cannot be used together with {there[0]}.")
        if not there and not optional:
            raise bad(self.where + names[0], f"is required, or one of {', '.join(names[1:])}.")
        return there[0] if there else None

    def url(self, name: str) -> str | None:
        """Read a link; one that says `unreachable` cannot be fetched."""
        value = self.text(name)
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise bad(self.where + name, "must be a valid URL.")
        if "unreachable" in value:
            raise Refusal(400, "download_failed", f"Failed to download {value}.", param=self.where + name)
        return value

    def even(self, name: str, *, default: int) -> int:
        """Read a measure in pixels: even, and from 128 to 4096."""
        value = self.number(name, 128, 4096, default=default)
        if value != int(value or 0) or int(value or 0) % 2:
            raise bad(self.where + name, "must be an even integer.")
        return int(value or default)
