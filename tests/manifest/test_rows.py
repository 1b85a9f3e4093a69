from __future__ import annotations

import pytest

PEOPLE = "First Name,company,url\nAda,ACME,https://e.com/a\nBo,,https://e.com/b\n"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("url,output_language", "translation"),
        ("video_url,Output_Languages", "translation"),
        ("template_id,url", "template"),
        ("avatar_id,script", "video"),
        ("talking_photo_id,script", "video"),
        ("image_url,script", "video"),
        ("url,output_langauge", "translation"),
    ],
)
def test_columns_tell_the_kind(rows, header, kind):
    (row,) = rows("s.csv", f"{header}\na,b\n")

    assert row.kind == kind


def test_a_kind_column_tells_the_kind_of_each_row(rows):
    text = "kind,url,output_language,template_id,script,avatar_id\nTranslation,u,French,,,\n template ,,,T,,\nvideo,,,,Hi,A\n,,,T,,\n"

    assert [row.kind for row in rows("s.csv", text)] == ["translation", "template", "video", "template"]


@pytest.mark.parametrize(
    "header", ["title,URL,output_languages,note", "kind,prompt,x,y", " Avatar_id ,script,voice_id,z"]
)
def test_a_header_below_a_title_is_pointed_at(told, header):
    title = "Videos of May,,,\n,,,\nupdated,2026-05-02,by,Ada\n"

    assert told("s.csv", f"{title}{header}\na,b,c,d\n")[0].endswith(
        "Row 4 reads like the header: delete the rows above it, so that it comes first."
    )


def test_rows_of_several_kinds_are_told_apart_by_what_they_fill_in(rows):
    text = "url,output_language,template_id,avatar_id\nu,French,,\n,,T,\n,,,A\n"

    assert [row.kind for row in rows("s.csv", text)] == ["translation", "template", "video"]


HOW = (
    "Fill in a column named kind, or its own columns: template_id makes a template; lines and avatar_id makes "
    "a session; url and output_language or url and "
    "output_languages or output_language and file or output_languages and file makes a translation; avatar_id or talking_photo_id or image_url makes a video. "
    "For agent, lipsync, image and cinematic only the column kind will do."
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n", f's.csv, row 1: No column says what to make. The columns are: "a", "b". {HOW}'),
        ("template_id,avatar_id,x\nT,,\n,,z\n", f"s.csv, row 3: The row does not say what to make. {HOW}"),
        (
            "kind,url\nvidoe,u\n",
            (
                's.csv, row 2, column "kind": "vidoe" is no kind of job. Did you mean "video"? '
                "Choose from: template, session, translation, video, agent, lipsync, image, cinematic."
            ),
        ),
        (
            "url,output_language,video_url\na,French,a\na,French,b\n",
            (
                's.csv, row 3, column "video_url": It says something else than column "url", and both are url. '
                "Empty or rename one of the two."
            ),
        ),
    ],
)
def test_a_row_whose_meaning_cannot_be_told_is_a_fault(told, text, problem):
    assert told("s.csv", text) == [problem]


def test_of_two_columns_for_one_field_the_filled_one_counts(rows):
    found = rows("s.csv", "url,output_language,video_url\n,French,a\nb,French,\n")

    assert [row.fields["url"] for row in found] == ["a", "b"]


def test_an_empty_cell_is_not_given(rows):
    (row,) = rows("s.csv", "url,output_language,mode,title\nu,French,,  \n")

    assert row.fields == {"url": "u", "output_language": "French"}
    assert row.columns["mode"] == "mode"


def test_a_header_that_came_near_is_remembered_for_the_fault(rows):
    (row,) = rows("s.csv", "url,output_langauge,vioce\nu,French,x\n")

    assert row.fields == {"url": "u"}
    assert row.columns["output_language"] == "output_langauge"


def test_what_cannot_be_seen_around_a_header_does_not_matter(rows):
    headers = "\ufeff\ufefftemplate_id,\u200btitle\u200b,callback_url\xa0,\u200evar.Name\u200e"

    (row,) = rows("s.csv", f"{headers}\nT,A,https://e/1,x\n")

    assert row.fields == {"template_id": "T", "title": "A", "callback_url": "https://e/1", "var.Name": "x"}


