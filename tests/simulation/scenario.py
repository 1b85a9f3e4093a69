"""What a seed decides: the sheet, the account, the faults, the options, and how often the power goes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from batchgen.model.row import Row
from batchgen.pipeline.options import Options
from batchgen.sandbox import Faults, plans
from batchgen.sandbox import Options as WorldOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

#: Kinds that v3 alone makes.
MORE = ("agent", "lipsync", "image", "cinematic")

LANGUAGES = ("Spanish (Spain)", "French (France)", "German (Germany)", "Japanese (Japan)")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    seed: int
    rows: tuple[Row, ...]
    api: str
    options: Options
    world: WorldOptions
    crashes: int
    naps: tuple[float, ...]  #: Seconds that the machine stays off after each crash.
    unsent: float
    files: Mapping[str, bytes] = field(default_factory=dict)  #: Files beside the sheet, by their names.


@dataclass(frozen=True)
class RowsOf:
    """A manifest that was already read. See manifest.interface.Manifest."""

    scenario: Scenario
    path: Path
    name: str = "simulated.csv"
    columns: tuple[str, ...] = ("title", "note")
    api: str | None = None
    notes: tuple[str, ...] = ()
    layout: None = None

    @property
    def digest(self) -> str:
        return str(self.scenario.seed)

    def warnings(self) -> tuple[()]:
        return ()

    def sheaves(self) -> Iterator[Row]:
        return iter(self.scenario.rows)


def scenario(seed: int) -> Scenario:
    """Draw everything from a seed."""
    chance = random.Random(seed)
    api = chance.choice(("v3", "v3", "v2"))
    kinds = chance.choice((("translation",), ("video",), ("template",), ("translation", "video", "template")))
    rows = tuple(
        _row(number, chance.choice(kinds), chance) for number in range(2, 2 + chance.choice((1, 1, 2, 2, 3, 4, 8)))
    )
    # With dice of their own, so that the other scenarios stay what they are.
    rows = more(rows, random.Random(seed + 4)) if seed % 4 == 1 and api == "v3" else rows
    rows, files = local(rows, random.Random(seed + 2)) if seed % 3 == 0 else (rows, {})
    faults = _faults(api, chance)
    if files:
        faults = replace(faults, **_upload_faults(random.Random(seed + 3)))
    crashes = chance.choice((0, 1, 1, 2, 2, 4))
    options = _options(api, chance)
    longest = chance.choice((3.0, 3.0, 60.0, 900.0))
    return Scenario(
        seed=seed,
        rows=rows,
        api=api,
        # Nobody who waits for a quarter of an hour looks each second, and the looks are what a life costs.
        options=replace(options, poll_interval=options.poll_interval * max(1.0, longest / 60)),
        world=WorldOptions(
            plan=plans.plan(chance.choice(("pro", "payg", "enterprise"))),
            seed=chance.randrange(2**31),
            faults=faults,
            render=(1.0, longest),
            credits=1_000_000,
            rate=chance.choice((0.0, 0.0, 2.0)),
            batch_keys=chance.choice(("ignored", "honoured")),
            films="tiny",
        ),
        crashes=crashes,
        naps=tuple(chance.choice((0.1, 5.0, 600.0, 30 * 3600.0)) for _ in range(crashes)),
        unsent=chance.choice((0.0, 0.0, 0.1)),
        files=files,
    )


def more(rows: tuple[Row, ...], chance: random.Random) -> tuple[Row, ...]:
    """Have most rows be of kinds that v3 alone makes."""
    return tuple(_row(row.number, chance.choice(MORE), chance) if chance.random() < 0.8 else row for row in rows)


def film(name: str) -> bytes:
    """Give bytes that begin as an mp4 does, and are this file's alone."""
    return b"\0\0\0\x18ftypmp42" + name.encode() * 100


def local(rows: tuple[Row, ...], chance: random.Random) -> tuple[tuple[Row, ...], dict[str, bytes]]:
    """Have rows name files of the machine where they can: few files, so that rows share them."""
    names = [f"{letter}.mp4" for letter in "abc"[: chance.choice((1, 2, 3))]]
    return tuple(_localised(row, chance.choice(names)) for row in rows), {name: film(name) for name in names}


