"""Where orders become jobs: the jobs, batches, account and pages that all routes share.

No routes, no envelopes and no faults of the wire here; those are told by the modules that use it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from batchgen.sandbox.account import Account
from batchgen.sandbox.asset import Asset
from batchgen.sandbox.draw import Draw
from batchgen.sandbox.fields import bad
from batchgen.sandbox.hooks import Hooks
from batchgen.sandbox.job import BAD_AUDIO, TEMPLATE_FAILURE, VIDEO_FAILURES, Failure, Job, Order, Phase
from batchgen.sandbox.lengths import in_full, render_s
from batchgen.sandbox.options import Options
from batchgen.sandbox.plans import price
from batchgen.sandbox.sessions import Sessions
from batchgen.sandbox.wire import Refusal

_DOOMED_S = 0.2  # a source that cannot be fetched is told at once


@dataclass(slots=True, kw_only=True)
class Item:
    """One item of a batch: a job, or why there is none."""

    job: Job | None = None
    error: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class Batch:
    """Up to a hundred orders that were sent as one."""

    id: str
    kind: str  #: Its shelf: video, translation or lipsync.
    title: str | None
    created_at: float
    items: list[Item]

    def to_record(self) -> dict[str, Any]:
        """Give it as plain JSON; its jobs by their ids."""
        items = [{"job": item.job.id if item.job else None, "error": item.error} for item in self.items]
        head = {"id": self.id, "kind": self.kind, "title": self.title, "created_at": self.created_at}
        return {**head, "items": items}


@dataclass(slots=True, kw_only=True)
class Asking:
    """The request that asks: what the ledger says of it."""

    request: int
    route: str
    digest: str
    key: str | None
    draw: Draw
    accepted: list[Job] = field(default_factory=list)
    batch: Batch | None = None
    records: list[dict[str, Any]] = field(default_factory=list)  #: For the journal.


class Studio:
    """The jobs of one account."""

    def __init__(self, *, options: Options, now: Callable[[], float]) -> None:
        self.options, self.now = options, now
        self.live = Sessions(options=options, now=now)  # held with avatars, as they are spoken
        self.account = Account(
            options.plan, credits=options.credits, concurrency=options.concurrency, besides=self.live.billed
        )
        self.jobs: dict[str, Job] = {}
        self.shelves: dict[str, list[Job]] = {"video": [], "translation": [], "lipsync": []}
        self.everything: list[Job] = []  # in the order of acceptance, as the shelves are
        self.sessions: dict[str, Job] = {}  # of the video agent
        self.batches: dict[str, Batch] = {}
        self.assets: dict[str, Asset] = {}  # in the order of their making
        self.hooks = Hooks(options=options, now=now, everything=self.everything)

    def accept(self, asking: Asking, orders: Sequence[Order], *, may_queue: bool) -> list[Job]:
        """Make jobs of orders, all or none. Where they may not queue, a full house is a 429."""
        now = self.now()
        if not may_queue and (wait := self.account.wait(now)):
            raise Refusal(
                429,
                "rate_limit_exceeded",
                f"Concurrent limit reached: your plan renders {self.account.limit} jobs at once.",
                number=400123,
                retry_after=wait,
            )
        if source_s := self.options.source_s:
            orders = [in_full(order, source_s) for order in orders]
        self.account.afford(now, sum(map(self._price, orders)))
        for test in (False, True):
            count = sum(order.shelf == "video" and order.test is test for order in orders)
            if count:
                self.account.count_trial(now, test=test, videos=count)
        return [self._make(asking, order, now) for order in orders]

    def accept_batch(
        self, asking: Asking, kind: str, title: str | None, orders: Sequence[tuple[str, Order | Refusal]]
    ) -> Batch:
        """Make a batch of orders; each stands or falls alone. With each order comes the digest of its own body."""
        now = self.now()
        items = [self._item(asking, order, digest, index) for index, (digest, order) in enumerate(orders)]
        batch_id = Draw(self.options.seed, len(self.batches) + 1).hex_id("batch")
        batch = Batch(id=batch_id, kind=kind, title=title, created_at=now, items=items)
        for item in items:
            if item.job:
                item.job.batch_id = batch_id
        asking.batch = self.batches[batch_id] = batch
        return batch

    def _item(self, asking: Asking, order: Order | Refusal, digest: str, index: int) -> Item:
        try:
            if isinstance(order, Refusal):
                raise order
            job = self.accept(asking, [order], may_queue=True)[0]
        except Refusal as refusal:
            return Item(error={"code": refusal.code, "message": refusal.message})
        job.item_index, job.digest = index, digest
        job.listed_at += self.options.faults.item_lag
        return Item(job=job)

    def _price(self, order: Order) -> float:
        return 0.0 if order.test else price(order.tariff, order.film.seconds)

    def _render_s(self, order: Order, draw: Draw) -> float:
        faults = self.options.faults
        if draw.hits("stuck", faults.stuck):
            return faults.stuck_s
        usual = self.options.usual.get(order.kind)
        return draw.between("render", *self.options.render) if usual is None else render_s(draw, usual)

    def _make(self, asking: Asking, order: Order, now: float) -> Job:
        serial = len(self.everything) + 1
        draw, faults = Draw(self.options.seed, serial), self.options.faults
        failure = order.doomed or (_failure(order, draw) if draw.hits("failed", faults.failed) else None)
        start, done = self.account.book(now, _DOOMED_S if order.doomed else self._render_s(order, draw))
        late = faults.late_url_s if draw.hits("late_url", faults.late_url) else 0.0
        job = Job(
            id=draw.hex_id("job"),
            serial=serial,
            order=order,
            route=asking.route,
            request=asking.request,
            digest=asking.digest,
            key=asking.key,
            created_at=now,
            listed_at=now + faults.list_lag,
            start_at=start,
            done_at=done,
            link_at=done + late,
            price=self._price(order),
            failure=failure,
            title=order.title,
        )
        self._shelve(job)
        self.account.charge(job)
        asking.accepted.append(job)
        return job

    def _shelve(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.everything.append(job)
        self.shelves[job.order.shelf].append(job)
        if job.order.kind == "agent":
            self.sessions[self.session_id(job)] = job

    def session_id(self, job: Job) -> str:
        """Name the session in which an agent makes a job: the same at each asking, and after a restart."""
        return Draw(self.options.seed, job.serial).hex_id("session")

    def restore(self, record: dict[str, Any]) -> None:
        """Take in one record of the journal."""
        match record["what"]:
            case "accept":
                for one in record["jobs"]:
                    job = Job.from_record(one)
                    self._shelve(job)
                    self.account.restore(job)
                if record["batch"]:
                    self._restore_batch(record["batch"])
            case "asset":
                asset = Asset.from_record(record["asset"])
                self.assets[asset.id] = asset
            case "delete":
                self.jobs[record["id"]].deleted = True
            case "title":
                self.jobs[record["id"]].title = record["title"]
            case "session":
                self.live.restore(record["session"])
            case "hook":
                self.hooks.restore(record)

    def _restore_batch(self, record: dict[str, Any]) -> None:
        items = [Item(job=self.jobs.get(item["job"]), error=item["error"]) for item in record["items"]]
        self.batches[record["id"]] = Batch(**{**record, "items": items})

    def find(self, job_id: str, shelf: str | None = None) -> Job | None:
        """Find a job that was not deleted; on one shelf where that is said."""
        job = self.jobs.get(job_id)
        if job is None or job.deleted:
            return None
        return job if shelf in {None, job.order.shelf} else None

    def delete(self, asking: Asking, job: Job) -> None:
        """Delete a job; what it cost stays in the ledger."""
        job.deleted = True
        asking.records.append({"what": "delete", "id": job.id})

    def rename(self, asking: Asking, job: Job, title: str) -> None:
        """Give a job another title."""
        job.title = title
        asking.records.append({"what": "title", "id": job.id, "title": title})

    def item_phase(self, item: Item, batch: Batch) -> tuple[str | None, Phase]:
        """Give the id and the phase of a batch's item; for a while there is no id."""
        now = self.now()
        if now < batch.created_at + self.options.faults.item_lag:
            return None, Phase.QUEUED
        return (item.job.id, item.job.phase(now)) if item.job else (None, Phase.BROKEN)


def page(
    shelf: Sequence[Job], *, keep: Callable[[Job], bool], token: str | None, limit: int
) -> tuple[list[Job], str | None]:
    """Give one page of a shelf, newest first, and the token for the next one.

    The token is a place on the shelf, which only grows: pages stay right while jobs are added.
    """
    rows: list[Job] = []
    last = 0
    for place in range(_place(token, len(shelf)) - 1, -1, -1):
        if not keep(shelf[place]):
            continue
        if len(rows) == limit:
            return rows, f"p{last:x}"
        rows.append(shelf[place])
        last = place
    return rows, None


def _place(token: str | None, size: int) -> int:
    if not token:
        return size
    try:
        place = int(token.removeprefix("p"), 16)
    except ValueError:
        raise bad("token", "is not a valid page token.") from None
    return max(0, min(place, size))


def _failure(order: Order, draw: Draw) -> Failure:
    if order.shelf != "video":
        return BAD_AUDIO
    if order.kind == "template":
        return TEMPLATE_FAILURE
    return VIDEO_FAILURES[draw.pick("failure", len(VIDEO_FAILURES))]
