"""Settings come from options, the environment, .env, batchgen.toml and defaults, in this order."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from batchgen.assembly.settable import SETTINGS
from batchgen.cli import run as command
from batchgen.cli.main import cli
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
        ("poll_intervall = 3", '"poll_intervall" is no setting. Did you mean "poll-interval"?'),
        ("poll-intervall = 3", '"poll-intervall" is no setting. Did you mean "poll-interval"?'),
        ("limit = 3", '"limit" belongs to one command and is no setting. Give it --limit.'),
        ("no-wait = true", '"no-wait" belongs to one command and is no setting. Give it --no-wait.'),
        ("rate = [", "TOML"),
        ('rate = "soon"', "rate"),
        ('api = "v9"', "v3"),
        ("rate = -1", "rate"),
        ("rate = [4]", "one value"),
        ("timeout = 00:10:00", "one value"),
        ("max-credits = true", "not true or false"),
        ("downloads = false", "not true or false"),
        ("notify = [5, []]", "one value"),
        ("concurrency = 2.5", "a whole number"),
        ("max-credits = 1\nmax_credits = 500", '"max-credits" and "max_credits" are one setting'),
    ],
)
def test_a_setting_that_is_none_is_named_with_its_file(batchgen, tmp_path, text, said):
    (tmp_path / "batchgen.toml").write_text(text)

    ended = batchgen("run", "x.csv")

    assert ended.code == 3
    assert "batchgen.toml" in ended.err
    assert said in ended.err


def test_settings_are_read_whatever_editor_wrote_them(batchgen, tmp_path, chosen):
    (tmp_path / "batchgen.toml").write_text("rate = 4\nyes = true\n", encoding="utf-8-sig")

    batchgen("run", "x.csv")

    assert (chosen[0].rate, chosen[0].yes) == (4, True)


def test_the_users_folder_is_known_where_no_shell_says_it(batchgen, tmp_path, monkeypatch, chosen):
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("USERPROFILE", "/home/ann")
    monkeypatch.setenv("BATCHGEN_STATE", "~/state.db")
    (tmp_path / "batchgen.toml").write_text('downloads = "~/videos"\nlog-file = "logs/~.jsonl"\n')

    batchgen("run", "x.csv", "--results=~/x.csv")

    told = chosen[0]
    assert (told.state, told.downloads) == ("/home/ann/state.db", "/home/ann/videos")
    assert (told.results, told.log_file) == ("/home/ann/x.csv", "logs/~.jsonl")


@pytest.mark.skipif(sys.platform == "win32", reason="a system that keeps homes otherwise")
@pytest.mark.parametrize("words", [("--state=~/x.db",), ("--downloads=~",)])
def test_a_state_in_a_home_that_nobody_knows_is_refused_and_laid_nowhere_else(
    batchgen, tmp_path, monkeypatch, chosen, words
):
    _without_home(monkeypatch)

    ended = batchgen("run", "x.csv", *words)

    assert (ended.code, chosen) == (3, [])
    assert f"{words[0].partition('=')[2]}: there is no home folder of yours here. Set HOME" in ended.err
    assert not (tmp_path / "~").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a system that keeps homes otherwise")
@pytest.mark.parametrize("words", [("whoami",), ("doctor",), ("run", "x.csv")])
def test_who_has_no_home_has_logged_in_nowhere(batchgen, sheet, monkeypatch, words):
    _without_home(monkeypatch)
    sheet.rename("x.csv")

    ended = batchgen(*words)

    assert "HEYGEN_API_KEY is not set, and nobody has logged in." in ended.out + ended.err


def test_a_name_that_begins_like_a_home_is_a_name(batchgen, tmp_path):
    for name in ("~tour.mp4", "~$tour.mp4"):
        (tmp_path / name).write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 99)
    (tmp_path / "x.csv").write_text(
        "file,output_language\n~tour.mp4,German\n~$tour.mp4,Spanish\n~nobody-here/a.mp4,French\n"
    )

    ended = batchgen("check", "x.csv")

    assert ended.code == 2
    assert [line.partition(": There is no file ")[0] for line in ended.out.splitlines()] == ["x.csv:4:file"]
    assert batchgen("plan", "x.csv", "--state=~backup.db").code == 2


def _without_home(monkeypatch):
    """Be a number that no list of users has, as containers are."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)


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


#: What each extra brings, and what else only some commands want. ``anyio`` is httpx's as well.
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BATCHGEN_MAX_CREDIT", 'Did you mean "BATCHGEN_MAX_CREDITS"?'),
        ("BATCHGEN_LIMIT", "Give it --limit."),
        ("BATCHGEN_SELECT", "Give it --select."),
        ("BATCHGEN_NO_WAIT", "Give it --no-wait."),
        ("BATCHGEN_SAND_BOX", 'Did you mean "BATCHGEN_SANDBOX"?'),
    ],
)
def test_a_variable_that_was_meant_to_bound_a_run_is_never_passed_over(batchgen, monkeypatch, chosen, name, said):
    monkeypatch.setenv(name, "1")

    ended = batchgen("run", "x.csv")

    assert (ended.code, chosen) == (3, [])
    assert f"{name}, in the environment: " in ended.err
    assert said in ended.err


@pytest.mark.parametrize(("place", "written"), [("the environment", ""), (".env", "BATCHGEN_RATE=fast\n")])
def test_a_variable_that_cannot_be_read_is_named_with_its_place(
    batchgen, tmp_path, monkeypatch, chosen, place, written
):
    monkeypatch.setenv("BATCHGEN_RATE", "fast")
    if written:
        monkeypatch.delenv("BATCHGEN_RATE")
        (tmp_path / ".env").write_text(written)

    ended = batchgen("run", "x.csv")

    assert (ended.code, chosen) == (3, [])
    assert ended.err.startswith(f"batchgen: BATCHGEN_RATE, in {place}: 'fast'")


def test_variables_of_others_are_named_and_stop_nothing(batchgen, monkeypatch, chosen):
    monkeypatch.setenv("BATCHGEN_BUDGET", "5")
    monkeypatch.setenv("BATCHGEN_SERVICE_HOST", "10.0.0.1")  # As a cluster sets it where a service is called so.
    monkeypatch.setenv("BATCHGEN_PORT_80_TCP_ADDR", "10.0.0.1")
    monkeypatch.setenv("BATCHGEN_PORT", "tcp://10.0.0.1:80")
    monkeypatch.setenv("BATCHGEN_LIMIT", "")  # As containers do with what they do not know.

    ended = batchgen("run", "x.csv")

    assert (ended.code, len(chosen)) == (0, 1)
    assert ended.err.startswith(
        "BATCHGEN_BUDGET, BATCHGEN_PORT, BATCHGEN_PORT_80_TCP_ADDR, BATCHGEN_SERVICE_HOST: not heeded"
    )


def test_every_setting_of_the_file_can_be_set_in_the_environment(batchgen, monkeypatch, chosen):
    monkeypatch.setenv("BATCHGEN_SANDBOX", "1")
    commands = [cli.get_command(None, name) for name in ("run", "login")]
    settable = {option.name for command in commands for option in command.params if option.envvar}

    batchgen("run", "x.csv")

    assert chosen[0].sandbox
    assert settable >= SETTINGS
