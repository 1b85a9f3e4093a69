"""A spreadsheet in, finished HeyGen videos out, and no row ever paid for twice."""

from __future__ import annotations

#: As type checkers know it. Until a command answers a Ctrl-C, Python would show a traceback: nothing is imported here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from batchgen.api import Batch, Plan, Run, load, plan, results, retry, run
    from batchgen.model.errors import (
        BatchgenError,
        ConfigError,
        CredentialsError,
        DiskError,
        LockedError,
        ManifestError,
        StoreError,
        UnreachableError,
        UsageError,
    )
    from batchgen.model.version import VERSION as __version__  # noqa: N811

__all__ = [
    "Batch",
    "BatchgenError",
    "ConfigError",
    "CredentialsError",
    "DiskError",
    "LockedError",
    "ManifestError",
    "Plan",
    "Run",
    "StoreError",
    "UnreachableError",
    "UsageError",
    "__version__",
    "load",
    "plan",
    "results",
    "retry",
    "run",
]


def __dir__() -> list[str]:
    """Name what can be had, for a notebook that completes it."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load what is asked for when it is asked for: `import batchgen` costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - see above

    if name == "__version__":
        return import_module("batchgen.model.version").VERSION
    home = "model.errors" if name.endswith("Error") else "api"
    return getattr(import_module(f"batchgen.{home}"), name)
