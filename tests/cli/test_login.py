"""`login`, `logout` and `whoami` against a real server, and what wins over what."""

from __future__ import annotations

import io
import json
import os
import socketserver
import threading

import pytest

from batchgen.sandbox import Options, plans, serve

KEY = "sk_V2_hgu_kQm7secretZ9x2"


@pytest.fixture
def server(batchgen, monkeypatch):  # Whose folder and settings are made first.
    with serve(options=Options(credits=100.0)) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        yield serving


@pytest.fixture
def login(batchgen, monkeypatch):
    """Log in with a key that comes through a pipe."""

    def call(key, *words):
        monkeypatch.setattr("sys.stdin", io.StringIO(key))
        ended = batchgen("login", *words)
        assert key.strip() == "" or key.strip() not in ended.out + ended.err
        return ended

    return call


def test_a_key_is_checked_kept_and_used(batchgen, server, login, tmp_path):
    done = login(KEY + "\n")
    who = batchgen("whoami", "--json")

    path = tmp_path / ".config" / "batchgen" / "credentials.json"
    assert done.code == 0, done.err
    assert "as sandbox@example.com; 100 credits left" in done.out
    assert f"{path}, which only you can read (this system has no keyring)" in done.out
    assert KEY in path.read_text()
    told = json.loads(who.out)
    assert (told["account"], told["balance"], told["unit"], told["billing"]) == (
        "sandbox@example.com", 100, "credits", "wallet",
    )  # fmt: skip
    assert (told["realm"], told["profile"], told["method"], told["quota"]) == ("sandbox", "default", "key", 100)
    assert (told["source"], told["kept"]) == ("profile default", str(path))
    assert KEY not in who.out + who.err


def test_whoami_reads_well(batchgen, server, login):
    login(KEY, "--profile", "agency")

    who = batchgen("whoami", "--profile", "agency")

    assert "account:     sandbox@example.com" in who.out
    assert "balance:     100 credits left" in who.out
    assert "key of profile agency, kept in /" in who.out


@pytest.mark.skipif(os.name != "posix", reason="its rights are told in other ways elsewhere")
@pytest.mark.parametrize(
    ("mode", "folder", "told"), [(0o644, 0o755, True), (0o644, 0o700, False), (0o600, 0o755, False)]
)
def test_a_file_of_credentials_that_others_can_read_is_told_with_what_closes_it(
    batchgen, server, login, tmp_path, mode, folder, told
):
    login(KEY)
    kept = tmp_path / ".config" / "batchgen" / "credentials.json"
    kept.chmod(mode)
    kept.parent.chmod(folder)

    who, left = batchgen("whoami"), batchgen("quota")

    assert (f"`chmod 600 {kept}`" in who.err, f"`chmod 600 {kept}`" in left.err) == (told, told)
    assert ("which only you can read" in who.out) is not told


def test_a_key_that_the_server_refuses_is_not_kept(batchgen, server, login, tmp_path):
    ended = login("bad" + KEY)

    assert ended.code == 3
    assert "refused the credentials of the key you gave" in ended.err
    assert not list((tmp_path / ".config").rglob("*.json"))


@pytest.mark.parametrize(
    ("key", "said"), [("", "No key came"), ("\n", "No key came"), ("two words", "letters that no key has")]
)
def test_what_is_no_key_is_a_sentence(server, login, key, said):
    ended = login(key)

    assert ended.code == 3
    assert said in ended.err


def test_a_server_that_cannot_tell_leaves_nothing_kept(server, login, tmp_path, monkeypatch):
    monkeypatch.setattr("batchgen.assembly.account.CLOCK.sleep", _no_wait)
    server.world.options = Options(credits=100.0, faults=server.world.options.faults.__class__(get_500=1.0))

    ended = login(KEY)

    assert ended.code == 3
    assert "Nothing was kept" in ended.err
    assert not list((tmp_path / ".config").rglob("*.json"))


async def _no_wait(_seconds):
    return None


