"""What stands in a cell that a row of its kind makes nothing of is told where rows of another kind would."""

from __future__ import annotations

import pytest

KINDS = "kind,avatar_id,script,prompt,caption\n"
REMEDY = "Leave it empty, or choose another kind."


@pytest.fixture
def told(opened):
    """Write a manifest, read its rows, and give what is told of cells."""

    def read(name, content):
        manifest = opened(name, content)
        list(manifest.rows())
        return [(one.row, one.column, one.problem) for one in manifest.warnings() if one.remedy == REMEDY]

    return read


def nothing(kind, more=""):
    return f"A row of the kind {kind} has no such field: nothing is made of what stands here{more}."


def test_a_field_that_only_rows_of_another_kind_have_is_told_once_a_column_and_kind(told):
    rows = "video,a,Hi,,yes\n" + "agent,a,,Bees,yes\n" * 3 + "cinematic,a,,Walk,\n"

    assert told("v.csv", KINDS + rows) == [(3, "caption", nothing("agent", " and in 2 more rows"))]


def test_columns_of_ones_own_and_those_that_expressions_use_are_left_alone(told):
    assert told("v.csv", "kind,avatar_id,prompt,caption,mode\nagent,a,Bees,yes,x\n") == []
    assert told("v.csv", KINDS + "video,a,Hi,,\ncinematic,a,,Walk,\n") == []
    manifest = """
kind: image
rows:
  - {image: asset:a, emotion: happy, scale: 2}
fields: {script: "I am {{ emotion }}."}
"""
    assert told("v.yaml", manifest) == [(4, "scale", nothing("image"))]


def test_a_picture_is_told_what_only_a_video_has_also_where_all_rows_are_pictures(told):
    sheet = "kind,image,script,scale\n" + "image,asset:a,Hi,2\n" * 2

    assert told("v.csv", sheet) == [(2, "scale", nothing("image", " and in 1 more row"))]
