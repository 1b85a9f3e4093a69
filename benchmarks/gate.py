"""A server that notes when it is first asked to make something, and then hangs up."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.machine import ROOT

if TYPE_CHECKING:
    from pathlib import Path

#: What the account's own page answers, in v3's words.
_ME = b'{"data":{"billing_type":"wallet","wallet":{"remaining_balance":1000}}}'


def until_first_request(sheet: Path, here: Path, *, fresh: bool, state: str = "first.db") -> float:
    """Give the seconds from the start of `run` to its first request of any kind."""
    if fresh:
        for path in here.glob(f"{state}*"):
            path.unlink()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        listener.settimeout(300)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "batchgen", "run", str(sheet), "--state", state, "--no-download", "--yes"],
            cwd=here,
            env={**os.environ, "PYTHONPATH": str(ROOT), "HEYGEN_API_BASE": address, "HEYGEN_API_KEY": "benchmark-key"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        try:
            connection, _ = listener.accept()
            took = time.perf_counter() - began
            connection.close()
        finally:
            process.kill()
            process.wait()
    return took
