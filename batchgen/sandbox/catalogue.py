"""The avatars and voices that every sandbox has. Users bring ids of their own, so these only fill the lists."""

from typing import Any

CREATED_AT = 1_750_000_000  #: Epoch seconds; the catalogue is as old as this.
_SITE = "https://example.com/preview"

_AVATARS = (
    ("Daisy-inskirt-20220818", "Daisy", "female"),
    ("Tyler-incasualsuit-20220721", "Tyler", "male"),
    ("Abigail_expressive_2024112501", "Abigail", "female"),
    ("Adrian_public_2_20240312", "Adrian", "male"),
    ("Ann_Therapist_public", "Ann", "female"),
    ("Brandon_expressive_public", "Brandon", "male"),
)
_PHOTOS = (("4a1f0c7e9b2d4e83a5c6d7f8e9012b3c", "Maya"), ("9d8c7b6a5f4e4d3c8b2a1f0e9d8c7b6a", "Jonas"))
_VOICES = (
    ("1bd001e7e50f421d891986aad5158bc8", "English", "female", "Sara"),
    ("d7bbcdd6964c47bdaae26decade4a933", "English", "male", "Christopher"),
    ("2d5b0e6cf36f460aa7fc47e3eee4ba54", "English", "Female", "Sonia"),
    ("077ab11b14f04ce0b49b5f6e5cc20979", "English", "Male", "Paul"),
    ("6e7404e25c4b4385b04b0e2704c861c8", "German", "female", "Katja"),
    ("b0e8a3f1c2d94e57a6b1d0c9f8e7a6b5", "Spanish", "male", "Alvaro"),
    ("5d8c378ba8c3434586081a52ac368738", "French", "female", "Denise"),
    ("3f2a1b0c9d8e4f7a6b5c4d3e2f1a0b9c", "Japanese", "female", "Nanami"),
)


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
        for one, name, gender in _AVATARS
    ]
    photos = [
        {"talking_photo_id": one, "talking_photo_name": name, "preview_image_url": f"{_SITE}/{one}.webp"}
        for one, name in _PHOTOS
    ]
    return {"avatars": avatars, "talking_photos": photos}


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
        for one, language, gender, name in _VOICES
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
        for one, name, _ in _AVATARS
    ]
    return {"total_count": len(groups), "avatar_group_list": groups}


def v2_group(group_id: str) -> dict[str, Any]:
    """Tell the avatars of a group as GET /v2/avatar_group/{id}/avatars does."""
    looks = [
        {"id": one, "name": name, "gender": gender, "image_url": f"{_SITE}/{one}.webp", "default_voice_id": None}
        for one, name, gender in _AVATARS
        if f"group-{one}" == group_id
    ]
    return {"avatar_list": looks}


def v2_avatar(avatar_id: str) -> dict[str, Any]:
    """Tell one avatar as GET /v2/avatar/{id}/details does."""
    name, gender = next(((name, gender) for one, name, gender in _AVATARS if one == avatar_id), (avatar_id, "unknown"))
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
        for one, name, gender in _AVATARS
    ]


def v3_looks() -> list[dict[str, Any]]:
    """Tell looks as GET /v3/avatars/looks does; a look's id is the avatar_id that videos take."""
    people = [(one, name, gender, "studio_avatar") for one, name, gender in _AVATARS]
    people += [(one, name, "unknown", "photo_avatar") for one, name in _PHOTOS]
    return [
        {
            "id": one,
            "name": name,
            "gender": gender,
            "avatar_type": kind,
            "group_id": f"group-{one}",
            "default_voice_id": _VOICES[0][0],
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
        for one, name, gender, kind in people
    ]


def v3_voices(language: str | None = None, gender: str | None = None) -> list[dict[str, Any]]:
    """Tell voices as GET /v3/voices does."""
    return [
        {
            "voice_id": one,
            "name": name,
            "language": spoken,
            "gender": sex.lower(),
            "type": "public",
            "preview_audio_url": f"{_SITE}/{one}.mp3",
            "support_locale": False,
            "support_pause": True,
        }
        for one, spoken, sex, name in _VOICES
        if language in {None, spoken} and gender in {None, sex.lower()}
    ]


def v3_look(look_id: str) -> dict[str, Any]:
    """Tell one look as GET /v3/avatars/looks/{look_id} does."""
    looks = v3_looks()
    own = {**looks[0], "id": look_id, "name": look_id, "group_id": f"group-{look_id}", "avatar_type": "digital_twin"}
    return next((look for look in looks if look["id"] == look_id), own)


def v3_voice(voice_id: str) -> dict[str, Any]:
    """Tell one voice as GET /v3/voices/{voice_id} does, in other fields than the list."""
    listed = next((one for one in v3_voices() if one["voice_id"] == voice_id), None)
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
