"""What a run in the lab is given: an account's limits, and a manifest whose renders take as long as is wanted."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from batchgen.model.row import Row
from batchgen.sandbox.lengths import WORDS_A_MINUTE
from batchgen.sandbox.studio import Studio
from batchgen.sandbox.wire import v1, v3_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from batchgen.pipeline.options import Options
    from batchgen.sandbox.draw import Draw
    from batchgen.sandbox.job import Order

#: Spread of the logarithm of render times: nine of ten lie within a factor of three.
SPREAD = 0.334

#: The lists of v1 and v2 as they are where they show nothing.
EMPTY = {
    "/v1/video.list": lambda: v1({"token": None, "videos": []}, message=None),
    "/v2/videos": lambda: v3_page([], None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Films of many lengths, as a library has them: as many of one to two minutes as of half an hour to an hour.

    What is translated is a file of that length, and in the sheet it is told; what is spoken has as many words.
    """

    shortest_s: float = 60.0
    longest_s: float = 3600.0
    start_s: float = 120.0  #: Seconds that the render of each takes, whatever its length,
    pace: float = 0.6  #: and for each second of film.
    spread: float = 0.2  #: Of the logarithm of render times, for films of one length.
    told: bool = True  #: Whether the sheet tells how long they are.

    def length_s(self, chance: random.Random) -> float:
        """Draw how long a film is, in seconds."""
        return round(math.exp(chance.uniform(math.log(self.shortest_s), math.log(self.longest_s))), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An account, and what it is given to do."""

    jobs: int
    options: Options
    kind: str = "video"
    mean_s: float = 480.0  #: Of a render; log-normal.
    library: Library | None = None  #: What is translated, where renders take as long as their films let them.
    slots: tuple[tuple[float, int], ...] = ((0.0, 10),)  #: From when on, seconds: jobs at once.
    posts_a_second: float = 0.0  #: Creating requests let through; 0: all.
    requests_a_second: float = 0.0  #: Of any purpose.
    saved: int = 1  #: Requests that the account saves up and lets through at once; at least those of a second.
    retry_after: float = 1.0
    lists: tuple[str, ...] = tuple(EMPTY)  #: The lists of v1 and v2 that show anything.
    round_trip_s: float = 0.2
    write_s: float = 0.01  #: Until a change is on disk.
    seed: int = 7


@dataclass(frozen=True)
class Rows:
    """A manifest of so many rows. See manifest.interface.Manifest."""

    setting: Setting
    path: Path
    name: str = "lab.csv"
    files: tuple[Path, ...] = ()
    columns: tuple[str, ...] = ("title",)
    api: str | None = None
    notes: tuple[str, ...] = ()
    digest: str = "lab"
    layout: None = None

    def warnings(self) -> tuple[()]:
        """Nothing looks odd in the lab."""
        return ()

    def sheaves(self) -> Iterator[Row]:
        return self.rows()

    def rows(self) -> Iterator[Row]:
        for number in range(2, 2 + self.setting.jobs):
            title = f"Row {number}"
            fields: dict[str, Any] = {"title": title}
            if self.setting.kind == "translation":
                fields |= {"url": f"https://example.com/{number}.mp4", "output_languages": "German (Germany)"}
                if self.setting.library and self.setting.library.told:
                    fields["duration"] = str(_length_s(self.setting, number))
            else:
                fields |= {"avatar_id": "Daisy", "voice_id": "v" * 32, "script": self._script(number)}
            yield Row(file=self.name, number=number, cells=(title,), kind=self.setting.kind, fields=fields)

    def _script(self, number: int) -> str:
        words = round(_length_s(self.setting, number) * WORDS_A_MINUTE / 60) if self.setting.library else 0
        return f"Hello from row {number}." + " and on it goes" * (words // 4)


def renders(setting: Setting) -> AbstractContextManager[object]:
    """Have renders take as long as a setting has it: log-normal."""

    def render_s(_: Studio, order: Order, draw: Draw) -> float:
        mean_s, spread = setting.mean_s, SPREAD
        if (library := setting.library) is not None:
            row = int(re.findall(r"\d+", order.text)[0])
            mean_s, spread = library.start_s + library.pace * _length_s(setting, row), library.spread
        chance = random.Random(draw.number("render"))
        return math.exp(chance.normalvariate(math.log(mean_s) - spread**2 / 2, spread))

    return patch.object(Studio, "_render_s", render_s)


def _length_s(setting: Setting, row: int) -> float:
    """Give how long the film of a row is."""
    assert setting.library is not None
    return setting.library.length_s(random.Random(f"{setting.seed} {row}"))
