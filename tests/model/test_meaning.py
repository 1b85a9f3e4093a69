"""What makes two rows ask for the same video, however they say it."""

import json
import os
from pathlib import Path

import pytest

from batchgen.heygen.older import SAYS_NOTHING
from batchgen.model.meaning import LEFT_OUT, meaning, same_id, spells_out
from batchgen.model.naming import canonical, naming

FILM = {
    "video": {"type": "url", "url": "https://x.example/a.mp4"},
    "output_language": "German",
    "enable_dynamic_duration": True,
}
SPOKEN = {"type": "text", "script": "Good morning.", "voice_id": "v"}


def name(content, **how):
    return naming("api", "video", **how)([canonical(content)], [None])[0]


@pytest.mark.parametrize("field", sorted(LEFT_OUT))
def test_what_is_spelt_out_and_holds_anyway_asks_for_the_same_video(field):
    for whole in (FILM | {field: LEFT_OUT[field]}, FILM | {"extra": {field: LEFT_OUT[field]}}):
        assert spells_out(canonical(whole))
        assert name(whole) == name(FILM)
        assert name(whole, as_written=True) != name(FILM, as_written=True)


@pytest.mark.parametrize(
    "other",
    [{"mode": "precision"}, {"caption": True}, {"caption": 0}, {"speed": 1.1}, {"speed": True}, {"aspect_ratio": "9:16"},
     {"enable_dynamic_duration": False}, {"offset": {"x": 0.1, "y": 0}}, {"extra": {}}],
)  # fmt: skip
def test_what_changes_the_video_changes_its_name(other):
    assert name(FILM | other) != name(FILM)


@pytest.mark.parametrize(("written", "same"), [("007", "7"), ("7.0", "7"), ("000", "0"), ("10", "10"), ("0.00", "0")])
def test_an_id_that_a_spreadsheet_took_for_a_number_is_the_same(written, same):
    assert same_id(written) == same_id(same) == same


@pytest.mark.parametrize("written", ["", "a07", "1.10", "1.5", "1e5", "-07", "0x7", "1.", ".0", "٠٧", "7 0"])
def test_an_id_that_no_spreadsheet_writes_as_another_whole_number_stays(written):
    assert same_id(written) == written


def test_a_voice_of_natural_speed_is_the_same_wherever_it_stands():
    plain = {"scenes": [{"voice": SPOKEN}, {"voice": SPOKEN | {"speed": 1.2}}]}
    spelt = {"scenes": [{"voice": SPOKEN | {"speed": 1.0, "pitch": 0}}, {"voice": SPOKEN | {"speed": 1.2}}]}

    assert name(spelt) == name(plain)


def test_what_a_templates_author_has_named_is_no_field_of_heygens():
    variables = {"mode": {"name": "mode", "type": "text", "properties": {"mode": "speed", "content": "a\r\nb"}}}

    assert meaning({"template_id": "t", "variables": variables, "mode": "speed"}) == {
        "template_id": "t",
        "variables": {"mode": {"name": "mode", "type": "text", "properties": {"mode": "speed", "content": "a\nb"}}},
    }


def test_a_text_that_looks_like_a_field_is_a_text():
    told = {"scenes": [{"voice": SPOKEN | {"script": 'Say "speed":1, or "caption":false, please.'}}]}

    assert meaning(told) == told


def _defaults(node):
    """Give the defaults of all fields of a document, by their names."""
    if isinstance(node, dict):
        for field, schema in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            if isinstance(schema, dict) and schema.get("default") is not None:
                yield field, schema["default"]
        for one in node.values():
            yield from _defaults(one)
    elif isinstance(node, list):
        for one in node:
            yield from _defaults(one)


@pytest.mark.skipif("HEYGEN_SCHEMAS" not in os.environ, reason="without HeyGen's schemas")
def test_what_is_left_out_holds_by_heygens_own_document():
    found = {}
    for path in Path(os.environ["HEYGEN_SCHEMAS"]).glob("*.json"):
        for field, default in _defaults(json.loads(path.read_text())):
            found.setdefault(field, set()).add(default)

    # Told by the reference of v2 alone.
    v2s_own = {"test", "offset", *SAYS_NOTHING}
    told = {field: value for field, value in LEFT_OUT.items() if field in found or field not in v2s_own}
    for field, value in told.items():
        assert value in found[field], field
