from __future__ import annotations

import pytest

from batchgen.model.errors import ManifestError


def test_columns_are_all_keys_in_the_order_they_appear(opened):
    manifest = opened("s.jsonl", '{"url":"u","output_language":"x"}\n\n{"note":1,"url":"v","output_language":"y"}\n')

    assert manifest.columns == ("url", "output_language", "note")
    assert [(row.number, row.cells) for row in manifest.rows()] == [(1, ("u", "x", "")), (3, ("v", "y", "1"))]


def test_lists_and_groups_stay_what_they_are_and_numbers_are_text(rows):
    line = '{"url": "u", "output_languages": ["French", "German"], "speaker_num": 2, "enable_caption": false, "mode": null}'

    (row,) = rows("s.jsonl", line)

    assert row.fields == {
        "url": "u",
        "output_languages": ["French", "German"],
        "speaker_num": "2",
        "enable_caption": "false",
    }
    assert row.cells == ("u", '["French","German"]', "2", "false", "")


def test_numbers_are_the_text_that_they_were_written_as(rows):
    line = '{"url": "u", "output_language": "French", "price": 9.90, "code": 1e5, "far": 1e400, "at": [1.5, 2]}'

    (row,) = rows("s.jsonl", line)

    assert row.cells[2:] == ("9.90", "1e5", "1e400", "[1.5,2]")


def test_a_video_of_many_scenes_stands_in_a_line(rows):
    (row,) = rows("s.jsonl", '{"scenes": [{"avatar_id": "A", "script": "Hi"}]}')

    assert (row.kind, row.fields) == ("video", {"scenes": [{"avatar_id": "A", "script": "Hi"}]})


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            '{"url": "u",}',
            (
                "The line is not JSON: Expecting property name enclosed in double quotes at letter 13. "
                "Write one object a line, in double quotes and without a comma after it."
            ),
        ),
        ("[1]", 'The line is not an object. Write it as {"key": "value", …}.'),
        ('{"url": 1, "url": 2}', 'The key "url" stands twice in one object.'),
        ('{"url": NaN}', "NaN is not a value that JSON has."),
    ],
)
def test_a_line_that_cannot_be_read_is_a_fault_of_its_row(told, line, problem):
    text = '{"url": "u", "output_language": "x"}\n' + line + "\n"

    faults = told("s.jsonl", text)

    assert [
        fault.replace(
            "Illegal trailing comma before end of object at letter 12",
            "Expecting property name enclosed in double quotes at letter 13",
        )
        for fault in faults
    ] == [f"s.jsonl, row 2: {problem}"]


def test_a_file_of_which_no_line_can_be_read_tells_why(told):
    problem = 'The line is not an object. Write it as {"key": "value", …}.'

    assert told("s.jsonl", '[{"url": "u", "output_language": "French"}]\n') == [f"s.jsonl, row 1: {problem}"]


HALF = (
    r"It holds half of a letter (\ud800 to \udfff stand in pairs), as of a text cut inside an emoji. "
    "Write the letter again, or take it out."
)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (r'{"url": "u", "output_language": "French", "note": "Hi \ud83d"}', ', column "note"'),
        (r'{"url": "u", "output_languages": ["French", "\uDE00"]}', ', column "output_languages"'),
        (r'{"url": "u", "output_language": "French", "\ud83d": 1}', ""),
    ],
)
def test_half_a_letter_is_a_fault_of_its_cell(told, line, place):
    assert told("s.jsonl", line) == [f"s.jsonl, row 1{place}: {HALF}"]


def test_a_whole_letter_in_two_halves_is_a_letter(rows):
    (row,) = rows("s.jsonl", r'{"url": "u", "output_language": "French", "note": "\ud83d\ude00 \\ud83d"}')

    assert row.cells[2] == r"😀 \ud83d"


def test_a_line_that_is_nested_without_end_is_told(told):
    line = '{"url": "u", "output_language": "French", "z": ' + "[" * 100_000 + "]" * 100_000 + "}"

    assert told("s.jsonl", line) == ["s.jsonl, row 1: The line is nested too deeply. Write its lists less deep."]


@pytest.mark.parametrize(
    ("text", "told"), [("", "s.jsonl: It is empty."), ("\n \n", "s.jsonl: It holds nothing but blank lines.")]
)
def test_a_file_without_a_line_is_told_what_lines_are_like(opened, text, told):
    with pytest.raises(ManifestError) as wrong:
        opened("s.jsonl", text)

    assert str(wrong.value) == told + ' Write an object a line, such as {"title": "Hello"}.'
