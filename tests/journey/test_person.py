"""What a person can tell batchgen, and be told by it: the life of a row, what became of a lost one, ids of long ago."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from batchgen.sandbox import Faults
from batchgen.sandbox.world import World
from tests.journey.conftest import QUICK, check_books, decode

#: In v2 no key protects a repeat and no list proves anything: whatever loses its reply waits for a person.
LOST = ("library.jsonl", "--api", "v2")


@pytest.fixture
def waiting(desk, heygen):
    """A desk with three translations of which nobody can say whether they were accepted."""
    serving = heygen(lost_before=1.0)
    desk.translations(3)
    desk.run(*LOST, "--timeout", "3")
    world = serving.world
    world.options = world.studio.options = replace(world.options, faults=Faults())
    return serving


def unsure(desk):
    return json.loads(desk.batchgen("resolve", "--json").out)


def test_what_waits_for_a_person_is_listed_with_row_title_and_job(desk, waiting):
    told = unsure(desk)
    words = desk.batchgen("resolve").out

    assert [(one["row"], one["title"], one["language"]) for one in told] == [
        (n + 1, f"Film {n}", "German") for n in range(3)
    ]
    assert all(one["job_id"] in words and one["unsure_since"] for one in told)
    assert "--adopt" in words


def test_what_is_said_to_be_absent_is_bought_once_by_the_next_run_and_nothing_else_is(desk, waiting):
    said = desk.batchgen("resolve", "1", "3", "--absent", "--json")
    ended = desk.run(*LOST, "--timeout", "4")

    assert json.loads(said.out) == {"absent": 2}
    assert [job["title"].split(" · ")[0] for job in waiting.world.ledger()["jobs"]] == ["Film 0", "Film 2"]
    assert (ended.summary["done"], ended.summary["unsure"], ended.summary["sent_twice"]) == (2, 1, 0)


def test_an_id_that_a_person_gives_is_fetched_and_not_bought(desk, waiting):
    bought = waiting.world.studio  # What the lost request did buy, as the account shows it.
    created = desk_post(waiting, "Film 1")
    said = desk.batchgen("resolve", "2", "--adopt", created)
    desk.batchgen("resolve", "--all", "--absent", "--yes")
    ended = desk.run(*LOST)

    assert said.code == 0, said.err
    assert ended.code == 0, ended.err
    assert len(bought.jobs) == 3
    assert ended.summary["adopted"] == 1
    rows = desk.results("library_results.csv")
    assert rows[1]["translation_id"] == created
    assert all(decode(desk.folder / row["file"]) for row in rows)


def desk_post(serving, title):
    """Buy a translation as somebody else would."""
    import httpx

    body = {"video_url": "https://x.example/1.mp4", "output_languages": ["German"], "title": title}
    with httpx.Client(base_url=serving.url, headers={"x-api-key": "somebody"}) as client:
        data = client.post("/v2/video_translate", json=body).json()["data"]
    return data["video_translate_ids"][0]


MEANINGLESS = [
    (("1",), "--adopt ID"),
    (("1", "2", "--adopt", "abcdef"), "one row"),
    (("1", "--adopt", "abcdef", "--absent"), "give one of them"),
    (("--absent",), "--all"),
    (("9", "--absent"), "no manifest has such a row"),
    (("zzzzzzz", "--absent"), "neither a row nor a job"),
    (("1", "--adopt", "0123456789abcdef"), "no video with this id"),
]


def test_a_decision_that_cannot_be_meant_changes_nothing(desk, waiting):
    before = unsure(desk)

    for words, why in MEANINGLESS:
        ended = desk.batchgen("resolve", *words)

        assert (ended.code, why in ended.err) == (2, True), (words, ended.err)
        assert unsure(desk) == before, words


def test_the_life_of_a_row_is_told_from_its_first_request_to_its_file(desk, heygen):
    heygen(lost=0.0, error_after=1.0)
    desk.videos(1)
    desk.run("people.jsonl")
    [told] = json.loads(desk.batchgen("explain", "1", "--json").out)
    words = desk.batchgen("explain", told["job_id"][:6]).out

    life = [step["what"] for step in told["life"]]
    assert life[:2] == ["sent", "no answer: it may have been accepted"]
    assert "looked for in the account, and found" in life
    assert life[-2:] == ["rendered", "saved"]
    assert [step["at"] for step in told["life"]] == sorted(step["at"] for step in told["life"])
    for part in ("people.jsonl, row 1", told["remote_id"], told["file"], "key bg-", "http_500", "xxh128", "credits"):
        assert part in words


def test_a_row_is_named_with_its_manifest_where_there_are_several(desk, heygen):
    heygen()
    desk.videos(1)
    desk.translations(2)
    desk.run("people.jsonl")
    desk.run("library.jsonl")

    vague, clear, other = (desk.batchgen("explain", name) for name in ("1", "library.jsonl:1", "2"))

    assert vague.code == 2
    assert "people.jsonl:1" in vague.err
    assert "library.jsonl:1" in vague.err
    assert "Film 0" in clear.out
    assert "Film 1" in other.out


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("files", ["kept", "gone"])
def test_after_the_state_was_lost_the_results_bring_everything_back_at_no_cost(desk, heygen, api, files):
    serving = heygen()
    desk.videos(3, "people.csv")
    desk.run("people.csv", "--api", api)
    shutil.rmtree(desk.folder / "state")
    if files == "gone":
        shutil.rmtree(desk.folder / "videos")

    said = desk.batchgen("adopt", "people_results.csv", "--api", api, "--json")
    ended = desk.run("people.csv", "--api", api)

    told = json.loads(said.out)
    assert (told["adopted"], told["with_file"], told["to_send"]) == (3, 3 if files == "kept" else 0, 0)
    assert ended.summary["requests"]["create"] == 0
    assert ended.summary["requests"]["download"] == (0 if files == "kept" else 3)
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))
    assert len(list((desk.folder / "videos").iterdir())) == 3


@pytest.mark.parametrize(("made", "taken", "left_out"), [("share", 2, 0), ("keep", 2, 1)])
def test_rows_that_share_a_video_bring_its_id_back_once(desk, heygen, made, taken, left_out):
    serving = heygen()
    path = desk.videos(2, "people.csv")
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    desk.run("people.csv", "--duplicates", made)
    shutil.rmtree(desk.folder / "state")

    said = desk.batchgen("adopt", "people_results.csv", "--duplicates", "share", "--json")
    ended = desk.run("people.csv", "--duplicates", "share")

    told = json.loads(said.out)
    assert (told["adopted"], told["left_out"], told["to_send"]) == (taken, left_out, 0), said.err
    assert ("another row of the same video gives it the id" in said.err) == bool(left_out)
    assert (ended.code, ended.summary["requests"]["create"]) == (0, 0), ended.err
    assert len(serving.world.ledger()["jobs"]) == taken + left_out


def test_what_is_adopted_counts_in_the_unit_that_its_account_pays_in(desk, heygen, monkeypatch):
    answer = World.handle

    def in_dollars(world, call):
        said = answer(world, call)
        if call.path == "/v3/users/me":
            said.body = said.body.replace(b'"credits"', b'"usd"')
        return said

    monkeypatch.setattr(World, "handle", in_dollars)
    heygen()
    desk.videos(2, "people.csv")
    spent = desk.run("people.csv").summary["usd"]
    shutil.rmtree(desk.folder / "state")

    desk.batchgen("adopt", "people_results.csv")
    ended = desk.run("people.csv")

    assert spent > 0
    assert (ended.summary["usd"], ended.summary["credits"]) == (spent, 0)
    assert {row["credits"] for row in desk.results("people_results.csv")} == {""}


def test_a_video_that_another_account_denied_is_taken_back_from_its_own(desk, heygen):
    serving = heygen()
    desk.videos(2, "people.csv")
    desk.run("people.csv", "--no-wait")
    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as database:
        # As a run with the key of another account leaves them, after a minute of denials.
        database.execute("update jobs set status = 6, error_code = 'not_found', credits = null")
        database.commit()
    desk.batchgen("report", "people.csv")

    said = desk.batchgen("adopt", "people_results.csv", "--json")
    ended = desk.run("people.csv")

    assert json.loads(said.out)["adopted"] == 2, said.said
    assert (ended.code, ended.summary["requests"]["create"]) == (0, 0), ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_what_the_guides_script_wrote_is_taken_in_and_only_the_rest_is_sent(desk, heygen):
    serving = heygen()
    sheet = "title,output_language,url,folder_id\n"
    rows = [f"Film {n},German,https://x.example/{n}.mp4," for n in range(3)]
    desk.write("bulk_translation_csv_template.csv", sheet + "\n".join(rows))
    made = desk_post(serving, "Film 1")
    ids = ["", made, ""]
    results = [f"{row},{one}" for row, one in zip(rows, ids, strict=True)]
    desk.write("bulk_translation_results.csv", sheet.strip() + ",translation_id\n" + "\n".join(results))

    said = desk.batchgen("adopt", "bulk_translation_results.csv", "--api", "v2", "--json")
    ended = desk.run("bulk_translation_csv_template.csv", "--api", "v2")

    assert json.loads(said.out) | {"adopted": 1, "without_id": 2, "to_send": 2, "left_out": 0} == json.loads(said.out)
    assert ended.code == 0, ended.err
    assert ended.summary["requests"]["create"] == 2
    assert desk.results("bulk_translation_results.csv")[1]["translation_id"] == made
    # The table as it was is kept: it is the only place where ids may stand that were not taken over.
    assert "before-adopt" in "".join(path.name for path in desk.folder.iterdir())


def test_ids_that_cannot_be_right_are_left_out_and_told_by_row(desk, heygen):
    serving = heygen()
    desk.write(
        "a.csv",
        "title,output_language,url\n" + "".join(f"Film {n},German,https://x.example/{n}.mp4\n" for n in range(4)),
    )
    made = desk_post(serving, "Film 0")
    lines = [
        f"Film 0,German,{made}",
        f"Film 1,German,{made}",
        "Film 2,German,0123456789abcdef",
        "Film 9,German,abcdef99",
    ]
    desk.write("old.csv", "title,output_language,Their ID\n" + "\n".join(lines))

    ended = desk.batchgen("adopt", "old.csv", "--manifest", "a.csv", "--id-column", "their id", "--api", "v2")

    assert ended.code == 1
    assert "1  taken over" in ended.out
    assert "old.csv, row 3" in ended.err
    assert "belongs to another row" in ended.err
    assert "old.csv, row 4: 0123456789abcdef: the account has no video with this id" in ended.err
    assert "old.csv, row 5: the manifest has no such row" in ended.err


def test_a_table_without_ids_says_how_to_name_them(desk, heygen):
    heygen()
    desk.videos(1, "people.csv")

    ended = desk.batchgen("adopt", "people.csv")

    assert ended.code == 2
    assert "--id-column" in ended.err


def test_a_table_whose_ids_are_all_empty_is_no_success_and_stays_as_it_is(desk, heygen):
    """As the guide's script writes it: it asks the reply for a field that is not there."""
    heygen()
    sheet = "title,output_language,url\nFilm,German,https://x.example/1.mp4"
    desk.write("films.csv", sheet)
    desk.write("films_results.csv", sheet.replace("\n", ",translation_id\n") + ",\n")
    before = (desk.folder / "films_results.csv").read_text()

    ended = desk.batchgen("adopt", "films_results.csv")

    assert ended.code == 2
    assert "no row of it has an id" in ended.err
    assert "video_translate_id" in ended.err
    assert (desk.folder / "films_results.csv").read_text() == before


