"""`batchgen init`: a commented manifest and a small sheet to begin with, or a sheet made from what is there."""

from __future__ import annotations

import csv
import io
import json
import shlex
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.starting import read_languages, read_library
from batchgen.cli import options
from batchgen.model.errors import DiskError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What the manifests name as their schema, for editors.
SCHEMA = "batchgen.schema.json"
#: Spreadsheets know a CSV as Unicode by its mark, and save it with the mark again.
_CSV_ENCODING = "utf-8-sig"

HELP = """Write a manifest to begin with: a commented YAML file and a small sheet to fill in.

They run as they are: try them with `batchgen run … --sandbox`, which needs no key. No file that is there is touched.

\b
Examples:
  batchgen init translate
  batchgen init personalize campaigns/spring
  batchgen init personalize --template 3f9c1d7a52b84e06a1c4d8e7f2b60915
  batchgen init avatar
  batchgen init agent
  batchgen init translate --from films/ --languages "Spanish (Spain);French (France)"
  batchgen init translate --from links.txt --languages German
"""

TRANSLATE_HELP = """Begin to translate videos.

With --from the sheet is made from what is there: the videos of a folder, and of those in it, or the links of a text
file, one a line (lines that begin with # are left out). Titles are made from the names.
"""

PERSONALIZE_HELP = """Begin personal videos: a template, and a sheet of people whose values fill it in.

With --template the account is asked about a template of yours: the sheet has a column for each of its variables, and a
first row with what they hold now.
"""

_folder = click.argument("folder", default=".", metavar="[FOLDER]")


@click.group(help=HELP, short_help="Write a manifest to begin with.")
def init() -> None:
    """Write a manifest to begin with."""


@init.command(help=TRANSLATE_HELP, short_help="Translate videos into other languages.")
@_folder
@click.option("--from", "source", metavar="FOLDER|FILE", help="Videos that are there, or a text file of links.")
@click.option(
    "--languages",
    multiple=True,
    metavar="NAMES",
    help='What they are to be spoken in, with ; between them: "Spanish (Spain);French (France)".',
)
def translate(folder: str, *, source: str | None, languages: tuple[str, ...]) -> int:
    """Begin a library to be translated."""
    spoken = read_languages(languages)
    sheet = _starter("translate", "library.csv")
    if source is not None:
        if not spoken:
            raise UsageError(
                '--from needs to know into which languages: --languages "Spanish (Spain);French (France)".'
            )
        sheet = _sheet(read_library(source, Path(folder)).rows(spoken))
    elif spoken:
        sheet = _sheet([row | {"output_languages": ";".join(spoken)} for row in _rows(sheet)])
    return _begin(folder, {"library.yaml": _starter("translate", "library.yaml"), "library.csv": sheet})


@init.command(help=PERSONALIZE_HELP, short_help="Make a video for each person, from a template.")
@_folder
@click.option("--template", "template_id", metavar="ID", help="A template of yours: the sheet gets its variables.")
@options.sandbox
@options.profile
@options.api
@options.state
def personalize(folder: str, *, template_id: str | None, api: str | None, **given: Any) -> int:
    """Begin personal videos: a template, and a sheet of people whose values fill it in."""
    if template_id is None:
        return _begin(folder, {name: _starter("personalize", name) for name in ("people.yaml", "people.csv")})
    from batchgen.assembly.personal import begin  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.cli.catalogue import asked_template  # noqa: PLC0415

    found = asked_template(template_id, api, **given)
    names = {"manifest": "people.yaml", "sheet": "people.csv", "schema": SCHEMA}
    made = begin(found, template_id=template_id, api=api, **names)
    return _begin(folder, {"people.yaml": made.manifest, "people.csv": _sheet([made.row])})


@init.command(short_help="Make videos of an avatar that speaks.")
@_folder
def avatar(folder: str) -> int:
    """Begin videos of an avatar that speaks what a sheet says."""
    return _begin(folder, {name: _starter("avatar", name) for name in ("scripts.yaml", "scripts.csv")})


@init.command(short_help="Make videos from prompts, by HeyGen's video agent.")
@_folder
def agent(folder: str) -> int:
    """Begin videos that HeyGen's video agent makes of what a sheet asks for."""
    return _begin(folder, {name: _starter("agent", name) for name in ("prompts.yaml", "prompts.csv")})


def _starter(use: str, name: str) -> str:
    return files("batchgen.cli").joinpath("starters", use, name).read_text(encoding="utf-8")


def _rows(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet)))


def _sheet(rows: Sequence[Mapping[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _begin(folder: str, texts: Mapping[str, str]) -> int:
    """Write the files of a beginning, all of them or none; ``texts`` has the manifest first."""
    home = Path(folder)
    there = [str(home / name) for name in texts if (home / name).exists()]
    if there:
        raise UsageError(f"{' and '.join(there)}: there is such a file already, so nothing was written. Name a folder.")
    manifest = next(iter(texts))
    wanted = {**texts} if (home / SCHEMA).exists() else {**texts, SCHEMA: _schema()}
    made: list[Path] = []
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in wanted.items():
            _write(home / name, text, made)
    except OSError as error:
        for path in made:  # A part of a beginning would be in the way of the next.
            path.unlink(missing_ok=True)
        raise DiskError(f"{folder}: nothing can be written there ({error.strerror}). Name another folder.") from error
    _tell(home, [*texts, SCHEMA], home / manifest)
    return 0


def _write(path: Path, text: str, made: list[Path]) -> None:
    sheet = path.suffix == ".csv"
    encoding, newline = (_CSV_ENCODING, "\r\n") if sheet else ("utf-8", "\n")
    # Mode x: a file that came to be there in the meantime is not touched either.
    with path.open("x", encoding=encoding, newline=newline) as file:
        made.append(path)
        file.write(text)


def _schema() -> str:
    from batchgen.assembly.schema import manifest_schema  # noqa: PLC0415 - for those who begin

    return json.dumps(manifest_schema(), ensure_ascii=False, indent=1) + "\n"


def _tell(home: Path, names: Sequence[str], manifest: Path) -> None:
    about = {".yaml": "says what is to be made", ".csv": "is the sheet to fill in", ".json": "helps editors with it"}
    for name in names:
        click.echo(f"{home / name}  {about[Path(name).suffix]}")
    named = shlex.quote(str(manifest))
    click.echo(f"\nTry it as it is, without a key and for nothing:\n  batchgen run {named} --sandbox")
    click.echo(f"See what it would send:\n  batchgen plan {named}")
