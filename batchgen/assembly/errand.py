"""What is to be done with manifests: said by a command, a program or an assistant, and done in one way for all.

``enlisting`` turns it into jobs of a run, ``carrying`` conducts that run. ``Company`` is who stands beside meanwhile.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from batchgen import settings
from batchgen.assembly.planning import open_sources, planner_for
from batchgen.model.errors import UsageError
from batchgen.model.vocabulary import nearest
from batchgen.pipeline.options import Options, Tolerance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from batchgen.assembly.carrying import Done, Money
    from batchgen.assembly.ending import Ending
    from batchgen.assembly.enlisting import Work
    from batchgen.assembly.hearing import Ear
    from batchgen.model.errors import Fault
    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.pipeline.plan import Planner, Source
    from batchgen.store.interface import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be done."""

    manifests: tuple[str, ...]  #: None: those of the last run.
    state: str
    command: str | None = None  #: What it is called where somebody else waits for the state.
    encoding: str | None = None
    sandbox: bool = False
    profile: str | None = None  #: Whose kept credentials, where HEYGEN_API_KEY is not set.
    results: str | None = None
    downloads: str | None = None
    like_input: bool = False  #: Whether results are written in the sheet's own delimiter and encoding.
    api: str | None = None
    duplicates: str = "error"
    again: bool = False
    select: str | None = None
    limit: int | None = None
    sample: int | None = None  #: So many that stand for all.
    revive: bool = False  #: Whether failed and cancelled jobs are tried again, and nothing else.
    jobs: frozenset[str] | None = None  #: These by their ids, and no others.
    lengths: Mapping[str, float] = field(default_factory=dict)  #: Job → seconds of its source, where that is known.
    probe: bool = False  #: Whether links are asked how long their videos are.
    ear: Ear | None = None  #: Where the server tells of ends.
    write_timeout: float = 120.0
    max_failures: str = "50"
    options: Mapping[str, Any] = field(default_factory=dict)  #: Of ``pipeline.options``.

    @property
    def called(self) -> str:
        """What it is called where somebody else waits for the state."""
        return self.command or f"batchgen.{'retry' if self.revive else 'run'}({', '.join(map(repr, self.manifests))})"

    @property
    def realm(self) -> str:
        """The world that it is about."""
        return settings.asked_realm(sandbox=self.sandbox)

    @property
    def downloads_too(self) -> bool:
        """Whether videos are saved, and not only made."""
        return bool(self.options.get("download", True))

    def open(self) -> list[Source]:
        """Open its manifests. Raises ``ManifestError``."""
        return open_sources(
            self.manifests,
            results=self.results,
            downloads=self.downloads,
            encoding=self.encoding,
            like_input=self.like_input,
        )

    def planner(self) -> Planner:
        """Make what turns its manifests into jobs."""
        return planner_for(realm=self.realm, api=self.api, duplicates=self.duplicates, again=self.again)

    def way(self) -> Callable[..., Options]:
        """Give how its run goes about its work, but for ``api`` and ``unit``. Raises ``UsageError``."""
        known = set(Options.__dataclass_fields__) - {"api", "tolerance", "unit"}
        for name in self.options:
            if name not in known:
                meant = nearest(name, known)
                hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(sorted(known))}."
                raise UsageError(f'"{name}" is no option of a run.{hint}')
        return partial(Options, **self.options, tolerance=Tolerance.read(self.max_failures))


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
