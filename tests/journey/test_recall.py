"""What the account has of a sheet is not bought again where neither the state nor the results know it."""

import json
import shlex
import shutil

import pytest

from batchgen.sandbox.wire import Answer

SHEETS = {"people.jsonl": "videos", "library.jsonl": "translations"}
#: Where the account's lists tell whose a video is.
KNOWN = [("v3", "people.jsonl"), ("v2", "people.jsonl"), ("v3", "library.jsonl")]


def bought(serving):
    return serving.world.ledger()["jobs"]


def forget(desk, name="people.jsonl"):
    """Lose the state and the results, as a machine that is set up anew for each run does."""
    shutil.rmtree(desk.folder / "state")
    shutil.rmtree(desk.folder / "videos")
    (desk.folder / name.replace(".jsonl", "_results.csv")).unlink()


def search(desk, *words):
    return desk.batchgen("adopt", "--search", *words, "--json")


@pytest.mark.parametrize(("api", "name"), KNOWN)
def test_a_machine_that_remembers_nothing_buys_nothing_again_and_has_it_back_at_no_cost(desk, heygen, paid, api, name):
    serving = heygen()
    sheet = getattr(desk, SHEETS[name])
    sheet(3, name)
    assert desk.run(name, "--api", api).code == 0
    forget(desk, name)
    sheet(4, name)

    refused = desk.run(name, "--api", api)
    assert refused.code == 2
    for words in ("rows 1, 2, 3 already", "knows nothing of them", f"adopt --search {desk.folder / name} --api {api}"):
        assert words in refused.err
    assert len(bought(serving)) == 3

    told = json.loads(search(desk, name, "--api", api).out)
    assert (told["adopted"], told["listed"], told["to_send"]) == (3, 3, 1)
    done = desk.run(name, "--api", api)
    assert (done.code, done.summary["done"], len(bought(serving))) == (0, 4, 4), done.err


def test_a_plan_that_asks_the_account_says_so(desk, heygen, paid):
    heygen()
    desk.videos(2)
    assert desk.run("people.jsonl", "--limit", "1").code == 0
    forget(desk)
    told = [desk.batchgen("plan", "people.jsonl", *words) for words in ((), ("--online",))]

    assert [one.code for one in told] == [0, 0]
    assert ["row 1 already" in one.err for one in told] == [False, True]


def test_a_colleague_with_a_state_of_their_own_is_told(desk, heygen, paid):
    serving = heygen()
    desk.videos(1)
    assert desk.run("people.jsonl").code == 0
    desk.videos(2, "theirs/people.jsonl")
    theirs = ("theirs/people.jsonl", "--state", "theirs/state.db")

    assert "row 1 already" in desk.run(*theirs).err
    assert "row 1 already" in desk.run(*theirs, "--again").err
    assert desk.run(*theirs, "--select", "row:2").code == 0  # None of what the account has is this row's.
    assert len(bought(serving)) == 2


def test_what_it_says_to_do_is_about_the_same_rows_in_the_same_state(desk, heygen, paid):
    serving = heygen()
    sheet = desk.videos(2)
    sheet.write_text(sheet.read_text().replace("morning 1", "morning 0"))
    told = ("people.jsonl", "--duplicates", "keep")
    assert desk.run(*told).code == 0
    forget(desk)
    adopt = desk.run(*told, "--state", "theirs/state.db").err.split("`batchgen ")[1].split("`")[0]

    assert desk.batchgen(*shlex.split(adopt)).code == 0
    assert desk.run(*told, "--state", "theirs/state.db").code == 0
    assert len(bought(serving)) == 2

    shutil.rmtree(desk.folder / "theirs")
    refused = desk.run(*told, "--state", "theirs/state.db")
    assert f"--state {desk.folder / 'theirs' / 'state.db'}`" in refused.err


def test_what_was_tried_again_and_made_once_more_is_known_as_well(desk, heygen, paid):
    serving = heygen(failed=1.0)
    desk.videos(2)
    desk.run("people.jsonl")
    serving.world.options = serving.world.studio.options = serving.world.options.__class__(
        render=(0.2, 0.4), credits=1e6, films="tiny"
    )
    assert desk.run_retry("people.jsonl").code == 0
    assert desk.run("people.jsonl", "--again", "--select", "row:2").code == 0
    forget(desk)

    assert "rows 1, 2 already" in desk.run("people.jsonl").err
    assert json.loads(search(desk, "people.jsonl").out)["adopted"] == 2
    assert desk.run("people.jsonl").summary["done"] == 2
    assert len(bought(serving)) == 5


