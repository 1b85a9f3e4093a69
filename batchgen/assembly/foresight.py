"""What a run would do, found out on a copy of the state that is thrown away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.assembly.costing import to_send
from batchgen.heygen import DIALECTS
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchgen.model.exchange import Request
    from batchgen.model.job import Job
    from batchgen.pipeline.cost import PriceList, Range
    from batchgen.pipeline.length import Known
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.plan import Plan, Source
    from batchgen.pipeline.quote import Quote
    from batchgen.pipeline.schedule import Schedule
    from batchgen.pipeline.survey import Judged, Standing
    from batchgen.store.interface import Sheet, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a run over some manifests would do."""

    run: int  #: Its number in the copy.
    plan: Plan
    lines: Mapping[int, Sequence[Judged]]  #: Sheet → its lines, in order.
    taken: Mapping[Status, int]  #: What the run would take up, by state.
    sends: Mapping[tuple[str, str | None], int]  #: Kind and language → videos that would be sent.
    chosen: frozenset[int]  #: The jobs that it would take up.

    @property
    def sheets(self) -> list[Sheet]:
        """The manifests."""
        return [one.sheet for one in self.plan.sheets]


def past(store: Store, sources: Sequence[Source], realm: str) -> dict[str, list[Standing]]:
    """Give the lines that manifests had when they were last planned for this realm, by what they are known by."""
    from batchgen.pipeline.plan import known_by  # noqa: PLC0415 - for those who plan
    from batchgen.pipeline.survey import standing  # noqa: PLC0415

    wanted = {known_by(source.manifest) for source in sources}
    sheets = [sheet for sheet in store.sheets() if sheet.path in wanted and sheet.realm == realm]
    return {sheet.path: [standing(line) for line in store.lines(sheet.pk)] for sheet in sheets}


def foresee(
    store: Store,
    plan: Plan,
    before: Mapping[str, Sequence[Standing]],
    *,
    enlist: Callable[[Store, Sequence[Sheet]], int],
) -> Foresight:
    """Look at what was planned, and have a run take up what it would; ``enlist`` gives its number."""
    from batchgen.pipeline.survey import judge, standing  # noqa: PLC0415 - for those who plan

    sheets = [one.sheet for one in plan.sheets]
    lines = {
        sheet.pk: list(judge([standing(line) for line in store.lines(sheet.pk)], before.get(sheet.path, ())))
        for sheet in sheets
    }
    run = enlist(store, sheets)
    chosen = {status: store.members_of(run, status) for status in Status}
    unsent = chosen[Status.PLANNED]
    sorts = {one.at.pk: (one.at.kind, one.at.language) for found in lines.values() for one in found}
    return Foresight(
        run=run,
        plan=plan,
        lines=lines,
        taken=store.tally(run),
        sends=Counter(sorts[pk] for pk in unsent if pk in sorts),
        chosen=frozenset[int]().union(*chosen.values()),
    )


def estimate(
    store: Store,
    run: int,
    lists: Sequence[PriceList],
    known: Callable[[Job], Known] | None = None,
    note: Callable[[Job, PriceList, Range | None], None] | None = None,
) -> list[Quote]:
    """Price what a run would send by each of some lists; ``note`` is told of each job."""
    from batchgen.pipeline.quote import quote, told  # noqa: PLC0415 - for those who reckon

    return [quote(to_send(store, run), one, known or told, note) for one in lists]


def timing(
    store: Store, foresight: Foresight, realm: str, lists: Sequence[PriceList], concurrency: int | None
) -> Schedule | None:
    """Reckon how long the run will take, by what is known of the account's limits and of renders.

    Where nobody said which of the price lists holds, the plan with the narrowest limit does.
    """
    from batchgen.pipeline.schedule import schedule  # noqa: PLC0415 - for those who plan

    counts: Counter[str] = Counter()
    for (kind, _), count in foresight.sends.items():
        counts[kind] += count
    prices = min(lists, key=lambda one: one.at_once)
    learned = store.limits(realm).get(f"{prices.api}.concurrency")
    at_once, source = prices.at_once, "plan"
    if learned is not None:
        at_once, source = int(learned), "learned"
    if concurrency is not None:
        at_once, source = concurrency, "given"
    seen = {kind: store.render_times(realm, kind) for kind in counts}
    return schedule(counts, seen=seen, at_once=at_once, source=source, rehearsed=realm == "sandbox")


def requests(store: Store, run: int, count: int, options: Options) -> list[tuple[Sequence[Job], Request]]:
    """Write the requests that bring the first jobs to the server, as they would leave. None of them has the key."""
    from batchgen.pipeline.compose import MOST, preview, write  # noqa: PLC0415 - for those who ask

    shown = 0
    found: list[tuple[Sequence[Job], Request]] = []
    for pk in store.to_repeat(run):
        submission, members = store.submission(pk), store.members(pk)
        if shown < count:
            dialect = DIALECTS[submission.api]
            found.append((members, write(submission, members, dialect, title_token=options.title_token)))
            shown += len(members)
    # Those that wait for their files are sent in their turn as well, once these are uploaded.
    waiting = [*store.fresh(run, count + MOST), *store.waiting(run, count + MOST)]
    fresh = sorted(waiting, key=lambda job: job.seq or 0)[: count + MOST]
    for jobs, request in preview(fresh, DIALECTS[options.api], options) if shown < count else ():
        if shown >= count:
            break
        found.append((jobs, request))
        shown += len(jobs)
    return found