def test_var_columns_keep_the_case_of_their_names(rows):
    (row,) = rows("s.csv", "template_id, VAR.First_Name \nT,Ada\n")

    assert row.fields == {"template_id": "T", "var.First_Name": "Ada"}


def test_spaces_after_the_dot_are_no_part_of_a_variables_name(rows):
    [row] = rows("p.csv", "template_id,Var. First_Name ,var.\u200bzip\nT,Ada,007\n")

    assert row.fields == {"template_id": "T", "var.First_Name": "Ada", "var.zip": "007"}


def test_what_only_yaml_can_say_is_the_users_own_in_a_sheet(rows):
    (row,) = rows("s.csv", "template_id,variables\nT,x\n")

    assert row.fields == {"template_id": "T"}


def test_defaults_fill_what_a_row_leaves_open(rows, folder):
    (folder / "s.csv").write_text("url,output_language,mode\nu,French,speed\nv,,\n")

    found = rows("m.yaml", "rows: s.csv\nkind: translation\ndefaults: {mode: precision, output_languages: [German]}")

    assert [row.fields["mode"] for row in found] == ["speed", "precision"]
    assert found[1].fields["output_languages"] == ["German"]
    assert found[1].columns["mode"] == "defaults.mode"
    assert (found[1].file, found[1].number, found[1].cells) == ("s.csv", 3, ("v", "", ""))


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("Hello {{ first_name }}!", "Hello Ada!"),
        ("Hello {{ First_Name }}!", "Hello Ada!"),
        ('Hello {{ row["First Name"] }}!', "Hello Ada!"),
        ("{{ first_name | upper }}", "ADA"),
        ("{{ company or 'you' }}", "ACME"),
        ("{% if company %}at {{ company }}{% endif %}", "at ACME"),
        ("{{ nickname | default(first_name) }}", "Ada"),
        ("<{{ company }}> & co", "<ACME> & co"),
        ("{{ title_of }} {{ voice_id }}", "Dr V"),
    ],
)
def test_expressions_take_columns_by_their_names(rows, folder, expression, meant):
    (folder / "s.csv").write_text("First Name,company,title of,avatar_id\nAda,ACME,Dr,A\n")

    (row,) = rows(
        "m.yaml", f"kind: video\nrows: s.csv\ndefaults: {{voice_id: V}}\nfields:\n  script: |-\n    {expression}"
    )

    assert row.fields["script"] == meant
    assert row.columns["script"] == "fields.script"


def test_fields_win_over_cells_and_an_empty_one_is_not_given(rows, folder):
    (folder / "s.csv").write_text(PEOPLE)

    found = rows(
        "m.yaml",
        'kind: translation\nrows: s.csv\nfields: {url: "{{ url }}?x", title: "{{ company }}", output_language: French}',
    )

    assert [row.fields["url"] for row in found] == ["https://e.com/a?x", "https://e.com/b?x"]
    assert [row.fields.get("title") for row in found] == ["ACME", None]


def test_foreach_gives_every_combination_of_a_row(rows, folder):
    (folder / "s.csv").write_text("url\nu\nv\n")
    text = (
        "kind: translation\nrows: s.csv\nforeach:\n  output_language: [French, German]\n  tone: [a, b]\n"
        'fields: {title: "{{ output_language }} {{ tone }}"}\n'
    )

    found = rows("m.yaml", text)

    assert [(row.number, row.fields["title"]) for row in found] == [
        (number, f"{language} {tone}") for number in (2, 3) for language in ("French", "German") for tone in "ab"
    ]
    assert "tone" not in found[0].fields
    assert found[0].columns["output_language"] == "foreach.output_language"


def test_rows_may_stand_in_the_manifest(opened):
    manifest = opened(
        "m.yaml",
        "kind: translation\nrows:\n  - {url: u, output_languages: [French, German]}\n\n  - url: v\n    note: 007\n",
    )

    assert manifest.columns == ("url", "output_languages", "note")
    assert [(row.file, row.number, row.cells) for row in manifest.rows()] == [
        ("m.yaml", 3, ("u", '["French","German"]', "")),
        ("m.yaml", 5, ("v", "", "007")),
    ]


