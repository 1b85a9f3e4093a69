from __future__ import annotations

import pytest

FIELDS = "title, url, output_language"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("row: x.csv", '1, column "row": "row" means nothing in a manifest. Did you mean "rows"?'),
        (
            "title: x",
            '1, column "title": "title" means nothing in a manifest. It is a field: write it under "defaults" or "fields".',
        ),
        (
            "zzz: x",
            (
                '1, column "zzz": "zzz" means nothing in a manifest. '
                "Known keys: kind, api, rows, defaults, fields, foreach, variables, scenes, output."
            ),
        ),
        (
            "kind: vidoe",
            '1, column "kind": "vidoe" is not known here. Did you mean "video"? Choose from: template, session, translation, video, agent, lipsync, image, cinematic.',
        ),
        ("api: v1", '1, column "api": "v1" is not known here. Choose from: v3, v2.'),
        (
            "rows: |\n  title,url\n  A,https://e.com/a.mp4",
            (
                '1, column "rows": The rows themselves stand here, as text. Save them as a sheet and write its name here, '
                'or write "- key: value" for each.'
            ),
        ),
        ("rows: missing.csv", '1, column "rows": missing.csv: There is no such file. Check its name and folder.'),
        (
            "rows: [a, b]",
            '1, column "rows": This is neither a file nor a list of rows. Write a file\'s name, or "- key: value".',
        ),
        (
            "rows: []",
            '1, column "rows": This is neither a file nor a list of rows. Write a file\'s name, or "- key: value".',
        ),
        (
            "defaults: x",
            '1, column "defaults": It needs keys and values. Write one "key: value" a line below it, indented.',
        ),
        (
            "kind: video\ndefaults:\n  vioce_id: x",
            '3, column "defaults.vioce_id": "vioce_id" is no field of a video. Did you mean "voice_id"?',
        ),
        (
            "kind: translation\nfields:\n  output_langauge: x",
            '3, column "fields.output_langauge": "output_langauge" is no field of a translation. Did you mean "output_language"?',
        ),
        (
            'fields:\n  title: "{{ a b }}"',
            (
                "2, column \"fields.title\": The expression cannot be read: expected token 'end of print statement', got 'b'. "
                'Write a column "First Name" as {{ first_name }}, or as {{ row["First Name"] }}.'
            ),
        ),
        (
            'fields:\n  title: "{{ title | uper }}"',
            '2, column "fields.title": The expression cannot be read: No filter named \'uper\'. Did you mean "upper"?',
        ),
        (
            'fields:\n  title: "{{ title | strftime }}"',
            "2, column \"fields.title\": The expression cannot be read: No filter named 'strftime'. Its words are those of Jinja.",
        ),
        (
            "rows: m.yaml",
            '1, column "rows": m.yaml: A YAML manifest has no rows for another. Name the sheet that the rows stand in.',
        ),
        ("foreach: {lang: x}", '1, column "foreach.lang": It needs a list of values. Write [one, two].'),
        (
            "kind: translation\nforeach:\n  output_langage: [x]",
            (
                '3, column "foreach.output_langage": "output_langage" is no field of a translation, and no expression uses it. '
                'Did you mean "output_language"?'
            ),
        ),
        (
            "kind: video\nvariables: {a: b}",
            '2, column "variables": A video has no "variables". Leave it out, or change "kind: video".',
        ),
        (
            "scenes: x",
            '1, column "scenes": This is not how it is written. It needs a list: write "- " before each scene.',
        ),
        (
            "variables: [x]",
            '1, column "variables": This is not how it is written. It needs a name and a value for each variable.',
        ),
        (
            "output: [x]",
            '1, column "output": This is not how it is written. It needs one text, such as "{{ title }}.mp4".',
        ),
        ("- a", '1: It has no settings. Write keys such as "kind:" and "rows:".'),
    ],
)
def test_a_setting_that_means_nothing_is_told_at_its_line(told, text, problem):
    assert told("m.yaml", text) == [f"m.yaml, row {problem}"]


def test_all_faults_of_the_settings_are_told_together(told):
    text = "kind: vdeo\napi: v9\nrow: x\nrows: x.csv\ndefaults: {mod: x}\noutput: '{{'\n"

    assert len(told("m.yaml", text)) == 6


def test_each_expression_that_cannot_be_read_is_told_where_it_stands(told):
    text = """kind: template
fields:
  template_id: "{{ a b }}"
variables:
  name: "{{ name"
  logo:
    type: image
    url: "{{ Photo URL }}"
  lines: ["{{ fine }}", "{{ 2nd }}"]
"""

    assert [one.split(": ")[0] for one in told("m.yaml", text)] == [
        'm.yaml, row 3, column "fields.template_id"',
        'm.yaml, row 5, column "variables.name"',
        'm.yaml, row 8, column "variables.logo.url"',
        'm.yaml, row 9, column "variables.lines[2]"',
    ]


def test_an_empty_manifest_is_told(told):
    assert told("m.yaml", "# nothing\n") == [
        'm.yaml, row 1: It has no settings. Write keys such as "kind:" and "rows:".'
    ]


def test_the_generation_is_read(opened):
    assert opened("m.yaml", "kind: video\napi: V2\nscenes: [{avatar_id: A, script: x}]").api == "v2"


def test_the_digest_is_that_of_the_manifest_and_its_sheet(opened, folder):
    text = "kind: translation\nrows: s.csv"
    (folder / "s.csv").write_text("url\nu\n")
    first = opened("m.yaml", text).digest
    same = opened("m.yaml", text).digest
    changed = opened("m.yaml", text + "\n").digest
    (folder / "s.csv").write_text("url\nv\n")

    assert first == same
    assert len({first, changed, opened("m.yaml", text).digest}) == 3


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            'fields: {script: "one", input_text: "two"}\n',
            'row 3, column "fields.input_text": It fills the same field as "script".',
        ),
        ("defaults: {speed: 1, Speed: 2}\n", 'row 3, column "defaults.Speed": It fills the same field as "speed".'),
        ("fields: {output: a}\noutput: b\n", 'row 4, column "output": It stands here, and as "fields.output".'),
    ],
)
def test_two_words_for_one_field_are_a_fault_and_not_the_later_one(told, said, problem):
    manifest = f"kind: video\nrows: [{{avatar_id: a, voice_id: v, script: x}}]\n{said}"

    assert told("m.yaml", manifest) == [f"m.yaml, {problem} Keep one of the two."]


def test_a_field_may_stand_under_defaults_and_under_fields(rows):
    manifest = "kind: video\nrows: [{avatar_id: a}]\ndefaults: {script: x}\nfields: {input_text: y}\n"

    assert [row.fields["script"] for row in rows("m.yaml", manifest)] == ["y"]
