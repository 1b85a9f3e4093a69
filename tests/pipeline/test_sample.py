"""The few that stand for all."""

from __future__ import annotations

import itertools

import pytest

from batchgen.model.job import Job, changed
from batchgen.model.status import Status
from batchgen.pipeline.planning.sample import spread


def job(pk, kind="video", language=None, script="", status=Status.PLANNED):
    content = {"scenes": [{"voice": {"type": "text", "script": script}}]}
    return Job(pk=pk, id=f"j{pk}", kind=kind, content=content, delivery={}, language=language, file=None, status=status)


def test_each_kind_comes_before_a_second_of_any_and_each_language_before_a_third():
    jobs = [job(n, "translation", ("Spanish", "French")[n % 2]) for n in range(1, 41)] + [job(50)]

    few, more = spread(jobs, 2), spread(jobs, 3)

    kinds = {one.pk: one.kind for one in jobs}
    languages = {one.pk: one.language for one in jobs}
    assert {kinds[pk] for pk in few} == {"translation", "video"}
    assert {languages[pk] for pk in more} == {"Spanish", "French", None}


def test_the_longest_and_the_shortest_text_are_among_them():
    jobs = [job(n, script="x" * (100 + n)) for n in range(1, 100)] + [job(200, script="x" * 900), job(201, script="y")]

    assert {200, 201} <= spread(jobs, 2)


def test_the_longest_and_the_shortest_prompt_count_as_texts_do():
    jobs = [changed(job(n, "agent"), content={"prompt": "x" * (100 + n)}) for n in range(1, 100)]
    extremes = [changed(job(n, "agent"), content={"prompt": "y" * n}) for n in (900, 3)]

    assert {900, 3} <= spread([*jobs, *extremes], 2)


@pytest.mark.parametrize(("rows", "count"), [(1, 5), (5, 5), (7, 3), (10_000, 10)])
def test_as_many_as_were_asked_for_and_never_more_lie_all_along_the_sheet(rows, count):
    chosen = sorted(spread((job(n) for n in range(rows)), count))

    assert len(chosen) == min(rows, count)
    gaps = [b - a for a, b in itertools.pairwise(chosen)]
    assert not gaps or max(gaps) <= rows / 2


def test_what_is_under_way_belongs_to_the_sample_and_what_is_at_its_end_does_not():
    jobs = [
        job(1, status=Status.RENDERING),
        job(2, status=Status.DONE),
        job(3, status=Status.FAILED),
        *map(job, (4, 5, 6)),
    ]

    chosen = spread(jobs, 2)

    assert 1 in chosen
    assert len(chosen) == 2
    assert not chosen & {2, 3}
