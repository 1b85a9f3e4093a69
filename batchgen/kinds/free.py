"""Texts that go into a job as they are: a title, a script, a link. Most cells of a long sheet are nothing else.

Each takes a text to what its parser would make of it, or to None where it wants to be read with more care.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.meaning import same_id
from batchgen.model.vocabulary import bare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Free:
    """How one field's text is taken."""

    take: Callable[[str], str | None]
    example: str = ""  #: What a text of its sort begins with.


_HTTPS = re.compile(r"https://[^\s/?#]+\S*")


def _word(given: str) -> str | None:
    return bare(given) or None


def _own_id(given: str) -> str | None:
    return same_id(bare(given)) or None


def _link(given: str) -> str | None:
    stripped = bare(given)
    # Another one in it may be a part of its query, or the next of two links in one cell.
    return stripped if _HTTPS.fullmatch(stripped) and stripped.find("://", 8) < 0 else None


#: As ``columns.word`` takes it.
WORD = Free(_word)
#: As ``columns.text`` takes it.
TEXT = Free(str)
#: As ``columns.link`` takes it, and ``media.medium`` where it is neither an asset nor a path.
LINK = Free(_link, "https://")

#: Those of every kind. ``duration``, ``kind`` and ``output`` are none: they are numbers, words and rules.
EVERYWHERE: Mapping[str, Free] = {
    "id": Free(_own_id),  # As ``columns.own_id`` takes it.
    **dict.fromkeys(("title", "callback_id", "folder_id"), WORD),
    "callback_url": LINK,
}


class ReadWhole:
    """A kind of which each row is read whole, whatever it has in common with others."""

    def free(self, _field: str) -> Free | None:
        """See ``Kind.free``."""
        return None
