"""Where logins are kept: in the keyring where it takes them, else in a file for its owner alone."""

from __future__ import annotations

import json
import stat
import threading

import pytest

from batchgen.model.errors import ConfigError
from batchgen.signin.interface import Login, OAuthApp, Tokens
from batchgen.signin.vault import KeyringOrFile

APP = OAuthApp(
    client_id="app",
    client_secret="hush",
    authorize_url="https://a/1",
    token_url="https://a/2",
    revoke_url="https://a/3",
)
KEY = Login(realm="api.heygen.com", key="sk-secret-1")
OAUTH = Login(
    realm="api.heygen.com",
    profile="agency",
    app=APP,
    tokens=Tokens(access="at-secret", refresh="rt-secret", expires_at=5.0),
)


@pytest.mark.parametrize("login", [KEY, OAUTH], ids=["key", "oauth"])
def test_a_keyring_keeps_the_secret_and_the_file_has_none_of_it(vault, login):
    place = vault.keep(login)

    assert (place.keyring, place.name) == (True, "Test Ring")
    assert vault.find(login.realm, login.profile) == login
    assert "secret" not in vault.path.read_text().replace('"secret": null', "")
    assert "hush" not in vault.path.read_text()


@pytest.mark.parametrize("login", [KEY, OAUTH], ids=["key", "oauth"])
def test_without_a_keyring_a_file_keeps_it_for_its_owner_alone(bare, login):
    place = bare.keep(login)

    assert (place.keyring, place.name, place.why) == (False, str(bare.path), "this system has no keyring")
    assert bare.find(login.realm, login.profile) == login
    assert stat.S_IMODE(bare.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(bare.path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_again_by_the_next_login(bare):
    bare.keep(KEY)
    bare.path.chmod(0o644)

    bare.keep(OAUTH)

    assert stat.S_IMODE(bare.path.stat().st_mode) == 0o600


def test_a_keyring_that_refuses_gives_way_to_the_file_and_it_is_said_why(vault, ring):
    ring.locked = True

    place = vault.keep(KEY)

    assert not place.keyring
    assert "RuntimeError" in place.why
    assert vault.find(KEY.realm, KEY.profile) == KEY


def test_a_keyring_that_is_locked_later_is_a_sentence(vault, ring):
    vault.keep(OAUTH)
    ring.locked = True

    with pytest.raises(ConfigError, match="batchgen login --profile agency"):
        vault.find(OAUTH.realm, OAUTH.profile)


def test_a_login_that_is_gone_from_the_keyring_is_a_sentence(vault, ring):
    vault.keep(KEY)
    ring.held.clear()

    with pytest.raises(ConfigError, match="nothing of profile default any more"):
        vault.find(KEY.realm, KEY.profile)


def test_profiles_and_worlds_are_kept_apart(bare):
    there = Login(realm="sandbox", key="sandbox-key")
    for login in (KEY, OAUTH, there):
        bare.keep(login)

    assert bare.profiles("api.heygen.com") == ["agency", "default"]
    assert bare.profiles("sandbox") == ["default"]
    assert bare.find("sandbox", "default") == there
    assert bare.find("sandbox", "agency") is None


def test_what_is_forgotten_is_in_neither_place(vault, ring, bare):
    vault.keep(KEY)
    bare.keep(OAUTH)

    vault.forget(KEY.realm, KEY.profile)
    vault.forget(OAUTH.realm, OAUTH.profile)
    vault.forget(OAUTH.realm, "nobody")

    assert ring.held == {}
    assert "secret-1" not in vault.path.read_text()
    assert "at-secret" not in vault.path.read_text()
    assert vault.profiles(KEY.realm) == []


def test_a_new_login_takes_the_place_of_the_old(bare):
    bare.keep(KEY)

    bare.keep(Login(realm=KEY.realm, key="sk-secret-2"))

    assert "sk-secret-1" not in bare.path.read_text()
    assert bare.profiles(KEY.realm) == ["default"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"logins": 3}', '{"logins": [{}]}', '{"logins": ["x"]}', "\x00"])
def test_a_damaged_file_is_a_sentence(bare, text):
    bare.path.parent.mkdir()
    bare.path.write_text(text)

    with pytest.raises(ConfigError, match="log in again"):
        bare.find("sandbox", "default")


def test_a_damaged_secret_is_a_sentence(bare):
    bare.keep(KEY)
    kept = json.loads(bare.path.read_text())
    del kept["logins"][0]["secret"]["key"]
    bare.path.write_text(json.dumps(kept))

    with pytest.raises(ConfigError, match="log in again"):
        bare.find(KEY.realm, KEY.profile)


def test_a_folder_that_takes_no_file_is_a_sentence(tmp_path):
    tmp_path.joinpath("file").touch()
    nowhere = KeyringOrFile(tmp_path / "file" / "batchgen", lambda: (None, ""))

    with pytest.raises(ConfigError, match="cannot be kept there"):
        nowhere.keep(KEY)


def test_logins_at_the_same_time_are_all_kept(bare):
    names = [f"p{number}" for number in range(8)]

    def keep(name):
        bare.keep(Login(realm="sandbox", profile=name, key="k"))

    threads = [threading.Thread(target=keep, args=[name]) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert bare.profiles("sandbox") == names


def test_nothing_secret_is_in_a_repr():
    assert "secret" not in repr(KEY).replace("client_secret", "")
    assert "secret" not in repr(OAUTH)
    assert "hush" not in repr(OAUTH)
