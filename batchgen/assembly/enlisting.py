"""An errand's manifests, planned, and the jobs of them that a run takes up."""

from __future__ import annotations

import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.costing import learn_lengths
from batchgen.assembly.errand import Work
from batchgen.assembly.planning import choose_sample, generation_of, rowless
from batchgen.assembly.selection import selector
from batchgen.assembly.sparing import displaced, spare_for_results
from batchgen.model.errors import UsageError
from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from batchgen.assembly.company import Company
    from batchgen.assembly.errand import Errand
    from batchgen.pipeline.planning.plan import Plan
    from batchgen.store.interface import Line, RunFacts, Sheet, Store

    Keep = Callable[[Line], bool]


def enlist(errand: Errand, store: Store, company: Company, *, only: Keep | None = None) -> Work:
    """Plan an errand's manifests, and take up those of their jobs that are asked for, of ``only`` those that it keeps.

    Raises ``ManifestError`` with every fault of theirs.
    """
    plan: Plan | None = None
    if errand.manifests:
        api, plan, downloads = _plan(errand, store, company, whole=errand.takes_all and only is None)
        sheets = [one.sheet for one in plan.sheets]
    else:
        errand, api, sheets = _last(errand, store, company)
        only, downloads = _both(only, _of_plan(errand, store)), []
    fresh = plan is not None and all(one.own for one in plan.sheets)
    done = 0 if fresh else store.tally_of([sheet.pk for sheet in sheets])[Status.DONE]
    number = plan.run if plan is not None else None
    if number is None:
        number = store.begin_run(sheets=[sheet.pk for sheet in sheets], **asdict(_facts(errand, api)))
    renewed = plan.renewed if plan is not None else frozenset[int]()
    sample = take_up(errand, store, number, sheets, only=only, renewed=renewed)
    if errand.lengths:
        learn_lengths(store, number, errand.lengths)
    found = store.tally(number)
    if errand.select and not any(found.values()) and not _matches(errand.select, store, sheets):
        company.note("nothing to do", [f"--select {shlex.quote(errand.select)}: no row matches it."])
    told = plan is not None and found[Status.PLANNED] == plan.lines and not errand.lengths
    return Work(
        number=number,
        api=api,
        realm=errand.realm,
        sheets=tuple(sheets),
        open={status: found[status] for status in sorted(OPEN)},
        downloads=tuple(downloads),
        done_before=done,
        outlived=store.outlived([sheet.pk for sheet in sheets]) if found[Status.PLANNED] else 0,
        tally=plan.tally if plan is not None and told else None,
        sample=frozenset(sample),
    )


def _matches(selection: str, store: Store, sheets: Sequence[Sheet]) -> bool:
    """Tell whether there is any line that a selection means, be it done or not."""
    keeps = [(sheet, selector(selection, sheet.columns)) for sheet in sheets]
    return any(keep is None or keep(line) for sheet, keep in keeps for line in store.lines(sheet.pk))


def _facts(errand: Errand, api: str) -> RunFacts:
    from batchgen.store.interface import RunFacts  # noqa: PLC0415 - for those who run

    return RunFacts(
        command=errand.called,
        realm=errand.realm,
        api=api,
        at=CLOCK.now(),
        selection=errand.select,
        plan=errand.plan,
    )


def _plan(errand: Errand, store: Store, company: Company, *, whole: bool) -> tuple[str, Plan, list[Path]]:
    """Plan manifests; a run that takes up the ``whole`` of them begins with it, and has what is new at once."""
    from batchgen.pipeline.planning.plan import known_by  # noqa: PLC0415 - for those who plan

    sources = errand.open()
    named = [Path(errand.results).absolute()] if errand.results else []
    spare_for_results(store, [*named, *(source.results for source in sources)])
    for source in sources:
        others = displaced(store, known_by(source.manifest), source.results)
        company.note(source.manifest.name, [*source.manifest.notes, *others])
    api = generation_of(errand.api, sources)
    plan = errand.planner().plan(sources, store, at=CLOCK.now(), run=_facts(errand, api) if whole else None)
    for source in sources:
        company.warn(source.manifest.warnings())
    if plan.left:
        company.note("--again", [_gone_on_with(plan.left)])
    for name, told in rowless(plan):
        company.note(name, [told])
    return api, plan, [source.downloads for source in sources]


