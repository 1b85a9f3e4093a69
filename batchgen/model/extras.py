"""How to get what batchgen can do without: the extras of its package, and the command that installs one."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def installing(extra: str) -> str:
    """Give the command that installs an extra beside this batchgen.

    The ``pip`` that a shell finds may be of another environment, such as where pipx or uv has put batchgen into one of
    its own: there it would look for a package of that name elsewhere, and this batchgen would go on without.
    """
    python = Path(sys.executable)
    wanted = _quoted(f"batchgen[{extra}]")
    if Path(shutil.which("pip") or "").parent == python.parent:
        return f"pip install {wanted}"
    if find_spec("pip") is None:  # As uv makes environments.
        return f"uv pip install --python {_quoted(str(python))} {wanted}"
    return f"{_quoted(str(python))} -m pip install {wanted}"


def _quoted(word: str) -> str:
    """Quote a word for a shell. That of Windows knows double quotes alone."""
    return f'"{word}"' if sys.platform == "win32" else shlex.quote(word)
