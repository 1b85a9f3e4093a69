"""Whether a saved file still is what was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.files import container
from batchgen.files.digest import digest
from batchgen.files.interface import NotAVideo

if TYPE_CHECKING:
    from pathlib import Path


def fault(path: Path, *, size: int, known_by: str | None) -> str | None:
    """Say what is wrong with a saved file; None: it is as it was saved.

    Without a digest (files saved by an early batchgen have none) its size and its container have to do.
    """
    try:
        with path.open("rb") as file:
            found = path.stat().st_size
            if found != size:
                return f"it has {found:,} bytes, and {size:,} were saved"
            if known_by is not None:
                return None if digest(file, like=known_by) == known_by else "its content is not what was saved"
            container.check(file, size=size, suffix=path.suffix)
    except FileNotFoundError:
        return "it is gone"
    except NotAVideo as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read ({error.strerror or error})"
    return None
