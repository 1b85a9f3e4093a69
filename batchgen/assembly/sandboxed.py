"""A sandbox of a run's own: a process beside it that ends with it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.model.credentials import ApiKey
from batchgen.model.errors import ConfigError
from batchgen.settings import Account

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: It takes any key.
KEY = "sandbox"
#: Where this batchgen lies: it may be installed nowhere.
_HOME = Path(__file__).parents[2]
#: As ``-m batchgen.sandbox``, which would look into the working folder first: a sheet may have a ``json.py`` beside it.
_PYTHON = (
    *(sys.executable, "-P", "-c"),
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_module('batchgen.sandbox', run_name='__main__')",
)


@contextmanager
def own_sandbox(state: str, arguments: Sequence[str] = ()) -> Iterator[Account]:
    """Start a sandbox that remembers its jobs beside the state, so that an interrupted rehearsal goes on too."""
    journal = f"{state}.sandbox.jsonl"
    command = [*_PYTHON, str(_HOME), "--exit-with-parent", f"--journal={journal}", *arguments]
    # Its standard input is a pipe that only this process holds: when it ends, however it ends, so does the sandbox.
    # It has a session of its own: Ctrl-C is for the run, which still needs its server to end in order.
    process = subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield Account(base_url=_address(process), credentials=ApiKey(KEY), source="the sandbox")
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    told = process.stdout.readline() if process.stdout else ""
    try:
        return str(json.loads(told)["url"])
    except (ValueError, KeyError):
        raise ConfigError("The sandbox did not start; what it said stands above.") from None
