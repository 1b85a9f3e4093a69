from __future__ import annotations

from pathlib import Path

import pytest

from batchgen.manifest.source import Source
from batchgen.manifest.yaml_text import read_yaml


def read(text):
    value, faults = read_yaml(Source(name="m.yaml", path=Path("m.yaml")), text)
    return value, [str(fault) for fault in faults]


@pytest.mark.parametrize(
    "written", ["no", "007", "1e5", "2024-01-02", "1:30", "true", "NULL", "Null", "0x1F", "12.50", ".5"]
)
def test_a_value_stays_the_text_it_was_written_in(written):
    assert read(f"key: {written}") == ({"key": written}, [])


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_nothing_is_nothing(written):
    assert read(f"key: {written}") == ({"key": ""}, [])


def test_what_stands_in_quotes_is_text():
    assert read("key: '~'") == ({"key": "~"}, [])


def test_a_key_that_stands_twice_is_a_fault_with_its_line():
    _, faults = read("a: 1\nb:\n  c: 1\n  c: 2\n")

    assert faults == ['m.yaml, row 4, column "c": "c" stands twice, in line 3 and here. Keep one of the two.']


def test_anchors_and_merges_work():
    value, faults = read("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\nlist: [*b, *b]\n")

    assert (value["one"], value["list"], faults) == ({"x": "1", "y": "3"}, [{"x": "1", "y": "2"}] * 2, [])


@pytest.mark.parametrize("merged", ["hello", "[*b, hello]", "[[*b]]"])
def test_a_merge_of_what_is_no_group_is_told_at_its_line(merged):
    value, faults = read(f"base: &b {{x: 1}}\none:\n  <<: {merged}\n  y: 2\n")

    assert value["one"]["y"] == "2"
    assert faults == [
        'm.yaml, row 3, column "<<": What "<<" names is no group. Name one that is there, such as "<<: *base", or leave it out.'
    ]


@pytest.mark.parametrize("written", ["{{ title }}", "{text: {{ title }}}", "{? [a, b] : c}", "[{{ title }}]"])
def test_an_expression_without_quotes_is_told_at_its_line(written):
    _, (fault,) = read(f"kind: video\ntitle:\n  {written}\n")

    assert fault == (
        "m.yaml, row 3: Here stands a group or a list where YAML wants a name, as {{ }} without quotes does. "
        'Put text that holds "{{ }}" in double quotes.'
    )


def test_a_nest_of_aliases_stays_small():
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))

    value, faults = read(text)

    assert faults == []
    assert len(value) == 30


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: {{ b }}c\n", 1), ("a: 1\n b: 2\n", 2), ("a: 1\nb: [1, 2\n", 3)],
)
def test_what_is_no_yaml_is_told_at_its_line(text, line):
    _, (fault,) = read(text)

    assert fault.startswith(f"m.yaml, row {line}: This is not YAML: ")
    assert fault.endswith('Put text that holds ":", "#" or "{{ }}" in double quotes, and indent with spaces.')


@pytest.mark.parametrize("opened", ["[", "{a: ", "- ", "? "])
def test_what_is_nested_without_end_is_told_and_no_crash(opened):
    assert read("kind: video\nrows:\n  " + opened * 60_000) == (
        None,
        ["m.yaml, row 3: It is nested more than 200 deep. Nothing in a manifest is: close what is opened."],
    )
