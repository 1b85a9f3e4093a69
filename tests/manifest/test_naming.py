"""Names in expressions that several columns of a sheet answer to."""

from __future__ import annotations

from unicodedata import normalize

import pytest

MANIFEST = 'kind: video\nrows: s.csv\nfields: {script: "Hello {{ first_name }}"}\n'


@pytest.mark.parametrize(
    ("header", "remedy"),
    [
        ("First Name,first_name", 'Write {{ row["First Name"] }} or {{ row["first_name"] }}, whichever is meant.'),
        ("first_name,first_name", "Empty or rename one of the two."),
    ],
)
def test_a_name_that_two_columns_answer_to_is_a_fault_where_they_differ(folder, told, header, remedy):
    (folder / "s.csv").write_text(f"{header},avatar_id\nAda,Ada,a\nAda,Bo,a\n")
    first, second = header.split(",")

    assert told("m.yaml", MANIFEST) == [
        (
            f's.csv, row 3, column "{second}": It says something else than column "{first}", and both are '
            f"{{{{ first_name }}}}. {remedy}"
        )
    ]


def test_a_name_that_two_columns_answer_to_is_the_one_that_is_filled_in(folder, rows):
    (folder / "s.csv").write_text("First Name,first_name,avatar_id\nAda,,a\n,Bo,a\n")

    assert [row.fields["script"] for row in rows("m.yaml", MANIFEST)] == ["Hello Ada", "Hello Bo"]


def test_columns_that_share_a_name_may_differ_where_nothing_calls_them_by_it(folder, rows):
    (folder / "s.csv").write_text("First Name,first_name,avatar_id\nAda,Bo,a\n")
    manifest = MANIFEST.replace('"Hello {{ first_name }}"', "'Hello {{ row.first_name }}'")

    assert [row.fields["script"] for row in rows("m.yaml", manifest)] == ["Hello Bo"]


def test_a_value_of_foreach_stands_before_columns_of_its_name(folder, rows):
    (folder / "s.csv").write_text("First Name,first_name,avatar_id\nAda,Bo,a\n")

    assert [row.fields["script"] for row in rows("m.yaml", MANIFEST + "foreach: {first_name: [Cy]}\n")] == ["Hello Cy"]


@pytest.mark.parametrize("sheet", ["NFC", "NFD"])
@pytest.mark.parametrize("manifest", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["größe", 'row["Größe"]', "row.Größe", "Größe"])
def test_a_name_is_the_same_however_its_accents_are_written(folder, rows, sheet, manifest, name):
    (folder / "s.csv").write_text(normalize(sheet, "Größe,avatar_id\n5,a\n"), "utf-8")
    text = f"kind: video\nrows: s.csv\nfields: {{script: '{{{{ {name} }}}}'}}\n"

    assert [row.fields["script"] for row in rows("m.yaml", normalize(manifest, text))] == ["5"]


def test_a_header_that_is_not_there_is_still_a_fault(folder, told):
    (folder / "s.csv").write_text("Größe,avatar_id\n5,a\n", "utf-8")
    manifest = "kind: video\nrows: s.csv\nfields: {script: '{{ row.Höhe }}'}\n"

    assert told("m.yaml", manifest)[0].startswith('s.csv, row 2, column "fields.script": "Höhe" is no column')
