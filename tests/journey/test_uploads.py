"""Files of this machine: the real command uploads them, once, and translates what is in them."""

from __future__ import annotations

import asyncio
import json
import wave
from collections import Counter
from hashlib import sha256
from itertools import count

import pytest

from batchgen.pipeline.logbook import Logbook
from batchgen.sandbox import assets
from batchgen.sandbox.encode import make
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.wire import Answer
from batchgen.store.interface import KeepAsset, Move
from tests.journey.conftest import QUICK, check_books


@pytest.fixture(scope="module")
def films():
    """Two real films, of four and of three seconds."""
    return [make(FilmSpec(headline=f"Film {n}", width=128, height=128, seconds=n)) for n in (4.0, 3.0)]


@pytest.fixture
def library(desk, films):
    """A sheet of five translations of two films, one of them under two names."""
    for name, film in (("tour.mp4", films[0]), ("intro film.mp4", films[1]), ("copy of tour.mp4", films[0])):
        path = desk.folder / "clips" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(film)
    rows = [
        ("Tour", "clips/tour.mp4", "German;French (France)"),
        ("Intro", "./clips/intro film.mp4", "German;Japanese (Japan)"),
        ("Copy", "clips/copy of tour.mp4", "Italian (Italy)"),
    ]
    lines = ["title,file,output_languages", *(",".join(row) for row in rows)]
    return desk.write("library.csv", "\n".join(lines) + "\n").name


def digests(ledger):
    return Counter(asset["sha256"] for asset in ledger["assets"])


def test_films_are_uploaded_once_and_translated_with_replies_that_get_lost(desk, heygen, library, films):
    world = heygen(lost=0.2, error_after=0.2, put_lost=0.3, put_cut=0.2, put_corrupt=0.1, asset_lag=0.2).world

    ended = desk.run(library)

    assert ended.code == 0, ended.err
    ledger = world.ledger()
    assert digests(ledger) == {sha256(film).hexdigest(): 1 for film in films}
    assert {asset["state"] for asset in ledger["assets"]} == {"completed"}
    assert ended.summary["requests"]["upload"] == ledger["requests"]["upload"]
    assert "2 files uploaded" in ended.err
    results = desk.results("library_results.csv")
    assert [row["file"] for row in results] == ["clips/tour.mp4"] * 2 + ["./clips/intro film.mp4"] * 2 + [
        "clips/copy of tour.mp4"
    ]
    for row in results:
        row["file"] = row.pop("batchgen_file")
    check_books(desk, ledger, results)
    # What was made is as long as what was uploaded.
    assert [float(row["duration_s"]) for row in results] == [4, 4, 3, 3, 4]


def test_films_are_uploaded_once_and_translated_in_the_older_generation_too(desk, heygen, library, films):
    world = heygen().world

    ended = desk.run(library, "--api", "v2")

    assert ended.code == 0, ended.err
    ledger = world.ledger()
    assert digests(ledger) == {sha256(film).hexdigest(): 1 for film in films}
    assert {asset["route"] for asset in ledger["assets"]} == {"POST /v1/asset"}
    assert Counter(job["text"].rpartition("/")[2] for job in ledger["jobs"]).keys() == {
        asset["id"] for asset in ledger["assets"]
    }


def test_recordings_are_uploaded_once_where_replies_get_lost_and_there_are_no_keys(desk, heygen):
    world = heygen(lost=0.4, error_after=0.2).world
    for name in ("one.wav", "two.wav"):
        with wave.open(str(desk.folder / name), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(name.encode() * 4000)
    rows = [
        {"title": f"T{n}", "id": str(n), "avatar_id": "Daisy", "audio_url": f"asset:./{('one', 'two')[n % 2]}.wav"}
        for n in range(4)
    ]
    desk.write("people.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    ended = desk.run("people.jsonl", "--api", "v2")

    assert ended.code == 0, ended.err
    ledger = world.ledger()
    assert sorted(digests(ledger).values()) == [1, 1]
    check_books(desk, ledger, desk.results("people_results.csv"))


def test_a_killed_upload_is_gone_on_with_and_a_moved_file_is_the_same_film(desk, heygen, library, films):
    serving = heygen(options={"reply_delay": 0.3})
    process = desk.start("run", library, *QUICK)
    desk.until(lambda: serving.world.ledger()["assets"], process)
    process.kill()
    process.communicate()
    desk.running.remove(process)

    ended = desk.run(library)
    (desk.folder / "clips").rename(desk.folder / "films")
    desk.write(library, (desk.folder / library).read_text().replace("clips/", "films/"))
    again = desk.run(library)

    assert ended.code == again.code == 0, ended.err + again.err
    ledger = serving.world.ledger()
    assert digests(ledger) == {sha256(film).hexdigest(): 1 for film in films}
    assert (ledger["accepted"], again.summary["skipped"], again.summary["requests"]["upload"]) == (5, 5, 0)


def test_only_files_of_the_jobs_of_a_run_are_uploaded(desk, heygen, library):
    world = heygen().world

    desk.run(library, "--limit", "1")

    assert [asset["name"] for asset in world.ledger()["assets"]] == ["tour.mp4"]


def test_what_cannot_be_uploaded_is_a_fault_of_the_sheet_and_nothing_is_sent(desk, heygen, library):
    serving = heygen()
    desk.write("notes.txt", "no film\n")
    lines = ["title,file,output_language", "A,gone.mp4,German", "B,clips,German", "C,notes.txt,German"]
    desk.write("bad.csv", "\n".join(lines) + "\n")

    ended = desk.batchgen("run", "bad.csv")

    assert ended.code == 2
    told = [line.partition(": ")[0] for line in ended.err.splitlines() if line.startswith("bad.csv")]
    assert told == [f'bad.csv, row {row}, column "file"' for row in (2, 3, 4)]
    assert serving.world.requests == 0


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk so slow that some uploads end while it is written down what became of another."""
    waits, write = count(), Logbook.write

    async def late(logbook, changes, **how):
        last = any(isinstance(change, KeepAsset) and change.asset.round for change in changes)
        await asyncio.sleep(0.1 * next(waits) if last else 0.5 if isinstance(changes[0], Move) else 0.0)
        await write(logbook, changes, **how)

    monkeypatch.setattr(Logbook, "write", late)


@pytest.mark.usefixtures("slow_disk")
def test_a_run_whose_files_are_all_refused_at_one_time_comes_to_its_end(desk, heygen, films, monkeypatch):
    world = heygen().world
    monkeypatch.setattr(assets, "put", lambda _: Answer(413, b"<Message>Too large for this place.</Message>"))
    lines = ["title,file,output_languages"]
    for n in range(4):
        (desk.folder / f"{n}.mp4").write_bytes(films[1] + bytes([0, 0, 0, 9]) + b"free" + bytes([n]))
        lines.append(f"T{n},{n}.mp4,German")
    desk.write("library.csv", "\n".join(lines) + "\n")

    ended = desk.run("library.csv", "--timeout", "20")

    assert (ended.code, ended.summary["failed"]) == (1, 4), ended.err
    assert {row["error"] for row in desk.results("library_results.csv")} == {"Too large for this place."}
    assert world.ledger()["jobs"] == []
