"""Settings of ``batchgen.toml`` as defaults of options, and variables of the environment that set nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.model.errors import ConfigError
from batchgen.settings import PREFIX, TOML, place_of, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Options that may be set for good. What belongs to one run (its manifests, a limit, a selection) may not.
SETTINGS = {
    "api",
    "batch",
    "concurrency",
    "downloads",
    "duplicates",
    "like_input",
    "log_file",
    "max_credits",
    "max_failures",
    "no_download",
    "notify",
    "oauth_client_id",
    "poll_interval",
    "profile",
    "rate",
    "sandbox",
    "settle",
    "state",
    "listen",
    "timeout",
    "title_token",
    "webhook",
    "webhook_patience",
    "write_timeout",
    "yes",
}

#: Options that belong to one run, and what is read from the environment and is no option.
_OF_ONE_RUN = {"again", "encoding", "json", "limit", "no_wait", "probe", "results", "sample", "select"}
_NO_OPTIONS = {"debug", "mcp_token", "oauth_base", "oauth_client_secret"}

#: Those of them that are on or off, and those that are counted.
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


def unheeded(variables: Mapping[str, str]) -> list[str]:
    """Give the variables that look like settings and are none, such as those that a cluster sets for a service.

    Raises ``ConfigError`` for one that was surely meant: a limit or a budget that nobody heeds is a bill.
    """
    found = []
    for variable, value in sorted(variables.items()):
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or not value.strip() or name in SETTINGS | _NO_OPTIONS:
            continue
        _refuse_meant(variable, name)
        found.append(variable)
    return found


def _refuse_meant(variable: str, name: str) -> None:
    from batchgen.model.vocabulary import nearest  # noqa: PLC0415 - for those who mistyped

    place = place_of(variable)
    if name in _OF_ONE_RUN:
        option = f"--{name.replace('_', '-')}"
        raise ConfigError(f"{variable}, in {place}: this belongs to one command and is no setting. Give it {option}.")
    if meant := nearest(name, SETTINGS):
        raise ConfigError(f'{variable}, in {place}: there is no such setting. Did you mean "{PREFIX}{meant.upper()}"?')


def _check(name: str, value: Any) -> None:
    """Refuse what an option would take for something else: a yes for a budget of 1, a list for the name of a file."""
    if not isinstance(value, str | int | float):
        raise ConfigError(f"{TOML}, {name}: this wants one value, a number or a text in quotes.")
    if isinstance(value, bool) and name not in SWITCHES:
        raise ConfigError(f"{TOML}, {name}: this wants a number or a text in quotes, and not true or false.")
    if isinstance(value, float) and name in COUNTS:
        raise ConfigError(f"{TOML}, {name}: this wants a whole number, such as 2.")
