"""`batchgen list` and `batchgen template`: what the account has to make videos with."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.catalogue import age, read_list, read_template
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.shelves import shelves_of
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.holding import aloud
from batchgen.model.catalogue import Topic
from batchgen.model.errors import UsageError
from batchgen.pipeline.browse import Wanted
from batchgen.report.listing import cell, rows, to_csv
from batchgen.report.table import clean
from batchgen.settings import asked_realm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.model.catalogue import Item, Listing

LIST_HELP = """Show what the account has to make videos with, by the names that a sheet gives it.

Lists are long and change seldom, so each is kept for a day in the state file, and its age is told; --refresh asks anew.

\b
Examples:
  batchgen list voices --language Spanish --gender female
  batchgen list avatars --search office --limit 20
  batchgen list avatars --mine --refresh
  batchgen list templates --json
  batchgen list languages --csv > languages.csv
"""

TEMPLATE_HELP = """Show a template's variables and scenes, and the columns that a sheet needs to fill it in.

\b
Examples:
  batchgen template 3f9c1d7a52b84e06a1c4d8e7f2b60915
  batchgen template welcome --sandbox --json
"""

#: What is asked for, and the list it stands in.
TOPICS = {"avatars": Topic.AVATAR, "voices": Topic.VOICE, "templates": Topic.TEMPLATE, "languages": Topic.LANGUAGE}
#: Columns that only a file has room for.
_WIDE = {"preview", "default_voice_id"}
#: The least that a column beside the ids is given, in letters.
_BESIDE = 8


@click.command(name="list", short_help="Show the account's avatars, voices, templates and languages.", help=LIST_HELP)
@click.argument("what", type=click.Choice(list(TOPICS)))
@click.option("--search", metavar="TEXT", help="Those whose name or id has this in it.")
@click.option("--language", metavar="NAME", help="Voices that speak it; Spanish finds every Spanish.")
@click.option("--gender", metavar="NAME", help="Avatars or voices: female or male.")
@click.option("--mine", is_flag=True, help="Avatars or voices of the account's own alone.")
@click.option("--photos", is_flag=True, help="Talking photos alone.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N of them.")
@click.option("--page", type=click.IntRange(min=1), metavar="N", help="With --limit: the N-th page of so many.")
@click.option("--refresh", is_flag=True, help="Ask the account, whatever is kept.")
@options.sandbox
@options.profile
@options.api
@options.state
@click.option("--csv", "as_csv", is_flag=True, help="As CSV on standard output, with the columns of a sheet.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object on standard output.")
def listing(
    what: str, *, limit: int | None, page: int | None, refresh: bool, as_csv: bool, as_json: bool, **given: Any
) -> int:
    """Show a list."""
    topic, api, place = TOPICS[what], given.pop("api") or "v3", _place(given)
    wanted = Wanted(**given)
    wanted.check(topic)
    if page and not limit:
        raise UsageError("--page: how long is a page? Say it by --limit, such as --limit 20 --page 2.")
    found, told = _listed(topic, api, place, refresh=refresh)
    matching = wanted.find(topic, found.items)
    start = (limit or 0) * ((page or 1) - 1)
    shown = matching[start : start + limit] if limit else matching
    if as_json:
        facts = _facts(what, found, api, asked_realm(sandbox=place["sandbox"]), told=told)
        counts = {"total": len(found.items), "matching": len(matching), "items": rows(topic, shown)}
        click.echo(json.dumps(facts | counts, ensure_ascii=False))
    elif as_csv:
        click.echo(to_csv(topic, shown), nl=False)
    elif shown:
        _show(rows(topic, shown))
    click.echo(_account_of(what, found, matching, shown, told=told), err=True)
    if not matching and (hint := wanted.hint(found.items)):
        click.echo(hint, err=True)
    return 0


def _place(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given.pop(name) for name in ("sandbox", "profile", "state")}


def _listed(topic: Topic, api: str, place: dict[str, Any], *, refresh: bool) -> tuple[Listing, bool]:
    """Give a list, and whether the account told it just now."""
    shelves = shelves_of(place["state"], realm=asked_realm(sandbox=place["sandbox"]), profile=place["profile"], api=api)
    there = None if refresh else shelves.find(topic)
    if there is not None:
        return there, False
    with asked_account(place["profile"], sandbox=place["sandbox"], state=place["state"]) as account:
        return read_list(account, topic, shelves, tell=aloud()), True


def _facts(what: str, found: Listing, api: str, realm: str, *, told: bool) -> dict[str, Any]:
    at = datetime.fromtimestamp(found.at, UTC).isoformat(timespec="seconds")
    seconds = 0 if told else round(CLOCK.now() - found.at)
    return {"list": what, "api": api, "realm": realm, "told_at": at, "age_s": seconds, "whole": found.whole}


def _account_of(what: str, found: Listing, matching: Sequence[Item], shown: Sequence[Item], *, told: bool) -> str:
    """Say how many there are, and how old that is."""
    count = f"{len(matching):,}" if len(matching) == len(found.items) else f"{len(matching):,} of {len(found.items):,}"
    part = "" if len(shown) == len(matching) else f", {len(shown):,} of them shown"
    since = "just now" if told else f"{age(CLOCK.now() - found.at)} (--refresh asks anew)"
    cut = "" if found.whole else " The list is longer than is read: look for the rest at HeyGen."
    noun = what[:-1] if len(found.items) == 1 else what
    return f"{count} {noun}{part}; told {since}.{cut}"


def _show(found: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415 - rich is for those who look
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    names = [name for name in found[0] if name not in _WIDE and _says(name, found)]
    table = Table(box=None, pad_edge=False)
    for name in names:
        # An id is there to be copied, so it is never folded: where all is too long, the terminal breaks the line.
        table.add_column(Text(name), overflow="fold", no_wrap=name == names[0])
    for row in found:
        table.add_row(*(Text(clean(cell(row[name]))) for name in names))
    console = Console(file=sys.stdout, highlight=False)
    least = max(len(str(row[names[0]])) for row in found) + _BESIDE * (len(names) - 1)
    # In a pipe there is no width that would be right: lines are as long as they are.
    console.width = max(console.width, least) if sys.stdout.isatty() else 10_000
    console.print(table)


def _says(name: str, found: Sequence[dict[str, Any]]) -> bool:
    """Tell whether a column has anything to say: what nobody tells, and that all can be used, are no news."""
    usual = {None, True} if name == "usable" else {None, "", False} if name == "mine" else {None, ""}
    return any(row[name] not in usual for row in found)


@click.command(short_help="Show a template's variables and scenes.", help=TEMPLATE_HELP)
@click.argument("template_id", metavar="ID")
@options.sandbox
@options.profile
@options.api
@options.state
@options.as_json
def template(
    template_id: str, *, sandbox: bool, profile: str | None, api: str | None, state: str, as_json: bool
) -> int:
    """Show a template."""
    shelves = shelves_of(state, realm=asked_realm(sandbox=sandbox), profile=profile, api=api or "v3")
    with asked_account(profile, sandbox=sandbox, state=state) as account:
        found = read_template(account, template_id, shelves, tell=aloud())
    if as_json:
        click.echo(json.dumps(_told(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))
        click.echo(f"\nA sheet to fill it in: batchgen init personalize --template {template_id}", err=True)
    return 0


def asked_template(template_id: str, api: str | None, *, sandbox: bool, profile: str | None, state: str) -> Item:
    """Ask the account about a template."""
    shelves = shelves_of(state, realm=asked_realm(sandbox=sandbox), profile=profile, api=api or "v3")
    with asked_account(profile, sandbox=sandbox, state=state) as account:
        return read_template(account, template_id, shelves, tell=aloud())


def _told(found: Item) -> dict[str, Any]:
    return {
        "template_id": found.id,
        "name": found.name,
        "aspect_ratio": found.aspect_ratio,
        "variables": [
            {"name": name, "type": kind, "holds": dict(found.holds.get(name, {}))}
            for name, kind in found.variables.items()
        ],
        "scenes": [
            {"scene_id": one.id, "script": one.script, "variables": list(one.variables)} for one in found.scenes
        ],
    }


def _lines(found: Item) -> Iterator[str]:
    shape = f", {found.aspect_ratio}" if found.aspect_ratio else ""
    yield clean(f"{found.name or found.id} ({found.id}{shape})")
    yield "\nvariables:" if found.variables else "\nIt has no variables that the API tells of."
    wide = max(map(len, found.variables), default=0)
    for name, kind in found.variables.items():
        holds = found.sample(name)
        yield clean_line(f"  {name:{wide}}  {kind:9}", f"holds now: {holds}" if holds else "")
    if found.scenes:
        yield "\nscenes:"
    wide = max((len(scene.id) for scene in found.scenes), default=0)
    for scene in found.scenes:
        yield clean_line(f"  {scene.id:{wide}}", scene.script or f"shows {', '.join(scene.variables) or 'no variable'}")


def clean_line(beginning: str, rest: str) -> str:
    """Join a line of a table, without what would steer the terminal."""
    kept_spaces = "".join(letter if letter.isprintable() else " " for letter in beginning)
    return f"{kept_spaces}  {clean(rest)}".rstrip()
