"""`batchgen rehearse`: a whole run in seconds, with nothing sent."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from batchgen.assembly.company import Nobody
from batchgen.assembly.enlisting import enlist
from batchgen.assembly.state import scratch_store
from batchgen.cli import options
from batchgen.cli.choices import Choices
from batchgen.cli.forecast import duration
from batchgen.model.errors import UsageError
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchgen.pipeline.happened import Happening
    from batchgen.rehearsal.rehearse import Play
    from batchgen.rehearsal.witness import Rehearsed
    from batchgen.sandbox import Options as WorldOptions
    from batchgen.store.interface import Line, Store

HELP = """Play a whole run in seconds: how long it takes, its requests and credits, what trouble would do to it.

It is the real thing but for the clock, the network and chance: the same planning, sending, watching and saving, with
hours that take no time, against a HeyGen that exists only in memory. Nothing is sent, no key is needed, no file is
written, and the state stays as it is. What is done already is left out, as `batchgen run` leaves it out.

The same seed gives the same numbers.

\b
Examples:
  batchgen rehearse people.yaml
  batchgen rehearse library.csv --plan pro --faults mild --seed 7
  batchgen rehearse library.csv --concurrency 20 --render 8-20
  batchgen rehearse people.yaml --faults rough,keys=ignored --json
"""

#: Seconds between two words on how far it is.
EVERY_S = 0.5
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


@click.command(help=HELP, short_help="Play a whole run in seconds.")
@options.manifests
@click.option("--plan", default="payg", show_default=True, help="free, pro, scale, enterprise or payg.")
@click.option("--faults", default="none", show_default=True, help="none, mild, rough, or such as mild,lost=0.2.")
@click.option("--seed", type=int, default=7, show_default=True, help="Decides render times, faults and delays.")
@click.option("--render", metavar="MIN-MAX", help="Minutes that most renders take. Default: 5-15; translations 5-45.")
@click.option(
    "--source-minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    metavar="M",
    help="How long the videos and recordings behind links are.",
)
@click.option("--credits", "balance", type=click.FloatRange(min=0), help="The balance. Default: as much as it takes.")
@options.api
@options.state
@options.duplicates
@options.again
@options.limit
@options.select
@options.manner
@options.encoding
@options.as_json
def rehearse(manifests: tuple[str, ...], **given: Any) -> int:
    """Play a whole run."""
    chosen = {name: given.pop(name) for name in ("plan", "faults", "seed", "render", "source_minutes", "balance")}
    world = _world(**chosen)
    unused: dict[str, Any] = {"sandbox": False, "results": None, "downloads": None, "no_wait": False, "yes": True}
    choices = Choices(**given, **unused)
    began = time.perf_counter()
    with scratch_store(choices.state) as store:
        play = _prepare(store, choices, manifests, world)
        rehearsed = _play(play)
    told = {**{name: chosen[name] for name in ("plan", "faults", "seed")}, "api": play.options.api}
    if choices.as_json:
        click.echo(json.dumps(told | rehearsed.to_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(told, rehearsed, chosen["source_minutes"], time.perf_counter() - began)))
    return 0


def _world(  # noqa: PLR0917 - the words of the command, in its order
    plan: str, faults: str, seed: int, render: str | None, source_minutes: float, balance: float | None
) -> WorldOptions:
    from batchgen.sandbox import Options, plans  # noqa: PLC0415 - a world is for those who rehearse
    from batchgen.sandbox import faults as trouble  # noqa: PLC0415
    from batchgen.sandbox.lengths import USUAL  # noqa: PLC0415

    try:
        return Options(
            plan=plans.plan(plan),
            seed=seed,
            faults=trouble.parse(faults),
            usual=USUAL if render is None else dict.fromkeys(USUAL, _minutes(render)),
            source_s=source_minutes * 60,
            credits=1e12 if balance is None else balance,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error


def _minutes(text: str) -> tuple[float, float]:
    found = _SPAN.fullmatch(text.strip())
    low = float(found[1]) if found else -1.0
    high = float(found[2] or found[1]) if found else -1.0
    if not 0 <= low <= high:
        raise UsageError(f"--render {text}: this is minutes, such as 10 or 5-15.")
    return low * 60, high * 60


def _prepare(store: Store, choices: Choices, manifests: Sequence[str], world: WorldOptions) -> Play:
    from batchgen.rehearsal.rehearse import Play  # noqa: PLC0415 - see above

    # Planned in the realm of the real run, so that what is done there counts as done.
    errand = choices.errand(manifests)
    work = enlist(errand, store, Reader(), only=_is_new)
    if any("session" in sheet.kinds for sheet in work.sheets):
        raise UsageError(
            "A session with an avatar takes as long as it takes, so there is nothing to rehearse about it: see it by "
            "`batchgen run --sandbox`."
        )
    return Play(
        store=store,
        run=work.number,
        sheets=work.pks,
        left_out=sum(store.tally_of(work.pks).values()) - work.open[Status.PLANNED],
        options=errand.run_options(api=work.api),
        write_timeout=choices.write_timeout,
        world=world,
        seed=world.seed,
    )


def _is_new(line: Line) -> bool:
    """Take what a run would send. What is under way at the real HeyGen is there, and not here."""
    return line.job.status is Status.PLANNED and line.job.submission is None


class Reader(Nobody):
    """Somebody who only wants to know what was guessed about a sheet."""

    def note(self, about: str, notes: Sequence[str]) -> None:
        """See ``Company.note``."""
        for note in notes:
            click.echo(f"{about}: {note}", err=True)


def _play(play: Play) -> Rehearsed:
    from batchgen.rehearsal.rehearse import rehearse as played  # noqa: PLC0415 - see above

    shown = Shown()
    try:
        return played(play, shown.hear)
    finally:
        shown.end()


class Shown:
    """Says on a terminal how far it is, for those whose sheet is long."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._done = 0
        self._at = time.perf_counter()

    def hear(self, fact: Happening, passed: float) -> None:
        """Take note of a fact."""
        if not self._on:
            return
        self._done += getattr(fact, "new", None) is Status.DONE
        now = time.perf_counter()
        if now - self._at >= EVERY_S:
            self._at = now
            click.echo(f"\r{duration(passed)} played, {self._done:,} videos done \x1b[K", nl=False, err=True)

    def end(self) -> None:
        """Take it away."""
        if self._on:
            click.echo("\r\x1b[K", nl=False, err=True)


