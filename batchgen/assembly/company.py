"""Who stands beside an errand: a person at a terminal, or the program that asked for it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from batchgen.assembly.ending import Ending
    from batchgen.assembly.errand import Done, Money, Work
    from batchgen.model.errors import Fault
    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.store.interface import Store


class Company(Protocol):
    """Who stands beside an errand: is told what is found out, asked before money moves, and told how it ended."""

    def note(self, about: str, notes: Sequence[str]) -> None:
        """Hear what was guessed about a sheet, or is odd about it."""

    def warn(self, faults: Sequence[Fault]) -> None:
        """Hear what looks odd in the rows of a sheet, before anything is made of it."""

    def attend(self, store: Store, work: Work) -> None:
        """Learn what there is to do, and where it is looked up."""

    def consent(self, work: Work, spending: Money) -> None:
        """Agree to what is about to be spent. Raises ``Declined``."""

    def under_way(self, work: Work, spending: Money) -> AbstractContextManager[object]:
        """Give what is held while the run is on, such as a display."""

    def hear(self, fact: Happening) -> None:
        """Hear what happens."""

    def ended(self, store: Store, ending: Ending, done: Done) -> None:
        """Hear how it ended."""


class Nobody:
    """The company of a program: a call is its consent, and it hears what happens."""

    def __init__(self, tell: Listener | None = None) -> None:
        self._tell = tell

    def note(self, about: str, notes: Sequence[str]) -> None:
        """See ``Company``."""

    def warn(self, faults: Sequence[Fault]) -> None:
        """See ``Company``."""

    def attend(self, store: Store, work: Work) -> None:
        """See ``Company``."""

    def consent(self, work: Work, spending: Money) -> None:
        """See ``Company``."""

    def under_way(self, work: Work, spending: Money) -> AbstractContextManager[object]:
        """See ``Company``."""
        del work, spending
        return nullcontext()

    def hear(self, fact: Happening) -> None:
        """See ``Company``."""
        if self._tell is not None:
            self._tell(fact)

    def ended(self, store: Store, ending: Ending, done: Done) -> None:
        """See ``Company``."""


class Noting(Nobody):
    """The company of a program that hands on what was found out about its sheets."""

    def __init__(self, tell: Listener | None = None) -> None:
        super().__init__(tell)
        self.notes: list[str] = []
        self.warnings: list[Fault] = []

    def note(self, about: str, notes: Sequence[str]) -> None:
        """See ``Company``."""
        self.notes += [f"{about}: {note}" for note in notes]

    def warn(self, faults: Sequence[Fault]) -> None:
        """See ``Company``."""
        self.warnings += faults
