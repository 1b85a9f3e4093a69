"""Several manifests in one run: what they share is made, counted and paid once."""

import pytest


@pytest.mark.parametrize("trouble", [{}, {"lost": 0.7, "keys": "ignored"}], ids=["calm", "replies lost"])
def test_a_row_that_two_manifests_share_is_one_video_in_every_number(desk, heygen, trouble):
    serving = heygen(**trouble)
    desk.translations(5, "spring.jsonl")
    desk.translations(7, "summer.jsonl")

    ended = desk.run("spring.jsonl", "summer.jsonl", "--no-download", "--settle", "2")

    assert ended.code == 0, ended.err
    summary, ledger = ended.summary, serving.world.ledger()
    assert (summary["rows"], summary["jobs"], summary["done"]) == (12, 7, 7)
    assert summary["accepted"] + summary["found_again"] == len(ledger["jobs"]) == 7
    assert summary["sent_twice"] == 0
    assert summary["credits"] == pytest.approx(summary["balance"]["spent"])

    again = desk.run("spring.jsonl", "summer.jsonl", "--no-download").summary
    assert (again["jobs"], again["skipped"], again["credits"]) == (7, 7, summary["credits"])


@pytest.mark.parametrize("trouble", [{}, {"lost": 0.7, "keys": "ignored"}], ids=["calm", "replies lost"])
def test_a_batch_of_two_manifests_is_told_once(desk, heygen, trouble):
    serving = heygen(**trouble)
    header = ("title", "output_language", "url")
    for name in ("spring", "summer"):
        rows = [(f"{name} {n}", "German", f"https://x.example/{name}/{n}.mp4") for n in range(4)]
        desk._sheet(f"{name}.jsonl", header, rows)

    ended = desk.run("spring.jsonl", "summer.jsonl", "--no-download", "--batch", "always", "--settle", "2")

    assert ended.code == 0, ended.err
    summary, ledger = ended.summary, serving.world.ledger()
    assert summary["jobs"] == summary["done"] == len(ledger["jobs"]) == 8
    assert summary["accepted"] + summary["found_again"] == 8


def test_what_two_manifests_share_takes_its_part_of_a_budget_once(desk, heygen):
    heygen()
    desk.translations(5, "spring.jsonl")
    desk.translations(7, "summer.jsonl")
    assert desk.run("spring.jsonl", "--no-download").summary["credits"] == 7.5

    # A video whose length nobody knows may cost 15, and costs 1.5 here: of the last one 9 are spent.
    ended = desk.run("spring.jsonl", "summer.jsonl", "--no-download", "--max-credits", "24")

    assert (ended.code, ended.summary["done"]) == (0, 7), ended.err


def test_what_two_manifests_share_is_planned_once(desk, heygen):
    heygen()
    desk.translations(5, "spring.jsonl")
    desk.translations(7, "summer.jsonl")

    for limited, sent in (([], 7), (["--limit", "3"], 3)):
        plan = desk.batchgen("plan", "spring.jsonl", "summer.jsonl", "--json", *limited).summary
        assert (plan["rows"], plan["jobs"], plan["planned"]) == (12, 7, 7)
        assert (plan["would"]["send"], plan["skip"]["left_out"]) == (sent, 7 - sent)
    desk.run("spring.jsonl", "--no-download")
    plan = desk.batchgen("plan", "spring.jsonl", "summer.jsonl", "--json").summary
    assert (plan["jobs"], plan["done"], plan["would"]["send"]) == (7, 5, 2)
