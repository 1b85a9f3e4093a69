"""Asks the account, and the links of a manifest, before anything is spent. GET requests alone, a few at a time."""

from __future__ import annotations

import asyncio
import ipaddress
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from batchgen.assembly.account import check_account
from batchgen.assembly.clock import CLOCK
from batchgen.files.interface import DownloadFailed
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.address import is_loopback
from batchgen.model.catalogue import Topic
from batchgen.model.errors import TransportError
from batchgen.pipeline.inquiry import Answers, Source, faults, links_in, questions_in
from batchgen.pipeline.retry import reading

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence

    from batchgen.files.source import Parts
    from batchgen.heygen.interface import Api, Dialect
    from batchgen.model.catalogue import Item, ItemPage
    from batchgen.model.errors import Fault
    from batchgen.model.exchange import Balance, Reply, Request
    from batchgen.model.job import Draft, Job
    from batchgen.pipeline.inquiry import Question
    from batchgen.pipeline.plan import Source as Manifested
    from batchgen.settings import Account

T = TypeVar("T")

#: Requests under way at once: somebody else may be running on the same account.
AT_ONCE = 4
#: Pages of a list that are read at the most.
MOST_PAGES = 200


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
    unknown = [job for job in jobs if job.length_s is None and any(links_in(job.kind, job.content))]
    found = ask(None, "", unknown, realm=realm) if unknown else Found()
    return lengths(unknown, found.answers), found.notes


def lengths(jobs: Iterable[Job], answers: Answers) -> dict[str, float]:
    """Give the length of each job's source, by job id, where it was found out."""
    told = ((job.id, answers.known(job).length_s) for job in jobs)
    return {job_id: seconds for job_id, seconds in told if seconds is not None}


def ask(account: Account | None, api: str, jobs: Sequence[Job], *, realm: str) -> Found:
    """Ask about all that jobs name, each thing once; without an account about their links alone.

    Raises ``UnreachableError`` and ``CredentialsError``.
    """
    return asyncio.run(_ask(account, api, jobs, realm))


async def _ask(account: Account | None, api: str, jobs: Sequence[Job], realm: str) -> Found:
    from batchgen.files.web import HttpxWeb, client  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415

    urls = list(dict.fromkeys(link.url for job in jobs for link in links_in(job.kind, job.content)))
    async with client(read_timeout=20) as http:
        looking = asyncio.create_task(_look_at(HttpxWeb(http), urls, realm))
        try:
            if account is None:
                links, notes = await looking
                return Found(answers=Answers(links=links), notes=tuple(notes))
            async with HttpApi(account.base_url, account.credentials) as channel:
                balance = await check_account(channel, DIALECTS[api], account)
                desk = _Desk(channel, DIALECTS[api])
                items = await desk.items({(one.topic, one.id) for job in jobs for one in _questions(job)})
                languages = await desk.languages() if any(job.kind == "translation" for job in jobs) else None
            links, notes = await looking
        finally:
            looking.cancel()
    answers = Answers(items=items, languages=languages, links=links)
    return Found(answers=answers, balance=balance, notes=(*desk.notes(), *notes))


def _questions(job: Job) -> Iterator[Question]:
    return questions_in(job.kind, job.content)


class _Desk:
    """Asks an account about avatars, voices, templates and languages."""

    def __init__(self, api: Api, dialect: Dialect) -> None:
        self._api, self._dialect = api, dialect
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._chance = random.Random()
        self._lists: dict[tuple[Topic, bool], asyncio.Task[dict[str, Item]]] = {}
        self._silent: Counter[str] = Counter()

    async def items(self, wanted: Collection[tuple[Topic, str]]) -> dict[tuple[Topic, str], Item | None]:
        """Look all of them up. Those that nothing could be found out about are left out."""
        found: dict[tuple[Topic, str], Item | None] = {}

        async def one(topic: Topic, name: str) -> None:
            try:
                found[topic, name] = await self._find(topic, name)
            except (ApiError, TransportError) as error:
                self._silent[f"{topic.replace('_', ' ')}s could not be asked about ({error})"] += 1

        await asyncio.gather(*(one(*key) for key in sorted(wanted)))
        return found

    async def languages(self) -> tuple[str, ...] | None:
        """Give every language that videos can be translated into; None where nobody told."""
        try:
            return tuple(await self._listed(Topic.LANGUAGE, mine=False))
        except (ApiError, TransportError) as error:
            self._silent[f"the languages could not be asked for ({error})"] += 1
            return None

    def notes(self) -> list[str]:
        """Say what could not be found out."""
        return [f"{text}{f', {count:,} of them' if count > 1 else ''}." for text, count in self._silent.items()]

    async def _find(self, topic: Topic, name: str) -> Item | None:
        found = await self._looked_up(self._dialect, topic, name)
        if found is not None:
            return found
        by_list = self._dialect.lookup(topic, name) is None
        # HeyGen shows the details of a voice in the fields of cloned ones: what is not there may be a public one.
        if by_list or topic is Topic.VOICE:
            for mine in (True, False):
                listed = (await self._listed(topic, mine=mine)).get(name)
                if listed is not None:
                    return listed
        # The lists of v2 leave some out; the key is good for v3 as well, which can be asked about one.
        return await self._looked_up(DIALECTS["v3"], topic, name) if by_list else None

    async def _looked_up(self, dialect: Dialect, topic: Topic, name: str) -> Item | None:
        request = dialect.lookup(topic, name)
        if request is None:
            return None
        return await self._read(request, lambda reply: dialect.read_lookup(topic, reply, asked=name))

    async def _listed(self, topic: Topic, *, mine: bool) -> dict[str, Item]:
        """Give a whole list, read once however many ask for it."""
        key = (topic, mine)
        if key not in self._lists:
            self._lists[key] = asyncio.create_task(self._pages(topic, mine=mine))
        return await self._lists[key]

    async def _pages(self, topic: Topic, *, mine: bool) -> dict[str, Item]:
        found: dict[str, Item] = {}
        token: str | None = None
        for _ in range(MOST_PAGES):
            request = self._dialect.catalogue(topic, token=token, mine=mine)
            page: ItemPage = await self._read(request, lambda reply: self._dialect.read_catalogue(topic, reply))
            found |= {item.id: item for item in page.items}
            token = page.next_token
            if token is None:
                break
        return found

    async def _read(self, request: Request, read: Callable[[Reply], T]) -> T:
        async with self._gate:
            async for attempt in reading(CLOCK, self._chance, attempts=3):
                with attempt:
                    return read(await self._api.send(request))
        raise AssertionError("reading() gives a reply or raises")


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
