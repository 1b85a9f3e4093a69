"""The promise broken on purpose, five ways. A checker that lets one of them pass checks nothing."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from batchgen.heygen.v3.assets import AssetsV3
from batchgen.model.job import changed
from batchgen.model.status import Status
from batchgen.pipeline.reconciling import search
from batchgen.pipeline.sending import send
from batchgen.pipeline.sending.compose import compose
from batchgen.pipeline.sending.filing import Filed
from batchgen.pipeline.sending.send import Sender
from tests.simulation import life

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from contextlib import AbstractContextManager

    from batchgen.model.exchange import Outcome, Request, Upload
    from batchgen.model.job import Job, Submission
    from batchgen.model.media import LocalFile
    from batchgen.pipeline.context import Context


@contextmanager
def send_before_the_commit() -> Iterator[None]:
    """Let the request leave while its record is still on the way to the disk."""
    commit, ask = send.file_new, Sender._ask
    under_way: dict[int, asyncio.Task[Any]] = {}

    async def hasty(run: Context, pk: int, jobs: list[Job]) -> Filed:
        under_way[pk] = asyncio.create_task(_later(commit, run, pk, jobs))
        hurried = [changed(job, submission=pk, item=item, status=Status.SENDING) for item, job in enumerate(jobs)]
        now, options = run.clock.now(), run.options
        dialect = run.dialects[options.api]
        submission, request = compose(pk, jobs, dialect, title_token=options.title_token, at=now)
        return Filed(submission, hurried, request)

    async def ask_first(self: Sender, submission: Submission, request: Request) -> Outcome:
        outcome = await ask(self, submission, request)
        if submission.pk in under_way:
            await under_way.pop(submission.pk)
        return outcome

    with patch.object(send, "file_new", hasty), patch.object(Sender, "_ask", ask_first):
        yield


async def _later(commit: Callable[..., Coroutine[Any, Any, Any]], *given: Any) -> None:
    await asyncio.sleep(1.0)
    await commit(*given)


def a_new_key_per_attempt() -> AbstractContextManager[Any]:
    """Give each attempt a key of its own, as if it were another purchase."""
    real, count = Sender._ask, itertools.count()

    async def renamed(self: Sender, submission: Submission, request: Request) -> Outcome:
        another = request._replace(key=f"{request.key}-{next(count)}") if request.key else request
        return await real(self, submission, another)

    return patch.object(Sender, "_ask", renamed)


def a_new_key_per_upload() -> AbstractContextManager[Any]:
    """Ask for a place anew each time, as if nobody had ever asked for one."""
    real, count = AssetsV3.open, itertools.count()

    def renamed(self: AssetsV3, file: LocalFile, *, key: str, upload: Upload) -> Request:
        return real(self, file, key=f"{key}-{next(count)}", upload=upload)

    return patch.object(AssetsV3, "open", renamed)


def send_what_stands_at_the_path() -> AbstractContextManager[Any]:
    """Believe that a file still is what it was, and send whatever is there now."""

    async def trusting(file: LocalFile, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
        yield (await asyncio.to_thread(Path(file.path).read_bytes) + b"changed")[-file.size :]
        sent(file.size)

    return patch.object(life, "pieces", trusting)


def adopt_by_row_number() -> AbstractContextManager[Any]:
    """Take what is found in the order in which it is found, instead of by its token."""

    def in_order(rows: Any, names: Any) -> dict[str, Any]:
        return dict(zip(list(names), [row for row in rows if row.remote_id], strict=False))

    return patch.object(search, "_matches", in_order)
