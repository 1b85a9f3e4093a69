"""Empty cells that a text is made from: told once a column, before a gap is spoken."""

from __future__ import annotations

import pytest

PEOPLE = "First Name,Company\nAda,Engines\n,Compilers\n\u00a0,Zed\n"
TEMPLATE = "kind: template\nrows: people.csv\ndefaults: {template_id: t}\n"
VIDEO = "kind: video\nrows: people.csv\ndefaults: {avatar_id: a, voice_id: v}\n"


@pytest.fixture
def warned(opened):
    def write_and_warn(name, content):
        manifest = opened(name, content)
        list(manifest.rows())
        return [(one.row, one.column, one.problem) for one in manifest.warnings()]

    return write_and_warn


@pytest.mark.parametrize(
    ("manifest", "place"),
    [
        (TEMPLATE + 'variables: {first_name: "{{ first_name }}"}', "variables"),
        (VIDEO + 'fields: {script: "Hello {{ first_name }}, welcome."}', "fields.script"),
        (VIDEO + 'scenes: [{script: "Hello {{ first_name }}."}, {script: "And {{ first_name }}!"}]', "scenes"),
        (VIDEO.replace("voice_id: v", 'voice_id: v, script: "Hello {{ first_name }}."'), "defaults.script"),
        (
            VIDEO + 'foreach: {greeting: [Hello, Welcome]}\nfields: {script: "{{ greeting }} {{ first_name }}"}',
            "fields.script",
        ),
    ],
)
def test_an_empty_cell_that_is_spoken_is_told_once_with_its_rows(folder, warned, manifest, place):
    folder.joinpath("people.csv").write_text(PEOPLE)

    assert warned("people.yaml", manifest) == [
        (3, "First Name", f'It is empty here and in 1 more row, and is filled in at "{place}": a gap is made there.')
    ]


@pytest.mark.parametrize(
    "manifest",
    [
        VIDEO + "fields: {script: \"Hello {{ first_name | default('you', true) }}.\"}",
        VIDEO + "fields: {script: \"Hello {{ first_name or 'you' }}.\"}",
        VIDEO + 'fields: {script: "Hello{% if first_name %} {{ first_name }}{% endif %}."}',
        VIDEO + 'fields: {script: Hello., title: "{{ first_name }}"}\noutput: "{{ first_name }}-{{ row.Company }}.mp4"',
    ],
)
def test_an_empty_cell_that_is_provided_for_or_not_spoken_is_no_oddity(folder, warned, manifest):
    folder.joinpath("people.csv").write_text(PEOPLE)

    assert warned("people.yaml", manifest) == []


@pytest.mark.parametrize(
    "sheet",
    [
        "template_id,var.first_name,var.company\nt,Ada,X\nt,,Y\nt, ,Z\nt,,Z\n",
        "kind,template_id,var.first_name,script,avatar_id\ntemplate,t,A,,\n" + 3 * "template,t,,,\n" + "video,,,Hi,a\n",
    ],
)
def test_an_empty_variable_is_told_in_rows_of_templates_alone(warned, sheet):
    problem = "It is empty here and in 2 more rows: what the template itself says there is made."

    assert warned("people.csv", sheet) == [(3, "var.first_name", problem)]
