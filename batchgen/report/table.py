"""The end of a run for people: how many are how far, what failed and why, and where everything is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from batchgen.report.summary import proof, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchgen.report.summary import Summary

#: Reasons that are shown, and rows that are shown of each.
REASONS, ROWS = 5, 8

#: Reasons that are kept apart. A server that puts an id into each must not fill the memory.
_MOST_REASONS = 1000

_WORDS = {
    "done": "green",
    "failed": "red",
    "unsure": "yellow",
    "rendering": "cyan",
    "planned": "default",
    "cancelled": "default",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A line that failed."""

    row: int  #: As the spreadsheet numbers it.
    error: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Lines that failed for the same reason."""

    error: str
    code: str
    count: int
    rows: tuple[int, ...]  #: The first of them.

    def __str__(self) -> str:
        more = f" and {self.count - len(self.rows):,} more" if self.count > len(self.rows) else ""
        place = "row" if self.count == 1 else "rows"
        return f"{clean(self.error)} ({place} {', '.join(map(str, self.rows))}{more})"


def reasons(failures: Iterable[Failure]) -> list[Reason]:
    """Group failures by what they say, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    rows: dict[tuple[str, str], list[int]] = {}
    for failure in failures:
        key = (failure.error or failure.code or "no reason was given", failure.code)
        if key not in counts and len(counts) >= _MOST_REASONS:
            key = ("other reasons", "")
        counts[key] = counts.get(key, 0) + 1
        shown = rows.setdefault(key, [])
        if len(shown) < ROWS:
            shown.append(failure.row)
    ordered = sorted(counts, key=lambda key: -counts[key])
    return [Reason(error=key[0], code=key[1], count=counts[key], rows=tuple(rows[key])) for key in ordered]


def show(
    summary: Summary,
    *,
    to: TextIO,
    failures: Iterable[Failure] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write the end of a run: with colours on a terminal, as plain lines elsewhere. ``notes`` come before its end."""
    grouped = reasons(failures)
    if to.isatty():
        _show_rich(summary, grouped, notes, to)
    else:
        to.write("\n".join(_plain_lines(summary, grouped, notes)) + "\n")


def clean(text: str) -> str:
    """Take out of a server's text what would steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _plain_lines(summary: Summary, grouped: Sequence[Reason], notes: Sequence[str]) -> list[str]:
    counts = ", ".join(f"{word} {count:,}" for word, count in _counts(summary))
    return [
        f"jobs: {counts or 'none'}",
        *(f"failed: {reason}" for reason in grouped[:REASONS]),
        *_unshown(grouped),
        *(f"{name}: {value}" for name, value in _facts(summary)),
        *map(clean, notes),
        sentence(summary),
    ]


def _show_rich(summary: Summary, grouped: Sequence[Reason], notes: Sequence[str], to: TextIO) -> None:
    # Here, not above: a run that ends in a log never needs it.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=to, highlight=False)
    table = Table.grid(padding=(0, 2))
    for word, count in _counts(summary):
        table.add_row(Text(word, style=_WORDS[word]), Text(f"{count:,}", justify="right"))
    console.print(table)
    for reason in grouped[:REASONS]:
        console.print(Text("✗ ", style="red") + Text(str(reason)))
    for text in _unshown(grouped):
        console.print(Text(text, style="dim"))
    for name, value in _facts(summary):
        wrong = name == "paid" and summary.sent_twice
        told = Text.assemble((f"{name} ", "dim"), (value, "bold red" if wrong else ""))
        console.print(told, soft_wrap=True)
    for note in notes:
        console.print(Text(clean(note)))
    console.print(Text(sentence(summary), style="bold red" if summary.failed or summary.unsure else "bold"))


def _counts(summary: Summary) -> list[tuple[str, int]]:
    return [(word, count) for word in _WORDS if (count := getattr(summary, word))]


def _unshown(grouped: Sequence[Reason]) -> list[str]:
    rest = sum(reason.count for reason in grouped[REASONS:])
    return [f"… and {rest:,} more that failed for other reasons; the results tell each."] if rest else []


def _facts(summary: Summary) -> list[tuple[str, str]]:
    bought = proof(summary) if summary.jobs else ""
    return [(name, value) for name, value in (("paid", bought), ("results", summary.results or "")) if value]
