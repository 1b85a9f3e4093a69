"""Ids that a person gives, or the account's lists: held against the account where it can be asked, and taken over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.account import balance_of
from batchgen.assembly.asking import asking
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.prices import read_prices
from batchgen.files import container
from batchgen.files.digest import digest
from batchgen.files.interface import NotAVideo
from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.kinds import VOCABULARY
from batchgen.manifest import open_sheet
from batchgen.model.errors import ConfigError, TransportError, UsageError
from batchgen.model.exchange import Stage
from batchgen.model.status import Status
from batchgen.pipeline.money.quote import told
from batchgen.pipeline.reconciling.adopt import ADOPTABLE, Claim, absent, adopt
from batchgen.pipeline.reconciling.claims import Table, read_claims
from batchgen.pipeline.reconciling.recall import bought, is_marked, read_marked
from batchgen.pipeline.reconciling.recover import interrupted
from batchgen.pipeline.watching.denials import DENIED
from batchgen.pipeline.watching.statuses import statuses
from batchgen.store.interface import KeepFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchgen.model.errors import Fault
    from batchgen.model.exchange import Progress
    from batchgen.model.job import Job
    from batchgen.pipeline.happened import Listener
    from batchgen.pipeline.reconciling.claims import Entry
    from batchgen.pipeline.reconciling.recall import Listed
    from batchgen.settings import Account
    from batchgen.store.interface import Change, Lines, Sheet, Store

#: Changes that are written together.
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a table, or an account, has of a sheet."""

    claims: Sequence[Claim]
    faults: Sequence[Fault] = ()
    without: int = 0  #: Rows of the table that give no id.
    listed: int = 0  #: Rows of the account's lists.
    unmarked: Sequence[str] = ()  #: Kinds of the sheet whose videos carry no mark in any list.


@dataclass(slots=True)
class Adopted:
    """What became of some claims."""

    taken: list[Claim] = field(default_factory=list)
    known: int = 0  #: Jobs that had this very id already.
    refused: list[tuple[Claim, str]] = field(default_factory=list)  #: With why.


#: Such a table is no success: whoever runs the manifest next would pay once more for what was made.
_NO_ID = (
    "no row of it has an id, so there is nothing to take over. The script of HeyGen's guide leaves its column empty: "
    'the ids are in what it printed, as "video_translate_id". Write each into its row, and adopt the table again.'
)


def read_table(name: str, store: Lines, sheet: Sheet, *, id_column: str | None, encoding: str | None) -> Found:
    """Read which lines of a sheet a table gives ids. Raises ``ManifestError`` and ``UsageError``."""
    table = open_sheet(name, vocabulary=VOCABULARY, encoding=encoding)
    columns = Table(name, table.columns, id_column=id_column)
    reading = read_claims(columns, table.rows(), sheet.columns, store.lines(sheet.pk))
    if reading.without and not (reading.entries or reading.faults):
        raise UsageError(f"{name}: {_NO_ID}")
    claims = [_claim(entry, Path(name)) for entry in reading.entries]
    return Found(claims=claims, faults=reading.faults, without=reading.without)


def _claim(entry: Entry, table: Path) -> Claim:
    """Make an entry of a table a claim, with the video that lies where the table says, if it is whole."""
    job = entry.line.job
    path = (table.parent / entry.file).absolute() if entry.file else None
    return Claim(
        job=job,
        remote_id=entry.remote_id,
        source=f"{table.name}, row {entry.row}",
        file=None if path is None else _kept(job, path),
        video_url=entry.video_url or None,
        duration_s=entry.duration_s,
    )


def search(store: Lines, sheet: Sheet, *, api: str, account: Account, tell: Listener) -> Found:
    """Find what the account has of the rows of a sheet that was never sent from here; ``tell`` hears of waits.

    Raises ``ConfigError`` where its lists cannot be read to their ends.
    """
    try:
        listed = asyncio.run(_listed(account, api, sheet.kinds, tell))
    except (ApiError, TransportError) as error:
        raise ConfigError(f"The account's lists could not be read: {error} Nothing was changed.") from error
    claims = [
        Claim(job=line.job, remote_id=row.remote_id or "", source=f"the account's list, for row {line.row}")
        for line in (store.lines(sheet.pk) if listed.marked else ())
        if (row := bought(line.job, sheet.realm, listed.marked, cells=line.cells)) is not None
    ]
    unmarked = [kind for kind in sorted(sheet.kinds) if not is_marked(DIALECTS[api], kind)]
    return Found(claims=claims, listed=listed.rows, unmarked=unmarked)


async def _listed(account: Account, api: str, kinds: Iterable[str], tell: Listener) -> Listed:
    async with asking(account, api, tell=tell) as caller:
        return await read_marked(caller, DIALECTS[api], kinds)


def claim_by_hand(job: Job, remote_id: str) -> Claim:
    """Make what a person typed a claim."""
    return Claim(job=job, remote_id=remote_id.strip(), source="batchgen resolve --adopt")


def _kept(job: Job, path: Path) -> KeepFile | None:
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            container.check(file, size=size, suffix=path.suffix)
            return KeepFile(job=job.pk, path=str(path), size=size, at=CLOCK.now(), digest=digest(file))
    except (OSError, NotAVideo):
        return None  # It is fetched again, which costs nothing.


