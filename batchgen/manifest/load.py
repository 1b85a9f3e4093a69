"""Opens a manifest: finds it, checks its own settings, and opens the sheet that its rows stand in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.manifest.encoding import scan
from batchgen.manifest.fetch import download, is_link
from batchgen.manifest.inline import Inline
from batchgen.manifest.jsonl import JsonLines
from batchgen.manifest.keyed import Keyed
from batchgen.manifest.oddities import spoilt
from batchgen.manifest.rows import Rows
from batchgen.manifest.settings import Settings, read_settings
from batchgen.manifest.source import TEXT, Source, find, place
from batchgen.model.errors import Fault, ManifestError
from batchgen.model.naming import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchgen.manifest.interface import Fetch
    from batchgen.manifest.sheet import Sheet
    from batchgen.model.layout import Layout
    from batchgen.model.row import Row, Sheaf
    from batchgen.model.vocabulary import Vocabulary

_YAML = (".yaml", ".yml")
_LINES = (".jsonl", ".ndjson")
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenManifest:
    """See ``Manifest``."""

    name: str
    path: Path
    columns: tuple[str, ...]
    api: str | None
    digest: str
    notes: tuple[str, ...]  #: What was guessed, such as an encoding, for the user to see.
    layout: Layout | None
    files: tuple[Path, ...]  #: What it is read from, on this machine: nothing may be written there.
    _rows: Rows
    _spoilt: tuple[Fault, ...] = ()  #: Texts of the manifest itself that look odd.

    def rows(self) -> Iterator[Row | Fault]:
        """See ``Manifest.rows``."""
        return iter(self._rows)

    def sheaves(self) -> Iterator[Sheaf | Row | Fault]:
        """See ``Manifest.sheaves``."""
        return self._rows.sheaves()

    def warnings(self) -> Sequence[Fault]:
        """See ``Manifest.warnings``."""
        return [*self._spoilt, *self._rows.warnings]


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A table that was opened for its cells alone."""

    _sheet: Sheet

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers in order, as written."""
        return self._sheet.columns

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Give each row's number and cells. Raises ``ManifestError`` at a row that cannot be read."""
        for record in self._sheet.records():
            if isinstance(record, Fault):
                raise ManifestError([record])
            yield record.number, record.cells

    def readable(self) -> Iterator[tuple[str, ...]]:
        """Give the cells of each row that can be read, whatever stands between them."""
        return (record.cells for record in self._sheet.records() if not isinstance(record, Fault))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What opening a manifest needs at every step."""

    vocabulary: Vocabulary
    fetch: Fetch
    encoding: str | None

    def known(self, header: str) -> bool:
        """Tell whether a header is a field of any kind."""
        return any(words.canonical(header) for words in self.vocabulary.kinds.values())


def open_manifest(
    source: str,
    *,
    vocabulary: Vocabulary,
    fetch: Fetch = download,
    encoding: str | None = None,
) -> OpenManifest:
    """Open a manifest by its path or https link.

    ``encoding`` is the user's word for the encoding of its sheet, where they gave one. Raises ``ManifestError`` with
    every fault of the manifest's own settings, or with what keeps it from being read; ``UnreachableError`` where a
    link cannot be fetched. Faults of single rows come out of ``rows()``, among the rows.
    """
    opening = _Opening(vocabulary=vocabulary, fetch=fetch, encoding=encoding)
    found = find(source, fetch)
    if found.suffix in _YAML:
        return _from_yaml(found, opening)
    sheet = _open_sheet(found, opening)
    return OpenManifest(
        name=source,
        path=_home(found),
        columns=sheet.columns,
        api=None,
        digest=sheet.digest,
        notes=sheet.notes,
        layout=sheet.layout,
        files=_files(source),
        _rows=Rows(sheet, Settings(), vocabulary, file=source),
    )


def open_sheet(name: str, *, vocabulary: Vocabulary, encoding: str | None = None) -> OpenSheet:
    """Open a table that is no manifest: its columns and cells, whatever they mean. Raises ``ManifestError``."""
    opening = _Opening(vocabulary=vocabulary, fetch=download, encoding=encoding)
    return OpenSheet(_open_sheet(find(name, download), opening))


def _from_yaml(source: Source, opening: _Opening) -> OpenManifest:
    from batchgen.manifest.yaml_text import read_yaml  # noqa: PLC0415 - PyYAML is for those who write it

    letters = scan(source)
    with letters.text(source) as file:
        text = file.read()
    given, faults = read_yaml(source, text)
    if given is None and faults:
        raise ManifestError(faults)
    settings, more = read_settings(source, given, opening.vocabulary)
    faults += more
    sheet: Sheet = Inline([])
    file_name = source.name
    try:
        sheet, file_name = _sheet_of(source, settings, opening)
    except ManifestError as error:
        faults += error.faults
    if faults:
        raise ManifestError(faults)
    return OpenManifest(
        name=source.name,
        path=source.path,
        columns=sheet.columns,
        api=settings.api,
        digest=digest(letters.digest, sheet.digest),
        notes=(*letters.notes, *(f"{file_name}: {note}" for note in sheet.notes)),
        layout=sheet.layout,
        files=_files(source.name, file_name),
        _rows=Rows(sheet, settings, opening.vocabulary, file=file_name),
        _spoilt=tuple(_spoilt_texts(source, given)),
    )


def _spoilt_texts(source: Source, given: Keyed) -> Iterator[Fault]:
    """Find texts of the manifest that look odd; those of its rows are found as the rows are read."""
    for key, line, value in given.texts(leaving={"rows"}):
        if odd := spoilt(value):
            yield source.fault(*odd, row=line, column=key)


def _sheet_of(source: Source, settings: Settings, opening: _Opening) -> tuple[Sheet, str]:
    """Open the sheet that a YAML manifest refers to, and tell how the user would name it."""
    if not isinstance(settings.rows, str):
        # Without rows everything is said in the settings, and once: they are a row of their own.
        return Inline([Keyed(1)] if settings.rows is None else settings.rows), source.name
    name = settings.rows
    if not is_link(name):
        if is_link(source.name):
            problem = "A manifest behind a link cannot refer to a file."
            raise ManifestError([source.fault(problem, "Write a link.", row=settings.rows_line, column="rows")])
        name = str(Path(source.name).parent / name)
    try:
        return _open_sheet(find(name, opening.fetch), opening), name
    except ManifestError as error:
        raise ManifestError(
            [
                source.fault(f"{name}: {fault.problem}", fault.remedy, row=settings.rows_line, column="rows")
                for fault in error.faults
            ],
        ) from error


def _open_sheet(source: Source, opening: _Opening) -> Sheet:
    if source.suffix in _LINES:
        return JsonLines(source, encoding=opening.encoding)
    if source.suffix in _WORKBOOKS:
        from batchgen.manifest.workbook import Workbook  # noqa: PLC0415

        return Workbook(source)
    # What a link gives is CSV unless its address ends in something else that is known.
    if source.suffix in TEXT or source.content is not None:
        from batchgen.manifest.delimited import Delimited  # noqa: PLC0415

        return Delimited(source, known=opening.known, encoding=opening.encoding)
    if source.suffix in _YAML:
        raise source.refuse("A YAML manifest has no rows for another.", "Name the sheet that the rows stand in.")
    known_suffixes = ", ".join((*TEXT, *_WORKBOOKS, *_LINES, *_YAML))
    raise source.refuse(f'"{source.suffix}" is no format of a manifest.', f"Its name must end in {known_suffixes}.")


def _files(*names: str) -> tuple[Path, ...]:
    """Give the files behind names: a part of a workbook, named after ``#``, is the workbook's."""
    local = [name for name in dict.fromkeys(names) if not is_link(name)]
    return tuple(place(name) if place(name).exists() else place(name.rpartition("#")[0]) for name in local)


def _home(source: Source) -> Path:
    """Give the path that results go beside: sheets of one workbook must not share it."""
    return source.path.with_stem(f"{source.path.stem}_{source.part}") if source.part else source.path
