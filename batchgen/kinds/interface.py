"""What the pipeline asks of a kind of job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.free import Free
    from batchgen.kinds.shapes import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row
    from batchgen.model.vocabulary import KindWords


class Kind(Protocol):
    """What a row of one kind means. Adding a kind is one file and one line in ``KINDS``."""

    name: str
    words: KindWords
    parsers: Mapping[str, Parser]  #: How each field is read, but for those with a structure of their own.

    def free(self, field: str) -> Free | None:
        """Give what takes a field whose text goes as it is into one place of a job, and decides nothing else of it.

        None: the field has a meaning. Rows that differ in their free texts alone need not be understood anew.
        """

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """Turn a row into the jobs it asks for, or into everything that is wrong with it."""
