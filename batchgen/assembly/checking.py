"""Manifests held against the rules, with nothing but their own files: no state, no key."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchgen.assembly.planning import open_sources, planner_for, rowless
from batchgen.model.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.errors import Fault
    from batchgen.pipeline.planning.plan import Plan, Source


@dataclass(slots=True, kw_only=True)
class Checked:
    """What became of checking manifests."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)  #: What looks odd, and may be meant.
    notes: list[str] = field(default_factory=list)  #: What was guessed.
    rows: int = 0
    videos: int = 0


def check_manifests(names: Sequence[str], *, api: str | None, duplicates: str, encoding: str | None) -> Checked:
    """Find everything that keeps manifests from being run together. Only what is named by a link is fetched."""
    checked = Checked()
    sources: list[Source] = []
    for name in dict.fromkeys(names):
        try:
            sources += open_sources([name], results=None, downloads=None, encoding=encoding)
        except ManifestError as error:
            checked.faults += error.faults
    try:
        plan = _plan(sources, api=api, duplicates=duplicates)
        checked.rows, checked.videos = plan.rows, plan.lines
        checked.notes += [f"{name}: {told}" for name, told in rowless(plan)]
    except ManifestError as error:
        checked.faults += error.faults
    for source in sources:
        manifest = source.manifest
        checked.warnings += manifest.warnings()
        checked.notes += [f"{manifest.name}: {note}" for note in manifest.notes]
    checked.faults = list(dict.fromkeys(checked.faults))
    return checked


def _plan(sources: Sequence[Source], *, api: str | None, duplicates: str) -> Plan:
    from batchgen.pipeline.planning.proof import Proof  # noqa: PLC0415 - sheets are for those who plan

    planner = planner_for(realm="check", api=api, duplicates=duplicates)
    planner.most = sys.maxsize
    return planner.plan(sources, Proof(), at=0.0)
