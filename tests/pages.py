"""A page of the docs, and somebody who follows it word for word: writes its files, types its commands, reads along."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.warm import Batchgen, ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A file that a page shows: its name, a colon, and a block.
_FILE = re.compile(r"`([\w./-]+)`:\n\n```(?:csv|yaml|text|toml)\n(.*?)```", re.DOTALL)
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
#: What a page may stand for that differs from day to day.
ANYTHING = "…"


@dataclass
class Typed:
    """A command of a page, and the lines that it is said to print."""

    line: str
    prints: list[str] = field(default_factory=list)


@dataclass
class File:
    """A file that a page shows."""

    name: str
    text: str


@dataclass
class Follower:
    """A person in an empty folder, with nothing set."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    given: str = ""  #: What is piped into each command.
    code: int = 0
    said: list[str] = field(default_factory=list)

    def type(self, command: Typed, serving: ExitStack) -> None:
        """Type a command, and find on the screen what the page shows."""
        words = shlex.split(command.line)
        while "=" in words[0]:  # Set for this command alone; a page never sets it to something else later.
            name, _, value = words.pop(0).partition("=")
            self.env[name] = value
        if words[0] == "export":
            self.env |= dict(word.split("=", 1) for word in words[1:])
        elif words[:2] == ["batchgen", "sandbox"]:
            self.said = [serving.enter_context(_serving(words[1:], self.folder, self.env))]
        elif words == ["echo", "$?"]:
            self.said = [str(self.code)]
        else:
            assert words[0] == "batchgen", f"a page types nothing but batchgen: {command.line}"
            self.run(words[1:])
        for expected in filter(None, command.prints):
            pattern = re.escape(expected.rstrip()).replace(ANYTHING, ".*")
            shown = "\n".join(self.said)
            assert any(re.fullmatch(pattern, one.rstrip()) for one in self.said), (
                f"$ {command.line}\ndoes not say: {expected}\nbut (code {self.code}):\n{shown}"
            )

    def run(self, words: list[str]) -> None:
        """Run batchgen, as a process of its own."""
        env = _nothing_set() | self.env
        told = ended(words, cwd=self.folder, env=env, given=self.given, stderr=subprocess.STDOUT)
        self.code, self.said = told.returncode, told.stdout.splitlines()
        assert "Traceback" not in told.stdout, told.stdout


def commands(text: str) -> list[Typed]:
    """Give every command of a page, in order."""
    return [step for step in steps(text) if isinstance(step, Typed)]


def steps(text: str) -> list[Typed | File]:
    """Give what a page has one do, in order: files to write, and commands to type."""
    files = [(found.start(), [File(*found.groups())]) for found in _FILE.finditer(text)]
    blocks = [(found.start(), _typed(found[1])) for found in _BLOCK.finditer(text)]
    return [step for _, group in sorted([*files, *blocks], key=lambda one: one[0]) for step in group]


def _typed(block: str) -> list[Typed]:
    found: list[Typed] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Typed(line[2:]))
        else:
            found[-1].prints.append(line)
    return found


def follow(text: str, folder: Path, follower: Follower | None = None) -> Follower:
    """Do what a page says, from its first word to its last. A command that fails is followed by ``echo $?``."""
    follower = follower or Follower(folder)
    todo = steps(text)
    with ExitStack() as serving:
        for step, after in zip(todo, [*todo[1:], Typed("")], strict=True):
            if isinstance(step, File):
                (folder / step.name).write_text(step.text, encoding="utf-8")
                continue
            follower.type(step, serving)
            asked = "echo $?" in (step.line, getattr(after, "line", ""))
            assert asked or not follower.code, f"$ {step.line}\n" + "\n".join(follower.said)
    return follower


@contextmanager
def _serving(words: list[str], folder: Path, env: dict[str, str]) -> Iterator[str]:
    """Keep a sandbox going as long as the page is read; give what it says first."""
    process = Batchgen(*words, cwd=folder, env=_nothing_set() | env, stdout=subprocess.PIPE)
    try:
        yield process.stdout.readline().rstrip() if process.stdout else ""
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _nothing_set() -> dict[str, str]:
    foreign = ("HEYGEN_", "BATCHGEN_STATE", "BATCHGEN_YES")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
