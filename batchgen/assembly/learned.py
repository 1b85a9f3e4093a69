"""What earlier runs learned of an account's limits, for a person to see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.signing import mark
from batchgen.assembly.state import open_store
from batchgen.pipeline.pacing.limits import home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchgen.settings import Account


def learned_of(account: Account, state: str) -> Mapping[str, tuple[float, float]]:
    """Give the limits of an account by name, each with the epoch seconds at which it was learned.

    The names are those of ``LimitLearned``. Makes no state file where there is none.
    """
    from batchgen.store.engine import state_url  # noqa: PLC0415 - see ``open_store``

    if not Path(str(state_url(state).database)).is_file():
        return {}
    with open_store(state) as store:
        return store.learned(home(account.realm, mark(account)))
