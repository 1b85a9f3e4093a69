"""The real command against a real sandbox over HTTP, in a folder of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest

from batchgen.sandbox import Faults, Options, serve
from tests.warm import Batchgen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.sandbox import Serving

#: Looked for in everything that a run leaves behind.
KEY = "sk_V2_hgu_kQm7secretZ9x2"
REPOSITORY = Path(__file__).parents[2]

#: Whatever runs on this machine is a sandbox, where nothing is bought; these commands take it for HeyGen itself.
ELSEWHERE = """
import batchgen.settings
batchgen.settings.is_loopback = lambda host: False
"""

#: So that a test takes seconds.
QUICK = ("--poll-interval", "0.2")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Desk:
    """A person's folder, and the commands they type in it."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[str]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def start(
        self, *words: str, start_new_session: bool = False, cold: bool = False, **env: str
    ) -> subprocess.Popen[str]:
        process = Batchgen(
            *words,
            cold=cold,
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=start_new_session,
        )
        self.running.append(process)
        return process

    def end(self, process: subprocess.Popen[str], seconds: float = 60) -> Ended:
        out, err = process.communicate(timeout=seconds)
        self.running.remove(process)
        self.spoken += [out, err]
        assert "Traceback" not in err + out, err + out
        assert "a fault of its own" not in err, err
        return Ended(process.returncode, out, err)

    def batchgen(self, *words: str, **env: str) -> Ended:
        return self.end(self.start(*words, **env))

    def run(self, *words: str, **env: str) -> Ended:
        """Run with short waits, and the summary as JSON."""
        return self.batchgen("run", *words, *QUICK, "--json", **env)

    def run_retry(self, *words: str, **env: str) -> Ended:
        return self.batchgen("retry", *words, *QUICK, "--json", **env)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def translations(self, count: int, name: str = "library.jsonl") -> Path:
        header = ("title", "output_language", "url")
        return self._sheet(name, header, [(f"Film {n}", "German", f"https://x.example/{n}.mp4") for n in range(count)])

    def videos(self, count: int, name: str = "people.jsonl") -> Path:
        header = ("title", "avatar_id", "voice_id", "script")
        return self._sheet(name, header, [(f"Hello {n}", "Daisy", "v1", f"Good morning {n}.") for n in range(count)])

    def _sheet(self, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
        """Write JSON lines, which are read in a third of the time of CSV, unless the name asks for CSV."""
        if name.endswith(".csv"):
            return self.write(name, "\n".join(map(",".join, [header, *rows])) + "\n")
        return self.write(name, "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows))

    def results(self, name: str) -> list[dict[str, str]]:
        # Bytes, so that the line ends inside of cells are seen as they are.
        text = (self.folder / name).read_bytes().decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def until(self, met, process: subprocess.Popen[str] | None = None, seconds: float = 20) -> None:
        """Wait until something is so."""
        ends = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < ends, "it never came to be so"
            assert process is None or process.poll() is None, process.communicate()
            time.sleep(0.01)

    def states(self) -> Counter[int]:
        """Count jobs by the number of their state, straight from the file."""
        path = self.folder / "state" / "batchgen.db"
        if not path.is_file():
            return Counter()
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
                return Counter(dict(db.execute("select status, count(*) from jobs group by status").fetchall()))
        except sqlite3.OperationalError:  # The tables are being made.
            return Counter()

    def everything_left(self) -> bytes:
        """Give all that the commands said and wrote."""
        files = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        return b"".join(files) + "".join(self.spoken).encode()


@pytest.fixture
def desk(tmp_path, tmp_path_factory):
    env = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("HEYGEN_", "BATCHGEN_", "HTTP", "http", "ALL_", "all_"))
    }
    # Neither the settings nor the keyring of whoever runs the tests.
    alone = {
        "XDG_CONFIG_HOME": str(tmp_path_factory.mktemp("config")),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    found = Desk(tmp_path, {**env, **alone, "PYTHONPATH": str(REPOSITORY)})
    yield found
    for process in found.running:
        process.kill()
        process.communicate()
    assert KEY.encode() not in found.everything_left(), "the key was told"


@pytest.fixture
def heygen(desk):
    """Serve a sandbox that the desk's commands talk to: `heygen(lost=0.2)` sets faults, `heygen(options={…})` the rest."""
    served = []

    def make(*, options: dict[str, Any] | None = None, journal: Path | None = None, port: int = 0, **faults: Any):
        given = {"render": (0.2, 0.4), "concurrency": 500, "credits": 1e6, "films": "tiny", **(options or {})}
        serving = serve(options=Options(faults=Faults(**faults), **given), port=port, journal=journal).__enter__()
        served.append(serving)
        desk.env |= {"HEYGEN_API_BASE": serving.url, "HEYGEN_API_KEY": KEY}
        return serving

    yield make
    for serving in served:
        serving.__exit__(None, None, None)


@pytest.fixture
def paid(desk, tmp_path_factory):
    """Have the commands of a desk take its sandbox for the real thing."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "sitecustomize.py").write_text(ELSEWHERE)
    desk.env["PYTHONPATH"] = os.pathsep.join([str(folder), desk.env["PYTHONPATH"]])
    desk.start = partial(desk.start, cold=True)


def check_books(desk: Desk, ledger: dict[str, Any], results: list[dict[str, str]]) -> None:
    """Compare the server's books with ours: nothing twice, nothing lost, every film whole."""
    ids = [row.get("translation_id") or row["video_id"] for row in results]
    accepted = [job["id"] for job in ledger["jobs"]]
    assert sorted(ids) == sorted(accepted)
    assert len(set(ids)) == len(results)
    assert {row["status"] for row in results} == {"done"}
    for row in results:
        decode(desk.folder / row["file"])


def decode(path: Path) -> int:
    """Decode a film to its end and give its number of pictures."""
    with av.open(str(path)) as film:
        pictures = sum(1 for _ in film.decode(video=0))
    assert pictures > 0
    return pictures


def counts(serving: Serving) -> dict[str, int]:
    """Give the requests that a sandbox was asked, by their purpose."""
    return serving.world.ledger()["requests"]
