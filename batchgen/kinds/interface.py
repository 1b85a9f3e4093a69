"""What the pipeline asks of a kind of job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.kinds.columns import Parser
    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.model.row import Row
    from batchgen.model.vocabulary import KindWords


class Kind(Protocol):
    """What a row of one kind means. Adding a kind is one file and one line in ``KINDS``."""

    name: str
    words: KindWords
    parsers: Mapping[str, Parser]  #: How each field is read, but for those with a structure of their own.

    def plan(self, row: Row) -> tuple[Sequence[Draft], Sequence[Fault]]:
        """Turn a row into the jobs it asks for, or into everything that is wrong with it."""
