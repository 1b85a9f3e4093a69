"""What an account has to make videos with: avatars, voices, templates, languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Topic(StrEnum):
    """What can be asked about."""

    AVATAR = "avatar"
    TALKING_PHOTO = "talking_photo"
    VOICE = "voice"
    TEMPLATE = "template"
    LANGUAGE = "language"  #: That videos can be translated into.

    @property
    def shelf(self) -> Topic:
        """The list that they stand in: both generations tell talking photos together with avatars."""
        return Topic.AVATAR if self is Topic.TALKING_PHOTO else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A scene of a template."""

    id: str
    script: str = ""  #: What is spoken, with ``{{variables}}``.
    variables: tuple[str, ...] = ()  #: Those that stand in it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One avatar, voice, template or language."""

    id: str  #: What a manifest names it by; for a language its name.
    name: str = ""
    language: str | None = None  #: That a voice speaks, by its English name.
    gender: str | None = None  #: In lower case.
    default_voice: str | None = None  #: Of an avatar.
    preview: str | None = None  #: A link to a picture or a sound.
    aspect_ratio: str | None = None  #: Of a template, in the server's own words.
    variables: Mapping[str, str] = field(default_factory=dict)  #: Of a template: name → type.
    holds: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: What its variables hold now, by property.
    scenes: tuple[Scene, ...] = ()  #: Of a template, in order; empty where nobody tells.
    photo: bool = False  #: An avatar that is a talking photo.
    mine: bool | None = None  #: Whether it is the account's own; None: nobody tells.
    usable: bool = True  #: False where the server says that it is not ready, or failed to become so.

    @property
    def scripts(self) -> tuple[str, ...]:
        """What is spoken in a template, scene by scene."""
        return tuple(scene.script for scene in self.scenes if scene.script)

    def sample(self, variable: str) -> str:
        """Give what a variable of a template holds now, as a cell says it; nothing where that is not told."""
        held = self.holds.get(variable, {})
        if "asset_id" in held and "url" not in held:
            return f"asset:{held['asset_id']}"
        return next((held[name] for name in ("content", "url", "character_id", "voice_id") if name in held), "")

    def is_a(self, topic: Topic) -> bool:
        """Tell whether something of its list is what was asked about."""
        return topic.shelf is not Topic.AVATAR or self.photo is (topic is Topic.TALKING_PHOTO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page of a list, and where the next one begins."""

    items: tuple[Item, ...]
    next_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A whole list, as the server told it."""

    items: tuple[Item, ...]
    at: float  #: When it was told, in epoch seconds.
    whole: bool = True  #: False where it is so long that its end was not read.


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where a list is kept: what it is of, and whose."""

    realm: str
    owner: str  #: A name for the account that no key can be told from; empty where there is none.
    api: str
    topic: Topic
