"""The avatars and voices that every sandbox has. Users bring ids of their own, so these only fill the lists."""

from typing import Any

from batchgen.sandbox.people import AVATARS, OWN_AVATARS, OWN_VOICES, PHOTOS, VOICES

CREATED_AT = 1_750_000_000  #: Epoch seconds; the catalogue is as old as this.
_SITE = "https://example.com/preview"


def v2_avatars() -> dict[str, Any]:
    """Tell them as GET /v2/avatars does."""
    avatars = [
        {
            "avatar_id": one,
            "avatar_name": name,
            "gender": gender,
            "preview_image_url": f"{_SITE}/{one}.webp",
            "preview_video_url": f"{_SITE}/{one}.mp4",
            "premium": False,
            "type": None,
            "tags": None,
            "default_voice_id": None,
        }
        for one, name, gender in OWN_AVATARS + AVATARS
    ]
    photos = [
        {"talking_photo_id": one, "talking_photo_name": name, "preview_image_url": f"{_SITE}/{one}.webp"}
        for one, name in PHOTOS
    ]
    return {"avatars": avatars, "talking_photos": photos}


def streaming_avatars() -> list[dict[str, Any]]:
    """Tell those that sessions may be held with, as GET /v1/streaming/avatar.list does."""
    return [
        {
            "avatar_id": f"{name}_public_{CREATED_AT}",
            "pose_name": f"{name} (v3)",
            "normal_preview": f"{_SITE}/{one}.webp",
            "default_voice": VOICES[0][0],
            "is_public": True,
            "status": "ACTIVE",
            "created_at": CREATED_AT,
        }
        for one, name, _ in AVATARS
    ]


def v2_voices() -> dict[str, Any]:
    """Tell them as GET /v2/voices does; gender comes in both cases there, as it does from HeyGen."""
    voices = [
        {
            "voice_id": one,
            "language": language,
            "gender": gender,
            "name": name,
            "preview_audio": f"{_SITE}/{one}.mp3",
            "support_pause": True,
            "emotion_support": False,
            "support_interactive_avatar": True,
            "support_locale": False,
        }
        for one, language, gender, name in OWN_VOICES + VOICES
    ]
    return {"voices": voices}


def v2_groups() -> dict[str, Any]:
    """Tell avatar groups as GET /v2/avatar_group.list does."""
    groups = [
        {
            "id": f"group-{one}",
            "name": name,
            "created_at": CREATED_AT,
            "num_looks": 1,
            "preview_image": f"{_SITE}/{one}.webp",
            "group_type": "PUBLIC",
            "train_status": "ready",
        }
        for one, name, _ in AVATARS
    ]
    return {"total_count": len(groups), "avatar_group_list": groups}


def v2_group(group_id: str) -> dict[str, Any]:
    """Tell the avatars of a group as GET /v2/avatar_group/{id}/avatars does."""
    looks = [
        {"id": one, "name": name, "gender": gender, "image_url": f"{_SITE}/{one}.webp", "default_voice_id": None}
        for one, name, gender in AVATARS
        if f"group-{one}" == group_id
    ]
    return {"avatar_list": looks}


def v2_avatar(avatar_id: str) -> dict[str, Any]:
    """Tell one avatar as GET /v2/avatar/{id}/details does."""
    name, gender = next(((name, gender) for one, name, gender in AVATARS if one == avatar_id), (avatar_id, "unknown"))
    return {
        "type": "avatar",
        "id": avatar_id,
        "name": name,
        "gender": gender,
        "preview_image_url": f"{_SITE}/{avatar_id}.webp",
        "preview_video_url": f"{_SITE}/{avatar_id}.mp4",
        "premium": False,
        "is_public": True,
        "default_voice_id": None,
        "tags": [],
    }


def v3_avatars() -> list[dict[str, Any]]:
    """Tell avatar groups as GET /v3/avatars does."""
    return [
        {
            "id": f"group-{one}",
            "name": name,
            "gender": gender,
            "looks_count": 1,
            "created_at": CREATED_AT,
            "status": "completed",
            "default_voice_id": None,
            "preview_image_url": f"{_SITE}/{one}.webp",
            "preview_video_url": f"{_SITE}/{one}.mp4",
            "consent_status": None,
            "error": None,
        }
        for one, name, gender in AVATARS
    ]


def v3_looks(ownership: str | None = None) -> list[dict[str, Any]]:
    """Tell looks as GET /v3/avatars/looks does; a look's id is the avatar_id that videos take."""
    own = [(one, name, gender, "digital_twin") for one, name, gender in OWN_AVATARS]
    people = [(one, name, gender, "studio_avatar") for one, name, gender in AVATARS]
    people += [(one, name, "unknown", "photo_avatar") for one, name in PHOTOS]
    return [
        {
            "id": one,
            "name": name,
            "gender": gender,
            "avatar_type": kind,
            "group_id": f"group-{one}",
            "default_voice_id": VOICES[0][0],
            "preferred_orientation": "landscape",
            "image_width": 1920,
            "image_height": 1080,
            "preview_image_url": f"{_SITE}/{one}.webp",
            "preview_video_url": f"{_SITE}/{one}.mp4",
            "status": "completed",
            "supported_api_engines": ["avatar_iv"],
            "tags": [],
            "error": None,
        }
        for one, name, gender, kind in {"private": own, "public": people}.get(ownership or "", own + people)
    ]


def v3_voices(language: str | None = None, gender: str | None = None, *, private: bool = False) -> list[dict[str, Any]]:
    """Tell voices as GET /v3/voices does: those that everyone has, or the account's own."""
    return [
        {
            "voice_id": one,
            "name": name,
            "language": spoken,
            "gender": sex.lower(),
            "type": "private" if private else "public",
            "preview_audio_url": f"{_SITE}/{one}.mp3",
            "support_locale": False,
            "support_pause": True,
        }
        for one, spoken, sex, name in (OWN_VOICES if private else VOICES)
        if language in {None, spoken} and gender in {None, sex.lower()}
    ]


def v3_look(look_id: str) -> dict[str, Any]:
    """Tell one look as GET /v3/avatars/looks/{look_id} does."""
    looks = v3_looks()
    own = {**looks[0], "id": look_id, "name": look_id, "group_id": f"group-{look_id}", "avatar_type": "digital_twin"}
    return next((look for look in looks if look["id"] == look_id), own)


def v3_voice(voice_id: str) -> dict[str, Any]:
    """Tell one voice as GET /v3/voices/{voice_id} does, in other fields than the list."""
    listed = next((one for one in v3_voices() + v3_voices(private=True) if one["voice_id"] == voice_id), None)
    return {
        "voice_id": voice_id,
        "name": listed["name"] if listed else voice_id,
        "language": listed["language"] if listed else "English",
        "gender": listed["gender"] if listed else "unknown",
        "preview_audio_url": f"{_SITE}/{voice_id}.mp3",
        "support_pause": True,
        "support_interactive_avatar": True,
        "status": "complete",
        "created_at": CREATED_AT,
        "failure_message": None,
    }
