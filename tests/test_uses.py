"""The three uses are pages of the docs, and each is followed word for word, from an empty folder to its last line."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.pages import Follower, commands, follow
from tests.warm import Batchgen

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


@dataclass
class Listener(Follower):
    """Somebody with two terminals: what arrives at a webhook is read in one, and made in the other."""

    def run(self, words):
        if words[0] != "webhook":
            super().run(words)
            return
        listening = Batchgen(
            *words, cwd=self.folder, env=os.environ | self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        first = listening.stdout.readline()
        super().run(["run", "videos.csv", "--again"])
        listening.send_signal(signal.SIGINT)
        self.said = [first.rstrip(), *listening.communicate(timeout=20)[0].splitlines()]
        self.code = listening.returncode


def test_the_commands_about_webhooks_work_against_a_sandbox(tmp_path, monkeypatch):
    monkeypatch.setenv("BATCHGEN_POLL_INTERVAL", "0.3")
    monkeypatch.setenv("BATCHGEN_WEBHOOK_PATIENCE", "1")
    text = (DOCS / "webhooks.md").read_text(encoding="utf-8")
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        ports = {"8080": str(first.getsockname()[1]), "8900": str(second.getsockname()[1])}
    # A tunnel that leads to this machine without leaving it.
    text = text.replace("https://public.example/hook", "http://127.0.0.1:8080/hook")
    for port, free in ports.items():
        text = text.replace(port, free)
    # What differs from day to day: the time, HeyGen's id and its link.
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z|\b[0-9a-f]{32}\b|https://(?=…)", "…", text)
    *told, sandbox, last = commands(text)
    follower = Listener(tmp_path, env={"HEYGEN_API_BASE": f"http://127.0.0.1:{ports['8900']}", "HEYGEN_API_KEY": "any"})
    rows = "".join(f"{name},Daisy,v1,I am {name}.\n" for name in ("Ada", "Grace", "Edith"))
    (tmp_path / "videos.csv").write_text(f"title,avatar_id,voice_id,script\n{rows}", encoding="utf-8")

    with ExitStack() as serving:
        follower.type(
            replace(sandbox, line=f"{sandbox.line},webhook_late_s=0.5 --render 0.2-0.5 --films tiny"), serving
        )
        for one in (*told, replace(last, line=f"{last.line} --listen 127.0.0.1:{ports['8080']} --again")):
            follower.type(one, serving)
            assert follower.code == 0, f"$ {one.line}\n" + "\n".join(follower.said)

    assert len(told) == 2
    assert list(tmp_path.rglob("*.mp4"))


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_the_links_and_pictures_of_a_page_are_there(page):
    places = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    files = [place.partition("#")[0] for place in places if "://" not in place]

    assert [place for place in files if place and not (DOCS / place).exists()] == []


def test_every_page_is_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in DOCS.glob("*.md") if f"docs/{page.name}" not in readme] == []
