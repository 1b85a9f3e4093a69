"""Starts the real command as a fork of a process that has imported it already.

Half of what an end-to-end test costs is the imports of the commands that it types. Here they are done once: a process
that has done them waits, and each command is a fork of it, with its own arguments, environment, folder and standard
streams. It is a process like any other: it is killed, waited for and read from as one. What a cold start does is seen
by the tests that start Python themselves, and by ``make demo``.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from functools import cache
from importlib import import_module
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).parents[1]

#: What commands import when they are used.
PRELOADED = (
    "aiohttp", "filelock", "rich.live", "rich.table", "yaml",
    "batchgen.assembly.hearing", "batchgen.assembly.hosting", "batchgen.assembly.running", "batchgen.assembly.signals",
    "batchgen.cli.inspect", "batchgen.cli.main", "batchgen.cli.progress", "batchgen.cli.run", "batchgen.cli.sampled",
    "batchgen.files.web", "batchgen.heygen.client", "batchgen.manifest.delimited", "batchgen.manifest.jsonl",
    "batchgen.manifest.load", "batchgen.report.formats", "batchgen.report.table", "batchgen.store.sqlite",
)  # fmt: skip
#: What Python reads as it starts, so that a fork would not heed it.
_READ_AT_THE_START = ("PYTHON", "LANG", "LC_", "TZ", "COVERAGE")
_SUBREAPER = 36  # Linux's PR_SET_CHILD_SUBREAPER.


class Batchgen(subprocess.Popen[str]):
    """``batchgen`` with these words, in a process of its own. Its other arguments are those of ``Popen``.

    ``cold``: by a Python that begins from nothing, as a person starts it.
    """

    def __init__(self, *words: str, env: dict[str, str], cold: bool = False, **how: Any) -> None:
        self._cold = cold or not sys.platform.startswith("linux") or _at_the_start(env) != _at_the_start(os.environ)
        super().__init__([sys.executable, "-m", "batchgen", *words], env=env, text=True, **how)

    def _execute_child(self, args: Any, *rest: Any) -> None:  # type: ignore[override]
        """Fork it, where Popen would start it. The arguments are those of CPython 3.11 and later, in their order."""
        (_, _, _, _, cwd, env, _, _, _, *pipes) = rest
        (p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, _, _, _, _, _, session, *_) = pipes
        if self._cold:
            super()._execute_child(args, *rest)
            return
        asked = json.dumps([args[3:], str(Path(cwd or ".").absolute()), env, session]).encode()
        streams = [given if given != -1 else own for own, given in enumerate((p2cread, c2pwrite, errwrite))]
        self.pid = _kiln().fork(asked, streams)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)


def _at_the_start(env: Mapping[str, str]) -> dict[str, str]:
    # The path is that of this repository in any case, and a keyring is looked for when it is used.
    late = ("PYTHONPATH", "PYTHON_KEYRING_BACKEND")
    return {name: value for name, value in env.items() if name.startswith(_READ_AT_THE_START) and name not in late}


def ended(words: Sequence[str], *, given: str = "", timeout: float = 100, **how: Any) -> CompletedProcess[str]:
    """Run ``batchgen`` to its end, as ``subprocess.run`` does it; ``given`` is what it reads."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Batchgen(*words, **{**pipes, **how}) as process:
        try:
            out, err = process.communicate(given, timeout)
        finally:
            process.kill()
    return CompletedProcess(words, process.returncode, out, err)


class _Kiln:
    """The process that keeps warm."""

    def __init__(self) -> None:
        self._wire, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        self._prctl = ctypes.CDLL(None).prctl
        command = [sys.executable, "-m", "tests.warm", str(theirs.fileno())]
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=REPOSITORY, env=env)
        theirs.close()

    def fork(self, asked: bytes, streams: list[int]) -> int:
        """Give the process id of a new child of this process."""
        with self._turn:
            # Whoever stands between it and us leaves, so that it is ours to wait for.
            self._prctl(_SUBREAPER, 1)
            socket.send_fds(self._wire, [asked], streams)
            answer = self._wire.recv(100)
            self._prctl(_SUBREAPER, 0)
        return int(answer)


@cache
def _kiln() -> _Kiln:
    return _Kiln()


def _serve(wire: socket.socket) -> None:
    for name in PRELOADED:
        import_module(name)
    gc.collect()
    gc.freeze()
    while True:
        asked, streams, _, _ = socket.recv_fds(wire, 1 << 20, 3)
        if not asked:
            return
        told, tell = os.pipe()
        between = os.fork()
        if not between:
            if child := os.fork():
                os.write(tell, str(child).encode())
                os._exit(0)
            wire.close()
            os.close(told)
            os.close(tell)
            _become(*json.loads(asked), streams)
            return
        os.waitpid(between, 0)
        wire.send(os.read(told, 100))
        for one in (told, tell, *streams):
            os.close(one)


def _become(words: list[str], cwd: str, env: dict[str, str], session: bool, streams: list[int]) -> None:
    """Be the command: what is left of this process is what it does."""
    if session:
        os.setsid()
    for own, given in enumerate(streams):
        os.dup2(given, own)
        os.close(given)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.stdin, sys.stdout, sys.stderr = (
        open(0, encoding=sys.stdin.encoding),  # noqa: SIM115 - as long as there is a process
        open(1, "w", encoding=sys.stdout.encoding, buffering=1 if os.isatty(1) else -1),  # noqa: SIM115
        open(2, "w", encoding=sys.stderr.encoding, buffering=1, errors="backslashreplace"),  # noqa: SIM115
    )
    sys.argv = [str(REPOSITORY / "batchgen" / "__main__.py"), *words]
    runpy.run_module("batchgen", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
