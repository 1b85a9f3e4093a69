"""The three uses are pages of the docs, and each is followed word for word, from an empty folder to its last line."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.pages import Follower, commands, follow

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
USES = ("translate.md", "personal.md", "rerun.md", "sessions.md")


@pytest.mark.parametrize("name", USES)
def test_a_page_can_be_followed_word_for_word(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHGEN_POLL_INTERVAL", "0.5")  # So that it takes seconds.
    text = (DOCS / name).read_text(encoding="utf-8")

    follower = follow(text, tmp_path)

    assert len(commands(text)) > 5
    assert list(follower.folder.rglob("*.mp4"))


#: A browser that says yes to everything and shows nothing.
BROWSER = f"{sys.executable} -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' %s"


@dataclass
class Holder(Follower):
    """Somebody whose key comes from a password manager, through a pipe."""

    given: str = "sk-of-somebody\n"


def test_the_commands_about_logging_in_and_the_network_work_against_a_sandbox(tmp_path, monkeypatch):
    typed = [one for page in ("login.md", "doctor.md") for one in commands((DOCS / page).read_text(encoding="utf-8"))]
    # What plays HeyGen's part comes last on the page, and has to be there first.
    first = [one for one in typed if one.line.startswith(("batchgen sandbox", "export"))]
    monkeypatch.setenv("BATCHGEN_POLL_INTERVAL", "0.3")
    folders = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    holder = Holder(tmp_path, env={"BROWSER": BROWSER, **folders})
    (tmp_path / "videos.csv").write_text(
        "title,output_language,url\nA,German (Germany),https://x.example/a.mp4\n", encoding="utf-8"
    )

    with ExitStack() as serving:
        for one in [*first, *(one for one in typed if one not in first)]:
            if one.line == "batchgen doctor":
                holder.env["HEYGEN_API_KEY"] = "sk-of-somebody"  # The page before ended with a logout.
            # Where it is somebody else's account, other words are on the screen than the page shows.
            holder.type(replace(one, prints=[]), serving)
            assert holder.code == 0, f"$ {one.line}\n" + "\n".join(holder.said)

    assert len(typed) > 10
    assert list(tmp_path.rglob("*.mp4"))


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_links_and_pictures_of_a_page_are_there(page):
    places = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    files = [place.partition("#")[0] for place in places if "://" not in place]

    assert [place for place in files if place and not (DOCS / place).exists()] == []


def test_every_page_is_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in readme] == []
