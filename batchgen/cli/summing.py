"""The end of a command: its summary in words or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from batchgen.model.status import Status
from batchgen.report.amounts import amount, between
from batchgen.report.counts import by_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchgen.assembly.ending import Ending
    from batchgen.report.summary import Summary
    from batchgen.report.table import Failure
    from batchgen.store.interface import Lines, Store

#: What is to be done about what failed.
_FAILED = "What failed is not sent again by itself: `batchgen retry` does, and costs again."


def close(store: Store, ending: Ending, summary: Summary, *, as_json: bool) -> None:
    """Tell how a run ended."""
    if as_json:
        click.echo(summary.to_json())
    else:
        _show(store, ending, summary)


def _bill(summary: Summary, *, rehearsed: bool) -> list[str]:
    """Say what the videos cost, beside what was expected of them.

    A list's price is the higher where pages differ, and no page of v3 tells how seconds are rounded: so it is the most.
    """
    lines = []
    for one in summary.more.get("estimate", ()):
        unit = one["unit"]
        costs = [amount for amount in (one["charged"], one["unknown_charged"]) if amount is not None]
        most = amount(sum(costs), unit)
        parts = [f"cost: at the most {most}, by their lengths and the price list"] if costs else []
        if one["unpriced"]:
            parts.append(f"{'cost: ' * (not costs)}unknown of {one['unpriced']:,}: no page tells their price")
        if one["jobs"]:
            known = f"{between(one['low'], one['high'], unit)} expected"
            parts.append(known if not one["unknown"] else f"{known} of {one['jobs']:,}, nothing known of the others")
        elif costs:
            parts.append("nothing was known before")
        balance = summary.more.get("balance")
        if balance and balance["spent"] is not None and balance["unit"] == unit:
            spent = amount(balance["spent"], unit)
            own = f"the sandbox took {spent}, at prices of its own"
            parts.append(own if rehearsed else f"the account has {spent} less")
        lines.append("; ".join(parts) + ".")
    return lines


def _show(store: Store, ending: Ending, summary: Summary) -> None:
    from batchgen.report.left import left_sentence  # noqa: PLC0415 - for those who look
    from batchgen.report.table import show  # noqa: PLC0415 - rich is for those who look

    troubled = summary.failed or summary.unsure or summary.rendering
    notes = (
        _after_a_stop(ending.reason, summary)
        if ending.reason
        else _advice(summary, by_word(store.tally(ending.number)))
    )
    if ending.heard.uncaptioned:
        notes.append(
            f"{ending.heard.uncaptioned:,} without captions: HeyGen gave none. `batchgen refresh` asks for them again."
        )
    if left := summary.more.get("left_behind"):
        notes.append(left_sentence(left))
    failed = failures(store, ending) if troubled else ()
    bill = _bill(summary, rehearsed=any(sheet.realm == "sandbox" for sheet in ending.sheets))
    show(summary, to=sys.stdout, failures=failed, notes=[*bill, *notes])


def _after_a_stop(reason: str, summary: Summary) -> list[str]:
    """Say why it stopped; the same command goes on with all but what failed."""
    return [reason, _FAILED] if summary.failed and "batchgen retry" not in reason else [reason]


def _advice(summary: Summary, own: Mapping[str, int]) -> list[str]:
    """Say what can be done next, where something is left. ``own`` counts the jobs that the run took up itself."""
    advice = []
    if summary.failed:
        advice.append(_FAILED)
    elsewhere = summary.more.get("elsewhere", 0)
    if own["rendering"] > elsewhere:
        made = "the videos that are made and not saved, at no cost"
        what = "what is still rendering" if summary.rendering > summary.unsaved else made
        advice.append(f"The same command goes on with {what}.")
    if others := summary.rendering - own["rendering"]:
        are, them = ("is", "it") if others == 1 else ("are", "them")
        advice.append(
            f"{others:,} of what is rendering {are} none of this command's: `batchgen run` goes on with {them}."
        )
    if own["planned"]:
        advice.append(
            f"{own['planned']:,} could not be sent yet, for as many render as HeyGen allows: the same command sends "
            "them once others have ended, and without --no-wait it waits for that."
        )
    if elsewhere:
        advice.append(
            f"{elsewhere:,} of what is rendering was sent with another key, and the account of today's does not know "
            "it. It is paid for: the same command with that key fetches it. If that key is gone for good, `batchgen "
            "resolve ROW --absent` has the next run make it anew, which costs again."
        )
    return advice


def failures(store: Lines, ending: Ending) -> Iterator[Failure]:
    """Give what failed, line by line."""
    from batchgen.report.table import Failure  # noqa: PLC0415 - see above

    for sheet in ending.sheets:
        for line in store.lines(sheet.pk):
            if line.job.status is Status.FAILED or (line.job.error and line.job.status is Status.RENDERED):
                yield Failure(row=line.row, error=line.job.error or "", code=line.job.error_code or "")
