"""JSONL: an object a line. A row's number is its line; its columns are all keys, in the order they first appear."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn, Self

from batchgen.manifest.encoding import scan
from batchgen.manifest.sheet import Record
from batchgen.manifest.source import BEGINNINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.source import Source
    from batchgen.model.errors import Fault
    from batchgen.model.layout import Layout


#: Half of a letter beyond the 65,536 first ones; JSON lets it stand alone.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class JsonLines:
    """See ``Sheet``."""

    structured = True
    layout: Layout | None = None

    def __init__(self, source: Source, *, encoding: str | None = None) -> None:
        """Open it, and read it once to learn its columns."""
        self.source = source
        self._scan = scan(source, encoding)
        self.digest = self._scan.digest
        self.notes = self._scan.notes
        keys: dict[str, None] = {}
        blank = True
        for _, row in self._objects():
            blank = False
            if isinstance(row, dict):
                keys.update(dict.fromkeys(row))
        if blank:
            raise source.refuse("It holds nothing but blank lines.", BEGINNINGS[".jsonl"])
        self.columns = tuple(keys)

    def records(self) -> Iterator[Record | Fault]:
        """See ``Sheet.records``."""
        for number, row in self._objects():
            if not isinstance(row, dict):
                yield row
            elif row:
                yield record(number, self.columns, row)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
        with self._scan.text(self.source) as text:
            for number, line in enumerate(text, start=1):
                if line.strip():
                    yield number, self._object(number, line)

    def _object(self, number: int, line: str) -> dict[str, Any] | Fault:
        try:
            row = json.loads(line, object_pairs_hook=_unique, parse_float=_Decimal, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            return self.source.fault(
                f"The line is not JSON: {error.msg} at letter {error.pos + 1}.",
                "Write one object a line, in double quotes and without a comma after it.",
                row=number,
            )
        except ValueError as error:
            return self.source.fault(str(error), row=number)
        except RecursionError:
            return self.source.fault("The line is nested too deeply.", "Write its lists less deep.", row=number)
        if not isinstance(row, dict):
            return self.source.fault("The line is not an object.", 'Write it as {"key": "value", …}.', row=number)
        return self._halved(number, row) if _SURROGATE.search(line) else row

    def _halved(self, number: int, row: dict[str, Any]) -> dict[str, Any] | Fault:
        """Give a row back, unless it holds half a letter: no file, and no request, can hold that."""
        for key, value in row.items():
            if not _is_whole(key) or not _is_whole(_cell(value)):
                return self.source.fault(
                    r"It holds half of a letter (\ud800 to \udfff stand in pairs), as of a text cut inside an emoji.",
                    "Write the letter again, or take it out.",
                    row=number,
                    column=key if _is_whole(key) else None,
                )
        return row


class _Decimal(float):
    """A number that knows how it was written: 9.90 is spoken, and comes back in the results, as 9.90."""

    written: str

    def __new__(cls, written: str) -> Self:
        self = super().__new__(cls, written)
        self.written = written
        return self


def record(number: int, columns: tuple[str, ...], row: dict[str, Any]) -> Record:
    """Make the record of one object: cells are text, or compact JSON where a value is not."""
    values = [row.get(column) for column in columns]
    return Record(number, tuple(map(_cell, values)), tuple(map(_value, values)))


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, _Decimal):
        return value.written
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _value(value: Any) -> Any:
    """Give lists and groups as they are, and everything else as text, as a sheet would."""
    return value if isinstance(value, list | dict) else _cell(value)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'The key "{twice}" stands twice in one object.')
    return row


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a value that JSON has.")
