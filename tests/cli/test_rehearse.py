"""A rehearsal: the whole run in a moment, the same for the same seed, and nothing of it anywhere afterwards."""

import hashlib
import json
import os
import subprocess
import sys

import pytest


def rehearsed(batchgen, *words):
    ended = batchgen("rehearse", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "library.csv"
    lines = (f"Video {n},Spanish (Spain),https://example.com/{n}.mp4" for n in range(40))
    path.write_text("title,output_language,url\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def speeches(tmp_path):
    path = tmp_path / "speeches.csv"
    lines = (f"Video {n},Daisy,v1,Hello number {n}." for n in range(40))
    path.write_text("title,avatar_id,voice_id,script\n" + "\n".join(lines) + "\n")
    return path


def test_a_rehearsal_lasts_as_long_as_the_renders_would(batchgen, speeches):
    told = rehearsed(batchgen, str(speeches), "--plan", "pro", "--render", "10")

    # Forty videos of ten minutes, three at once: fourteen rounds, and some seconds between them.
    assert told["jobs"]["done"] == 40
    assert 140 * 60 <= told["seconds"] < 160 * 60
    assert told["in_flight_peak"] == 3
    assert told["requests"]["create"] >= 40
    assert told["requests"]["download"] == 40
    assert told["exit_code"] == 0


def test_a_library_goes_in_batches_and_costs_by_the_length_of_its_sources(batchgen, library):
    told = rehearsed(batchgen, str(library), "--source-minutes", "2")

    assert told["requests"]["create"] == 1
    assert told["credits"] == 40 * 2 * 3.0


def test_lost_replies_are_found_again_and_nothing_is_paid_twice(batchgen, speeches):
    told = rehearsed(batchgen, str(speeches), "--faults", "lost=0.3")

    lost = told["no_answer"]
    assert lost["lost"] == lost["found_again"] == told["trouble"]["lost"] > 0
    assert (lost["sent_twice"], lost["unsure"]) == (0, 0)
    assert told["jobs"]["done"] == 40


def test_what_is_paid_twice_would_be_told(batchgen, speeches):
    # No key is honoured, the list shows nothing for an hour, and somebody says that two seconds prove enough.
    told = rehearsed(batchgen, str(speeches), "--faults", "lost=0.5,keys=ignored,list_lag=3600", "--settle", "2")

    assert told["no_answer"]["sent_twice"] > 0


def test_a_render_that_hangs_is_named_and_neither_sent_again_nor_given_up(batchgen, speeches):
    told = rehearsed(batchgen, str(speeches), "--faults", "stuck=0.1,stuck_s=40000")

    assert told["stalled"] > 0
    assert told["jobs"]["done"] == told["requests"]["create"] - told["throttled"] == 40
    assert told["seconds"] >= 40_000


def test_an_account_that_runs_dry_stops_the_run(batchgen, speeches):
    told = rehearsed(batchgen, str(speeches), "--credits", "5")

    assert "out of credit" in told["stopped"]
    assert told["exit_code"] == 5
    assert told["jobs"]["planned"] > 0


def test_the_options_of_a_run_are_obeyed(batchgen, speeches):
    one = rehearsed(batchgen, str(speeches), "--limit", "6", "--concurrency", "1", "--render", "5")
    budget = rehearsed(batchgen, str(speeches), "--max-credits", "10")

    assert (one["jobs"]["done"], one["left_out"], one["in_flight_peak"]) == (6, 34, 1)
    assert one["seconds"] >= 6 * 300
    assert budget["jobs"]["done"] == 3
    assert "--max-credits" in budget["stopped"]


def test_a_rehearsal_leaves_nothing_behind(batchgen, speeches, tmp_path):
    rehearsed(batchgen, str(speeches), "--faults", "rough")

    assert [path.name for path in tmp_path.iterdir()] == ["speeches.csv"]


def test_what_is_done_is_left_out_and_the_state_stays_as_it_is(batchgen, speeches, tmp_path):
    from batchgen.assembly.clock import CLOCK
    from batchgen.assembly.planning import open_sources, planner_for
    from batchgen.assembly.state import open_store

    (tmp_path / "state").mkdir()
    with open_store("state/batchgen.db") as store:
        sources = open_sources([str(speeches)], results=None, downloads=None)
        planner_for(realm="api.heygen.com", api=None).plan(sources, store, at=CLOCK.now())
    assert batchgen("cancel", str(speeches), "--select", "row:2-11").code == 0
    before = hashlib.sha256((tmp_path / "state/batchgen.db").read_bytes()).hexdigest()

    told = rehearsed(batchgen, str(speeches))

    assert (told["jobs"]["done"], told["left_out"]) == (30, 10)
    assert hashlib.sha256((tmp_path / "state/batchgen.db").read_bytes()).hexdigest() == before


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_the_same_seed_gives_the_same_numbers_in_any_process(speeches, tmp_path, api):
    command = [sys.executable, "-m", "batchgen", "rehearse", str(speeches), "--faults", "rough", "--api", api, "--json"]

    told = [
        subprocess.run(
            [*command, "--seed", seed],
            cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
        ).stdout
        for seed, salt in (("7", "1"), ("7", "2"), ("8", "1"))
    ]

    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plan", "por"), "Did you mean 'pro'?"),
        (("--faults", "mils"), "Did you mean 'mild'?"),
        (("--render", "15-5"), "--render 15-5: this is minutes, such as 10 or 5-15."),
        (("--render", "soon"), "--render soon: this is minutes"),
    ],
)
def test_a_wrong_word_is_told_before_anything_is_played(batchgen, speeches, words, said):
    ended = batchgen("rehearse", str(speeches), *words)

    assert ended.code == 2
    assert said in ended.err


def test_it_is_told_to_people_in_a_short_table(batchgen, speeches):
    told = batchgen("rehearse", str(speeches), "--plan", "pro", "--faults", "mild").out.splitlines()

    assert told[0] == "Rehearsed: 40 videos on the plan pro, faults mild, seed 7, api v3."
    assert told[-1].endswith("Nothing was sent.")
    assert [line.split()[0] for line in told[1:5]] == ["time", "videos", "requests", "credits"]
    assert len(told) < 20


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_files_of_this_machine_are_uploaded_in_it_without_being_sent(batchgen, tmp_path, api):
    for name in ("a", "b"):
        with (tmp_path / f"{name}.mp4").open("wb") as film:
            film.write(b"\0\0\0\x18ftypmp42" + name.encode())
            film.truncate(20_000_000)
    sheet = tmp_path / "library.csv"
    sheet.write_text("title,file,output_languages\nA,a.mp4,German;French\nB,b.mp4,German\n")

    told = rehearsed(batchgen, str(sheet), "--api", api, "--render", "1")

    assert told["jobs"]["done"] == 3
    # A place, its bytes and their end for each of two files; or each in one request.
    assert told["requests"]["upload"] == {"v3": 6, "v2": 2}[api]
