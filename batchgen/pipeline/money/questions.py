"""What to ask an account before anything is spent, and what its answers mean for rows. Pure.

Rule: only what the server says is a fault. What could not be asked, or is told nowhere, is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchgen.model.catalogue import Item, Topic
from batchgen.model.vocabulary import nearest
from batchgen.pipeline.money.length import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchgen.model.errors import Fault
    from batchgen.model.job import Draft
    from batchgen.pipeline.money.quote import Priced


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that a draft names, and the field it is named in."""

    topic: Topic
    id: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file that a draft names by its link, and the field it is named in."""

    url: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was found at a link."""

    problem: str | None = None  #: Why the server could not use it; None: nothing speaks against it.
    duration_s: float | None = None  #: Seconds, where the file's header told.


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was found out. What is in neither could not be asked."""

    items: Mapping[tuple[Topic, str], Item | None] = field(default_factory=dict)  #: None: there is no such thing.
    languages: tuple[str, ...] | None = None  #: All there are; None: nobody told.
    links: Mapping[str, Source] = field(default_factory=dict)

    def known(self, job: Priced) -> Known:
        """Give what is known of a job's length: by the sheet, by its file, by its voice and its template."""
        template = self.items.get((Topic.TEMPLATE, str(job.content.get("template_id"))))
        return Known(
            length_s=job.length_s or measured(job.content, self._lasts),
            language=self._spoken(job),
            scripts=template.scripts if template and template.scripts else None,
        )

    def _lasts(self, source: Mapping[str, Any]) -> float | None:
        seen = self.links.get(source.get("url", ""))
        return seen.duration_s if seen else None

    def _spoken(self, job: Priced) -> str | None:
        """Give the language of a video's voices, where all of them are known and speak the same."""
        asked = [one for one in questions_in(job.kind, job.content) if one.topic is Topic.VOICE]
        found = {item.language for one in asked if (item := self.items.get((one.topic, one.id))) is not None}
        return next(iter(found)) if len(found) == 1 else None


def questions_in(kind: str, content: Mapping[str, Any]) -> Iterator[Question]:
    """Give every avatar, voice and template that a content names, by the fields of a manifest."""
    if kind == "template":
        yield Question(topic=Topic.TEMPLATE, id=content["template_id"], field="template_id")
        for name, variable in content["variables"].items():
            yield from _variable(name, variable)
    elif "scenes" in content:
        scenes = content["scenes"]
        for number, scene in enumerate(scenes, 1):
            yield from _scene(scene, f"scenes[{number}]." if len(scenes) > 1 else "")
    elif "prompt" in content:
        yield from _prompted(content)


def links_in(content: Mapping[str, Any]) -> Iterator[Link]:
    """Give every recording or film that decides how long a video is, and that the server has to fetch."""
    for field_name, source in _sources_in(content):
        if url := source.get("url"):
            yield Link(url=url, field=field_name)


def measured(content: Mapping[str, Any], lasts: Callable[[Mapping[str, Any]], float | None]) -> float | None:
    """Give how many seconds a video will last by the films and recordings it is made from, where these alone tell that.

    ``lasts`` gives the seconds of one of them, as the content names it: by its link, or by the digest of a file.
    """
    found = {field_name: lasts(source) for field_name, source in _sources_in(content)}
    if "scenes" in content:
        # What a recording lasts tells nothing of the scenes that are read from a text.
        parts = [one for one in found.values() if one is not None]
        return sum(parts) if len(parts) == len(content["scenes"]) else None
    source, sound = found.get("url"), found.get("audio")
    if source is None or sound is None or content.get("enable_dynamic_duration") is False:
        return source
    return max(source, sound)  # HeyGen's v3 reference: unless told otherwise, it may adjust the one to the other.