def test_the_environment_wins_over_env_file_and_both_over_what_is_kept(batchgen, server, login, tmp_path, monkeypatch):
    login(KEY)
    kept = json.loads(batchgen("whoami", "--json").out)["source"]
    monkeypatch.setattr("batchgen.settings._FROM_DOTENV", {})
    (tmp_path / ".env").write_text("HEYGEN_API_KEY=from-a-file\n")
    monkeypatch.setenv("HEYGEN_API_KEY", "x")
    monkeypatch.delenv("HEYGEN_API_KEY")  # What .env brings in is taken out again when the test ends.
    in_file = json.loads(batchgen("whoami", "--json").out)["source"]
    monkeypatch.setattr("batchgen.settings._FROM_DOTENV", {})
    monkeypatch.setenv("HEYGEN_API_KEY", "from-outside")
    outside = json.loads(batchgen("whoami", "--json").out)["source"]

    assert kept == "profile default"
    assert in_file == "HEYGEN_API_KEY in .env"
    assert outside == "HEYGEN_API_KEY in the environment"


def test_an_empty_key_of_the_environment_is_told_where_env_file_has_one(batchgen, tmp_path, monkeypatch):
    monkeypatch.setattr("batchgen.settings._FROM_DOTENV", {})
    (tmp_path / ".env").write_text("HEYGEN_API_KEY=from-a-file\n")
    monkeypatch.setenv("HEYGEN_API_KEY", "")

    who = batchgen("whoami")

    assert who.code == 3
    assert "HEYGEN_API_KEY is empty in the environment, which counts before what is in .env" in who.err


def test_a_profile_that_is_named_in_vain_is_told(batchgen, server, login, monkeypatch):
    login(KEY, "--profile", "agency")
    monkeypatch.setenv("HEYGEN_API_KEY", "another")

    who = batchgen("whoami", "--profile", "agency")

    assert who.code == 0
    assert "HEYGEN_API_KEY in the environment is used, and profile agency is not" in who.err


def test_profiles_are_kept_beside_each_other_and_forgotten_one_by_one(batchgen, server, login, monkeypatch):
    login(KEY)
    login("another-key-" + KEY, "--profile", "agency")
    monkeypatch.setenv("BATCHGEN_PROFILE", "agency")

    both = json.loads(batchgen("whoami", "--json").out)
    gone = batchgen("logout")
    missing = batchgen("whoami", "--json")
    monkeypatch.delenv("BATCHGEN_PROFILE")
    left = json.loads(batchgen("whoami", "--json").out)

    assert (both["profile"], both["profiles"]) == ("agency", ["agency", "default"])
    assert "Profile agency is forgotten" in gone.out
    assert missing.code == 3
    assert "batchgen login --profile agency" in missing.err
    assert (left["profile"], left["profiles"]) == ("default", ["default"])


def test_what_is_kept_for_one_world_is_not_sent_to_another(batchgen, server, login, monkeypatch):
    login(KEY)
    monkeypatch.setenv("HEYGEN_API_BASE", "https://heygen.example.invalid")

    who = batchgen("whoami")

    assert who.code == 3
    assert "nobody has logged in" in who.err


def test_nothing_to_forget_is_no_error(batchgen):
    assert batchgen("logout").code == 0


def test_a_name_that_is_no_profile_is_a_sentence(batchgen):
    ended = batchgen("logout", "--profile", "../x")

    assert ended.code == 2
    assert "--profile" in ended.err


def test_without_the_extra_its_install_command_is_told(batchgen, login, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "platformdirs", None)

    ended = login(KEY)
    who = batchgen("whoami")

    assert ended.code == 3
    assert "pip install 'batchgen[login]'" in ended.err
    assert who.code == 3
    assert "HEYGEN_API_KEY is not set" in who.err


@pytest.mark.parametrize(("plan", "billing"), [("pro", "subscription"), ("enterprise", "usage_based")])
def test_each_way_of_paying_is_told(batchgen, monkeypatch, plan, billing):
    with serve(options=Options(plan=plans.plan(plan))) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)

        told = json.loads(batchgen("whoami", "--json").out)

    assert told["billing"] == billing
    assert (told["profile"], told["method"]) == (None, "key")


@pytest.mark.parametrize("command", ["whoami", "quota"])
def test_where_no_answer_tells_anything_that_is_said_and_is_no_success(batchgen, monkeypatch, command):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Cut) as cut:
        threading.Thread(target=cut.serve_forever, daemon=True).start()
        monkeypatch.setenv("HEYGEN_API_BASE", f"http://127.0.0.1:{cut.server_address[1]}")
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)
        ended = batchgen(command)
        cut.shutdown()

    assert ended.code == 3
    assert ended.out == ""
    assert "gave no answer that tells what the account has" in ended.err


class Cut(socketserver.BaseRequestHandler):
    """Somebody who hears a request and hangs up."""

    def handle(self):
        self.request.recv(4096)
