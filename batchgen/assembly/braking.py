"""What ends an errand in order from outside of its thread, from its first moment on."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchgen.pipeline.happened import Happening, Listener


class Brake:
    """Pulled once, by anybody and from any thread; what can end the errand is handed to it as the errand goes on.

    Pulled early, while a sheet is still read, it ends what comes later as soon as that can be ended: nothing is sent.
    """

    def __init__(self) -> None:
        self._ends: list[Callable[[], object]] = []
        self._lock = threading.Lock()
        self.pulled = False  #: Whether somebody wants the errand to end.
        self.error: BaseException | None = None  #: What a listener raised that pulled it.

    def __call__(self, end: Callable[[], object]) -> None:
        """Take what ends the errand from now on; it is called at once where somebody wanted it before."""
        with self._lock:
            self._ends.append(end)
        if self.pulled:
            self.pull()

    def pull(self) -> None:
        """Have the errand end in order: nothing more is sent, and what is under way is noted."""
        with self._lock:
            self.pulled = True
            ends = list(self._ends)
        for end in ends:
            with suppress(RuntimeError):  # It has just ended by itself.
                end()

    def guard(self, tell: Listener | None) -> Listener | None:
        """Have a listener's error end the errand in order, and the listener hear no more.

        Let through, it would tear requests off that are under way, and leave their jobs unsure.
        """
        if tell is None:
            return None

        def hear(fact: Happening) -> None:
            if self.error is None:
                try:
                    tell(fact)
                except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised once the run has ended
                    self.error = error
                    self.pull()

        return hear
