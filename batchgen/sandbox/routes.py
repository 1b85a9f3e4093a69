"""Every route of the sandbox: its method and path, who answers it, in which family, and what it counts as."""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from batchgen.sandbox import (
    assets,
    hook_routes,
    session_routes,
    v2_jobs,
    v2_lists,
    v3_agents,
    v3_jobs,
    v3_lipsyncs,
    v3_lists,
)
from batchgen.sandbox.wire import Answer, Family

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route."""

    name: str  #: Method and path, as the references write it.
    handler: Handler
    family: Family
    counts: str  #: create, status, list, download, upload or other.
    keyed: bool = False  #: Honours an Idempotency-Key.


_Rows = dict[str, tuple[Handler, str]]

_V3: _Rows = {
    "POST /v3/videos": (v3_jobs.create_video, "create keyed"),
    "GET /v3/videos": (v3_jobs.list_videos, "list"),
    "GET /v3/videos/statuses": (v3_jobs.video_statuses, "status"),
    "GET /v3/videos/{}": (v3_jobs.get_video, "status"),
    "DELETE /v3/videos/{}": (v3_jobs.delete_video, "other"),
    "POST /v3/videos/batches": (v3_jobs.create_videos, "create"),
    "GET /v3/videos/batches/{}": (v3_jobs.get_video_batch, "status"),
    "GET /v3/templates": (v3_lists.list_templates, "other"),
    "GET /v3/templates/{}": (v3_lists.get_template, "other"),
    "POST /v3/templates/{}": (v3_jobs.create_from_template, "create keyed"),
    "POST /v3/video-translations": (v3_jobs.create_translation, "create keyed"),
    "GET /v3/video-translations": (v3_jobs.list_translations, "list"),
    "GET /v3/video-translations/languages": (v3_lists.list_languages, "other"),
    "GET /v3/video-translations/statuses": (v3_jobs.translation_statuses, "status"),
    "POST /v3/video-translations/batches": (v3_jobs.create_translations, "create keyed"),
    "GET /v3/video-translations/batches/{}": (v3_jobs.get_translation_batch, "status"),
    "GET /v3/video-translations/{}": (v3_jobs.get_translation, "status"),
    "DELETE /v3/video-translations/{}": (v3_jobs.delete_translation, "other"),
    "PATCH /v3/video-translations/{}": (v3_jobs.rename_translation, "other"),
    "POST /v3/lipsyncs": (v3_lipsyncs.create, "create keyed"),
    "GET /v3/lipsyncs": (v3_lipsyncs.tell_all, "list"),
    "GET /v3/lipsyncs/statuses": (v3_lipsyncs.tell_statuses, "status"),
    "POST /v3/lipsyncs/batches": (v3_lipsyncs.create_batch, "create keyed"),
    "GET /v3/lipsyncs/batches/{}": (v3_lipsyncs.tell_one_batch, "status"),
    "GET /v3/lipsyncs/{}": (v3_lipsyncs.tell, "status"),
    "DELETE /v3/lipsyncs/{}": (v3_lipsyncs.delete, "other"),
    "PATCH /v3/lipsyncs/{}": (v3_lipsyncs.rename, "other"),
    "POST /v3/video-agents": (v3_agents.create, "create"),
    "GET /v3/video-agents": (v3_agents.tell_all, "list"),
    "GET /v3/video-agents/{}": (v3_agents.tell, "status"),
    "GET /v3/video-agents/{}/videos": (v3_agents.tell_videos, "status"),
    "GET /v3/users/me": (v3_lists.account, "other"),
    "GET /v3/avatars": (v3_lists.list_avatars, "other"),
    "GET /v3/avatars/looks": (v3_lists.list_looks, "other"),
    "GET /v3/avatars/looks/{}": (v3_lists.get_look, "other"),
    "GET /v3/voices": (v3_lists.list_voices, "other"),
    "GET /v3/voices/{}": (v3_lists.get_voice, "other"),
    "POST /v3/assets": (assets.upload_v3, "upload keyed"),
    "POST /v3/assets/direct-uploads": (assets.open_direct, "upload keyed"),
    "POST /v3/assets/{}/complete": (assets.complete_direct, "upload"),
    "GET /v3/assets/statuses": (assets.statuses, "upload"),
    "GET /v3/assets/{}": (assets.get_v3, "upload"),
    "DELETE /v3/assets/{}": (assets.delete_v3, "other"),
    "POST /v3/webhooks/endpoints": (hook_routes.add_v3, "other keyed"),
    "GET /v3/webhooks/endpoints": (hook_routes.list_v3, "other"),
    "PATCH /v3/webhooks/endpoints/{}": (hook_routes.update_v3, "other"),
    "DELETE /v3/webhooks/endpoints/{}": (hook_routes.remove_v3, "other"),
    "POST /v3/webhooks/endpoints/{}/rotate-secret": (hook_routes.rotate, "other keyed"),
    "GET /v3/webhooks/event-types": (hook_routes.event_types_v3, "other"),
    "GET /v3/webhooks/events": (hook_routes.events, "other"),
}
_V2: _Rows = {
    "POST /v2/video/generate": (v2_jobs.create_video, "create"),
    "POST /v2/video/av4/generate": (v2_jobs.create_photo_video, "create"),
    "POST /v2/template/{}/generate": (v2_jobs.create_from_template, "create"),
    "POST /v2/video_translate": (v2_jobs.create_translation, "create"),
    "GET /v2/video_translate/target_languages": (v2_lists.target_languages, "other"),
    "GET /v2/video_translate/caption": (v2_jobs.captions, "other"),
    "GET /v2/video_translate/{}": (v2_jobs.translation_status, "status"),
    "GET /v2/videos": (v2_jobs.list_videos, "list"),
    "GET /v2/avatars": (v2_lists.avatars, "other"),
    "GET /v2/avatar/{}/details": (v2_lists.avatar, "other"),
    "GET /v2/avatar_group.list": (v2_lists.avatar_groups, "other"),
    "GET /v2/avatar_group/{}/avatars": (v2_lists.avatar_group, "other"),
    "GET /v2/voices": (v2_lists.voices, "other"),
    "GET /v2/templates": (v2_lists.list_templates, "other"),
    "GET /v2/template/{}": (v2_lists.get_template, "other"),
    "GET /v3/template/{}": (v2_lists.get_template_v3, "other"),
    "GET /v2/streaming.list": (session_routes.list_v2, "list"),
    "POST /v1/streaming.create_token": (session_routes.create_token, "other"),
    "GET /v2/user/remaining_quota": (v2_lists.quota, "other"),
}
_V1: _Rows = {
    "GET /v1/video_status.get": (v2_jobs.video_status, "status"),
    "GET /v1/video.list": (v2_jobs.list_videos_v1, "list"),
    "DELETE /v1/video.delete": (v2_jobs.delete_video, "other"),
    "GET /v1/user/me": (v2_lists.account, "other"),
    "GET /v1/folders": (v2_lists.folders, "other"),
    "POST /v1/folders/create": (v2_lists.create_folder, "other"),
    "POST /v1/folders/{}": (v2_lists.rename_folder, "other"),
    "POST /v1/folders/{}/trash": (v2_lists.move_folder, "other"),
    "POST /v1/folders/{}/restore": (v2_lists.move_folder, "other"),
    "POST /v1/asset": (assets.upload_v1, "upload"),
    "GET /v1/asset/list": (assets.list_v1, "upload"),
    "POST /v1/asset/{}/delete": (assets.delete_v1, "other"),
    "POST /v1/webhook/endpoint.add": (hook_routes.add_v1, "other"),
    "GET /v1/webhook/endpoint.list": (hook_routes.list_v1, "other"),
    "PATCH /v1/webhook/endpoint.update": (hook_routes.update_v1, "other"),
    "DELETE /v1/webhook/endpoint.delete": (hook_routes.remove_v1, "other"),
    "GET /v1/webhook/webhook.list": (hook_routes.event_types_v1, "other"),
    "POST /v1/streaming.new": (session_routes.new, "create"),
    "POST /v1/streaming.start": (session_routes.start, "other"),
    "POST /v1/streaming.ice": (session_routes.ice, "other"),
    "POST /v1/streaming.task": (session_routes.task, "other"),
    "POST /v1/streaming.interrupt": (session_routes.interrupt, "other"),
    "POST /v1/streaming.stop": (session_routes.stop, "other"),
    "POST /v1/streaming.keep_alive": (session_routes.keep_alive, "other"),
    "GET /v1/streaming.list": (session_routes.list_v1, "list"),
    "GET /v1/streaming/avatar.list": (session_routes.avatars, "other"),
}


def _table() -> tuple[dict[str, Route], dict[tuple[str, int], list[tuple[list[str], Route]]]]:
    fixed: dict[str, Route] = {}
    open_: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
    for family, rows in ((Family.V3, _V3), (Family.V2, _V2), (Family.V1, _V1)):
        for name, (handler, traits) in rows.items():
            counts, *more = traits.split()
            route = Route(name=name, handler=handler, family=family, counts=counts, keyed=bool(more))
            method, path = name.split(" ")
            parts = path.split("/")
            if "{}" in parts:
                open_.setdefault((method, len(parts)), []).append((parts, route))
            else:
                fixed[name] = route
    return fixed, open_


FIXED, OPEN = _table()


def find(method: str, path: str) -> tuple[Route | None, list[str]]:
    """Find the route of a request, and the ids in its path."""
    if "/." in path or "//" in path:
        path = posixpath.normpath(path)
    route = FIXED.get(f"{method} {path}")
    if route is not None:
        return route, []
    parts = path.split("/")
    for pattern, candidate in OPEN.get((method, len(parts)), ()):
        if all(want in ("{}", got) for want, got in zip(pattern, parts, strict=True)):
            return candidate, [got for want, got in zip(pattern, parts, strict=True) if want == "{}"]
    return None, []


def family(path: str) -> Family:
    """Tell in which family an unknown path is refused."""
    return {"v1": Family.V1, "v2": Family.V2}.get(path.split("/")[1] if "/" in path else "", Family.V3)
