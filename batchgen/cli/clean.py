"""`batchgen clean`: removes what is of no use any more, and nothing else."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen.assembly.keeping import Litter, find_litter, remove_litter
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.known import known_sheets, need_state
from batchgen.model.errors import DiskError

if TYPE_CHECKING:
    from collections.abc import Sequence


HELP = """Remove what is of no use any more: halves of downloads (.part) of videos that are saved.

Videos and captions that were saved are never touched, nor is anything that no manifest's files stand beside. What
would go is shown first; on a terminal you are asked, and anywhere else --yes removes it.

\b
Examples:
  batchgen clean                      show it, and ask
  batchgen clean people.yaml --yes    remove what one manifest left
  batchgen clean --changed            copies that `verify --repair` set aside as well
  batchgen clean --sandbox            what the sandbox remembers as well: rehearsals begin anew
"""

#: Files that are named one by one.
SHOWN = 20


@click.command(short_help="Remove what is of no use any more.", help=HELP)
@options.known
@options.state
@click.option("--changed", is_flag=True, help="Copies that `verify --repair` set aside as well.")
# By another name within: `sandbox = true` in the settings says whom to ask, and not what to remove.
@click.option("--sandbox", "rehearsed", is_flag=True, help="What the sandbox remembers as well.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
@options.as_json
def clean(manifests: tuple[str, ...], *, state: str, changed: bool, rehearsed: bool, yes: bool, as_json: bool) -> int:
    """Tidy up."""
    need_state(state)
    with locked(state, command="batchgen clean"), open_store(state) as store:
        journal = Path(f"{state}.sandbox.jsonl") if rehearsed else None
        found = find_litter(
            store, known_sheets(store, manifests) if manifests else None, changed=changed, journal=journal
        )
        if not as_json:
            _show(found)
        removed = _remove(found) if found and (yes or (not as_json and _asked())) else []
    whole = sum(one.size for one in found)
    if as_json:
        told = [{"file": str(one.path), "bytes": one.size, "why": one.why} for one in found]
        click.echo(json.dumps({"files": told, "bytes": whole, "removed": len(removed)}, ensure_ascii=False))
    elif removed:
        click.echo(f"{_many(len(removed))} removed, {_size(sum(one.size for one in removed))}.")
    elif found:
        asked = [*manifests, *(["--changed"] if changed else []), *(["--sandbox"] if rehearsed else []), "--yes"]
        click.echo(
            f"Nothing was removed. `batchgen clean {shlex.join(asked)}` removes {_many(len(found))}, {_size(whole)}."
        )
    return 0 if len(removed) in {0, len(found)} else DiskError.exit_code


def _show(found: Sequence[Litter]) -> None:
    for one in found[:SHOWN]:
        click.echo(f"{one.path}  {_size(one.size)}, {one.why}")
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN:,} more")
    if not found:
        click.echo("There is nothing to tidy up.")


def _asked() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty() and click.confirm("Remove all of this?", err=True)


def _remove(found: Sequence[Litter]) -> list[Litter]:
    removed = []
    for one in found:
        try:
            remove_litter(one)
            removed.append(one)
        except DiskError as error:
            click.echo(f"batchgen: {error}", err=True)
    return removed


def _many(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"


def _size(count: float) -> str:
    for unit in ("bytes", "KB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"
