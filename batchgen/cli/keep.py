"""`batchgen verify` and `batchgen refresh`: they look after what was made. Nothing is rendered, and nothing costs."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.keeping import Checked, Refreshed, check_files, renew, to_save, unsaved
from batchgen.assembly.results import write_results
from batchgen.assembly.selection import selector
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.holding import aloud
from batchgen.cli.known import known_sheets, need_state
from batchgen.cli.realm import check_realm
from batchgen.model.content import wants_captions
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.job import Job
    from batchgen.store.interface import Line, Lines, Luggage, Sheet

VERIFY_HELP = """Hold videos and captions against what was saved: whether they are there, whole and unchanged.

With --repair, those that are not so are fetched again from HeyGen, as long as it keeps them, and so are videos that
were never saved (--no-download). A file that was changed is set aside under another name first. Nothing is rendered,
and nothing costs.

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
    """A done video: where it is told of, and which of its files was looked at."""

    sheet: Sheet
    line: Line
    file: Checked | None = None

    @property
    def fault(self) -> str | None:
        """Say what is wrong with the file."""
        return self.file.fault if self.file else None

    def told(self) -> dict[str, Any]:
        """Give it for scripts."""
        return {
            "manifest": self.sheet.name,
            "row": self.line.row,
            "job_id": self.line.job.id,
            "file": str(self.file.path) if self.file else self.line.saved,
            "problem": self.fault,
        }


@dataclass(slots=True)
class Looked:
    """What came of a look at all files."""

    files: int = 0  #: Files that were saved.
    sound: int = 0  #: Those of them that are as they were.
    captions: bool = False  #: Whether some of these are captions.
    unsaved: int = 0  #: Videos that were never saved.
    faulty: list[Found] = field(default_factory=list)  #: What is to be fetched again.


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
        looked = _look(store, _done(store, known_sheets(store, manifests), select), repair=repair)
    for one in looked.faulty:
        told = one.told()
        click.echo(f"{told['manifest']}, row {told['row']}: {told['file']}: {told['problem']}.", err=as_json)
    done = _repair(state, looked.faulty, profile, sandbox=sandbox) if repair and looked.faulty else Refreshed()
    repaired = sum(_is_mended(one, done) for one in looked.faulty) if repair else 0
    if as_json:
        summary = {"files": looked.files, "faulty": [one.told() for one in looked.faulty], "repaired": repaired}
        click.echo(json.dumps(summary, ensure_ascii=False))
    else:
        _tell(looked, repaired if repair else None)
    return 1 if len(looked.faulty) > repaired else 0


def _look(store: Luggage, videos: Iterator[Found], *, repair: bool) -> Looked:
    """Hold files against what was saved. What was never saved is at fault where it is to be had now."""
    looked, taken = Looked(), set[Path]()
    for one in videos:
        for file in check_files(store, one.line):
            looked.files += 1
            looked.captions |= file.captions
            if file.fault:
                looked.faulty.append(replace(one, file=file))
            else:
                looked.sound += 1
        path = unsaved(one.line)
        looked.unsaved += path is not None
        if path is not None and repair:
            looked.faulty.append(replace(one, file=to_save(one.line, path, taken)))
    return looked


def _tell(looked: Looked, repaired: int | None) -> None:
    noun = "file" if looked.captions else "video"
    nouns = f"{noun} is as it was" if looked.files == 1 else f"{noun}s are as they were"
    click.echo(f"{looked.sound:,} of {looked.files:,} saved {nouns} saved.")
    if repaired is not None:
        click.echo(f"{repaired:,} fetched again.")
        return
    if looked.faulty:
        click.echo("`batchgen verify --repair` fetches the others again; that costs nothing.")
    if looked.unsaved:
        click.echo(
            f"{looked.unsaved:,} more {'was' if looked.unsaved == 1 else 'were'} never saved: --repair has them."
        )


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
    done = _ask(state, found, profile, {}, _captioned(found), sandbox=sandbox) if found else Refreshed()
    failed = done.failed
    if as_json:
        told = {"links": len(found) - len(failed), "failed": len(failed), "captions": done.captions}
        click.echo(json.dumps(told | {"uncaptioned": len(done.uncaptioned)}))
    else:
        click.echo(
            f"{len(found) - len(failed):,} of {len(found):,} {'links are' if len(found) != 1 else 'link is'} new."
        )
        if done.captions:
            click.echo(f"{done.captions:,} {'videos have' if done.captions != 1 else 'video has'} captions.")
    return 1 if failed else 0


def _done(store: Lines, sheets: Sequence[Sheet], select: str | None) -> Iterator[Found]:
    """Give each done video once."""
    seen: set[int] = set()
    for sheet in sheets:
        keep = selector(select, sheet.columns)
        for line in store.lines(sheet.pk):
            if line.job.status is Status.DONE and line.job.pk not in seen and (keep is None or keep(line)):
                seen.add(line.job.pk)
                yield Found(sheet, line)


def _repair(state: str, faulty: Sequence[Found], profile: str | None, *, sandbox: bool) -> Refreshed:
    """Have again what is gone or changed. Changed captions are set aside as changed videos are."""
    files = [(one.line, one.file) for one in faulty if one.file]
    videos = {line.job.pk: file.path for line, file in files if not file.captions}
    captions = {line.job.pk: Path(line.saved) for line, file in files if file.captions and line.saved}
    return _ask(
        state,
        faulty,
        profile,
        videos,
        captions,
        sandbox=sandbox,
        aside=[file.path for _, file in files if file.captions],
    )


def _is_mended(one: Found, done: Refreshed) -> bool:
    pk = one.line.job.pk
    return pk not in (done.uncaptioned if one.file and one.file.captions else done.failed)


def _ask(
    state: str,
    found: Sequence[Found],
    profile: str | None,
    videos: dict[int, Path],
    captions: dict[int, Path],
    *,
    sandbox: bool,
    aside: Sequence[Path] = (),
) -> Refreshed:
    """Ask for the videos again; tell which could not be had, and why. What is in the way of others is set aside."""
    check_realm([one.sheet for one in found], sandbox=sandbox)
    jobs: list[Job] = list({one.line.job.pk: one.line.job for one in found}.values())
    with ExitStack() as stack:
        stack.enter_context(locked(state, command="batchgen verify" if videos or aside else "batchgen refresh"))
        store = stack.enter_context(open_store(state))
        account = stack.enter_context(asked_account(profile, sandbox=sandbox, state=state))
        done = renew(store, account, jobs, fetch=videos, captions=captions, aside=aside, tell=aloud())
        write_results(store, sorted({one.sheet.pk for one in found}))
    for one in {one.line.job.pk: one for one in found}.values():
        if one.line.job.pk in done.failed:
            reason = done.failed[one.line.job.pk]
            click.echo(f"{one.sheet.name}, row {one.line.row}: {reason.rstrip('.')}.", err=True)
        elif one.line.job.pk in done.uncaptioned:
            reason = done.uncaptioned[one.line.job.pk]
            click.echo(f"{one.sheet.name}, row {one.line.row}: no captions: {reason.rstrip('.')}.", err=True)
    return done


def _captioned(found: Sequence[Found]) -> dict[int, Path]:
    """Give the videos that want captions, each with its path."""
    lines = [one.line for one in found if wants_captions(one.line.job.content)]
    return {line.job.pk: Path(line.saved) for line in lines if line.saved}
