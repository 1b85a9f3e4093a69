"""Signs requests with a token, and renews it: a minute before it ends, and once where the server refuses it.

Rule: a login is called rejected only where the server said so. While the server is in trouble the tokens stay, the
request is told as not sent, and whoever sends it tries again. What was renewed is kept before it is used, since the
old refresh token may be good for nothing from then on.

Rule: it signs for one account. What the profile holds of another one meanwhile is neither used nor written over: what
the first account may have taken would be bought of the other once more.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from filelock import AsyncFileLock, Timeout

from batchgen.model.credentials import Signature
from batchgen.model.errors import ConfigError, CredentialsError, NotSent
from batchgen.signin.oauth import read_tokens, refreshing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batchgen.signin.interface import Login, OAuthApp, Tokens, Vault
    from batchgen.signin.server import Post

#: Seconds before its end from which a token is renewed; HeyGen's own command line takes as many.
EARLY_S = 60.0
#: Seconds for which a server in trouble is left alone.
REST_S = 2.0
#: Seconds to wait for another process that renews the same tokens.
_PATIENCE_S = 60.0


class Bearer:
    """See Credentials. It may be asked by many tasks at once: one of them renews, and the others wait for it."""

    def __init__(
        self, login: Login, *, vault: Vault, post: Post, now: Callable[[], float], lock: Path, remedy: str
    ) -> None:
        if login.app is None or login.tokens is None:
            raise CredentialsError("This login has no tokens.")
        self._app: OAuthApp = login.app
        self._tokens: Tokens = login.tokens
        self._login = login
        self._vault = vault
        self._post = post
        self._now = now
        self._lock = lock
        self._renewal: asyncio.Task[None] | None = None
        self._rejected = False  #: The server took the refresh token for invalid.
        self._trouble = ""  #: Why the last renewal came to nothing, though the tokens may be good.
        self._unkept = False  #: The latest tokens are in memory alone: the disk did not take them.
        self._again_at = 0.0  #: Epoch seconds before which a server in trouble is not asked again.
        self.remedy = remedy

    async def sign(self) -> Signature:
        """See Credentials.sign."""
        if self._ends_within(EARLY_S) and not self._rejected:
            await self._renewed(self._tokens.access)
            if self._ends_within(0) and not self._rejected:
                raise NotSent(f"The server was not reached: {self._trouble}")
        # A rejected login goes out as it is: the API's own refusal is what stops a run in order.
        return Signature("Authorization", self._tokens.access, scheme="Bearer")

    async def renew(self, refused: Signature) -> bool:
        """See Credentials.renew."""
        if self._tokens.access != refused.secret:
            return True  # Somebody else renewed them meanwhile.
        if self._rejected:
            return False
        await self._renewed(refused.secret)
        if self._tokens.access == refused.secret and not self._rejected:
            raise NotSent(f"The server was not reached: {self._trouble}")
        return not self._rejected

    def _ends_within(self, seconds: float) -> bool:
        return self._tokens.expires_at is not None and self._now() >= self._tokens.expires_at - seconds

    async def _renewed(self, spent: str) -> None:
        """Wait until tokens other than the spent ones are there, or it is known why there are none."""
        if self._now() < self._again_at:
            return
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(spent))
        # Whoever waits may give up; what the server has sent on its way by then is kept all the same.
        await asyncio.shield(self._renewal)

    async def _renew(self, spent: str) -> None:
        try:
            async with AsyncFileLock(self._lock, timeout=_PATIENCE_S, mode=0o600):
                self._take(await self._fresh(spent))
        except CredentialsError as error:
            self._rejected, self._trouble = True, str(error)
        except (ConfigError, Timeout, OSError) as error:
            self._trouble, self._again_at = str(error), self._now() + REST_S

    async def _fresh(self, spent: str) -> Tokens:
        """Get tokens: those that another process has got meanwhile, or new ones from the server."""
        before = await self._latest()
        ended = before.expires_at is not None and self._now() >= before.expires_at
        if before.access != spent and not ended:
            return before
        if before.refresh is None:
            raise CredentialsError("The login has run out, and cannot be renewed")
        reply = await self._post(self._app.token_url, refreshing(self._app, before.refresh))
        tokens = read_tokens(reply, now=self._now(), before=before)
        await self._keep(tokens)
        return tokens

    async def _latest(self) -> Tokens:
        if self._unkept:
            return self._tokens
        # In a thread: a keyring may ask a person to unlock it.
        kept = await asyncio.to_thread(self._vault.find, self._login.realm, self._login.profile)
        if kept is None or kept.tokens is None:
            raise CredentialsError("Somebody logged out meanwhile")
        if kept.owner != self._login.owner:
            raise CredentialsError("Somebody logged in to another account meanwhile")
        return kept.tokens

    async def _keep(self, tokens: Tokens) -> None:
        try:
            await asyncio.to_thread(self._vault.keep, replace(self._login, tokens=tokens))
        except ConfigError:
            # A disk that is full ends no run: these tokens are as good, and the next renewal tries again.
            self._unkept = True
        else:
            self._unkept = False

    def _take(self, tokens: Tokens) -> None:
        self._tokens, self._trouble, self._again_at = tokens, "", 0.0
