"""Which of a list's items somebody looks for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.catalogue import Topic
from batchgen.model.errors import UsageError
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.catalogue import Item

#: What the items of each list can be told apart by, besides their names.
_TELLING = {
    Topic.AVATAR: ("gender", "mine", "photos"),
    Topic.VOICE: ("language", "gender", "mine"),
    Topic.TEMPLATE: (),
    Topic.LANGUAGE: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody looks for. What is left open is no matter."""

    search: str | None = None  #: A part of the name or the id, whatever its case.
    language: str | None = None  #: A voice's language, or the first words of it: ``Spanish`` is any Spanish.
    gender: str | None = None
    mine: bool = False  #: The account's own alone.
    photos: bool = False  #: Talking photos alone.

    def check(self, topic: Topic) -> None:
        """Refuse to look for what the items of a list do not have. Raises ``UsageError``."""
        given = {name for name in ("language", "gender", "mine", "photos") if getattr(self, name)}
        for name in sorted(given - set(_TELLING[topic])):
            having = " and ".join(f"{one}s" for one, names in _TELLING.items() if name in names)
            raise UsageError(f"--{name} tells {having} apart, and says nothing of {topic}s: leave it out.")

    def find(self, topic: Topic, items: Sequence[Item]) -> list[Item]:
        """Give those that match, in their order. Raises ``UsageError`` where that cannot be told."""
        self.check(topic)
        if self.mine and items and all(item.mine is None for item in items):
            raise UsageError("--mine: the older generation of the API does not tell whose they are. Ask with --api v3.")
        return [item for item in items if self._matches(item)]

    def hint(self, items: Sequence[Item]) -> str:
        """Say what may have been meant where nothing was found; nothing where there is no guess."""
        told = sorted({item.language for item in items if item.language})
        if self.language is None or not told or any(_speaks(item.language, self.language) for item in items):
            return ""
        near = nearest(self.language, told, likeness=0.6)
        return f'Did you mean "{near}"?' if near else f"There are: {', '.join(told[:20])}."

    def _matches(self, item: Item) -> bool:
        sought = (self.search or "").casefold()
        return (
            (not sought or sought in item.name.casefold() or sought in item.id.casefold())
            and (self.language is None or _speaks(item.language, self.language))
            and (self.gender is None or item.gender == self.gender.casefold())
            and (not self.mine or bool(item.mine))
            and (not self.photos or item.photo)
        )


def _speaks(language: str | None, wanted: str) -> bool:
    """Tell whether words stand in a language's name, as whole words: Malay is not Malayalam."""
    return re.search(rf"(?<!\w){re.escape(wanted.strip())}(?!\w)", language or "", re.IGNORECASE) is not None
