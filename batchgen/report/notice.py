"""The note at the end of a run: as JSON for programs, and in the words of Slack for people. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchgen.report.summary import sentence
from batchgen.report.table import REASONS, clean, reasons

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchgen.report.summary import Summary
    from batchgen.report.table import Failure

#: Letters of an error that a note carries: a manifest with a thousand faults has a thousand lines.
_LONGEST = 500


def notice(summary: Summary, failures: Iterable[Failure], *, exit_code: int) -> dict[str, Any]:
    """Give the summary of a run, how it ended, and the most frequent reasons for failures."""
    told = [
        {"error": clean(one.error), "code": one.code, "count": one.count, "rows": list(one.rows)}
        for one in reasons(failures)[:REASONS]
    ]
    return summary.to_dict() | {"exit_code": exit_code, "sentence": sentence(summary), "failures": told}


def mishap(error: str, *, exit_code: int) -> dict[str, Any]:
    """Give the note of a run that could not go on to its end."""
    first = error[:_LONGEST] + (" …" if len(error) > _LONGEST else "")
    return {"error": first, "exit_code": exit_code, "sentence": first}


def slack(told: dict[str, Any]) -> dict[str, str]:
    """Put a note into the text that Slack's incoming webhooks take."""
    mark = ":white_check_mark:" if told["exit_code"] == 0 else ":warning:"
    lines = [f"{mark} *batchgen*: {_escaped(told['sentence'])}"]
    if told.get("stopped"):
        lines.append(_escaped(told["stopped"]))
    for one in told.get("failures", ()):
        rows = ", ".join(map(str, one["rows"])) + (" …" if one["count"] > len(one["rows"]) else "")
        lines.append(f"• {one['count']:,}: {_escaped(one['error'])} (row {rows})")
    if told.get("stalled"):
        lines.append(f"• {len(told['stalled']):,} took far longer than is usual")
    if told.get("results"):
        lines.append(f"Results: `{_escaped(told['results'])}`")
    return {"text": "\n".join(lines)}


def _escaped(text: str) -> str:
    """Keep Slack from reading a text as markup. These three are all that its reference asks for."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
