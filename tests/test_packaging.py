"""What is asked for is what is used, the locks hold it, and what is shipped is all that is needed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

import batchgen

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "batchgen"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.txt", "requirements-dev.txt")

#: Libraries that are imported under another name than they are installed by.
INSTALLED_BY = {"PIL": "pillow", "dotenv": "python-dotenv", "yaml": "pyyaml"}
#: Used without being imported: uvicorn parses HTTP with the first where it is there, four times as fast; the others
#: are loaded by name where they are needed, and their absence is told.
UNSEEN = {"httptools", "keyring", "platformdirs"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!;\[ ]", name)[0]).lower()


def locked(lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE
    ):
        pins.setdefault(plain(name), set()).add(version)
    return pins


def imported() -> set[str]:
    roots: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots.add(str(node.module).partition(".")[0])
    return roots - set(sys.stdlib_module_names) - {"batchgen"}


def test_what_is_used_is_asked_for_and_nothing_else():
    project = PYPROJECT["project"]
    extras = [one for name, needs in project["optional-dependencies"].items() if name != "dev" for one in needs]
    asked = {plain(one) for one in [*project["dependencies"], *extras]}

    assert {plain(INSTALLED_BY.get(root, root)) for root in imported()} | UNSEEN == asked


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_every_package_by_its_hashes(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", text)[1:]

    assert "://" not in text
    assert "--index" not in text
    assert packages
    assert [one.splitlines()[0] for one in packages if "--hash=sha256:" not in one] == []


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.txt", PYPROJECT["project"]["dependencies"] + PYPROJECT["build-system"]["requires"]),
        ("requirements-dev.txt", PYPROJECT["project"]["dependencies"]),
        ("requirements-dev.txt", PYPROJECT["project"]["optional-dependencies"]["dev"]),
    ],
)
def test_a_lock_holds_what_is_asked_for(lock, asked):
    assert {plain(one) for one in asked} - locked(lock).keys() == set()


def test_the_locks_agree():
    runtime, development = (locked(lock) for lock in LOCKS)
    shared = runtime.keys() & development.keys()

    assert {name: runtime[name] for name in shared} == {name: development[name] for name in shared}


def test_everything_but_code_is_shipped():
    shipped = {
        path for glob in PYPROJECT["tool"]["setuptools"]["package-data"]["batchgen"] for path in PACKAGE.glob(glob)
    }
    there = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc", ".md"}}

    assert shipped == there


def test_every_folder_with_code_is_a_package():
    folders = {path.parent for path in PACKAGE.rglob("*.py")}

    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_states_have_a_folder_that_keeps_them_out_of_the_history():
    assert (ROOT / "state" / ".gitignore").read_text(encoding="utf-8").split() == ["*", "!.gitignore"]


def test_the_version_is_one():
    assert PYPROJECT["project"]["version"] == batchgen.__version__
