"""A selection: which lines are meant, in the words of the report and of the user's own sheet.

Terms side by side must all hold; values with a comma are any of them: ``status:failed,cancelled row:10-40``. In quotes
a comma is a comma: ``company:"Möller, Söhne & Co"``.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from batchgen.model.errors import UsageError
from batchgen.model.status import Status
from batchgen.model.vocabulary import nearest, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchgen.store.interface import Line

_WORDS: dict[str, Callable[[Line], str]] = {
    "status": lambda line: line.job.status.word,
    "kind": lambda line: line.job.kind,
    "lang": lambda line: line.job.language or "",
    "language": lambda line: line.job.language or "",
    "error": lambda line: f"{line.job.error_code or ''} {line.job.error or ''}",
    "job": lambda line: line.job.id,
}

#: What stands in quotes, and what stands for a comma in it until the values are taken apart.
_QUOTED = re.compile(r"""(?<!\\)(?:"(?:\\.|[^"\\])*"|'[^']*')""")
_COMMA = "\0"

#: Words whose value need only be contained.
_CONTAINED = {"error", "job"}


def selector(expression: str | None, columns: Sequence[str]) -> Callable[[Line], bool] | None:
    """Read a selection; ``columns`` are the sheet's own. Raises ``UsageError`` where it cannot be meant."""
    if expression is None:
        return None
    if not expression.strip():  # As of a variable of a script that nobody set; every row would be another wish.
        raise UsageError("--select: this is empty, so no row is meant by it. Leave it out for all of them.")
    try:
        terms = shlex.split(_QUOTED.sub(lambda found: found[0].replace(",", _COMMA), expression))
    except ValueError as error:
        raise UsageError(
            f"--select {expression}: {error}. Put values with spaces, commas or ' in double quotes."
        ) from error
    tests = [_term(term, columns) for term in terms]
    return lambda line: all(test(line) for test in tests)


def _term(term: str, columns: Sequence[str]) -> Callable[[Line], bool]:
    name, colon, value = term.partition(":")
    if not colon or not value:
        raise UsageError(f"--select {term}: a term is a name, a colon and a value, such as status:failed or row:10-40.")
    word = plain(name)
    wanted = [plain(one.replace(_COMMA, ",")) for one in value.split(",")]
    term, name = term.replace(_COMMA, ","), name.replace(_COMMA, ",")
    if word == "row":
        return _rows(term, wanted)
    if word == "status":
        _check_statuses(wanted)
    if word in _WORDS:
        read = _WORDS[word]
        if word in _CONTAINED:
            return lambda line: any(one in plain(read(line)) for one in wanted)
        return lambda line: plain(read(line)) in wanted
    return _column(name, wanted, columns)


def _rows(term: str, wanted: Sequence[str]) -> Callable[[Line], bool]:
    ranges = []
    for one in wanted:
        found = re.fullmatch(r"(\d{1,18})(?:-(\d{0,18}))?", one)
        if not found:
            raise UsageError(f"--select {term}: rows are numbers as the spreadsheet shows them, such as row:10-40.")
        first, last = found.groups()
        ranges.append((int(first), int(first) if last is None else int(last) if last else 2**62))
    return lambda line: any(first <= line.row <= last for first, last in ranges)


def _check_statuses(wanted: Sequence[str]) -> None:
    known = [status.word for status in Status]
    for one in wanted:
        if one not in known:
            meant = nearest(one, known)
            hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(known)}."
            raise UsageError(f"--select status:{one}: there is no such status.{hint}")


def _column(name: str, wanted: Sequence[str], columns: Sequence[str]) -> Callable[[Line], bool]:
    places = [place for place, column in enumerate(columns) if plain(column) == plain(name)]
    if not places:
        known = [*_WORDS, "row", *columns]
        meant = nearest(name, known)
        hint = f' Did you mean "{meant}"?' if meant else f" There are: {', '.join(known)}."
        raise UsageError(f"--select {name}: neither batchgen nor the sheet has such a name.{hint}")
    return lambda line: any(plain(line.cells[place]) in wanted for place in places if place < len(line.cells))
