"""A column named like a field is the user's own in rows that say the same thing by another."""

from __future__ import annotations

import pytest

LINK = "https://example.com/a.mp4"
BESIDE = f"url,output_language,file\n{LINK},German,raw/intro.mov\n{LINK},French,\n,Spanish,clips/tour.mp4\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.csv", BESIDE),
        ("s.csv", BESIDE.replace("url", " Video_URL ").replace("file", "File")),
        (
            "s.jsonl",
            (
                f'{{"url": "{LINK}", "output_language": "German", "file": "raw/intro.mov"}}\n'
                f'{{"url": "{LINK}", "output_language": "French"}}\n'
                '{"output_language": "Spanish", "file": "clips/tour.mp4"}\n'
            ),
        ),
        ("s.csv", "kind," + BESIDE.replace("\n", "\nlipsync,").removesuffix("lipsync,")),
    ],
)
def test_a_file_beside_a_link_is_the_users_own_column(rows, name, content):
    linked, bare, filed = rows(name, content)

    assert [(one.fields.get("url"), one.fields.get("file")) for one in (linked, bare, filed)] == [
        (LINK, None),
        (LINK, None),
        (None, "clips/tour.mp4"),
    ]
    assert "raw/intro.mov" in linked.cells


def test_it_is_told_once_a_sheet_where_it_stands(opened):
    manifest = opened("s.csv", BESIDE + f"{LINK},Polish,raw/outro.mov\n")
    for _ in range(2):
        list(manifest.rows())

    assert [str(one) for one in manifest.warnings()] == [
        (
            's.csv, column "file": Rows that fill "url" take it from there: what stands here is kept, and not used. '
            'Where this column is meant, empty "url".'
        )
    ]


def test_a_sheet_in_which_each_row_fills_one_of_the_two_has_nothing_to_be_told(opened):
    manifest = opened("s.csv", f"url,output_language,file\n{LINK},German,\n,German,clips/tour.mp4\n")
    list(manifest.rows())

    assert manifest.warnings() == []


def test_what_the_manifest_itself_says_is_no_column_and_gives_no_way(rows):
    (row,) = rows(
        "s.yaml", f"kind: translation\nrows: [{{url: '{LINK}', output_language: German}}]\ndefaults: {{file: a.mp4}}\n"
    )

    assert (row.fields["url"], row.fields["file"]) == (LINK, "a.mp4")
