"""What is kept when somebody has signed in, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

#: The profile of those who name none.
DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """What HeyGen's OAuth server knows batchgen as, and where that server is."""

    client_id: str
    client_secret: str | None = field(default=None, repr=False)  #: Public clients have none.
    authorize_url: str
    token_url: str
    revoke_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the OAuth server gave."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: float | None = None  #: Epoch seconds; None where the server did not say.


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Credentials of one profile in one world. It has a key, or an app and its tokens."""

    realm: str  #: What is kept for one world is never sent to another.
    profile: str = DEFAULT
    key: str | None = field(default=None, repr=False)
    app: OAuthApp | None = None
    tokens: Tokens | None = None
    owner: str = ""  #: Whose account it is, as far as it was told when somebody logged in.

    @property
    def method(self) -> str:
        """How somebody signed in."""
        return "key" if self.tokens is None else "oauth"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a login is kept."""

    name: str  #: For a person: a keyring's name or a path.
    keyring: bool
    why: str = ""  #: Why it is not the keyring, where it is not.
    shared: bool = False  #: Others on this machine can read it.


class Vault(Protocol):
    """Keeps logins."""

    def find(self, realm: str, profile: str) -> Login | None:
        """Give what is kept. Raises ``ConfigError`` where it cannot be read."""

    def keep(self, login: Login) -> Place:
        """Keep a login in the place of whatever was kept for its profile. Raises ``ConfigError``."""

    def forget(self, realm: str, profile: str) -> None:
        """Keep nothing for a profile any more. Raises ``ConfigError``."""

    def profiles(self, realm: str) -> list[str]:
        """Name the profiles that something is kept for."""
