"""The three uses are pages of the docs, and each is followed word for word, from an empty folder to its last line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import commands, follow

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


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_links_and_pictures_of_a_page_are_there(page):
    places = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    files = [place.partition("#")[0] for place in places if "://" not in place]

    assert [place for place in files if place and not (DOCS / place).exists()] == []


def test_every_page_is_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in readme] == []
