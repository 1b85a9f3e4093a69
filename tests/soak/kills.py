"""Kills the command at random moments, until it was killed often enough, and lets it come to its end."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from batchgen.model.status import Status
from tests.soak.audit import Audit, audit
from tests.soak.rig import FAULTS, MODES, Desk, HeyGen

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator


#: From so many kills on, some have to fall while something is being sent.
MANY = 50
#: The share of kills that may fall before a command has begun to work.
AT_START = 0.1


@dataclass(frozen=True)
class Soaked:
    """What became of one soak."""

    mode: str
    kills: int
    sending: int  #: Kills that hit a request under way.
    unsure: int  #: Kills that hit jobs being looked for.
    seconds: float
    sheets: int
    after_end: int  #: Creating requests of a run that had nothing left to do.
    odd: tuple[str, ...]  #: Exit codes that nobody asked for.
    audit: Audit

    @property
    def wrong(self) -> dict[str, object]:
        """Everything that must not be."""
        found: dict[str, object] = dict(self.audit.wrong)
        if self.odd:
            found["exit codes"] = self.odd
        if self.after_end:
            found["creates after the end"] = self.after_end
        if self.kills >= MANY and not self.sending:
            found["kills"] = "none of them hit a request under way, so they prove nothing"
        return found

    def __str__(self) -> str:
        return (
            f"{self.mode}: {self.kills} kills in {self.seconds:.0f} s "
            f"({self.sending} while sending, {self.unsure} while looking for lost jobs), "
            f"{self.sheets} sheet{'s' if self.sheets != 1 else ''}; {self.audit} — {'WRONG' if self.wrong else 'kept'}"
        )


@contextmanager
def desk(mode: str, folder: Path, *, faults: str = FAULTS, concurrency: int = 8, film_bytes: int = 0) -> Iterator[Desk]:
    """Give a desk with a HeyGen beside it."""
    chosen = MODES[mode]
    faults = f"{faults},{chosen.faults}"
    with HeyGen(folder / "heygen.jsonl", faults, film_bytes=film_bytes) as heygen:
        (folder / "desk").mkdir(exist_ok=True)
        given = Desk(folder / "desk", heygen, chosen, concurrency=concurrency)
        try:
            yield given
        finally:
            given.close()


def soak(mode: str, *, kills: int, rows: int, seed: int, window: tuple[float, float], concurrency: int = 8) -> Soaked:
    """Kill one mode again and again, and judge what is left."""
    chance, began = random.Random(seed), time.monotonic()
    with (
        TemporaryDirectory(prefix="batchgen-soak-", ignore_cleanup_errors=True) as folder,
        desk(mode, Path(folder), concurrency=concurrency) as given,
    ):
        killed, odd = _kill(given, kills=kills, rows=rows, chance=chance, window=window)
        odd += [f"{name} ended with {code}" for name in given.sheets if (code := _to_the_end(given, name)) != 0]
        sent = given.heygen.ledger()["requests"]["create"]
        for name in given.sheets:
            given.run(name)
        if "Traceback" in given.said() or "a fault of its own" in given.said():
            odd.append("a traceback:\n" + given.said()[-4000:])
        done = Soaked(
            mode=given.mode.name,
            kills=len(killed),
            sending=sum(Status.SENDING in states for states in killed),
            unsure=sum(Status.UNSURE in states for states in killed),
            seconds=time.monotonic() - began,
            sheets=len(given.sheets),
            after_end=given.heygen.ledger()["requests"]["create"] - sent,
            odd=tuple(odd),
            audit=audit(given),
        )
        if done.wrong:
            kept = f"{folder.rstrip('/')}-wrong"
            copytree(folder, kept)
            print(f"what it left behind is kept in {kept}", flush=True)
        return done


def _kill(
    given: Desk, *, kills: int, rows: int, chance: random.Random, window: tuple[float, float]
) -> tuple[list[set[int]], list[str]]:
    """Kill so often; give the states that each kill left behind, and what else went on."""
    name, killed, odd = given.sheet(rows), [], []
    while len(killed) < kills:
        process = given.start(given.words(name))
        if chance.random() > AT_START:
            _until_it_works(given, process)
        code = given.end(process, chance.uniform(*window))
        if code is None:
            process.kill()
            given.end(process)
            killed.append({state for state, count in given.states().items() if count})
        elif code == 0:
            name = given.sheet(rows)
        else:
            odd.append(f"it ended with {code} by itself")
            if len(odd) > 5:
                break
    return killed, odd


def _until_it_works(given: Desk, process: subprocess.Popen[str]) -> None:
    """Wait until a command moves its first job: how long that takes to begin is the machine's affair."""
    before = given.moves()
    while process.poll() is None and given.moves() == before:
        time.sleep(0.02)


def _to_the_end(given: Desk, name: str) -> int | None:
    """Let a sheet come to its end; what was left unsure by a server's bad day may need a second run."""
    code: int | None = None
    for _ in range(3):
        code = given.run(name)
        if code == 0:
            break
    return code
