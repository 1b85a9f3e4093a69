"""Plans rows for the tests of the kinds: row 7 of ``sheet.csv``, whose columns are named as its fields are."""

from __future__ import annotations

from typing import Any

import pytest

from batchgen.kinds import KINDS
from batchgen.model.row import Row


def _row(kind: str, fields: dict[str, Any], columns: dict[str, str]) -> Row:
    headers = {name: name for name in fields} | columns
    return Row(file="sheet.csv", number=7, cells=(), kind=kind, fields=fields, columns=headers)


@pytest.fixture
def drafts():
    """Plan a row that is sound."""

    def plan(kind: str, fields: dict[str, Any]) -> list[Any]:
        found, faults = KINDS[kind].plan(_row(kind, fields, {}))
        assert [str(fault) for fault in faults] == []
        return list(found)

    return plan


@pytest.fixture
def faults():
    """Plan a row that is not, and give its faults as people read them, without their file and row."""

    def plan(kind: str, fields: dict[str, Any], **columns: str) -> list[str]:
        found, told = KINDS[kind].plan(_row(kind, fields, columns))
        assert not found
        assert all(str(fault).startswith("sheet.csv, row 7, column ") for fault in told)
        return [str(fault).removeprefix("sheet.csv, row 7, column ") for fault in told]

    return plan
