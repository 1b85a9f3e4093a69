"""What jobs are called: titles, files and lengths, which a sheet may change as long as nothing of them has left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update

from batchgen.model.status import Status
from batchgen.store.asking import ASKED, among
from batchgen.store.statement import Statement
from batchgen.store.tables import jobs, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from batchgen.store.interface import Entry

#: States in which a job's labels may still change: nothing of it has left, or a person decides anew.
_UNSENT = (Status.PLANNED, Status.FAILED, Status.CANCELLED)

_RELABEL = Statement(
    update(jobs)
    .where(jobs.c.pk == bindparam("b_pk"), among(_UNSENT))
    # A request that left once is only ever repeated as it was.
    .where(or_(jobs.c.submission.is_(None), jobs.c.status != int(Status.PLANNED)))
    .where(jobs.c.delivery != bindparam("delivery"))
    .values(delivery=bindparam("delivery")),
)

_RENAME = Statement(
    update(jobs)
    .where(jobs.c.pk == bindparam("b_pk"), jobs.c.status != int(Status.DONE))
    .where(jobs.c.file.is_distinct_from(bindparam("file")))
    .values(file=bindparam("file")),
)

_MEASURE = Statement(
    update(jobs)
    .where(jobs.c.pk == bindparam("b_pk"), among(_UNSENT))
    .where(jobs.c.length_s.is_distinct_from(bindparam("length_s")))
    .values(length_s=bindparam("length_s")),
)

_LABELLING = ((_RELABEL, "delivery"), (_RENAME, "file"), (_MEASURE, "length_s"))

_UNMARK = Statement(update(sheets).where(sheets.c.mark.is_not(None)).values(mark=None))
_LABELS = (jobs.c.delivery, jobs.c.file, jobs.c.length_s, jobs.c.status)
_KNOWN = Statement(select(jobs.c.id, jobs.c.pk, jobs.c.superseded_by, *_LABELS).where(jobs.c.id.in_(ASKED)))


class Found(NamedTuple):
    """A job that is known, and how it is labelled."""

    pk: int
    delivery: str
    file: str | None
    length_s: float | None
    status: int


def find(driver: Any, ids: Sequence[str]) -> dict[str, Found]:
    """Give the job that stands for each id today: a superseded one leads to the one made in its place."""
    known = _KNOWN.all(driver, asked=json.dumps(ids))
    newer = {superseded_by: job_id for job_id, _, superseded_by, *_ in known if superseded_by}
    found = {job_id: Found(pk, *labels) for job_id, pk, superseded_by, *labels in known if not superseded_by}
    if newer:
        found |= {newer[new_id]: one for new_id, one in find(driver, list(newer)).items()}
    return found


def relabel(
    driver: Any, known: Sequence[tuple[Found, Entry]], labelled: Callable[[Sequence[int]], Collection[int]]
) -> bool:
    """Label jobs as their lines do now, those that may still be labelled anew; tell whether that was all of them.

    Of several lines of a sheet that ask for one job the first labels it: ``labelled`` tells which of some have been
    asked for by now. What is under way may come to be labelled when it has failed: until then there is reason to plan
    once more.
    """
    settled, changed = True, [(job, entry) for job, entry in known if _changes(job, entry)]
    earlier = labelled([job.pk for job, _ in changed]) if changed else ()
    for statement, label in _LABELLING:
        told = [
            {"b_pk": job.pk, label: getattr(entry, label)}
            for job, entry in changed
            if job.pk not in earlier and _differs(job, entry, label)
        ]
        if told:
            written = statement.write(driver, told)
            settled = settled and written == len(told)
            if written:
                unmark(driver)
    return settled


def called_otherwise(
    known: Sequence[tuple[Found, Entry]], labelled: Callable[[Sequence[int]], Collection[int]]
) -> dict[int, Entry]:
    """Give the done jobs whose labels are not what their lines say now, with these lines; as above the first says it.

    They keep their labels, by which they were sent and saved; what is made in their place has those of the line.
    """
    done = [(job, entry) for job, entry in known if job.status == int(Status.DONE) and _is_other(job, entry)]
    earlier = labelled([job.pk for job, _ in done]) if done else ()
    return {job.pk: entry for job, entry in done if job.pk not in earlier}


def is_marked(file: str, job_id: str) -> bool:
    """Tell whether a file is known by the mark of its job: nobody gave it a name."""
    return file.rpartition(".")[0].endswith(f"-{job_id[:10]}")


def marked(file: str, job_id: str, other: str) -> str:
    """Name the file of another job that renders the same, by a mark in the place of the first one's, if it has any.

    A name that grew with each copy of a copy would one day be longer than a file's may be.
    """
    stem, dot, suffix = file.rpartition(".")
    return f"{stem.removesuffix(f'-{job_id[:10]}')}-{other[:10]}{dot}{suffix}"


def _changes(job: Found, entry: Entry) -> bool:
    return job.status != int(Status.DONE) and _is_other(job, entry)


def _is_other(job: Found, entry: Entry) -> bool:
    return any(_differs(job, entry, label) for _, label in _LABELLING)


def _differs(job: Found, entry: Entry, label: str) -> bool:
    said = getattr(entry, label)
    return bool(said != getattr(job, label)) and (said is not None or label == "file")


def unmark(driver: Any) -> None:
    """Have every sheet read anew the next time: what it asks for may be another job, or be called otherwise."""
    _UNMARK.write(driver, [{}])
