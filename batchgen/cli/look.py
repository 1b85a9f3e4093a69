"""Finds out what a run would do, on a copy of the state, with what the account says where it is asked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.costing import broke, missing, to_send
from batchgen.assembly.enlisting import take_up
from batchgen.assembly.errand import Errand
from batchgen.assembly.foresight import estimate, foresee, past, requests, timing
from batchgen.assembly.online import ask, drafts, lengths, look_at_links, wrong
from batchgen.assembly.planning import generation_of
from batchgen.assembly.prices import read_prices
from batchgen.assembly.recalling import bought_elsewhere
from batchgen.assembly.remembered import forgotten
from batchgen.assembly.saved_plan import compose, save
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import keep_read, scratch_store
from batchgen.cli import foreseen, money, plan_text
from batchgen.cli.holding import aloud
from batchgen.model.errors import Fault
from batchgen.model.status import Status
from batchgen.report.amounts import amount
from batchgen.report.left import told_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.assembly.foresight import Foresight
    from batchgen.assembly.online import Found
    from batchgen.model.job import Job
    from batchgen.pipeline.money.quote import Quote
    from batchgen.pipeline.planning.plan import Source
    from batchgen.settings import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of a command line."""

    sandbox: bool
    profile: str | None
    api: str | None
    state: str
    duplicates: str
    again: bool
    limit: int | None
    select: str | None
    encoding: str | None
    batch: str
    concurrency: int | None
    title_token: str
    show: int
    save: str | None
    online: bool
    probe: bool
    as_json: bool

    @property
    def takes_all(self) -> bool:
        """Whether the run would take up all that is open."""
        return self.select is None and self.limit is None

    def errand(self, manifests: Sequence[str]) -> Errand:
        """Say what the run would be asked to do."""
        return Errand(
            manifests=tuple(manifests),
            state=self.state,
            command="batchgen plan",
            encoding=self.encoding,
            sandbox=self.sandbox,
            profile=self.profile,
            api=self.api,
            duplicates=self.duplicates,
            again=self.again,
            select=self.select,
            limit=self.limit,
            options={
                "batch": self.batch,
                "concurrency": self.concurrency,
                "title_token": self.title_token != "never",  # noqa: S105 - a mark, no secret
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found out: what is wrong, and what is worth a word."""

    words: Sequence[str]  #: All of it for people, where they asked.
    faults: list[Fault]
    notes: list[str]


def look(
    asked: Asked,
    errand: Errand,
    sources: Sequence[Source],
    account: Account | None,
    *,
    write: Callable[[dict[str, Any], Iterator[dict[str, Any]]], None],
) -> Seen:
    """Find out what a run would do, with what the account says where it is asked.

    For scripts, ``write`` is handed the facts, and each line as it is read: there may be a million of them.
    """
    api, realm = generation_of(errand.api, sources), errand.realm
    prices, planner = read_prices(), errand.planner()
    with ExitStack() as stack:
        # On a copy of the state everything can be done as a run does it, and thrown away.
        store = stack.enter_context(scratch_store(errand.state))
        before = past(store, sources, realm)
        run = store.begin_run(command=errand.called, sheets=[], realm=realm, api=api, at=CLOCK.now())
        try:
            planned = planner.plan(sources, store, at=CLOCK.now(), run=run if asked.takes_all else None)
        finally:
            keep_read(errand.state, planner.read)
        found = foresee(
            store, planned, before, run=run, enlist=partial(take_up, errand, store, run, renewed=planned.renewed)
        )
        online = asked.online or asked.probe
        answers = _answers(errand, account, api, list(to_send(store, found.run))) if online else None
        unit = answers.balance.unit if answers and answers.balance else None
        lists = prices.fitting(api, unit or ("credits" if realm == "sandbox" else None))
        costs = foreseen.Costs()
        note = costs.note if asked.as_json else None
        known = answers.answers.known if answers else None
        quotes = estimate(store, run, lists, known, note=note, tally=found.tally)
        time = timing(store, found, realm, lists, asked.concurrency)
        told = foreseen.tell(found, quotes, time) | {"api": api, "realm": realm}
        told["prices"] = {"date": prices.date, "sources": {one.name: one.source for one in lists}}
        told["left_behind"] = told_left(store.unfetched([sheet.pk for sheet in found.sheets]))
        if asked.show:
            told["requests"] = foreseen.shown(
                requests(store, found.run, asked.show, errand.run_options(api=api)), found
            )
        faults, notes = _judge(sources, found, answers, quotes) if answers else ([], [])
        notes += forgotten(store, found.sheets, errand.state)
        if account is not None:
            notes += bought_elsewhere(store, errand, account, run=found.run, sheets=found.sheets, api=api)
        told |= _told_online(answers, faults) if answers else {}
        if asked.save and not faults:
            measured = lengths(to_send(store, found.run), answers.answers) if answers else {}
            _save(asked.save, errand, sources, found, prices=prices.digest, lengths=measured, told=told)
        if asked.as_json:
            write(told, foreseen.lines(found, costs))
        words = () if asked.as_json else plan_text.lines(told, foreseen.sent(found), partial(foreseen.few, found))
        return Seen(words=tuple(words), faults=faults, notes=notes)


def _answers(errand: Errand, account: Account | None, api: str, jobs: Sequence[Job]) -> Found:
    """Ask the account, where there is one to be asked, and the links."""
    if account is None:
        return look_at_links(jobs, errand.realm)
    return ask(account, api, jobs, state=errand.state, tell=aloud())


def _judge(
    sources: Sequence[Source], found: Foresight, answers: Found, quotes: Sequence[Quote]
) -> tuple[list[Fault], list[str]]:
    """Say what is wrong by what was answered, and what is only worth a word."""
    names = {sheet.pk: sheet.name for sheet in found.sheets}
    rows = {
        (names[pk], one.at.row)
        for pk in names
        for one in found.lines(pk)
        if found.takes(one.at) and one.at.status is Status.PLANNED
    }
    faults, notes = wrong(drafts(sources, rows), answers.answers), list(answers.notes)
    balance, quote = answers.balance, quotes[0]
    lacking = missing(quote, balance)
    if balance is None or balance.remaining is None or (lacking is None and not broke(quote, balance)):
        return faults, notes
    has = f"The account has {amount(balance.remaining, balance.unit)}."
    warning = money.warning(quote, balance, lacking) or has
    if broke(quote, balance) or (quote.unit == balance.unit and quote.total.low > balance.remaining):
        problem = f"The balance is not enough. {warning}"
        faults.append(Fault(file=sources[0].manifest.name, problem=problem, remedy="Add credit, or take fewer rows."))
    else:
        notes.append(f"{warning} It may not be enough.")
    return faults, notes


def _told_online(answers: Found, faults: Sequence[Fault]) -> dict[str, Any]:
    """Give what was asked, for scripts."""
    balance = answers.balance
    links = answers.answers.links
    return {
        "balance": {"remaining": balance.remaining, "unit": balance.unit} if balance else None,
        "sources": [
            {"url": url, "duration_s": one.duration_s, "problem": one.problem} for url, one in sorted(links.items())
        ],
        "faults": [asdict(fault) for fault in faults],
    }


def _save(
    to: str,
    errand: Errand,
    sources: Sequence[Source],
    found: Foresight,
    *,
    prices: str,
    lengths: dict[str, float],
    told: dict[str, Any],
) -> None:
    """Keep the plan, so that exactly this can be sent."""
    saved = compose(
        sources,
        found,
        realm=errand.realm,
        account=None if errand.realm == "sandbox" else fingerprint(errand.profile),
        api=told["api"],
        prices=prices,
        options={"duplicates": errand.duplicates, "again": errand.again, "encoding": errand.encoding},
        expected=told["cost"],
        lengths=lengths,
        at=CLOCK.now(),
    )
    save(saved, Path(to))
    told["saved"] = to
