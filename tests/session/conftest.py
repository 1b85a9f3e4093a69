"""Sessions held by the real pipeline, in this process, with a real sandbox: real WebRTC over loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import batchgen
from batchgen.sandbox import Faults, Options, serve

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Stage:
    """A folder, a HeyGen, and runs of what stands in the folder."""

    folder: Path
    heygen: Any

    def write(self, *rows: str, columns: str = "title,avatar_id,quality,lines") -> None:
        (self.folder / "talk.csv").write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")

    def run(self, **options: Any) -> Any:
        return batchgen.run("talk.csv", poll_interval=0.2, **options)

    def results(self) -> list[dict[str, Any]]:
        frame = batchgen.results("talk.csv")
        return [{name: value for name, value in row.items() if value == value} for row in frame.to_dict("records")]

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return self.heygen.world.ledger()["sessions"]

    def minutes(self, row: dict[str, Any]) -> dict[str, Any]:
        return json.loads((self.folder / row["file"]).with_suffix(".json").read_text(encoding="utf-8"))


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """Make a stage: `stage(task_lost=1.0)` sets faults, `stage(options={…})` the rest."""
    monkeypatch.delenv("BATCHGEN_STATE", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    served = []

    def make(*, options: dict[str, Any] | None = None, **faults: Any) -> Stage:
        heygen = serve(options=Options(faults=Faults(**faults), films="tiny", **(options or {}))).__enter__()
        served.append(heygen)
        monkeypatch.setenv("HEYGEN_API_BASE", heygen.url)
        return Stage(tmp_path, heygen)

    yield make
    for one in served:
        one.__exit__(None, None, None)
