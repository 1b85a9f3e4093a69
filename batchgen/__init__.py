"""A spreadsheet in, finished HeyGen videos out, and no row ever paid for twice."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    if name == "__version__":
        return import_module("batchgen.model.version").VERSION
    home = "model.errors" if name.endswith("Error") else "api"
    return getattr(import_module(f"batchgen.{home}"), name)
