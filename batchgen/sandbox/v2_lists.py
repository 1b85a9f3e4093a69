"""The v1 and v2 routes that tell what there is to use: the account, templates, avatars, voices, folders."""

from typing import Any

from batchgen.sandbox import catalogue, templates
from batchgen.sandbox.desk import Desk
from batchgen.sandbox.fields import Fields
from batchgen.sandbox.languages import LANGUAGES
from batchgen.sandbox.orders_v3 import known
from batchgen.sandbox.v3_lists import who
from batchgen.sandbox.wire import Answer, v1, v2


def quota(desk: Desk) -> Answer:
    """GET /v2/user/remaining_quota; sixty of its units are one credit."""
    left = int(desk.studio.account.balance(desk.now) * 60)
    details = {"api": left, "streaming_avatar": 0, "streaming_avatar_instance_quota": 0, "seat": 1, "plan_credit": left}
    return v2({"remaining_quota": left, "details": details})


def account(desk: Desk) -> Answer:
    """GET /v1/user/me."""
    return v1(who(desk))


def avatars(_desk: Desk) -> Answer:
    """GET /v2/avatars."""
    return v2(catalogue.v2_avatars())


def avatar(_desk: Desk, avatar_id: str) -> Answer:
    """GET /v2/avatar/{id}/details: one that is not in the catalogue belongs to the user."""
    known("avatar", avatar_id, 400144)
    return v2(catalogue.v2_avatar(avatar_id))


def avatar_groups(_desk: Desk) -> Answer:
    """GET /v2/avatar_group.list."""
    return v2(catalogue.v2_groups())


def avatar_group(_desk: Desk, group_id: str) -> Answer:
    """GET /v2/avatar_group/{id}/avatars."""
    return v2(catalogue.v2_group(group_id))


def voices(_desk: Desk) -> Answer:
    """GET /v2/voices."""
    return v2(catalogue.v2_voices())


def target_languages(_desk: Desk) -> Answer:
    """GET /v2/video_translate/target_languages."""
    return v2({"languages": LANGUAGES})


def list_templates(_desk: Desk) -> Answer:
    """GET /v2/templates."""
    rows = [
        {
            "template_id": one.id,
            "name": one.name,
            "thumbnail_image_url": f"https://example.com/preview/{one.id}.webp",
            "aspect_ratio": "landscape" if one.size[0] > one.size[1] else "portrait",
        }
        for one in templates.TEMPLATES
    ]
    return v2({"templates": rows})


def get_template(_desk: Desk, template_id: str) -> Answer:
    """GET /v2/template/{id}: variables by their names."""
    template, _ = templates.find(template_id)
    return v2({"variables": templates.variables(template)})


def get_template_v3(_desk: Desk, template_id: str) -> Answer:
    """GET /v3/template/{id}: v2's envelope, for all that its path says."""
    template, _ = templates.find(template_id)
    told = templates.variables(template)
    scenes = [
        {
            "id": scene,
            "script": script,
            "variables": {name: one for name, one in told.items() if "{{" + name + "}}" in script},
        }
        for scene, script in template.scenes
    ]
    return v2({"version": "4", "variables": told, "scenes": scenes})


def folders(_desk: Desk) -> Answer:
    """GET /v1/folders."""
    return v1({"folders": [_folder("0" * 32, "Sandbox")], "token": None, "total": 1})


def create_folder(desk: Desk) -> Answer:
    """POST /v1/folders/create: a folder is its id alone here, nothing is kept."""
    name = Fields(desk.call.json).needs("name")
    return v1(_folder(desk.asking.draw.hex_id("folder"), name))


def rename_folder(desk: Desk, folder_id: str) -> Answer:
    """POST /v1/folders/{id}."""
    return v1(_folder(folder_id, Fields(desk.call.json).needs("name")))


def move_folder(_desk: Desk, folder_id: str) -> Answer:
    """POST /v1/folders/{id}/trash and /restore."""
    return v1({"id": folder_id})


def _folder(folder_id: str, name: str) -> dict[str, Any]:
    return {
        "id": folder_id,
        "name": name,
        "parent_id": None,
        "project_type": "video_translate",
        "is_trash": False,
        "created_ts": catalogue.CREATED_AT,
    }
