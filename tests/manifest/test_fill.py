"""Expressions that no row can be made from: each is told at its place, before anything is sent."""

import pytest

PEOPLE = "First Name,company,url\nAda,ACME,https://e.com/a\nBo,,https://e.com/b\n"


@pytest.fixture
def told_of(told, folder):
    """Give the faults of a manifest whose title is an expression."""
    (folder / "s.csv").write_text(PEOPLE)
    return lambda expression: told(
        "m.yaml", f"kind: translation\nrows: s.csv\nfields:\n  title: |-\n    {expression}\n"
    )


TOO_LONG = "It multiplies to more than 1,000,000 letters, items or digits. Multiply by less."


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("{{ frist_name }}", '"frist_name" is no column of this sheet. Did you mean "first_name"?'),
        ("{{ zzz }}", '"zzz" is no column of this sheet. Its columns are: first_name, company, url.'),
        ("{{ first-nane }}", '"first" is no column of this sheet. Did you mean "first_name"?'),
        ("{{ 2 * zzz }}", '"zzz" is no column of this sheet. Its columns are: first_name, company, url.'),
        ("{{ zzz > 2 }}", '"zzz" is no column of this sheet. Its columns are: first_name, company, url.'),
        ("{{ zzz | int }}", '"zzz" is no column of this sheet. Its columns are: first_name, company, url.'),
        ("{{ -zzz }}", '"zzz" is no column of this sheet. Its columns are: first_name, company, url.'),
        ('{{ row["Frist Name"] }}', '"Frist Name" is no column of this sheet. Did you mean "First Name"?'),
        ("{{ 1 / 0 }}", "The expression fails: division by zero. Try it on this row by hand."),
        (
            "{{ first_name | truncate(2) }}",
            "The expression fails: expected length >= 3, got 2. Try it on this row by hand.",
        ),
        ("{{ first_name * 10 ** 15 }}", TOO_LONG),
        ("{{ 400000 * first_name }}", TOO_LONG),
        ("{{ ([0] * 10 ** 10) | length }}", TOO_LONG),
        ("{{ 10 ** 9999999999 > 1 }}", TOO_LONG),
        (
            "{{ ().__class__.__bases__ }}",
            'The expression fails: a text has nothing called "__class__". Try it on this row by hand.',
        ),
    ],
)
def test_a_name_that_is_not_there_is_a_fault_at_its_first_row(told_of, expression, problem):
    assert told_of(expression) == [f's.csv, row 2, column "fields.title": {problem}']


NUMBERS = 'title,price\nA,1200\nB,\nC, 1.5\nD,"1,200"\nE,on request\n'


@pytest.mark.parametrize("word", ["int", "float"])
def test_a_text_that_is_no_number_is_a_fault_and_no_zero(told, folder, word):
    (folder / "s.csv").write_text(NUMBERS)
    text = f"kind: template\nrows: s.csv\nfields:\n  template_id: '{{{{ price | {word} }}}}'\n"

    remedy = f"is no number. Mend it, or say what else: | {word}(0)."
    assert told("m.yaml", text) == [
        f's.csv, row 5, column "fields.template_id": "1,200" {remedy}',
        f's.csv, row 6, column "fields.template_id": "on request" {remedy}',
    ]


@pytest.mark.parametrize(
    "expression", ["price | int(7)", "price | int(default=7)", "price | replace(',', '') | int(7, 10)"]
)
def test_what_else_holds_for_a_text_that_is_no_number_may_be_said(rows, folder, expression):
    (folder / "s.csv").write_text(NUMBERS)
    text = f'kind: template\nrows: s.csv\nfields:\n  template_id: "{{{{ {expression} }}}}"\n'

    assert rows("m.yaml", text)[-1].fields["template_id"] == "7"


def test_all_names_of_a_row_that_are_not_there_are_told_at_once(told, folder):
    (folder / "s.csv").write_text(PEOPLE)
    text = """kind: template
rows: s.csv
defaults: {template_id: "{{ campaign }}"}
fields:
  title: "Hi {{ frist_name }}"
  output: "{{ title }}.mp4"
variables:
  name: "{{ zzz }}"
  firm: "{{ company }}"
  logo: {type: image, url: "{{ logo }}"}
"""

    assert [one.split(" is no column")[0] for one in told("m.yaml", text)] == [
        's.csv, row 2, column "defaults.template_id": "campaign"',
        's.csv, row 2, column "fields.title": "frist_name"',
        's.csv, row 2, column "variables.name": "zzz"',
        's.csv, row 2, column "variables.logo.url": "logo"',
    ]


