"""As whom requests are made: what signs them, and what a person does when the signature is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from batchgen.model.errors import CredentialsError


@dataclass(frozen=True, slots=True)
class Signature:
    """The one header that says who is asking. HeyGen takes a key or a token, and its own clients never send both."""

    header: str
    secret: str = field(repr=False)
    scheme: str = ""  #: What stands before the secret, such as ``Bearer``.

    @property
    def value(self) -> str:
        """The header's value."""
        return f"{self.scheme} {self.secret}" if self.scheme else self.secret


class Credentials(Protocol):
    """Signs requests."""

    @property
    def remedy(self) -> str:
        """What a person does when they are refused, to be read after a colon."""

    async def sign(self) -> Signature:
        """Give what the next request is signed with. Raises ``NotSent`` where there is nothing valid just now."""

    async def renew(self, refused: Signature) -> bool:
        """Tell whether there is another signature to try, since the server refused this one.

        Raises ``NotSent`` where it cannot be had just now, though it may be had later.
        """


@dataclass(frozen=True, slots=True)
class ApiKey:
    """See Credentials. A key stays as it is: what is refused once is refused again."""

    key: str = field(repr=False)
    remedy: str = "check HEYGEN_API_KEY"

    def __post_init__(self) -> None:
        """Refuse what no header can carry, without quoting it."""
        if not self.key or not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise CredentialsError(
                "The API key holds letters that no key has. Copy it again, without quotes or spaces."
            )

    async def sign(self) -> Signature:
        """See Credentials.sign."""
        return Signature("X-Api-Key", self.key)

    async def renew(self, refused: Signature) -> bool:
        """See Credentials.renew."""
        del refused
        return False
