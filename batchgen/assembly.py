"""The one place that picks the real things: SQLite, HTTP, the machine's clock, folders and files."""

from __future__ import annotations

import asyncio
import random
import signal
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import CredentialsError, DiskError, NoReply, NotSent, UnreachableError, UsageError
from batchgen.model.exchange import Hold
from batchgen.pipeline.clock import SystemClock
from batchgen.pipeline.retry import reading
from batchgen.settings import results_path
from batchgen.store.lock import RunLock
from batchgen.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchgen.heygen.client import HttpApi
    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Balance
    from batchgen.model.job import Draft, Job
    from batchgen.pipeline.cost import Prices
    from batchgen.pipeline.happened import Happening, Listener
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.plan import Planner, Source
    from batchgen.pipeline.refresh import Refreshed
    from batchgen.pipeline.run import Run
    from batchgen.pipeline.withdraw import Withdrawal
    from batchgen.settings import Account
    from batchgen.store.interface import Line, Sheet, Store

CLOCK = SystemClock()
#: Seconds for which a server that cannot be reached is asked again.
PATIENCE_S = 600.0


@contextmanager
def open_store(state: str) -> Iterator[Store]:
    """Open the state for as long as it is needed."""
    store = SqliteStore.open(state)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def scratch_store(state: str) -> Iterator[Store]:
    """Open a copy of the state, so that planning can be tried while a run is on, and changes nothing."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - only where nothing is to stay

    from batchgen.store.engine import copy_state, state_url  # noqa: PLC0415

    with TemporaryDirectory(prefix="batchgen-plan-") as folder:
        copy = Path(folder) / "state.db"
        copy_state(Path(str(state_url(state).database)), copy)
        with open_store(str(copy)) as store:
            yield store


def lock(state: str, *, command: str) -> RunLock:
    """Take the state for one process."""
    from datetime import datetime  # noqa: PLC0415 - light, and only here

    from batchgen.store.engine import prepare_file, state_url  # noqa: PLC0415

    path = Path(str(state_url(state).database))
    prepare_file(path)
    return RunLock(path, command=command, since=f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}")


def open_sources(
    manifests: Sequence[str],
    *,
    results: str | None,
    downloads: str | None,
    encoding: str | None = None,
) -> list[Source]:
    """Open manifests, and decide where what they give is to go."""
    from batchgen.kinds import VOCABULARY  # noqa: PLC0415 - sheets are for those who plan
    from batchgen.manifest import download, open_manifest  # noqa: PLC0415
    from batchgen.pipeline.plan import Source  # noqa: PLC0415

    if results and len(manifests) > 1:
        raise UsageError("--results names one file, and there are several manifests: run them one by one.")
    sources = []
    for name in manifests:
        manifest = open_manifest(name, vocabulary=VOCABULARY, fetch=download, encoding=encoding)
        target = Path(results) if results else results_path(manifest.path)
        folder = Path(downloads) if downloads else manifest.path.parent / "videos"
        sources.append(Source(manifest=manifest, results=target, downloads=folder))
    _check_targets(sources)
    return sources


def _check_targets(sources: Sequence[Source]) -> None:
    """Refuse results that would overwrite a manifest, or one another."""
    taken = {source.manifest.path.absolute(): source.manifest.name for source in sources}
    for source in sources:
        target = source.results.absolute()
        if target in taken:
            raise UsageError(
                f"{source.manifest.name}: its results would overwrite {taken[target]}. Name another file by --results.",
            )
        taken[target] = f"the results of {source.manifest.name}"


def check_downloads(folders: Iterable[Path]) -> None:
    """Make the folders that videos go to, and find out before money moves if they take none. Raises ``DiskError``."""
    from tempfile import TemporaryFile  # noqa: PLC0415 - only where something is to be saved

    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder) as file:
                file.write(b"x")
        except OSError as error:
            raise DiskError(
                f"{folder}: videos cannot be saved there ({error.strerror}). Choose another folder with --downloads, "
                "or keep the links alone with --no-download. Nothing was sent.",
            ) from error


@dataclass(frozen=True, slots=True)
class FileNaming:
    """Names files by the rules of ``files.names``."""

    def __call__(self, draft: Draft, job_id: str, folder: Path) -> str:
        """See Naming."""
        from batchgen.files.names import file_name, resolve_inside  # noqa: PLC0415 - for those who plan

        extra = draft.content.get("extra", {})
        relative = file_name(
            output=draft.output,
            title=draft.delivery.get("title"),
            language=draft.language,
            job_id=job_id,
            suffix=f".{extra.get('output_format', 'mp4')}",
            kind=draft.kind,
        )
        # Names that batchgen makes itself have no folders in them, so there is nothing to follow.
        return str(resolve_inside(folder, relative) if draft.output else folder.absolute() / relative)

    def key(self, name: str) -> str:
        """See Naming.key."""
        from pathlib import PurePosixPath  # noqa: PLC0415

        from batchgen.files.names import collides  # noqa: PLC0415

        return collides(PurePosixPath(name))


def planner(*, realm: str, api: str | None, duplicates: str = "error", again: bool = False) -> Planner:
    """Make what turns manifests into jobs. ``api`` wins over what a manifest asks for."""
    from batchgen.kinds import KINDS  # noqa: PLC0415 - sheets are for those who plan
    from batchgen.pipeline.plan import Planner  # noqa: PLC0415

    def dialect(asked: str | None) -> Dialect:
        return DIALECTS[api or asked or "v3"]

    return Planner(
        kinds=KINDS,
        dialect=dialect,
        naming=FileNaming(),
        realm=realm,
        duplicates=duplicates,
        again=again,
    )


def generation(api: str | None, sources: Sequence[Source]) -> str:
    """Give the generation that a run's new jobs are sent with."""
    asked = {source.manifest.api or "v3" for source in sources}
    if api is None and len(asked) > 1:
        raise UsageError("These manifests ask for different generations of the API: run them one by one.")
    return api or (asked.pop() if asked else "v3")


