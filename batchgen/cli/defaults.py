"""Settings of ``batchgen.toml`` as defaults of options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.assembly.settable import SETTINGS
from batchgen.model.errors import ConfigError
from batchgen.settings import TOML, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Settings that are on or off, and those that are counted.
SWITCHES, COUNTS = {"like_input", "no_download", "sandbox", "yes"}, {"concurrency"}


def defaults(commands: Iterable[str]) -> dict[str, Any]:
    """Give each command the same settings; it takes those it has an option for. Raises ``ConfigError``."""
    settings = read_toml(SETTINGS)
    if isinstance(settings.get("notify"), str):
        settings["notify"] = [settings["notify"]]
    for name, value in settings.items():
        for one in value if name == "notify" and isinstance(value, list) else [value]:
            _check(name, one)
    return {command: settings for command in commands if command not in {"sandbox", "demo"}} if settings else {}


def _check(name: str, value: Any) -> None:
    """Refuse what an option would take for something else: a yes for a budget of 1, a list for the name of a file."""
    if not isinstance(value, str | int | float):
        raise ConfigError(f"{TOML}, {name}: this wants one value, a number or a text in quotes.")
    if isinstance(value, bool) and name not in SWITCHES:
        raise ConfigError(f"{TOML}, {name}: this wants a number or a text in quotes, and not true or false.")
    if isinstance(value, float) and name in COUNTS:
        raise ConfigError(f"{TOML}, {name}: this wants a whole number, such as 2.")
