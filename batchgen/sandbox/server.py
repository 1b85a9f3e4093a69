"""Serves a world on loopback, and on nothing else."""

import asyncio
import ipaddress
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from batchgen.sandbox.app import App
from batchgen.sandbox.journal import Journal
from batchgen.sandbox.options import Options
from batchgen.sandbox.world import World

_GRACE_S = 1  # seconds that open requests get when the server stops


class _Server(uvicorn.Server):
    """Uvicorn, that tells when it is ready and leaves signals to its caller."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await super().serve(sockets)
        await self.config.app.close()  # type: ignore[union-attr]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def run_server(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    options: Options | None = None,
    journal: str | Path | None = None,
    ready: Callable[[str], None] = lambda _: None,
    exit_with_parent: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is given the base address once connections are taken.

    Port 0 takes a free one. With `exit_with_parent` the end of standard input ends the server too.
    """
    listener = _listen(host, port)
    with listener, _open(journal) as kept:
        server = _server(options or Options(), kept, lambda: ready(address(listener)))
        if exit_with_parent:
            threading.Thread(target=_watch_parent, args=(server,), daemon=True).start()
        with _signals(server):
            asyncio.run(server.serve(sockets=[listener]))


class Serving:
    """A sandbox that serves from a thread of this process; a context manager that gives itself."""

    def __init__(self, *, options: Options | None = None, port: int = 0, journal: str | Path | None = None) -> None:
        self._listener = _listen("127.0.0.1", port)
        self._journal = _open(journal)
        kept = self._journal.__enter__()
        self.world = World(now=time.time, options=options or Options(), journal=kept)
        self._ready = threading.Event()
        self._server = _Server(_config(self.world), self._ready.set)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.url = address(self._listener)  #: Base address, without a slash at its end.

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()
        self._journal.__exit__(kind, error, trace)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def serve(*, options: Options | None = None, port: int = 0, journal: str | Path | None = None) -> Serving:
    """Give a sandbox that serves from a thread while its `with` block lasts."""
    return Serving(options=options, port=port, journal=journal)


def address(listener: socket.socket) -> str:
    """Give the base address of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    name = "127.0.0.1" if host == "localhost" else host
    try:
        loopback = ipaddress.ip_address(name).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"The sandbox serves loopback addresses only, not {host!r}.")
    # With the protocol spelt out asyncio sets TCP_NODELAY; without it each reply waits 40 ms for an acknowledgement.
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((name, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def _open(journal: str | Path | None) -> Generator[Journal | None, None, None]:
    if journal is None:
        yield None
        return
    with Journal(journal) as kept:
        yield kept


def _config(world: World) -> uvicorn.Config:
    return uvicorn.Config(
        App(world),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,
        backlog=2048,
        server_header=False,
        ws="none",
    )


def _server(options: Options, journal: Journal | None, ready: Callable[[], None]) -> _Server:
    return _Server(_config(World(now=time.time, options=options, journal=journal)), ready)


@contextmanager
def _signals(server: uvicorn.Server) -> Generator[None, None, None]:
    """End cleanly on SIGINT and SIGTERM, where this thread may ask for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_parent(server: uvicorn.Server) -> None:
    """End with the parent: its end of our standard input closes however it dies."""
    with suppress(OSError):
        while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
    server.should_exit = True
    time.sleep(3 * _GRACE_S)
    os._exit(0)