def _localised(row: Row, name: str) -> Row:
    if row.kind in {"translation", "lipsync"}:
        fields = {key: value for key, value in row.fields.items() if key != "url"} | {"file": name}
    elif row.kind == "template":
        clip = {"type": "video", "url": f"asset:./{name}"}
        fields = {**row.fields, "variables": {"clip": clip}}
    elif row.kind in {"agent", "cinematic"}:
        fields = {**row.fields, {"agent": "files", "cinematic": "references"}[row.kind]: f"asset:./{name}"}
    else:
        return row
    # What shares a file and a language would be one job.
    return row._replace(fields=fields | {"id": str(row.number)})


def _upload_faults(chance: random.Random) -> dict[str, float]:
    level = chance.choice((0.0, 0.1, 0.3))
    names = ("put_cut", "put_lost", "put_500", "put_corrupt")
    return {name: chance.uniform(0, level) for name in names} | {"asset_lag": chance.choice((0.0, 3.0))}


def one_row(kind: str, options: Options) -> Scenario:
    """Give a sheet of one row and one video, and nothing that goes wrong by itself."""
    row = _row(2, kind, random.Random(0))
    if kind == "translation":
        row = row._replace(fields=row.fields | {"output_languages": LANGUAGES[0]})
    return Scenario(
        seed=1,
        rows=(row,),
        api=options.api,
        options=options,
        world=WorldOptions(
            plan=plans.plan("enterprise"), seed=1, faults=Faults(), render=(1.0, 3.0), credits=1_000_000, films="tiny"
        ),
        crashes=0,
        naps=(),
        unsent=0.0,
    )


def _options(api: str, chance: random.Random) -> Options:
    return Options(
        api=api,
        concurrency=chance.choice((None, None, 1, 3)),
        rate=chance.choice((None, None, 5.0)),
        batch=chance.choice(("auto", "auto", "always", "never")),
        poll_interval=chance.choice((1.0, 5.0)),
        max_credits=chance.choice((None, None, None, chance.uniform(0.5, 60.0))),
    )


def _faults(api: str, chance: random.Random) -> Faults:
    level = chance.choice((0.0, 0.02, 0.1, 0.25))

    def draw(share: float = 0.7) -> float:
        return chance.uniform(0, level) if chance.random() < share else 0.0

    probabilities: dict[str, Any] = {
        name: draw()
        for name in (
            "throttle", "error_before", "inside_200", "html_before", "lost_before", "error_after", "html_after",
            "lost", "hang", "envelope", "slow", "get_429", "get_500", "get_html", "get_hang", "get_lost",
            "odd_status", "late_url", "expired", "cut", "download_500", "failed",
        )
    }  # fmt: skip
    keys = chance.choice(("honoured", "honoured", "ignored"))
    # A list may lag longer than jobs are looked for only where keys make it harmless to send again.
    longest = 60.0 if api == "v2" or keys == "honoured" else 6.0
    return Faults(
        **probabilities,
        replay_5xx=chance.choice((0.0, 0.0, 0.0, 0.3)),
        keys=keys,
        list_lag=chance.choice((0.0, 2.0, longest)),
        statuses_lag=chance.choice((0.0, 3.0)),
        item_lag=chance.choice((0.0, 2.0)),
    )


def _row(number: int, kind: str, chance: random.Random) -> Row:
    title = f"Row {number}"
    fields: dict[str, Any] = {"title": title}
    if kind == "translation":
        fields |= {
            "url": f"https://example.com/{number}.mp4",
            "output_languages": ";".join(chance.sample(LANGUAGES, chance.choice((1, 1, 2, 3)))),
        }
    elif kind == "video":
        fields |= {"avatar_id": "Daisy", "voice_id": "v" * 32, "script": f"Hello from row {number}."}
    elif kind == "agent":
        # What the agent makes is called by the beginning of its prompt.
        fields |= {"prompt": title}
    elif kind == "lipsync":
        fields |= {"url": f"https://example.com/{number}.mp4", "audio": f"https://example.com/{number}.mp3"}
    elif kind == "image":
        fields |= {"image": f"https://example.com/{number}.png", "voice_id": "v" * 32, "script": f"I am {number}."}
    elif kind == "cinematic":
        fields |= {"prompt": f"Row {number} walks.", "avatar_id": "Daisy;Bert", "duration": "4"}
    else:
        fields |= {"template_id": "t" * 32, "var.name": f"Person {number}"}
    return Row(file="simulated.csv", number=number, cells=(title, f"n{number}"), kind=kind, fields=fields)
