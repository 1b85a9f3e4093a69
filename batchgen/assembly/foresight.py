"""What a run would do, found out on a copy of the state that is thrown away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from batchgen.assembly.costing import to_price
from batchgen.heygen import DIALECTS
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchgen.model.exchange import Request
    from batchgen.model.job import Job
    from batchgen.pipeline.money.cost import PriceList, Range
    from batchgen.pipeline.money.length import Known
    from batchgen.pipeline.money.quote import Priced, Quote, Tally
    from batchgen.pipeline.options import Options
    from batchgen.pipeline.planning.editions import Past, Place
    from batchgen.pipeline.planning.plan import Plan, Source
    from batchgen.pipeline.planning.schedule import Schedule
    from batchgen.pipeline.planning.survey import Judged, Survey
    from batchgen.store.interface import Lines, Planned, Sheet, Standing, Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What a run over some manifests would do."""

    store: Store  #: The copy, as long as it is open.
    run: int  #: Its number in the copy.
    plan: Plan
    surveys: Mapping[int, Survey]  #: Sheet → what its lines mean.
    taken: Mapping[Status, int]  #: What the run would take up, by state.
    sends: Mapping[tuple[str, str | None], int]  #: Kind and language → videos that would be sent.

    @property
    def sheets(self) -> list[Sheet]:
        """The manifests."""
        return [one.sheet for one in self.plan.sheets]

    @property
    def tally(self) -> Tally | None:
        """What would be sent, counted by price, where that is just what was planned."""
        return self.plan.tally if self.taken[Status.PLANNED] == self.plan.lines else None

    @property
    def census(self) -> Counter[Status]:
        """The jobs of all manifests by their states: one that several of them ask for is one."""
        if len(self.surveys) > 1:
            return Counter(self.store.tally_of(list(self.surveys)))
        counts: Counter[Status] = Counter()
        for survey in self.surveys.values():
            for (_, _, status), count in survey.census.items():
                counts[status] += count
        return counts

    def lines(self, sheet: int) -> Iterator[Judged]:
        """Give the lines of a manifest with what they mean, in order."""
        survey = self.surveys[sheet]
        earlier = self._earlier(survey.was)
        for place, line in enumerate(self.store.standings(sheet)):
            yield survey.judged(place, line, earlier.get(place))

    def few(self, sheet: int, verdict: str, most: int) -> list[Judged]:
        """Give the first lines of a manifest that mean one thing."""
        survey = self.surveys[sheet]
        places = survey.places(verdict, most)
        earlier = self._earlier({place: survey.was[place] for place in places if place in survey.was})
        lines = zip(places, self.store.standings(sheet, places), strict=True) if places else ()
        return [survey.judged(place, line, earlier.get(place)) for place, line in lines]

    def takes(self, line: Standing) -> bool:
        """Tell whether the run would take up a line's job."""
        return line.run == self.run

    def _earlier(self, was: Mapping[int, Place]) -> dict[int, Standing]:
        """Give what lines asked for before, as it stands now."""
        found = {job.pk: job for job in self.store.jobs([pk for pk, _ in was.values()])} if was else {}
        return {place: _standing(found[pk], row) for place, (pk, row) in was.items()}


def _standing(job: Job, row: int) -> Standing:
    from batchgen.store.interface import Standing  # noqa: PLC0415 - for those who plan

    error = job.error or job.error_code
    return Standing(row, job.pk, job.id, job.kind, job.language, job.status, job.round > 0, None, error)


def past(store: Store, sources: Sequence[Source], realm: str) -> dict[str, Past]:
    """Give the lines that manifests had when they were last planned for this realm, by what they are known by."""
    from batchgen.pipeline.planning.editions import Past  # noqa: PLC0415 - for those who plan
    from batchgen.pipeline.planning.plan import known_by  # noqa: PLC0415

    wanted = {known_by(source.manifest) for source in sources}
    found: dict[str, Past] = {}
    for sheet in store.sheets():
        if sheet.path in wanted and sheet.realm == realm:
            lines = found[sheet.path] = Past()
            for job, row in store.places(sheet.pk):
                lines.jobs.append(job)
                lines.rows.append(row)
    return found


def foresee(
    store: Store, plan: Plan, before: Mapping[str, Past], *, run: int, enlist: Callable[[Sequence[Sheet]], object]
) -> Foresight:
    """Look at what was planned, and have a run take up what it would."""
    surveys = {one.sheet.pk: _survey(store, one, before.get(one.sheet.path), run) for one in plan.sheets}
    enlist([one.sheet for one in plan.sheets])
    taken = store.tally(run)
    sends = _sends(surveys.values())
    if sum(sends.values()) != taken[Status.PLANNED]:  # Some are left out, or stand in two manifests.
        sends = store.sorts(run, Status.PLANNED)
    return Foresight(store=store, run=run, plan=plan, surveys=surveys, taken=taken, sends=sends)


