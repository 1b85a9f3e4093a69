"""What looks after jobs beside a run: new links, files held against what was saved, jobs taken back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.files.litter import Litter, litter, remove
from batchgen.heygen import DIALECTS
from batchgen.model import session
from batchgen.pipeline.fetching.refresh import Refreshed, set_aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchgen.model.job import Job
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.reconciling.withdraw import Withdrawal
    from batchgen.settings import Account
    from batchgen.store.interface import Line, Lines, Luggage, Sheet, Store

__all__ = [
    "Checked",
    "Litter",
    "Refreshed",
    "check_files",
    "find_litter",
    "remove_litter",
    "renew",
    "to_save",
    "unsaved",
    "withdraw",
]


def renew(
    store: Store,
    account: Account,
    jobs: Sequence[Job],
    *,
    fetch: Mapping[int, Path],
    captions: Mapping[int, Path],
    tell: Listener,
    aside: Sequence[Path] = (),
) -> Refreshed:
    """Get new links for done videos, the files of some once more, and captions that are missing; nothing is rendered.

    Files that are in the way of others are set ``aside`` first; ``tell`` hears of waits.
    """
    for path in aside:
        set_aside(path)
    return asyncio.run(_renew(store, account, jobs, fetch, captions, tell=tell))


async def _renew(
    store: Store,
    account: Account,
    jobs: Sequence[Job],
    fetch: Mapping[int, Path],
    captions: Mapping[int, Path],
    *,
    tell: Listener,
) -> Refreshed:
    from batchgen.assembly.asking import asking  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.assembly.signing import mark  # noqa: PLC0415
    from batchgen.files.downloads import downloads  # noqa: PLC0415
    from batchgen.pipeline.fetching.refresh import Refresher  # noqa: PLC0415

    async with asking(account, tell=tell) as caller, downloads() as download:
        refresher = Refresher(
            store=store, dialects=DIALECTS, caller=caller, download=download, clock=CLOCK, account=mark(account)
        )
        return await refresher.refresh(jobs, fetch, captions)


def withdraw(store: Store, jobs: Iterable[Job]) -> Withdrawal:
    """Take back what was certainly not accepted; tell what was, and what could not be."""
    from batchgen.pipeline.reconciling.withdraw import withdraw as decide  # noqa: PLC0415 - for those who cancel

    done = decide(jobs, store.submission, CLOCK.now())
    asyncio.run(store.apply(done.moves, durable=True))
    return done


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was saved, a video or captions beside one, and what is wrong with it; None: it is as it was saved."""

    path: Path
    fault: str | None
    captions: bool = False


def unsaved(line: Line) -> Path | None:
    """Give where a done video was to go that was never saved; a session has nothing to be saved."""
    job = line.job
    return Path(job.file) if line.saved is None and job.file is not None and job.kind != session.KIND else None


def to_save(line: Line, path: Path, taken: set[Path]) -> Checked:
    """Give the file for a done video that was never saved, and was to go to ``path``.

    ``taken`` are the files that others were given. What is there already is somebody else's.
    """
    if path in taken or path.exists():
        path = path.with_name(f"{path.stem}-{line.job.id[:10]}{path.suffix}")
    taken.add(path)
    return Checked(path, "it was never saved")


def check_files(store: Luggage, line: Line) -> Iterator[Checked]:
    """Hold the files of a line against what was saved: its video, and the captions beside it."""
    from batchgen.files.verify import fault  # noqa: PLC0415 - for those who verify

    if line.saved is not None:
        path = Path(line.saved)
        yield Checked(path, fault(path, size=line.size or 0, known_by=line.digest))
    for one in store.files_of(line.job.pk).values() if line.captions else ():
        if one.path in line.captions:
            path = Path(one.path)
            yield Checked(path, fault(path, size=one.size or 0, known_by=one.digest), captions=True)


def find_litter(
    store: Store, sheets: Sequence[Sheet] | None, *, changed: bool, journal: Path | None = None
) -> list[Litter]:
    """Find what of these sheets, or of all that the state knows, is of no use any more; ``journal`` is a sandbox's."""
    known = list(store.paths())
    # A half whose whole is still to come is gone on from, even where another job's video has that name already.
    to_come = {path for path, saved in known if not saved}
    saved = {path for path, saved in known if saved}
    mine = saved if sheets is None else set(_saved(store, sheets))
    found = list(litter(mine - to_come, spared=saved | to_come, changed=changed))
    if journal is not None and journal.is_file():
        why = "what the sandbox remembers of rehearsals"
        found.append(Litter(path=journal, size=journal.stat().st_size, why=why))
    return found


def remove_litter(one: Litter) -> None:
    """Remove a file that is of no use any more. Raises ``DiskError``."""
    remove(one.path)


def _saved(store: Lines, sheets: Sequence[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        for line in store.lines(sheet.pk):
            yield from filter(None, (line.saved, *line.captions))
