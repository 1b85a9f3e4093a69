"""`batchgen webhook`: registers an address, and prints what is told there."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from batchgen.assembly.hearing import Ear, ear_lock, listen_alone
from batchgen.assembly.state import open_store
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.arrivals import turned_away
from batchgen.cli.holding import silence
from batchgen.model.exchange import Stage
from batchgen.pipeline.happened import Stumbled, TurnedAway, Unanswered

if TYPE_CHECKING:
    from batchgen.model.exchange import Progress
    from batchgen.model.webhook import Announcement
    from batchgen.pipeline.happened import Happening
    from batchgen.store.interface import Store

HELP = """Register a webhook with the account, print what it is told, and remove it again at Ctrl-C.

It shows whether events reach this machine; nothing is done with them. `batchgen run --webhook` does something with
them, and registers its own.

\b
Examples:
  batchgen webhook --webhook https://public.example/hook --listen 127.0.0.1:8080
  batchgen webhook --webhook https://public.example/hook --json >> events.jsonl
"""

_STAGES = {Stage.READY: "ready", Stage.BROKEN: "failed"}


@click.command(short_help="Listen to what HeyGen tells of videos by itself.", help=HELP)
@options.webhooks[0]
@options.webhooks[1]
@options.api
@options.state
@options.profile
@click.option("--json", "as_json", is_flag=True, help="For scripts: a JSON object for each event, on standard output.")
def webhook(
    *, webhook: str | None, listen: str | None, api: str | None, state: str, profile: str | None, as_json: bool
) -> int:
    """Listen until Ctrl-C."""
    ear = Ear.read(webhook, listen)
    with (
        asked_account(profile, sandbox=False, state=state) as account,
        ear_lock(state),
        open_store(state) as store,
    ):
        scribe = Scribe(store, as_json=as_json)
        listen_alone(
            store,
            account,
            ear,
            api=api or "v3",
            tell=scribe.tell,
            announce=scribe.write,
            ready=lambda leads_here: click.echo(_ready(ear, leads_here=leads_here), err=True),
        )
        scribe.close()
    return 0


def _ready(ear: Ear, *, leads_here: bool) -> str:
    if leads_here:
        return f"{ear.url} leads to {ear}. Ctrl-C ends it and removes it again."
    return (
        f"{ear.url} is registered, but HeyGen's question whether somebody is there did not come to {ear}: something "
        "else answered it. Check where the address leads. Ctrl-C ends it and removes it again."
    )


@dataclass
class Scribe:
    """Writes down what is told."""

    store: Store
    as_json: bool
    heard: int = 0
    turned_away: Counter[str] = field(default_factory=Counter)

    def write(self, said: Announcement) -> None:
        """Write an event as a line."""
        self.heard += 1
        progress = said.progress
        row = self._row(progress) if progress else None
        if self.as_json:
            click.echo(json.dumps({"at": _now(), "event": said.event, **_facts(progress), "row": row}))
            return
        parts = [_now(), said.event, *(str(value) for value in _facts(progress).values() if value)]
        click.echo("  ".join(_plain(part) for part in parts) + (f"  ({row})" if row else ""))

    def tell(self, fact: Happening) -> None:
        """Say what was not believed, and what went wrong."""
        match fact:
            case TurnedAway():
                self.turned_away[fact.reason] += 1
                click.echo(f"{_now()}  {turned_away(fact)}", err=True)
            case Stumbled():
                click.echo(f"{fact.what}: {fact.reason}", err=True)
            case Unanswered():
                click.echo(silence(fact), err=True)
            case _:
                pass

    def close(self) -> None:
        """Sum up."""
        away = sum(self.turned_away.values())
        click.echo(f"{self.heard:,} events were heard, {away:,} turned away.", err=True)

    def _row(self, progress: Progress) -> str | None:
        """Name the row that a video was made for, where this state knows it."""
        owner = self.store.owners([progress.remote_id]).get(progress.remote_id) if progress.remote_id else None
        line = next(iter(self.store.lines_of([owner])), None) if owner is not None else None
        return f"row {line.row}" if line else None


def _facts(progress: Progress | None) -> dict[str, str | None]:
    if progress is None:
        return {}
    return {
        "id": progress.remote_id,
        "callback_id": progress.callback_id,
        "stage": _STAGES.get(progress.stage),
        "url": progress.video_url,
        "error": progress.error,
    }


def _plain(text: str) -> str:
    """Leave out what would move a terminal's cursor."""
    return "".join(letter for letter in text if letter.isprintable())


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
