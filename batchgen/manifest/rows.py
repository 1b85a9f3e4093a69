"""Turns the records of a sheet into rows: what kind each is, and which fields it fills.

Order of what fills a field: the row's own cell, or the manifest's ``defaults`` where the cell is empty; over that
``foreach``; over that ``fields`` with their expressions.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from batchgen.manifest.blanks import Blanks, is_blank, said_in
from batchgen.manifest.choice import Choice
from batchgen.manifest.expressions import Unrenderable, expressions, identifier, render_all, render_or_note
from batchgen.manifest.foreign import Foreign, foreign
from batchgen.manifest.headings import Headings, read_headings
from batchgen.manifest.layers import SHARED, shared
from batchgen.manifest.misplaced import RESULTS, own_column
from batchgen.manifest.naming import Names
from batchgen.manifest.oddities import is_plain, oddities
from batchgen.manifest.sheet import BLOCK, Record
from batchgen.manifest.strays import misnamed, strays, unfilled, unsayable
from batchgen.model.errors import Fault
from batchgen.model.row import BY_DEFAULT, Row, Sheaf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from batchgen.manifest.settings import Settings
    from batchgen.manifest.sheet import Sheet
    from batchgen.model.vocabulary import Vocabulary


#: Warnings that are kept. A sheet with more of them is wrong in one place, not in a thousand.
WARNINGS = 1000


class Rows:
    """The rows of one sheet under one manifest's settings."""

    def __init__(self, sheet: Sheet, settings: Settings, vocabulary: Vocabulary, *, file: str) -> None:
        self.sheet = sheet
        self.settings = settings
        self.kinds = vocabulary.kinds
        self.file = file
        self.headings = cache(self._headings)
        self.rivals = cache(self._rivals)
        self.canonical = cache(lambda kind, name: self.kinds[kind].canonical(name))
        self._choice = Choice(sheet, settings, self.kinds, self.headings, self.canonical, file=file)
        self._names = Names(sheet.columns, settings.said)
        self._foreach_expresses = settings.foreach_expresses
        self._told: set[tuple[str, str]] = set()
        self._seen: set[str] = set()  #: The kinds of the rows that were read.
        self.warnings: list[Fault] = []  #: What looks odd in the rows that were read.
        self._blanks = Blanks()
        self._foreign = Foreign()
        self._idle = cache(self._idle_places)
        self._said_in = cache(self._places_said_in)

    def __iter__(self) -> Iterator[Row | Fault]:
        """Give every row in order, the faults of rows among them."""
        for found in self.sheaves():
            if isinstance(found, Sheaf):
                yield from found.rows()
            else:
                yield found

    def sheaves(self) -> Iterator[Sheaf | Row | Fault]:
        """Give the same, many rows at once where they are nothing but what their sheet says."""
        self._told.clear()
        self._seen.clear()
        self.warnings.clear()
        self._blanks.clear()
        self._foreign.clear()
        if self._choice.is_none:
            yield from self._unread() or [self._choice.none()]
            return
        constant = self._choice.constant
        if constant and (result := self._result(constant)):
            yield self._fault(1, result, *RESULTS)
            return
        straight = constant and self.settings.plain and self.headings(constant).straight() and not self.sheet.structured
        found = self.sheet.records()
        while block := list(islice(found, BLOCK)):
            records = [one for one in block if one.__class__ is Record]
            self._note_oddities(records)
            if constant and straight and len(records) == len(block):
                yield self._sheaf(constant, records)
                continue
            for one in block:
                if isinstance(one, Fault):
                    yield one
                else:
                    yield from self._row(one, constant)
        self._note_strays()
        self.warnings += [self._fault(*one) for one in self._blanks.told()]
        told = self._foreign.told(self.sheet.columns, self.kinds, self._seen)
        self.warnings += [self._fault(*one) for one in told]

    def _note_strays(self) -> None:
        """Note columns that were probably meant to be fields, before what looks odd in cells."""
        kinds = [self.kinds[kind] for kind in sorted(self._seen)]
        columns, structured = self.sheet.columns, self.sheet.structured
        problem = "This column means nothing to batchgen, so nothing is made of what stands in it."
        slips = dict(strays(columns, kinds, self.settings, structured=structured))
        slips |= misnamed(columns, kinds, self.settings)
        told = [self._fault(None, column, problem, f'Did you mean "{near}"?') for column, near in slips.items()]
        problem = "A cell can be no list and no group, so nothing is made of what stands in this column."
        found = () if structured else unsayable(columns, kinds, self.settings)
        told += [self._fault(None, column, problem, remedy) for column, remedy in found]
        if not told and (lack := unfilled(columns, kinds, self.settings)):
            told = [self._fault(None, None, *lack)]
        self.warnings[:0] = told

    def _note_oddities(self, records: Sequence[Record]) -> None:
        """Note what looks odd in records."""
        if is_plain(chain.from_iterable(record.cells for record in records)):
            return
        for record in records:
            if not is_plain(record.cells) and len(self.warnings) < WARNINGS:
                for at, (problem, remedy) in oddities(record.cells, filled_in=self.settings.rows_express):
                    self.warnings.append(self._fault(record.number, self.sheet.columns[at], problem, remedy))

    def _sheaf(self, kind: str, records: Sequence[Record]) -> Sheaf:
        """Give rows that are nothing but what their sheet says: the quick way, for long sheets."""
        self._seen.add(kind)
        headings = self.headings(kind)
        numbers, cells, values = zip(*records, strict=True)
        texts = dict(zip(headings.fields, zip(*map(headings.pick, values), strict=True), strict=True))
        for name in headings.variables:
            self._blanks.note_all(headings.columns[name], numbers, texts[name])
        if idle := self._idle(kind):
            for record in records:
                self._foreign.note(kind, idle, record.number, record.values)
        return Sheaf(self.file, numbers, cells, kind, texts, headings.columns)

    def _row(self, record: Record, constant: str | None) -> Iterator[Row | Fault]:
        """Give the row of one record, or one a combination of ``foreach``, or what is wrong with it."""
        kind = constant or self._choice.of(record)
        if isinstance(kind, Fault):
            yield kind
            return
        self._seen.add(kind)
        self._foreign.note(kind, self._idle(kind), record.number, record.values)
        yield from self._torn(record)
        headings = self.headings(kind)
        for name, value in zip(headings.fields, headings.pick(record.values), strict=True):
            if name in headings.variables:
                self._blanks.note_all(headings.columns[name], (record.number,), (value,))
        own: dict[str, Any] | None = None
        for combination in self.settings.combinations():
            try:
                values = self._combined(record, combination)
                meant = self._expressed(record, values)
                if own is None or meant is not record:
                    own = self.headings(kind).given(meant.values)
                    yield from self._settled(meant, kind, own)
                    self._give_way(kind, own)
                yield from self._filled(meant, kind, dict(own), values)
            except Unrenderable as error:
                yield from self._untold(record, [error])

    def _untold(self, record: Record, failed: Iterable[Unrenderable]) -> Iterator[Fault]:
        """Give what was not told yet: one wrong name is one fault, however many rows it would spoil."""
        for error in failed:
            if (error.place, error.problem) not in self._told:
                self._told.add((error.place, error.problem))
                yield self._fault(record.number, error.place, error.problem, error.remedy)

    def _combined(self, record: Record, combination: dict[str, Any]) -> dict[str, Any]:
        """Fill in the expressions in a combination of ``foreach``."""
        if not self._foreach_expresses:
            return combination
        context = self._context(record, {name: one for name, one in combination.items() if not any(expressions(one))})
        return {name: render_all(value, context) for name, value in combination.items()}

    def _expressed(self, record: Record, combination: dict[str, Any]) -> Record:
        """Fill in the expressions that stand in a row of the manifest; without any it is the very same record."""
        if not self.settings.rows_express:
            return record
        from batchgen.manifest.fill import compile_all  # noqa: PLC0415 - Jinja is for those who write a manifest

        read = {at: compile_all(value, self.sheet.columns[at]) for at, value in enumerate(record.values)}
        held = {at: {name for one in expressions(value) for name in one.names} for at, value in read.items()}
        held = {at: set(map(identifier, names)) for at, names in held.items() if any(expressions(read[at]))}
        if not held:
            return record
        values = list(record.values)
        while held:
            # One may name another: that comes first. Where they go round in a circle, the fault names one of them.
            unfilled = {identifier(self.sheet.columns[at]) for at in held}
            at = next((at for at, names in held.items() if not names & unfilled), next(iter(held)))
            context = self._context(record._replace(values=values), combination, without=held)
            values[at] = render_all(read[at], context)
            del held[at]
        return record._replace(values=values)

    def _settled(self, record: Record, kind: str, own: dict[str, Any]) -> Iterator[Fault]:
        """Settle every field that several columns fill."""
        for field, places in self.rivals(kind).items():
            if fault := self._settle(record, field, places, own):
                yield fault

    def _result(self, kind: str) -> str | None:
        """Give the column of a sheet of results that would be taken for a field which the manifest's own fill."""
        return own_column(self.sheet.columns, [at for of in self.rivals(kind).values() for at in of])

    def _rivals(self, kind: str) -> dict[str, tuple[int, ...]]:
        """Give the fields that several columns fill, where the manifest does not fill them whatever a row says."""
        told = {self.canonical(kind, name) for name in (*self.settings.fields, *self.settings.foreach)}
        return {field: of for field, of in self.headings(kind).rivals.items() if field not in told}

    def _torn(self, record: Record) -> Iterator[Fault]:
        """Give what expressions name that says two things in this row."""
        for name, first, other in self._names.torn(record.values, self.settings.foreach):
            problem = f'It says something else than column "{first}", and both are {{{{ {name} }}}}.'
            remedy = f'Write {{{{ row["{first}"] }}}} or {{{{ row["{other}"] }}}}, whichever is meant.'
            remedy = "Empty or rename one of the two." if first == other else remedy
            yield self._fault(record.number, other, problem, remedy)

    def _give_way(self, kind: str, own: dict[str, Any]) -> None:
        """Leave to the user what is theirs where a row fills another field that says the same, and tell it once."""
        headings = self.headings(kind)
        for field, other in headings.yields.items():
            if field in own and other in own:
                del own[field]
                column, named = headings.columns[field], headings.columns[other]
                if (column, other) not in self._told:
                    self._told.add((column, other))
                    problem = f'Rows that fill "{named}" take it from there: what stands here is kept, and not used.'
                    remedy = f'Where this column is meant, empty "{named}".'
                    self.warnings.append(self._fault(None, column, problem, remedy))

    def _filled(
        self, record: Record, kind: str, fields: dict[str, Any], combination: dict[str, Any]
    ) -> Iterator[Row | Fault]:
        columns = dict(self.headings(kind).columns)
        context = self._context(record, combination)
        failed: list[Unrenderable] = []
        for part, values, keep in (
            ("defaults", self.settings.defaults, True),
            ("foreach", combination, False),
            ("fields", self.settings.fields, False),
        ):
            for name, value in values.items():
                field = self.canonical(kind, name)
                if field is not None and keep and field in fields and field != SHARED:
                    field = self._beneath(kind, field, fields[field], value)
                if field is None:
                    continue
                place = name if name in ("variables", "scenes", "output") else f"{part}.{name}"
                for column, at in self._said_in(part, name, field):
                    if is_blank(record.values[at]):
                        self._blanks.note(column, record.number, place)
                known = context if part != "fields" else _also(context, fields)
                meant = render_or_note(value, known, failed)
                meant = shared(fields, meant, default=keep) if field == SHARED else meant
                fields.pop(field, None)
                if meant not in ("", [], {}, None) or failed:  # One that failed may be named further down all the same.
                    fields[field] = meant
                columns[field] = place
        yield from self._untold(record, failed)
        if not failed:
            file, number, cells = self.file, record.number, record.cells
            yield Row(file=file, number=number, cells=cells, kind=kind, fields=fields, columns=columns)

    def _beneath(self, kind: str, field: str, own: Any, value: Any) -> str | None:
        """Give the name under which a default completes what a row says itself; None: the row's own is all of it."""
        both = isinstance(own, dict) and isinstance(value, dict)
        return BY_DEFAULT + field if both and field in self.kinds[kind].completed else None

    def _places_said_in(self, part: str, name: str, field: str) -> list[tuple[str, int]]:
        """Give the columns that a text of the manifest says as they are, each with its place."""
        value = {"defaults": self.settings.defaults, "fields": self.settings.fields}.get(part, {}).get(name)
        places = (self._names.place(one) for one in sorted(said_in(field, value)))
        return [(self.sheet.columns[at], at) for at in places if at is not None]

    def _context(self, record: Record, combination: dict[str, Any], *, without: Collection[int] = ()) -> dict[str, Any]:
        """Give what expressions may name: columns by their identifiers, ``foreach`` values, and ``row``.

        ``without`` are places of columns that are not filled in themselves yet.
        """
        return self._names.values(record.values, without) | combination

    def _headings(self, kind: str) -> Headings:
        return read_headings(self.sheet.columns, self.kinds[kind], structured=self.sheet.structured)

    def _idle_places(self, kind: str) -> tuple[int, ...]:
        """Give the places of columns of which nothing is made in rows of a kind, and might be in those of another."""
        alone = self._choice.constant is not None
        others = [words for name, words in self.kinds.items() if not alone or name in self.kinds[kind].alike]
        return foreign(self.sheet.columns, self.kinds[kind], others, self.settings, structured=self.sheet.structured)

    def _settle(self, record: Record, field: str, places: tuple[int, ...], own: dict[str, Any]) -> Fault | None:
        """Fill a field that several columns fill: from the one that says something, and never from two that differ."""
        said = {at: record.values[at] for at in places if str(record.values[at]).strip()}
        if not said:
            return None
        (first, value), *others = said.items()
        own[field] = value
        for at, other in others:
            if other != value:
                problem = f'It says something else than column "{self.sheet.columns[first]}", and both are {field}.'
                return self._fault(record.number, self.sheet.columns[at], problem, "Empty or rename one of the two.")
        return None

    def _unread(self) -> list[Fault]:
        """Give what kept a sheet without a single column from being read: then nothing else can be told of it."""
        return [] if self.sheet.columns else [one for one in self.sheet.records() if isinstance(one, Fault)]

    def _fault(self, number: int | None, column: str | None, problem: str, remedy: str) -> Fault:
        return Fault(file=self.file, row=number, column=column, problem=problem, remedy=remedy)


def _also(context: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Let expressions name fields as well, where no column has that name."""
    return context | {name: value for name, value in fields.items() if name not in context}
