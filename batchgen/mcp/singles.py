"""The tools that look at the account, and make one video."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from batchgen.mcp.words import (
    READS,
    SPENDS,
    WAIT_S,
    Budget,
    Call,
    Gender,
    Page,
    Search,
    Seconds,
    Size,
    aside,
    caller_of,
)
from batchgen.model.catalogue import Topic
from batchgen.pipeline.browse import Wanted

if TYPE_CHECKING:
    from batchgen.mcp.office import Office
    from batchgen.mcp.server import Server
    from batchgen.mcp.studio import Studio


def add_lists(server: Server, studio: Studio) -> None:
    """Tell the tools that look at the account."""

    def found(topic: Topic, page: int, size: int, *, refresh: bool, **given: Any) -> dict[str, Any]:
        return studio.listed(topic, Wanted(**given), page=page, size=size, refresh=refresh)

    @server.tool(annotations=READS)
    async def list_avatars(
        *,
        search: Search = None,
        gender: Gender = None,
        mine: Annotated[bool, Field(description="Only the account's own.")] = False,
        photos: Annotated[bool, Field(description="Only talking photos.")] = False,
        page: Page = 1,
        page_size: Size = 50,
        refresh: bool = False,
    ) -> dict[str, Any]:
        """List the avatars that the account can use. Lists are kept for a day; refresh asks HeyGen anew."""
        given = {"search": search, "gender": gender, "mine": mine, "photos": photos}
        return await aside(partial(found, Topic.AVATAR, page, page_size, refresh=refresh, **given))

    @server.tool(annotations=READS)
    async def list_voices(
        *,
        language: Annotated[str | None, Field(description="Such as Spanish, which finds every Spanish.")] = None,
        gender: Gender = None,
        search: Search = None,
        mine: Annotated[bool, Field(description="Only the account's own.")] = False,
        page: Page = 1,
        page_size: Size = 50,
        refresh: bool = False,
    ) -> dict[str, Any]:
        """List the voices that the account can use. Lists are kept for a day; refresh asks HeyGen anew."""
        given = {"search": search, "gender": gender, "mine": mine, "language": language}
        return await aside(partial(found, Topic.VOICE, page, page_size, refresh=refresh, **given))

    @server.tool(annotations=READS)
    async def list_templates(
        search: Search = None, page: Page = 1, page_size: Size = 50, refresh: bool = False
    ) -> dict[str, Any]:
        """List the account's templates; show_template tells what one wants."""
        return await aside(partial(found, Topic.TEMPLATE, page, page_size, refresh=refresh, search=search))

    @server.tool(annotations=READS)
    async def list_languages(
        search: Search = None, page: Page = 1, page_size: Size = 200, refresh: bool = False
    ) -> dict[str, Any]:
        """List the languages that videos can be translated into."""
        return await aside(partial(found, Topic.LANGUAGE, page, page_size, refresh=refresh, search=search))

    @server.tool(annotations=READS)
    async def show_template(template_id: str) -> dict[str, Any]:
        """Show a template's variables, with what they hold now, and its scenes."""
        return await aside(studio.template, template_id)

    @server.tool(annotations=READS)
    async def get_credits() -> dict[str, Any]:
        """Tell what the account has left, in credits or dollars."""
        return await aside(studio.credits)


def add_videos(server: Server, studio: Studio, office: Office) -> None:
    """Tell the tools that make one video."""

    @server.tool(annotations=SPENDS)
    async def make_video(
        call: Call,
        *,
        script: Annotated[str, Field(description="What is said.")],
        voice_id: Annotated[str, Field(description="From list_voices.")],
        max_credits: Budget,
        avatar_id: Annotated[str | None, Field(description="From list_avatars; or give a talking_photo_id.")] = None,
        talking_photo_id: Annotated[str | None, Field(description="From list_avatars, with photos.")] = None,
        title: str | None = None,
        background_color: Annotated[str | None, Field(description="Such as #f6f6fc.")] = None,
        dimension: Annotated[str | None, Field(description="Such as 1280x720.")] = None,
        caption: bool = False,
        again: Annotated[bool, Field(description="Make it once more, though done. Each call costs.")] = False,
        wait_seconds: Seconds = WAIT_S,
    ) -> dict[str, Any]:
        """Make one video of an avatar that speaks, within a budget. Spends credits; the same video is paid for once.

        Comes back when it is done, or after wait_seconds while it renders: then video_status tells more.
        """
        ordered = {
            "title": title,
            "avatar_id": avatar_id,
            "talking_photo_id": talking_photo_id,
            "voice_id": voice_id,
            "script": script,
            "background_color": background_color,
            "dimension": dimension,
            "caption": "yes" if caption else None,
        }
        office.place.checked(max_credits)
        manifest = await aside(studio.order, {"kind": "video", **ordered})
        errand = office.errand([manifest], budget=max_credits, api=None, again=again)
        run = await office.run(errand, wait_seconds, caller_of(call))
        return {"video": await aside(studio.ordered, manifest), "manifest": manifest, "run": run}

    @server.tool(annotations=READS)
    async def video_status(
        video: Annotated[str, Field(description="HeyGen's id of the video, or its job_id.")],
    ) -> dict[str, Any]:
        """Tell what has become of a video: its status, its link, its file, or why it failed."""
        return await aside(studio.video, video)
