"""A hundred lives in each test run; ``python -m tests.simulation`` lives as many as one likes."""

from __future__ import annotations

import re

import pytest

from batchgen.model.errors import StoreError
from batchgen.rehearsal.machine import Stuck
from tests.simulation import mutants
from tests.simulation.__main__ import complaint, one
from tests.simulation.check import Violation, check
from tests.simulation.disk import empty_disk
from tests.simulation.life import born, live
from tests.simulation.scenario import scenario

BLOCK = 10
#: One in thirty seeds catches a mutant. Where the first that does is known, the search begins shortly before it.
CAUGHT = 79


@pytest.mark.parametrize("first", range(0, 100, BLOCK))
def test_no_row_is_paid_twice_and_nothing_is_lost_whatever_happens(first):
    for seed in range(first, first + BLOCK):
        told = one(seed)

        assert not told.wrong, "\n".join(complaint(told))


def test_long_results_are_written_beside_the_work_and_nothing_is_lost(monkeypatch):
    monkeypatch.setattr("batchgen.pipeline.results.AT_ONCE_S", -1.0)

    for seed in range(30):
        told = one(seed)

        assert not told.wrong, "\n".join(complaint(told))


def test_nothing_is_lost_where_ids_and_ends_are_told_by_the_pages_of_lists_alone(monkeypatch):
    # As if every sheet were one of thousands, whose end nobody waits for.
    monkeypatch.setattr("batchgen.pipeline.watching.observe.FINAL", 0)

    for seed in range(8):
        told = one(seed)

        assert not told.wrong, "\n".join(complaint(told))


@pytest.mark.parametrize("seed", [1205, 5196])
def test_a_page_that_tells_of_jobs_of_another_sort_as_well_ends_each_of_them_once(seed):
    told = one(seed)

    assert not told.wrong, "\n".join(complaint(told))


def test_a_seed_decides_everything():
    first, second = (one(4) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("mutant", "first"),
    [
        (mutants.send_before_the_commit, 10),
        (mutants.a_new_key_per_attempt, CAUGHT),
        (mutants.adopt_by_row_number, 5),
        (mutants.a_new_key_per_upload, 110),
        (mutants.send_what_stands_at_the_path, 6),
    ],
)
def test_a_broken_promise_is_caught(mutant, first):
    caught = next((seed for seed in range(first, first + 300) if _is_caught(mutant, seed)), None)

    assert caught is not None


def test_a_broken_seed_tells_the_story_of_the_job_that_broke_and_how_to_see_it_again():
    with mutants.a_new_key_per_attempt():
        told = next(told for seed in range(CAUGHT, CAUGHT + 300) if (told := one(seed)).wrong)

    words = list(complaint(told))
    jobs = {line.partition("job=")[2].split(",")[0] for line in told.story if "Moved(" in line}
    assert re.search(r"accepted \d times", told.wrong)
    assert len(jobs) == len(re.findall(r"accepted \d times", told.wrong))
    assert words[-1].endswith(f"python -m tests.simulation --seed {told.seed}")
    assert len(words) > 5


def _is_caught(mutant, seed):
    with empty_disk() as disk, mutant():
        lived = born(scenario(seed), disk)
        try:
            live(lived)
            check(lived)
        except (Violation, Stuck):
            return True
        except StoreError:
            return False  # The store refused what the mutant wrote, which tells nothing of the checker.
    return False
