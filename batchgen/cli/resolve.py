"""`batchgen resolve`: a person decides what batchgen could not find out."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.results import write_results
from batchgen.assembly.rows import every, find
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import locked, open_store
from batchgen.cli import options
from batchgen.cli.account import asked_account
from batchgen.cli.holding import aloud
from batchgen.cli.known import need_state
from batchgen.cli.realm import check_realm
from batchgen.model.errors import Declined, UsageError
from batchgen.model.status import Status
from batchgen.report.life import moment
from batchgen.report.table import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchgen.assembly.rows import Place
    from batchgen.model.job import Submission
    from batchgen.settings import Account
    from batchgen.store.interface import Store, Work

HELP = """Decide about videos that are unsure: HeyGen may have accepted them, and batchgen could not find out.

Without a row, those that wait are listed. Look into your account at HeyGen for each, by its title. If the video is
there, give its id, and it is taken over at no cost. If it is not there and will not come, say --absent: the next run
sends the row again, as a new purchase. If it was accepted after all, that row is paid twice, so be sure.

A row that renders in an account whose key is gone may be given up too, by its name and --absent.

A row is named as in `batchgen explain`. --all means every unsure row.

\b
Examples:
  batchgen resolve
  batchgen resolve people.csv:17 --adopt 0a1b2c3d4e5f
  batchgen resolve 17 18 23 --absent
"""

WAYS = """HeyGen may have accepted these. `batchgen run` looks for them once more; the rest is yours to decide:
  it is in your account:      batchgen resolve ROW --adopt ID
  it is not, and won't come:  batchgen resolve ROW --absent"""

#: States that a person may decide about. SENDING is one too: whoever was sending is gone.
_OPEN_QUESTIONS = (Status.UNSURE, Status.SENDING)


@click.command(short_help="Decide what could not be found out.", help=HELP)
@options.named
@click.option(
    "--adopt", "remote_id", type=options.a_name, metavar="ID", help="It was accepted, and this is HeyGen's id of it."
)
@click.option("--absent", is_flag=True, help="It was not accepted: the next run sends it again.")
@click.option("--all", "everything", is_flag=True, help="Every unsure row; with --absent.")
@click.option("--offline", is_flag=True, help="Do not ask the account whether it has the id.")
@options.yes
@options.sandbox
@options.profile
@options.state
@options.as_json
def resolve(
    names: tuple[str, ...],
    *,
    remote_id: str | None,
    absent: bool,
    everything: bool,
    offline: bool,
    yes: bool,
    sandbox: bool,
    profile: str | None,
    state: str,
    as_json: bool,
) -> int:
    """Decide about unsure rows."""
    _check(names, remote_id, absent=absent, everything=everything)
    need_state(state)
    if not names and not everything:
        return _list(state, as_json=as_json)
    with ExitStack() as stack:
        stack.enter_context(locked(state, command="batchgen resolve"))
        store = stack.enter_context(open_store(state))
        places = _unsure(store, names, out_of_reach=partial(_out_of_reach, store, profile) if absent else None)
        if absent:
            _ask(places, yes=yes)
            return _declare_absent(store, places, as_json=as_json)
        check_realm([place.sheet for place in places], sandbox=sandbox)
        account = None
        if not offline:
            account = stack.enter_context(asked_account(profile, sandbox=sandbox, state=state))
        return _adopt(store, places[0], remote_id or "", account, as_json=as_json)


def _check(names: Sequence[str], remote_id: str | None, *, absent: bool, everything: bool) -> None:
    if absent and remote_id:
        raise UsageError("--adopt and --absent: a video is there or it is not, so give one of them.")
    if (names or everything) and not absent and not remote_id:
        raise UsageError("Say what became of it: --adopt ID if HeyGen has it, --absent if it has not.")
    if remote_id and (len(names) != 1 or everything):
        raise UsageError("--adopt gives one id to one row: name that row.")
    if absent and not names and not everything:
        raise UsageError("--absent: name the rows, or say --all.")
    if names and everything:
        raise UsageError("--all means every unsure row: name none beside it.")


