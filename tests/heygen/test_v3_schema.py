"""Every request that v3 can make, held against HeyGen's own schemas."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from batchgen.heygen.v3.dialect import V3
from batchgen.model.job import Draft, Parcel
from batchgen.model.row import Row

FOLDER = os.environ.get("HEYGEN_SCHEMAS", "")
FILE = Path(FOLDER, "heygen-v3.openapi.json")
pytestmark = pytest.mark.skipif(
    not (FOLDER and FILE.is_file()), reason="HEYGEN_SCHEMAS names no folder with heygen-v3.openapi.json"
)

V3 = V3()
ROW = Row(file="x.csv", number=2, cells=(), kind="video", fields={})
POSTS = {
    "/v3/videos": "/v3/videos",
    "/v3/videos/batches": "/v3/videos/batches",
    "/v3/templates/t1": "/v3/templates/{template_id}",
    "/v3/video-translations": "/v3/video-translations",
    "/v3/video-translations/batches": "/v3/video-translations/batches",
    "/v3/lipsyncs": "/v3/lipsyncs",
    "/v3/lipsyncs/batches": "/v3/lipsyncs/batches",
    "/v3/video-agents": "/v3/video-agents",
}


@cache
def paths():
    return json.loads(FILE.read_bytes())["paths"]


@cache
def validator(path):
    schema = paths()[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator(strict(schema))


def strict(schema, name=""):
    """Turn an OpenAPI 3.0 schema into JSON Schema in which unknown properties are faults.

    Its unions are told apart by a word that stands in prose only; here it becomes a constant.
    """
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: value for key, value in schema.items() if key not in {"nullable", "discriminator", "properties", "oneOf"}
    }
    if "items" in made:
        made["items"] = strict(made["items"])
    if "oneOf" in schema:
        made["anyOf"] = strict(schema["oneOf"])
    if schema.get("properties"):
        made["properties"] = {key: strict(value, key) for key, value in schema["properties"].items()}
        made["additionalProperties"] = False
        for asset in ("url", "asset_id"):
            if set(schema["properties"]) == {"type", asset}:
                made["properties"]["type"] = {"const": asset}
    if name in {"type", "engine_type"} and (word := re.search(r"Must be '(\w+)'", schema.get("description", ""))):
        made["const"] = word[1]
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made


def test_the_strict_schema_is_strict():
    check = validator("/v3/videos")

    assert check.is_valid({"type": "avatar", "avatar_id": "a", "engine": {"type": "avatar_v"}, "title": None})
    assert not check.is_valid({"type": "avatar", "avatar_id": "a", "folder_id": "f"})
    assert not check.is_valid({"type": "avatar", "avatar_id": "a", "engine": {"type": "avatar_x"}})
    assert not check.is_valid({"type": "image", "avatar_id": "a"})
    assert not check.is_valid({"type": "image", "image": {"type": "asset_id", "url": "u"}})


words = st.text(min_size=1, max_size=8)
media = st.builds(lambda name, value: {name: value}, st.sampled_from(["url", "asset_id"]), words)


def mapping(required, **optional):
    return st.fixed_dictionaries(required, optional=optional)


characters = st.one_of(
    mapping(
        {"type": st.sampled_from(["avatar", "talking_photo"]), "id": words},
        style=st.sampled_from(["normal", "normal", "circle", "closeUp", "square"]),
        scale=st.sampled_from([1, 1.0, 1.5]),
        offset=mapping({"x": st.sampled_from([0, 0.1]), "y": st.just(0.0)}),
    ),
    mapping({"type": st.just("image"), "media": media}),
)
voices = st.one_of(
    mapping(
        {"type": st.just("text"), "script": words, "voice_id": words},
        speed=st.floats(0.5, 1.5),
        pitch=st.floats(-50, 50),
        emotion=st.just("Excited"),
    ),
    mapping({"type": st.just("text"), "script": words}),
    mapping({"type": st.just("audio"), "media": media}),
    mapping({"type": st.just("silence")}, duration=st.floats(1, 100)),
)
backgrounds = st.one_of(
    mapping({"type": st.just("color"), "value": st.just("#a1b2c3")}, fit=st.just("cover")),
    mapping({"type": st.just("image"), "media": media}, fit=st.sampled_from(["cover", "contain", "crop"])),
    mapping({"type": st.just("video"), "media": media}, play_style=st.sampled_from(["full_video", "loop"])),
)
scenes = st.one_of(
    mapping({"character": characters, "voice": voices}),
    mapping({"character": characters, "voice": voices, "background": backgrounds}),
    mapping({"background": backgrounds}, voice=voices),
    mapping({}, character=characters, voice=voices, background=backgrounds),
)
extras = mapping(
    {},
    engine=st.sampled_from(["avatar_iii", "avatar_iv", {"type": "avatar_v", "reference_look_id": "l"}]),
    locale=words,
    volume=st.floats(0, 1),
    engine_settings=st.just({"engine_type": "elevenlabs", "stability": 0.5}),
    motion_prompt=words,
    expressiveness=st.sampled_from(["high", "low"]),
    remove_background=st.booleans(),
    output_format=st.sampled_from(["mp4", "webm"]),
    watermark=st.just({"image": {"type": "url", "url": "https://x/w.png"}, "placement": {"position": "top_left"}}),
    fit=st.sampled_from(["cover", "contain"]),
    folder=words,
)
sizes = st.sampled_from([(1280, 720), (1080, 1920), (3840, 2160), (1080, 1080), (864, 1080), (1000, 500)]).map(
    lambda size: {"width": size[0], "height": size[1]}
)
videos = mapping(
    {"scenes": st.lists(scenes, min_size=1, max_size=3)},
    dimension=sizes,
    caption=st.booleans(),
    resolution=st.sampled_from(["720p", "1080p", "4k"]),
    aspect_ratio=st.sampled_from(["16:9", "auto", "4:5"]),
    extra=extras,
    test=st.just(False),
)
variables = st.dictionaries(words, st.just({"name": "n", "type": "text", "properties": {"content": "x"}}), max_size=2)
templates = mapping(
    {"template_id": st.just("t1"), "variables": variables},
    caption=st.booleans(),
    dimension=sizes,
    scene_ids=st.lists(words),
    test=st.booleans(),
    extra=mapping(
        {},
        fps=st.sampled_from([25, 30, 60]),
        brand_voice_id=words,
        enable_sharing=st.booleans(),
        include_gif=st.booleans(),
        keep_text_vertically_centered=st.booleans(),
        reorder_music=st.booleans(),
        subtitles=st.just({"preset_name": "bold", "position": {"x": 1, "y": 2}}),
    ),
)
files = st.one_of(words, media, st.just({"type": "url", "url": "u"}))
translations = mapping(
    {"video": media, "output_language": words, "enable_dynamic_duration": st.booleans()},
    input_language=words,
    mode=st.sampled_from(["speed", "precision"]),
    translate_audio_only=st.booleans(),
    speaker_num=st.integers(1, 9),
    brand_voice_id=words,
    enable_caption=st.booleans(),
    start_time=st.floats(0, 9),
    end_time=st.floats(10, 99),
    extra=mapping(
        {},
        audio=files,
        srt=files,
        srt_role=st.sampled_from(["input", "output"]),
        keep_the_same_format=st.booleans(),
        disable_music_track=st.booleans(),
        enable_speech_enhancement=st.booleans(),
        enable_watermark=st.booleans(),
        fps_mode=st.sampled_from(["vfr", "cfr", "passthrough"]),
        brand_glossary_id=words,
    ),
)
lipsyncs = mapping(
    {"video": media, "audio": media},
    mode=st.sampled_from(["speed", "precision"]),
    enable_caption=st.booleans(),
    enable_dynamic_duration=st.booleans(),
    enable_speech_enhancement=st.booleans(),
    enable_watermark=st.booleans(),
    disable_music_track=st.booleans(),
    keep_the_same_format=st.booleans(),
    fps_mode=st.sampled_from(["vfr", "cfr", "passthrough"]),
    start_time=st.floats(0, 9),
    end_time=st.floats(10, 99),
)
pictures = mapping(
    {
        "scenes": st.lists(
            mapping(
                {"character": mapping({"type": st.just("image"), "media": media}), "voice": voices},
                background=backgrounds,
            ),
            min_size=1,
            max_size=1,
        )
    },
    dimension=sizes,
    caption=st.booleans(),
    resolution=st.sampled_from(["720p", "1080p", "4k"]),
    aspect_ratio=st.sampled_from(["16:9", "auto", "4:5"]),
    extra=extras,
)
cinematics = mapping(
    {"prompt": words, "avatar_id": st.lists(words, min_size=1, max_size=3)},
    references=st.lists(media, max_size=3),
    duration=st.integers(4, 15),
    auto_duration=st.booleans(),
    enhance_prompt=st.booleans(),
    aspect_ratio=st.sampled_from(["16:9", "9:16", "1:1"]),
    resolution=st.sampled_from(["720p", "1080p"]),
)
agents = mapping(
    {"prompt": words},
    avatar_id=words,
    voice_id=words,
    style_id=words,
    brand_kit_id=words,
    orientation=st.sampled_from(["landscape", "portrait"]),
    files=st.lists(media, max_size=3),
    incognito_mode=st.booleans(),
)
deliveries = mapping({}, title=words, callback_id=words, callback_url=words, folder_id=words)
PROMPTED = {"image": pictures, "cinematic": cinematics, "agent": agents}
tokens = st.none() | st.just("bgabcdefgh")
many = settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])

some = settings(many, max_examples=100)


def sayable(kind, content, delivery):
    return not list(V3.unsayable(Draft(row=ROW, kind=kind, content=content, delivery=delivery)))


def check(parcel, *, batches):
    for batched in (False, True) if batches else (False,):
        request = V3.create([parcel, parcel] if batched else [parcel], key="k", batched=batched)
        sent = json.loads(json.dumps(request.body))
        validator(POSTS[request.path]).validate(sent)


@many
@given(videos, deliveries, tokens)
def test_every_video_that_can_be_said_is_one_that_heygen_knows(content, delivery, token):
    delivery.pop("folder_id", None)
    assume(sayable("video", content, delivery))
    check(Parcel(kind="video", content=content, delivery=delivery, token=token), batches=True)


@many
@given(templates, deliveries, tokens)
def test_every_template_that_can_be_said_is_one_that_heygen_knows(content, delivery, token):
    assume(sayable("template", content, delivery))
    check(Parcel(kind="template", content=content, delivery=delivery, token=token), batches=False)


@many
@given(translations, deliveries, tokens)
def test_every_translation_is_one_that_heygen_knows(content, delivery, token):
    assert sayable("translation", content, delivery)
    check(Parcel(kind="translation", content=content, delivery=delivery, token=token), batches=True)


@some
@given(lipsyncs, deliveries, tokens)
def test_every_lipsync_is_one_that_heygen_knows(content, delivery, token):
    assert sayable("lipsync", content, delivery)
    check(Parcel(kind="lipsync", content=content, delivery=delivery, token=token), batches=True)


@some
@given(st.one_of(*(st.tuples(st.just(kind), made) for kind, made in PROMPTED.items())), deliveries, tokens)
def test_every_other_video_that_can_be_said_is_one_that_heygen_knows(asked, delivery, token):
    kind, content = asked
    delivery.pop("folder_id", None)
    assume(sayable(kind, content, delivery))
    check(Parcel(kind=kind, content=content, delivery=delivery, token=token), batches=kind != "agent")


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (V3.status("lipsync", ["x"]), "/v3/lipsyncs/{lipsync_id}"),
        (V3.status("lipsync", ["x", "y"]), "/v3/lipsyncs/statuses"),
        (V3.batch("lipsync", "x", "t"), "/v3/lipsyncs/batches/{batch_id}"),
        (V3.listing("lipsync", token="t", title="x"), "/v3/lipsyncs"),
        (V3.status("agent", ["x"]), "/v3/videos/{video_id}"),
        (V3.status("cinematic", ["x", "y"]), "/v3/videos/statuses"),
        (V3.batch("image", "x", "t"), "/v3/videos/batches/{batch_id}"),
        (V3.batch("agent", "x"), "/v3/video-agents/{session_id}"),
        (V3.batches("agent", "t"), "/v3/video-agents"),
        (V3.status("video", ["x"]), "/v3/videos/{video_id}"),
        (V3.status("template", ["x", "y"]), "/v3/videos/statuses"),
        (V3.status("translation", ["x"]), "/v3/video-translations/{video_translation_id}"),
        (V3.status("translation", ["x", "y"]), "/v3/video-translations/statuses"),
        (V3.batch("video", "x", "t"), "/v3/videos/batches/{batch_id}"),
        (V3.batch("translation", "x", "t"), "/v3/video-translations/batches/{batch_id}"),
        (V3.listing("video", token="t", title="x"), "/v3/videos"),
        (V3.listing("translation", token="t", title="x"), "/v3/video-translations"),
        (V3.balance(), "/v3/users/me"),
    ],
)
def test_every_question_is_one_that_heygen_knows(request_, path):
    known = {parameter["name"] for parameter in paths()[path]["get"].get("parameters", ())}

    assert re.fullmatch(re.sub(r"\{\w+\}", "x", path), request_.path)
    assert {name for name, _ in request_.query} <= known
