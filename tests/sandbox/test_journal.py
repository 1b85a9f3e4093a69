"""A sandbox that is killed and started again still knows its jobs."""

import json

import pytest

from batchgen.sandbox import Journal


def test_a_new_sandbox_knows_jobs_keys_batches_and_deletes(house, avatar, translation, tmp_path):
    with Journal(tmp_path / "journal") as journal:
        old = house(journal=journal)
        first = old.call("POST", "/v3/videos", avatar, idempotency_key="k1")
        gone = old.post("/v3/videos", avatar)["data"]["video_id"]
        batch = old.post("/v3/video-translations/batches", {"video_translations": [translation]})["data"]
        old.call("DELETE", f"/v3/videos/{gone}")

    with Journal(tmp_path / "journal") as journal:
        new = house(journal=journal)
        again = new.call("POST", "/v3/videos", avatar, idempotency_key="k1")
        new.clock.time += 11

        assert again.body == first.body
        assert len(new.ledger()["jobs"]) == 3
        assert new.ledger()["billed"] == old.ledger()["billed"]
        assert new.call("GET", f"/v3/videos/{gone}").status == 404
        items = new.get(f"/v3/video-translations/batches/{batch['batch_id']}")["data"]["items"]
        assert items[0]["status"] == "completed"
        assert new.post("/v3/videos", avatar)["data"]["video_id"] not in {job["id"] for job in old.ledger()["jobs"]}


def test_a_torn_last_line_is_cut_off(house, avatar, tmp_path):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        house(journal=journal).post("/v3/videos", avatar)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])

    with Journal(path) as journal:
        home = house(journal=journal)
        assert len(home.ledger()["jobs"]) == 1
        home.post("/v3/videos", avatar)

    assert [json.loads(line)["what"] for line in path.read_text().splitlines()] == ["accept", "accept"]


@pytest.mark.parametrize(
    "content", [b"title,url\nOne,https://example.com/1.mp4\nTwo,https://example.com/2.mp4", b'{"title": "One"}', b"x"]
)
def test_a_file_that_is_no_journal_is_refused_and_stays_as_it_is(content, tmp_path):
    path = tmp_path / "videos.csv"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"videos\.csv: this is no journal"):
        Journal(path)

    assert path.read_bytes() == content


def test_a_journal_that_was_torn_in_its_first_letters_is_one(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(b'{"wh')

    with Journal(path) as journal:
        assert list(journal.records()) == []


def test_a_journal_where_no_file_can_be_is_told_by_its_name(tmp_path):
    with pytest.raises(ValueError, match="the journal cannot be kept there"):
        Journal(tmp_path)


def test_the_api_key_is_written_nowhere(house, avatar, tmp_path):
    path = tmp_path / "journal"
    with Journal(path) as journal:
        home = house(journal=journal)
        home.call("POST", "/v3/videos", avatar, x_api_key="sk-very-secret", idempotency_key="k1")

    assert "sk-very-secret" not in path.read_text() + json.dumps(home.ledger())


def test_a_reset_is_remembered(house, avatar, tmp_path):
    with Journal(tmp_path / "journal") as journal:
        home = house(journal=journal)
        home.post("/v3/videos", avatar)
        home.post("/_sandbox/reset", {})

    with Journal(tmp_path / "journal") as journal:
        assert house(journal=journal).ledger()["jobs"] == []
