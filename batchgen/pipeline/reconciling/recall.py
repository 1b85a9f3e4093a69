"""What the account has of rows that nobody here sent: it was bought with another state, or one that is lost.

The mark of a video in the account's lists follows from its row alone, see ``naming.token``. So it tells whose the video
is where neither a state nor results do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.model.exchange import Stage
from batchgen.model.naming import canonical, earlier_names, once_more, token
from batchgen.model.nature import family
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.paging import read_pages
from batchgen.pipeline.watching.marks import marks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.call import Caller

#: How often over a job may have been tried, or made once more, and still be known.
TIMES = 3


@dataclass(slots=True)
class Listed:
    """What stands in the account's lists."""

    rows: int = 0
    marked: dict[str, Progress] = field(default_factory=dict)  #: By their marks, see ``take``.

    def take(self, rows: Sequence[Progress]) -> None:
        """Take in the next page: of each mark the newest that is ready, else the newest that did not fail.

        A copy that somebody made at HeyGen has the title of what it is a copy of, and is a draft at first.
        """
        self.rows += len(rows)
        for row in rows:
            for mark in marks([row]) if row.stage is not Stage.BROKEN else ():
                known = self.marked.get(mark)
                if known is None or (row.stage is Stage.READY and known.stage is not Stage.READY):
                    self.marked[mark] = row


async def read_marked(caller: Caller, dialect: Dialect, kinds: Iterable[str], *, most: int | None = None) -> Listed:
    """Read the lists of some kinds of jobs, so many pages of each at the most.

    Raises ``ApiError`` and ``TransportError``.
    """
    listed = Listed()
    lists = {family(kind): kind for kind in kinds if is_marked(dialect, kind)}
    for kind in lists.values():
        pages = 0
        async for rows in _list(caller, dialect, kind):
            listed.take(rows)
            pages += 1
            if pages == most:
                break
    return listed


def _list(caller: Caller, dialect: Dialect, kind: str) -> AsyncIterator[Sequence[Progress]]:
    return read_pages(
        caller,
        lambda cursor: dialect.listing(kind, token=cursor),
        lambda reply: dialect.read_listing(kind, reply),
    )


def is_marked(dialect: Dialect, kind: str) -> bool:
    """Tell whether jobs of a kind carry a mark that a list gives back."""
    endpoint = dialect.endpoint(kind)
    return endpoint.takes_token and not endpoint.live


def _may_be_bought(job: Job) -> bool:
    """Tell whether what is next bought of a job was never sent from here, so that another state may have bought it."""
    return job.status in {Status.FAILED, Status.CANCELLED} or (job.status is Status.PLANNED and job.submission is None)


def bought(job: Job, realm: str, marked: Mapping[str, Progress], *, cells: Sequence[str] = ()) -> Progress | None:
    """Give the row of a list that is what would next be bought of a job, or after that, if any is.

    ``cells`` are its row's, if an earlier batchgen may have named it. What was bought of it before failed, or a person
    said that it is not there.
    """
    if not _may_be_bought(job):
        return None
    following = job.round + (job.status is Status.FAILED)
    earlier = (name for name, _ in earlier_names(realm, job.kind, canonical(job.content), [None, *cells]))
    names = (job.id, *earlier)
    return next((marked[mark] for name in names for mark in _marks_of(name, following) if mark in marked), None)


def later(job_id: str) -> Iterator[str]:
    """Name the jobs that took a job's place where it was made once more."""
    for _ in range(TIMES):
        job_id = once_more(job_id)
        yield job_id


def _marks_of(job_id: str, following: int) -> Iterator[str]:
    """Give the marks of all that may have been bought of a job, from one round on."""
    for round_ in range(following, following + TIMES + 1):
        yield token(job_id, round_)
    for name in later(job_id):
        for round_ in range(TIMES + 1):
            yield token(name, round_)
