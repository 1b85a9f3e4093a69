"""What is set for good of where a program's money goes: state, account, world and budget, as the command reads them.

How a run goes about its work is said by whoever calls; these four are heeded wherever a folder sets them. A program
that passed over them would buy into another state what the folder's runs have bought, or without their budget.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.model.errors import ConfigError
from batchgen.model.home import at_home

if TYPE_CHECKING:
    from collections.abc import Mapping

STATE = "state/batchgen.db"
_YES, _NO = {"1", "true", "t", "yes", "y", "on"}, {"0", "false", "f", "no", "n", "off"}


def fill_in(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what a call says nothing of, and leave out what nobody says. Raises ``ConfigError``."""
    said = {name: value for name, value in facts.items() if value is not None}
    options = {name: value for name, value in said.get("options", {}).items() if value is not None}
    found = {"profile": profile(), "sandbox": sandbox(), **said}
    found["options"] = {"max_credits": max_credits(), **options}
    return {name: value for name, value in found.items() if value is not None}


def state() -> str:
    """Give the state file."""
    return at_home(str(_set("state") or STATE))  # As the command reads it.


def profile() -> str | None:
    """Give whose kept credentials are used."""
    name = _set("profile")
    return None if name is None else str(name)


def sandbox() -> bool:
    """Tell whether all is a rehearsal. Raises ``ConfigError``."""
    value = _set("sandbox")
    word = str(value).lower()
    if value is not None and word not in _YES | _NO:
        raise ConfigError(f"{_place('sandbox')}: this wants true or false.")
    return word in _YES


def max_credits() -> float | None:
    """Give the budget; None: there is none. Raises ``ConfigError``: a budget that cannot be read is no budget."""
    value = _set("max_credits")
    if value is None:
        return None
    try:
        budget = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        budget = math.nan
    if not budget >= 0:
        raise ConfigError(f"{_place('max_credits')}: this wants a number from 0 up.")
    return budget


def _set(name: str) -> Any:
    return settings.given(_variable(name)) or settings.read_option(name)


def _place(name: str) -> str:
    """Tell where a setting stands."""
    variable = _variable(name)
    if settings.given(variable):
        return f"{variable}, in {settings.place_of(variable)}"
    return f"{settings.TOML}, {name.replace('_', '-')}"


def _variable(name: str) -> str:
    return settings.PREFIX + name.upper()
