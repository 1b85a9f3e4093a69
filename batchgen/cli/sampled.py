"""`run --sample N`: a few videos first, a look at them, and then the rest."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen.assembly.state import open_store
from batchgen.cli.terminal import carry
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.assembly.errand import Done
    from batchgen.cli.choices import Choices
    from batchgen.store.interface import Line

#: Videos that are named one by one.
_SHOWN = 20


def run_sampled(choices: Choices, manifests: Sequence[str]) -> int:
    """Make a sample; go on with the rest once somebody has looked at it and said so. Give the exit code."""
    done = carry(choices, choices.errand(manifests))
    if done.exit_code or choices.as_json:
        return done.exit_code
    left = _left(done, choices.state)
    if left:
        _show(done, choices.state)
    if not left or not _goes_on(left, yes=choices.yes, without="--sample and --again" if choices.again else "--sample"):
        return 0
    # What was asked for once more was planned so with the sample, which is done by now: again is not once more.
    rest = replace(choices, sample=None, again=False)
    return carry(rest, rest.errand(manifests)).exit_code


def _goes_on(left: int, *, yes: bool, without: str) -> bool:
    if yes:
        return True
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.confirm(f"Go on with the other {left:,}?", err=True)
    click.echo(f"The same command without {without} goes on with the other {left:,}.", err=True)
    return False


def _left(done: Done, state: str) -> int:
    with open_store(state) as store:
        return store.tally_of(done.sheets)[Status.PLANNED]


def _show(done: Done, state: str) -> None:
    """Name the videos of the sample, from where the person stands."""
    with open_store(state) as store:
        found = [_place(line) for line in _each_once(store.lines_of(sorted(done.sample)))]
    click.echo("Have a look at the sample:", err=True)
    for place in found[:_SHOWN]:
        click.echo(f"  {place}", err=True)
    if len(found) > _SHOWN:
        click.echo(f"  … and {len(found) - _SHOWN:,} more", err=True)


def _each_once(lines: Sequence[Line]) -> Iterator[Line]:
    seen: set[int] = set()
    for line in lines:
        if line.job.pk not in seen:
            seen.add(line.job.pk)
            yield line


def _place(line: Line) -> str:
    if line.saved is None:
        return f"row {line.row}: {line.job.video_url or line.job.status.word}"
    path = Path(line.saved)
    return f"row {line.row}: {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}"
