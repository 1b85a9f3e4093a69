"""`--like-input`: results that open where the sheet opens."""

from __future__ import annotations

import csv
import io

ROWS = [
    ["Größe – 5 €", "https://x.example/1.mp4", "German", "=1+1"],
    ["Zoë; wie", "https://x.example/2.mp4", "French", "007"],
]
HEADER = ["title", "url", "output_language", "Straße"]


def write(desk, name: str, encoding: str = "cp1252") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER, *ROWS])
    data = text.getvalue().encode(encoding)
    (desk.folder / name).write_bytes(data)
    return data


def results(desk, encoding: str, delimiter: str) -> list[list[str]]:
    text = (desk.folder / "library_results.csv").read_bytes().decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_results_are_written_as_the_sheet_is_and_stay_so(desk, heygen):
    heygen()
    write(desk, "library.csv")

    ended = desk.run("library.csv", "--like-input", "--no-download")

    assert ended.code == 0, ended.err
    assert 'library.csv: read as cp1252, which is a guess: "title;url;output_language;Straße".' in ended.err
    for again in ((), ("refresh", "library.csv"), ("report", "library.csv")):
        if again:
            assert desk.batchgen(*again).code == 0
        told = results(desk, "cp1252", ";")
        assert [row[:4] for row in told] == [HEADER, *ROWS]
        assert [row[6] for row in told[1:]] == ["done", "done"]


def test_without_it_results_are_utf_8_with_commas_again(desk, heygen):
    heygen()
    write(desk, "library.csv", "utf-16")
    desk.run("library.csv", "--like-input", "--no-download")
    assert [row[:4] for row in results(desk, "utf-16", ";")] == [HEADER, *ROWS]

    desk.run("library.csv", "--no-download")

    assert [row[:4] for row in results(desk, "utf-8", ",")] == [HEADER, *ROWS]
    assert desk.batchgen("report", "library.csv", "--like-input").code == 0
    assert [row[:4] for row in results(desk, "utf-16", ";")] == [HEADER, *ROWS]


def test_what_the_encoding_does_not_have_is_told(desk, heygen):
    heygen()
    language = "Norwegian Bokmål (Norway)"  # Windows' Cyrillic has no å.
    desk.write("library.yaml", f"kind: translation\nrows: library.csv\nforeach: {{output_language: [{language}]}}\n")
    (desk.folder / "library.csv").write_bytes("title;url\r\nПривет;https://x.example/1.mp4\r\n".encode("cp1251"))

    ended = desk.run("library.yaml", "--encoding", "cp1251", "--like-input", "--no-download")

    assert ended.code == 0, ended.err
    assert results(desk, "cp1251", ";")[1][0] == "Привет"
    assert results(desk, "cp1251", ";")[1][3] == "Norwegian Bokm\\xe5l (Norway)"
    assert "library_results.csv: 1 of its lines have letters that cp1251 does not have" in ended.err
