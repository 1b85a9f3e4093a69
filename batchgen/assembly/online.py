"""Asks the account, and the links of a manifest, before anything is spent. GET requests alone, a few at a time."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchgen.assembly.account import balance_of
from batchgen.assembly.catalogue import age
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.desk import AT_ONCE, Desk, http
from batchgen.assembly.shelves import shelves_of
from batchgen.files.interface import DownloadFailed
from batchgen.heygen import DIALECTS
from batchgen.model.address import is_loopback
from batchgen.pipeline.money.questions import Answers, Source, faults, links_in, questions_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence

    from batchgen.assembly.shelves import Shelves
    from batchgen.files.source import Parts
    from batchgen.model.errors import Fault
    from batchgen.model.exchange import Balance
    from batchgen.model.job import Draft, Job
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.planning.plan import Source as Manifested
    from batchgen.settings import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found out."""

    answers: Answers = field(default_factory=Answers)
    balance: Balance | None = None
    notes: tuple[str, ...] = ()  #: What could not be found out, and why.


def drafts(sources: Sequence[Manifested], wanted: Collection[tuple[str, int]]) -> Iterator[Draft]:
    """Give the drafts of some rows, each named by its manifest's name and its number."""
    from batchgen.kinds import KINDS  # noqa: PLC0415 - for those who ask
    from batchgen.model.errors import Fault  # noqa: PLC0415

    for source in sources:
        for row in source.manifest.rows():
            if not isinstance(row, Fault) and (source.manifest.name, row.number) in wanted:
                yield from KINDS[row.kind].plan(row)[0]


def wrong(asked: Iterable[Draft], answers: Answers) -> list[Fault]:
    """Say what the account cannot do, each thing once."""
    return list(dict.fromkeys(fault for draft in asked for fault in faults(draft, answers)))


def probe(jobs: Iterable[Job], realm: str) -> tuple[dict[str, float], tuple[str, ...]]:
    """Read the lengths of sources from their links, by job id; with notes on what could not be looked at."""
    unknown = [job for job in jobs if job.length_s is None and any(links_in(job.content))]
    found = look_at_links(unknown, realm) if unknown else Found()
    return lengths(unknown, found.answers), found.notes


def lengths(jobs: Iterable[Job], answers: Answers) -> dict[str, float]:
    """Give the length of each job's source, by job id, where it was found out."""
    told = ((job.id, answers.known(job).length_s) for job in jobs)
    return {job_id: seconds for job_id, seconds in told if seconds is not None}


def look_at_links(jobs: Sequence[Job], realm: str) -> Found:
    """Look at the links that jobs name, each once, and ask no account."""
    return asyncio.run(_ask(jobs, realm, None))


def ask(account: Account, api: str, jobs: Sequence[Job], *, state: str, tell: Listener | None = None) -> Found:
    """Ask about all that jobs name, each thing once; ``state`` is where lists are kept, and ``tell`` hears of waits.

    Raises ``UnreachableError`` and ``CredentialsError``.
    """
    shelves = shelves_of(state, realm=account.realm, profile=account.profile, api=api, begins=False)
    return asyncio.run(_ask(jobs, account.realm, partial(_ask_account, account, jobs, shelves, tell)))


async def _ask(jobs: Sequence[Job], realm: str, of_account: Callable[[], Awaitable[Found]] | None) -> Found:
    from batchgen.files.web import HttpWeb, client  # noqa: PLC0415 - HTTP is for those who ask

    urls = list(dict.fromkeys(link.url for job in jobs for link in links_in(job.content)))
    async with client(read_timeout=20) as web:
        looking = asyncio.create_task(_look_at(HttpWeb(web), urls, realm))
        try:
            told = await of_account() if of_account else Found()
            links, notes = await looking
        finally:
            looking.cancel()
    return replace(told, answers=replace(told.answers, links=links), notes=(*told.notes, *notes))


async def _ask_account(account: Account, jobs: Sequence[Job], shelves: Shelves, tell: Listener | None) -> Found:
    spoken = {job.language or "" for job in jobs if job.kind == "translation"}
    named = {(one.topic, one.id) for job in jobs for one in questions_in(job.kind, job.content)}
    dialect = DIALECTS[shelves.api]
    balance = await balance_of(account, shelves.api, tell=tell)
    async with http(account) as channel:
        desk = Desk(channel, dialect, shelves, tell=tell)
        items = await desk.items(named)
        languages = await desk.languages(spoken) if spoken else None
    notes = desk.notes()
    if desk.oldest is not None:
        since = age(CLOCK.now() - desk.oldest)
        notes.append(f"Some of it is known from a list of {since}: `batchgen list … --refresh` asks anew.")
    return Found(answers=Answers(items=items, languages=languages), balance=balance, notes=tuple(notes))


async def _look_at(web: Parts, urls: Sequence[str], realm: str) -> tuple[dict[str, Source], list[str]]:
    """Look at links; give what was found, and notes on what could not be looked at."""
    gate = asyncio.Semaphore(AT_ONCE)
    found: dict[str, Source] = {}
    unseen: Counter[str] = Counter()

    async def one(url: str) -> None:
        async with gate:
            seen = _private(url) if realm != "sandbox" else None
            try:
                found[url] = seen or await _twice(lambda: _source(web, url))
            except TimeoutError:
                unseen["took too long"] += 1
            except DownloadFailed:
                if realm == "sandbox" and not is_loopback(urlsplit(url).hostname or ""):
                    unseen["could not be reached from here"] += 1
                else:
                    found[url] = Source(problem=f"No server answers at {urlsplit(url).hostname}.")

    await asyncio.gather(*map(one, urls))
    notes = [
        f"{count:,} link{'s' if count > 1 else ''} {text}: nothing is known of that." for text, count in unseen.items()
    ]
    return found, notes


async def _source(web: Parts, url: str) -> Source:
    from batchgen.files.source import look  # noqa: PLC0415 - for those who ask

    seen = await look(web, url)
    return Source(problem=seen.problem, duration_s=seen.duration_s)


async def _twice(work: Callable[[], Awaitable[Source]]) -> Source:
    """Try once more what may have been a hiccup."""
    try:
        return await work()
    except DownloadFailed:
        await CLOCK.sleep(0.5)
        return await work()


def _private(url: str) -> Source | None:
    """Say that a link leads into this machine or its network, where HeyGen never comes."""
    host = urlsplit(url).hostname or ""
    try:
        inside = ipaddress.ip_address(host).is_private
    except ValueError:
        inside = False
    if inside or is_loopback(host):
        return Source(problem=f"The link leads to {host}, which only this network can reach.")
    return None