@pytest.mark.parametrize("has_results", [True, False])
def test_a_backup_from_before_a_retry_buys_nothing_again_and_has_it_back_at_no_cost(desk, heygen, paid, has_results):
    serving = heygen(failed=1.0)
    desk.videos(2)
    desk.run("people.jsonl", "--api", "v2")
    shutil.copytree(desk.folder / "state", desk.folder / "backup")
    serving.world.options = serving.world.studio.options = serving.world.options.__class__(
        render=(0.2, 0.4), credits=1e6, films="tiny"
    )
    assert desk.run_retry("people.jsonl", "--api", "v2", "--select", "row:2").summary["done"] == 1
    shutil.rmtree(desk.folder / "state")
    shutil.copytree(desk.folder / "backup", desk.folder / "state")
    results = desk.folder / "people_results.csv"
    if has_results:
        before = results.read_bytes()
        told = [desk.run_retry("people.jsonl", "--api", "v2"), desk.run("people.jsonl", "--api", "v2")]
        assert all("row 2 of" in one.err for one in told)
        assert results.read_bytes() == before
        desk.batchgen("adopt", str(results), "--manifest", "people.jsonl", "--api", "v2")
    else:
        results.unlink()
        assert "row 2 already" in desk.run_retry("people.jsonl", "--api", "v2").err
        assert json.loads(search(desk, "people.jsonl", "--api", "v2").out)["adopted"] == 1

    done = desk.run_retry("people.jsonl", "--api", "v2")
    assert (done.code, len(bought(serving))) == (0, 4), done.err
    assert desk.run("people.jsonl", "--api", "v2").summary["done"] == 2


def test_what_failed_is_no_loss(desk, heygen, paid):
    serving = heygen(failed=1.0)
    desk.videos(2)
    desk.run("people.jsonl", "--api", "v2")
    forget(desk)

    assert json.loads(search(desk, "people.jsonl").out)["adopted"] == 0
    desk.run("people.jsonl", "--api", "v2")
    assert len(bought(serving)) == 4


def test_what_is_wanted_anew_is_made_once_it_is_known(desk, heygen, paid):
    serving = heygen()
    desk.videos(1)
    assert desk.run("people.jsonl").code == 0
    forget(desk)
    search(desk, "people.jsonl")
    assert desk.run("people.jsonl").code == 0

    assert desk.run("people.jsonl", "--again").code == 0
    assert len(bought(serving)) == 2


@pytest.mark.parametrize("script", ["Good morning 0.", "Another text."])
def test_the_next_run_of_a_sheet_stands_in_its_own_way_never(desk, heygen, paid, script):
    serving = heygen()
    desk.videos(2)
    assert desk.run("people.jsonl").code == 0
    sheet = desk.folder / "people.jsonl"
    sheet.write_text(sheet.read_text().replace("Good morning 0.", script))

    assert desk.run("people.jsonl").code == 0
    assert len(bought(serving)) == 2 + (script != "Good morning 0.")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_list_that_cannot_be_read_proves_nothing_and_stops_nothing(desk, heygen, paid, monkeypatch, status):
    serving = heygen()
    desk.videos(1)
    answer = serving.world.handle

    def handle(call):
        if call.method == "GET" and call.path == "/v3/videos":
            return Answer(status, b'{"error": {"code": "no", "message": "No list today."}}')
        return answer(call)

    monkeypatch.setattr(serving.world, "handle", handle)
    refused, done = search(desk, "people.jsonl"), desk.run("people.jsonl")

    assert refused.code == 3
    assert "lists could not be read" in refused.err
    assert "Nothing was changed" in refused.err
    assert (done.code, len(bought(serving))) == (0, 1), done.err


def test_a_rehearsal_begins_anew_and_can_be_searched(desk, heygen):
    serving = heygen()
    desk.videos(1)
    assert desk.run("people.jsonl").code == 0
    forget(desk)

    told = json.loads(search(desk, "people.jsonl").out)
    assert (told["adopted"], told["to_send"]) == (1, 0)
    shutil.rmtree(desk.folder / "state")
    (desk.folder / "people_results.csv").unlink()
    assert desk.run("people.jsonl", "--api", "v2").code == 0
    assert len(bought(serving)) == 2


def test_results_that_know_more_come_first(desk, heygen, paid):
    heygen()
    desk.videos(1)
    assert desk.run("people.jsonl").code == 0
    before = (desk.folder / "people_results.csv").read_bytes()
    shutil.rmtree(desk.folder / "state")
    refused = search(desk, "people.jsonl")

    assert refused.code == 2
    assert "batchgen adopt" in refused.err
    assert (desk.folder / "people_results.csv").read_bytes() == before


def test_kinds_that_no_list_tells_apart_are_named(desk, heygen):
    heygen()
    desk.write("asked.jsonl", json.dumps({"kind": "agent", "prompt": "A film about bees."}) + "\n")
    told = search(desk, "asked.jsonl")

    assert told.code == 0, told.err
    assert "agent" in told.err


@pytest.mark.parametrize("words", [("--offline",), ("--id-column", "x"), ("--manifest", "people.jsonl")])
def test_a_search_is_asked_for_by_itself(desk, words):
    desk.videos(1)
    refused = desk.batchgen("adopt", "--search", "people.jsonl", *words)

    assert refused.code == 2
    assert words[0] in refused.err
