"""What is to be done with manifests: said by a command, a program or an assistant, and done in one way for all.

``enlisting`` makes it ``Work`` of a run, ``carrying`` reckons the ``Money`` and conducts that run until it is ``Done``;
``company`` is who stands beside meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.assembly.costing import broke
from batchgen.assembly.planning import open_sources, planner_for
from batchgen.assembly.selection import selector
from batchgen.assembly.wishes import check, plain
from batchgen.model.errors import UsageError
from batchgen.model.naming import once_more
from batchgen.model.vocabulary import nearest
from batchgen.pipeline.options import Options, Tolerance
from batchgen.report.amounts import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batchgen.assembly.hearing import Ear
    from batchgen.model.errors import BatchgenError
    from batchgen.model.exchange import Balance
    from batchgen.model.status import Status
    from batchgen.pipeline.money.cost import Prices
    from batchgen.pipeline.money.quote import Quote, Tally
    from batchgen.pipeline.planning.plan import Planner, Source
    from batchgen.report.summary import Summary
    from batchgen.store.interface import Line, Sheet

#: What a program says of an errand beside the options of its run.
_ASKED_FOR = {
    "again", "api", "downloads", "duplicates", "like_input", "limit", "max_failures", "profile", "results", "sandbox",
    "select", "state", "stop", "tell", "write_timeout",
}  # fmt: skip


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
    plan: str | None = None  #: The mark of the saved plan that says so.
    lengths: Mapping[str, float] = field(default_factory=dict)  #: Job → seconds of its source, where that is known.
    probe: bool = False  #: Whether links are asked how long their videos are.
    ear: Ear | None = None  #: Where the server tells of ends.
    write_timeout: float = 120.0
    max_failures: str = "50"
    options: Mapping[str, Any] = field(default_factory=dict)  #: Of ``pipeline.options``.

    def __post_init__(self) -> None:
        """Refuse what no run could go by. Raises ``UsageError``."""
        named = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "options"}
        check({**self.options, **named})

    @property
    def called(self) -> str:
        """What it is called where somebody else waits for the state."""
        return self.command or f"batchgen.{'retry' if self.revive else 'run'}({', '.join(map(repr, self.manifests))})"

    @property
    def realm(self) -> str:
        """The world that it is about."""
        return settings.asked_realm(sandbox=self.sandbox)

    @property
    def takes_all(self) -> bool:
        """Whether its run takes up all that is open."""
        chosen = (self.select, self.limit, self.sample, self.jobs)
        return not self.revive and all(one is None for one in chosen)

    @property
    def downloads_too(self) -> bool:
        """Whether videos are saved, and not only made."""
        return self.options.get("download") is not False

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
        again = self._once_more if self.again else None
        return planner_for(realm=self.realm, api=self.api, duplicates=self.duplicates, again=again, limit=self.limit)

    def _once_more(self, columns: Sequence[str]) -> Callable[[Line], bool] | None:
        """Say which lines are made once more where they are done: those that are asked for, and no others."""
        if (jobs := self.jobs) is not None:
            return lambda line: once_more(line.job.id) in jobs
        return selector(self.select, columns)

    def run_options(self, *, api: str = "v3", unit: str | None = None) -> Options:
        """Give how its run goes about its work. Raises ``UsageError``."""
        known = set(Options.__dataclass_fields__) - {"api", "tolerance", "unit"}
        for name in self.options:
            if name not in known:
                there = known | _ASKED_FOR
                meant = nearest(name, there)
                hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(sorted(there))}."
                raise UsageError(f'"{name}" is no option of a run.{hint}')
        asked = {name: plain(value) for name, value in self.options.items() if value is not None}
        return Options(api=api, unit=unit, **asked, tolerance=Tolerance.read(self.max_failures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run is to do, once a store knows it."""

    number: int
    api: str
    realm: str
    sheets: tuple[Sheet, ...]
    open: Mapping[Status, int]  #: The jobs that it takes up, by state.
    downloads: tuple[Path, ...]  #: The folders that videos go to.
    done_before: int
    outlived: int = 0  #: Videos that were made for rows as they were before: asked for by none now.
    tally: Tally | None = None  #: What it is to send, counted by price, where that is just what was planned.
    sample: frozenset[int] = frozenset()  #: The jobs that stand for all, where only some were asked for.

    @property
    def todo(self) -> int:
        """How many jobs are open."""
        return sum(self.open.values())

    @property
    def pks(self) -> list[int]:
        """The keys of its sheets."""
        return [sheet.pk for sheet in self.sheets]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a run is about to spend, and of what."""

    prices: Prices
    balance: Balance | None
    quote: Quote  #: Of what it would send.
    lacking: float | None  #: What the account lacks of the high estimate.

    @property
    def unit(self) -> str | None:
        """What the account pays in, where it said so."""
        return self.balance.unit if self.balance else None

    @property
    def broke(self) -> str | None:
        """Say that the account has too little for even the shortest video; None where it has enough for one."""
        if self.balance is None or not broke(self.quote, self.balance):
            return None
        return (
            f"it has {amount(self.balance.remaining or 0.0, self.balance.unit)}, and the cheapest video that is "
            f"to be sent costs {amount(self.quote.least, self.quote.unit)} at the least"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An errand that ended."""

    summary: Summary
    exit_code: int
    reason: str | None  #: Why it ended before everything was done.
    sheets: tuple[int, ...]
    sample: frozenset[int] = frozenset()  #: See ``Work``.
    fault: BatchgenError | None = None  #: What could not be written at its end. The run itself does not fail for it.
