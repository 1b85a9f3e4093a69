"""What the arguments of tools mean, in words for an assistant, and how a tool's work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from anyio import to_thread
from mcp.server.fastmcp import Context
from mcp.types import ToolAnnotations
from pydantic import Field

from batchgen.mcp.journey import Caller

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

#: The call that a tool answers: how far it is, is told there.
Call = Context[Any, Any, Any]

Manifests = Annotated[
    list[str] | str, Field(description="Paths of manifests: sheets (CSV, TSV, XLSX, JSONL) or YAML files.")
]
Known = Annotated[
    list[str] | str | None, Field(description="Paths of manifests that were run before. Left out: all of them.")
]
Api = Annotated[
    Literal["v3", "v2"] | None, Field(description="The API's generation. Left out: what the manifest says, else v3.")
]
Budget = Annotated[
    float,
    Field(
        strict=True,
        description="The most that these manifests may cost, earlier runs included: in credits, or in dollars where "
        "the account pays in dollars. Ask the person for it. 0 spends nothing, and fetches what was made before.",
    ),
]
Select = Annotated[
    str | None, Field(description='Only the rows that match, such as status:failed, row:10-40, lang:"Spanish (Spain)".')
]
Duplicates = Annotated[
    Literal["error", "share", "keep"],
    Field(description="Rows that render the same: a fault, one video for all, or one each."),
]
Seconds = Annotated[
    float,
    Field(ge=0, le=86_400, description="How long to wait before coming back, in seconds. The run goes on by itself."),
]
Search = Annotated[str | None, Field(description="Those whose name or id has this in it.")]
Gender = Annotated[str | None, Field(description="female or male")]
Page = Annotated[int, Field(ge=1, description="Which page of what is found.")]
Size = Annotated[int, Field(ge=1, le=500, description="How many a page has.")]

#: Assistants give up on a call after a minute, unless they are set otherwise.
WAIT_S = 45.0

READS = ToolAnnotations(readOnlyHint=True, openWorldHint=True)
#: Not idempotent: what failed is tried anew with each ``retry_failed``, and what is done is bought anew by ``again``.
SPENDS = ToolAnnotations(readOnlyHint=False, destructiveHint=False, idempotentHint=False, openWorldHint=True)
STOPS = ToolAnnotations(readOnlyHint=False, destructiveHint=False, idempotentHint=True, openWorldHint=False)


def many(manifests: list[str] | str | None) -> list[str]:
    """Give manifests as a list, however they were named."""
    if manifests is None:
        return []
    return [manifests] if isinstance(manifests, str) else manifests


async def aside(work: Callable[..., T], *given: Any) -> T:
    """Do something that takes a while where it holds up no other call."""
    return await to_thread.run_sync(work, *given)


def caller_of(call: Call) -> Caller:
    """Give whoever called, to be told how far it is."""

    async def report(way: float, whole: float, words: str) -> None:
        await call.report_progress(way, whole or None, words)

    return Caller(call.session, report)
