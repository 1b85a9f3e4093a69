"""`batchgen schema`: what it lets through is what batchgen takes, and what it stops is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from batchgen.assembly.schema import manifest_schema
from batchgen.kinds import KINDS
from batchgen.kinds.languages import NAMES
from batchgen.kinds.shapes import shape_of
from batchgen.manifest.settings import KEYS
from batchgen.model.row import Row

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    path
    for folder in ("manifests", "batchgen/cli/examples", "batchgen/cli/starters")
    for path in (ROOT / folder).rglob("*.yaml")
)
SCHEMA = manifest_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def faults(text: str) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_it_is_a_schema_and_is_printed(batchgen):
    Draft202012Validator.check_schema(SCHEMA)

    ended = batchgen("schema")

    assert ended.code == 0
    assert json.loads(ended.out) == json.loads(json.dumps(SCHEMA))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_valid(path):
    assert faults(path.read_text(encoding="utf-8")) == []


def test_it_knows_every_key_and_field():
    assert set(SCHEMA["properties"]) == set(KEYS)
    for name, kind in KINDS.items():
        assert set(SCHEMA["$defs"][f"{name}_mapping"]["properties"]) == kind.words.fields | set(kind.words.aliases)


@pytest.mark.parametrize(
    "text",
    [
        "kind: Video\nrows: [{Avatar_ID: a, my own column: [1, 2]}]",
        "rows: people.csv",
        "kind: video\ndefaults: {speed: 1.2, pitch: '-3', caption: yes, TITLE: x, background_colour: 008000}",
        "kind: video\ndefaults: {speed: '{{ speed }}', dimension: '{{ size }}', caption: }",
        "kind: video\nfields: {dimension: {width: 1280, height: 720}, aspect_ratio: '9:16'}",
        "kind: video\nscenes: [{character: none, voice: {type: silence}, background: {type: color, value: '#fff'}}]",
        "kind: video\nscenes: [{Script: x, avatar_id: y, character: {type: avatar, avatar_id: z, offset: {x: 0.1}}}]",
        "kind: template\nvariables: {a: 1, b: {type: image, url: 'asset:x'}, c: {type: avatar, avatar_id: d}}",
        "kind: template\ndefaults: {var.First Name: x, template_id: 12, fps: 30, scene_ids: [a, b]}",
        "kind: translation\nforeach: {output_language: [spanish (spain), Japanese], who: [a]}",
        "kind: translation\ndefaults: {output_languages: German;French, start_time: '1:30', end_time: 90}",
        "kind: translation\nrows: [{url: 'http://127.0.0.1:1/a.mp4', output_languages: [German, Gujarati]}]",
        "output: 5\nrows: [{avatar_id: a, script: x}]",
        "kind: video\nscenes: []\ndefaults: {}",
        "kind: video\ndefaults: {background_color: {}, resolution: [], dimension: {}}",
        "kind: video\nscenes: [{background: {type: ' image', asset_id: x}}]",
        "kind: lipsync\nfields: {end_time: '.5', mode: []}",
        "kind: template\ndefaults: {subtitles: 2}",
        "kind: cinematic\nrows: [{avatar_ids: [a, null]}]",
        "kind:\napi: V2\ndefaults:\nfields: {video_url: https://e.com/a.mp4, script: x}",
    ],
)
def test_what_batchgen_takes_is_valid(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kind: vidoe", "$.kind"),
        ("kind: video\napi: v4", "$.api"),
        ("kind: video\nrow: people.csv", "$"),
        ("kind: video\nrows: 7", "$.rows"),
        ("kind: video\nrows: []", "$.rows"),
        ("kind: video\ndefaults: {avtar_id: x}", "$.defaults"),
        ("kind: video\ndefaults: {output_language: German}", "$.defaults"),
        ("kind: video\ndefaults: {speed: 2}", "$.defaults"),
        ("kind: video\ndefaults: {speed: fast}", "$.defaults"),
        ("kind: video\ndefaults: {emotion: Happy}", "$.defaults"),
        ("kind: video\ndefaults: {caption: maybe}", "$.defaults"),
        ("kind: video\ndefaults: {background_color: greenish}", "$.defaults"),
        ("kind: video\ndefaults: {background_image: office.png}", "$.defaults"),
        ("kind: video\ndefaults: {dimension: {width: 1}}", "$.defaults"),
        ("kind: video\nrows: [{avatar_style: closest}]", "$.rows"),
        ("kind: video\nscenes: {script: x}", "$.scenes"),
        ("kind: video\nscenes: [{skript: x}]", "$.scenes"),
        ("kind: video\nscenes: [{voice: {type: song}}]", "$.scenes"),
        ("kind: video\nscenes: [{background: {url: https://e.com/a.png}}]", "$.scenes"),
        ("kind: video\nvariables: {a: b}", "$.variables"),
        ("kind: template\nscenes: [{script: x}]", "$.scenes"),
        ("kind: template\nvariables: [a]", "$.variables"),
        ("kind: template\nvariables: {a: {type: imagee, url: x}}", "$.variables"),
        ("kind: template\nvariables: {a: {type: image, link: x}}", "$.variables"),
        ("kind: translation\nforeach: {output_language: German}", "$.foreach"),
        ("kind: translation\nforeach: {output_language: [Klingon]}", "$.foreach"),
        ("kind: translation\ndefaults: {output_language: Klingon}", "$.defaults"),
        ("kind: translation\ndefaults: {start_time: 1 min}", "$.defaults"),
        ("defaults: {nothing_of_any_kind: x}", "$.defaults"),
        ("output: [a]", "$.output"),
    ],
)
def test_what_is_wrong_is_not_valid(text, place):
    found = faults(text)

    assert [one for one in found if one.startswith(f"{place}:") or place == "$"], found


def test_words_and_bounds_are_those_of_the_parsers():
    for kind in KINDS.values():
        for name, parse in kind.parsers.items():
            for shape in shape_of(parse).get("anyOf", ()):
                for value in (*shape.get("enum", ()), *(shape[key] for key in ("minimum", "maximum") if key in shape)):
                    parse(value)  # Raises where the parser knows better.
                    assert faults(f"kind: {kind.name}\ndefaults: {json.dumps({name: value})}") == []


def test_every_language_is_proposed():
    assert SCHEMA["$defs"]["language"]["anyOf"][0]["enum"] == list(NAMES)


#: What people write into fields, in all its forms.
WRITTEN = (
    0, 1, 2, -1, 0.5, 1.5, True, False, None, "", " ", [], {}, ["a"], ["a", None], {"a": 1}, "a;b", "yes", "No", "x", ".5",
    "+1", "1e2", "1,5", "1:30", "1:30:00", "PT1M", "90", "12 ", "https://e.com/a.mp4", "HTTPS://e.com/x", "asset:a",
    "Asset:./a", "#fff", "008000", 8000, "1280 x 720", {"width": 1280, "height": "720"}, " 16:9 ", "4K", "german ", "es",
    ["German", "French"], "closeup", "{{ x }}", 30.0, "60",
)  # fmt: skip


#: The least that a row of each kind says.
SOUND = {
    "video": {"avatar_id": "a", "script": "x"},
    "template": {"template_id": "t"},
    "translation": {"url": "https://e.com/a.mp4", "output_language": "German"},
    "agent": {"prompt": "p"},
    "lipsync": {"url": "https://e.com/a.mp4", "audio": "https://e.com/a.mp3"},
    "image": {"image": "https://e.com/a.png", "script": "x", "voice_id": "v"},
    "cinematic": {"avatar_id": "a", "prompt": "p"},
    "session": {"avatar_id": "a", "script": "x"},
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_whatever_is_taken_in_a_field_is_valid(kind):
    base = SOUND[kind.name]
    refused = []
    for field in sorted(kind.words.fields):
        told = {**SCHEMA["$defs"][f"{kind.name}_mapping"]["properties"][field], "$defs": SCHEMA["$defs"]}
        for value in WRITTEN:
            row = Row(file="s", number=2, cells=(), kind=kind.name, fields=base | {field: value}, columns={})
            taken = value in ("", " ", [], {}, None, "{{ x }}") or not kind.plan(row)[1]
            if taken and not Draft202012Validator(told).is_valid(value):
                refused.append((field, value))

    assert refused == []
