"""`batchgen check`: what is wrong with a manifest, one line a fault, for editors and for CI."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from batchgen.assembly.checking import check_manifests
from batchgen.cli import options
from batchgen.model.errors import ManifestError

if TYPE_CHECKING:
    from batchgen.assembly.checking import Checked
    from batchgen.model.errors import Fault

HELP = """Say what is wrong with manifests, and do nothing else: no state, no key, nothing is asked of HeyGen.

One line a fault, on standard output, as FILE:ROW:COLUMN: and a sentence. ROW is the row that the spreadsheet shows, and
the line in a YAML or JSONL file; COLUMN is the header or the YAML key, and is left out where no single one is to blame.
With --json each line is an object with severity, file, row, column, problem and remedy. What looks odd and may be meant
is a warning.

\b
Examples:
  batchgen check videos.csv
  batchgen check manifests/*.yaml --json

\b
Exit codes:
  0  nothing is wrong, though there may be warnings
  2  there are faults
"""


@click.command(help=HELP, short_help="Say what is wrong with a manifest.")
@options.manifests
@options.api
@options.duplicates
@options.encoding
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def check(manifests: tuple[str, ...], *, api: str | None, duplicates: str, encoding: str | None, as_json: bool) -> int:
    """Say what is wrong with manifests."""
    checked = check_manifests(manifests, api=api, duplicates=duplicates, encoding=encoding)
    for severity, fault in _findings(checked):
        click.echo(_as_object(severity, fault) if as_json else _as_line(severity, fault))
    for note in checked.notes:
        click.echo(note, err=True)
    click.echo(_verdict(checked), err=True)
    return ManifestError.exit_code if checked.faults else 0


def _findings(checked: Checked) -> list[tuple[str, Fault]]:
    """Give faults and warnings file by file, each from its top to its end."""
    found = [("error", fault) for fault in checked.faults] + [("warning", fault) for fault in checked.warnings]
    places = {file: place for place, file in enumerate(dict.fromkeys(fault.file for _, fault in found))}
    return sorted(found, key=lambda pair: (places[pair[1].file], pair[1].row or 0))


def _as_line(severity: str, fault: Fault) -> str:
    place = f"{fault.file}:{fault.row or 1}:" + (f"{fault.column}:" if fault.column else "")
    word = "warning: " if severity == "warning" else ""
    # A header, or what a server said, may hold line breaks; a fault is one line.
    return " ".join(f"{place} {word}{fault.problem} {fault.remedy}".split())


def _as_object(severity: str, fault: Fault) -> str:
    told = {
        "severity": severity,
        "file": fault.file,
        "row": fault.row,
        "column": fault.column,
        "problem": fault.problem,
        "remedy": fault.remedy,
    }
    return json.dumps(told, ensure_ascii=False)


def _verdict(checked: Checked) -> str:
    if count := len(checked.faults):
        return f"{count:,} fault{'s' if count != 1 else ''}."
    return f"Nothing is wrong. Rows: {checked.rows:,}, videos: {checked.videos:,}."
