"""A sheet goes in, films come out, and the summary says so."""

import csv
import io
import json
import shutil
import stat

import pytest

from tests.journey.conftest import QUICK, REPOSITORY, check_books, decode

SEED = "bulk_translation_csv_template.csv"
SUMMARY = {"run", "rows", "jobs", "done", "failed", "unsure", "rendering", "planned", "cancelled", "skipped"}
SUMMARY |= {"requests", "credits", "results"}


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_the_seeds_sheet_gives_its_results_with_ids_and_untouched_columns(desk, heygen, api):
    ledger = heygen().world.ledger
    shutil.copy(REPOSITORY / "manifests" / SEED, desk.folder / SEED)

    ended = desk.run(SEED, "--api", api)

    assert ended.code == 0, ended.err
    results = desk.results("bulk_translation_results.csv")
    with (desk.folder / SEED).open(newline="") as file:
        seed = list(csv.DictReader(file))
    assert [{name: row[name] for name in seed[0]} for row in results] == seed
    assert list(results[0])[: len(seed[0])] == list(seed[0])
    assert all(row["translation_id"] for row in results)
    check_books(desk, ledger(), results)


def test_cells_come_back_byte_for_byte_and_in_order(desk, heygen):
    heygen()
    odd = ["007", " padded ", "1e5", "NA", "2024-01-02", "a,b", 'say "hi"', "two\nlines", "=1+1", "ünï", ""]
    file = io.StringIO()
    sheet = csv.writer(file)
    sheet.writerow(["note", "Title", "url", "output_language", "status"])
    sheet.writerows([one, f"T{n}", f"https://example.com/{n}.mp4", "German", one] for n, one in enumerate(odd))
    (desk.folder / "odd.csv").write_bytes(file.getvalue().encode())

    ended = desk.run("odd.csv")

    assert ended.code == 0, ended.err
    results = desk.results("odd_results.csv")
    assert [row["note"] for row in results] == odd
    assert [row["status"] for row in results] == odd
    assert {row["batchgen_status"] for row in results} == {"done"}


def test_the_summary_is_one_json_object_with_every_key_and_all_else_is_on_stderr(desk, heygen):
    serving = heygen()
    desk.videos(3)

    ended = desk.run("people.jsonl")

    assert ended.code == 0
    assert ended.out.count("\n") == 1
    assert ended.summary.keys() >= SUMMARY
    assert ended.summary["rows"] == ended.summary["jobs"] == ended.summary["done"] == 3
    assert ended.summary["requests"].keys() == {"create", "status", "list", "download", "upload"}
    told = serving.world.ledger()["requests"]
    assert ended.summary["requests"] == {name: told[name] for name in ended.summary["requests"]}
    assert ended.summary["results"].endswith("people_results.csv")
    assert "3 videos to make" in ended.err


def test_sixty_translations_cost_fewer_than_twenty_requests(desk, heygen):
    serving = heygen(options={"render": (0.5, 2.0)})
    desk.translations(60)

    ended = desk.run("library.jsonl")

    assert ended.code == 0, ended.err
    asked = serving.world.ledger()["requests"]
    assert asked["create"] + asked["status"] < 20
    assert asked["create"] + asked["status"] + asked["list"] < 25, asked
    check_books(desk, serving.world.ledger(), desk.results("library_results.csv"))


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_avatar_videos_are_made_one_by_one_and_saved_whole(desk, heygen, api):
    serving = heygen()
    desk.videos(8)

    ended = desk.run("people.jsonl", "--api", api)

    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_sandbox_of_its_own_needs_no_key_and_goes_on_after_a_kill(desk):
    desk.videos(4)
    process = desk.start("run", "people.jsonl", "--sandbox", *QUICK)
    desk.until(lambda: desk.states()[3] > 0, process)
    process.kill()
    process.communicate()
    desk.running.remove(process)

    ended = desk.run("people.jsonl", "--sandbox")

    assert ended.code == 0, ended.err
    assert [row["status"] for row in desk.results("people_results.csv")] == ["done"] * 4
    assert all(decode(desk.folder / row["file"]) for row in desk.results("people_results.csv"))


def test_a_sandbox_of_its_own_runs_no_script_that_lies_beside_the_sheet(desk):
    desk.videos(1)
    (desk.folder / "json.py").write_text("raise SystemExit('a script of somebody ran')\n")
    (desk.folder / "batchgen").mkdir()
    (desk.folder / "batchgen" / "__init__.py").touch()

    ended = desk.run("people.jsonl", "--sandbox")

    assert ended.code == 0, ended.err
    assert "somebody" not in ended.err


def test_the_state_is_its_owners_alone(desk, heygen):
    heygen()
    desk.videos(1)

    desk.run("people.jsonl")

    left = [path for path in (desk.folder / "state").iterdir() if path.is_file()]
    assert left
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}


def test_plan_and_run_agree_and_plan_changes_nothing(desk, heygen):
    serving = heygen()
    desk.videos(3)
    desk.run("people.jsonl", "--limit", "1")
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    asked = serving.world.ledger()["requests"]

    planned = json.loads(desk.batchgen("plan", "people.jsonl", "--json").out)
    after = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    still = serving.world.ledger()["requests"]
    ended = desk.run("people.jsonl")

    assert still == asked
    assert after == before
    assert planned["jobs"] == 3
    assert planned["would"]["send"] == ended.summary["requests"]["create"] == 2
    assert planned["skipped"] == ended.summary["skipped"] == 1


def test_a_manifest_by_a_path_elsewhere_leaves_everything_beside_it(desk, heygen):
    heygen()
    desk.videos(1, "clients/acme/people.jsonl")

    ended = desk.run("clients/acme/people.jsonl")

    assert ended.code == 0
    results = desk.results("clients/acme/people_results.csv")
    assert decode(desk.folder / "clients/acme" / results[0]["file"])


def test_a_rehearsal_does_not_count_for_the_real_thing(desk):
    desk.videos(2)

    rehearsed = desk.run("people.jsonl", "--sandbox", "--no-download")
    real = json.loads(desk.batchgen("plan", "people.jsonl", "--json").out)
    again = json.loads(desk.batchgen("plan", "people.jsonl", "--sandbox", "--json").out)

    assert rehearsed.code == 0
    assert (real["realm"], real["would"]["send"]) == ("api.heygen.com", 2)
    assert (again["realm"], again["would"]["send"], again["skipped"]) == ("sandbox", 0, 2)


def test_results_tell_as_credits_what_was_spent_and_not_what_is_set_aside(desk, heygen):
    heygen(options={"render": (2.0, 3.0)})
    desk.translations(3)

    left = desk.run("library.jsonl", "--no-wait")
    meanwhile = desk.results("library_results.csv")
    desk.run("library.jsonl")
    done = desk.results("library_results.csv")

    assert left.summary["credits_held"] > 0
    assert [row["credits"] for row in meanwhile] == [""] * 3
    assert all(float(row["credits"]) > 0 for row in done)
