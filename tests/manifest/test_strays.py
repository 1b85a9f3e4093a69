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


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("caption", "enable_caption"),
        ("Captions", "enable_caption"),
        ("brand_voice", "brand_voice_id"),
        ("folder", "folder_id"),
        ("watermark", "enable_watermark"),
    ],
)
def test_a_column_that_is_short_for_a_field_is_a_warning(strays, header, meant):
    assert strays("t.csv", f"url,output_language,{header}\na,French,x\n") == {header: f'Did you mean "{meant}"?'}
    assert strays("t.csv", f"url,output_language,{header},{meant}\na,French,x,y\n") == {}


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("background.value", "background_color"),
        ("background_url", "background_image"),
        ("Background Image URL", "background_image"),
        ("voice.speed", "speed"),
        ("character.avatar_style", "avatar_style"),
        ("dimension.width", "dimension"),
        ("height", "dimension"),
    ],
)
def test_a_column_called_after_a_key_of_a_group_is_a_warning(strays, header, meant):
    assert strays("v.csv", f"{VIDEO},{header}\na,b,c,x\n") == {header: f'Did you mean "{meant}"?'}
    assert strays("v.csv", f"{VIDEO},{header},{meant}\na,b,c,x,y\n") == {}


@pytest.mark.parametrize("header", ["voice_duration", "background_music", "voice_actor", "character_name"])
def test_a_column_that_only_begins_like_a_group_is_ones_own(strays, header):
    assert strays("v.csv", f"{VIDEO},{header}\na,b,c,x\n") == {}


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


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("watermark", '"rows:" for this sheet'),
        ("Engine_Settings", '"rows:" for this sheet'),
        ("scenes", '"rows:" for this sheet'),
        ("background", 'Did you mean "background_color"'),
    ],
)
def test_a_column_of_a_field_that_no_cell_can_say_is_a_warning(strays, header, meant):
    assert meant in strays("v.csv", f"{VIDEO},{header}\na,b,c,x\n")[header]
    assert strays("v.csv", f"{VIDEO},background_color,{header}\na,b,c,#ff0000,x\n").keys() == {header} - {"background"}


def test_every_kind_tells_its_fields_that_no_cell_can_say(strays):
    assert strays("t.csv", "url,output_language,stock_voice_config\nu,French,x\n").keys() == {"stock_voice_config"}
    assert "var.first_name" in strays("p.csv", "template_id,variables\nt,x\n")["variables"]


def test_what_a_manifest_or_a_jsonl_says_as_a_group_is_not_told_as_left_out(strays, folder):
    (folder / "v.csv").write_text(f"{VIDEO},watermark\na,b,c,https://example.com/logo.png\n")

    assert strays("m.yaml", 'kind: video\nrows: v.csv\nfields: {watermark: {image: "{{ watermark }}"}}\n') == {}
    assert strays("v.jsonl", '{"avatar_id": "a", "watermark": {"image": "https://example.com/logo.png"}}\n') == {}


@pytest.mark.parametrize(
    "header", ["var_first_name", "VAR: first_name", "variables.first_name", "variables.first_name.content"]
)
def test_a_column_that_nearly_says_it_is_a_variable_is_a_warning(strays, header):
    told = {header: 'Did you mean "var.first_name"?'}

    assert strays("p.csv", f"template_id,{header}\nt,x\n") == told
    assert strays("p.csv", f"template_id,var.company,{header}\nt,c,x\n") == told
    assert strays("p.csv", f"template_id,var.first_name,{header}\nt,c,x\n") == {}
    assert strays("v.csv", f"{VIDEO},{header}\na,b,c,x\n") == {}


def test_a_column_called_as_a_template_shows_its_variable_is_a_warning(strays):
    assert strays("p.csv", "template_id,{{ first_name }}\nt,x\n") == {
        "{{ first_name }}": 'Did you mean "var.first_name"?'
    }


@pytest.mark.parametrize("header", ["variable_cost", "variant", "Variables used", "various"])
def test_a_column_that_begins_like_a_variable_is_ones_own(strays, header):
    assert strays("p.csv", f"template_id,var.company,{header}\nt,c,x\n") == {}


def test_a_template_of_which_no_variable_is_filled_is_a_warning(strays):
    told = strays("p.csv", "template_id,id,title,first_name,company\nt,1,a,Ada,Hopper\nt,2,b,Bob,Hopper\n")

    assert told.keys() == {None}
    assert 'Did you mean "var.first_name"?' in told[None]


@pytest.mark.parametrize("sheet", ["template_id,var.name,company\nt,x,y\n", "template_id,title\nt,x\n"])
def test_a_template_needs_no_more_variables_than_a_sheet_fills(strays, sheet):
    assert strays("p.csv", sheet) == {}


@pytest.mark.parametrize(
    "said",
    [
        "variables: {first_name: Ada}",
        "defaults: {variables: {first_name: Ada}}",
        "foreach: {var.first_name: [Ada, Bob]}",
        'output: "{{ company }}.mp4"',
    ],
)
def test_variables_that_a_manifest_fills_and_columns_that_it_uses_are_not_missed(strays, folder, said):
    (folder / "p.csv").write_text("template_id,company\nt,x\n")

    assert strays("m.yaml", f"kind: template\nrows: p.csv\n{said}\n") == {}


def test_variables_of_a_jsonl_are_not_missed(strays):
    assert strays("p.jsonl", '{"template_id": "t", "variables": {"a": "b"}, "company": "x"}\n') == {}
