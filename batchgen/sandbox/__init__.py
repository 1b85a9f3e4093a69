"""A HeyGen on this machine: both generations of its API, real films, scripted trouble, and a ledger.

It imports nothing of batchgen and is written from the API's references alone, so that a mistake cannot be on both
sides. Importing this package is cheap: servers and encoders are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchgen.sandbox.app import create_app
    from batchgen.sandbox.faults import Faults
    from batchgen.sandbox.films import Films
    from batchgen.sandbox.journal import Journal
    from batchgen.sandbox.options import Options
    from batchgen.sandbox.plans import Plan
    from batchgen.sandbox.server import Serving, serve
    from batchgen.sandbox.wire import Answer, Call, Fate
    from batchgen.sandbox.world import World

_HOMES = {
    "Answer": "wire",
    "Call": "wire",
    "Fate": "wire",
    "Faults": "faults",
    "Films": "films",
    "Journal": "journal",
    "Options": "options",
    "Plan": "plans",
    "Serving": "server",
    "World": "world",
    "create_app": "app",
    "serve": "server",
}

__all__ = [
    "Answer",
    "Call",
    "Fate",
    "Faults",
    "Films",
    "Journal",
    "Options",
    "Plan",
    "Serving",
    "World",
    "create_app",
    "serve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
