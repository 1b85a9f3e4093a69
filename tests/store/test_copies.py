"""Lines that ask for one video each of the same thing: each has a copy that is its own, by name and for good."""

import pytest

from batchgen.model.naming import digest, once_more
from batchgen.model.status import Status
from tests.store.conftest import entry


def row(title, file=None):
    """A line that renders what the others render, and is called otherwise."""
    said = f'{{"title": "{title}"}}'
    return entry(0, content="a", delivery=said, file=f"/{file or title}.mp4", length_s=float(len(title)))


ROWS = [row("Anna of ACME", "acme/anna"), row("Anna of Globex", "globex/anna"), row("Anna of Initech", "initech/anna")]


@pytest.mark.parametrize("chunks", [[ROWS], [ROWS[:1], ROWS[1:]], [ROWS[:2], ROWS[2:]], [[one] for one in ROWS]])
def test_each_copy_is_called_as_its_own_line_says(desk, chunks):
    for again in range(2):
        found = desk.jobs(desk.plan(chunks=chunks, keep=True, at=1.0 + again))

        assert len({job.pk for job in found}) == 3
        assert [job.delivery["title"] for job in found] == ["Anna of ACME", "Anna of Globex", "Anna of Initech"]
        assert [job.file for job in found] == ["/acme/anna.mp4", "/globex/anna.mp4", "/initech/anna.mp4"]


@pytest.mark.parametrize("chunked", [False, True])
def test_copies_that_ask_for_one_file_have_one_each(desk, chunked):
    rows = [row("one", "anna"), row("two", "Anna"), row("three", "anna"), row("four", "bob"), row("five", "bob")]

    found = desk.jobs(desk.plan(chunks=[[one] for one in rows] if chunked else [rows], keep=True))

    assert found[0].file == "/anna.mp4"
    assert [job.file for job in found[1:3]] == [f"/Anna-{found[1].id[:10]}.mp4", f"/anna-{found[2].id[:10]}.mp4"]
    assert [job.file for job in found[3:]] == ["/bob.mp4", f"/bob-{found[4].id[:10]}.mp4"]


def test_a_file_that_nobody_named_has_the_mark_of_its_own_copy(desk):
    rows = [entry(0, content="a", file=f"/{one}-job of a.mp4") for one in ("Anna", "Berta")]

    first, copy = desk.jobs(desk.plan(rows, keep=True))

    assert [first.file, copy.file] == ["/Anna-job of a.mp4", f"/Berta-{copy.id[:10]}.mp4"]


def test_what_was_not_sent_yet_is_called_as_its_line_says_now(desk):
    desk.plan(ROWS, keep=True)

    found = desk.jobs(desk.plan([ROWS[0], row("Hanna", "hanna"), ROWS[2]], keep=True, at=2.0))

    assert [job.delivery["title"] for job in found] == ["Anna of ACME", "Hanna", "Anna of Initech"]


async def test_the_other_copies_stay_made_where_one_of_them_is_made_once_more(desk):
    found = desk.jobs(desk.plan(ROWS, keep=True))
    for job in found:
        await desk.take_to(Status.DONE, job)
    desk.plan(ROWS[:1], keep=True, again=True, at=2.0)

    later = desk.plan(ROWS, keep=True, at=3.0)

    assert later.new == 0
    assert [job.id for job in desk.jobs(later)] == [once_more(found[0].id), found[1].id, found[2].id]


async def test_a_copy_that_was_named_by_what_stands_in_the_place_of_the_first_is_known(desk):
    [first] = desk.jobs(desk.plan(ROWS[:1]))
    await desk.take_to(Status.DONE, first)
    [newer] = desk.jobs(desk.plan(ROWS[:1], again=True, at=2.0))
    named = digest(newer.id, "copy", 1)
    [copy] = desk.jobs(desk.plan([ROWS[1]._replace(job_id=named)], name="b.csv"))
    await desk.take_to(Status.DONE, newer)
    await desk.take_to(Status.DONE, copy)

    later = desk.plan(ROWS[:2], keep=True, at=3.0)

    assert later.new == 0
    assert [job.id for job in desk.jobs(later)] == [newer.id, named]
