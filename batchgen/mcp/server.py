"""The server as the protocol sees it: whatever goes wrong is told as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from pydantic import ValidationError

from batchgen.model.errors import BatchgenError, ManifestError
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mcp.types import ContentBlock

INSTRUCTIONS = """\
batchgen makes HeyGen videos from a spreadsheet or a YAML manifest: translations, personal videos from a template, and
videos of an avatar that speaks. No row is ever paid for twice: the same call goes on where an earlier one stopped. Only
with again=true is each call that comes after a finished one a new purchase: before such a call is repeated, ask
batch_status what became of the last one.

Work in this order: check_manifest, then plan_batch, which says what would be made and what it would cost; show that to
the person; then run_batch with max_credits, the most that the person has agreed to spend. Nothing is spent without it.
A run may take hours: run_batch comes back while it goes on, and follow_run tells how far it is. read_results and
explain_row say what became of each row, retry_failed tries what failed once more, as a new purchase.
"""


class Server(FastMCP[Any]):
    """See ``FastMCP``."""

    async def call_tool(self, name: str, arguments: dict[str, Any]) -> Sequence[ContentBlock] | dict[str, Any]:
        """Call a tool. Raises ``ToolError`` with what a person would be told."""
        self._check_names(name, arguments)
        try:
            return await super().call_tool(name, arguments)
        except ToolError as error:
            raise ToolError(_sentence(error)) from None

    def _check_names(self, name: str, arguments: dict[str, Any]) -> None:
        """Refuse an argument that means nothing: left out, it could make a run of more than was meant."""
        tool = self._tool_manager.get_tool(name)
        known = tool.parameters.get("properties", {}) if tool else arguments
        for one in arguments:
            if one not in known:
                meant = nearest(one, known, likeness=0.6)
                hint = f"Did you mean {meant}?" if meant else f"It takes: {', '.join(known) or 'nothing'}."
                raise ToolError(f"{one} is no argument of {name}. {hint} Nothing was done.")


def _sentence(error: ToolError) -> str:
    match error.__cause__:
        case ManifestError() as cause:
            more = f"\nand {cause.more:,} more." if cause.more else ""
            return f"{cause}{more}\nNothing was sent."
        case BatchgenError() as cause:
            return str(cause)
        case ValidationError() as cause:
            return " ".join(_wrong(cause))
        case None:
            return str(error)
        case cause:
            return (
                f"A fault of batchgen's own stopped it: {type(cause).__name__}: {cause}. "
                "Nothing is lost: the same call goes on."
            )


def _wrong(error: ValidationError) -> Iterator[str]:
    """Say what is wrong with the arguments of a call."""
    for one in error.errors(include_url=False):
        name = ".".join(map(str, one["loc"][:1])) or "The call"
        if one["type"] != "missing":
            yield f"{name}: {one['msg']}."
        elif name == "max_credits":
            yield "max_credits is missing: nothing is spent without a budget. Name the most that this may cost."
        else:
            yield f"{name} is missing."
