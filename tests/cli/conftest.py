"""The command line in this process, which is quick; and a HeyGen on this machine, for what asks one."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from batchgen.cli.main import answer
from batchgen.sandbox import Options, serve

if TYPE_CHECKING:
    from pathlib import Path

#: Of those that talk to a HeyGen on this machine.
KEY = "sk_V2_hgu_kQm7secretZ9x2"


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def batchgen(tmp_path, monkeypatch, capsys):
    """Give a way to call the command line in a folder of its own, with no setting of the machine's."""
    for name in ("HEYGEN_API_KEY", "HEYGEN_API_BASE", "BATCHGEN_STATE", "BATCHGEN_DEBUG", "BATCHGEN_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)

    def call(*words: str) -> Ended:
        code = answer(list(words))
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        assert "a fault of its own" not in told.err, told.err
        return Ended(code, told.out, told.err)

    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def sheet(tmp_path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,One.\nB,Daisy,v1,Two.\n")
    return path


class Watch:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture(scope="module")
def sandbox():
    with serve(options=Options(render=(0.05, 0.1), films="tiny", credits=1e6)) as serving:
        yield serving


@pytest.fixture
def heygen(sandbox, monkeypatch, batchgen):
    """Let commands talk to a HeyGen on this machine that has no jobs yet."""
    sandbox.world._forget()
    monkeypatch.setenv("HEYGEN_API_BASE", sandbox.url)
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)
    return sandbox.world


def planned(batchgen, *words):
    ended = batchgen("plan", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def run(batchgen, *words):
    return batchgen("run", *words, "--poll-interval", "0.05", "--no-download", "--json")


def people(*scripts: str) -> str:
    return "title,avatar_id,voice_id,script\n" + "".join(f"T{n},Daisy,v1,{text}\n" for n, text in enumerate(scripts))


def by_row(told):
    return {line["row"]: line["is"] for line in told["lines"]}
