"""Compares the server's books with what a folder holds: the only judge of a soak."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.files.container import check

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soak.rig import Desk


@dataclass
class Audit:
    """What was found; everything but the sums has to be empty."""

    rows: int = 0
    billed: int = 0
    twice: list[str] = field(default_factory=list)  #: Titles that were billed more than once.
    lost: list[str] = field(default_factory=list)  #: Billed ids that stand in no results.
    strangers: list[str] = field(default_factory=list)  #: Rows with the id of another row.
    broken: list[str] = field(default_factory=list)  #: Files that are not whole, or not there.
    disordered: list[str] = field(default_factory=list)  #: Sheets whose results are not their rows in order.
    open: list[str] = field(default_factory=list)  #: Rows that are not done.
    litter: list[str] = field(default_factory=list)  #: Parts of downloads that nobody will go on with.

    @property
    def wrong(self) -> dict[str, list[str]]:
        """Everything that must not be."""
        return {name: found for name, found in vars(self).items() if isinstance(found, list) and found}

    def __str__(self) -> str:
        return (
            f"{self.rows:,} rows, {self.billed:,} billed: {len(self.twice)} twice, {len(self.lost)} ids lost, "
            f"{len(self.strangers)} strangers, {len(self.broken)} broken files, "
            f"{len(self.disordered)} sheets out of order, {len(self.open)} rows not done"
        )


def audit(desk: Desk) -> Audit:
    """Look at everything that a desk's commands left behind."""
    ledger = desk.heygen.ledger()["jobs"]
    titles = {job["id"]: _title(job) for job in ledger}
    found = Audit(billed=len(ledger))
    found.twice = [title for title, count in Counter(titles.values()).items() if count > 1]
    seen: set[str] = set()
    for name in desk.sheets:
        seen |= _sheet(desk.folder, name, titles, found)
    found.lost = sorted(set(titles) - seen)
    found.litter = [str(path) for path in (desk.folder / "videos").rglob("*.part*")]
    return found


def _sheet(folder: Path, name: str, titles: dict[str, str], found: Audit) -> set[str]:
    wanted = [json.loads(line)["title"] for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    path = folder / name.replace(".jsonl", "_results.csv")
    text = path.read_bytes().decode() if path.is_file() else ""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    found.rows += len(wanted)
    if [row["title"] for row in rows] != wanted:
        found.disordered.append(name)
    return {remote_id for row in rows if (remote_id := _row(folder, row, titles, found))}


def _row(folder: Path, row: dict[str, str], titles: dict[str, str], found: Audit) -> str:
    remote_id = next(filter(None, map(row.get, ("translation_id", "lipsync_id", "video_id"))), "")
    if remote_id and titles.get(remote_id) != row["title"]:
        found.strangers.append(f"{row['title']} has {remote_id} of {titles.get(remote_id)}")
    if row["status"] != "done":
        found.open.append(f"{row['title']}: {row['status']} {row['error']}")
    elif (problem := _broken(folder / row["file"])) is not None:
        found.broken.append(f"{row['title']}: {problem}")
    return remote_id


def _broken(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            check(file, size=path.stat().st_size, suffix=path.suffix)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def _title(job: dict[str, Any]) -> str:
    """Give a title as the sheet has it: without the token that batchgen hangs on to it."""
    return job["title"].split(" · ")[0].split(" bg")[0].strip()
