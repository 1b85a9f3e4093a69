"""The company of a command: a person before a screen who is told, asked, and given an exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from batchgen.assembly.carrying import carry_out
from batchgen.cli.account import asked_account
from batchgen.cli.audience import Audience
from batchgen.cli.money import expected, warning
from batchgen.cli.progress import Narrator
from batchgen.cli.summing import close, failures
from batchgen.model.errors import Declined
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchgen.assembly.ending import Ending
    from batchgen.assembly.errand import Done, Errand, Money, Work
    from batchgen.cli.choices import Choices
    from batchgen.model.errors import Fault
    from batchgen.pipeline.happened import Happening
    from batchgen.pipeline.money.quote import Quote
    from batchgen.store.interface import Lines, Store


def carry(choices: Choices, errand: Errand, *, check: Callable[[], None] | None = None) -> Done:
    """Do an errand before the eyes of a person; nothing is done where ``check`` raises."""
    sign_in = partial(asked_account, errand.profile, sandbox=errand.sandbox, state=errand.state)
    terminal = Terminal(choices, written={"--state": errand.state, "--results": errand.results})
    with terminal.audience:
        return carry_out(errand, terminal, sign_in=sign_in, check=check)


class Terminal:
    """See ``assembly.company.Company``."""

    def __init__(self, choices: Choices, *, written: Mapping[str, str | None]) -> None:
        self._yes, self._as_json = choices.yes, choices.as_json
        self._narrator = Narrator()
        self.audience = Audience(self._narrator, log_file=choices.log_file, notify=choices.notify, written=written)

    def note(self, about: str, notes: Sequence[str]) -> None:
        """See ``Company.note``."""
        self._narrator.note(about, notes)

    def warn(self, faults: Sequence[Fault]) -> None:
        """See ``Company.warn``."""
        self._narrator.warn(faults)

    def attend(self, store: Lines, work: Work) -> None:
        """See ``Company.attend``."""
        self.audience.attend(work.number, store.lines_of)
        self._narrator.attend(store.lines_of)

    def consent(self, work: Work, spending: Money) -> None:
        """Ask before spending, where somebody sits who can answer; elsewhere say what might go wrong."""
        if not work.open[Status.PLANNED] or spending.broke:
            return
        warned = warning(spending.quote, spending.balance, spending.lacking)
        asked = sys.stdin.isatty() and sys.stderr.isatty()
        if self._yes or work.realm == "sandbox" or not asked:
            self.note("balance", [warned] if warned else [])
            left = f"{outlived(work.outlived)}; a changed row is another video."
            self.note("changed", [left] if work.outlived else [])
            return
        said = [question(work, spending.quote), *([warned] if warned else []), "Go on?"]
        if not click.confirm(" ".join(said), err=True):
            raise Declined("Nothing was sent.")

    def under_way(self, work: Work, spending: Money) -> Narrator:
        """See ``Company.under_way``."""
        self._narrator.begin(work.todo, work.realm, spending.balance)
        return self._narrator

    def hear(self, fact: Happening) -> None:
        """See ``Company.hear``."""
        self.audience.hear(fact)

    def ended(self, store: Store, ending: Ending, done: Done) -> None:
        """See ``Company.ended``."""
        try:
            with suppress(BrokenPipeError):  # Whoever read it has gone: it ended all the same as it did.
                close(store, ending, done.summary, as_json=self._as_json)
        finally:
            self.audience.ended(done.summary, failures(store, ending), exit_code=done.exit_code)


def question(work: Work, quote: Quote) -> str:
    """Say what a run is about to spend, and what it takes up that was paid for before."""
    to_send = work.open[Status.PLANNED]
    under_way = work.todo - to_send
    parts = [f"{to_send:,} video{'s' if to_send != 1 else ''} to send to {work.realm}, cost: {expected(quote)}"]
    if under_way:
        parts.append(f"{under_way:,} under way from before")
    if work.done_before:
        parts.append(f"{work.done_before:,} done already")
    if work.outlived:
        parts.append(outlived(work.outlived))
    return "; ".join(parts) + "."


def outlived(videos: int) -> str:
    """Say what was made of rows as they were: who changed all of them by a slip sees it before paying again."""
    which = "videos that were made before are" if videos != 1 else "video that was made before is"
    return f"{videos:,} {which} asked for by no row now"
