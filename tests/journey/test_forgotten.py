"""A state that is gone, is another one, or is a backup of an hour ago: what the results have an id of is not bought again."""

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

from batchgen.model.meaning import one_line_end
from batchgen.model.naming import digest
from batchgen.model.status import Status

#: No key protects a repeat there.
V2 = ("people.jsonl", "--api", "v2")


@pytest.fixture
def made(desk, heygen, paid):
    """A sandbox that made three videos, of which a backup of the state knows one."""
    serving = heygen()
    desk.videos(3)
    assert desk.run(*V2, "--limit", "1").code == 0
    shutil.copytree(desk.folder / "state", desk.folder / "backup")
    assert desk.run(*V2).code == 0
    return serving.world


def lose(desk, backup=None):
    shutil.rmtree(desk.folder / "state")
    if backup:
        shutil.copytree(desk.folder / backup, desk.folder / "state")


@pytest.mark.parametrize(("backup", "rows"), [(None, "rows 1, 2, 3 of"), ("backup", "rows 2, 3 of")])
def test_what_the_results_alone_know_is_not_bought_again_and_they_stay_as_they_are(desk, made, backup, rows):
    before = (desk.folder / "people_results.csv").read_bytes()
    lose(desk, backup)
    ended = [desk.run(*V2), desk.run_retry(*V2), desk.run(*V2, "--again"), desk.run(*V2, "--limit", "1", "--no-wait")]

    assert [one.code for one in ended] == [2] * 4
    assert all(rows in one.err and "batchgen adopt" in one.err for one in ended)
    assert len(made.ledger()["jobs"]) == 3
    assert (desk.folder / "people_results.csv").read_bytes() == before


def test_a_row_of_the_results_that_cannot_be_read_hides_none_below_it(desk, made):
    lose(desk)
    results = desk.folder / "people_results.csv"
    head, first, *others = results.read_text().splitlines()
    results.write_text("\n".join([head, first + ",and a word too many", *others]) + "\n")

    assert "rows 2, 3 of" in desk.run(*V2).err
    assert len(made.ledger()["jobs"]) == 3


def test_what_it_says_to_do_brings_everything_back_and_buys_the_rest_alone(desk, made):
    lose(desk, "backup")
    desk.videos(4)
    refused = desk.run(*V2)
    adopted = desk.batchgen("adopt", "people_results.csv", "--manifest", "people.jsonl", "--api", "v2")
    ended = desk.run(*V2)

    assert (refused.code, adopted.code, ended.code) == (2, 0, 0), adopted.err
    assert ended.summary["done"] == 4
    assert len(made.ledger()["jobs"]) == 4


@pytest.mark.parametrize(("touched", "code"), [(False, 0), (True, 2)])
def test_results_that_are_as_the_last_run_left_them_are_not_read_through_again(desk, made, touched, code):
    results = desk.folder / "people_results.csv"
    left = results.stat()
    desk.videos(4)
    told = json.loads(desk.batchgen("plan", *V2, "--json").out)["lines"]
    [known, *_, new] = [one["job_id"] for one in told]
    results.write_bytes(results.read_bytes().replace(known.encode(), new.encode()))
    os.utime(results, ns=(left.st_atime_ns, left.st_mtime_ns + touched))

    assert results.stat().st_size == left.st_size
    assert desk.run(*V2).code == code


def test_a_report_from_a_backup_of_the_state_leaves_the_ids_where_they_are(desk, made):
    before = (desk.folder / "people_results.csv").read_bytes()
    lose(desk, "backup")

    ended = [desk.batchgen("report"), desk.batchgen("report", "people.jsonl", "--results", "old.csv")]

    assert [one.code for one in ended] == [2, 0]
    assert "rows 2, 3 of" in ended[0].err
    assert (desk.folder / "people_results.csv").read_bytes() == before


def test_a_plan_says_so(desk, made):
    lose(desk)
    told = desk.batchgen("plan", *V2)

    assert told.code == 0
    assert "would be bought again" in told.err


def test_a_row_that_was_made_once_more_is_known_by_the_results(desk, made):
    assert desk.run(*V2, "--again", "--select", "row:2").code == 0
    lose(desk, "backup")

    assert "rows 2, 3 of" in desk.run(*V2).err


