"""Text that was spoilt before it came here is told at its cell, and nothing else is."""

from __future__ import annotations

import pytest

from batchgen.manifest.oddities import spoilt
from tests.manifest.test_workbook import workbook


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("CafÃ©", "Café"),
        ("itâ€™s", "it’s"),
        ("Ã–sterreich", "Österreich"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("ðŸ˜€", "😀"),
        ("caf√©", "café"),
        ("Â°C", "°C"),
        ("æ—¥æœ¬", "日本"),
    ],
)
def test_text_that_was_opened_in_the_wrong_encoding_is_told_with_what_was_meant(text, meant):
    problem, remedy = spoilt(text)

    assert text in problem
    assert f'Is "{meant}" meant?' in remedy


@pytest.mark.parametrize(
    "text",
    ["Café", "SÃO PAULO", "“MAÇÔ", "DÉJÀ VU", "«CAFÉ»", "Łódź", "日本語", "мама", "l’été…", "5 €", "🇩🇪", "שלום", "Ærø"],
)
def test_text_that_only_looks_foreign_is_left_alone(text):
    assert spoilt(text) is None


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("s.csv", "url,output_language,note\nu,French,x\nv,French,ZoÃ«\n", 's.csv, row 3, column "note"'),
        ("s.csv", "url,output_language,note\nu,French,#REF!\n", 's.csv, row 2, column "note"'),
        ("s.csv", "url,output_language,note\nu,French,Zo\ufffd\n", 's.csv, row 2, column "note"'),
        ("s.csv", "url,output_language,title\nu,French,Hi {{ name }}!\n", 's.csv, row 2, column "title"'),
        ("s.jsonl", '{"url": "u", "output_language": "French", "note": "ZoÃ«"}\n', 's.jsonl, row 1, column "note"'),
        (
            "s.yaml",
            "kind: translation\nrows:\n  - url: u\n    output_language: French\n    note: ZoÃ«\n",
            's.yaml, row 3, column "note"',
        ),
        (
            "s.yaml",
            "kind: video\nrows:\n  - avatar_id: u\nfields:\n  script: Hello ZoÃ«\n",
            's.yaml, row 5, column "fields.script"',
        ),
    ],
)
def test_it_is_told_at_its_cell(opened, name, content, place):
    manifest = opened(name, content)
    list(manifest.rows())

    (warning,) = manifest.warnings()
    assert str(warning).startswith(place + ": ")


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("#NV", "where a formula fails"),
        ("#BEZUG!", "where a formula fails"),
        ("#¡VALOR!", "where a formula fails"),
        ("Err:522", "where a formula fails"),
        ("########", "where a column is too narrow"),
        ("1.23457E+17", "makes of a long number"),
        ("1,23457E+17", "makes of a long number"),
        ("1.23456789012346e+17", "makes of a long number"),
    ],
)
def test_what_a_spreadsheet_shows_in_place_of_a_value_is_told(opened, cell, what):
    manifest = opened("s.csv", f'url,output_language,note\nu,French,"{cell}"\n')
    list(manifest.rows())

    (warning,) = manifest.warnings()
    assert what in warning.problem
    assert warning.column == "note"


@pytest.mark.parametrize("cell", ["1e5", "1E5", "1e+5", "E+12", "2E+1x", "#1", "##", "# # #", "C#", "#WOW", "12E+17"])
def test_what_only_looks_like_it_is_left_alone(opened, cell):
    manifest = opened("s.csv", f"url,output_language,note\nu,French,{cell}\n")
    list(manifest.rows())

    assert manifest.warnings() == []


def test_a_long_number_of_a_workbook_is_told(opened):
    manifest = opened(
        "s.xlsx", workbook(S=[["url", "output_language", "folder_id"], ["u", "French", 123456789012345678]])
    )
    list(manifest.rows())

    assert [one.column for one in manifest.warnings()] == ["folder_id"]


def test_a_plan_warns_before_anything_is_spoken(opened):
    manifest = opened("s.csv", "url,output_language,note\nu,French,ZoÃ«\n")
    for _ in range(2):
        list(manifest.rows())

    assert len(manifest.warnings()) == 1


def test_an_expression_that_is_filled_in_is_not_odd(opened):
    text = "kind: translation\nrows: [{url: u, output_language: French, title: 'Hi {{ name }}', name: Ada}]\n"

    manifest = opened("s.yaml", text)

    assert [row.fields["title"] for row in manifest.rows()] == ["Hi Ada"]
    assert manifest.warnings() == []