def take_over(store: Store, claims: Sequence[Claim], *, api: str, account: Account | None, tell: Listener) -> Adopted:
    """Take jobs for accepted under their ids. With an account, ids that it does not know are refused.

    ``tell`` hears of waits. Raises ``ConfigError`` where the account cannot be asked.
    """
    return asyncio.run(_take_over(store, claims, api, account, tell))


async def _take_over(
    store: Store, claims: Sequence[Claim], api: str, account: Account | None, tell: Listener
) -> Adopted:
    done = Adopted()
    claims = _sort(store, claims, done)
    if account is not None and claims:
        claims = await _confirmed(claims, api, account, done, tell)
    units = await _units({one.job.api or api for one in claims}, account)
    prices = read_prices()
    for start in range(0, len(claims), CHUNK):
        changes: list[Change] = []
        for one in claims[start : start + CHUNK]:
            generation = one.job.api or api
            # What is unsure was sent from here, and is held in the unit that it was sent for.
            mine = one.job.unit if one.job.status is Status.UNSURE else units.get(generation, one.job.unit)
            listed = prices.pick(generation, mine)
            real = listed.real(one.job.kind, one.job.content, told(one.job), one.duration_s)
            pk = store.next_submission()
            changes += adopt(one, pk=pk, api=generation, credits=real, unit=listed.unit, at=CLOCK.now())
        await store.apply(changes, durable=True)
    done.taken += claims
    return done


async def _units(generations: Iterable[str], account: Account | None) -> dict[str, str]:
    """Give what the account pays in, for each generation in which it says so: what it made is counted in that."""
    if account is None:
        return {}
    said = {one: await balance_of(account, one) for one in sorted(generations)}
    return {one: balance.unit for one, balance in said.items() if balance is not None}


def _sort(store: Lines, claims: Sequence[Claim], done: Adopted) -> list[Claim]:
    """Give the claims that can be taken over; note the others."""
    owners = store.owners([one.remote_id for one in claims])
    fresh: dict[int, Claim] = {}
    seen: dict[str, int] = {}
    for one in claims:
        owner = owners.get(one.remote_id, seen.get(one.remote_id, one.job.pk))
        if one.job.pk in fresh:  # Rows that share a video each bring its id.
            if (first := fresh[one.job.pk].remote_id) != one.remote_id:
                done.refused.append((one, f"another row of the same video gives it the id {first}"))
        elif one.job.remote_id == one.remote_id and _was_denied(one.job):
            fresh[one.job.pk] = one  # Another account was asked; this one may know it.
        elif one.job.remote_id == one.remote_id:
            done.known += 1
        elif owner != one.job.pk:
            done.refused.append((one, "this id belongs to another row already"))
        elif one.job.status not in ADOPTABLE or (one.job.remote_id and one.job.status is not Status.FAILED):
            held = one.job.remote_id or one.job.batch_id or ""
            done.refused.append((one, f"the row is {one.job.status.word} already, as {held}"))
        else:
            seen[one.remote_id] = one.job.pk
            fresh[one.job.pk] = one
    return list(fresh.values())


def _was_denied(job: Job) -> bool:
    """Whether it failed for the server's not knowing it: no render that came to nothing, and perhaps a paid one."""
    return job.status is Status.FAILED and job.error_code == DENIED


async def _confirmed(claims: Sequence[Claim], api: str, account: Account, done: Adopted, tell: Listener) -> list[Claim]:
    """Give the claims whose id the account knows, as a job of their language."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for one in claims:
        groups.setdefault((one.job.api or api, one.job.kind), []).append(one)
    said: dict[str, Progress] = {}
    try:
        async with asking(account, api, tell=tell) as caller:
            for (generation, kind), group in groups.items():
                ids = [one.remote_id for one in group]
                said |= await statuses(caller, DIALECTS[generation], kind, ids)
    except (ApiError, TransportError) as error:
        raise ConfigError(f"The account could not be asked about these ids: {error} Nothing was changed.") from error
    doubts = {one.remote_id: _doubt(one, said) for one in claims}
    done.refused += [(one, doubt) for one in claims if (doubt := doubts[one.remote_id])]
    return [one for one in claims if not doubts[one.remote_id]]


def _doubt(one: Claim, said: Mapping[str, Progress]) -> str | None:
    found = said.get(one.remote_id)
    if found is None or found.stage is Stage.UNKNOWN:
        return "the account has no video with this id"
    if found.stage is Stage.BROKEN and one.job.status is Status.FAILED:
        return "this video failed as well"
    if found.language and one.job.language and found.language != one.job.language:
        return f"this id is a translation into {found.language}, and the row wants {one.job.language}"
    return None


def recover(store: Store) -> None:
    """Doubt what an earlier process left under way, as a run does when it begins."""
    asyncio.run(store.apply(interrupted(store, CLOCK.now()), durable=True))


def declare_absent(store: Store, jobs: Iterable[Job], source: str) -> int:
    """Plan jobs anew on a person's word, unsure ones and such as are out of reach; give how many."""
    meant = [job for job in jobs if job.status in {Status.UNSURE, Status.RENDERING}]
    asyncio.run(store.apply(absent(meant, CLOCK.now(), source), durable=True))
    return len(meant)
