"""What may be set for good, and whatever else looks like a setting and sets nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from batchgen.model.errors import ConfigError
from batchgen.settings import OF_ONE_RUN, PREFIX, place_of, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

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

#: What is read from the environment and is no option.
_NO_OPTIONS = {"debug", "mcp_token", "oauth_base", "oauth_client_secret"}


def check_settings() -> None:
    """Refuse what is surely meant as a setting, and is none, in the environment and in ``batchgen.toml``.

    Raises ``ConfigError``.
    """
    read_toml(SETTINGS)
    unheeded(os.environ)


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
    if name in OF_ONE_RUN:
        option = f"--{name.replace('_', '-')}"
        raise ConfigError(f"{variable}, in {place}: this belongs to one command and is no setting. Give it {option}.")
    if meant := nearest(name, SETTINGS):
        raise ConfigError(f'{variable}, in {place}: there is no such setting. Did you mean "{PREFIX}{meant.upper()}"?')
