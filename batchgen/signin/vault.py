"""Keeps logins in the system's keyring where there is one, else in a file that only its owner can read.

The file lists every login in either case, since a keyring cannot be asked what it holds; a secret stands in it only
where no keyring took it.
"""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from batchgen.model.errors import ConfigError
from batchgen.signin.interface import Login, OAuthApp, Place, Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

#: What the keyring files a login under.
_SERVICE = "batchgen"
#: A file in the user's folder of settings.
_FILE = "credentials.json"
#: Seconds to wait for another process that writes it.
_PATIENCE_S = 10.0
#: Who else may read a file, and enter its folder: its group, and everybody.
_OTHERS = ((stat.S_IRGRP, stat.S_IXGRP), (stat.S_IROTH, stat.S_IXOTH))


class KeyringOrFile:
    """See Vault. ``keyring`` gives a backend of the library of that name, or None and why; it is asked when needed."""

    def __init__(self, folder: Path, keyring: Callable[[], tuple[Any, str]]) -> None:
        self.path = folder / _FILE
        self._open_keyring = keyring

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        return self._open_keyring()

    @property
    def _keyring(self) -> Any:
        return self._opened[0]

    def find(self, realm: str, profile: str) -> Login | None:
        """See Vault.find."""
        entry = _entry(self._read(), realm, profile)
        if entry is None:
            return None
        try:
            return _login(entry["secret"] or self._from_keyring(realm, profile))
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error

    def keep(self, login: Login) -> Place:
        """See Vault.keep."""
        place, facts = self._in_keyring(login), {"realm": login.realm, "profile": login.profile}
        entry = {**facts, "keyring": place.keyring, "secret": None if place.keyring else asdict(login)}
        with self._alone():
            others = [one for one in self._read() if not _is(one, login.realm, login.profile)]
            self._write([*others, entry])
        return place

    def forget(self, realm: str, profile: str) -> None:
        """See Vault.forget."""
        with self._alone():
            entries = self._read()
            entry = _entry(entries, realm, profile)
            if entry is None:
                return
            if entry["keyring"] and self._keyring is not None:
                # What is not there any more need not be taken out.
                with suppress(Exception):
                    self._keyring.delete_password(_SERVICE, _name(realm, profile))
            self._write([one for one in entries if one is not entry])

    def profiles(self, realm: str) -> list[str]:
        """See Vault.profiles."""
        return sorted(one["profile"] for one in self._read() if one["realm"] == realm)

    def place(self, realm: str, profile: str) -> Place | None:
        """Tell where a login is kept; None: it is not."""
        entry = _entry(self._read(), realm, profile)
        return None if entry is None else self._place(keyring=bool(entry["keyring"]))

    def _place(self, *, keyring: bool, why: str = "") -> Place:
        name = getattr(self._keyring, "name", "the keyring") if keyring else str(self.path)
        return Place(
            name, keyring, "" if keyring else why or self._opened[1], shared=not keyring and _is_shared(self.path)
        )

    def _in_keyring(self, login: Login) -> Place:
        if self._keyring is None:
            return self._place(keyring=False)
        try:
            self._keyring.set_password(_SERVICE, _name(login.realm, login.profile), json.dumps(asdict(login)))
        except Exception as error:  # noqa: BLE001 - each system's keyring fails in its own way: locked, too long, gone
            return self._place(keyring=False, why=f"the keyring did not take it ({type(error).__name__})")
        return self._place(keyring=True)

    def _from_keyring(self, realm: str, profile: str) -> Mapping[str, Any]:
        way = f"Unlock it, or log in again: `batchgen login --profile {profile}`."
        if self._keyring is None:
            raise ConfigError(
                f"Profile {profile} is kept in a keyring, and there is none here ({self._opened[1]}). {way}"
            )
        try:
            kept = self._keyring.get_password(_SERVICE, _name(realm, profile))
        except Exception as error:
            raise ConfigError(f"The keyring cannot be read ({type(error).__name__}). {way}") from error
        if kept is None:
            raise ConfigError(f"The keyring has nothing of profile {profile} any more. {way}")
        found: Mapping[str, Any] = json.loads(kept)
        return found

    def _read(self) -> list[dict[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigError(f"{self.path}: this cannot be read ({reason}).") from error
        try:
            entries = json.loads(text)["logins"]
            for one in entries:
                one["realm"], one["profile"], one["keyring"], one["secret"]
        except (KeyError, TypeError, ValueError) as error:
            raise self._damaged() from error
        found: list[dict[str, Any]] = entries
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Change the file while no other process does."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.path.with_suffix(".lock"), timeout=_PATIENCE_S, mode=0o600):
                yield
        except (OSError, Timeout) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "another process holds it"
            raise ConfigError(f"{self.path}: credentials cannot be kept there ({reason}).") from error

    def _write(self, entries: list[dict[str, Any]]) -> None:
        aside = self.path.with_suffix(f".{os.getpid()}.part")
        aside.unlink(missing_ok=True)
        # Made for its owner alone before anything is in it, and never half a file under its own name.
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump({"logins": entries}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)

    def _damaged(self) -> ConfigError:
        return ConfigError(f"{self.path}: this is not as batchgen wrote it. Remove it, and log in again.")


def _is_shared(path: Path) -> bool:
    """Tell whether others may read a file, as after a copy: as it and its folder were made, nobody else can."""
    if os.name != "posix" or not path.exists():
        return False
    file, folder = path.stat().st_mode, path.parent.stat().st_mode
    return any(file & reads and folder & enters for reads, enters in _OTHERS)


def _is(entry: Mapping[str, Any], realm: str, profile: str) -> bool:
    return bool(entry["realm"] == realm and entry["profile"] == profile)


def _entry(entries: list[dict[str, Any]], realm: str, profile: str) -> dict[str, Any] | None:
    return next((one for one in entries if _is(one, realm, profile)), None)


def _name(realm: str, profile: str) -> str:
    return f"{profile}@{realm}"


def _login(kept: Mapping[str, Any]) -> Login:
    app, tokens = kept["app"], kept["tokens"]
    return Login(
        realm=kept["realm"],
        profile=kept["profile"],
        key=kept["key"],
        app=None if app is None else OAuthApp(**app),
        tokens=None if tokens is None else Tokens(**tokens),
        owner=kept.get("owner", ""),
    )
