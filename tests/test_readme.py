"""What README.md tells is so: its commands are run, its sheets are read, its tables are compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from batchgen.kinds import VOCABULARY
from batchgen.model.errors import ManifestError
from batchgen.model.status import Status
from batchgen.report.csv import header
from batchgen.sandbox import Options, serve
from tests.warm import Batchgen, ended

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Every command of a console, with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for language, block in BLOCKS:
        for line in block.splitlines() if language == "console" else ():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


COMMANDS = commands()


def table(first: str) -> list[list[str]]:
    """The rows of the table whose head begins like this."""
    body = README.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in body]


def words(cells) -> list[str]:
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def batchgen(arguments, folder, **env):
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HEYGEN_", "BATCHGEN_"))}
    return ended(arguments, cwd=folder, env=plain | env)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with the files that README shows, and an address where what needs a key may go."""
    folder = tmp_path_factory.mktemp("readme")
    shown = re.findall(r"`([\w.]+)`:\n\n```(?:csv|yaml)\n(.*?)```", README, re.DOTALL)
    for name, text in shown:
        folder.joinpath(name).write_text(text, encoding="utf-8")
    assert len(shown) == 5
    folder.joinpath("batchgen.toml").write_text("poll-interval = 0.3\n")
    with serve(options=Options(render=(0.1, 0.5), films="tiny")) as sandbox:
        yield folder, {"HEYGEN_API_BASE": sandbox.url, "HEYGEN_API_KEY": "any"}


def test_every_command_of_the_readme_works_in_its_order(desk):
    folder, env = desk
    told = [(shlex.split(line), line, output) for line, output in COMMANDS]
    # A sandbox serves until it is stopped: what it is told is read by its own test below.
    for arguments, line, output in told:
        if "sandbox" in arguments:
            continue
        name = arguments.index("batchgen")
        ended = batchgen(arguments[name + 1 :], folder, **env)
        said = (ended.stderr + ended.stdout).splitlines()

        assert ended.returncode == 0, f"{line}\n{ended.stdout}\n{ended.stderr}"
        for expected in output:
            pattern = re.escape(expected).replace("…", ".*")
            assert any(re.fullmatch(pattern, one) for one in said), f"{line} does not say: {expected}\n{said}"
    assert len(told) > 10


def test_the_sandbox_of_the_readme_starts(tmp_path):
    line = next(line for line, _ in COMMANDS if "batchgen sandbox" in line)
    arguments = shlex.split(line.replace("8900", "0"))[1:]
    process = Batchgen(*arguments, cwd=tmp_path, env=dict(os.environ), stdout=subprocess.PIPE)
    try:
        assert "/_sandbox/ledger" in process.stdout.readline()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_what_needs_no_key_is_in_the_first_screen():
    assert README.index("batchgen run videos.csv --sandbox") < README.index("make demo") < README.index("make test")
    assert README.index("make test") < README.index("HEYGEN_API_KEY")


def test_the_makefile_has_what_the_readme_runs():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"make (\w+)", "\n".join(block for language, block in BLOCKS if language == "sh"))

    assert named == ["demo", "test"]
    assert set(named) <= set(targets)


def test_every_command_and_option_is_told(tmp_path):
    overview = batchgen(["--help"], tmp_path).stdout.partition("Commands:")[2]
    verbs = re.findall(r"^  (\w+) ", overview, re.MULTILINE)
    options = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", batchgen(["run", "--help"], tmp_path).stdout, re.MULTILINE)

    assert [row[0].split()[1].strip("`") for row in table("command")] == verbs
    told = {word.split()[0] for word in words(row[0] for row in table("option of `run`")) if word.startswith("--")}
    # Not told until it holds a budget.
    assert told == set(options) - {"--help"}


def test_every_field_it_names_is_one():
    kinds = VOCABULARY.kinds
    common = frozenset.intersection(*(one.fields for one in kinds.values()))
    for kind, cell in table("kind"):
        if kind == "every kind":
            assert set(words([cell])) == common
            continue
        name = kind.partition(":")[0]
        values = {";", "\\|", "1280x720", "asset:ID", "asset:./path"}
        assert [one for one in words([cell]) if one not in values and not kinds[name].canonical(one)] == []


def test_the_columns_of_the_results_are_those_it_tells():
    assert words(row[0] for row in table("column")) == header([], {"video", "translation", "lipsync", "session"})


def test_the_statuses_are_those_it_tells():
    told = next(row[1] for row in table("column") if row[0] == "`status`")

    assert words([told]) == [status.word for status in Status]


def test_the_fault_it_shows_is_told_like_this(tmp_path):
    shown = next(block for language, block in BLOCKS if language == "text" and 'column "' in block).strip()
    tmp_path.joinpath("videos.csv").write_text(
        "title,output_language,url\nOne,Spanish,https://example.com/1.mp4\nTwo,Spannish,https://example.com/2.mp4\n"
    )

    ended = batchgen(["run", "videos.csv", "--sandbox"], tmp_path)

    assert ended.returncode == ManifestError.exit_code
    assert re.fullmatch(re.escape(shown).replace("…", ".*"), ended.stderr.splitlines()[0]), ended.stderr


def test_its_links_lead_somewhere():
    places = [place for place in re.findall(r"\]\(([^)]+)\)", README) if "://" not in place]

    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_the_package_is_called_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert README.startswith(f"# {project['name']}\n\n**{project['description']}**")