def conduct(
    store: Store,
    account: Account,
    *,
    run: int,
    sheets: Sequence[int],
    options: Options,
    write_timeout: float,
    tell: Listener,
    greet: Callable[[Balance | None], None],
) -> Run:
    """Do a run's work to its end, or to where it has to stop; give the run as it ended."""
    return asyncio.run(_conduct(store, account, run, sheets, options, write_timeout, tell, greet))


async def _conduct(  # noqa: PLR0917 - the same arguments once more
    store: Store,
    account: Account,
    number: int,
    sheets: Sequence[int],
    options: Options,
    write_timeout: float,
    tell: Listener,
    greet: Callable[[Balance | None], None],
) -> Run:
    from batchgen.files.download import download  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.files.web import HttpxWeb, client  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.pipeline.run import Run, Surroundings  # noqa: PLC0415

    async with (
        HttpApi(account.base_url, account.api_key, write_timeout=write_timeout) as api,
        client() as downloads,
    ):
        around = Surroundings(
            store=store,
            api=api,
            dialects=DIALECTS,
            download=partial(download, HttpxWeb(downloads)),
            write_results=partial(write_results_aside, store),
            prices=prices(),
            clock=CLOCK,
            chance=random.Random(),
            tell=tell,
        )
        run = Run(around, run=number, sheets=sheets, realm=account.realm, options=options)
        await run.recover()
        greet(await check_account(api, DIALECTS[options.api], account.base_url))
        with _draining(run):
            await run.go()
        return run


def refresh(store: Store, account: Account, jobs: Sequence[Job], fetch: Mapping[int, Path]) -> Refreshed:
    """Get new links for done videos, and the files of some once more; nothing is rendered."""
    return asyncio.run(_refresh(store, account, jobs, fetch))


async def _refresh(store: Store, account: Account, jobs: Sequence[Job], fetch: Mapping[int, Path]) -> Refreshed:
    from batchgen.files.download import download  # noqa: PLC0415 - HTTP is for those who send
    from batchgen.files.web import HttpxWeb, client  # noqa: PLC0415
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.pipeline.call import Caller  # noqa: PLC0415
    from batchgen.pipeline.pace import Pace  # noqa: PLC0415
    from batchgen.pipeline.refresh import Refresher  # noqa: PLC0415
    from batchgen.pipeline.stop import Stop  # noqa: PLC0415

    def unheard(fact: Happening) -> None:
        del fact  # What matters of it is told at the end.

    chance = random.Random()
    async with HttpApi(account.base_url, account.api_key) as api, client() as downloads:
        pace = Pace(clock=CLOCK, chance=chance, tell=unheard)
        caller = Caller(
            api=api, pace=pace, clock=CLOCK, chance=chance, tell=unheard, patience=PATIENCE_S, stop=Stop(unheard)
        )
        await check_account(api, DIALECTS["v3"], account.base_url)
        refresher = Refresher(
            store=store, dialects=DIALECTS, caller=caller, download=partial(download, HttpxWeb(downloads)), clock=CLOCK
        )
        return await refresher.refresh(jobs, fetch)


