"""Searches the account's lists for jobs whose replies got lost.

Rule: a list that was not read as far as it matters proves nothing. What goes wrong on the way is raised, and what
was found by then is found anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from batchgen.model.naming import token
from batchgen.model.nature import family
from batchgen.model.status import Status
from batchgen.pipeline.reconciling.locate_prompt import find_prompts, unclear
from batchgen.pipeline.reconciling.locate_session import find_sessions, may_be
from batchgen.pipeline.reconciling.paging import read_pages
from batchgen.pipeline.reconciling.shown import Shown
from batchgen.pipeline.reconciling.skew import NO_SKEW
from batchgen.pipeline.reconciling.witnesses import Witnesses
from batchgen.pipeline.watching.marks import READ_BACK_S, marks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Container, Iterable, Mapping, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.model.exchange import Page, Progress, Reply, Request
    from batchgen.model.job import Job, Submission
    from batchgen.pipeline.context import Context

#: Why what the agent was asked for may not be absent although it was not found.
_UNCLEAR = (
    "the agent was asked for something at that time that batchgen knows nothing of, and it may be this: look at "
    "HeyGen, and `batchgen resolve` takes what you found"
)
#: Jobs that may be on their way at once, by far.
MANY = 5000
#: Up to this many jobs are asked for by name; more are found quicker by reading the list.
BY_NAME = 3


class Way(Enum):
    """What a lost job is known again by."""

    TOKEN = auto()  #: A token in its title or callback id.
    PROMPT = auto()  #: The words that it was asked in.
    TIME = auto()  #: When it was opened, and that nobody else knows it.
    NONE = auto()  #: Nothing.


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    rows: Mapping[str, Progress] = field(default_factory=dict)  #: By the tokens of the jobs.
    doubts: Mapping[int, str] = field(default_factory=dict)  #: Submission → why not finding it proves nothing.


class Search:
    """Finds lost jobs by what they carry, or by what else is told of them."""

    def __init__(self, run: Context) -> None:
        self._run = run
        self._shown: set[tuple[str, str]] = set()  #: Lists that were seen to hold jobs of theirs.
        #: List → why it proves nothing, as it was when it was read last; None: it does.
        self._lacking: dict[tuple[str, str], str | None] = {}
        self._witnesses = Witnesses(run)
        self._skew = NO_SKEW
        self._told: dict[str, Progress] = {}  #: Sessions of the agent that were opened: what was asked in them stays.

    def way(self, submission: Submission) -> Way:
        """Tell what would be known again of what was sent."""
        endpoint = self._run.dialects[submission.api].endpoint(submission.kind)
        if endpoint.live:
            return Way.TIME
        if endpoint.tells_prompt:
            return Way.PROMPT
        marked = endpoint.takes_token and (self._run.options.title_token or endpoint.echoes_callback)
        return Way.TOKEN if marked else Way.NONE

    def would_show(self, submission: Submission) -> bool:
        """Tell whether the list would show the job if it were there.

        HeyGen's reference says so, or the list shows others of its kind, or a person said how long to look. A list that
        keeps tokens from us would show it as one of many.
        """
        if self._lacking.get((submission.api, family(submission.kind))):
            return False
        if self._run.options.settle is not None:
            return True
        endpoint = self._run.dialects[submission.api].endpoint(submission.kind)
        return endpoint.titled or (submission.api, family(submission.kind)) in self._shown

    async def find(self, group: Sequence[Submission], missing: Mapping[str, Job]) -> Found:
        """Look for jobs in the one list that a group shares. Raises ``ApiError`` and ``TransportError``."""
        dialect, kind = self._run.dialects[group[0].api], group[0].kind
        match self.way(group[0]):
            case Way.TIME:
                return Found(await self._by_time(dialect, kind, group, missing))
            case Way.PROMPT:
                return await self._by_prompt(dialect, kind, group, missing)
            case Way.TOKEN:
                rows = await self._by_token(dialect, kind, group, missing)
                why = self._lacking.get((dialect.name, family(kind)))
                return Found(rows, dict.fromkeys((one.pk for one in group), why) if why else {})
            case Way.NONE:
                return Found()

    async def _by_time(
        self, dialect: Dialect, kind: str, group: Sequence[Submission], missing: Mapping[str, Job]
    ) -> dict[str, Progress]:
        rows = [row async for page in self._list(dialect, kind) for row in page]
        known = self._run.store.owners([row.remote_id for row in rows if row.remote_id])
        return find_sessions(rows, missing, {one.pk: one for one in group}, known, self._skew)

    async def _by_prompt(
        self, dialect: Dialect, kind: str, group: Sequence[Submission], missing: Mapping[str, Job]
    ) -> Found:
        """Open each session of that time that belongs to no job here, and read what was asked in it."""
        listed: list[Progress] = []
        pages = self._pages(
            lambda cursor: dialect.batches(kind, cursor), lambda reply: dialect.read_batches(kind, reply)
        )
        async for rows in pages:
            listed += [row for row in rows if any(may_be(row, one, self._skew) for one in group)]
            if self._is_over(rows, min(one.created_at for one in group)):
                break
        ids = [row.batch_id for row in listed if row.batch_id]
        known, others = self._run.store.owners(ids), self._nameless(kind)
        strangers = [await self._opened(dialect, kind, one) for one in ids if one not in known]
        found = find_prompts(strangers, {**others, **missing})
        doubts = dict.fromkeys(unclear(strangers, found, group, self._skew), _UNCLEAR)
        return Found({name: row for name, row in found.items() if name in missing}, doubts)

    def _nameless(self, kind: str) -> dict[str, Job]:
        """Give the run's jobs of a kind whose ids are not known yet: the list may show them already."""
        states, run = (Status.SENDING, Status.UNSURE), self._run
        jobs = [job for status in states for job in run.store.in_state(run.number, status, MANY) if job.kind == kind]
        return {token(job.id, job.round): job for job in jobs}

    async def _opened(self, dialect: Dialect, kind: str, batch_id: str) -> Progress:
        if batch_id not in self._told:
            page = await self._run.caller.read(
                dialect.batch(kind, batch_id), lambda reply: dialect.read_batch(kind, reply, batch_id=batch_id)
            )
            self._told[batch_id] = page.rows[0]
        return self._told[batch_id]

    async def _by_token(
        self, dialect: Dialect, kind: str, group: Sequence[Submission], missing: Mapping[str, Job]
    ) -> dict[str, Progress]:
        if dialect.endpoint(kind).title_filter and len(missing) <= BY_NAME:
            found = await self._by_name(dialect, kind, missing)
            if found is not None:
                return found
        return await self._in_list(dialect, kind, missing, since=min(one.created_at for one in group))

    async def _by_name(self, dialect: Dialect, kind: str, missing: Iterable[str]) -> dict[str, Progress] | None:
        """Ask for each by its title; give nothing where that proves nothing.

        An old server may not filter by it, and one that goes on with another page has not shown all that it filtered.
        """
        found: dict[str, Progress] = {}
        for name in missing:
            request = dialect.listing(kind, title=name)
            page = await self._run.caller.read(request, lambda reply: dialect.read_listing(kind, reply))
            here = _matches(page.rows, [name])
            if not here and (page.rows or page.next_token is not None):
                return None
            found |= here
        return found

    async def _in_list(
        self, dialect: Dialect, kind: str, missing: Mapping[str, Job], *, since: float
    ) -> dict[str, Progress]:
        found: dict[str, Progress] = {}
        shown, this = Shown(), (dialect.name, family(kind))
        async for rows in self._list(dialect, kind):
            found |= _matches(rows, missing)
            shown.take(rows, self._oldest(since))
            if rows:
                self._shown.add(this)
            if len(found) == len(missing) or self._is_over(rows, since):
                break
        lacks = len(found) < len(missing)
        self._lacking[this] = self._witnesses.doubt(dialect, kind, shown, self._oldest(since)) if lacks else None
        return found

    def _list(self, dialect: Dialect, kind: str) -> AsyncIterator[Sequence[Progress]]:
        return self._pages(
            lambda cursor: dialect.listing(kind, token=cursor), lambda reply: dialect.read_listing(kind, reply)
        )

    def _pages(
        self, ask: Callable[[str | None], Request], understand: Callable[[Reply], Page]
    ) -> AsyncIterator[Sequence[Progress]]:
        return read_pages(self._run.caller, ask, partial(self._timed, understand))

    def _timed(self, understand: Callable[[Reply], Page], reply: Reply) -> Page:
        self._skew = self._skew.beside(reply.headers.get("date"), self._run.clock.now())
        return understand(reply)

    def _is_over(self, rows: Sequence[Progress], since: float) -> bool:
        """Whether neither a page nor what comes after it has anything from the time that matters.

        No document says that lists begin with the newest, so a page that begins with older rows than it ends with tells
        nothing of those to come.
        """
        times = [row.created_at for row in rows if row.created_at is not None]
        is_older = bool(rows) and len(times) == len(rows) and max(times) < self._oldest(since)
        return is_older and times[0] >= times[-1]

    def _oldest(self, since: float) -> float:
        """Give when what was sent at a time of this machine may have been made, at the earliest."""
        return since - READ_BACK_S - self._skew.ahead_s


def _matches(rows: Iterable[Progress], names: Container[str]) -> dict[str, Progress]:
    """Match rows to tokens."""
    return {mark: row for mark, row in marks(rows).items() if mark in names}
