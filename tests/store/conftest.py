"""A store over a real SQLite file, and short ways to fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from batchgen.model.job import Submission
from batchgen.model.status import Event, Status
from batchgen.store.interface import Entry, Move, OpenSubmission, Planned, SheetFacts
from batchgen.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from batchgen.model.job import Job


def entry(number: int, *, content: str | None = None, row: int | None = None, **facts: Any) -> Entry:
    """Make a line whose job is known by what it renders."""
    what = content or f"video {number}"
    given = {"language": None, "delivery": "{}", "file": f"/videos/{what}.mp4", **facts}
    return Entry(
        row=row or number + 2, cells=(str(number),), job_id=f"job of {what}", kind="video", content='{"a": 1}', **given
    )


@dataclass
class Desk:
    """A store and what is done with it."""

    store: SqliteStore
    path: Path

    def plan(
        self,
        entries: Sequence[Entry] = (),
        *,
        chunks: Sequence[Sequence[Entry]] = (),
        name: str = "a.csv",
        keep: bool = False,
        again: bool = False,
        at: float = 1.0,
        realm: str = "sandbox",
    ) -> Planned:
        def work(planning: Any) -> Planned:
            planning.begin(
                SheetFacts(name=name, path=f"/{name}", columns=("n",), digest="d", results="/r.csv", realm=realm),
            )
            if keep:
                planning.keep_copies(str.lower)
            if again:
                planning.again(None, None)
            for some in chunks or [entries]:
                planning.add(some)
            return planning.finish(at)

        return self.store.plan(work)

    def run(self, planned: Planned, *, limit: int | None = None, keep: Any = None) -> int:
        sheet = planned.sheet
        number = self.store.begin_run(command="run", sheets=[sheet.pk], realm=sheet.realm, api="v3", at=1.0)
        self.store.enlist(number, planned.sheet.pk, keep, limit)
        return number

    def jobs(self, planned: Planned) -> list[Job]:
        return [line.job for line in self.store.lines(planned.sheet.pk)]

    async def send(self, *jobs: Job) -> int:
        """Take jobs to SENDING, as one submission."""
        pk = self.store.next_submission()
        submission = Submission(
            pk=pk, api="v3", kind="video", jobs=tuple(job.id for job in jobs),
            tokens=tuple(f"bg{job.pk}" for job in jobs), key=f"key {pk}", batched=len(jobs) > 1,
            body_digest="b", created_at=1.0,
        )  # fmt: skip
        moves = [
            move(job, Event.SEND, submission=pk, item=item, api="v3")
            for item, job in enumerate(jobs)
        ]  # fmt: skip
        await self.store.apply([OpenSubmission(submission=submission, run=1), *moves], durable=True)
        return pk

    async def take_to(self, status: Status, *jobs: Job) -> None:
        """Take planned jobs to a state, by the moves that lead there."""
        await self.send(*jobs)
        old = Status.SENDING
        for event, new in WAYS[status]:
            facts = {"remote_id": f"id {event}"} if event is Event.ACCEPTED else {}
            await self.store.apply(
                [Move(job=job.pk, old=old, event=event, at=2.0, facts={**facts, "due_at": 5.0}) for job in jobs]
            )
            old = new


WAYS = {
    Status.SENDING: (),
    Status.UNSURE: ((Event.NO_ANSWER, Status.UNSURE),),
    Status.RENDERING: ((Event.ACCEPTED, Status.RENDERING),),
    Status.RENDERED: ((Event.ACCEPTED, Status.RENDERING), (Event.READY, Status.RENDERED)),
    Status.DONE: (
        (Event.ACCEPTED, Status.RENDERING),
        (Event.READY, Status.RENDERED),
        (Event.SAVED, Status.DONE),
    ),
    Status.FAILED: ((Event.REFUSED, Status.FAILED),),
}


def move(job: Job, event: Event, *, old: Status | None = None, **facts: Any) -> Move:
    return Move(job=job.pk, old=job.status if old is None else old, event=event, at=2.0, facts=facts)


@pytest.fixture(params=["thread", "inline"])
def desk(request, tmp_path) -> Iterator[Desk]:
    store = SqliteStore.open(str(tmp_path / "state.db"), threaded=request.param == "thread")
    yield Desk(store, tmp_path / "state.db")
    store.close()
