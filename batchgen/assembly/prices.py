"""The price list that comes with batchgen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchgen.pipeline.cost import Prices


def read_prices() -> Prices:
    """Read the price list that comes with batchgen."""
    import tomllib  # noqa: PLC0415 - for those who send

    from batchgen.pipeline.cost import Prices  # noqa: PLC0415

    listed = Path(__file__).parents[1].joinpath("prices.toml").read_text(encoding="utf-8")
    return Prices(tomllib.loads(listed))