def _sources_in(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every film or recording that decides how long a video is, by the field that names it."""
    for name, field_name in (("video", "url"), ("audio", "audio")):
        if source := content.get(name):
            yield field_name, source
    for number, scene in enumerate(content.get("scenes", ()), 1):
        if source := scene.get("voice", {}).get("media"):
            yield (f"scenes[{number}].audio_url" if len(content["scenes"]) > 1 else "audio_url"), source


def faults(draft: Draft, answers: Answers) -> Iterator[Fault]:
    """Say what of a draft the account cannot do."""
    for asked in questions_in(draft.kind, draft.content):
        key = (asked.topic, asked.id)
        if key in answers.items:
            yield from _judged(draft, asked, answers.items[key])
    if draft.kind == "translation":
        yield from _language(draft, answers.languages)
    if draft.kind == "template":
        template = answers.items.get((Topic.TEMPLATE, draft.content["template_id"]))
        if template is not None:
            yield from _variables(draft, template)
            yield from _scenes(draft, template)
    for link in links_in(draft.content):
        found = answers.links.get(link.url)
        if found is not None and found.problem:
            yield draft.row.fault(
                link.field, found.problem, "HeyGen fetches it by itself: it wants a public link to a file."
            )


def _scene(scene: Mapping[str, Any], place: str) -> Iterator[Question]:
    character, voice = scene.get("character", {}), scene.get("voice", {})
    if character.get("type") in {"avatar", "talking_photo"}:
        topic = Topic(character["type"])
        yield Question(topic=topic, id=character["id"], field=f"{place}{topic}_id")
    if "voice_id" in voice:
        yield Question(topic=Topic.VOICE, id=voice["voice_id"], field=f"{place}voice_id")


def _prompted(content: Mapping[str, Any]) -> Iterator[Question]:
    """Ask for the looks and the voice that a prompt is to be made with."""
    looks = content.get("avatar_id", [])
    for look in [looks] if isinstance(looks, str) else looks:
        yield Question(topic=Topic.AVATAR, id=look, field="avatar_id")
    if "voice_id" in content:
        yield Question(topic=Topic.VOICE, id=content["voice_id"], field="voice_id")


def _variable(name: str, variable: Mapping[str, Any]) -> Iterator[Question]:
    properties = variable["properties"]
    if variable["type"] == "voice":
        yield Question(topic=Topic.VOICE, id=properties["voice_id"], field=f"variables.{name}")
    if variable["type"] == "character":
        topic = Topic(properties.get("type", "avatar"))
        yield Question(topic=topic, id=properties["character_id"], field=f"variables.{name}")


def _judged(draft: Draft, asked: Question, item: Item | None) -> Iterator[Fault]:
    noun = asked.topic.replace("_", " ")
    if item is None:
        yield draft.row.fault(
            asked.field,
            f'The account has no {noun} "{asked.id}".',
            "Write the id of one that it has, as HeyGen shows it.",
        )
    elif not item.usable:
        yield draft.row.fault(asked.field, f'The {noun} "{asked.id}" is not ready to be used.', "Look at it at HeyGen.")


def _language(draft: Draft, languages: tuple[str, ...] | None) -> Iterator[Fault]:
    spoken = draft.content["output_language"]
    if languages is None or spoken in languages:
        return
    field_name = "output_languages" if "output_languages" in draft.row.fields else "output_language"
    near = nearest(spoken, languages, likeness=0.6)
    remedy = f'Did you mean "{near}"?' if near else f"There are {len(languages)}, such as {', '.join(languages[:3])}."
    yield draft.row.fault(field_name, f'The account cannot translate into "{spoken}".', remedy)


def _scenes(draft: Draft, template: Item) -> Iterator[Fault]:
    """Look for the scenes that are asked for in those of the template, where it tells them."""
    known = [scene.id for scene in template.scenes]
    for name in draft.content.get("scene_ids", ()) if known else ():
        if name not in known:
            near = nearest(name, known, likeness=0.6)
            remedy = f'Did you mean "{near}"?' if near else f"It has: {', '.join(known)}."
            yield draft.row.fault("scene_ids", f'The template has no scene "{name}".', remedy)


def _variables(draft: Draft, template: Item) -> Iterator[Fault]:
    """Compare variables with those of the template: their names, and their types."""
    if not template.variables:
        return  # A template that tells no variables may be of a kind that the API does not tell them of.
    for name, variable in draft.content["variables"].items():
        column = f"var.{name}"
        place = column if column in draft.row.fields else f"variables.{name}"
        wanted = template.variables.get(name)
        if wanted is None:
            near = nearest(name, template.variables, likeness=0.6)
            known = ", ".join(template.variables)
            remedy = f'Did you mean "{near}"?' if near else f"It has: {known}."
            yield draft.row.fault(place, f'The template has no variable "{name}".', remedy)
        elif wanted and wanted != variable["type"] and {wanted, variable["type"]} != {"image", "video"}:
            # HeyGen's documents: a picture and a clip may stand for one another.
            problem = f'"{name}" is of the type {wanted} in the template, and {variable["type"]} here.'
            yield draft.row.fault(place, problem, f"Write it under `variables` with the type {wanted}.")