def _unsure(store: Store, names: Sequence[str], *, out_of_reach: Callable[[Place], bool] | None = None) -> list[Place]:
    from batchgen.assembly.adopting import recover  # noqa: PLC0415 - HTTP is for those who decide

    recover(store)
    places = find(store, names) if names else list(every(store, []))
    given_up = out_of_reach if names and out_of_reach else lambda _: False
    unsure = [place for place in places if _is_open(place) or given_up(place)]
    settled = [place for place in places if place not in unsure]
    if names and settled:
        told = "; ".join(f"{place} is {place.line.job.status.word}" for place in settled[:5])
        raise UsageError(f"Only unsure rows wait for a decision, and {told}. Nothing was changed.")
    if len(unsure) > 1 and names and len(names) == 1:
        ways = ", ".join(f"{place.line.job.id} ({place.line.job.language})" for place in unsure)
        raise UsageError(f"{names[0]}: this row has {len(unsure)} unsure videos. Name one by its job: {ways}.")
    if not unsure:
        raise UsageError("Nothing is unsure, so there is nothing to decide.")
    return unsure


def _ask(places: Sequence[Place], *, yes: bool) -> None:
    if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    count = f"{len(places):,} row{'s' if len(places) != 1 else ''}"
    question = f"The next run sends {count} again. What HeyGen did accept is then paid twice. Are you sure?"
    if not click.confirm(question, err=True):
        raise Declined("Nothing was changed.")


def _declare_absent(store: Store, places: Sequence[Place], *, as_json: bool) -> int:
    from batchgen.assembly.adopting import declare_absent  # noqa: PLC0415

    jobs = store.jobs([place.line.job.pk for place in places])
    count = declare_absent(store, jobs, "batchgen resolve --absent")
    write_results(store, sorted({place.sheet.pk for place in places}))
    if as_json:
        click.echo(json.dumps({"absent": count}))
    else:
        click.echo(f"{count:,} counted as never accepted: the next `batchgen run` sends them again, as new purchases.")
    return 0


def _adopt(store: Store, place: Place, remote_id: str, account: Account | None, *, as_json: bool) -> int:
    from batchgen.assembly.adopting import claim_by_hand, take_over  # noqa: PLC0415

    [job] = store.jobs([place.line.job.pk])
    done = take_over(store, [claim_by_hand(job, remote_id)], api=job.api or "v3", account=account, tell=aloud())
    if done.refused:
        raise UsageError(f"{remote_id}: {done.refused[0][1]}. Nothing was changed.")
    write_results(store, [place.sheet.pk])
    if as_json:
        click.echo(json.dumps({"adopted": 1}))
    else:
        click.echo(f"{place} is {remote_id}. The next `batchgen run` fetches it, at no cost.")
    return 0


def _list(state: str, *, as_json: bool) -> int:
    """Show what waits for a decision."""
    with open_store(state) as store:
        found = [(place, _doubt(store, place)) for place in every(store, []) if _is_open(place)]
    if as_json:
        click.echo(json.dumps([_facts(*one) for one in found], ensure_ascii=False))
    elif found:
        click.echo("\n".join([*(_line(*one) for one in found), "", WAYS]))
    else:
        click.echo("Nothing is unsure, so there is nothing to decide.")
    return 0


def _is_open(place: Place) -> bool:
    return place.line.job.status in _OPEN_QUESTIONS


def _out_of_reach(store: Work, profile: str | None, place: Place) -> bool:
    """Whether a video renders in another account than today's."""
    sent = _doubt(store, place)
    elsewhere = sent is not None and not sent.may_be_known_to(fingerprint(profile) or "")
    return elsewhere and place.line.job.status is Status.RENDERING


def _doubt(store: Work, place: Place) -> Submission | None:
    number = place.line.job.submission
    return None if number is None else store.submission(number)


def _facts(place: Place, doubt: Submission | None) -> dict[str, Any]:
    job = place.line.job
    return {
        "manifest": place.sheet.name,
        "row": place.line.row,
        "job_id": job.id,
        "title": job.delivery.get("title"),
        "language": job.language,
        "unsure_since": moment(doubt.unsure_since) if doubt and doubt.unsure_since else None,
        "looks": doubt.looks if doubt else 0,
        "answer": doubt.last_code if doubt else None,
    }


def _line(place: Place, doubt: Submission | None) -> str:
    told = _facts(place, doubt)
    title = f": {clean(told['title'])}" if told["title"] else ""
    since = f"unsure since {told['unsure_since']}, " if told["unsure_since"] else ""
    answer = f"the server said {told['answer']}" if told["answer"] else "no answer came"
    return f"{place}{title}\n  {since}{answer}; looked for {told['looks']} times; job {told['job_id']}"
