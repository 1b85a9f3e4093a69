"""`batchgen demo`: the real command, with example manifests, against a HeyGen on this machine."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from batchgen import settings
from batchgen.assembly.hosting import can_hold_sessions
from batchgen.assembly.sandboxed import KEY, own_sandbox
from batchgen.assembly.state import open_store
from batchgen.cli.run import run
from batchgen.model.errors import DiskError
from batchgen.model.extras import installing
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.settings import Account

#: The manifests of each run. A run speaks one generation of the API, and the last manifest needs the older one.
RUNS = (
    ("bulk_translation_csv_template.csv", "personal_videos.yaml", "avatar_videos.yaml", "many_scenes.yaml"),
    ("video_background.yaml",),
)

#: The manifest of a session with an avatar, which goes with the last run where there is what sessions need.
SESSION = "greeting.yaml"

#: Short renders, so that a demo is over before one looks away.
PACE = ("--render", "0.5-2")

HELP = """Make a dozen example videos in a sandbox: no key, no cost, no network.

It writes example manifests into a folder and runs them as `batchgen run` would. Change them, and run it again: videos
that are done are left alone.
"""


@click.command(help=HELP, short_help="Make a dozen example videos.")
@click.option("--out", default="demo-out", show_default=True, metavar="DIR", help="Where everything goes.")
def demo(*, out: str) -> int:
    """Run the examples."""
    folder = Path(out)
    _lay_out(folder)
    state = folder / "state" / "batchgen.db"
    before = _done(state)
    with ExitStack() as stack:
        account = stack.enter_context(own_sandbox(str(state), PACE))
        stack.enter_context(_environment(account))
        for names in (*RUNS[:-1], (*RUNS[-1], *_session())):
            code = _run([str(folder / name) for name in names], state)
            if code:
                return code
    _tell(state, before=before)
    return 0


def _lay_out(folder: Path) -> None:
    """Put the examples into the folder; those that are there already may have been changed, and stay."""
    try:
        (folder / "state").mkdir(parents=True, exist_ok=True)
        for example in files("batchgen.cli").joinpath("examples").iterdir():
            target = folder / example.name
            if not target.exists():
                target.write_bytes(example.read_bytes())
    except OSError as error:
        raise DiskError(
            f"{folder}: the examples cannot be written there ({error.strerror}). Name another by --out.",
        ) from error


def _session() -> tuple[str, ...]:
    """Give the manifest of a session, or say what it takes."""
    if can_hold_sessions():
        return (SESSION,)
    click.echo(f"A session with an avatar is not among the examples: it takes {installing('sessions')}\n")
    return ()


def _run(manifests: Sequence[str], state: Path) -> int:
    code: int = run.main(
        args=[*manifests, "--state", str(state), "--poll-interval", "1"],
        prog_name="batchgen run",
        standalone_mode=False,
    )
    return code


@contextmanager
def _environment(account: Account) -> Iterator[None]:
    """Point the run at the sandbox the way a person would, and keep a real key out of it."""
    names = {settings.BASE_NAME: account.base_url, settings.KEY_NAME: KEY}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _done(state: Path) -> int:
    if not state.is_file():
        return 0
    with open_store(str(state)) as store:
        return store.tally_of([sheet.pk for sheet in store.sheets()])[Status.DONE]


def _tell(state: Path, *, before: int) -> None:
    """Say what is where."""
    count = 0
    with open_store(str(state)) as store:
        for sheet in sorted(store.sheets(), key=lambda sheet: sheet.pk):
            click.echo(f"\n{os.path.relpath(sheet.path)} -> {Path(sheet.results).name}")
            videos = [(line.saved, line.job.duration_s or 0) for line in store.lines(sheet.pk) if line.saved]
            count += len(videos)
            for file, seconds in videos:
                click.echo(f"  {os.path.relpath(file)}  {seconds:.1f} s")
    if made := _done(state) - before:
        were = "videos were" if made != 1 else "video was"
        click.echo(f"\n{made} {were} made by a HeyGen on this machine. The same command again sends nothing.")
    else:
        click.echo(f"\nAll {count} videos were there, so nothing was sent. Delete their folder to see them made again.")
