"""What holds where a manifest, its defaults and a row each say something of one field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A group of which each says what it likes: a template's variables, by their names.
SHARED = "variables"
#: What stands before the name of a variable that is a column.
_COLUMN = "var."


def shared(fields: Mapping[str, Any], meant: Any, *, default: bool) -> Any:
    """Give a row's variables with those ``meant`` besides: the later word of each holds, a default the least."""
    own = fields.get(SHARED, {})
    if not isinstance(own, dict) or not isinstance(meant, dict):
        return own if default and own else meant
    if not default:
        return own | meant
    return {name: value for name, value in meant.items() if f"{_COLUMN}{name}" not in fields} | own
