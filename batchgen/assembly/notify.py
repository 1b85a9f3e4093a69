"""Sends a note to an address, and says so where that failed.

Rule: an address of this sort is a secret, since whoever knows it can post there. Its host alone is ever named.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from batchgen.model.address import is_loopback
from batchgen.model.errors import BatchgenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: How often it is tried, and for how many seconds each time.
TRIES, PATIENCE_S = 3, 10.0
_SLACK = "slack:"


class NotTold(BatchgenError):  # noqa: N818 - reads as the outcome it is
    """A note could not be sent."""

    def __init__(self, host: str, problem: str, *, passing: bool) -> None:
        super().__init__(f"--notify: the note to {host} was not taken: {problem}. What the run did stands.")
        self.passing = passing  #: Worth trying again.


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a note goes."""

    url: str = field(repr=False)
    host: str
    slack: bool  #: Whether it wants Slack's words.


def read_target(text: str) -> Target:
    """Read ``--notify``. Raises ``UsageError``, and quotes no secret in it."""
    text = text.strip()
    asked = text.lower().startswith(_SLACK)
    url = text[len(_SLACK) :] if asked else text
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - it is only read here, and raises where it is none
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"}:
        raise UsageError("--notify: this is the https:// address of a webhook, or slack: and such an address.")
    if parts.scheme != "https" and not is_loopback(host):
        raise UsageError(f"--notify: the address at {host} must begin with https://, or everybody could read the note.")
    return Target(url=url, host=host, slack=asked or host == "hooks.slack.com")


def send_note(target: Target, body: Mapping[str, Any], *, sleep: Callable[[float], None]) -> None:
    """Post a note as JSON. Raises ``NotTold`` when it was tried often enough."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential  # noqa: PLC0415

    def worth_repeating(error: BaseException) -> bool:
        return isinstance(error, NotTold) and error.passing

    for attempt in Retrying(
        retry=retry_if_exception(worth_repeating),
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(multiplier=1.0),
        sleep=sleep,
        reraise=True,
    ):
        with attempt:
            _post(target, body)


def _post(target: Target, body: Mapping[str, Any]) -> None:
    import httpx  # noqa: PLC0415 - for those who want a note

    try:
        status = asyncio.run(_status(target, body))
    except (httpx.HTTPError, OSError) as error:
        # What the error itself says may quote the address.
        raise NotTold(target.host, f"it could not be reached ({type(error).__name__})", passing=True) from None
    except ImportError:
        problem = "a SOCKS proxy is set on this machine, and no note goes through one. Set an HTTP proxy, or NO_PROXY"
        raise NotTold(target.host, problem, passing=False) from None
    except Exception as error:  # noqa: BLE001 - a name or a proxy that cannot be: no run fails for its note
        problem = f"its address, or that of the proxy to it, cannot be used ({type(error).__name__})"
        raise NotTold(target.host, problem, passing=False) from None
    if not 200 <= status < 300:
        passing = status == 429 or status >= 500
        raise NotTold(target.host, f"it answered with HTTP {status}", passing=passing)


async def _status(target: Target, body: Mapping[str, Any]) -> int:
    """Give the status of the answer. Its body is not read: nothing in it counts, and it may never end."""
    import httpx  # noqa: PLC0415 - for those who want a note

    local = is_loopback(target.host)
    # The client's own timeout begins anew with each byte; this one holds for all of it.
    async with (
        asyncio.timeout(PATIENCE_S),
        httpx.AsyncClient(timeout=None, follow_redirects=False, trust_env=not local) as client,  # noqa: S113
        client.stream("POST", target.url, json=body) as reply,
    ):
        return reply.status_code
