"""A run that a program asks for: planned, enlisted and conducted as the command does it, and nothing is printed."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.assembly.account import ask_balance
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.costing import broke, price
from batchgen.assembly.ending import Bill, Ending, exit_code, sum_up
from batchgen.assembly.planning import check_downloads, generation_of, open_sources, planner_for
from batchgen.assembly.prices import read_prices
from batchgen.assembly.results import write_besides, write_results
from batchgen.assembly.running import conduct
from batchgen.assembly.sandboxed import own_sandbox
from batchgen.assembly.selection import selector
from batchgen.assembly.signing import account
from batchgen.assembly.state import locked, open_store
from batchgen.model.errors import UsageError
from batchgen.model.status import Status
from batchgen.model.vocabulary import nearest
from batchgen.pipeline.happened import Asked
from batchgen.pipeline.options import Options, Tolerance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.pipeline.run import Run
    from batchgen.report.summary import Summary
    from batchgen.store.interface import Line, Sheet, Store

    #: Takes what ends a run in order.
    Brake = Callable[[Callable[[], object]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be done."""

    manifests: tuple[str, ...]
    encoding: str | None = None
    sandbox: bool = False
    profile: str | None = None  #: Whose kept credentials, where HEYGEN_API_KEY is not set.
    state: str
    results: str | None = None
    downloads: str | None = None
    like_input: bool = False  #: Whether results are written in the sheet's own delimiter and encoding.
    api: str | None = None
    duplicates: str = "error"
    again: bool = False
    select: str | None = None
    limit: int | None = None
    revive: bool = False  #: Whether failed and cancelled jobs are tried again, and nothing else.
    write_timeout: float = 120.0
    max_failures: str = "50"
    options: Mapping[str, Any] = field(default_factory=dict)  #: Of ``pipeline.options``.

    @property
    def command(self) -> str:
        """What it is called where somebody else waits for the state."""
        return f"batchgen.{'retry' if self.revive else 'run'}({', '.join(map(repr, self.manifests))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlisted:
    """An errand that a store knows."""

    number: int
    sheets: tuple[Sheet, ...]
    api: str
    downloads: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An errand that ended."""

    summary: Summary
    exit_code: int
    reason: str | None  #: Why it ended before everything was done.
    sheets: tuple[int, ...]


def enlist(errand: Errand, store: Store) -> Enlisted:
    """Plan manifests, and take up those of their jobs that are asked for. Raises ``ManifestError``."""
    realm = "sandbox" if errand.sandbox else settings.realm_of(settings.base_url())
    sources = open_sources(
        errand.manifests,
        results=errand.results,
        downloads=errand.downloads,
        encoding=errand.encoding,
        like_input=errand.like_input,
    )
    api = generation_of(errand.api, sources)
    planner = planner_for(realm=realm, api=errand.api, duplicates=errand.duplicates, again=errand.again)
    sheets = tuple(one.sheet for one in planner.plan(sources, store, at=CLOCK.now()).sheets)
    number = store.begin_run(
        command=errand.command,
        sheets=[sheet.pk for sheet in sheets],
        realm=realm,
        api=api,
        at=CLOCK.now(),
        selection=errand.select,
    )
    left = errand.limit
    for sheet in sheets:
        taken = store.enlist(number, sheet.pk, _chosen(errand, store, sheet), left)
        left = None if left is None else left - taken
    return Enlisted(number=number, sheets=sheets, api=api, downloads=tuple(source.downloads for source in sources))


def _chosen(errand: Errand, store: Store, sheet: Sheet) -> Callable[[Line], bool] | None:
    keep = selector(errand.select, sheet.columns)
    if not errand.revive:
        return keep
    revived = store.revive(sheet.pk, keep, CLOCK.now())
    return lambda line: line.job.pk in revived


def do(errand: Errand, tell: Listener) -> Done:
    """Do an errand in a thread of its own: a notebook has an event loop in this one. Ctrl-C ends it in order."""
    brakes: list[Callable[[], object]] = []
    with ThreadPoolExecutor(1, thread_name_prefix="batchgen") as thread:
        future = thread.submit(carry_out, errand, tell, brakes.append)
        try:
            return future.result()
        except KeyboardInterrupt:
            if not brakes:  # Nothing was sent yet, and what was is on disk.
                raise
            with suppress(RuntimeError):  # It has just ended by itself.
                brakes[0]()
            return future.result()


def carry_out(errand: Errand, tell: Listener, brake: Brake, account: settings.Account | None = None) -> Done:
    """Do an errand in this thread; ``brake`` is handed what ends it in order.

    ``account`` is whom to ask, where somebody else has found it. Raises what the command would tell.
    """
    options = _options(errand)
    requests: Counter[str] = Counter()

    def hear(fact: Happening) -> None:
        if isinstance(fact, Asked):
            requests[fact.purpose.value] += 1
        tell(fact)

    with ExitStack() as stack:
        stack.enter_context(locked(errand.state, command=errand.command))
        store = stack.enter_context(open_store(errand.state))
        enlisted = enlist(errand, store)
        pks = [sheet.pk for sheet in enlisted.sheets]
        done_before = sum(store.sheet_tally(pk)[Status.DONE] for pk in pks)
        run = bill = None
        if sum(store.tally(enlisted.number).values()):
            if errand.options.get("download", True):
                check_downloads(enlisted.downloads)
            signed = account or stack.enter_context(_account(errand))
            prices, balance = read_prices(), ask_balance(signed, enlisted.api)
            unit = balance.unit if balance else None
            bill = Bill(
                quote=price(store, enlisted.number, prices, api=enlisted.api, unit=unit), before=balance, after=None
            )
            run = conduct(
                store,
                signed,
                run=enlisted.number,
                sheets=pks,
                options=options(api=enlisted.api, unit=unit),
                write_timeout=errand.write_timeout,
                prices=prices,
                tell=hear,
                write=partial(_write, store, errand),
                broke=_broke(bill),
                state=errand.state,
                brake=brake,
            )
        else:
            _write(store, errand, pks)
        besides = write_besides(store, enlisted.sheets, errand.results)
        ending = Ending(
            number=enlisted.number,
            sheets=enlisted.sheets,
            done_before=done_before,
            requests=requests,
            reason=run.stop.reason.text if run and run.stop.reason else None,
            bill=bill,
            besides=besides,
        )
        return _ended(store, ending, run)


def _ended(store: Store, ending: Ending, run: Run | None) -> Done:
    summary = sum_up(store, ending)
    store.end_run(ending.number, outcome=ending.reason or "ended", summary=summary.to_dict(), at=CLOCK.now())
    return Done(
        summary=summary,
        exit_code=exit_code(summary, run.stop.reason if run else None),
        reason=ending.reason,
        sheets=tuple(sheet.pk for sheet in ending.sheets),
    )


def _options(errand: Errand) -> Callable[..., Options]:
    """Check the options before anything is done. Raises ``UsageError``."""
    known = set(Options.__dataclass_fields__) - {"api", "tolerance", "unit"}
    for name in errand.options:
        if name not in known:
            meant = nearest(name, known)
            hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(sorted(known))}."
            raise UsageError(f'"{name}" is no option of a run.{hint}')
    return partial(Options, **errand.options, tolerance=Tolerance.read(errand.max_failures))


@contextmanager
def _account(errand: Errand) -> Iterator[settings.Account]:
    if not errand.sandbox:
        yield account(errand.profile)
        return
    with own_sandbox(errand.state) as rehearsal:
        yield rehearsal


def _write(store: Store, errand: Errand, sheets: Sequence[int]) -> None:
    write_results(store, sheets, like_input=errand.like_input)


def _broke(bill: Bill) -> str | None:
    """Say that the account has too little for even the shortest video; None where it has enough for one."""
    if bill.before is None or not broke(bill.quote, bill.before):
        return None
    return f"it has {bill.before.remaining or 0:,.10g} {bill.before.unit}, and the cheapest video costs more"


def tally(store: Store, sheets: Sequence[Sheet]) -> Counter[Status]:
    """Count the jobs of sheets by state."""
    counts: Counter[Status] = Counter()
    for sheet in sheets:
        counts.update(store.sheet_tally(sheet.pk))
    return counts
