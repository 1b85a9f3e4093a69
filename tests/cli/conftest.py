"""The command line in this process: quick, for everything that needs no server."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from batchgen.cli.main import answer

if TYPE_CHECKING:
    from pathlib import Path


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
