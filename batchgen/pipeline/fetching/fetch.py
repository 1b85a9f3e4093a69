"""RENDERED → DONE: saves finished videos beside the rendering of others.

Rule: the path a video is meant for is on disk before the video is, so that after a crash a file that stands there is
known to be ours; a file that stands there and is not ours is never overwritten.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.files.interface import DownloadError, DownloadFailed, LinkExpired
from batchgen.model.content import wants_captions
from batchgen.model.errors import DiskError
from batchgen.model.exchange import Purpose
from batchgen.model.status import Event, Status
from batchgen.pipeline.fetching.captions import Captioner
from batchgen.pipeline.fetching.insist import is_passing
from batchgen.pipeline.happened import Asked, Received, Stumbled, Uncaptioned, Unsaved
from batchgen.pipeline.retry import as_asked, backoff
from batchgen.pipeline.settle import LINK_ONLY, saved
from batchgen.store.interface import KeepFile, Learn, Move

if TYPE_CHECKING:
    from batchgen.files.interface import Download, SavedFile
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context

#: How often a video is tried in one run before it is left for the next.
TRIES = 8
#: Videos that are only marked as saved in one go, where no download was asked for.
CHUNK = 500

#: What may be the matter where HeyGen gives links that nobody is let to.
_FORBIDDEN = "a proxy or a firewall may forbid them. `batchgen doctor` looks at the network."
#: What is told of a video that is ready, as HeyGen says, and that it gives no link to.
_NO_LINK = "HeyGen calls the video ready, and gives no link to it."


class Fetcher:
    """Brings videos home."""

    def __init__(self, run: Context, *, download: Download) -> None:
        self._run = run
        self._download = download
        self._captioner = Captioner(
            store=run.store, dialects=run.dialects, caller=run.caller, download=download, clock=run.clock
        )
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._tries: dict[int, int] = {}
        self._left: set[int] = set()  #: Jobs whose video could not be saved in this run.

    @property
    def busy(self) -> bool:
        """Whether a video is still to be saved."""
        return self._run.board.to_save > 0

    async def work(self) -> None:
        """Save what is ready, a few at a time."""
        try:
            while True:
                self._raise_failures()
                if self._run.stop.everything or not self.busy or not await self._start_some():
                    await self._run.board.changed(self._nap())
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _raise_failures(self) -> None:
        for pk in [pk for pk, task in self._under_way.items() if task.done()]:
            self._under_way.pop(pk).result()

    def _nap(self) -> float | None:
        under_way = len(self._under_way)
        waiting = self._run.board.to_save > under_way
        if self._run.stop.everything or not waiting or under_way >= self._run.options.downloads_at_once:
            return None
        return 1.0  # What is tried again is due later, and nothing else tells when.

    async def _start_some(self) -> bool:
        if not self._run.options.download and await self._keep_links():
            return True
        free = self._run.options.downloads_at_once - len(self._under_way)
        if free <= 0:
            return False
        most = free + len(self._under_way) + len(self._left)
        found = self._run.store.in_state(self._run.number, Status.RENDERED, most, due=self._run.clock.now())
        ready = [job for job in found if job.pk not in self._under_way and job.pk not in self._left][:free]
        for job in ready:
            task = asyncio.create_task(self._fetch(job))
            self._under_way[job.pk] = task
            task.add_done_callback(lambda _: self._run.board.ring())
        return bool(ready)

    async def _keep_links(self) -> bool:
        found = self._run.store.in_state(self._run.number, Status.RENDERED, CHUNK + len(self._left))
        linked = [job for job in found if job.video_url]
        await self._run.logbook.write([saved(job, self._run.clock.now(), LINK_ONLY) for job in linked])
        return bool(linked)

    async def _fetch(self, job: Job) -> None:
        self._tries[job.pk] = tries = self._tries.get(job.pk, 0) + 1
        if not job.video_url:
            await self._ask_once_more(job, tries)
            return
        began = self._run.clock.ticks()
        try:
            path = await claim_path(self._run, job)
            if wants_captions(job.content):
                await self._save_captions(job, path)
            file = await self._download(job.video_url, to=path)
        except LinkExpired as error:
            self._count(began, ok=False)
            await self._ask_for_another(job, tries, error)
        except DiskError as error:
            # What is to be done about it, the error says.
            self._run.stop.broken(f"{error} Nothing is lost, and the same command goes on.")
        except DownloadError as error:
            self._count(began, ok=False)
            await self._try_later(job, tries, error)
        else:
            self._count(began, ok=True)
            await self._note_saved(job, file)

    async def _save_captions(self, job: Job, path: Path) -> None:
        # Before the video: what is done is not looked at again, and a crash in between costs a few small files.
        reason = await self._captioner.save(job, path)
        if reason:
            self._run.tell(Uncaptioned(job=job.pk, reason=reason))

    async def _note_saved(self, job: Job, file: SavedFile) -> None:
        now = self._run.clock.now()
        self._tries.pop(job.pk, None)
        kept = KeepFile(job=job.pk, path=str(file.path), size=file.size, at=now, digest=file.digest)
        move = saved(job, now, str(file.path))
        if job.duration_s is None and file.duration_s is not None:
            move = move._replace(facts={**move.facts, **self._measured(job, file.duration_s)})
        await self._run.logbook.write([kept, move], durable=True)
        self._run.tell(Received(job=job.pk, size=file.size, path=str(file.path)))

    def _measured(self, job: Job, seconds: float) -> dict[str, float | None]:
        """Say how long a video is that nobody told the length of, and settle what it cost by that."""
        cost = self._run.budget.real(job, seconds)
        self._run.budget.settle(job, cost)
        return {"duration_s": round(seconds, 3), "credits": cost}

    async def _ask_once_more(self, job: Job, tries: int) -> None:
        """Ask for a link that was waited for in vain, be it by an earlier run; after that leave it to the next one."""
        if tries > 1:
            await self._leave(job, f"{_NO_LINK} It is asked for again by the next run.")
            return
        self._stumbled(job, _NO_LINK)
        await self._ask_for_link(job, 0.0)

    async def _ask_for_another(self, job: Job, tries: int, error: LinkExpired) -> None:
        if tries >= TRIES:
            await self._leave(job, f"{error} {TRIES - 1} were, and none of them works either: {_FORBIDDEN}")
            return
        if tries > 1:
            self._stumbled(job, str(error))
        # Links are signed anew by each status call; after several in vain there is no hurry.
        await self._ask_for_link(job, 0.0 if tries == 1 else backoff(tries))

    async def _ask_for_link(self, job: Job, wait: float) -> None:
        now = self._run.clock.now()
        due_at = now + wait - self._run.hints.slack  # No webhook tells of it.
        facts = {"video_url": None, "credits": job.credits, "due_at": due_at}
        expired = Move(job=job.pk, old=Status.RENDERED, event=Event.LINK_EXPIRED, at=now, facts=facts)
        await self._run.logbook.write([expired])

    async def _try_later(self, job: Job, tries: int, error: DownloadError) -> None:
        if tries >= TRIES or not is_passing(error):
            await self._leave(job, str(error))
            return
        self._stumbled(job, str(error))
        asked = error.retry_after if isinstance(error, DownloadFailed) else None
        wait = as_asked(asked, otherwise=backoff(tries, first=0.5, most=30.0))
        facts = {"error_code": "download_failed", "error": str(error), "due_at": self._run.clock.now() + wait}
        await self._run.logbook.write([Learn(job=job.pk, facts=facts)])

    async def _leave(self, job: Job, reason: str) -> None:
        """Leave a video to the next run, with the reason where results and people look for it."""
        self._left.add(job.pk)
        self._run.board.unsaved = len(self._left)
        facts = {"error_code": "download_failed", "error": reason}
        await self._run.logbook.write([Learn(job=job.pk, facts=facts)])
        self._run.tell(Unsaved(job=job.pk, reason=reason))

    def _stumbled(self, job: Job, reason: str) -> None:
        self._run.tell(Stumbled(what=f"the download of {Path(job.file or job.id).name}", reason=reason))

    def _count(self, began: float, *, ok: bool) -> None:
        self._run.tell(Asked(purpose=Purpose.DOWNLOAD, took_s=self._run.clock.ticks() - began, ok=ok))


async def claim_path(run: Context, job: Job) -> Path:
    """Give the path a job's file goes to, and note it first."""
    intended = run.store.intended_path(job.pk)
    path = Path(job.file or f"{job.id}.mp4")
    if intended is not None and Path(intended).parent == path.parent:
        return Path(intended)
    if path.exists():  # noqa: ASYNC240 - one look at a local folder
        path = path.with_name(f"{path.stem}-{job.id[:10]}{path.suffix}")
    await run.logbook.write([KeepFile(job=job.pk, path=str(path), size=None, at=run.clock.now())], durable=True)
    return path
