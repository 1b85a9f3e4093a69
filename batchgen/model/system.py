"""What the system says of files and folders, as the error that whoever asked is told."""

from __future__ import annotations

import os

from batchgen.model.errors import ConfigError, DiskError
from batchgen.model.exhausted import exhausted


def told(error: OSError) -> ConfigError | None:
    """Make the error that tells of it; None where the system names no place, so that it may be batchgen's own fault."""
    if used_up := exhausted(error):
        return ConfigError(f"{used_up[0].upper()}{used_up[1:]}. Nothing is lost: the same command goes on.")
    if error.filename is None:
        return None
    where = os.fsdecode(error.filename)
    return DiskError(f"{where}: this cannot be used ({error.strerror}). Name another place, or mend this one.")