def test_rows_in_the_manifest_hold_expressions_of_their_own(opened):
    text = (
        "kind: video\nforeach: {greeting: [Hello, Welcome]}\nfields: {title: '{{ script }}'}\nrows:\n"
        "  - {script: '{{ greeting }}, {{ name }}!', name: '{{ first | upper }} B.', first: Ada}\n"
        "  - {script: As it is., name: X, scenes: [{script: 'Bye {{ name }}'}]}\n"
    )

    manifest = opened("m.yaml", text)

    ada, again, other, _ = manifest.rows()
    assert [ada.fields["script"], again.fields["script"]] == ["Hello, ADA B.!", "Welcome, ADA B.!"]
    assert again.fields["title"] == "Welcome, ADA B.!"
    assert ada.cells[:2] == ("{{ greeting }}, {{ name }}!", "{{ first | upper }} B.")
    assert (other.fields["script"], other.fields["scenes"]) == ("As it is.", [{"script": "Bye X"}])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "{url: u, title: 'Hi {{ nmae }}', name: x}",
            'column "title": "nmae" is no column of this sheet. Did you mean',
        ),
        ("{url: u, title: 'Hi {{ name }', name: x}", 'column "title": The expression cannot be read:'),
        ("{url: u, title: '{{ name }}', name: '{{ title }}'}", 'column "title": "name" is no column of this sheet.'),
    ],
)
def test_an_expression_in_a_row_of_the_manifest_is_told_at_its_line(told, row, problem):
    (fault,) = told("m.yaml", f"kind: translation\nrows:\n  - {row}\n")

    assert fault.startswith(f"m.yaml, row 3, {problem}")


def test_values_of_foreach_hold_expressions(rows, folder):
    (folder / "s.csv").write_text("url,home,away\nu,French,German\n")
    text = (
        "kind: translation\nrows: s.csv\nforeach: {output_language: ['{{ home }}', '{{ away }}']}\n"
        "fields: {title: 'In {{ output_language }}'}\n"
    )

    found = rows("m.yaml", text)

    assert [(row.fields["output_language"], row.fields["title"]) for row in found] == [
        ("French", "In French"),
        ("German", "In German"),
    ]


def test_what_a_sheet_says_is_taken_as_it_is(rows, folder):
    (folder / "s.csv").write_text("script,avatar_id\nHi {{ avatar_id }},A\n")

    (row,) = rows("m.yaml", "rows: s.csv\nkind: video\nfields: {title: '{{ script }}'}\n")

    assert row.fields["script"] == row.fields["title"] == "Hi {{ avatar_id }}"


def test_a_manifest_without_rows_is_a_row_of_its_own(rows):
    (row,) = rows("m.yaml", "scenes:\n  - {avatar_id: A, script: Hi}\n")

    assert (row.kind, row.fields, row.cells) == ("video", {"scenes": [{"avatar_id": "A", "script": "Hi"}]}, ())


def test_variables_scenes_and_output_are_filled_in(rows):
    text = (
        'kind: template\nrows: [{first: Ada}]\nvariables: {name: "{{ first }}", pic: {type: image, url: "https://e/{{ first }}"}}\n'
        'defaults: {template_id: "T-{{ first }}"}\noutput: "{{ first }}.mp4"\n'
    )

    (row,) = rows("m.yaml", text)

    assert row.fields == {
        "template_id": "T-Ada",
        "variables": {"name": "Ada", "pic": {"type": "image", "url": "https://e/Ada"}},
        "output": "Ada.mp4",
    }
    assert row.columns["variables"] == "variables"


def test_rows_can_be_read_again(opened):
    manifest = opened("s.csv", "url,output_language\nu,French\n")

    assert list(manifest.rows()) == list(manifest.rows())


def test_a_sheet_beside_its_manifest_is_named_as_the_user_would(folder, rows):
    (folder / "sub").mkdir()
    (folder / "sub" / "s.csv").write_text("url,output_language\nu,French\n")

    (row,) = rows("sub/m.yaml", "rows: s.csv")

    assert row.file == "sub/s.csv"


def test_a_sheet_behind_a_link_can_be_referred_to(rows):
    (row,) = rows("m.yaml", "rows: https://example.com/s.csv", fetch=lambda _: b"url,output_language\nu,French\n")

    assert (row.file, row.cells) == ("https://example.com/s.csv", ("u", "French"))
