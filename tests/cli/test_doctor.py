"""`batchgen doctor`: what it says, for people and for scripts, and its exit code."""

from __future__ import annotations

import json
import os
import socket
import threading

import pytest

from batchgen.sandbox import Options, serve
from tests.doctor.conftest import answer

KEY = "sk_V2_hgu_kQm7secretZ9x2"


@pytest.fixture
def server(batchgen, monkeypatch):
    with serve(options=Options(credits=100.0)) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)
        yield serving


@pytest.fixture
def stun_port():
    """Answer STUN requests from a thread."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as open_socket:
        open_socket.bind(("127.0.0.1", 0))

        def serve_one():
            message, address = open_socket.recvfrom(1000)
            open_socket.sendto(answer(message, *address), address)

        threading.Thread(target=serve_one, daemon=True).start()
        yield open_socket.getsockname()[1]


def told(ended) -> dict[str, dict]:
    assert KEY not in ended.out + ended.err
    return {one["name"]: one for one in json.loads(ended.out)["checks"]}


def test_all_that_a_rehearsal_needs_is_there(batchgen, server, tmp_path):
    ended = batchgen("doctor", "--json")

    found = told(ended)
    assert ended.code == 0
    assert {one["verdict"] for one in found.values() if one["needed"]} == {"pass", "skipped"}
    assert found["credentials"]["detail"].endswith("open the account of sandbox@example.com")
    assert found["balance"]["detail"] == "100 credits left (wallet)"
    assert found["clock"]["verdict"] == "pass"
    assert found["TURN over UDP"]["verdict"] == "skipped"
    assert list(tmp_path.iterdir()) == []


def test_a_person_reads_groups_verdicts_and_an_end(batchgen, server):
    ended = batchgen("doctor")

    lines = ended.out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "machine", "settings", "state", "account", "network", "All that `batchgen run` needs is there.",
    ]  # fmt: skip
    assert KEY not in ended.out


@pytest.mark.parametrize("key", ["", "bad" + KEY])
def test_credentials_that_are_not_right_are_a_fail_with_what_to_do(batchgen, server, monkeypatch, key):
    monkeypatch.setenv("HEYGEN_API_KEY", key)

    ended = batchgen("doctor", "--json")

    found = told(ended)["credentials"]
    assert (ended.code, found["verdict"]) == (1, "fail")
    assert "HEYGEN_API_KEY" in found["detail"] + found["remedy"]


def test_an_empty_account_is_a_fail(batchgen, monkeypatch):
    with serve(options=Options(credits=0.0)) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)

        ended = batchgen("doctor", "--json")

    assert (ended.code, told(ended)["balance"]["verdict"]) == (1, "fail")


def test_a_server_that_is_not_there_is_told_with_what_to_ask_for(batchgen, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HEYGEN_API_BASE", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)

    ended = batchgen("doctor")

    assert ended.code == 1
    assert f"TCP {port} to 127.0.0.1 (every request)" in ended.out
    assert "A run needs these, and they fail: credentials, API." in ended.out


def test_another_list_of_places_is_looked_at(batchgen, server, stun_port, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
    tmp_path.joinpath("ours.toml").write_text(
        f'[[reach]]\nname = "our TURN"\nhost = "127.0.0.1"\nport = {stun_port}\nlook = "stun"\nfor = "sessions"\n'
        f'[[reach]]\nname = "our store"\nhost = "127.0.0.1"\nport = {nobody}\nlook = "tcp"\nfor = "run"\n'
    )

    ended = batchgen("doctor", "--network", "ours.toml", "--json")

    found = told(ended)
    assert found["our TURN"]["verdict"] == "pass"
    assert "from outside you are 127.0.0.1" in found["our TURN"]["detail"]
    assert found["our store"]["verdict"] == "fail"
    assert ended.code == 1, "a run needs it"
    assert "videos" not in found


def test_what_only_sessions_need_does_not_count_against_a_run(batchgen, server, tmp_path):
    tmp_path.joinpath("ours.toml").write_text(
        '[[reach]]\nname = "TURN"\nhost = "no-such-host.invalid"\nport = 3478\nlook = "stun"\nfor = "sessions"\n'
    )

    ended = batchgen("doctor", "--network", "ours.toml")

    assert ended.code == 0
    assert "Not needed by a run, and failing: TURN." in ended.out


def test_each_setting_is_told_with_its_place(batchgen, server, tmp_path, monkeypatch):
    (tmp_path / "batchgen.toml").write_text("rate = 3\n")
    (tmp_path / ".env").write_text("BATCHGEN_SETTLE=7\n")
    monkeypatch.setenv("BATCHGEN_SETTLE", "x")
    monkeypatch.delenv("BATCHGEN_SETTLE")
    monkeypatch.setattr("batchgen.settings._FROM_DOTENV", {})
    monkeypatch.setenv("BATCHGEN_CONCURRENCY", "4")

    ended = batchgen("doctor", "--json")

    found = {one["name"]: (one["value"], one["source"]) for one in json.loads(ended.out)["settings"]}
    assert found["rate"] == ("3.0", "batchgen.toml")
    assert found["settle"] == ("7.0", ".env")
    assert found["concurrency"] == ("4", "the environment")
    assert found["poll_interval"] == ("5.0", "default")
    assert found["max_credits"] == found["notify"] == ("none", "default")
    assert found["HEYGEN_API_KEY"] == ("set", "the environment")
    assert found["HEYGEN_API_BASE"] == (server.url, "the environment")


def test_a_setting_that_makes_no_sense_is_a_fail(batchgen, server, monkeypatch):
    monkeypatch.setenv("BATCHGEN_RATE", "soon")

    ended = batchgen("doctor", "--json")

    assert (ended.code, told(ended)["rate"]["verdict"]) == (1, "fail")
    assert "BATCHGEN_RATE" in told(ended)["rate"]["detail"]


def test_a_password_in_an_address_is_not_shown(batchgen, server, monkeypatch):
    monkeypatch.setenv("BATCHGEN_OAUTH_BASE", "https://me:hunter2@login.example")

    assert "hunter2" not in batchgen("doctor").out


def test_an_address_that_notes_go_to_is_named_by_its_host_alone(batchgen, server, tmp_path):
    (tmp_path / "batchgen.toml").write_text(
        'notify = ["https://hooks.slack.com/T0/s3cr3t", "slack:https://a.example/s3cr3t"]'
    )

    ended = batchgen("doctor")

    assert "s3cr3t" not in ended.out + ended.err
    assert "hooks.slack.com, a.example (from batchgen.toml)" in ended.out


def test_an_address_that_takes_no_notes_is_a_fail_and_not_shown(batchgen, server, monkeypatch):
    monkeypatch.setenv("BATCHGEN_NOTIFY", "ftp://a.example/s3cr3t")

    ended = batchgen("doctor", "--json")

    assert (ended.code, told(ended)["notify"]["verdict"]) == (1, "fail")
    assert "s3cr3t" not in ended.out + ended.err


def test_a_state_of_another_program_is_a_fail(batchgen, server, tmp_path):
    (tmp_path / "other.db").write_bytes(os.urandom(5000))

    ended = batchgen("doctor", "--state", "other.db", "--json")

    assert (ended.code, told(ended)["state file"]["verdict"]) == (1, "fail")


@pytest.mark.parametrize("base", ["https://api.heygen.com:port", "nonsense", "http://10.0.0.1"])
def test_an_address_that_is_none_is_no_traceback(batchgen, monkeypatch, base):
    monkeypatch.setenv("HEYGEN_API_BASE", base)
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)

    ended = batchgen("doctor", "--patience", "0.5", "--json")

    assert ended.code in {1, 3}
    assert KEY not in ended.out + ended.err


def test_its_own_sandbox_is_enough(batchgen):
    ended = batchgen("doctor", "--sandbox", "--json")

    assert ended.code == 0, ended.out
    assert told(ended)["credentials"]["verdict"] == "pass"
