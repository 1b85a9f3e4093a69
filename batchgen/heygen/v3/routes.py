"""Where each kind lives in v3, and what is known of the endpoints that create it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from batchgen.heygen import streaming
from batchgen.heygen.interface import Endpoint, Keys

#: HeyGen's v3 reference: a page of a list or batch holds up to 100 rows.
PAGE = ("limit", "100")

#: HeyGen's v3 reference: up to 100 payloads a batch, up to 100 ids a status request.
_MANY = 100


@dataclass(frozen=True, slots=True)
class Route:
    """The addresses of one kind."""

    home: str  #: Its list, and each job by id below it.
    items: str  #: The field of a batch's body that holds the jobs.
    ids: str  #: The parameter of a status request that holds the ids.
    posts: str = ""  #: Where one job is sent, if not to its home; may name a field of its content in braces.
    batches: str = ""  #: Where each batch is by its id, if not below its home's ``/batches``.


_VIDEOS = Route("/v3/videos", "videos", "video_ids")

#: A template, and what the agent makes, is sent to an address of its own and is a video from then on.
ROUTES: dict[str, Route] = {
    "video": _VIDEOS,
    "template": replace(_VIDEOS, posts="/v3/templates/{template_id}"),
    "translation": Route("/v3/video-translations", "video_translations", "video_translation_ids"),
    # A session of the agent is told as a batch of one.
    "agent": replace(_VIDEOS, posts="/v3/video-agents", batches="/v3/video-agents"),
    "lipsync": Route("/v3/lipsyncs", "lipsyncs", "lipsync_ids"),
    "image": _VIDEOS,
    "cinematic": _VIDEOS,
}

# The changelog of May 2026 names the endpoint as honouring keys. Of its batches the reference says nothing, while it
# does of the batches of translations.
_VIDEO = Endpoint(
    keys=Keys.KNOWN,
    batch_keys=Keys.BELIEVED,
    batch_limit=_MANY,
    title_filter=True,
    status_limit=_MANY,
    lists_links=True,
)

# Both by the reference: the same key returns the same batch. Rows of this list carry callback_id.
_ECHOING = Endpoint(
    keys=Keys.KNOWN,
    batch_keys=Keys.KNOWN,
    batch_limit=_MANY,
    echoes_callback=True,
    status_limit=_MANY,
    lists_links=True,
)

ENDPOINTS: dict[str, Endpoint] = {
    "video": _VIDEO,
    # The reference tells what an idempotent replay of this endpoint returns, so it has them.
    "template": Endpoint(keys=Keys.KNOWN, title_filter=True, status_limit=_MANY, lists_links=True),
    "translation": _ECHOING,
    # No page names it among those that honour keys, and nothing that is sent along comes back in a list: the agent
    # titles its videos by itself. But its sessions are listed, and each tells what was said in it.
    "agent": Endpoint(keys=Keys.BELIEVED, takes_token=False, tells_prompt=True, status_limit=_MANY, lists_links=True),
    "lipsync": _ECHOING,
    "image": _VIDEO,
    "cinematic": _VIDEO,
    "session": streaming.ENDPOINT,
}