def _lines(told: Mapping[str, Any], played: Rehearsed, minutes: float, took: float) -> list[str]:
    """Tell it to a person."""
    jobs = sum(played.jobs.values())
    if not jobs:
        return [f"A run would send nothing: {_many(played.left_out)} left alone."]
    head = f"{_many(jobs)} on the plan {told['plan']}, faults {told['faults']}, seed {told['seed']}, api {told['api']}"
    facts = [
        ("time", _time(played)),
        ("videos", ", ".join(f"{count:,} {word}" for word, count in played.jobs.items() if count)),
        ("left alone", f"{played.left_out:,}" if played.left_out else ""),
        ("requests", ", ".join(f"{count:,} {word}" for word, count in played.requests.items())),
        ("credits", _credits(played, minutes)),
        ("at once", f"{played.in_flight_peak:,} rendering at the most; {_times(played.throttled)} told to wait (429)"),
        ("no reply", _no_answer(played)),
        ("failures", _counted(played.failures)),
        ("stalled", f"{_many(played.stalled)} far beyond the usual time" if played.stalled else ""),
        ("trouble", _counted(played.trouble)),
        ("on disk", f"{played.bytes / 1e9:,.1f} GB at 5 Mbit/s" if played.bytes else ""),
        ("it stops", played.stopped or ""),
        ("exit code", str(played.exit_code)),
    ]
    rows = [f"  {name:<10}  {text}" for name, text in facts if text]
    return [f"Rehearsed: {head}.", *rows, f"Played in {took:.1f} s. Nothing was sent."]


def _time(played: Rehearsed) -> str:
    moments = (("the first video", played.first_done_s), ("half of them", played.half_done_s))
    told = [f"{what} after {duration(at)}" for what, at in moments if at is not None]
    return duration(played.seconds) + (f" ({', '.join(told)})" if told else "")


def _no_answer(played: Rehearsed) -> str:
    lost = played.no_answer
    if not lost.lost:
        return ""
    return (
        f"{_many(lost.lost)}: {lost.found_again:,} found again, {lost.sent_again:,} sent again under the same key, "
        f"{lost.sent_twice:,} paid twice, {lost.unsure:,} left unsure"
    )


def _times(count: int) -> str:
    return f"{count:,} time{'s' if count != 1 else ''}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _credits(played: Rehearsed, minutes: float) -> str:
    known = f"about {played.credits:,.0f}, by published prices; what is behind links taken as {minutes:g} min"
    unknown = f"no page tells what {_many(played.unpriced)} cost" if played.unpriced else ""
    return "; ".join(filter(None, [known if played.credits or not unknown else "", unknown]))


def _many(count: int) -> str:
    return f"{count:,} video{'s' if count != 1 else ''}"