CALL = "Write () after the name of what is to be called, or the name of a column."


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        (
            "{{ first_name.upper }}",
            f"It comes to no text, but to a piece of the program (builtin_function_or_method). {CALL}",
        ),
        ("{{ cycler }}", f"It comes to no text, but to a piece of the program (type). {CALL}"),
        (
            "{{ company.split(';') | map('trim') }}",
            'It comes to values one by one, and to no text. Put them together: | join(", ").',
        ),
        ("{{ lipsum() }}", '"lipsum" is no column of this sheet. Its columns are: first_name, company, url.'),
        (
            "{{ [['Hi', 'Hello']] | map('random') | join }}",
            "The expression fails: No filter named 'random'. Try it on this row by hand.",
        ),
    ],
)
def test_a_text_that_would_differ_at_each_reading_is_never_bought(told_of, expression, problem):
    assert told_of(expression) == [f's.csv, row 2, column "fields.title": {problem}']


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("Hi {{ none }}", 'It comes to nothing, and would read "None". Say what else: | default("…", true).'),
        (
            "{{ row.get('Nickname') }}",
            'It comes to nothing, and would read "None". Say what else: | default("…", true).',
        ),
        ("{{ company.split(';') }}", 'It comes to a list, and to no text. Put it together: | join(", ").'),
        ("{{ ('a', company) }}", 'It comes to a list, and to no text. Put it together: | join(", ").'),
        ("{{ row }}", "It comes to a group of values, and to no text. Name one of them: {{ column.key }}."),
    ],
)
def test_what_python_writes_for_nothing_and_for_lists_is_never_spoken(told_of, expression, problem):
    assert told_of(expression) == [f's.csv, row 2, column "fields.title": {problem}']


def test_a_greeting_picked_by_chance_is_a_fault_of_the_manifest(told_of):
    assert told_of("{{ ['Hi', 'Hello'] | random }} {{ first_name }}") == [
        (
            'm.yaml, row 4, column "fields.title": "random" picks anew at each run, and what differs is another video, '
            "at its price. Write what is picked into a column of the sheet."
        )
    ]


def test_an_expression_that_is_nested_without_end_is_told(told_of):
    (fault,) = told_of("{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}")

    assert fault.endswith("The expression cannot be read: it is nested too deeply. Write it with fewer brackets.")


@pytest.mark.parametrize(
    "expression",
    [
        "'x'.center(10 ** 9)", "'7'.zfill(10 ** 9)", "'x' | center(10 ** 9)", "['x'] | map('indent', 10 ** 9, true) | join",
        "'%1000000000d' | format(1)", "'%1000000000d' % 1", "'%*d' % (10 ** 9, 1)", "'%.1000000000f' % 1",
        "'{:1000000000}'.format(1)", "'{:{wide}}'.format(1, wide=10 ** 9)",
    ],
)  # fmt: skip
def test_what_pads_to_all_memory_is_told_before_it_does(told_of, expression):
    assert told_of(f"{{{{ {expression} }}}}") == [
        's.csv, row 2, column "fields.title": It pads to more than 1,000,000 letters. Pad to fewer.'
    ]


def test_what_pads_a_text_a_little_and_great_numbers_in_it_are_filled_in(told_of):
    told = told_of("{{ '{:,}'.format(2000000) }} {{ '%05d' % 3000000 }} {{ '%s of 12345678' | format(1) }} {{ 7 % 4 }}")

    assert told == []


def test_what_multiplies_to_a_text_of_some_length_is_filled_in(folder, rows):
    (folder / "s.csv").write_text(PEOPLE)
    manifest = (
        "kind: translation\nrows: s.csv\nfields: {title: \"{{ '-' * 3 }}{{ 2 ** 10 }}{{ 2.5 * 3 }}{{ -2 * 'x' }}\"}\n"
    )

    assert [row.fields["title"] for row in rows("m.yaml", manifest)] == ["---10247.5", "---10247.5"]
