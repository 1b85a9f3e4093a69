"""The map of the package, `batchgen/README.md`, tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from batchgen.model.status import TRANSITIONS, Status

PACKAGE = Path(__file__).parents[1] / "batchgen"
MAP = (PACKAGE / "README.md").read_text(encoding="utf-8")
#: Parts of the package that need no word.
UNTOLD = {"__init__.py", "__pycache__", "README.md", "py.typed"}


def diagram() -> str:
    """Draw the table of states in the language of mermaid."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.PLANNED.name}"]
    for old, moves in TRANSITIONS.items():
        lines += [f"    {old.name} --> {new.name}: {event.value}" for event, new in moves.items()]
        lines += [] if moves else [f"    {old.name} --> [*]"]
    return "\n".join(lines)


def section(title: str) -> str:
    return MAP.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_diagram_is_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", MAP, re.DOTALL)

    assert drawn == [diagram()], f"In batchgen/README.md the diagram should be:\n\n{diagram()}\n"


def test_every_part_of_the_package_is_on_the_map():
    told = re.findall(r"^\| `([^`]+)` \|", section("What lives where"), re.MULTILINE)
    there = [path.name + "/" * path.is_dir() for path in PACKAGE.iterdir() if path.name not in UNTOLD]

    assert sorted(told) == sorted(there)


def test_every_file_that_the_map_names_is_there():
    named = set(re.findall(r"`((?:tests/|\w+/)*\w+\.(?:py|md))`", MAP)) | set(re.findall(r"`((?:\w+/)+)`", MAP))
    homes = (PACKAGE, PACKAGE.parent, *(path for path in PACKAGE.rglob("*") if path.is_dir()))

    assert named
    assert [name for name in sorted(named) if not any((home / name).exists() for home in homes)] == []
