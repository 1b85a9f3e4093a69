"""The moment at which a simulated machine's power goes. The machine itself is that of a rehearsal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


class Crash(SystemExit):
    """The power goes. asyncio lets it through everything, as a real crash would."""


class Dead(Exception):
    """Something tried to act after the crash."""


@dataclass
class Fuse:
    """Decides at which of the moments that it is told of the power goes."""

    blows_at: int | None = None
    passed: int = 0
    dead: bool = False
    trace: list[str] = field(default_factory=list)

    def point(self, name: str) -> None:
        """Pass a moment at which a crash could matter."""
        if self.dead:
            raise Dead(name)
        self.passed += 1
        if self.passed == self.blows_at:
            self.dead = True
            self.trace.append(f"CRASH at {name}")
            raise Crash(name)


def drawn_fuse(chance: random.Random) -> Fuse:
    """Give a fuse that blows early more often than late: that is where the interesting moments are."""
    return Fuse(blows_at=int(2 ** chance.uniform(0, 8.5)))
