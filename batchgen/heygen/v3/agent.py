"""What the video agent is asked, and what it answers: ``POST /v3/video-agents``.

An agent works in a session. HeyGen's v3 reference gives the id of its video with the session's at once, and allows for
its coming later; so a session is told in the words of a batch of one, whose item's id may come later. From then on
it is a video like all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from batchgen.heygen.fields import first, number, tables
from batchgen.heygen.gaps import unlabelled
from batchgen.heygen.interface import Unsayable
from batchgen.heygen.v3.subject import asset
from batchgen.heygen.words import stage
from batchgen.model.exchange import Accepted, Page, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchgen.model.content import AgentContent
    from batchgen.model.job import Draft, Parcel

#: Labels that a session takes. It names itself, so there is no title, and with that no place for a token.
_LABELS = ("callback_id", "callback_url")


def agent(parcel: Parcel) -> dict[str, Any]:
    """Write what the agent is asked: one video, and no conversation."""
    content = cast("AgentContent", parcel.content)
    body = {"mode": "generate", **parcel.content}
    if "files" in content:
        body["files"] = [asset(one) for one in content["files"]]
    return body | {name: parcel.delivery[name] for name in _LABELS if name in parcel.delivery}


def gaps(draft: Draft) -> Iterator[Unsayable]:
    """Name what cannot be said. HeyGen's own tools found out that it takes no callback id without an address."""
    yield from unlabelled(draft, "folder_id", api="v3", of="What the agent makes")
    if "callback_id" in draft.delivery and "callback_url" not in draft.delivery:
        problem = "The agent takes it only beside an address to call back."
        yield Unsayable(field="callback_id", problem=problem, remedy='Write a "callback_url" as well, or leave it out.')


def session_created(data: Mapping[str, Any]) -> Accepted | None:
    """Find the ids of a session and of its video."""
    session, video = first(data, "session_id"), first(data, "video_id")
    if session is None and video is None:
        return None
    return Accepted(remote_ids=(video,) if video else (), batch_id=session)


def listed(row: Mapping[str, Any]) -> Progress:
    """Read a session as the list of sessions shows it: its title is the agent's own."""
    return Progress(stage=Stage.WORKING, batch_id=first(row, "session_id"), created_at=number(row.get("created_at")))


def session(data: Mapping[str, Any], *, session_id: str) -> Page:
    """Read a session as a batch of one. It is at its end by its word only once there is a video, or none will be."""
    video, reached = first(data, "video_id"), stage(data.get("status"))
    if reached is Stage.READY and video is None:
        reached = Stage.WORKING
    broken, messages = reached is Stage.BROKEN, tables(data.get("messages"))
    said = next((first(one, "content") for one in messages if one.get("type") == "error"), None)
    return Page(
        rows=(
            Progress(
                stage=reached,
                remote_id=video,
                batch_id=session_id,
                item=0,
                error_code="agent_failed" if broken else None,
                error=(said or "The agent came to no video.") if broken else None,
                created_at=number(data.get("created_at")),
                # HeyGen's v3 reference: the newest stand first. What a person said first is the prompt.
                prompt=next((first(one, "content") for one in reversed(messages) if one.get("role") == "user"), None),
            ),
        )
    )
