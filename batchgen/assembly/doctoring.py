"""Every check of `batchgen doctor`, put together from the machine, the state, the account and the network."""

from __future__ import annotations

import asyncio
import os
import re
import time
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from batchgen import settings
from batchgen.doctor import machine, web
from batchgen.doctor.interface import Check, Finding, Verdict, aside, examine
from batchgen.doctor.network import Reach, checks, read_reaches
from batchgen.model.address import is_loopback
from batchgen.model.errors import BatchgenError, ConfigError
from batchgen.model.exchange import Hold
from batchgen.model.network import PROXY_REMEDY
from batchgen.model.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.settings import Account

#: Of all libraries, those whose versions tell most.
_TELLING = ("httpx", "aiohttp", "sqlalchemy", "pandas", "click")


def diagnose(
    account: Account | BatchgenError, *, base_url: str, state: str, downloads: str, network: str | None, patience: float
) -> list[Finding]:
    """Make every check. An account that there is none of is given as the error that says so. Raises ``ConfigError``."""
    rehearsal = is_loopback(urlsplit(base_url).hostname or "")
    reaches = [one for one in _reaches(network) if one.host != urlsplit(settings.DEFAULT_BASE).hostname]
    all_checks = [
        *_machine(),
        *_state(state, downloads),
        Check(group="account", name="credentials", look=partial(_account, account)),
        Check(group="network", name="proxy", look=partial(_proxy, base_url)),
        _at_once("network", "certificates", lambda: [machine.certificates(os.environ)]),
        Check(group="network", name="API", look=partial(_api, base_url), ask=_rule(base_url)),
        *checks(reaches, web.LOOKS, rehearsal=rehearsal and network is None),
    ]
    return asyncio.run(examine(all_checks, patience=patience))


