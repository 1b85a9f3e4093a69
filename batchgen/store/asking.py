"""Parts that several questions are put together of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, or_, select

from batchgen.store.tables import jobs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement

    from batchgen.model.status import Status

#: What is in a list, given as JSON text: one text for lists of any length. PostgreSQL says it as ``any(:asked)``.
ASKED = select(func.json_each(bindparam("asked")).table_valued("value", name="asked").c.value)

#: The unit of amounts that name none.
CREDITS = "credits"


def literal(status: Status) -> ColumnElement[Any]:
    """Write a state out: only so does the database see that the index of that state will do."""
    return literal_column(str(int(status)))


def stands(status: Status) -> ColumnElement[bool]:
    """Ask for jobs in one state."""
    return jobs.c.status == literal(status)


def stands_in_run(status: Status) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Ask for a run's jobs in one state; wants ``run``."""
    return jobs.c.run == bindparam("run"), stands(status)


def among(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Ask for jobs in one of these states, in a form that many rows can be written with at once."""
    return or_(*(jobs.c.status == int(status) for status in sorted(statuses)))
