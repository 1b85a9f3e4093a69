"""Settings come from options, the environment, .env, batchgen.toml and defaults, in this order."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from batchgen.cli import run as command
from batchgen.cli.main import COMMANDS, SHORT_HELP
from batchgen.model.address import is_loopback
from batchgen.settings import base_url, realm_of, results_path


@pytest.fixture
def chosen(monkeypatch):
    """Catch what a run was told, instead of running."""
    found = []

    def catch(choices, _errand):
        found.append(choices)
        return SimpleNamespace(exit_code=0)

    monkeypatch.setattr(command, "carry", catch)
    return found


def test_each_place_wins_over_the_next(batchgen, tmp_path, monkeypatch, chosen):
    (tmp_path / "batchgen.toml").write_text('poll-interval = 4\nrate = 4.0\nsettle = 4\napi = "v2"\n')
    (tmp_path / ".env").write_text("BATCHGEN_POLL_INTERVAL=3\nBATCHGEN_RATE=3\nBATCHGEN_SETTLE=3\n")
    monkeypatch.setenv("BATCHGEN_POLL_INTERVAL", "2")
    monkeypatch.setenv("BATCHGEN_RATE", "2")
    for name in ("BATCHGEN_SETTLE",):  # What .env brings in stays in this process.
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)

    ended = batchgen("run", "x.csv", "--poll-interval", "1")

    assert ended.code == 0
    told = chosen[0]
    assert (told.poll_interval, told.rate, told.settle, told.api, told.write_timeout) == (1, 2, 3, "v2", 120)


def test_the_state_is_named_by_the_environment(batchgen, monkeypatch, chosen):
    monkeypatch.setenv("BATCHGEN_STATE", "elsewhere.db")

    batchgen("run", "x.csv")

    assert chosen[0].state == "elsewhere.db"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("poll_intervall = 3", '"poll_intervall" is no setting. Did you mean "poll_interval"?'),
        ("limit = 3", '"limit" is no setting'),
        ("rate = [", "TOML"),
        ('rate = "soon"', "rate"),
        ('api = "v9"', "v3"),
        ("rate = -1", "rate"),
    ],
)
def test_a_setting_that_is_none_is_named_with_its_file(batchgen, tmp_path, text, said):
    (tmp_path / "batchgen.toml").write_text(text)

    ended = batchgen("run", "x.csv")

    assert ended.code == 3
    assert "batchgen.toml" in ended.err
    assert said in ended.err


def test_an_env_file_that_cannot_be_read_is_a_sentence(batchgen, tmp_path):
    (tmp_path / ".env").write_bytes(b"\xff\xfeH\x00")

    ended = batchgen("run", "x.csv")

    assert ended.code == 3
    assert ended.err.startswith("batchgen: .env")


@pytest.mark.parametrize(
    ("manifest", "results"),
    [
        ("bulk_translation_csv_template.csv", "bulk_translation_results.csv"),
        ("a/people_template.yaml", "a/people_results.csv"),
        ("people.xlsx", "people_results.csv"),
        ("v1.2.csv", "v1.2_results.csv"),
        ("template.csv", "template_results.csv"),
    ],
)
def test_results_are_named_after_the_manifest(manifest, results):
    assert results_path(Path(manifest)) == Path(results)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True),
        ("127.0.0.999", False), ("127.0.0.1.example.com", False), ("localhost.example.com", False), ("10.0.0.1", False),
        ("0.0.0.0", False), ("", False),
    ],
)  # fmt: skip
def test_this_machine_is_known_by_its_addresses(host, local):
    assert is_loopback(host) is local


def test_whatever_runs_on_this_machine_is_a_rehearsal(monkeypatch):
    assert realm_of("http://127.0.0.1:8900") == realm_of("http://[::1]:1/x") == "sandbox"
    monkeypatch.delenv("HEYGEN_API_BASE", raising=False)
    assert realm_of(base_url()) == "api.heygen.com"


LOGIN = ["authlib", "keyring", "platformdirs"]
HEAVY = [
    "pandas",
    "sqlalchemy",
    "httpx",
    "aiohttp",
    "pydantic",
    "numpy",
    "rich",
    "jinja2",
    "tenacity",
    "starlette",
    "uvicorn",
    "av",
    "yaml",
    *LOGIN,
]


@pytest.mark.parametrize(
    ("words", "spared"),
    [
        (["--help"], HEAVY),
        (["--version"], HEAVY),
        (["sandbox", "--help"], HEAVY),
        (["status", "--json"], [name for name in HEAVY if name not in {"sqlalchemy", "tenacity"}]),
        (["run", "--help"], ["pandas", "httpx", "pydantic", "rich", "starlette", *LOGIN]),
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


def test_a_run_with_a_key_in_the_environment_loads_nothing_of_logging_in(tmp_path):
    tmp_path.joinpath("x.csv").write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,One.\n")
    code = (
        "import sys; from batchgen.cli.main import answer;"
        "answer(['run', 'x.csv', '--sandbox', '--yes', '--no-wait']);"
        f"print(sorted(set({LOGIN!r}) & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == "[]"
