"""What is said to HeyGen's OAuth server, and what its replies mean: the code flow with PKCE, refreshing, revoking.

No network here. HeyGen's OAuth guide wants the client's id in the form, and says that a reply to a refresh may have no
new refresh token: then the old one stays. A 400 or 401 is a refusal, and whoever logged in has to do so again; anything
else that is no token is a server in trouble, and says nothing about the tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7009 import prepare_revoke_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from batchgen.model.errors import CredentialsError, UnreachableError
from batchgen.model.foreign import read_json
from batchgen.signin.interface import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchgen.model.exchange import Reply
    from batchgen.signin.interface import OAuthApp

#: What is asked for; HeyGen's guide gives these three.
SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One login under way."""

    app: OAuthApp
    redirect: str  #: Where the browser is sent back to.
    state: str = field(repr=False)  #: Proof that whoever comes back is whom we sent away.
    verifier: str = field(repr=False)  #: Proof to the server that the code is ours.

    @property
    def link(self) -> str:
        """Where a person says yes."""
        link: str = prepare_grant_uri(
            self.app.authorize_url,
            client_id=self.app.client_id,
            response_type="code",
            redirect_uri=self.redirect,
            scope=SCOPE,
            state=self.state,
            code_challenge=create_s256_code_challenge(self.verifier),
            code_challenge_method="S256",
        )
        return link

    def redemption(self, code: str) -> str:
        """Write the form that trades a code for tokens."""
        return _form("authorization_code", self.app, code=code, redirect_uri=self.redirect, code_verifier=self.verifier)


def begin(app: OAuthApp, *, redirect: str, draw: Callable[[int], str]) -> Flow:
    """Begin a login; ``draw`` gives a text of so many random bytes, fit for links."""
    # 48 bytes are 64 letters: a verifier has 43 to 128.
    return Flow(app=app, redirect=redirect, state=draw(24), verifier=draw(48))


def refreshing(app: OAuthApp, refresh: str) -> str:
    """Write the form that trades a refresh token for tokens."""
    return _form("refresh_token", app, refresh_token=refresh)


def revoking(app: OAuthApp, token: str) -> str:
    """Write the form that ends a login."""
    body, _ = prepare_revoke_token_request(token, body=_fields(client_id=app.client_id, secret=app.client_secret))
    return str(body)


def read_tokens(reply: Reply, *, now: float, before: Tokens | None = None) -> Tokens:
    """Read the tokens of a reply; what it leaves out stays as it was ``before``.

    Raises ``CredentialsError`` where the server refused, ``UnreachableError`` where it is in trouble.
    """
    said = _read(reply.body)
    if reply.status in {400, 401} and said is not None:
        raise CredentialsError(f"HeyGen refused the login ({_reason(said)})")
    access = said.get("access_token") if said is not None and 200 <= reply.status < 300 else None
    if not isinstance(access, str) or not access.isascii() or not access.isprintable() or not access:
        raise UnreachableError(f"HeyGen's login server gave no tokens (HTTP {reply.status})")
    life, refresh = (said or {}).get("expires_in"), (said or {}).get("refresh_token")
    tokens = before or Tokens(access="")
    return replace(
        tokens,
        access=access,
        refresh=refresh if isinstance(refresh, str) and refresh else tokens.refresh,
        expires_at=now + life if isinstance(life, int | float) and not isinstance(life, bool) else None,
    )


def _form(grant: str, app: OAuthApp, **fields: str) -> str:
    form: str = prepare_token_request(grant, client_id=app.client_id, client_secret=app.client_secret, **fields)
    return form


def _fields(*, client_id: str, secret: str | None) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return urlencode({"client_id": client_id} | ({"client_secret": secret} if secret else {}))


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        found = read_json(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _reason(said: dict[str, Any]) -> str:
    """Quote the server's words, which are shown to a person."""
    words = next((said[name] for name in ("error_description", "message", "error", "code") if said.get(name)), "no")
    return " ".join(str(words).split())[:200].rstrip(".")
