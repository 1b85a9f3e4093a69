"""Takes down what is said of jobs, while more of them are asked about."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.heygen.errors import ApiError
from batchgen.model.errors import TransportError
from batchgen.model.exchange import Stage
from batchgen.pipeline.happened import Stumbled
from batchgen.pipeline.watching.observe import told_of
from batchgen.pipeline.watching.reasons import with_reasons
from batchgen.pipeline.watching.thrift import AGAIN_S
from batchgen.store.interface import Learn, Move

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.context import Context
    from batchgen.pipeline.watching.ask import Asker
    from batchgen.pipeline.watching.lists import Told
    from batchgen.pipeline.watching.observe import Observer
    from batchgen.store.interface import Change

    #: A job, and what was said of it; None: nothing was.
    Said = tuple[Job, Progress | None]


@dataclass(slots=True)
class Noted:
    """What came of asking."""

    told_of: set[int] = field(default_factory=set)  #: Jobs that something was said of.
    stages: Counter[Stage] = field(default_factory=Counter)  #: How many of them were at each.
    error: ApiError | TransportError | None = None  #: What it failed of.

    @property
    def ended(self) -> int:
        """How many had ended."""
        return self.stages[Stage.READY] + self.stages[Stage.BROKEN]


class Notes:
    """Writes what is said of jobs."""

    def __init__(self, run: Context, asker: Asker, observer: Observer, *, awake: Callable[[], None]) -> None:
        """``awake`` is told of each answer before it is noted: the machine may have slept while it was awaited."""
        self._run = run
        self._asker = asker
        self._observer = observer
        self._awake = awake

    async def take(self, told: AsyncIterator[Told]) -> Noted:
        """Write what is said of jobs while more of them are asked about, until that fails."""
        noted, writing = Noted(), list[asyncio.Task[None]]()
        try:
            async for jobs, progress in told:
                # A list moves on while it is read: what was said of a job is not written twice.
                new = [job for job in jobs if job.pk not in noted.told_of]
                noted.told_of.update(job.pk for job in new)
                said, bare = self._part(list(told_of(new, progress)))
                writing.append(self._note(said, noted))
                if bare:
                    writing.append(self._note(await with_reasons(bare, self._asker), noted))
        except (ApiError, TransportError) as error:
            noted.error = error
        finally:
            await asyncio.gather(*writing)
        return noted

    def _part(self, said: list[Said]) -> tuple[list[Said], list[tuple[Job, Progress]]]:
        """Set apart the jobs that were told to have broken, and not why."""
        bare = [(job, one) for job, one in said if one is not None and self._is_bare(job, one)]
        return ([one for one in said if one not in bare], bare) if bare else (said, bare)

    def _is_bare(self, job: Job, said: Progress) -> bool:
        """Whether a job is told to have broken, and not why, by what told of others as well."""
        bare = said.stage is Stage.BROKEN and not (said.error or said.error_code)
        return bare and self._asker.at_once(job) > 1

    def _note(self, said: Sequence[Said], noted: Noted) -> asyncio.Task[None]:
        """Begin to write what was said of jobs."""
        self._awake()
        changes, stages = self._observer.note(said)
        noted.stages += stages
        return asyncio.create_task(self._write(changes))

    async def _write(self, changes: Sequence[Change]) -> None:
        """Write what was said of jobs. What names no id can be asked again, should the power fail."""
        ids = any("remote_id" in change.facts for change in changes if isinstance(change, Learn | Move))
        await self._run.logbook.write(changes, durable=ids)

    async def later(self, jobs: Sequence[Job], error: ApiError | TransportError) -> None:
        """Put off jobs that could not be asked about, and say why."""
        if isinstance(error, ApiError) and error.hold is not None and error.hold.pauses:
            self._run.stop.pause(error.hold, error.message or error.code)
        self._run.tell(Stumbled(what=f"asking about {len(jobs)} job{'s' if len(jobs) != 1 else ''}", reason=str(error)))
        due_at = self._run.clock.now() + max(self._run.options.poll_interval, AGAIN_S)
        await self._run.logbook.write([Learn(job=job.pk, facts={"due_at": due_at}) for job in jobs])
