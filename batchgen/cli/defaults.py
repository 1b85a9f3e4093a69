"""Settings of ``batchgen.toml`` as defaults of options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.settings import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def defaults(commands: Iterable[str]) -> dict[str, Any]:
    """Give each command the same settings; it takes those it has an option for."""
    settings = read_toml(SETTINGS)
    if isinstance(settings.get("notify"), str):
        settings["notify"] = [settings["notify"]]
    return {command: settings for command in commands if command not in {"sandbox", "demo"}} if settings else {}
