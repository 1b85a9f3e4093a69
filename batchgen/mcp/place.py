"""What a server was started with: its state, its account, and the most that anybody may spend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen import settings
from batchgen.assembly.signing import account
from batchgen.model.errors import UsageError

if TYPE_CHECKING:
    from batchgen.settings import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a server works. Paths are seen from the working folder."""

    state: str
    sandbox: Account | None = None  #: The account of a sandbox of its own; None: a real one.
    profile: str | None = None
    api: str | None = None  #: The generation that everything is asked in; None: what a manifest says, else v3.
    poll_interval: float = 5.0  #: Seconds.
    ceiling: float | None = None  #: The highest budget that anybody may name; None: any.

    def account(self) -> Account:
        """Give whom to ask. Raises ``CredentialsError``: a server begins without a key, and says so when asked."""
        return self.sandbox or account(self.profile)

    @property
    def realm(self) -> str:
        """The world that videos are made in."""
        return "sandbox" if self.sandbox else settings.realm_of(settings.base_url())

    @property
    def has_state(self) -> bool:
        """Whether anything was run here before."""
        return Path(self.state).is_file()

    def need_state(self) -> None:
        """Refuse to make a state file only to find nothing in it."""
        if not self.has_state:
            raise UsageError(f"{self.state}: there is no state file here, so nothing was run yet. run_batch makes one.")

    def checked(self, budget: float) -> float:
        """Check a budget that somebody names. Raises ``UsageError``."""
        if not math.isfinite(budget) or budget < 0:
            raise UsageError("max_credits: a budget is a number that is not negative, such as 20. 0 spends nothing.")
        if self.ceiling is not None and budget > self.ceiling:
            raise UsageError(
                f"max_credits: {budget:,.10g} is more than the {self.ceiling:,.10g} that a person has set for this "
                "server by --max-credits. Ask for less, or ask that person."
            )
        return budget
