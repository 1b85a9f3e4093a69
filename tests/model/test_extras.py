"""The command that installs an extra beside this batchgen, and nowhere else."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from batchgen.model import extras
from batchgen.model.extras import installing

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Give a way to have a ``pip`` that a shell finds, in a folder."""

    def have(folder: Path) -> None:
        pip = folder / "pip"
        if not pip.exists():
            pip.write_text("#!/bin/sh\n")
            pip.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))

    return have


@pytest.mark.skipif(os.name == "nt", reason="a shell of another kind")
def test_an_extra_is_never_installed_by_the_pip_of_another_environment(tmp_path, shell, monkeypatch):
    own, other = tmp_path / "own folder", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(own / "python"))

    shell(own)
    near = installing("login")
    shell(other)
    far = installing("login")
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    without = installing("login")

    assert near == "pip install 'batchgen[login]'"
    assert far == f"'{own / 'python'}' -m pip install 'batchgen[login]'"
    assert without == f"uv pip install --python '{own / 'python'}' 'batchgen[login]'"


@pytest.mark.skipif(os.name == "nt", reason="a shell of another kind")
def test_what_is_told_finds_this_batchgen_and_looks_for_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = shlex.split(installing("parquet"))

    done = subprocess.run(
        [*told, "--no-index", "--dry-run"], capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)}
    )

    assert "No matching distribution found for batchgen" not in done.stderr
    assert "Requirement already satisfied: batchgen[parquet]" in done.stdout


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))])
def test_a_page_sends_nobody_to_another_package_of_the_name(page):
    assert "pip install batchgen" not in (text := (ROOT / page).read_text(encoding="utf-8"))
    assert "pip install 'batchgen" not in text