def test_what_a_person_decides_stands_in_the_attempts(desk, waiting):
    desk.batchgen("resolve", "1", "--absent")

    with closing(sqlite3.connect(desk.folder / "state" / "batchgen.db")) as db:
        said = db.execute("select outcome, message from attempts where purpose = 'person'").fetchall()
    assert said == [("absent", "batchgen resolve --absent")]


def test_while_a_run_is_on_it_is_the_one_that_decides(desk, heygen):
    heygen(options={"render": (60, 60)})
    desk.videos(1)
    running = desk.start("run", "people.jsonl", *QUICK)
    desk.until(lambda: desk.states()[3] == 1, running)

    refused, told = desk.batchgen("resolve", "1", "--absent"), desk.batchgen("explain", "1")
    running.terminate()
    desk.end(running)

    assert refused.code == 6
    assert told.code == 0
    assert "accepted" in told.out


def test_one_of_a_thing_is_told_as_one(desk, heygen):
    heygen()
    desk.write("films.csv", "title,output_language,url\nTour,German;Spanish,https://x.example/tour.mp4\n")
    desk.write(
        "ids.csv", "title,output_language,url,translation_id\nTour,German;Spanish,https://x.example/tour.mp4,a1\n"
    )
    desk.batchgen("run", "films.csv", "--limit", "1", *QUICK)

    ended = desk.batchgen("adopt", "ids.csv", "--manifest", "films.csv")

    assert "it has 1 id, and the manifest asks for 2 videos there" in ended.said
