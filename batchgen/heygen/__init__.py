"""HeyGen's API: two generations of it as pure dialects, and the one client that touches the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchgen.heygen.interface import Dialect

    #: Every generation by the name that ``--api`` gives it.
    DIALECTS: dict[str, Dialect]

__all__ = ["DIALECTS"]


def __getattr__(name: str) -> Any:
    """Load the dialects when they are first asked for: whoever imports only the seam needs neither."""
    if name != "DIALECTS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from batchgen.heygen.v2.dialect import V2  # noqa: PLC0415 - see above
    from batchgen.heygen.v3.dialect import V3  # noqa: PLC0415

    dialects: dict[str, Dialect] = {"v3": V3(), "v2": V2()}
    globals()[name] = dialects
    return dialects
