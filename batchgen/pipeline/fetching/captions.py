"""Saves the captions of a video beside it, where its manifest asks for them. Nothing is rendered, and nothing costs.

Rule: a video never fails for its captions. Those that cannot be had are told, and can be asked for again later.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchgen.files.interface import DownloadError
from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.pipeline.fetching.insist import insist
from batchgen.store.interface import KeepFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.files.interface import Download
    from batchgen.heygen.interface import Dialect
    from batchgen.model.job import Job
    from batchgen.pipeline.call import Caller
    from batchgen.pipeline.clock import Clock
    from batchgen.store.interface import Store

#: How often a file is tried.
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Captioner:
    """Brings captions home."""

    store: Store
    dialects: Mapping[str, Dialect]
    caller: Caller
    download: Download
    clock: Clock

    async def save(self, job: Job, video: Path, *, missing: bool = False) -> str | None:
        """Save what captions there are, beside the video. Give why some are missing, or None. Raises ``DiskError``.

        ``missing``: leave those alone that were saved before and are still there.
        """
        try:
            links = await self._links(job)
            there = self._there(job) if missing else ()
            if not links:
                return "HeyGen has none for it"
            faults = [await self._save(job, role, link, video) for role, link in links.items() if role not in there]
        except (ApiError, TransportError) as error:
            return f"HeyGen does not give them: {error}"
        return " ".join(filter(None, faults)) or None

    def _there(self, job: Job) -> set[str]:
        found = self.store.files_of(job.pk)
        return {role for role, one in found.items() if one.size is not None and Path(one.path).is_file()}

    async def _links(self, job: Job) -> dict[str, str]:
        # Asked for now and not taken from the last status: links expire, and captions may come after the video.
        dialect, links = self.dialects[job.api or "v3"], dict[str, str]()
        for request in dialect.captions(job.kind, job.remote_id or ""):
            understand = partial(dialect.read_captions, job.kind, asked=request)
            links |= await self.caller.read(request, understand)
        return links

    async def _save(self, job: Job, role: str, link: str, video: Path) -> str | None:
        path = await self._claim(job, role, video)

        async def renew() -> str:
            return (await self._links(job)).get(role, link)

        try:
            saved = await insist(self.download, link, to=path, renew=renew, clock=self.clock, tries=TRIES)
        except DownloadError as error:
            return str(error)
        facts: dict[str, Any] = {"path": str(path), "size": saved.size, "digest": saved.digest}
        kept = KeepFile(job=job.pk, role=role, at=self.clock.now(), **facts)
        await self.store.apply([kept], durable=True)
        return None

    async def _claim(self, job: Job, role: str, video: Path) -> Path:
        """Give the path that captions go to, and note it first: what stands there and is not ours stays as it is."""
        path = beside(video, role)
        if self.store.intended_path(job.pk, role) == str(path):
            return path
        if path.exists():
            path = path.with_name(f"{video.stem}-{job.id[:10]}{path.name.removeprefix(video.stem)}")
        noted = KeepFile(job=job.pk, role=role, path=str(path), size=None, at=self.clock.now())
        await self.store.apply([noted], durable=True)
        return path


def beside(video: Path, role: str) -> Path:
    """Name the file of some captions so that players find it by the name of its video."""
    return video.with_name(f"{video.stem}.captioned{video.suffix}" if role == "captioned" else f"{video.stem}.{role}")
