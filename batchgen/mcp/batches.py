"""The tools for batches: check, plan, run, follow, retry, read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from batchgen.mcp.words import (
    READS,
    SPENDS,
    STOPS,
    WAIT_S,
    Api,
    Budget,
    Call,
    Duplicates,
    Known,
    Manifests,
    Seconds,
    Select,
    aside,
    caller_of,
    many,
)

if TYPE_CHECKING:
    from batchgen.mcp.office import Office
    from batchgen.mcp.server import Server


def add_planning(server: Server, office: Office) -> None:
    """Tell the tools that read and plan."""

    @server.tool(annotations=READS)
    async def check_manifest(manifests: Manifests, api: Api = None, duplicates: Duplicates = "error") -> dict[str, Any]:
        """Say everything that is wrong with manifests, each fault with its file, row and column. Needs no key."""
        return await aside(office.check, many(manifests), api, duplicates)

    @server.tool(annotations=READS)
    async def plan_batch(
        *,
        manifests: Manifests,
        online: Annotated[
            bool, Field(description="Ask the account as well: its balance, avatars, voices, templates and links.")
        ] = False,
        api: Api = None,
        select: Select = None,
        limit: Annotated[int | None, Field(ge=1, description="Only the first so many videos.")] = None,
        duplicates: Duplicates = "error",
        again: Annotated[bool, Field(description="Make videos that are done once more.")] = False,
    ) -> dict[str, Any]:
        """Say what a run would send and skip, and what it would cost. Sends nothing and changes nothing."""
        chosen = {"select": select, "limit": limit, "duplicates": duplicates, "again": again}
        errand = office.errand(many(manifests), budget=None, api=api, **chosen)
        return await aside(partial(office.plan, errand, online=online))

    @server.tool(annotations=READS)
    async def batch_status(manifests: Known = None) -> dict[str, Any]:
        """Say where every manifest stands: how many videos are done, rendering, failed, and so on."""
        return {"manifests": await aside(office.status, many(manifests))}

    @server.tool(annotations=READS)
    async def read_results(
        manifests: Known = None,
        select: Select = None,
        limit: Annotated[int, Field(ge=1, le=1000, description="How many lines at the most.")] = 100,
        offset: Annotated[int, Field(ge=0, description="How many lines to leave out first.")] = 0,
    ) -> dict[str, Any]:
        """Read what became of each row: its own columns, then its status, video, file, credits and error."""
        return await aside(office.results, many(manifests), select, limit, offset)

    @server.tool(annotations=READS)
    async def explain_row(
        row: Annotated[
            str | int, Field(description="people.csv:17, or 17, or a job_id or its beginning, or HeyGen's id.")
        ],
    ) -> dict[str, Any]:
        """Tell the life of a row: each request, wait, id, cost and file, in order, with times."""
        return {"rows": await aside(office.explain, row)}


def add_runs(server: Server, office: Office) -> None:
    """Tell the tools that run batches."""

    @server.tool(annotations=SPENDS)
    async def run_batch(
        call: Call,
        *,
        manifests: Manifests,
        max_credits: Budget,
        wait_seconds: Seconds = WAIT_S,
        api: Api = None,
        select: Select = None,
        limit: Annotated[int | None, Field(ge=1, description="Only the first so many videos.")] = None,
        duplicates: Duplicates = "error",
        again: Annotated[bool, Field(description="Make videos that are done once more. Each call costs.")] = False,
        download: Annotated[bool, Field(description="Whether to save the videos, or only their links.")] = True,
    ) -> dict[str, Any]:
        """Make the videos that manifests ask for, within a budget, or go on where a run stopped. Spends credits.

        Comes back when the run has ended, or after wait_seconds while it goes on: then follow_run tells more.
        """
        chosen = {"select": select, "limit": limit, "duplicates": duplicates, "again": again, "download": download}
        errand = office.errand(many(manifests), budget=max_credits, api=api, **chosen)
        return await office.run(errand, wait_seconds, caller_of(call))

    @server.tool(annotations=SPENDS)
    async def retry_failed(
        call: Call,
        *,
        manifests: Manifests,
        max_credits: Budget,
        wait_seconds: Seconds = WAIT_S,
        api: Api = None,
        select: Select = None,
        download: Annotated[bool, Field(description="Whether to save the videos, or only their links.")] = True,
    ) -> dict[str, Any]:
        """Try the failed and cancelled videos of manifests again, within a budget, and nothing else. Spends credits."""
        errand = office.errand(
            many(manifests), budget=max_credits, api=api, select=select, download=download, revive=True
        )
        return await office.run(errand, wait_seconds, caller_of(call))

    @server.tool(annotations=READS)
    async def follow_run(call: Call, wait_seconds: Seconds = WAIT_S) -> dict[str, Any]:
        """Follow the run that is on until it ends, or for wait_seconds; after it has ended, tell how."""
        return await office.follow(wait_seconds, caller_of(call))

    @server.tool(annotations=STOPS)
    async def stop_run(call: Call, wait_seconds: Seconds = WAIT_S) -> dict[str, Any]:
        """End the run that is on in order: nothing more is sent. What HeyGen renders already goes on there."""
        return await office.stop(wait_seconds, caller_of(call))
