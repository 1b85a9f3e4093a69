"""Where the lists of an account are kept, so that they need not be read each time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.assembly.signing import fingerprint
from batchgen.assembly.state import open_store
from batchgen.model.catalogue import Shelf
from batchgen.model.errors import StoreError

if TYPE_CHECKING:
    from batchgen.model.catalogue import Listing, Topic

#: Seconds for which a list is kept: lists change seldom, and what is new is found all the same.
KEPT_S = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where an account's lists are kept."""

    state: str
    realm: str
    owner: str
    api: str
    begins: bool = True  #: Whether a state file is made where there is none.

    def find(self, topic: Topic) -> Listing | None:
        """Give a list that was told not long ago; None where there is none."""
        if not self._is_there:
            return None
        with open_store(self.state) as store:
            listing = store.listing(self._shelf(topic))
        return listing if listing and 0 <= CLOCK.now() - listing.at < KEPT_S else None

    def keep(self, topic: Topic, listing: Listing) -> None:
        """Keep a list. It spares time and changes nothing, so it may fail."""
        if self.begins or self._is_there:
            with suppress(StoreError), open_store(self.state) as store:
                store.keep_listing(self._shelf(topic), listing)

    @property
    def _is_there(self) -> bool:
        from batchgen.store.engine import state_url  # noqa: PLC0415 - see ``open_store``

        return Path(str(state_url(self.state).database)).is_file()

    def _shelf(self, topic: Topic) -> Shelf:
        return Shelf(realm=self.realm, owner=self.owner, api=self.api, topic=topic.shelf)


def shelves_of(state: str, *, realm: str, profile: str | None, api: str, begins: bool = True) -> Shelves:
    """Say where the lists of an account are kept."""
    return Shelves(state=state, realm=realm, owner=fingerprint(profile) or "", api=api, begins=begins)
