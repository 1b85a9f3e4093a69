"""The v3 routes that tell what there is to use: the account, templates, avatars, voices and languages."""

from collections.abc import Sequence
from typing import Any

from batchgen.sandbox import catalogue, templates
from batchgen.sandbox.desk import Desk
from batchgen.sandbox.fields import bad
from batchgen.sandbox.languages import LANGUAGES
from batchgen.sandbox.orders_v3 import known
from batchgen.sandbox.wire import Answer, v3, v3_page


def account(desk: Desk) -> Answer:
    """GET /v3/users/me."""
    return v3(who(desk))


def who(desk: Desk) -> dict[str, Any]:
    """Tell the account; which of the three purses is there follows from the plan."""
    plan, left = desk.studio.account.plan, desk.studio.account.balance(desk.now)
    spent = desk.studio.account.spent(desk.now)
    told: dict[str, Any] = {
        "username": "sandbox",
        "email": "sandbox@example.com",
        "first_name": "Sandy",
        "last_name": "Box",
        "billing_type": plan.billing,
        "wallet": None,
        "subscription": None,
        "usage_based": None,
    }
    if plan.billing == "wallet":
        told["wallet"] = {"currency": "credits", "remaining_balance": left, "auto_reload": {"enabled": False}}
    elif plan.billing == "subscription":
        purse = {"premium_credits": {"remaining": int(left), "resets_at": None}, "add_on_credits": None}
        told["subscription"] = {"plan": plan.subscription, "credits": purse}
    else:
        cap = {"spending_cap_usd": None, "spending_current_usd": spent}
        told["usage_based"] = {
            **cap,
            "included_credits": desk.studio.account.start_credits,
            "remaining_credits": left,
        }
    return told


def list_templates(desk: Desk) -> Answer:
    """GET /v3/templates."""
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "aspect_ratio": one.aspect_ratio,
            "thumbnail_url": f"https://example.com/preview/{one.id}.webp",
            "created_at": templates.CREATED_AT,
            "updated_at": templates.CREATED_AT,
        }
        for one in templates.TEMPLATES
    ]
    return _cut(desk, rows, default=10)


def get_template(_desk: Desk, template_id: str) -> Answer:
    """GET /v3/templates/{id}: the variables in the shape that generating takes."""
    template, _ = templates.find(template_id)
    scenes = [
        {
            "scene_id": scene,
            "script": script,
            "variables": [
                {"name": name, "variable_type": kind}
                for name, kind in template.variables.items()
                if kind != "text" or "{{" + name + "}}" in script
            ],
        }
        for scene, script in template.scenes
    ]
    return v3(
        {
            "id": template_id,
            "name": template.name,
            "aspect_ratio": template.aspect_ratio,
            "thumbnail_url": f"https://example.com/preview/{template.id}.webp",
            "created_at": templates.CREATED_AT,
            "updated_at": templates.CREATED_AT,
            "variables": templates.variables(template),
            "scene_ids": [scene for scene, _ in template.scenes],
            "scenes": scenes,
        }
    )


def list_avatars(desk: Desk) -> Answer:
    """GET /v3/avatars."""
    return _cut(desk, catalogue.v3_avatars(), default=20, highest=50)


def list_looks(desk: Desk) -> Answer:
    """GET /v3/avatars/looks."""
    query = desk.call.query
    rows = [
        look
        for look in catalogue.v3_looks(query.get("ownership"))
        if query.get("avatar_type") in {None, look["avatar_type"]} and query.get("group_id") in {None, look["group_id"]}
    ]
    return _cut(desk, rows, default=20, highest=50)


def get_look(_desk: Desk, look_id: str) -> Answer:
    """GET /v3/avatars/looks/{look_id}: one that is not in the catalogue belongs to the user, and is told as a twin."""
    known("avatar", look_id, 400144)
    return v3(catalogue.v3_look(look_id))


def get_voice(_desk: Desk, voice_id: str) -> Answer:
    """GET /v3/voices/{voice_id}: one that is not in the catalogue belongs to the user."""
    known("voice", voice_id, 400116)
    return v3(catalogue.v3_voice(voice_id))


def list_voices(desk: Desk) -> Answer:
    """GET /v3/voices."""
    query = desk.call.query
    private = query.get("type", "public") == "private"
    return _cut(desk, catalogue.v3_voices(query.get("language"), query.get("gender"), private=private), default=20)


def list_languages(_desk: Desk) -> Answer:
    """GET /v3/video-translations/languages."""
    return v3({"languages": LANGUAGES})


def _cut(desk: Desk, rows: Sequence[Any], *, default: int, highest: int = 100) -> Answer:
    token = desk.call.query.get("token") or "0"
    if not token.isdigit():
        raise bad("token", "is not a valid page token.")
    start, limit = int(token), desk.limit(default=default, highest=highest)
    return v3_page(rows[start : start + limit], str(start + limit) if start + limit < len(rows) else None)
