"""Whatever a sheet is written like, its values come back unchanged, and what is spoken is what was written."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from batchgen.assembly.planning import open_sources, planner_for
from batchgen.assembly.results import write_results
from batchgen.heygen import DIALECTS
from batchgen.model.job import Parcel
from batchgen.model.layout import marked
from batchgen.report.csv import header
from batchgen.store.sqlite import SqliteStore

HEADER = ("title", "avatar_id", "voice_id", "script", "note", "Größe, cm", "note", "")
#: Each example opens a state file of its own, so that making one smaller would take minutes.
QUICK = {
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
#: Encodings with a mark or zeros to be told by, and one that has to be guessed.
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")
MARKS = {"utf-16-le+mark": "utf-16-le", "utf-16-be+mark": "utf-16-be"}

#: What people write, and what has broken readers of sheets before.
TELLING = st.sampled_from(
    (
        "=1+1", '=HYPERLINK("http://x.example","y")', "+49 30 123", "-5", "@me", "007", "1e5", "1.10", "TRUE", "NULL", "nan",
        "NA", "#N/A", "2024-01-02", "12:30", " padded ", "'quoted'", '"', '""', 'say "hi"', "a,b;c|d", "a\tb", "x\r\ny", "\r",
        "\n", "line\nbreak", "Zoë Ñandú", "Łódź", "日本語です。", "שלום, עולם", "مرحبا بالعالم", "\u200fעברית\u200e mixed", "👩‍👩‍👧‍👦 🇩🇪",
        "e\u0301 é", "\ufeffmark", "Ã©", "\u2028", "\x85", "\x1f", "x" * 3000, "sep=;", "{{ name }}", "\\n", "%s", "ﷺ",
    )
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
#: Words of the West and what stands between them. Letters drawn by chance would at times be a word of another script,
#: written in another code page, and no reader could know that they are not.
WESTERN = st.lists(
    st.sampled_from(
        (
            "Zoë", "Straße", "Käse ", "Ärger", "Übung", "garçon", "fête", "año", "mañana", " £5 ", "100 €", "“so”", " – ",
            "…", "™", "=1", "@x", "-2", "3,5", "a;b", "c\td", 'e"f', "g|h", "i\r\nj", "'k'", " ", "0",
        )
    ),
    max_size=5,
).map("".join)  # fmt: skip


def tables(cell):
    row = st.tuples(cell, cell, cell, cell, cell)
    return st.lists(row, min_size=1, max_size=4)


def write_sheet(table, *, delimiter: str, quoting: int, newline: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=newline)
    writer.writerow(HEADER)
    for number, (title, script, *own) in enumerate(table):
        writer.writerow((title, "Daisy", "v1", f"{number} {script}", *own, ""))
    return text.getvalue()


def expected(table):
    return [
        [title, "Daisy", "v1", f"{number} {script}", *own, ""] for number, (title, script, *own) in enumerate(table)
    ]


def run_through(data: bytes, *, like_input: bool) -> tuple[bytes, list[str], list[str]]:
    """Plan a sheet for good; give its results, and what the requests of both generations would have spoken."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "people.csv")
        path.write_bytes(data)
        store = SqliteStore.open(f"{folder}/state.db")
        try:
            sources = open_sources([str(path)], results=None, downloads=None, like_input=like_input)
            planned = planner_for(realm="sandbox", api="v2").plan(sources, store, at=1.0)
            (sheet,) = (one.sheet for one in planned.sheets)
            notes = write_results(store, [sheet.pk])
            jobs = [line.job for line in store.lines(sheet.pk)]
        finally:
            store.close()
        assert notes == {}
        parcels = [Parcel(kind=job.kind, content=job.content, delivery=job.delivery) for job in jobs]
        bodies = {
            api: [DIALECTS[api].create([one], key="k", batched=False).body for one in parcels] for api in DIALECTS
        }
        spoken = [body["video_inputs"][0]["voice"]["input_text"] for body in bodies["v2"]]
        assert [body["script"] for body in bodies["v3"]] == spoken
        return Path(folder, "people_results.csv").read_bytes(), [str(line) for line in sheet.columns], spoken


def check(table, *, encoding: str, delimiter: str, quoting: int, newline: str, like_input: bool) -> None:
    text = write_sheet(table, delimiter=delimiter, quoting=quoting, newline=newline)
    mark = "\ufeff" if encoding in MARKS else ""
    data = (mark + text).encode(MARKS.get(encoding, encoding))

    results, columns, spoken = run_through(data, like_input=like_input)

    assert columns == list(HEADER)
    assert spoken == [row[3] for row in expected(table)]
    if like_input:
        assert marked(results) == marked(data), "the mark is not that of the sheet"
    read_as = {**MARKS, "utf-8-sig": "utf-8"}.get(encoding, encoding) if like_input else "utf-8"
    told = results.decode(read_as).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(told, newline=""), delimiter=delimiter if like_input else ","))
    assert rows[0] == header(HEADER, {"video"})
    assert [row[: len(HEADER)] for row in rows[1:]] == expected(table)


@settings(max_examples=35, **QUICK)
@given(
    table=tables(TELLING | ANY),
    encoding=st.sampled_from((*UNICODE, *MARKS)),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from((csv.QUOTE_ALL, csv.QUOTE_MINIMAL)),
    newline=st.sampled_from(("\n", "\r\n")),
    like_input=st.booleans(),
)
def test_every_value_comes_back_and_is_spoken_as_it_was_written(
    table, encoding, delimiter, quoting, newline, like_input
):
    # A lone \r outside of quotes ends a line, for whoever reads it: no program writes one there.
    if any("\r" in cell for row in table for cell in row):
        quoting = csv.QUOTE_ALL

    check(
        table,
        encoding=encoding,
        delimiter=delimiter,
        quoting=quoting,
        newline=newline,
        like_input=like_input,
    )


@settings(max_examples=12, **QUICK)
@given(table=tables(WESTERN), delimiter=st.sampled_from(",;\t|"), like_input=st.booleans())
@example(table=[("£100", "n° 5", "5 €", "™", "“x”")], delimiter=";", like_input=True)
def test_an_old_western_sheet_comes_back_as_it_was(table, delimiter, like_input):
    check(
        table,
        encoding="cp1252",
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL,
        newline="\r\n",
        like_input=like_input,
    )


@pytest.mark.parametrize("encoding", [*UNICODE, *MARKS, "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_each_layout_is_told_and_written_again(encoding, delimiter):
    table = [("Zoë – 5 €", "Hallo Zoë", "=1+1", "007", "“x”")]

    check(table, encoding=encoding, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL, newline="\r\n", like_input=True)
