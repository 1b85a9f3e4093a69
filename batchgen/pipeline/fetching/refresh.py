"""New links for videos that are done, and their files once more where those are gone.

Rule: nothing is rendered and no job changes its state: a video that was paid for is asked for again, and only fetched.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from batchgen.files.interface import DownloadError
from batchgen.heygen.errors import ApiError
from batchgen.model import session
from batchgen.model.errors import TransportError
from batchgen.model.exchange import Stage
from batchgen.pipeline.fetching.captions import Captioner
from batchgen.pipeline.fetching.insist import insist
from batchgen.store.interface import KeepFile, Learn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchgen.files.interface import Download
    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job
    from batchgen.pipeline.call import Caller
    from batchgen.pipeline.clock import Clock
    from batchgen.store.interface import Store

#: Videos that are asked for, or fetched, at the same time.
AT_ONCE = 4
#: How often the file of each is tried.
TRIES = 8

_GONE = "HeyGen has no such video any more"
_ELSEWHERE = "it was made with another key, and the account of today's does not know it: ask with that key"


@dataclass(slots=True)
class Refreshed:
    """What came of it."""

    links: int = 0
    files: int = 0
    captions: int = 0
    uncaptioned: dict[int, str] = field(default_factory=dict)  #: Job → why its captions could not be had.
    failed: dict[int, str] = field(default_factory=dict)  #: Job → why its video could not be had.


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresher:
    """Asks for done videos again."""

    store: Store
    dialects: Mapping[str, Dialect]
    caller: Caller
    download: Download
    clock: Clock
    account: str  #: What tells whose credentials are used.

    async def refresh(self, jobs: Sequence[Job], fetch: Mapping[int, Path], captions: Mapping[int, Path]) -> Refreshed:
        """Get a new link for each job, the file of those in ``fetch`` to its path, and the captions of others.

        ``captions`` are the jobs that want them, each with the path of its video.

        Raises ``StoreError`` and ``DiskError``; what fails for one video alone is told of that video.
        """
        done = Refreshed()
        room = asyncio.Semaphore(AT_ONCE)

        async def one(job: Job) -> None:
            async with room:
                await self._one(job, fetch.get(job.pk), done)
                if job.pk in captions:
                    await self._caption(job, captions[job.pk], done)

        await asyncio.gather(*map(one, jobs))
        return done

    async def _one(self, job: Job, path: Path | None, done: Refreshed) -> None:
        try:
            link = await self._renew(job)
            done.links += 1
            if path is not None:
                await self._fetch(job, link, path)
                done.files += 1
        except (ApiError, TransportError, DownloadError, _Gone) as error:
            done.failed[job.pk] = str(error)

    async def _caption(self, job: Job, video: Path, done: Refreshed) -> None:
        reason = await Captioner(
            store=self.store, dialects=self.dialects, caller=self.caller, download=self.download, clock=self.clock
        ).save(job, video, missing=True)
        if reason:
            done.uncaptioned[job.pk] = reason
        else:
            done.captions += 1

    async def _renew(self, job: Job) -> str:
        link = await self._link(job)
        await self.store.apply([Learn(job=job.pk, facts={"video_url": link})])
        return link

    async def _link(self, job: Job) -> str:
        if job.kind == session.KIND:
            raise _Gone("a session leaves no video at HeyGen: the film that was recorded here is the only one")
        dialect, asked = self.dialects[job.api or "v3"], [job.remote_id or ""]
        request = dialect.status(job.kind, asked)
        said = await self.caller.read(request, lambda reply: dialect.read_status(job.kind, reply, asked=asked))
        link = next((one.video_url for one in said if one.remote_id == job.remote_id and one.video_url), None)
        if link is None:
            gone = any(one.stage in {Stage.UNKNOWN, Stage.BROKEN} for one in said)
            raise _Gone(self._why_gone(job) if gone else "HeyGen gives no link for it now")
        return link

    def _why_gone(self, job: Job) -> str:
        """Say what a denial means: one account knows nothing of what another has."""
        known = job.submission is None or self.store.submission(job.submission).may_be_known_to(self.account)
        return _GONE if known else _ELSEWHERE

    async def _fetch(self, job: Job, link: str, path: Path) -> None:
        set_aside(path)
        renew = partial(self._renew, job)
        saved = await insist(self.download, link, to=path, renew=renew, clock=self.clock, tries=TRIES)
        facts: dict[str, Any] = {"path": str(saved.path), "size": saved.size, "digest": saved.digest}
        await self.store.apply([KeepFile(job=job.pk, at=self.clock.now(), **facts)], durable=True)


def set_aside(path: Path) -> Path | None:
    """Give a file that stands in the way another name: somebody may have changed it on purpose."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.stem}.changed{n or ''}{path.suffix}") for n in range(10_000))
    free = next(name for name in names if not name.exists())
    return path.rename(free)


class _Gone(Exception):  # noqa: N818 - reads as the outcome it is
    """The server has no link to give."""
