"""What is asked of the memory of lists: what an account has, as it was last told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from batchgen.model.catalogue import Listing, Shelf


class Listings(Protocol):
    """The memory of lists."""

    def listing(self, shelf: Shelf) -> Listing | None:
        """Give a list of what an account has, as it was last told; None where none is kept."""

    def keep_listing(self, shelf: Shelf, listing: Listing) -> None:
        """Keep such a list in the place of the one before."""