def test_results_that_are_moved_away_stand_in_nobodys_way(desk, made):
    lose(desk)
    (desk.folder / "people_results.csv").rename(desk.folder / "old.csv")
    made.studio.everything.clear()  # Somebody deleted the videos at HeyGen.

    assert desk.run(*V2).code == 0
    assert len(made.ledger()["jobs"]) == 3


def test_failed_rows_and_an_edited_sheet_stand_in_nobodys_way(desk, heygen, paid):
    serving = heygen(failed=1.0)
    desk.videos(2)
    assert desk.run(*V2).code == 1
    lose(desk)
    assert desk.run(*V2).code == 1
    sheet = desk.folder / "people.jsonl"
    sheet.write_text(sheet.read_text().replace("Good", "Fair"))

    assert desk.run(*V2).code == 1
    assert len(serving.world.ledger()["jobs"]) == 6


@pytest.mark.parametrize("own", [True, False])
def test_a_rehearsal_begins_anew_over_the_results_of_another(desk, heygen, own):
    how = ("--sandbox",) if own else ()
    _ = None if own else heygen()
    desk.videos(1)
    assert desk.run("people.jsonl", *how).code == 0
    lose(desk)

    assert desk.run("people.jsonl", *how).code == 0


@pytest.mark.parametrize(("backup", "rows"), [(None, "rows 1, 2, 3 of"), ("backup", "rows 2, 3 of")])
def test_a_rehearsal_leaves_alone_what_the_results_alone_know_was_bought(desk, made, backup, rows):
    before = (desk.folder / "people_results.csv").read_bytes()
    lose(desk, backup)
    refused = desk.run("people.jsonl", "--sandbox")
    elsewhere = desk.run("people.jsonl", "--sandbox", "--results", "rehearsal.csv")

    assert (refused.code, elsewhere.code) == (2, 0), elsewhere.err
    assert rows in refused.err
    assert "a rehearsal would write over them" in refused.err
    assert (desk.folder / "people_results.csv").read_bytes() == before
    assert desk.run(*V2).code == 2
    assert len(made.ledger()["jobs"]) == 3


def test_a_rehearsal_takes_the_place_of_what_the_state_knows(desk, made):
    (desk.folder / "people_results.csv").touch()

    assert desk.run("people.jsonl", "--sandbox").code == 0
    assert desk.run(*V2).code == 0
    assert len(made.ledger()["jobs"]) == 3


def test_a_state_that_vanishes_under_the_last_request_is_told_and_the_results_have_its_id(desk, heygen):
    heygen(slow=1.0, slow_s=2.0)
    desk.videos(1)
    process = desk.start("run", "people.jsonl")
    desk.until(lambda: desk.states()[Status.SENDING], process)
    shutil.rmtree(desk.folder / "state")

    ended = desk.end(process)

    assert ended.code == 3, ended.said
    assert "the state file is not there any more" in ended.err
    assert desk.results("people_results.csv")[0]["video_id"]


@pytest.mark.parametrize("read", [lambda content: content, one_line_end])
def test_results_of_an_earlier_batchgen_that_named_its_jobs_otherwise_are_known(desk, heygen, paid, read):
    serving, sheet, results = heygen(), desk.folder / "people.csv", desk.folder / "people_results.csv"
    sheet.write_bytes(b'title,avatar_id,voice_id,script,speed\r\nHello,Daisy,v1,"Good\r\nmorning.",1\r\n')
    assert desk.run("people.csv", "--api", "v2").code == 0
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as state:
        [(today, kind, content, realm)] = state.execute("select jobs.id, kind, content, realm from jobs, sheets")
    earlier = digest(realm, kind, read(json.loads(content)), None, 0)
    results.write_bytes(results.read_bytes().replace(today.encode(), earlier.encode()))
    lose(desk)

    ended = desk.run("people.csv", "--api", "v2")

    assert ended.code == 2
    assert "row 2 of" in ended.err
    assert len(serving.world.ledger()["jobs"]) == 1
    assert desk.batchgen("adopt", "people_results.csv", "--api", "v2").code == 0
    assert desk.run("people.csv", "--api", "v2").code == 0
    assert len(serving.world.ledger()["jobs"]) == 1
