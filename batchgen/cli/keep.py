"""`batchgen verify` and `batchgen refresh`: they look after what was made. Nothing is rendered, and nothing costs."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.keeping import Refreshed, file_fault, renew
from batchgen.assembly.results import write_results
from batchgen.assembly.selection import selector
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.known import known_sheets, need_state
from batchgen.cli.realm import check_realm
from batchgen.model.content import wants_captions
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.job import Job
    from batchgen.store.interface import Line, Sheet, Store

VERIFY_HELP = """Hold every saved video against what was saved: whether it is there, whole and unchanged.

With --repair, those that are not are fetched again from HeyGen, as long as it keeps them. A file that was changed is
set aside under another name first. Nothing is rendered, and nothing costs.

\b
Examples:
  batchgen verify
  batchgen verify people.yaml --repair
"""

REFRESH_HELP = """Get new links for videos that are done: those in the results expire.

Captions that a manifest asks for and that were not there before are saved as well. Nothing is rendered, and nothing
costs.

\b
Examples:
  batchgen refresh people.yaml
  batchgen refresh people.yaml --select company:ACME
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A done video: where it is told of, and what is wrong with its file."""

    sheet: Sheet
    line: Line
    fault: str | None = None

    def told(self) -> dict[str, Any]:
        """Give it for scripts."""
        return {
            "manifest": self.sheet.name,
            "row": self.line.row,
            "job_id": self.line.job.id,
            "file": self.line.saved,
            "problem": self.fault,
        }


@click.command(short_help="Hold every saved video against what was saved.", help=VERIFY_HELP)
@options.known
@click.option("--repair", is_flag=True, help="Fetch again what is gone or changed.")
@options.sandbox
@options.profile
@options.state
@options.select
@options.as_json
def verify(
    manifests: tuple[str, ...],
    *,
    repair: bool,
    sandbox: bool,
    profile: str | None,
    state: str,
    select: str | None,
    as_json: bool,
) -> int:
    """Check files, and mend them."""
    need_state(state)
    with open_store(state) as store:
        checked = [
            Found(one.sheet, one.line, file_fault(one.line))
            for one in _done(store, known_sheets(store, manifests), select)
            if one.line.saved is not None
        ]
    faulty = [one for one in checked if one.fault]
    for one in faulty:
        click.echo(f"{one.sheet.name}, row {one.line.row}: {one.line.saved}: {one.fault}.", err=as_json)
    failed = _refresh(state, faulty, profile, sandbox=sandbox, fetch=True).failed if repair and faulty else {}
    repaired = len(faulty) - len(failed) if repair else 0
    if as_json:
        told = {"files": len(checked), "faulty": [one.told() for one in faulty], "repaired": repaired}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"{len(checked) - len(faulty):,} of {len(checked):,} saved videos are as they were saved.")
        if repair:
            click.echo(f"{repaired:,} fetched again.")
        elif faulty:
            click.echo("`batchgen verify --repair` fetches the others again; that costs nothing.")
    return 1 if len(faulty) > repaired else 0


@click.command(short_help="Get new links for videos that are done.", help=REFRESH_HELP)
@options.known
@options.sandbox
@options.profile
@options.state
@options.select
@options.as_json
def refresh(
    manifests: tuple[str, ...], *, sandbox: bool, profile: str | None, state: str, select: str | None, as_json: bool
) -> int:
    """Get new links."""
    need_state(state)
    with open_store(state) as store:
        found = list(_done(store, known_sheets(store, manifests), select))
    done = _refresh(state, found, profile, sandbox=sandbox, fetch=False) if found else Refreshed()
    failed = done.failed
    if as_json:
        told = {"links": len(found) - len(failed), "failed": len(failed), "captions": done.captions}
        click.echo(json.dumps(told | {"uncaptioned": len(done.uncaptioned)}))
    else:
        click.echo(f"{len(found) - len(failed):,} of {len(found):,} links are new.")
        if done.captions:
            click.echo(f"{done.captions:,} {'videos have' if done.captions != 1 else 'video has'} captions.")
    return 1 if failed else 0


def _done(store: Store, sheets: Sequence[Sheet], select: str | None) -> Iterator[Found]:
    """Give each done video once."""
    seen: set[int] = set()
    for sheet in sheets:
        keep = selector(select, sheet.columns)
        for line in store.lines(sheet.pk):
            if line.job.status is Status.DONE and line.job.pk not in seen and (keep is None or keep(line)):
                seen.add(line.job.pk)
                yield Found(sheet, line)


def _refresh(state: str, found: Sequence[Found], profile: str | None, *, sandbox: bool, fetch: bool) -> Refreshed:
    """Ask for the videos again; tell which could not be had, and why."""
    check_realm([one.sheet for one in found], sandbox=sandbox)
    jobs: list[Job] = [one.line.job for one in found]
    paths = {one.line.job.pk: Path(one.line.saved) for one in found if fetch and one.line.saved}
    with ExitStack() as stack:
        stack.enter_context(locked(state, command="batchgen verify" if fetch else "batchgen refresh"))
        store = stack.enter_context(open_store(state))
        account = stack.enter_context(asked_account(profile, sandbox=sandbox, state=state))
        done = renew(store, account, jobs, paths, {} if fetch else _captioned(found))
        write_results(store, sorted({one.sheet.pk for one in found}))
    for one in found:
        if one.line.job.pk in done.failed:
            click.echo(f"{one.sheet.name}, row {one.line.row}: {done.failed[one.line.job.pk]}.", err=True)
        elif one.line.job.pk in done.uncaptioned:
            reason = done.uncaptioned[one.line.job.pk]
            click.echo(f"{one.sheet.name}, row {one.line.row}: no captions: {reason}.", err=True)
    return done


def _captioned(found: Sequence[Found]) -> dict[int, Path]:
    """Give the videos that want captions, each with its path."""
    lines = [one.line for one in found if wants_captions(one.line.job.content)]
    return {line.job.pk: Path(line.saved) for line in lines if line.saved}
