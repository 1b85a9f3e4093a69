"""The live display of a run on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from batchgen.cli.forecast import duration
from batchgen.cli.foreground import Foreground
from batchgen.report.table import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from rich.console import RenderableType

    from batchgen.cli.standing import Standing
    from batchgen.cli.uploads import Uploads

_STYLES = {
    "to send": "dim",
    "sending": "cyan",
    "unsure": "yellow",
    "queued": "dim cyan",
    "rendering": "cyan",
    "downloading": "blue",
    "done": "green",
    "failed": "red",
}


class Shown(Protocol):
    """What there is to show of a run."""

    standing: Standing
    uploads: Uploads

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""

    def failures(self) -> Sequence[str]:
        """Give the last videos that failed."""

    def news(self) -> Sequence[str]:
        """Give what happened of late."""


class Display:
    """Shows how a run goes, a few times a second, in a few lines at the bottom of the screen."""

    def __init__(self, run: Shown, to: TextIO) -> None:
        self._run = run
        self._console = Console(file=to, highlight=False)
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
        )
        self._foreground = Foreground(to, show=self._live.start, hide=self._live.stop)

    def start(self) -> None:
        """Begin to show."""
        self._foreground.begin()

    def stop(self) -> None:
        """Take the display away; what was told above it stays."""
        self._foreground.end()

    def above(self, text: str) -> None:
        """Tell what has to stay on the screen."""
        self._console.print(Text(clean(text)))

    @property
    def _bar(self) -> int:
        """How wide the bar may be, so that the numbers beside it have room."""
        return max(8, min(30, self._console.width - 62))

    def _render(self) -> RenderableType:
        run, standing = self._run, self._run.standing
        head = Table.grid(padding=(0, 2))
        facts = [f"{standing.ended:,} of {standing.total:,}", *standing.pace(), f"{duration(run.elapsed)} so far"]
        head.add_row(
            ProgressBar(total=max(1, standing.total), completed=standing.ended, width=self._bar),
            Text(" · ".join(facts), overflow="ellipsis", no_wrap=True),
        )
        states = Text(" · ").join(Text(f"{count:,} {word}", style=_STYLES[word]) for word, count in standing.states())
        for words in run.uploads.words():
            states.append(f" · {clean(words)}", style="blue")
        failures = [Text("✗ ", style="red") + Text(clean(one)) for one in run.failures()]
        news = [Text("• ", style="dim") + Text(clean(one), style="dim") for one in run.news()]
        for line in (*failures, *news):
            line.truncate(max(20, self._console.width - 1), overflow="ellipsis")
        return Group(head, states, *failures, *news)
