"""A mistyped column of a field that may be empty is told before a batch is paid for without it."""

from __future__ import annotations

import pytest

VIDEO = "avatar_id,voice_id,script"


@pytest.fixture
def strays(opened):
    """Write a manifest, read its rows, and give the columns that are told with the fields that were meant."""

    def read(name, content):
        manifest = opened(name, content)
        list(manifest.rows())
        assert all(one.row is None for one in manifest.warnings())
        return {one.column: one.remedy for one in manifest.warnings()}

    return read


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("backgroud_color", "background_color"),
        ("capton", "caption"),
        ("Aspect Ratio", "aspect_ratio"),
        ("background-colour", "background_colour"),
        ("dimensions", "dimension"),
    ],
)
def test_a_column_that_comes_near_to_a_field_is_a_warning(strays, header, meant):
    assert strays("v.csv", f"{VIDEO},{header}\na,b,c,x\n") == {header: f'Did you mean "{meant}"?'}


def test_it_is_told_once_however_many_rows_there_are(strays):
    assert len(strays("v.csv", f"{VIDEO},capton\n" + "a,b,c,yes\n" * 2000)) == 1


@pytest.mark.parametrize("header", ["company", "model", "duration_s", "Title 2", "note", "", "script_es", "voice"])
def test_columns_of_ones_own_are_left_alone(strays, header):
    assert strays("v.csv", f"{VIDEO},title,{header}\na,b,c,d,x\n") == {}


def test_a_field_that_is_filled_by_another_column_is_not_missed(strays):
    assert strays("v.csv", f"{VIDEO},caption,captions\na,b,c,yes,x\n") == {}


def test_fields_of_any_kind_in_the_sheet_are_known(strays):
    sheet = "kind,url,output_language,enable_caption,avatar_id,voice_id,script,enable_captions\n"
    rows = "translation,u,French,,,,,x\nvideo,,,,a,v,s,x\n"

    assert strays("v.csv", sheet + rows) == {}
    assert strays("v.csv", sheet.replace("enable_caption,", ",") + rows) == {
        "enable_captions": 'Did you mean "enable_caption"?'
    }


@pytest.mark.parametrize(
    "fields",
    ["caption: yes", 'title: "{{ captions }}"', 'script: "{{ Captions }}"', "title: \"{{ row['captions'] }}\""],
)
def test_what_a_manifest_uses_or_fills_by_itself_is_no_slip(strays, folder, fields):
    (folder / "v.csv").write_text(f"{VIDEO},captions\na,b,c,x\n")

    assert strays("m.yaml", f"kind: video\nrows: v.csv\nfields:\n  {fields}\n") == {}
    assert strays("m.yaml", "kind: video\nrows: v.csv\ndefaults: {caption: yes}\n") == {
        "captions": 'Did you mean "caption"?'
    }


def test_lists_and_groups_can_only_be_meant_where_they_can_be_said(strays):
    assert strays("v.csv", f"{VIDEO},scene\na,b,c,x\n") == {}
    assert strays("v.jsonl", '{"avatar_id": "a", "scene": [{"script": "x"}]}\n') == {"scene": 'Did you mean "scenes"?'}
