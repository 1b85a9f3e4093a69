"""`batchgen init`: what it writes runs as it is, and it touches nothing that is there."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
from pathlib import Path

import pytest

from batchgen.cli.init import SCHEMA

WRITTEN = {
    "translate": ["library.yaml", "library.csv"],
    "personalize": ["people.yaml", "people.csv"],
    "avatar": ["scripts.yaml", "scripts.csv"],
    "agent": ["prompts.yaml", "prompts.csv"],
}


def sheet_of(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("use", WRITTEN)
def test_what_it_writes_is_sound_as_it_is(batchgen, tmp_path, use):
    ended = batchgen("init", use, "new/campaign")

    manifest, sheet = WRITTEN[use]
    home = tmp_path / "new/campaign"
    assert ended.code == 0
    assert sorted(path.name for path in home.iterdir()) == sorted([manifest, sheet, SCHEMA])
    assert f"batchgen run new/campaign/{manifest} --sandbox" in ended.out
    assert batchgen("check", f"new/campaign/{manifest}").code == 0
    assert json.loads(batchgen("plan", f"new/campaign/{manifest}", "--json").out)["would"]["send"] >= 3


@pytest.mark.parametrize("use", WRITTEN)
def test_editors_find_the_schema_beside_it(batchgen, tmp_path, use):
    batchgen("init", use)

    first = (tmp_path / WRITTEN[use][0]).read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA}"
    assert json.loads((tmp_path / SCHEMA).read_text()) == json.loads(batchgen("schema").out)


@pytest.mark.parametrize("there", WRITTEN["translate"])
def test_nothing_that_is_there_is_touched(batchgen, tmp_path, there):
    (tmp_path / there).write_text("mine")

    ended = batchgen("init", "translate")

    assert ended.code == 2
    assert there in ended.err
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_second_beginning_in_one_folder_leaves_the_schema_as_it_is(batchgen, tmp_path):
    batchgen("init", "translate")
    (tmp_path / SCHEMA).write_text("mine")

    assert batchgen("init", "avatar").code == 0
    assert (tmp_path / SCHEMA).read_text() == "mine"


def test_a_sheet_is_made_from_the_links_of_a_file(batchgen, tmp_path):
    links = (
        "# the spring library", "https://example.com/a%20b/How_to-start.mp4?token=1", "", "  https://example.com/watch?v=1",
        "https://example.com/watch?v=2", "https://example.com/watch?v=2", "https://example.com/2024-01-02_intro.mov",
    )  # fmt: skip
    (tmp_path / "links.txt").write_bytes("\r\n".join(links).encode("utf-8-sig"))

    ended = batchgen(
        "init", "translate", "out", "--from", "links.txt", "--languages", "spanish (spain); French (France)"
    )

    assert ended.code == 0
    assert [tuple(row.values()) for row in sheet_of(tmp_path / "out/library.csv")] == [
        (title, "Spanish (Spain);French (France)", url)
        for title, url in (
            ("How to start", "https://example.com/a%20b/How_to-start.mp4?token=1"),
            ("watch", "https://example.com/watch?v=1"),
            ("watch (2)", "https://example.com/watch?v=2"),
            ("2024-01-02 intro", "https://example.com/2024-01-02_intro.mov"),
        )
    ]
    assert batchgen("check", "out/library.yaml").err == "Nothing is wrong. Rows: 4, videos: 8.\n"


def test_a_sheet_is_made_from_the_videos_of_a_folder(batchgen, tmp_path):
    for name in ("b.mp4", "week 1/A_first-one.MOV", "week 1/b.webm", "=cmd.mp4", "notes.txt", ".trash/c.mp4"):
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")

    ended = batchgen("init", "translate", "films", "--from", "films", "--languages", "German", "--languages", "French")

    assert ended.code == 0
    assert [(row["title"], row["file"]) for row in sheet_of(tmp_path / "films/library.csv")] == [
        ("cmd", "./=cmd.mp4"),
        ("b", "b.mp4"),
        ("A first one", "week 1/A_first-one.MOV"),
        ("b (2)", "week 1/b.webm"),
    ]
    assert {row["output_languages"] for row in sheet_of(tmp_path / "films/library.csv")} == {"German;French"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--languages", "Spannish;de"], ['Did you mean "Spanish"?', 'Write "German".']),
        (["--from", "links.txt"], ["--languages"]),
        (["--from", "empty.txt", "--languages", "German"], ["no link in it"]),
        (["--from", "lnks.txt", "--languages", "German"], ['Did you mean "links.txt"?']),
        (["--from", "links.txt", "--languages", "German"], ["links.txt, row 2", "links.txt, row 4", "2 faults"]),
        (["--from", "sheet.csv", "--languages", "German"], ["batchgen check sheet.csv"]),
        (["--from", "nothing", "--languages", "German"], ["no video in this folder"]),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(batchgen, tmp_path, words, said):
    (tmp_path / "links.txt").write_text("https://example.com/a.mp4\nftp://x\n\nwww.example.com/b.mp4\n")
    (tmp_path / "empty.txt").write_text("# none yet\n")
    (tmp_path / "sheet.csv").write_text("url\n")
    (tmp_path / "nothing").mkdir()

    ended = batchgen("init", "translate", "out", *words)

    assert ended.code == 2
    assert [one for one in said if one not in ended.err] == []
    assert not (tmp_path / "out").exists()


def test_a_beginning_that_could_not_be_written_is_in_nobodys_way(batchgen, tmp_path):
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, old[1]))
    try:
        ended = batchgen("init", "translate", "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)

    assert ended.code == 3, ended.err
    assert "nothing can be written there" in ended.err
    assert list((tmp_path / "out").iterdir()) == []
    assert batchgen("init", "translate", "out").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_not_said_to_be_empty(batchgen, tmp_path):
    (tmp_path / "films").mkdir(0)

    ended = batchgen("init", "translate", "out", "--from", "films", "--languages", "German")

    assert ended.code == 2
    assert "films: this folder cannot be read (Permission denied)" in ended.err


def test_names_that_no_sheet_can_hold_are_told_and_nothing_is_written(batchgen, tmp_path):
    (films := tmp_path / "films").mkdir()
    for name in (b"ok.mp4", b"caf\xe9.mp4", b"two\nlines.mp4"):
        Path(os.fsdecode(os.fsencode(films) + b"/" + name)).write_bytes(b"x")

    ended = batchgen("init", "translate", "out", "--from", "films", "--languages", "German")

    assert ended.code == 2
    assert "films/caf\ufffd.mp4: a sheet cannot hold this file's name" in ended.err
    assert "films/two lines.mp4: a sheet" in ended.err
    assert "ok.mp4" not in ended.err
    assert not (tmp_path / "out").exists()


def test_languages_alone_go_into_the_rows_that_show_how(batchgen, tmp_path):
    batchgen("init", "translate", "--languages", "Japanese")

    assert {row["output_languages"] for row in sheet_of(tmp_path / "library.csv")} == {"Japanese"}
