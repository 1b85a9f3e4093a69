"""Runs in virtual time: how near they come to the best schedule that an account's limits allow, and with how little."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchgen.pipeline.options import Options
from benchmarks.figures import Figure
from benchmarks.lab import live
from benchmarks.setting import Library, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.account import Told


def measure(*, small: bool, seed: int) -> Iterator[Figure]:
    """Live through accounts of several sorts. ``seed`` draws how long each render takes."""
    jobs = 60 if small else 2000
    hour = 480.0 * jobs / 10  # of ten places that are always full
    single = Setting(jobs=jobs, options=Options(download=False), seed=seed)
    roomy = replace(single, slots=((0.0, 1000),), posts_a_second=1.0)
    for name, setting in {
        "10 slots": single,
        "10, then 6, then 16 slots": replace(single, slots=((0.0, 10), (hour / 3, 6), (2 * hour / 3, 16))),
        "1,000 slots, 1 POST a second": roomy,
        "1,000 slots, 60 POSTs a minute, 5 at once": replace(roomy, saved=5),
    }.items():
        told = live(setting)
        yield from _makespan(name, setting, told)
    unbounded = replace(single, slots=((0.0, 100_000),))
    yield from _overload(unbounded)
    yield from _requests(unbounded)


def _makespan(name: str, setting: Setting, told: Told) -> Iterator[Figure]:
    yield Figure(
        row="makespan", measure=name, ours=told.makespan, peer=told.ideal, against="ideal schedule", unit="virtual s",
        reach=1.02,
    )  # fmt: skip
    refused = sum(told.refused.values())
    news = told.refused["concurrency"] - told.avoidable
    for measure, count, reach in ("429s", refused, None), ("avoidable 429s", refused - news, 1.0):
        yield Figure(
            row="makespan", measure=f"{name}: {measure} a hundred jobs", ours=100 * count / setting.jobs, peer=None,
            against="", unit="", reach=reach,
        )  # fmt: skip


def _overload(setting: Setting) -> Iterator[Figure]:
    rate = 5.0
    told = live(replace(setting, requests_a_second=rate, retry_after=8.0))
    busy = told.created_at[-1]
    served = sum(at <= busy for at in told.served_at)
    yield Figure(
        row="overload", measure="requests served while there is work", ours=served / busy, peer=rate,
        against="the server's rate", unit="/s", reach=0.95, at_least=True,
    )  # fmt: skip
    late = [at for at in told.refused_at if at > 60.0]
    storm = max((sum(start <= at < start + 8.0 for at in late) for start in late), default=0)
    yield Figure(
        row="overload", measure="most refusals in one wait, once it is known", ours=storm, peer=None, against="",
        unit="", reach=3.0,
    )  # fmt: skip


def _requests(setting: Setting) -> Iterator[Figure]:
    told = live(replace(setting, kind="translation", options=Options(download=False, batch="always")))
    yield Figure(
        row="requests a job", measure="v3 batches, renders of 8 min, all at once", ours=_asked(told) / setting.jobs,
        peer=None, against="", unit="", reach=0.05,
    )  # fmt: skip
    alone = replace(setting, options=Options(download=False, api="v2"))
    for name, setting in {
        "v2": alone,
        "v2, by the list of v1 alone": replace(alone, lists=("/v1/video.list",)),
        "v2 translations that no list shows": replace(alone, kind="translation", lists=()),
    }.items():
        told = live(setting)
        yield Figure(
            row="requests a job", measure=f"{name}, renders of 8 min, all at once", ours=_asked(told) / setting.jobs,
            peer=None, against="", unit="", reach=6.0,
        )  # fmt: skip
        yield _lateness(name, told)
    yield from _of_all_lengths(replace(alone, kind="translation", lists=(), library=Library()))


def _of_all_lengths(setting: Setting) -> Iterator[Figure]:
    """Look at a library of films of one minute to an hour, whose lengths the sheet tells, or does not."""
    name = "v2 translations of 1 to 60 min that no list shows"
    told, untold = live(setting), live(replace(setting, library=Library(told=False)))
    yield Figure(
        row="requests a job", measure=f"{name}, all at once", ours=_asked(told) / setting.jobs,
        peer=_asked(untold) / setting.jobs, against="lengths unknown", unit="", reach=None,
    )  # fmt: skip
    yield _lateness(name, told)


def _lateness(name: str, told: Told) -> Figure:
    return Figure(
        row="requests a job", measure=f"{name}: how late an end is seen, on the average",
        ours=sum(late for late, _ in told.lateness), peer=sum(took for _, took in told.lateness),
        against="the renders' time", unit="s", reach=0.05,
    )  # fmt: skip


def _asked(told: Told) -> int:
    return sum(told.requests.values())
