"""One `run` or `retry` from its words to its exit code: plan, ask, conduct, sum up."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import click

from batchgen.assembly.account import ask_balance
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.costing import broke, learn_lengths, missing, price, to_send
from batchgen.assembly.planning import check_downloads, generation_of, open_sources, planner_for
from batchgen.assembly.prices import read_prices
from batchgen.assembly.results import write_besides, write_results
from batchgen.assembly.running import conduct
from batchgen.assembly.state import locked, open_store
from batchgen.cli import money
from batchgen.cli.account import asked_account
from batchgen.cli.audience import Audience
from batchgen.cli.progress import Narrator
from batchgen.cli.realm import asked_realm
from batchgen.cli.select import selector, take, take_sample
from batchgen.cli.summing import Bill, Ending, close, exit_code, failures
from batchgen.model.errors import ConfigError, Declined, DiskError, UsageError
from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from batchgen.cli.choices import Choices
    from batchgen.model.errors import BatchgenError
    from batchgen.model.exchange import Balance
    from batchgen.pipeline.cost import Prices
    from batchgen.pipeline.quote import Quote
    from batchgen.pipeline.run import Run
    from batchgen.settings import Account
    from batchgen.store.interface import Line, Sheet, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run is to do, once it is planned and enlisted."""

    number: int
    api: str
    realm: str
    sheets: tuple[Sheet, ...]
    open: Mapping[Status, int]  #: Its open jobs by state.
    downloads: tuple[Path, ...]  #: The folders that videos go to.
    done_before: int

    @property
    def todo(self) -> int:
        """How many jobs are open."""
        return sum(self.open.values())


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
            f"it has {money.amount(self.balance.remaining or 0.0, self.balance.unit)}, and the cheapest video that is "
            f"to be sent costs {money.amount(self.quote.least, self.quote.unit)} at the least"
        )


