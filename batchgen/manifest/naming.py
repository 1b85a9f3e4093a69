"""Which column of a sheet an expression means by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from batchgen.manifest.expressions import identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


class Names:
    """The columns of a sheet by the names that the expressions of a manifest use for them."""

    def __init__(self, columns: Sequence[str], said: Collection[str]) -> None:
        """Settle it once a sheet: ``said`` are the names that are used, as they are written."""
        self._columns = columns
        places: dict[str, list[int]] = {}
        for at, header in enumerate(columns):
            if name := identifier(header):
                places.setdefault(name, []).append(at)
        meant = {name: places[identifier(name)] for name in said if name != "row" and identifier(name) in places}
        self._places = {name: of[0] for name, of in (places | meant).items()}
        self._rivals = {name: tuple(of) for name, of in meant.items() if len(of) > 1}

    def values(self, values: Sequence[Any], without: Collection[int] = ()) -> dict[str, Any]:
        """Give what expressions may name of a record: its columns, and ``row``; none of the places in ``without``."""
        context = {name: values[at] for name, at in self._places.items() if at not in without}
        for name, places in self._rivals.items():
            if filled := [at for at in places if at not in without and _says(values[at])]:
                context[name] = values[filled[0]]
        named = enumerate(zip(self._columns, values, strict=True))
        context["row"] = _ByHeader(pair for at, pair in named if at not in without)
        return context

    def place(self, name: str) -> int | None:
        """Give which column a name stands for; None where it is none, or several."""
        return None if name in self._rivals else self._places.get(name)

    def torn(self, values: Sequence[Any], own: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Give names that stand for columns which differ in a record: the name, the first column, and the other.

        ``own`` are names that stand for something else than columns.
        """
        for name, places in self._rivals.items():
            first, *others = [at for at in places if _says(values[at])] or [places[0]]
            for at in others:
                if name not in own and values[at] != values[first]:
                    yield name, self._columns[first], self._columns[at]


class _ByHeader(dict[str, Any]):
    """A record by its headers, as they are written, however the accents in them are."""

    def __missing__(self, name: str) -> Any:
        sought = normalize("NFC", name)
        for header, value in self.items():
            if normalize("NFC", header) == sought:
                return value
        raise KeyError(name)


def _says(value: Any) -> bool:
    return bool(str(value).strip())
