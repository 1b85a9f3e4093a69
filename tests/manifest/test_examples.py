from __future__ import annotations

from pathlib import Path

import pytest

from batchgen.kinds import KINDS, VOCABULARY
from batchgen.manifest import open_manifest
from batchgen.model.errors import Fault

FOLDER = Path(__file__).parents[2] / "manifests"

#: Every example, the jobs it makes, and the generation it asks for. The other sheets belong to one of these.
EXAMPLES = {
    "bulk_translation_csv_template.csv": (3, None),
    "library_into_languages.yaml": (12, None),
    "personal_videos.yaml": (3, None),
    "avatar_videos.csv": (8, None),
    "avatar_videos.yaml": (8, None),
    "avatar_videos_v2.yaml": (4, "v2"),
    "many_scenes.yaml": (2, None),
    "greetings.yaml": (2, None),
    "agent_prompts.csv": (2, None),
    "lipsync.csv": (2, None),
    "speaking_pictures.yaml": (2, None),
    "cinematic.yaml": (2, None),
}


def plan(name):
    for row in open_manifest(str(FOLDER / name), vocabulary=VOCABULARY).rows():
        assert not isinstance(row, Fault), str(row)
        drafts, faults = KINDS[row.kind].plan(row)
        assert [str(fault) for fault in faults] == []
        yield from drafts


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound(name):
    jobs, api = EXAMPLES[name]

    drafts = list(plan(name))

    assert len(drafts) == jobs
    assert len({draft.identity("test") for draft in drafts}) == jobs
    assert open_manifest(str(FOLDER / name), vocabulary=VOCABULARY).api == api


def test_no_example_is_forgotten():
    assert {path.name for path in FOLDER.iterdir()} - {"library.csv", "people.csv"} >= set(EXAMPLES)
    assert {path.name for path in FOLDER.glob("*.yaml")} <= set(EXAMPLES)


def test_the_examples_show_every_type_of_variable():
    variables = next(plan("personal_videos.yaml")).content["variables"].values()

    assert {one["type"] for one in variables} == {"text", "image", "video", "audio", "character", "voice"}


def test_the_examples_show_every_background_and_voice():
    scenes = [
        scene for name in EXAMPLES for draft in plan(name) if draft.kind == "video" for scene in draft.content["scenes"]
    ]

    assert {scene["background"]["type"] for scene in scenes if "background" in scene} == {"color", "image", "video"}
    assert {scene["voice"]["type"] for scene in scenes} == {"text", "audio", "silence"}
    assert {scene["character"]["type"] for scene in scenes} == {"avatar", "talking_photo", "image"}
