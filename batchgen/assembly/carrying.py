"""One errand from its words to its exit code: plan, ask, conduct, sum up. All runs are conducted here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING

from batchgen.assembly.account import ask_balance
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.company import Nobody
from batchgen.assembly.costing import learn_lengths, missing, price, to_send
from batchgen.assembly.ending import Bill, Ending, Heard, exit_code, sum_up
from batchgen.assembly.enlisting import enlist
from batchgen.assembly.errand import Done, Money
from batchgen.assembly.planning import check_downloads
from batchgen.assembly.prices import read_prices
from batchgen.assembly.recalling import check_listed
from batchgen.assembly.remembered import check_remembered, marks
from batchgen.assembly.results import try_besides, write_besides, write_results
from batchgen.assembly.running import conduct
from batchgen.assembly.signing import open_account
from batchgen.assembly.state import ResultsHeld, locked, open_store, scratch_store
from batchgen.model.errors import ConfigError, DiskError, UsageError
from batchgen.pipeline.retry import LONGEST_WAIT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from threading import Event

    from batchgen.assembly.braking import Brake
    from batchgen.assembly.company import Company
    from batchgen.assembly.errand import Errand, Work
    from batchgen.model.errors import BatchgenError
    from batchgen.pipeline.run import Run
    from batchgen.settings import Account
    from batchgen.store.interface import Store

    #: Opens the account that is to be asked.
    SignIn = Callable[[], AbstractContextManager[Account]]

#: Seconds between two looks at whether a program wants its run to end.
LOOK_S = 0.2
#: Seconds that a server may ask for at the end, when all that is left to ask is what the account has.
END_PATIENCE_S = 5.0


def do(errand: Errand, company: Company, brake: Brake, stop: Event | None = None) -> Done:
    """Do an errand in a thread of its own: a notebook has an event loop in this one.

    Ctrl-C ends it in order, and so does ``stop`` once it is set; where it was set before, nothing is sent.
    """
    if stop is not None and stop.is_set():
        brake.pull()
    with ThreadPoolExecutor(1, thread_name_prefix="batchgen") as thread:
        future = thread.submit(carry_out, errand, company, brake=brake)
        try:
            while stop is not None and not wait([future], timeout=LOOK_S).done:
                if stop.is_set():
                    brake.pull()
            return future.result()
        except KeyboardInterrupt:
            brake.pull()
            return future.result()


def carry_out(
    errand: Errand,
    company: Company,
    *,
    sign_in: SignIn | None = None,
    brake: Brake | None = None,
    check: Callable[[], None] | None = None,
) -> Done:
    """Do an errand in this thread; nothing is done where ``check``, or anything before the first request, raises.

    ``sign_in`` opens the account; by default the one that the errand names. ``brake`` ends the run in order, for runs
    that no signal reaches.
    """
    errand.run_options()  # What is wrong with them is told before anything is done.
    with ExitStack() as stack:
        stack.enter_context(locked(errand.state, command=errand.called))
        if check is not None:
            check()
        account = _Entry(stack, sign_in or partial(_sign_in, errand))
        held = ResultsHeld(stack, errand.state, command=errand.called)
        # What failed, or is done, stays so until it is known that it is going to be sent.
        unsettles = errand.revive or errand.again
        if unsettles:
            _try_out(errand, company, account, held, brake)
        store = stack.enter_context(open_store(errand.state))
        work = enlist(errand, store, Nobody() if unsettles else company)
        held.take(work.sheets)
        company.attend(store, work)
        check_remembered(store, work.sheets, errand.state)
        task = _Task(errand=errand, company=company, store=store, work=work, brake=brake)
        if not work.todo:
            task.write(work.pks)
            return task.end(None)
        _try_disk(errand, work)
        money = task.reckon(account.entered)
        if not unsettles:
            check_listed(store, work, errand, account.entered)
            company.consent(work, money)
        run = task.conduct(account.entered, money)
        return task.end(run, task.settle(run, account.entered, money))


def _try_out(errand: Errand, company: Company, account: _Entry, held: ResultsHeld, brake: Brake | None) -> None:
    """Come as far as the question on a copy of the state; whatever is raised, nothing has changed."""
    with scratch_store(errand.state) as store:
        work = enlist(errand, store, company)
        held.take(work.sheets)
        check_remembered(store, work.sheets, errand.state)
        if not work.todo:
            return
        _try_disk(errand, work)
        task = _Task(errand=errand, company=company, store=store, work=work, brake=brake)
        money = task.reckon(account.entered)
        check_listed(store, work, errand, account.entered)
        company.consent(work, money)


def _try_disk(errand: Errand, work: Work) -> None:
    """Find out before money moves whether what it buys can be written. Raises ``DiskError``."""
    try_besides(errand.results)
    if errand.downloads_too:
        check_downloads(work.downloads)


class _Entry:
    """An account that is entered when it is needed first, and left with everything else."""

    def __init__(self, stack: ExitStack, sign_in: SignIn) -> None:
        self._stack, self._sign_in = stack, sign_in

    @cached_property
    def entered(self) -> Account:
        """The account."""
        return self._stack.enter_context(self._sign_in())


def _sign_in(errand: Errand) -> AbstractContextManager[Account]:
    return open_account(errand.profile, sandbox=errand.sandbox, state=errand.state)


@dataclass(slots=True, kw_only=True)
class _Task:
    """An errand under way."""

    errand: Errand
    company: Company
    store: Store
    work: Work
    brake: Brake | None
    heard: Heard = field(init=False)
    unlike: dict[str, str] = field(default_factory=dict)  #: Results that could not be written as asked, and why.

    def __post_init__(self) -> None:
        self.heard = Heard(self.company.hear)

    def reckon(self, account: Account) -> Money:
        """Ask what the account has, and hold it against what the run would cost."""
        store, work, prices = self.store, self.work, read_prices()
        tally = work.tally
        if self.errand.probe:
            from batchgen.assembly.online import probe  # noqa: PLC0415 - for those who ask

            measured, notes = probe(to_send(store, work.number), work.realm)
            learn_lengths(store, work.number, measured)
            self.company.note("links", notes)
            tally = None
        hear, brake = self.heard.hear, self.brake
        balance = ask_balance(account, work.api, patience_s=LONGEST_WAIT_S, tell=hear, brake=brake)
        unit = balance.unit if balance else None
        quote = price(store, work.number, prices, api=work.api, unit=unit, tally=tally)
        return Money(prices=prices, balance=balance, quote=quote, lacking=missing(quote, balance))

    def conduct(self, account: Account, money: Money) -> Run:
        """Have the run do its work."""
        with self.company.under_way(self.work, money):
            return conduct(
                self.store,
                account,
                run=self.work.number,
                sheets=self.work.pks,
                options=self.errand.run_options(api=self.work.api, unit=money.unit),
                write_timeout=self.errand.write_timeout,
                prices=money.prices,
                tell=self.heard.hear,
                write=self.write,
                state=self.errand.state,
                ear=self.errand.ear,
                broke=money.broke,
                brake=self.brake,
            )

    def write(self, sheets: Sequence[int]) -> None:
        """Write results as they stand."""
        self.unlike |= write_results(self.store, sheets, like_input=self.errand.like_input)

    def settle(self, run: Run, account: Account, money: Money) -> Bill:
        """Ask once more what the account has, where something was sent: the difference is what it charged."""
        sent = self.heard.requests["create"] and not (run.stop.reason and run.stop.reason.everything)
        after = None
        if sent and money.balance is not None:
            with suppress(ConfigError):
                after = ask_balance(account, self.work.api, patience_s=END_PATIENCE_S)
        return Bill(quote=money.quote, before=money.balance, after=after)

    def end(self, run: Run | None, bill: Bill | None = None) -> Done:
        """Sum up, note the end in the store, and tell it."""
        for results, note in self.unlike.items():
            self.company.note(results, [note])
        reason = run.reason if run else None
        besides, fault = self._write_besides()
        ending = Ending(
            number=self.work.number,
            sheets=self.work.sheets,
            done_before=self.work.done_before,
            heard=self.heard,
            reason=reason.text if reason else None,
            bill=bill,
            besides=besides,
        )
        summary = sum_up(self.store, ending)
        outcome = ending.reason or "ended"
        written = marks(self.work.sheets)
        self.store.end_run(ending.number, outcome=outcome, summary=summary.to_dict(), at=CLOCK.now(), written=written)
        done = Done(
            summary=summary,
            exit_code=exit_code(summary, reason) or (fault.exit_code if fault else 0),
            reason=ending.reason,
            sheets=tuple(self.work.pks),
            sample=self.work.sample,
            fault=fault,
        )
        self.company.ended(self.store, ending, done)
        return done

    def _write_besides(self) -> tuple[str | None, BatchgenError | None]:
        """Write results in the other format that was asked for. A run that has ended does not fail for it."""
        try:
            return write_besides(self.store, self.work.sheets, self.errand.results), None
        except (DiskError, UsageError) as error:
            self.company.note("results", [str(error)])
            return None, error
