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


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One avatar, voice, template or language."""

    id: str  #: What a manifest names it by; for a language its name.
    name: str = ""
    language: str | None = None  #: That a voice speaks, by its English name.
    gender: str | None = None  #: In lower case.
    default_voice: str | None = None  #: Of an avatar.
    preview: str | None = None  #: A link to a picture or a sound.
    variables: Mapping[str, str] = field(default_factory=dict)  #: Of a template: name → type.
    scripts: tuple[str, ...] = ()  #: Of a template's scenes, with ``{{variables}}``; empty where nobody tells.
    usable: bool = True  #: False where the server says that it is not ready, or failed to become so.


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """A page of a list, and where the next one begins."""

    items: tuple[Item, ...]
    next_token: str | None = None