def _survey(store: Lines, planned: Planned, before: Past | None, run: int) -> Survey:
    from batchgen.pipeline.planning.editions import changed  # noqa: PLC0415 - for those who plan
    from batchgen.pipeline.planning.survey import Survey  # noqa: PLC0415

    sheet = planned.sheet
    was = changed(partial(store.places, sheet.pk), before) if before else {}
    if planned.new == sheet.lines and not was:
        # Each line made a job of its own: none of them is a double, and nothing happened to any.
        return Survey.of_new(run, planned.sorts)
    survey = Survey(run, first=store.repeated(sheet.pk) if planned.new < sheet.lines else {}, was=was)
    survey.look(store.standings(sheet.pk))
    return survey


def _sends(surveys: Iterable[Survey]) -> Mapping[tuple[str, str | None], int]:
    """Count what would be sent where all is taken up, by kind and language."""
    sends: Counter[tuple[str, str | None]] = Counter()
    for survey in surveys:
        for (kind, language, status), count in survey.census.items():
            if status is Status.PLANNED:
                sends[kind, language] += count
    return sends


def estimate(
    store: Store,
    run: int,
    lists: Sequence[PriceList],
    known: Callable[[Priced], Known] | None = None,
    *,
    note: Callable[[Priced, PriceList, Range | None], None] | None = None,
    tally: Tally | None = None,
) -> list[Quote]:
    """Price what a run would send by each of some lists; ``note`` is told of each job.

    Where nobody wants to be told, nor knows more of a job than the sheet does, a ``tally`` of them will do.
    """
    from batchgen.pipeline.money.quote import quotes, told  # noqa: PLC0415 - for those who reckon

    if tally is not None and known is None and note is None:
        return tally.quotes(lists)
    return quotes(to_price(store, run), lists, known or told, note)


def timing(
    store: Store, foresight: Foresight, realm: str, lists: Sequence[PriceList], concurrency: int | None
) -> Schedule | None:
    """Reckon how long the run will take, by what is known of the account's limits and of renders.

    Where nobody said which of the price lists holds, the plan with the narrowest limit does.
    """
    from batchgen.assembly.sandboxed import KEY  # noqa: PLC0415 - for those who plan
    from batchgen.assembly.signing import fingerprint, mark_of  # noqa: PLC0415
    from batchgen.pipeline.pacing.limits import JOBS, home  # noqa: PLC0415
    from batchgen.pipeline.planning.schedule import schedule  # noqa: PLC0415

    counts: Counter[str] = Counter()
    for (kind, _), count in foresight.sends.items():
        counts[kind] += count
    prices = min(lists, key=lambda one: one.at_once)
    # Whose account it is the environment tells, or the profile that is kept; a rehearsal has one of its own.
    marks = [fingerprint(None), mark_of(KEY) if realm == "sandbox" else None]
    places = [store.limits(home(realm, mark)).get(f"{prices.api}.{JOBS}") for mark in marks if mark]
    learned = next((one for one in places if one is not None), None)
    at_once, source = prices.at_once, "plan"
    if learned is not None:
        at_once, source = int(learned), "learned"
    if concurrency is not None:
        at_once, source = concurrency, "given"
    seen = {kind: store.render_times(realm, kind) for kind in counts}
    return schedule(counts, seen=seen, at_once=at_once, source=source, rehearsed=realm == "sandbox")


def requests(store: Work, run: int, count: int, options: Options) -> list[tuple[Sequence[Job], Request]]:
    """Write the requests that bring the first jobs to the server, as they would leave. None of them has the key."""
    from batchgen.pipeline.sending.compose import MOST, preview, write  # noqa: PLC0415 - for those who ask

    shown = 0
    found: list[tuple[Sequence[Job], Request]] = []
    for pk in store.to_repeat(run):
        submission, members = store.submission(pk), store.members(pk)
        if shown < count:
            dialect = DIALECTS[submission.api]
            found.append((members, write(submission, members, dialect, title_token=options.title_token)))
            shown += len(members)
    # Those that wait for their files are sent in their turn as well, once these are uploaded; of a session it is the
    # request that opens it.
    most = count + MOST
    waiting = [*store.fresh(run, most), *store.waiting(run, most), *store.sessions_in(run, Status.PLANNED, most)]
    fresh = sorted(waiting, key=lambda job: job.seq or 0)[: count + MOST]
    for jobs, request in preview(fresh, DIALECTS[options.api], options) if shown < count else ():
        if shown >= count:
            break
        found.append((jobs, request))
        shown += len(jobs)
    return found