def _gone_on_with(left: int) -> str:
    return (
        f"{left:,} of these videos {'was' if left == 1 else 'were'} made once more already, by a run that did not come "
        "to its end: it is gone on with, and they are not bought again. Ask once more after that to have all made anew."
    )


def _last(errand: Errand, store: Store, company: Company) -> tuple[Errand, str, list[Sheet]]:
    """Take up the manifests of the last run, with its generation and, where none is given, its selection."""
    last = store.last_run(errand.realm)
    if last is None:
        raise UsageError(
            f"There was no run at {errand.realm} yet on this state, so there is nothing to try again. Name a manifest."
        )
    if last.selection and errand.select is None:
        errand = replace(errand, select=last.selection)
        company.note("retry", [f"as the last run was: --select {shlex.quote(last.selection)}"])
    elif last.plan and errand.select is None:
        errand = replace(errand, plan=last.plan)
        company.note("retry", ["as the last run was: the videos of the plan that was applied"])
    # A manifest that was planned for another realm since is not the one that ran.
    sheets = [sheet for sheet in store.sheets() if sheet.pk in last.sheets and sheet.realm == errand.realm]
    return errand, errand.api or last.api, sheets


def _of_plan(errand: Errand, store: Store) -> Keep | None:
    """Say which lines are those of the plan that an errand goes by; None: all of them."""
    if not errand.plan:
        return None
    taken = store.taken(plan=errand.plan)
    return lambda line: line.job.pk in taken


def take_up(
    errand: Errand,
    store: Store,
    run: int,
    sheets: Sequence[Sheet],
    *,
    only: Keep | None = None,
    renewed: AbstractSet[int] = frozenset(),
) -> Iterable[int]:
    """Make a run work on the jobs that an errand asks for; give those of its sample, where it asks for one.

    ``renewed`` are jobs that took the place of done ones because they were asked for: they need not be so any more,
    for ``status:done`` they are not.
    """
    keeps = [(sheet, _both(only, _or_in(renewed, selector(errand.select, sheet.columns)))) for sheet in sheets]
    sample: set[int] = set()
    if errand.sample is not None:
        chosen = (line.job for sheet, keep in keeps for line in store.lines(sheet.pk) if keep is None or keep(line))
        sample = choose_sample(chosen, errand.sample)
    left = errand.limit
    for sheet, keep in keeps:
        taken = store.enlist(run, sheet.pk, _meant(errand, store, sheet, keep, sample), left)
        left = None if left is None else left - taken
    return sample


def _meant(errand: Errand, store: Store, sheet: Sheet, keep: Keep | None, sample: set[int]) -> Keep | None:
    """Say which lines of a sheet are meant; None: all of them."""
    if errand.revive:
        # Those that an earlier retry left are gone on with: it may have been interrupted. What it chose them by, a
        # status or an error, they have no longer.
        left = store.taken(selection=errand.select) if errand.select else set[int]()
        revived = store.revive(sheet.pk, keep, CLOCK.now())
        return lambda line: (
            line.job.pk in revived or (line.job.round > 0 and (keep is None or keep(line) or line.job.pk in left))
        )
    if errand.sample is not None:
        return lambda line: line.job.pk in sample
    if (jobs := errand.jobs) is not None:
        return _both(keep, lambda line: line.job.id in jobs)
    return keep


def _or_in(jobs: AbstractSet[int], keep: Keep | None) -> Keep | None:
    if keep is None or not jobs:
        return keep
    return lambda line: line.job.pk in jobs or keep(line)


def _both(one: Keep | None, other: Keep | None) -> Keep | None:
    if one is None or other is None:
        return one or other
    return lambda line: one(line) and other(line)