def _reaches(network: str | None) -> list[Reach]:
    """Read the list that comes with batchgen, or another one."""
    path = Path(network) if network else Path(__file__).parents[1] / "firewall.toml"
    try:
        return read_reaches(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigError(f"{path}: this list cannot be read ({reason}).") from error


def _machine() -> Iterator[Check]:
    required, extras = _requirements()
    yield _at_once("machine", "Python", lambda: [machine.python(VERSION)])
    yield _at_once("machine", "libraries", lambda: [machine.libraries(required, shown=_TELLING)])
    for name, libraries in extras.items():
        yield _at_once("machine", f"extra {name}", partial(_extra, name, libraries), needed=False)


def _extra(name: str, libraries: Sequence[str]) -> list[Finding]:
    return [machine.optional(name, libraries)]


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """Read from the installed package what it needs, and what each extra needs."""
    required: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in metadata.requires("batchgen") or ():
        name = re.split(r"[ \[<>=!~;(]", line, maxsplit=1)[0].lower()
        extra = re.search(r"""extra\s*==\s*["']([\w-]+)""", line)
        if extra is None:
            required.append(name)
        elif extra[1] != "dev":
            extras.setdefault(extra[1], []).append(name)
    return required, extras


def _state(state: str, downloads: str) -> Iterator[Check]:
    def place() -> Path:
        from batchgen.store.checkup import state_path  # noqa: PLC0415 - read where it may fail

        return state_path(state).parent

    def journal() -> list[Finding]:
        from batchgen.store.checkup import try_journal  # noqa: PLC0415

        try_journal(machine.nearest(place()))
        detail = "a write-ahead log works there"
        return [Finding(group="state", name="journal", verdict=Verdict.PASS, detail=detail)]

    yield _at_once("state", "state file", lambda: [_file(state)])
    yield _at_once("state", "disk of the state", lambda: [machine.room("disk of the state", place())])
    yield _at_once("state", "journal", journal)
    yield _at_once("state", "disk of videos", lambda: [machine.room("disk of videos", Path(downloads).absolute())])


def _file(state: str) -> Finding:
    from batchgen.store.checkup import look_at, state_path  # noqa: PLC0415 - read where it may fail

    found = look_at(state)
    if found is None:
        detail = f"{state_path(state)}: none yet; the first run makes it"
    else:
        detail = f"{found.path}: {found.jobs:,} job{'s' if found.jobs != 1 else ''}, {found.size / 2**20:,.1f} MiB"
    return Finding(group="state", name="state file", verdict=Verdict.PASS, detail=detail)


async def _account(account: Account | BatchgenError) -> list[Finding]:
    if isinstance(account, BatchgenError):
        raise account
    from batchgen.heygen import DIALECTS  # noqa: PLC0415 - HTTP is for those who ask
    from batchgen.heygen.client import HttpApi  # noqa: PLC0415
    from batchgen.heygen.errors import ApiError  # noqa: PLC0415

    dialect = DIALECTS["v3"]
    async with HttpApi(account.base_url, account.credentials) as http:
        reply = await http.send(dialect.balance())
    try:
        balance = dialect.read_balance(reply)
    except ApiError as error:
        refused = error.hold is not None and error.hold.pauses
        helps = PROXY_REMEDY if error.hold is Hold.PROXY else account.credentials.remedy
        remedy = f"{helps[:1].upper()}{helps[1:]}." if refused else ""
        detail = f"{account.source}: the server answered: {error.message or error.code}"
        return [
            Finding(group="account", name="credentials", verdict=Verdict.FAIL, detail=detail, remedy=remedy),
        ]
    owner = f" open the account of {balance.owner}" if balance.owner else " are right"
    credentials = Finding(
        group="account", name="credentials", verdict=Verdict.PASS, detail=f"those of {account.source}{owner}"
    )
    empty = balance.remaining is not None and balance.remaining <= 0
    left = "no bound" if balance.remaining is None else f"{balance.remaining:,.10g} {balance.unit} left"
    return [
        credentials,
        Finding(
            group="account",
            name="balance",
            verdict=Verdict.FAIL if empty else Verdict.PASS,
            detail=f"{left} ({balance.billing})",
            remedy="Add credits at HeyGen: nothing can be made without." if empty else "",
        ),
    ]


async def _proxy(base_url: str) -> list[Finding]:
    proxy = web.proxy_of(base_url)
    if proxy is None:
        detail = "none is set for the API" if not is_loopback(urlsplit(base_url).hostname or "") else "none is needed"
        return [Finding(group="network", name="proxy", verdict=Verdict.PASS, detail=detail)]
    host, _, port = proxy.rpartition(":")
    place = Reach(
        name="proxy", host=host or proxy, port=port if host else "80", look="tcp", needed_for="run", purpose="the proxy"
    )
    try:
        seen = await web.tcp(place)
    except (OSError, ValueError) as error:
        remedy = "Correct HTTPS_PROXY, or ask IT for the proxy's address."
        detail = f"{proxy}: {error}"
        return [Finding(group="network", name="proxy", verdict=Verdict.FAIL, detail=detail, remedy=remedy)]
    return [Finding(group="network", name="proxy", verdict=Verdict.PASS, detail=f"{proxy}: {seen}")]


async def _api(base_url: str) -> list[Finding]:
    began = time.monotonic()
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    try:
        reply = await web.fetch(base_url)
    except OSError as error:
        detail, rule = f"{host}: {error}", _rule(base_url)
        return [Finding(group="network", name="API", verdict=Verdict.FAIL, detail=detail, ask=rule)]
    now = time.time()
    proxy = web.proxy_of(base_url)
    way = f", through the proxy {proxy}" if proxy else ""
    detail = f"{host}: HTTP {reply.status} in {1000 * (time.monotonic() - began):.0f} ms{way}"
    return [
        Finding(group="network", name="API", verdict=Verdict.PASS, detail=detail, ask=_rule(base_url)),
        machine.clock(reply.date, now),
    ]


def _rule(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"TCP {parts.port or 443} to {parts.hostname} (every request)"


def _at_once(group: str, name: str, work: Callable[[], list[Finding]], *, needed: bool = True) -> Check:
    """Make a check of work that blocks: a disk may take its time."""

    async def look() -> list[Finding]:
        return await aside(work)

    return Check(group=group, name=name, look=look, needed=needed)
