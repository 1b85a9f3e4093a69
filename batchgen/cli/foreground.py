"""What moves on a terminal belongs to the command in front: after Ctrl-Z, and beside a prompt, it is taken away."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import TextIO

#: Seconds between two looks whether a command that was put behind is in front again: no shell tells one that runs.
LOOK_S = 0.5
#: Seconds that Ctrl-Z waits for a display that is just being shown.
PATIENCE_S = 1.0
#: What Ctrl-Z sends. Windows has none.
_PAUSE: signal.Signals | None = getattr(signal, "SIGTSTP", None)


def is_in_front(to: TextIO) -> bool:
    """Whether the terminal is this command's, and not its shell's or another one's."""
    try:
        return os.tcgetpgrp(to.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):  # It has none that belongs to anybody, or this is Windows.
        return True


class Foreground:
    """Shows something for as long as a command is in front."""

    def __init__(self, to: TextIO, *, show: Callable[[], None], hide: Callable[[], None]) -> None:
        self._to, self._show, self._hide = to, show, hide
        self._lock = threading.RLock()  # Ctrl-Z may come while it is held by who is to answer it.
        self._wanted = self._heeds = False

    def begin(self) -> None:
        """Show it, now or once the command is in front."""
        main = threading.current_thread() is threading.main_thread()
        if _PAUSE is not None and main and signal.getsignal(_PAUSE) is signal.SIG_DFL:
            signal.signal(_PAUSE, self._pause)
            self._heeds = True
        self._come_back()

    def end(self) -> None:
        """Take it away for good."""
        with self._lock:
            self._wanted = False
            self._hide()
        if self._heeds and _PAUSE is not None:
            signal.signal(_PAUSE, signal.SIG_DFL)
            self._heeds = False

    def _pause(self, number: int, _frame: FrameType | None) -> None:
        self._wanted = False
        # Whoever holds it may wait for the terminal, which may be what was being written to just now.
        if self._lock.acquire(timeout=PATIENCE_S):
            try:
                self._hide()
            finally:
                self._lock.release()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        # Here it goes on, in front or behind.
        signal.signal(number, self._pause)
        self._come_back()

    def _come_back(self) -> None:
        self._wanted = True
        if not self._is_settled():
            threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while not self._is_settled():
            time.sleep(LOOK_S)

    def _is_settled(self) -> bool:
        """Show it if the command is in front; tell whether there is nothing to wait for."""
        with self._lock:
            if not self._wanted:
                return True
            in_front = is_in_front(self._to)
            if in_front:
                self._show()
            return in_front
