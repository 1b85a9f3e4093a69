"""Who has to be reached: a list that is data, and what each look at one of them finds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from batchgen.doctor.interface import Check, Finding, Verdict
from batchgen.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    #: Looks at one place and tells what it saw. Raises ``OSError``, ``TimeoutError`` or ``ConfigError``.
    Look = Callable[["Reach"], Awaitable[str]]

_WORDS = {"name", "host", "port", "look", "for", "purpose", "ask", "source"}
_LOOKS = ("https", "tls", "stun", "tcp", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A place that has to be reached."""

    name: str
    host: str
    port: str  #: A number, or a range such as ``50000-60000``.
    look: str
    needed_for: str
    purpose: str
    ask: str = ""
    source: str = ""

    @property
    def rule(self) -> str:
        """What a firewall's rule has to say."""
        protocol = "UDP" if self.look == "stun" else "TCP"
        words = self.ask or f"{protocol} {self.port} to {self.host}"
        named = f", or {self.host} where there are no wildcards" if "*." in words and self.host != "*" else ""
        return f"{words}{named}" + (f" ({self.purpose})" if self.purpose else "")


def read_reaches(text: str, name: str) -> list[Reach]:
    """Read a list of places. Raises ``ConfigError``."""
    try:
        rows = tomllib.loads(text).get("reach", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: this cannot be read as TOML: {error}") from error
    if not isinstance(rows, list) or not rows:
        raise ConfigError(f"{name}: it lists nobody. It wants [[reach]] entries with name, host, port and look.")
    return [_reach(row, f"{name}, entry {number}") for number, row in enumerate(rows, 1)]


def _reach(row: Any, where: str) -> Reach:
    if not isinstance(row, dict) or {"name", "host", "port", "look"} - row.keys():
        raise ConfigError(f"{where}: it wants name, host, port and look.")
    if strange := sorted(row.keys() - _WORDS):
        raise ConfigError(f'{where}: "{strange[0]}" is no setting of it.')
    if row["look"] not in _LOOKS:
        raise ConfigError(f'{where}: look is one of {", ".join(_LOOKS)}, and not "{row["look"]}".')
    port = str(row["port"])
    if row["look"] != "none" and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ConfigError(f'{where}: port is a number from 1 to 65535, and not "{port}".')
    words = {key: str(row[key]) for key in ("name", "host", "look", "purpose", "ask", "source") if key in row}
    return Reach(**{"purpose": "", **words}, port=port, needed_for=str(row.get("for", "run")))


def checks(reaches: Sequence[Reach], looks: Mapping[str, Look], *, rehearsal: bool) -> list[Check]:
    """Make a check of each place. A rehearsal on this machine needs none of them, which is told."""
    return [
        Check(
            group="network",
            name=one.name,
            look=partial(_skip, one, _WHY) if rehearsal else partial(_look, one, looks),
            needed=one.needed_for == "run",
            ask=one.rule,
        )
        for one in reaches
    ]


_WHY = "a sandbox on this machine needs no network"


async def _look(reach: Reach, looks: Mapping[str, Look]) -> list[Finding]:
    if reach.look == "none":
        return await _skip(reach, "it shows only while a session is on")
    try:
        seen = await looks[reach.look](reach)
    except ConnectionRefusedError as error:
        # To a media port a refusal says little: nobody may listen there before a session is on.
        verdict = Verdict.SKIPPED if reach.look == "tcp" and reach.needed_for != "run" else Verdict.FAIL
        return [_finding(reach, verdict, f"{reach.host}:{reach.port}: {_reason(error)}")]
    except (OSError, ConfigError) as error:
        # TimeoutError is an OSError too; the time of the whole check is told by whoever set it.
        only = "" if reach.needed_for == "run" else f"; needed by {reach.needed_for} only"
        return [_finding(reach, Verdict.FAIL, f"{reach.host}:{reach.port}: {_reason(error)}{only}")]
    return [_finding(reach, Verdict.PASS, f"{reach.host}:{reach.port}: {seen}")]


async def _skip(reach: Reach, why: str) -> list[Finding]:
    return [_finding(reach, Verdict.SKIPPED, f"{why} (for {reach.needed_for})")]


def _finding(reach: Reach, verdict: Verdict, detail: str) -> Finding:
    return Finding(
        group="network",
        name=reach.name,
        verdict=verdict,
        detail=detail,
        ask=reach.rule,
        needed=reach.needed_for == "run",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer"
    words = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(str(words).split())
