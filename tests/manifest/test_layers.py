"""Variables that a manifest, its defaults and a row name: of each the nearest word holds, and none is lost."""

from __future__ import annotations

import pytest

DEFAULTS = "kind: template\ndefaults: {template_id: t, variables: {name: Nobody, company: No Co}}\n"


@pytest.mark.parametrize(
    ("manifest", "variables"),
    [
        ("rows: [{n: 1}]\n", {"name": "Nobody", "company": "No Co"}),
        ("rows: [{n: Ada}]\nvariables: {name: '{{ n }}'}\n", {"name": "Ada", "company": "No Co"}),
        ("rows: [{variables: {name: Ada}}]\n", {"name": "Ada", "company": "No Co"}),
        (
            "rows: [{variables: {name: Ada, town: B}}]\nvariables: {town: C}\n",
            {"name": "Ada", "company": "No Co", "town": "C"},
        ),
        ("rows: [{var.name: Ada}]\n", {"company": "No Co"}),
        ("rows: [{var.name: ''}]\n", {"name": "Nobody", "company": "No Co"}),
    ],
)
def test_a_default_holds_for_each_variable_that_nothing_else_names(rows, manifest, variables):
    (row,) = rows("m.yaml", DEFAULTS + manifest)

    assert row.fields["variables"] == variables


def test_variables_that_are_no_group_are_not_merged(opened):
    manifest = DEFAULTS.replace("{name: Nobody, company: No Co}", "[a]")

    (row,) = opened("m.yaml", manifest + "rows: [{variables: {name: Ada}}]\n").rows()

    assert row.fields["variables"] == {"name": "Ada"}
