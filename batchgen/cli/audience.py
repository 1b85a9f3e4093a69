"""Everyone who wants to hear of a run: the person before the screen, the log file, and those who get a note at its end.

A note or a log that fails changes nothing of the run and its exit code.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Self

import click

from batchgen import settings
from batchgen.assembly.notify import NotTold, read_target, send_note
from batchgen.model.errors import BatchgenError, Declined
from batchgen.report.notice import mishap, notice, slack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import TracebackType

    from batchgen.cli.logfile import LogFile
    from batchgen.cli.progress import Narrator
    from batchgen.pipeline.happened import Happening
    from batchgen.report.summary import Summary
    from batchgen.report.table import Failure
    from batchgen.store.interface import Line


class Audience:
    """Hears a run from its first word to its last. A context manager: what ends it badly is heard as well."""

    def __init__(
        self,
        narrator: Narrator,
        *,
        log_file: str | None,
        notify: Iterable[str],
        written: Mapping[str, str | None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._narrator = narrator
        self._log_file, self._written = log_file, written
        self._targets = [read_target(one) for one in notify]
        self._sleep = sleep
        self._log: LogFile | None = None

    def __enter__(self) -> Self:
        if self._log_file:
            from batchgen.cli.logfile import LogFile  # noqa: PLC0415 - for those who want one

            self._log = LogFile(
                self._log_file, secrets=[os.environ.get(settings.KEY_NAME, "").strip()], written=self._written
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if isinstance(error, BatchgenError):
            self._write("error", detail=str(error), exit_code=error.exit_code)
            if not isinstance(error, Declined):
                self._notify(mishap(str(error), exit_code=error.exit_code))
        if self._log:
            self._log.close()

    def attend(self, run: int, lines_of: Callable[[Sequence[int]], Sequence[Line]]) -> None:
        """Learn which run it is, and where to look up the row of a job."""
        if self._log:
            self._log.attend(run, lines_of)

    def hear(self, fact: Happening) -> None:
        """Hear a fact."""
        self._narrator.hear(fact)
        if self._log:
            self._log.hear(fact)

    def ended(self, summary: Summary, failures: Iterable[Failure], *, exit_code: int) -> None:
        """Hear how it ended."""
        self._write("ended", exit_code=exit_code, **summary.to_dict())
        if self._targets:
            self._notify(notice(summary, failures, exit_code=exit_code))

    def _notify(self, told: dict[str, Any]) -> None:
        for target in self._targets:
            try:
                send_note(target, slack(told) if target.slack else told, sleep=self._sleep)
            except NotTold as error:
                self._write("stumbled", what="--notify", reason=str(error))
                click.echo(f"batchgen: {error}", err=True)

    def _write(self, event: str, **facts: Any) -> None:
        if self._log:
            self._log.write(event, **facts)
