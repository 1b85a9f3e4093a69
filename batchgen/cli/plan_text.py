"""A plan in words, for those who look before they spend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from batchgen.cli.forecast import duration
from batchgen.cli.foreseen import counted
from batchgen.report.amounts import between
from batchgen.report.left import left_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchgen.cli.foreseen import Few

#: What a run does, in words.
_DOES = {
    "send": "to send",
    "look_for": "to look for: they may have been accepted already",
    "watch": "to go on watching",
    "download": "to download",
}

#: Why it leaves the others alone.
_LEAVES = {
    "done": "done already",
    "failed": "failed before; `batchgen retry` tries them again",
    "cancelled": "cancelled; `batchgen retry` takes them up again",
    "left_out": "left out by --limit or --select",
}

#: Lines that are named one by one, of each sort that is worth a look.
_NAMED = 5
#: Languages that are named one by one.
_LANGUAGES = 12

_AT_ONCE = {
    "given": "as --concurrency says",
    "learned": "as the account was found to let",
    "plan": "as HeyGen's documents have it for this plan",
}


def lines(told: Mapping[str, Any], sent: Mapping[str, int], few: Callable[[str, int], Few]) -> Iterator[str]:
    """Say what a run would do; ``sent`` counts why, and ``few`` gives the first lines that mean one thing."""
    for one in told["manifests"]:
        yield f"{one['manifest']}: {_many(one['rows'], 'row')}, {_many(one['jobs'], 'video')}"
        for text in (counted(one["kinds"], _LANGUAGES), counted(one["languages"], _LANGUAGES)):
            if text:
                yield f"  {text}"
    yield ""
    for word, count in told["would"].items():
        if count:
            yield f"{count:>9,}  {_DOES[word]}" + (f": {_reasons(sent)}" if word == "send" else "")
    for word, count in told["skip"].items():
        if count:
            yield f"{count:>9,}  {_LEAVES[word]}"
    yield from _worth_a_look(few)
    if told["left_behind"]:
        yield ""
        yield f"  {left_sentence(told['left_behind'])}"
    yield from _end(told)
    for request in told.get("requests", ()):
        yield from _request(request)


def _reasons(sent: Mapping[str, int]) -> str:
    """Say why there is something to send."""
    words = {"new": "new", "changed": "changed since", "waiting": "planned before and not sent"}
    return ", ".join(f"{sent[word]:,} {text}" for word, text in words.items() if sent[word])


def _worth_a_look(few: Callable[[str, int], Few]) -> Iterator[str]:
    """Name lines that somebody may not expect: changed, failed, doubled."""
    for word in ("changed", "failed", "duplicate"):
        found = few(word, _NAMED)
        if found.count:
            yield ""
        for line in found.lines:
            language = f", {line['language']}" if line["language"] else ""
            why = line["why"].removesuffix(".")  # It may end in the server's own sentence.
            yield f"  row {line['row']}{language}: {word}. {why[:1].upper()}{why[1:]}."
        if found.count > _NAMED:
            yield f"  … and {found.count - _NAMED:,} more that are {word}; --json names all."


def _end(told: Mapping[str, Any]) -> Iterator[str]:
    send = told["would"]["send"]
    yield ""
    if send:
        yield f"A run would send {_many(send, 'video')} to {told['realm']}, in the words of {told['api']}."
        yield from _cost(told)
        yield from _time(told["time"], told["realm"])
    else:
        yield "A run would send nothing."
    if "saved" in told:
        yield f"The plan is in {told['saved']}: `batchgen apply {told['saved']}` sends exactly this."
    yield "Nothing was sent now."


def _cost(told: Mapping[str, Any]) -> Iterator[str]:
    known = [one for one in told["cost"] if one["known"]]
    for one in known:
        cost = between(one["low"], one["high"], one["unit"])
        part = f" for {one['known']:,} of them" if one["unknown"] else ""
        yield f"Expected cost: {cost}{part}, by the price list {one['list']} of {told['prices']['date']}."
    if len(known) > 1:
        yield "Which of them holds depends on the account: --online asks it, and `plan` under [prices] settles it."
    first: Mapping[str, Any] = told["cost"][0] if told["cost"] else {"unknown": 0}
    unpriced = first.get("unpriced_jobs", 0)
    # What was asked has told what it could.
    no_length = _NO_LENGTH_READ if "sources" in told else _NO_LENGTH
    for count, why in ((unpriced, _NO_PRICE), (first["unknown"] - unpriced, no_length)):
        if count:
            of_them = "of them " if known or count < first["unknown"] else ""
            reason = why.format(kinds=", ".join(first.get("unpriced", ())), list=first.get("list"))
            yield f"The cost of {count:,} {of_them}is unknown, {reason}"


_NO_PRICE = "for no page tells what HeyGen takes for {kinds}: write it under [prices.{list}]."
_NO_LENGTH = (
    "for nobody told how long they are in a way that can be read: a column `duration` (95, 1:35 or 1 min 35 s) does, "
    "and --online reads what it can."
)
_NO_LENGTH_READ = "for neither the sheet nor what could be read tells their length: a column `duration` (1:35) does."


def _time(time: Mapping[str, Any] | None, realm: str) -> Iterator[str]:
    if time is None:
        if realm == "sandbox":
            yield "Expected time: unknown, for too few videos were made here before."
        return
    renders = [
        f"a {kind} takes {_between(one['low'], one['high'])} "
        + ("as seen in earlier runs" if one["from"] == "observed" else "by HeyGen's documents")
        for kind, one in time["render_s"].items()
    ]
    at_once = f"{time['at_once']:,} at once {_AT_ONCE[time['at_once_from']]}"
    yield f"Expected time: {_between(time['low_s'], time['high_s'])}; {at_once}; {', '.join(renders)}."


def _between(low: float, high: float) -> str:
    first, second = duration(low), duration(high)
    return second if first == second else f"{first} to {second}"


def _request(request: Mapping[str, Any]) -> Iterator[str]:
    rows = ", ".join(str(row) for row in request["rows"][:_NAMED]) + (" …" if len(request["rows"]) > _NAMED else "")
    yield ""
    yield f"{'row' if len(request['rows']) == 1 else 'rows'} {rows}:"
    yield f"{request['method']} {request['path']}"
    if request["key"]:
        yield f"Idempotency-Key: {request['key']}"
    yield json.dumps(request["body"], ensure_ascii=False, indent=2)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