async def check_account(api: HttpApi, dialect: Dialect, base_url: str) -> Balance | None:
    """Ask what the account has left: the one request that finds a wrong key or a dead network before money moves.

    Raises ``UnreachableError`` and ``CredentialsError``. A server that has no answer to it is no reason to stop.
    """
    try:
        async for attempt in reading(CLOCK, random.Random(), attempts=4):
            with attempt:
                return dialect.read_balance(await api.send(dialect.balance()))
    except NotSent as error:
        raise UnreachableError(
            f"{base_url} cannot be reached ({_reason(error)}). Check the network and the address; nothing was sent.",
        ) from error
    except ApiError as error:
        if error.hold is Hold.CREDENTIALS:
            raise CredentialsError(
                f"The server refused the API key ({error.message or error.code}). Check HEYGEN_API_KEY; "
                "nothing was sent.",
            ) from error
    except NoReply:
        pass
    return None


def _reason(error: NotSent) -> str:
    """Give what is behind an error: that the server was not reached is said already."""
    return str(error).rpartition("reached: ")[2].replace(" ssl:default", "").rstrip(". ")


@contextmanager
def _draining(run: Run) -> Iterator[None]:
    """Let Ctrl-C and a polite kill end a run in order; a second one ends it at once, which is safe as well."""
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        run.stop.interrupt()
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends a run at once, and the next one goes on.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)


def sample(jobs: Iterable[Job], count: int) -> set[int]:
    """Choose a few jobs that stand for all."""
    from batchgen.pipeline.sample import spread  # noqa: PLC0415 - for those who sample

    return spread(jobs, count)


def withdraw(store: Store, jobs: Iterable[Job]) -> Withdrawal:
    """Take back what was certainly not accepted; tell what was, and what could not be."""
    from batchgen.pipeline.withdraw import withdraw as decide  # noqa: PLC0415 - for those who cancel

    done = decide(jobs, store.submission, CLOCK.now())
    asyncio.run(store.apply(done.moves, durable=True))
    return done


def prices() -> Prices:
    """Read the price list that comes with batchgen."""
    import tomllib  # noqa: PLC0415 - for those who send

    from batchgen.pipeline.cost import Prices  # noqa: PLC0415

    listed = Path(__file__).with_name("prices.toml").read_text(encoding="utf-8")
    return Prices(tomllib.loads(listed))


def file_fault(line: Line) -> str | None:
    """Say what is wrong with a line's saved file; None: it is as it was saved."""
    from batchgen.files.verify import fault  # noqa: PLC0415 - for those who verify

    return fault(Path(line.saved or ""), size=line.size or 0, digest=line.digest)


def write_results(store: Store, sheets: Sequence[int]) -> None:
    """Write the results of sheets as they stand. Raises ``DiskError``."""
    for sheet in [sheet for sheet in store.sheets() if sheet.pk in set(sheets)]:
        write_sheet(store, sheet, Path(sheet.results))


def write_sheet(store: Store, sheet: Sheet, target: Path) -> None:
    """Write the results of one sheet to a file. Raises ``DiskError``."""
    from batchgen.report.csv import write  # noqa: PLC0415 - light, and only here
    from batchgen.report.interface import line  # noqa: PLC0415

    found = (line(one.cells, one.job, saved=one.saved, folder=target.parent) for one in store.lines(sheet.pk))
    write(target, sheet.columns, found, kinds=sheet.kinds)


async def write_results_aside(store: Store, sheets: Sequence[int]) -> None:
    """Write results in a thread, so that a large sheet holds nothing up."""
    await asyncio.to_thread(write_results, store, sheets)