class Session:
    """A command under way."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._ear = choices.ear
        self._narrator = Narrator()
        self._audience = Audience(self._narrator, log_file=choices.log_file, notify=choices.notify)
        self.sheets: list[Sheet] = []
        self.sample: set[int] = set()  #: The jobs that were chosen, where only some were to be.
        self._unlike: dict[str, str] = {}  #: Results that could not be written as asked, and why.

    def run(self, manifests: Sequence[str]) -> int:
        """Do what ``batchgen run`` says; give its exit code."""
        return self._work(manifests, self._enlist)

    def retry(self, manifests: Sequence[str]) -> int:
        """Do what ``batchgen retry`` says; give its exit code."""
        return self._work(manifests, self._revive)

    def apply(
        self, manifests: Sequence[str], jobs: Collection[str], lengths: Mapping[str, float], check: Callable[[], None]
    ) -> int:
        """Do what ``batchgen run`` does, with these jobs and no others, unless ``check`` raises; give its exit code.

        ``lengths`` are seconds of sources, by job id, that are known already.
        """

        def enlist(store: Store, run: int, sheets: Sequence[Sheet]) -> None:
            for sheet in sheets:
                store.enlist(run, sheet.pk, lambda line: line.job.id in jobs, None)
            learn_lengths(store, run, lengths)

        return self._work(manifests, enlist, check)

    def _work(
        self,
        manifests: Sequence[str],
        enlist: Callable[[Store, int, Sequence[Sheet]], None],
        check: Callable[[], None] | None = None,
    ) -> int:
        with ExitStack() as stack:
            stack.enter_context(self._audience)
            stack.enter_context(locked(self._choices.state, command=_command()))
            if check is not None:
                check()
            store = stack.enter_context(open_store(self._choices.state))
            work = self._prepare(store, manifests, enlist)
            self._audience.attend(work.number, store.lines_of)
            if not work.todo:
                self._write(store, [sheet.pk for sheet in work.sheets])
                return self._close(store, work, None)
            if not self._choices.no_download:
                check_downloads(work.downloads)
            account = self._account(stack)
            spending = self._reckon(store, work, account)
            self._ask(work, spending)
            run = self._conduct(store, work, account, spending)
            return self._close(store, work, run, self._settle(run, account, spending))

    def _account(self, stack: ExitStack) -> Account:
        choices = self._choices
        return stack.enter_context(asked_account(choices.profile, sandbox=choices.sandbox, state=choices.state))

    def _prepare(
        self, store: Store, manifests: Sequence[str], enlist: Callable[[Store, int, Sequence[Sheet]], None]
    ) -> Work:
        realm = asked_realm(sandbox=self._choices.sandbox)
        api, sheets, downloads = self._plan(store, manifests, realm) if manifests else self._last(store, realm)
        self.sheets = sheets
        done = sum(_done(store, sheet) for sheet in sheets)
        number = store.begin_run(
            command=_command(),
            sheets=[sheet.pk for sheet in sheets],
            realm=realm,
            api=api,
            at=CLOCK.now(),
            selection=self._choices.select,
        )
        enlist(store, number, sheets)
        found = store.tally(number)
        return Work(
            number=number,
            api=api,
            realm=realm,
            sheets=tuple(sheets),
            open={status: found[status] for status in sorted(OPEN)},
            downloads=tuple(downloads),
            done_before=done,
        )

    def _plan(self, store: Store, manifests: Sequence[str], realm: str) -> tuple[str, list[Sheet], list[Path]]:
        sources = open_sources(
            manifests,
            results=self._choices.results,
            downloads=self._choices.downloads,
            encoding=self._choices.encoding,
            like_input=self._choices.like_input,
        )
        for source in sources:
            self._narrator.note(source.manifest.name, source.manifest.notes)
        api = generation_of(self._choices.api, sources)
        planner = planner_for(
            realm=realm,
            api=self._choices.api,
            duplicates=self._choices.duplicates,
            again=self._choices.again,
        )
        plan = planner.plan(sources, store, at=CLOCK.now())
        for source in sources:
            self._narrator.warn(source.manifest.warnings())
        for one in plan.sheets:
            if not one.sheet.lines:
                self._narrator.note(one.sheet.name, ["it has no rows below its header, so there is nothing to make."])
        return api, [one.sheet for one in plan.sheets], [source.downloads for source in sources]

    def _last(self, store: Store, realm: str) -> tuple[str, list[Sheet], list[Path]]:
        """Take up the manifests of the last run, with its generation and, where none is given, its selection."""
        last = store.last_run(realm)
        if last is None:
            raise UsageError(
                f"There was no run at {realm} yet on this state, so there is nothing to try again. Name a manifest."
            )
        if last.selection and not self._choices.select:
            self._choices = replace(self._choices, select=last.selection)
            self._narrator.note("retry", [f"as the last run was: --select {shlex.quote(last.selection)}"])
        # A manifest that was planned for another realm since is not the one that ran.
        sheets = [sheet for sheet in store.sheets() if sheet.pk in last.sheets and sheet.realm == realm]
        return self._choices.api or last.api, sheets, []

    def _enlist(self, store: Store, run: int, sheets: Sequence[Sheet]) -> None:
        choices = self._choices
        if choices.sample is None:
            take(store, run, sheets, expression=choices.select, limit=choices.limit)
        else:
            self.sample = take_sample(store, run, sheets, expression=choices.select, count=choices.sample)

    def _revive(self, store: Store, run: int, sheets: Sequence[Sheet]) -> None:
        for sheet in sheets:
            revived = store.revive(sheet.pk, selector(self._choices.select, sheet.columns), CLOCK.now())

            def was_revived(line: Line, revived: Collection[int] = revived) -> bool:
                return line.job.pk in revived

            store.enlist(run, sheet.pk, was_revived, None)

    def _reckon(self, store: Store, work: Work, account: Account) -> Money:
        """Ask what the account has, and hold it against what the run would cost."""
        prices = read_prices()
        if self._choices.probe:
            from batchgen.assembly.online import probe  # noqa: PLC0415 - for those who ask

            measured, notes = probe(to_send(store, work.number), work.realm)
            learn_lengths(store, work.number, measured)
            self._narrator.note("links", notes)
        balance = ask_balance(account, work.api)
        quote = price(store, work.number, prices, api=work.api, unit=balance.unit if balance else None)
        return Money(prices=prices, balance=balance, quote=quote, lacking=missing(quote, balance))

    def _ask(self, work: Work, spending: Money) -> None:
        """Ask before spending, where somebody sits who can answer; elsewhere say what might go wrong."""
        if not work.open[Status.PLANNED] or spending.broke:
            return
        warning = money.warning(spending.quote, spending.balance, spending.lacking)
        asked = sys.stdin.isatty() and sys.stderr.isatty()
        if self._choices.yes or work.realm == "sandbox" or not asked:
            self._narrator.note("balance", [warning] if warning else [])
            return
        said = [question(work, spending.quote), *([warning] if warning else []), "Go on?"]
        if not click.confirm(" ".join(said), err=True):
            raise Declined("Nothing was sent.")

    def _conduct(self, store: Store, work: Work, account: Account, spending: Money) -> Run:
        with self._narrator.attend(store.lines_of):
            self._narrator.begin(work.todo, work.realm, spending.balance)
            return conduct(
                store,
                account,
                run=work.number,
                sheets=[sheet.pk for sheet in work.sheets],
                options=self._choices.options(work.api, spending.unit),
                write_timeout=self._choices.write_timeout,
                prices=spending.prices,
                tell=self._audience.hear,
                write=partial(self._write, store),
                state=self._choices.state,
                ear=self._ear,
                broke=spending.broke,
            )

    def _write(self, store: Store, sheets: Sequence[int]) -> None:
        self._unlike |= write_results(store, sheets, like_input=self._choices.like_input)

    def _settle(self, run: Run, account: Account, spending: Money) -> Bill:
        """Ask once more what the account has, where something was sent: the difference is what it charged."""
        sent = self._narrator.requests["create"] and not (run.stop.reason and run.stop.reason.everything)
        after = None
        if sent and spending.balance is not None:
            with suppress(ConfigError):
                after = ask_balance(account, run.options.api)
        return Bill(quote=spending.quote, before=spending.balance, after=after)

    def _close(self, store: Store, work: Work, run: Run | None, bill: Bill | None = None) -> int:
        for results, note in self._unlike.items():
            self._narrator.note(results, [note])
        reason = run.stop.reason if run else None
        besides, fault = self._write_besides(store, work)
        ending = Ending(
            number=work.number,
            sheets=work.sheets,
            done_before=work.done_before,
            requests=self._narrator.requests,
            reason=reason.text if reason else None,
            left_unsure=dict(run.left_unsure) if run else {},
            stalled=dict(self._narrator.stalled),
            bill=bill,
            besides=besides,
            uncaptioned=self._narrator.uncaptioned,
        )
        summary = close(store, ending, as_json=self._choices.as_json, at=CLOCK.now())
        code = exit_code(summary, reason) or (fault.exit_code if fault else 0)
        self._audience.ended(summary, failures(store, ending), exit_code=code)
        return code

    def _write_besides(self, store: Store, work: Work) -> tuple[str | None, BatchgenError | None]:
        """Write results in the other format that was asked for. A run that has ended does not fail for it."""
        try:
            return write_besides(store, work.sheets, self._choices.results), None
        except (DiskError, UsageError) as error:
            self._narrator.note("results", [str(error)])
            return None, error


def question(work: Work, quote: Quote) -> str:
    """Say what a run is about to spend, and what it takes up that was paid for before."""
    to_send = work.open[Status.PLANNED]
    under_way = work.todo - to_send
    parts = [f"{to_send:,} video{'s' if to_send != 1 else ''} to send to {work.realm}, cost: {money.expected(quote)}"]
    if under_way:
        parts.append(f"{under_way:,} under way from before")
    if work.done_before:
        parts.append(f"{work.done_before:,} done already")
    return "; ".join(parts) + "."


def _done(store: Store, sheet: Sheet) -> int:
    return store.sheet_tally(sheet.pk)[Status.DONE]


def _command() -> str:
    """Give the command as it was typed; what is secret in it is no part of what is kept."""
    words = ["batchgen", *sys.argv[1:]]
    for place, word in enumerate(words):
        if word == "--notify" and place + 1 < len(words):
            words[place + 1] = "***"
        elif word.startswith("--notify="):
            words[place] = "--notify=***"
    return shlex.join(words)
