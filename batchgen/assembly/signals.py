"""Ctrl-C and a polite kill, while something has to be ended in order."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def on_interrupt(act: Callable[[], None]) -> Iterator[None]:
    """Do something at the first Ctrl-C or polite kill; a second one ends the process at once, which is safe as well."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals are the main thread's.
        return

    def stop(number: signal.Signals) -> None:
        act()
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no such handlers; there Ctrl-C ends a run at once, and the next one goes on.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)
