"""A keyring that keeps what it is given, and where logins are kept."""

from __future__ import annotations

import pytest

from batchgen.signin.vault import KeyringOrFile


class Ring:
    """As much of the library's backends as is used."""

    name = "Test Ring"

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service, name):
        self._check()
        return self.held.get((service, name))

    def set_password(self, service, name, password):
        self._check()
        self.held[service, name] = password

    def delete_password(self, service, name):
        self._check()
        del self.held[service, name]

    def _check(self) -> None:
        if self.locked:
            raise RuntimeError("locked")


@pytest.fixture
def ring():
    return Ring()


@pytest.fixture
def vault(tmp_path, ring):
    return KeyringOrFile(tmp_path / "batchgen", lambda: (ring, ""))


@pytest.fixture
def bare(tmp_path):
    """The same place on a machine without a keyring."""
    return KeyringOrFile(tmp_path / "batchgen", lambda: (None, "this system has no keyring"))
