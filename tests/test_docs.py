"""What the pages of docs/ tell is so: their Python is run, and their commands are."""

from __future__ import annotations

import doctest
import os
import re
import shlex
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest

from batchgen.assembly import signing
from batchgen.assembly.sandboxed import KEY, own_sandbox
from batchgen.cli.main import answer
from batchgen.kinds import KINDS
from batchgen.model.credentials import ApiKey
from batchgen.model.status import Event
from batchgen.pipeline.happened import Happening
from batchgen.sandbox import Options, serve
from batchgen.settings import Account
from tests.pages import Follower, commands, follow

DOCS = Path(__file__).parents[1] / "docs"
SHEET = re.search(r"```csv\n(.*?)```", (DOCS / "python.md").read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("HEYGEN_", "BATCHGEN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    # So that a page takes seconds.
    monkeypatch.setattr(signing, "own_sandbox", partial(own_sandbox, arguments=("--render", "0.1-0.3")))
    (tmp_path / "videos.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path


def test_the_page_about_python_does_what_it_shows(folder):
    page = (DOCS / "python.md").read_text(encoding="utf-8")
    shown = "\n".join(re.findall(r"```pycon\n(.*?)```", page, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {}, "docs/python.md", "docs/python.md", 0)
    told = []

    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)

    assert found.attempted > 15
    assert "".join(told) == ""


def test_the_commands_about_results_work_in_their_order(folder, capsys):
    page = (DOCS / "results.md").read_text(encoding="utf-8")
    (folder / "videos.csv").write_text(SHEET.replace("Klingon", "Japanese"), encoding="utf-8")
    (folder / "batchgen.toml").write_text("poll-interval = 0.5\n")
    commands = re.findall(r"^\$ batchgen (.*)", page, re.MULTILINE)

    for line in commands:
        code = answer(shlex.split(line))
        assert code == 0, f"{line}\n{capsys.readouterr()}"

    assert len(commands) > 5
    written = {
        "films.xlsx",
        "videos_results.csv",
        "videos_results.html",
        "videos_results.jsonl",
        "spanish.html",
        "again.csv",
        "german.csv",
    }
    assert written <= {path.name for path in folder.iterdir()}


@dataclass
class Quick(Follower):
    """Somebody who types into this process, where starting takes no time."""

    capsys: Any = None

    def run(self, words):
        self.code = answer(words)
        told = self.capsys.readouterr()
        self.said = (told.out + told.err).splitlines()


@pytest.mark.parametrize("name", ["avatars.md", "catalogue.md", "heygen.md", "kinds.md"])
def test_a_page_is_followed_word_for_word(folder, capsys, monkeypatch, name):
    text = (DOCS / name).read_text(encoding="utf-8")
    with serve(options=Options(films="tiny", render=(0.1, 0.2))) as serving:
        rehearsal = Account(base_url=serving.url, credentials=ApiKey(KEY), source="the sandbox")
        # One sandbox for all of its commands, where each would have its own.
        monkeypatch.setattr(signing, "own_sandbox", lambda _: nullcontext(rehearsal))
        monkeypatch.setenv("BATCHGEN_POLL_INTERVAL", "0.2")

        follow(text, folder, Quick(folder, capsys=capsys))

    assert len(commands(text)) > 2


@pytest.mark.parametrize("kind", ["agent", "lipsync", "image", "cinematic"])
def test_the_page_about_kinds_tells_every_field(kind):
    page = (DOCS / "kinds.md").read_text(encoding="utf-8")
    common = frozenset.intersection(*(one.words.fields for one in KINDS.values()))
    fields = KINDS[kind].words.fields - common

    assert [name for name in sorted(fields - {"engine_settings"}) if f"`{name}`" not in page] == []


def test_links_of_the_pages_lead_somewhere():
    for page in DOCS.glob("*.md"):
        places = [
            place for place in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")) if "://" not in place
        ]
        assert [place for place in places if not (DOCS / place.partition("#")[0]).exists()] == []


def test_the_page_about_the_log_tells_every_event_that_can_stand_in_it():
    named = set(re.findall(r"`([a-z_]+)`", (DOCS / "watching.md").read_text()))
    facts = {fact.__name__ for fact in get_args(Happening)} - {"Moved", "Asked", "Uploading"}  # Told by other names.
    words = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in facts}

    assert words | {event.value for event in Event} - {Event.CANCEL, Event.RETRY} <= named
