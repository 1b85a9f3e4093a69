"""A state that an earlier batchgen left: its jobs are found, though it named some otherwise, and nothing is bought again."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from batchgen.model.meaning import meaning, one_line_end
from batchgen.model.naming import digest

HEADER = "title,avatar_id,voice_id,script,speed"
ROWS = [
    f'Hello {n},Daisy,v1,"Good morning {n}.\r\nHow are you?",{speed}' for n, speed in enumerate((1, 1.2, "1.0", ""))
]


def verbatim(value):
    """The very first batchgen named a job by all that its content says, down to its line ends."""
    return value


def leave(desk, read, ids=(None,) * 4, *, version=18):
    """Make of a state what an earlier batchgen would have left, which read contents so; give the ids it gave."""
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as state, state:
        realm = state.execute("select realm from sheets").fetchone()[0]
        found = state.execute("select pk, kind, content, id from jobs order by seq").fetchall()
        named = {}
        for (pk, kind, content, today), own in zip(found, ids, strict=True):
            named[today] = digest(realm, kind, read(json.loads(content)), own, 0)
            state.execute("update jobs set id = ? where pk = ?", (named[today], pk))
        if version < 19:
            state.execute("drop index jobs_today")
            state.execute("alter table jobs drop column today")
        state.execute("update sheets set mark = null")
        state.execute("update meta set value = ? where name = 'schema'", (str(version),))
    return named


def write(desk, header, rows):
    (desk.folder / "people.csv").write_bytes("\r\n".join([header, *rows]).encode())


@pytest.fixture
def made(desk, heygen):
    serving = heygen()
    write(desk, HEADER, ROWS)
    assert desk.run("people.csv").code == 0
    return serving.world


@pytest.mark.parametrize("read", [verbatim, one_line_end])
@pytest.mark.parametrize(
    ("header", "change"),
    [
        (HEADER, lambda row: row),
        (HEADER, lambda row: row.replace("\r\n", "\n")),
        (HEADER + ",caption", lambda row: row + ",no"),
        (HEADER, lambda row: re.sub(r",1(\.0)?$", ",", row)),
    ],
    ids=["as it was", "other line ends", "one more column", "nothing said"],
)
def test_what_an_earlier_batchgen_made_is_not_bought_again_however_its_row_says_the_same(
    desk, made, read, header, change
):
    leave(desk, read)
    write(desk, header, [*map(change, ROWS), change("New,Daisy,v1,Good evening.,")])

    ended = desk.run("people.csv")

    assert ended.code == 0, ended.err
    assert (ended.summary["skipped"], ended.summary["requests"]["create"]) == (4, 1)
    assert len(made.ledger()["jobs"]) == 5


def test_rows_with_an_id_of_their_own_are_found_as_well(desk, heygen):
    serving = heygen()
    write(desk, "id," + HEADER, [f"n{n},{row}" for n, row in enumerate(ROWS)])
    assert desk.run("people.csv").code == 0
    leave(desk, verbatim, ids=[f"n{n}" for n in range(4)])
    write(desk, "id," + HEADER + ",caption", [f"n{n},{row},no" for n, row in enumerate(ROWS)])

    ended = desk.run("people.csv")

    assert ended.code == 0, ended.err
    assert ended.summary["skipped"] == 4
    assert len(serving.world.ledger()["jobs"]) == 4


@pytest.mark.parametrize(("read", "version"), [(verbatim, 18), (meaning, 18), (meaning, 19)])
def test_a_row_whose_id_lost_its_zeros_since_an_earlier_batchgen_made_it_is_found(desk, heygen, read, version):
    serving = heygen()
    write(desk, "id," + HEADER, [f"{n:03},{row}" for n, row in enumerate(ROWS)])
    assert desk.run("people.csv").code == 0
    leave(desk, read, ids=[f"{n:03}" for n in range(4)], version=version)
    write(desk, "id," + HEADER, [f"{n},{row}" for n, row in enumerate([*ROWS, "New,Daisy,v1,Good evening.,"])])

    ended = desk.run("people.csv")

    assert ended.code == 0, ended.err
    assert (ended.summary["skipped"], ended.summary["requests"]["create"]) == (4, 1)
    assert len(serving.world.ledger()["jobs"]) == 5


def test_another_sheet_that_asks_for_what_an_earlier_batchgen_made_does_not_buy_it_again(desk, made):
    leave(desk, verbatim)
    shutil.copy(desk.folder / "people.csv", desk.folder / "others.csv")

    assert desk.run("others.csv").summary["skipped"] == 4
    assert len(made.ledger()["jobs"]) == 4
