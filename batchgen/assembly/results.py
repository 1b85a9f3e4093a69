"""Results files, written from the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from batchgen.report.frame import Frame
    from batchgen.report.interface import Heading
    from batchgen.report.interface import Line as Told
    from batchgen.store.interface import Line, Lines, Sheet, Sheets, Store

    Keep = Callable[[Line], bool]


def write_results(store: Store, sheets: Sequence[int], *, like_input: bool = False) -> dict[str, str]:
    """Write the results of sheets as they stand. Raises ``DiskError``.

    Those that are to be like their sheet are written in its delimiter and encoding; ``like_input`` makes it all of
    them. Gives what could not be written so, by the file.
    """
    found = {}
    for sheet in [sheet for sheet in store.sheets() if sheet.pk in set(sheets)]:
        target = Path(sheet.results)
        if note := write_sheet(store, sheet, target, like_input=like_input or sheet.like_input):
            found[str(target)] = note
    return found


def try_results(store: Sheets, sheets: Sequence[int]) -> None:
    """Find out whether the results of sheets can be written. Raises ``DiskError``."""
    from batchgen.report.replace import try_beside  # noqa: PLC0415 - light, and only here

    for sheet in store.sheets():
        if sheet.pk in set(sheets):
            try_beside(Path(sheet.results))


def write_sheet(
    store: Store,
    sheet: Sheet,
    target: Path,
    *,
    form: str = "csv",
    keep: Keep | None = None,
    like_input: bool = False,
) -> str | None:
    """Write the results of one sheet, or those of its lines that are to be kept. Raises ``DiskError``.

    ``like_input``: a CSV in the sheet's own delimiter and encoding. Gives what could not be written as asked.
    """
    from batchgen.report.formats import write  # noqa: PLC0415 - light, and only here

    found = _lines(store, sheet, target, keep)
    if form == "csv" and like_input:
        return _write_like_input(sheet, target, found)
    write(target, form, _heading(sheet), found)
    return None


def _write_like_input(sheet: Sheet, target: Path, lines: Iterator[Told]) -> str | None:
    from batchgen.report.csv import write  # noqa: PLC0415 - light, and only here

    layout = sheet.layout
    written = write(target, sheet.columns, lines, kinds=sheet.kinds, captions=sheet.captions, layout=layout)
    if layout is None:
        return f"written as CSV in UTF-8: {sheet.name} is no text with delimiters that they could be like."
    if not written.escaped:
        return None
    return (
        f"{written.escaped:,} of its lines have letters that {layout.encoding} does not have; such a letter is written "
        "as its number, like \\u65e5. Without --like-input everything is written as it is, in UTF-8."
    )


def write_besides(store: Store, sheets: Sequence[Sheet], named: str | None) -> str | None:
    """Write the results in the other format that a run was asked for, if it was, and say where.

    Raises ``DiskError``, and ``UsageError`` where one file is named for several manifests.
    """
    from batchgen.report.formats import format_of  # noqa: PLC0415 - see above

    if not named or (form := format_of(Path(named))) == "csv":
        return None
    if len(sheets) != 1:
        raise UsageError(f"{named}: this names one file, and there are several manifests: name one of them.")
    target = Path(named).absolute()
    write_sheet(store, sheets[0], target, form=form)
    return str(target)


def try_besides(named: str | None) -> None:
    """Find out whether the results can be written in the other format that was asked for. Raises ``DiskError``."""
    from batchgen.report.formats import format_of  # noqa: PLC0415 - see above
    from batchgen.report.replace import try_beside  # noqa: PLC0415 - light, and only here

    if named and format_of(Path(named)) != "csv":
        try_beside(Path(named).absolute())


def frame_of(store: Store, sheet: Sheet, *, keep: Keep | None = None) -> Frame:
    """Give the results of one sheet as a data frame; files are seen from the working folder."""
    from batchgen.report.frame import frame  # noqa: PLC0415 - pandas takes half a second

    return frame(_heading(sheet), _lines(store, sheet, Path.cwd() / "results", keep))


def objects_of(store: Store, sheet: Sheet, *, keep: Keep | None = None) -> Iterator[dict[str, str | float | None]]:
    """Give the results of one sheet as objects by their columns; files are seen from the working folder."""
    from batchgen.report.jsonl import objects  # noqa: PLC0415 - for those who read them so

    yield from objects(_heading(sheet), _lines(store, sheet, Path.cwd() / "results", keep))


def write_rows(store: Store, sheet: Sheet, target: Path, keep: Keep, *, option: str) -> int:
    """Write rows of one sheet as a manifest of their own, which ``option`` named; give their number.

    Raises ``DiskError``.
    """
    from batchgen.report.sheet import write  # noqa: PLC0415 - for those who want it

    return write(target, sheet.columns, _lines(store, sheet, target, keep), option=option)


def _heading(sheet: Sheet) -> Heading:
    from batchgen.report.interface import Heading  # noqa: PLC0415 - see above

    return Heading(name=sheet.name, columns=sheet.columns, kinds=sheet.kinds, captions=sheet.captions, at=CLOCK.now())


def _lines(store: Lines, sheet: Sheet, target: Path, keep: Keep | None) -> Iterator[Told]:
    from batchgen.report.interface import line  # noqa: PLC0415 - see above

    folder = str(target.parent)
    for one in store.lines(sheet.pk):
        if keep is None or keep(one):
            yield line(
                one.cells,
                one.job,
                saved=one.saved,
                folder=folder,
                captions=one.captions,
                transcript=one.transcript,
                row=one.row,
            )
