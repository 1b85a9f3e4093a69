"""Streams in the encodings that systems give them: a letter they do not have ends no command."""

import json
import subprocess
import sys

import pytest

TITLE = "Zoë 日本 😀"
ROW = {"title": TITLE, "avatar_id": "Daisy", "voice_id": "v1", "script": "こんにちは"}


def told(desk, encoding, *words):
    """Give what a command writes to a pipe of this encoding, and its exit code."""
    ended = subprocess.run(
        [sys.executable, "-m", "batchgen", *words],
        cwd=desk.folder,
        env={**desk.env, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert b"UnicodeEncodeError" not in ended.stderr
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "ascii:surrogateescape", "utf-8"])
def test_a_letter_that_the_output_does_not_have_is_written_as_its_number(desk, heygen, encoding):
    heygen()
    desk.write("日本.jsonl", json.dumps(ROW) + "\n")
    desk.write("wrong.jsonl", json.dumps({**ROW, "speed": "速い"}) + "\n")

    assert desk.run("日本.jsonl").code == 0
    assert told(desk, encoding, "status")[0] == 0
    assert told(desk, encoding, "report")[0] == 0
    assert told(desk, encoding, "check", "wrong.jsonl")[0] == 2
    assert told(desk, encoding, "list", "languages")[0] == 0


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_what_is_told_with_json_is_the_same_in_every_encoding(desk, heygen, encoding):
    heygen()
    desk.write("日本.jsonl", json.dumps(ROW) + "\n")
    desk.run("日本.jsonl")

    _, out = told(desk, encoding, "explain", "1", "--json")

    assert json.loads(out.decode(encoding))[0]["title"] == TITLE
    assert json.loads(out.decode(encoding))[0]["manifest"] == "日本.jsonl"
