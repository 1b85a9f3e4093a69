"""Ctrl-C, a polite kill and a terminal that goes away, while something has to be ended in order."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: What asks a command to end. Windows has no hangup.
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
#: Of these, what tells that its terminal is gone: a window was closed, or a connection to another machine broke.
_HANGUP = getattr(signal, "SIGHUP", None)


@contextmanager
def on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Do something at the first of these; a second one ends the process at once, which is safe as well.

    A terminal that goes away tells so twice, by itself and by its shell, and nobody means anything by the second. Who
    wants a command to outlive it (``nohup``) had that ignored before.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals are the main thread's.
        return

    def stop(number: signal.Signals) -> None:
        act()
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN if number == _HANGUP else signal.SIG_DFL)

    heeded = [number for number in _ENDINGS if number != _HANGUP or signal.getsignal(number) != signal.SIG_IGN]
    for number in heeded:
        # Windows has no such handlers; there Ctrl-C ends a run at once, and the next one goes on.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in heeded:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
