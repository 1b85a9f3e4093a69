"""What each command loads: help is quick, and an extra that is missing is missed by those alone who use it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from batchgen.cli.main import COMMANDS, SHORT_HELP
from batchgen.store.sqlite import SqliteStore

EXTRAS = {
    "login": ["authlib", "keyring", "platformdirs"],
    "mcp": ["mcp", "pydantic"],
    "parquet": ["pyarrow"],
    "sessions": ["aiortc"],
    "livekit": ["livekit"],
}
UNWANTED = [*(module for modules in EXTRAS.values() for module in modules), "aiohttp.web", "cryptography"]
HEAVY = [
    "pandas",
    "sqlalchemy",
    "httpx",
    "aiohttp",
    "numpy",
    "rich",
    "jinja2",
    "tenacity",
    "starlette",
    "uvicorn",
    "av",
    "yaml",
    *UNWANTED,
]


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        (["--help"], HEAVY),
        (["--version"], HEAVY),
        (["sandbox", "--help"], HEAVY),
        (["status", "--json"], [name for name in HEAVY if name not in {"sqlalchemy", "tenacity"}]),
        (["run", "--help"], ["pandas", "httpx", "rich", "starlette", *UNWANTED]),
    ],
)
def test_a_command_loads_only_what_it_needs(tmp_path, words, spared):
    code = (
        "import sys; from batchgen.cli.main import answer; answer(sys.argv[1:]);"
        f"print(sorted(set({spared!r}) & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_teaches_in_its_help(batchgen, name):
    ended = batchgen(name, "--help")

    assert ended.code == 0
    assert "batchgen" in ended.out or "example" in ended.out
    assert SHORT_HELP[name]


def test_status_loads_nothing_that_only_a_run_needs(tmp_path):
    code = (
        "import sys; from batchgen.cli.main import answer;"
        "assert answer(['status', '--state', 's.db']) == 0;"
        "print([one for one in sys.modules if one in "
        "{'batchgen.store.work', 'batchgen.store.interface', 'batchgen.model.job', 'batchgen.assembly.selection'}])"
    )
    SqliteStore.open(str(tmp_path / "s.db")).close()

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["Nothing was planned on this state yet.", "[]"]


def test_a_plain_run_loads_nothing_of_any_extra(tmp_path):
    tmp_path.joinpath("x.csv").write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,One.\n")
    code = (
        "import sys; from batchgen.cli.main import answer;"
        "answer(['run', 'x.csv', '--sandbox', '--yes', '--no-wait']);"
        "mine = [one for one in sys.modules if one.startswith(('batchgen.session.', 'batchgen.mcp', 'batchgen.webhook'))];"
        f"print(mine + sorted(set({UNWANTED!r}) & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"


#: Sets up an import that finds everything but one library, and runs a command.
WITHOUT = """
import importlib.machinery, sys
find, lacking = importlib.machinery.PathFinder.find_spec, sys.argv[1]
importlib.machinery.PathFinder.find_spec = staticmethod(
    lambda name, *rest: None if name.partition(".")[0] == lacking else find(name, *rest)
)
from batchgen.cli.main import answer
sys.exit(answer(sys.argv[2:]))
"""
NEEDY = {
    "login": ["login", "--oauth"],
    "mcp": ["mcp"],
    "parquet": ["run", "x.csv", "--sandbox", "--results", "x.parquet"],
    "sessions": ["run", "webrtc.csv", "--sandbox", "--yes"],
    "livekit": ["run", "livekit.csv", "--sandbox", "--yes"],
}


def test_every_extra_of_the_package_is_looked_at():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert set(project["optional-dependencies"]) - {"dev"} == set(EXTRAS) == set(NEEDY)


@pytest.mark.parametrize(("extra", "library"), [(extra, libraries[0]) for extra, libraries in EXTRAS.items()])
def test_an_extra_that_is_missing_is_told_by_its_install_command(tmp_path, extra, library):
    tmp_path.joinpath("x.csv").write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,One.\n")
    for protocol in ("webrtc", "livekit"):
        row = f"title,avatar_id,lines,protocol\nA,Daisy_public,Hi.,{protocol}\n"
        tmp_path.joinpath(f"{protocol}.csv").write_text(row)

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, library, *NEEDY[extra]],
        cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.returncode in {2, 3}
    assert f"pip install 'batchgen[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
