"""A row of a manifest as it was written, and what its columns were found to mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from batchgen.model.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping


class Row(NamedTuple):
    """One row, its original cells beside the fields they fill. A plain tuple, because there may be a million of them.

    A manifest with ``foreach`` gives several rows with the same number and cells.
    """

    file: str  #: The file the cells stand in, as the user named it.
    number: int  #: As the spreadsheet numbers it: the header is row 1, the first data row is 2.
    cells: tuple[str, ...]  #: Every original cell, in the order of the manifest's columns, untouched.
    kind: str  #: The kind of job the row asks for.
    fields: Mapping[str, Any]  #: Canonical field → value. Text from a sheet; any JSON value from YAML or JSONL.
    columns: Mapping[str, str] = MappingProxyType({})  #: Field → the header or key it came from.

    def fault(self, field_name: str | None, problem: str, remedy: str = "") -> Fault:
        """Say what is wrong with one field of this row, at the column it came from."""
        column = None if field_name is None else self.columns.get(field_name, field_name)
        return Fault(file=self.file, row=self.number, column=column, problem=problem, remedy=remedy)
