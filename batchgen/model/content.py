"""What a job renders, in one vocabulary that both generations of the API are spoken from.

``kinds/`` writes these, ``heygen/`` reads them, the store keeps them as JSON. Every key that is absent was not
asked for; no key ever holds None. Everything in a ``Content`` changes the video, so all of it forms the job's
identity. What does not change the video (title, folder, callbacks) is ``Delivery``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class Media(TypedDict):
    """A file the server fetches or already has, or one that it is to be given. Exactly one of the keys is present."""

    url: NotRequired[str]  #: An https link.
    asset_id: NotRequired[str]  #: An asset of the account.
    sha256: NotRequired[str]  #: A file of this machine, by its content; see ``model.media``.


class Size(TypedDict):
    """The frame, in pixels; both even, 128 to 4096."""

    width: int
    height: int


class Offset(TypedDict):
    """Where the character stands, as fractions of the frame; 0, 0 is the middle."""

    x: float
    y: float


class Character(TypedDict):
    """Who is seen. ``id`` for avatar and talking_photo, ``media`` for image."""

    type: Literal["avatar", "talking_photo", "image"]
    id: NotRequired[str]
    media: NotRequired[Media]
    style: NotRequired[str]  #: avatar: normal, closeUp, circle. talking_photo: square, circle.
    scale: NotRequired[float]  #: 0 to 5, 1 is natural size.
    offset: NotRequired[Offset]
    matting: NotRequired[bool]  #: Cut out of its own background.
    circle_background_color: NotRequired[str]  #: ``#rrggbb``, inside the circle of that style.
    talking_style: NotRequired[str]  #: talking_photo: stable, expressive.
    expression: NotRequired[str]  #: talking_photo: default, happy.
    super_resolution: NotRequired[bool]  #: talking_photo: sharpened.


class Voice(TypedDict):
    """What is heard: a text (script, voice_id, speed, pitch, emotion), a recording (media) or silence (duration)."""

    type: Literal["text", "audio", "silence"]
    script: NotRequired[str]
    voice_id: NotRequired[str]
    speed: NotRequired[float]  #: 0.5 to 1.5.
    pitch: NotRequired[float]  #: -50 to 50.
    emotion: NotRequired[str]
    media: NotRequired[Media]
    duration: NotRequired[float]  #: Seconds, 1 to 100.


class Background(TypedDict):
    """What stands behind. ``color``: value; ``image`` and ``video``: media, fit, and play_style for video."""

    type: Literal["color", "image", "video"]
    value: NotRequired[str]  #: ``#rrggbb``.
    media: NotRequired[Media]
    fit: NotRequired[str]  #: cover, crop, contain, none.
    play_style: NotRequired[str]  #: fit_to_scene, freeze, loop, once, full_video.


class Scene(TypedDict):
    """One scene of a video. ``character`` may be absent: a scene with a voice over its background."""

    character: NotRequired[Character]
    voice: NotRequired[Voice]
    background: NotRequired[Background]


class VideoContent(TypedDict):
    """An avatar video: one scene or up to 50. A picture that speaks is one scene of this."""

    scenes: list[Scene]
    dimension: NotRequired[Size]
    aspect_ratio: NotRequired[str]
    resolution: NotRequired[str]
    caption: NotRequired[bool]
    test: NotRequired[bool]
    extra: NotRequired[dict[str, Any]]  #: Other fields that one of the references has, under their own names.


class Variable(TypedDict):
    """One template variable, in the shape both generations take it."""

    name: str
    type: Literal["text", "image", "video", "audio", "character", "voice"]
    properties: dict[str, Any]


class TemplateContent(TypedDict):
    """A video from a template and its variables."""

    template_id: str
    variables: dict[str, Variable]
    caption: NotRequired[bool]
    dimension: NotRequired[Size]
    scene_ids: NotRequired[list[str]]
    test: NotRequired[bool]
    extra: NotRequired[dict[str, Any]]


class TranslationContent(TypedDict):
    """One video into one language. Several languages are several jobs."""

    video: Media
    output_language: str
    enable_dynamic_duration: bool
    input_language: NotRequired[str]
    mode: NotRequired[str]  #: speed or precision.
    translate_audio_only: NotRequired[bool]
    speaker_num: NotRequired[int]
    brand_voice_id: NotRequired[str]
    enable_caption: NotRequired[bool]
    start_time: NotRequired[float]  #: Seconds.
    end_time: NotRequired[float]  #: Seconds.
    extra: NotRequired[dict[str, Any]]


class SpokenLine(TypedDict):
    """One thing that is said in a session, word for word (``repeat``) or in answer to it (``talk``)."""

    text: str
    type: Literal["repeat", "talk"]


class SessionVoice(TypedDict):
    """How an avatar sounds in a session."""

    voice_id: NotRequired[str]
    rate: NotRequired[float]  #: 0.5 to 1.5.
    emotion: NotRequired[str]


class SessionContent(TypedDict):
    """A session with an avatar, and what is said in it, in this order."""

    avatar_id: str
    lines: list[SpokenLine]
    idle_timeout: int  #: Seconds, 30 to 3600, after which HeyGen ends it where nothing happens.
    quality: NotRequired[str]  #: high, medium or low.
    protocol: NotRequired[str]  #: livekit; absent: WebRTC with an offer in the reply.
    voice: NotRequired[SessionVoice]
    video_encoding: NotRequired[str]  #: H264 or VP8.
    knowledge_base: NotRequired[str]  #: A text that ``talk`` answers by.
    knowledge_base_id: NotRequired[str]
    max_duration: NotRequired[float]  #: Seconds after which it is closed, whatever was said by then.
    extra: NotRequired[dict[str, Any]]


class LipsyncContent(TypedDict):
    """One video with another sound. What else may be said stands under the v3 reference's own names."""

    video: Media
    audio: Media
    mode: NotRequired[str]  #: speed or precision.
    enable_caption: NotRequired[bool]
    enable_dynamic_duration: NotRequired[bool]
    start_time: NotRequired[float]  #: Seconds.
    end_time: NotRequired[float]  #: Seconds.


class CinematicContent(TypedDict):
    """A few seconds of what a prompt describes."""

    prompt: str
    avatar_id: list[str]  #: One to three looks.
    references: NotRequired[list[Media]]
    duration: NotRequired[int]  #: Seconds, 4 to 15; 10 where nothing is said.
    auto_duration: NotRequired[bool]
    enhance_prompt: NotRequired[bool]
    aspect_ratio: NotRequired[str]
    resolution: NotRequired[str]


class AgentContent(TypedDict):
    """What HeyGen's video agent is asked for."""

    prompt: str
    avatar_id: NotRequired[str]
    voice_id: NotRequired[str]
    style_id: NotRequired[str]
    brand_kit_id: NotRequired[str]
    orientation: NotRequired[str]
    files: NotRequired[list[Media]]
    incognito_mode: NotRequired[bool]


class Delivery(TypedDict):
    """How a job is labelled and announced; nothing of it changes the video."""

    title: NotRequired[str]
    folder_id: NotRequired[str]
    callback_id: NotRequired[str]
    callback_url: NotRequired[str]


def wants_captions(content: Mapping[str, Any]) -> bool:
    """Tell whether captions are asked for, of whatever kind the content is."""
    older = content.get("extra", {}).get("caption_mode")
    return bool(content.get("caption") or content.get("enable_caption") or older)
