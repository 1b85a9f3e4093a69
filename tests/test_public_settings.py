"""What is set in a folder, for a program that works there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import batchgen
from batchgen.sandbox import Options, serve

HEAD = "title,avatar_id,voice_id,script"


@pytest.fixture
def heygen(tmp_path, monkeypatch):
    """A HeyGen to ask, and a sheet in the working folder."""
    for name in ("BATCHGEN_STATE", "HEYGEN_API_KEY", "BATCHGEN_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with serve(options=Options(render=(0.1, 0.3), films="tiny")) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        yield serving
    os.chdir(tmp_path)
    Path(".env").unlink(missing_ok=True)
    batchgen.settings.load_dotenv()


def folder(name: str, dotenv: str) -> None:
    """Make a folder and work in it."""
    Path(name).mkdir()
    os.chdir(name)
    Path("people.csv").write_text(f"{HEAD}\nHello,Daisy,v1,Good morning {name}.\n")
    Path(".env").write_text(dotenv)


def run():
    return batchgen.run("people.csv", poll_interval=0.2, download=False)


@pytest.mark.parametrize("ask", [run, lambda: batchgen.retry("people.csv")])
def test_the_first_call_already_goes_by_the_state_that_is_set_in_the_folder(heygen, ask):
    folder("acme", "HEYGEN_API_KEY=any\nBATCHGEN_STATE=kept/acme.db\n")

    assert ask().state == "kept/acme.db"
    assert not Path("state").exists()


def test_results_are_looked_for_in_the_state_that_is_set_in_the_folder(heygen):
    folder("acme", "HEYGEN_API_KEY=any\n")
    batchgen.run("people.csv", poll_interval=0.2, download=False, state="kept/acme.db")
    Path(".env").write_text("BATCHGEN_STATE=kept/acme.db\n")

    assert batchgen.results("people.csv")["status"].tolist() == ["done"]


def test_a_program_that_goes_to_another_folder_pays_with_the_key_of_that_one(heygen, tmp_path, monkeypatch):
    keys, answer = [], heygen.world.handle
    monkeypatch.setattr(
        heygen.world, "handle", lambda call, *more: keys.append(call.headers.get("x-api-key")) or answer(call, *more)
    )

    for name in ("acme", "hopper"):
        os.chdir(tmp_path)
        folder(name, f"HEYGEN_API_KEY=key-of-{name}\n")
        assert run().ok
        assert set(keys) == {f"key-of-{name}"}
        keys.clear()


def test_what_the_program_set_itself_counts_before_any_file(heygen, tmp_path, monkeypatch):
    folder("acme", "HEYGEN_API_KEY=any\nBATCHGEN_STATE=kept/acme.db\n")
    run()
    monkeypatch.setenv("BATCHGEN_STATE", "its/own.db")

    assert run().state == "its/own.db"
