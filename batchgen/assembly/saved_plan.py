"""A plan that was saved: exactly what was to be sent, and all that it rests on.

Rule: what was saved is sent as it is, or not at all. The file carries a digest over its contents, so that a hand in it
is noticed, and a fingerprint of the account instead of its key.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from batchgen.model.errors import DiskError, UsageError
from batchgen.model.naming import digest
from batchgen.model.spelling import whole
from batchgen.model.status import OPEN, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from batchgen.assembly.foresight import Foresight
    from batchgen.pipeline.planning.plan import Source

#: The form of the file. A later batchgen that writes another one says so here.
FORM = 1
#: Bytes at the beginning of a file by which it is known for a plan.
_LOOKED_AT = 64
#: Jobs that are named one by one.
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved plan."""

    batchgen_plan: int  #: The form of the file.
    made_at: str  #: UTC.
    realm: str
    account: str | None  #: A fingerprint of the API key; None: there was none when the plan was made.
    api: str
    prices: str  #: A digest of every price list.
    options: dict[str, Any]  #: Those of planning, which decide what a manifest's rows mean.
    manifests: list[dict[str, Any]]  #: name, path, digest.
    expected: list[dict[str, Any]]  #: Costs, as ``plan --json`` tells them.
    lengths: dict[str, float]  #: Job → seconds of its source, where its link told.
    jobs: list[dict[str, Any]]  #: Every job that is taken up: job_id, row, kind, language, status.

    @property
    def mark(self) -> str:
        """What its runs are known by."""
        return _digest(asdict(self))

    @property
    def states(self) -> dict[str, str]:
        """Give each of its jobs with the state it was in."""
        return {job["job_id"]: job["status"] for job in self.jobs}

    @property
    def names(self) -> list[str]:
        """Give its manifests as they are to be opened from here: by the name that was given, where that still leads."""
        return [one["name"] if whole(one["name"]) == one["path"] else one["path"] for one in self.manifests]


def compose(
    sources: Sequence[Source],
    found: Foresight,
    *,
    realm: str,
    account: str | None,
    api: str,
    prices: str,
    options: dict[str, Any],
    expected: list[dict[str, Any]],
    lengths: dict[str, float],
    at: float,
) -> Saved:
    """Put together what is to be saved."""
    return Saved(
        batchgen_plan=FORM,
        made_at=f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}Z",
        realm=realm,
        account=account,
        api=api,
        prices=prices,
        options=options,
        manifests=manifests(sources),
        expected=expected,
        lengths=lengths,
        jobs=jobs(found),
    )


def manifests(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """Give what manifests are known by, and what they are made of."""
    from batchgen.pipeline.planning.plan import known_by  # noqa: PLC0415 - for those who plan

    return [
        {"name": one.manifest.name, "path": known_by(one.manifest), "digest": one.manifest.digest} for one in sources
    ]


def jobs(found: Foresight) -> list[dict[str, Any]]:
    """Give the jobs that a run would take up, each once, in order."""
    taken = {
        one.at.pk: {
            "job_id": one.at.job_id,
            "manifest": sheet.name,
            "row": one.at.row,
            "kind": one.at.kind,
            "language": one.at.language,
            "status": one.at.status.word,
        }
        for sheet in found.sheets
        for one in found.lines(sheet.pk)
        if one.verdict != "duplicate" and found.takes(one.at) and one.at.status in OPEN
    }
    return list(taken.values())


def save(plan: Saved, path: Path) -> None:
    """Write a plan, in the place of an older one too. Raises ``DiskError``, ``UsageError`` where something else is."""
    from batchgen.report.replace import in_place_of  # noqa: PLC0415 - light, and only here

    contents = asdict(plan)
    text = json.dumps(contents | {"digest": _digest(contents)}, ensure_ascii=False, indent=1)
    try:
        _refuse_others(path)
        if path.exists() and not path.is_file():  # A pipe, say: whoever reads it has no use for another file.
            path.write_text(text + "\n", encoding="utf-8")
            return
        with in_place_of(path) as draft:
            draft.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise DiskError(f"{path}: the plan cannot be written there ({error.strerror}). Name another file.") from error


def _refuse_others(path: Path) -> None:
    """Take the place of nothing that is no plan: the sheet, its results or the state would be gone."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        found = file.read(_LOOKED_AT)
    if found and b'"batchgen_plan"' not in found:
        raise UsageError(f"--save {path}: this file is there, and is no plan. Name another. Nothing was sent.")


def load(path: Path) -> Saved:
    """Read a plan. Raises ``UsageError`` where it is none, or was edited."""
    try:
        contents = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path}: the plan cannot be read ({error.strerror}). `batchgen plan --save` makes one."
        ) from error
    except ValueError:
        contents = None
    if not isinstance(contents, dict) or "batchgen_plan" not in contents:
        raise UsageError(f"{path}: this is no saved plan. `batchgen plan MANIFEST --save {path}` makes one.")
    given = contents.pop("digest", None)
    if contents["batchgen_plan"] != FORM:
        raise UsageError(f"{path}: this plan was saved by another batchgen. Make a new one with this one.")
    if given != _digest(contents) or set(contents) != set(Saved.__dataclass_fields__):
        raise UsageError(f"{path}: this plan was changed after it was saved, so it is not applied. Make a new one.")
    return Saved(**contents)


def _digest(contents: Mapping[str, Any]) -> str:
    return digest(contents, length=32)


def objections(
    plan: Saved, *, realm: str, account: str | None, api: str | None, prices: str, sources: Sequence[Source]
) -> list[str]:
    """Say why a plan may not be sent as things are now; empty where nothing speaks against it."""
    told = []
    if plan.realm != realm:
        hint = " Add --sandbox." if plan.realm == "sandbox" else ""
        told.append(f"It was made for {plan.realm}, and this would go to {realm}.{hint}")
    elif plan.account is not None and plan.account != account:
        told.append("It was made for another account: the API key is another one now.")
    if api is not None and plan.api != api:
        told.append(f"It was made for generation {plan.api} of the API, and {api} is asked for.")
    if plan.prices != prices:
        told.append("Prices have changed since: those that come with batchgen, or those of the settings.")
    now = {one["path"]: one["digest"] for one in manifests(sources)}
    told += [f"{one['name']} has changed since." for one in plan.manifests if now.get(one["path"]) != one["digest"]]
    return told


def differences(plan: Saved, found: Foresight, sent: AbstractSet[int]) -> list[str]:
    """Say what became of a plan's jobs since it was made, but for those of ``sent``: that came by the plan itself."""
    now, own = dict[str, str](), set[str]()
    for line in (one.at for sheet in found.sheets for one in found.lines(sheet.pk)):
        now[line.job_id] = line.status.word
        if line.pk in sent and line.status is not Status.CANCELLED:
            own.add(line.job_id)
    several = len(plan.manifests) > 1
    told = [
        f"{_where(job, several=several)} was {job['status']}, and is {now.get(job['job_id'], 'another video')} now."
        for job in plan.jobs
        if now.get(job["job_id"]) != job["status"] and job["job_id"] not in own
    ]
    return told if len(told) <= _SHOWN else [*told[:_SHOWN], f"So it is with {len(told) - _SHOWN:,} more."]


def _where(job: Mapping[str, Any], *, several: bool) -> str:
    """Name a job's row, its language where it has one, and its manifest where there are several."""
    language = f" ({job['language']})" if job["language"] else ""
    return f"Row {job['row']}{language}" + (f" of {job['manifest']}" if several and "manifest" in job else "")
