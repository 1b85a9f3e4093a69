"""A sandbox on a clock that tests move, and bodies that it takes."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from batchgen.sandbox import Answer, Call, Faults, Journal, Options, World

AVATAR = {"type": "avatar", "avatar_id": "Daisy", "voice_id": "v", "script": "Hello there.", "title": "Hello"}
TRANSLATION = {
    "video": {"type": "url", "url": "https://example.com/a.mp4"},
    "output_languages": ["German"],
    "title": "Tour",
    "callback_id": "row-1",
}
STUDIO_V2 = {
    "title": "Hello",
    "dimension": {"width": 1280, "height": 720},
    "video_inputs": [
        {
            "character": {"type": "avatar", "avatar_id": "Daisy"},
            "voice": {"type": "text", "voice_id": "v", "input_text": "Hello there."},
            "background": {"type": "color", "value": "#204060"},
        }
    ],
}


@dataclass
class Clock:
    """Epoch seconds that only a test moves."""

    time: float = 1_760_000_000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class House:
    """A world, its clock, and short ways to call it."""

    options: Options
    journal: Journal | None = None
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.world = World(now=self.clock, options=self.options, journal=self.journal)

    def call(self, method: str, url: str, body: Any = None, **headers: str) -> Answer:
        parts = urlsplit(url)
        given = {"x-api-key": "k", "host": "127.0.0.1:1", **{k.replace("_", "-"): v for k, v in headers.items()}}
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.world.handle(Call(method, parts.path, dict(parse_qsl(parts.query)), given, content))

    def get(self, url: str, **headers: str) -> Any:
        return json.loads(self.call("GET", url, **headers).body)

    def post(self, url: str, body: Any, **headers: str) -> Any:
        return json.loads(self.call("POST", url, body, **headers).body)

    def ledger(self) -> dict[str, Any]:
        return self.world.ledger()


@pytest.fixture
def house():
    """Make a world: `house(lost=1.0)` sets faults, `house(options={…})` the rest."""

    def make(*, options: dict[str, Any] | None = None, journal: Journal | None = None, **faults: Any) -> House:
        given = {"render": (10.0, 10.0), "concurrency": 1000, "credits": 1e6, **(options or {})}
        return House(Options(faults=Faults(**faults), **given), journal)

    return make


@pytest.fixture
def avatar() -> dict[str, Any]:
    return dict(AVATAR)


@pytest.fixture
def translation() -> dict[str, Any]:
    return dict(TRANSLATION)


@pytest.fixture
def studio_v2() -> dict[str, Any]:
    return json.loads(json.dumps(STUDIO_V2))


@pytest.fixture
def lipsync() -> dict[str, Any]:
    return {name: {"type": "url", "url": f"https://example.com/{name}"} for name in ("video", "audio")} | {
        "title": "Dub",
        "callback_id": "row-1",
        "enable_caption": True,
    }
