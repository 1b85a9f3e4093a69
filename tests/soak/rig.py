"""A person's folder, a HeyGen beside it, and the commands that are typed, killed and typed again."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.warm import Batchgen

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parents[2]

#: Replies are lost, cut and late; servers fail before and after they have accepted. No render fails by itself, so that
#: at the end every row has to be done.
FAULTS = (
    "mild,throttle=0.01,failed=0,lost=0.04,lost_before=0.02,500_after=0.02,html_after=0.01,html_before=0.01,"
    "hang=0.01,hang_s=1.5,slow_s=0.5"
)

KINDS = ("translation", "video", "template")
#: Those that v3 alone makes.
MORE = ("agent", "lipsync", "image", "cinematic")


@dataclass(frozen=True)
class Mode:
    """A generation of the API, and what its server makes of keys and lists."""

    name: str
    words: tuple[str, ...]  #: For the command.
    faults: str  #: On top of those above.
    kinds: tuple[str, ...] = KINDS + MORE


MODES = {
    "v3-keys": Mode("v3, keys honoured", ("--settle", "1"), "list_lag=0.5"),
    # What is sent again is harmless here only because it was looked for longer than lists lag.
    "v3-ignored": Mode("v3, keys ignored, lists lag", ("--settle", "4"), "keys=ignored,list_lag=1.5"),
    "v2": Mode("v2", ("--api", "v2", "--settle", "4"), "list_lag=1.5,envelope=0.05", KINDS),
}


@dataclass
class HeyGen:
    """A sandbox as a process of its own, which remembers across its own deaths."""

    journal: Path
    faults: str
    port: int = 0
    film_bytes: int = 0
    url: str = ""
    _process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        # Replies that take a moment: more of the kills fall between a request and its reply.
        settings = {
            "port": self.port,
            "journal": self.journal,
            "faults": self.faults,
            "films": "tiny",
            "render": "0.2-0.6",
            "concurrency": 500,
            "credits": 1e6,
            "reply-delay": 0.1,
            "film-bytes": self.film_bytes,
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "batchgen.sandbox", "--exit-with-parent", *words],
            env=surroundings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = json.loads(self._process.stdout.readline())["url"]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def ledger(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_sandbox/ledger", timeout=60) as reply:
            return json.load(reply)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@dataclass
class Desk:
    """A folder with sheets, and one command at a time."""

    folder: Path
    heygen: HeyGen
    mode: Mode
    concurrency: int = 8
    sheets: list[str] = field(default_factory=list)
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.folder / "state" / "batchgen.db"

    def sheet(self, rows: int) -> str:
        """Write a sheet with some rows of every kind; no two sheets have a title in common."""
        number = len(self.sheets)
        name = f"sheet{number}.jsonl"
        lines = [
            json.dumps(_row(f"Sheet {number} row {row}", self.mode.kinds[row % len(self.mode.kinds)]))
            for row in range(2, 2 + rows)
        ]
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.sheets.append(name)
        return name

    def words(self, name: str) -> list[str]:
        """Give the command that is typed again and again."""
        pace = ("--poll-interval", "0.3", "--concurrency", str(self.concurrency))
        return ["run", name, *pace, *self.mode.words, "--json"]

    def start(self, words: Sequence[str], *, hobble: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start a command, on an odd machine if need be; what it says goes to a file."""
        odd = [sys.executable, "-m", "tests.soak.hobbled", *hobble, "--", *words]
        env = surroundings() | {"HEYGEN_API_BASE": self.heygen.url, "HEYGEN_API_KEY": "soak"}
        with (self.folder / "said.log").open("ab") as said:
            how = {"cwd": self.folder, "env": env, "stdin": subprocess.DEVNULL, "stdout": said, "stderr": said}
            process = subprocess.Popen(odd, text=True, **how) if hobble else Batchgen(*words, **how)
        self.running.append(process)
        return process

    def end(self, process: subprocess.Popen[str], seconds: float | None = None) -> int | None:
        """Wait for a command's end; give None where it has not come by then."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            self.running.remove(process)
        return process.returncode

    def run(self, name: str, seconds: float = 600) -> int | None:
        """Run a sheet to the end."""
        return self.end(self.start(self.words(name)), seconds)

    def states(self) -> Counter[int]:
        """Count jobs by the number of their state."""
        if not self.state.is_file():
            return Counter()
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(self.state, timeout=20)) as db:
            return Counter(dict(db.execute("select status, count(*) from jobs group by status").fetchall()))
        return Counter()

    def moves(self) -> int:
        """Count what ever happened to the jobs."""
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(self.state, timeout=20)) as db:
            return int(db.execute("select coalesce(max(pk), 0) from events").fetchone()[0])
        return 0

    def said(self) -> str:
        """Give all that the commands said."""
        return (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End whatever of this desk still runs."""
        for process in self.running:
            process.kill()
            process.wait()


def surroundings() -> dict[str, str]:
    """Give the environment without anything that a person has set."""
    foreign = ("HEYGEN_", "BATCHGEN_", "HTTP", "http", "ALL_", "all_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"PYTHONPATH": str(REPOSITORY)}


def _row(title: str, kind: str) -> dict[str, str]:
    row = {"title": title, "kind": kind}
    if kind == "translation":
        return row | {"url": f"https://x.example/{title.replace(' ', '-')}.mp4", "output_language": "German"}
    if kind == "video":
        return row | {"avatar_id": "Daisy", "voice_id": "v1", "script": f"Good morning, {title}."}
    if kind == "agent":
        return row | {"prompt": title}  # The agent calls its video by the beginning of its prompt.
    if kind == "lipsync":
        place = f"https://x.example/{title.replace(' ', '-')}"
        return row | {"url": f"{place}.mp4", "audio": f"{place}.mp3"}
    if kind == "image":
        return row | {"image": "https://x.example/ada.png", "voice_id": "v1", "script": f"I am {title}."}
    if kind == "cinematic":
        return row | {"prompt": f"{title} walks.", "avatar_id": "Daisy", "duration": "4"}
    return row | {"template_id": "t" * 32, "var.name": title}
