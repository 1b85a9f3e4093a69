"""Paths that begin in somebody's home folder."""

from __future__ import annotations

import os

from batchgen.model.errors import ConfigError


def at_home(path: str) -> str:
    """Give a path in which ``~`` is the user's folder, and ``~ann`` that of Ann; whatever else begins so is a name.

    Raises ``ConfigError`` where nobody knows the user's folder, as in a container that runs as a number: a state that
    lies in a folder called ``~`` would be another one as soon as somebody does.
    """
    whole = os.path.expanduser(path)  # noqa: PTH111 - a Path raises for ~tour.mp4, and takes the empty text for a folder
    if whole == path and (path == "~" or path.startswith(("~/", f"~{os.sep}"))):
        raise ConfigError(f"{path}: there is no home folder of yours here. Set HOME, or write the whole path.")
    return whole
