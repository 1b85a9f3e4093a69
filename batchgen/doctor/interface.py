"""What a check finds, and how checks are made: side by side, each with its time, and none of them raises."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from batchgen.model.errors import BatchgenError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Answer = TypeVar("Answer")


class Verdict(StrEnum):
    """How a check came out."""

    PASS = "pass"  # noqa: S105 - a verdict, no secret
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of what was found."""

    group: str  #: machine, settings, state, account or network.
    name: str
    verdict: Verdict
    detail: str = ""
    remedy: str = ""  #: What a person does about it.
    ask: str = ""  #: What to ask IT for.
    needed: bool = True  #: Whether a run needs it.

    def to_dict(self) -> dict[str, Any]:
        """Give it for scripts."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something to find out; ``look`` gives findings, each named by itself."""

    group: str
    name: str
    look: Callable[[], Awaitable[Sequence[Finding]]]
    needed: bool = True
    ask: str = ""


async def examine(checks: Sequence[Check], *, patience: float) -> list[Finding]:
    """Make all checks side by side, each for so many seconds at the most. Findings come in the order of the checks."""
    found = await asyncio.gather(*(_made(check, patience) for check in checks))
    return [finding for findings in found for finding in findings]


async def _made(check: Check, patience: float) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(patience):
            return await check.look()
    except TimeoutError:
        detail = f"no answer within {patience:g} s"
    except BatchgenError as error:
        detail = str(error)
    except Exception as error:  # noqa: BLE001 - one check that breaks must not hide what the others find
        detail = f"{type(error).__name__}: {error}".rstrip(": ")
    return [
        Finding(
            group=check.group,
            name=check.name,
            verdict=Verdict.FAIL,
            detail=" ".join(detail.split()),
            ask=check.ask,
            needed=check.needed,
        )
    ]


async def aside(work: Callable[[], Answer]) -> Answer:
    """Do blocking work in a thread that nobody waits for at the end: names and disks may take minutes to fail."""
    loop, done = asyncio.get_running_loop(), asyncio.Future[Answer]()

    def settle(answer: Answer | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(answer)  # type: ignore[arg-type]  # what the work gave

    def run() -> None:
        answer, error = None, None
        try:
            answer = work()
        except BaseException as caught:  # noqa: BLE001 - it is raised again where it is waited for
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, answer, error)

    threading.Thread(target=run, daemon=True).start()
    return await done
