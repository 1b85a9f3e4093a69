"""Stories of files that go to the account before their jobs: each with the one trouble that it is about."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from batchgen.model.status import Status
from batchgen.pipeline.options import Options
from batchgen.sandbox import Faults
from batchgen.store.sqlite import SqliteStore
from tests.simulation.check import check
from tests.simulation.disk import empty_disk
from tests.simulation.life import born, one_life, states
from tests.simulation.machine import Fuse
from tests.simulation.scenario import film, one_row
from tests.simulation.test_lost_replies import Story

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "a.mp4"


class Uploads(Story):
    """A story with one file in it."""

    @property
    def places(self) -> int:
        """How many assets the account has, or was about to have."""
        return len(self.lived.world.studio.assets)

    @property
    def sent(self) -> int:
        """How often bytes were taken."""
        return sum(asset.puts for asset in self.lived.world.studio.assets.values())

    @property
    def errors(self) -> list[str]:
        return [job.error_code for job in self.lived.disk.jobs]

    @property
    def states(self) -> list[Status]:
        return states(self.lived)

    def run_with(self, interlude: Interlude, **faults: object) -> None:
        """Run the command to its own end, with something that happens on the way."""
        self._world(**faults)
        self.lived.trace = []
        assert one_life(self.lived, interlude, random.Random(1))

    def calm(self) -> None:
        """Let no more go wrong."""
        self._world()

    def rewrite(self, content: bytes) -> None:
        (self.lived.folder / NAME).write_bytes(content)


@contextmanager
def telling(api: str, *, rows: int = 1, **world: object):
    scenario = one_row("translation", Options(api=api))
    (row,) = scenario.rows
    fields = {key: value for key, value in row.fields.items() if key != "url"} | {"file": NAME}
    many = tuple(
        row._replace(number=n, cells=(f"Row {n}", "n"), fields=fields | {"title": f"Row {n}", "id": str(n)})
        for n in range(2, 2 + rows)
    )
    scenario = replace(scenario, rows=many, api=api, files={NAME: film(NAME)}, world=replace(scenario.world, **world))
    with empty_disk() as disk:
        yield Uploads(born(scenario, disk))


BOTH = pytest.mark.parametrize("api", ["v3", "v2"])

#: Every moment of an upload at which the power may go.
MOMENTS = {
    "v3": [
        "before POST /v3/assets/direct", "leaving POST /v3/assets/direct", "handled POST /v3/assets/direct",
        "reply to POST /v3/assets/direct", "before a put", "leaving a put", "handled a put", "reply to a put",
        "before POST /v3/assets/", "handled POST /v3/assets/d", "before POST /v3/video-translations",
    ],
    "v2": [
        "before POST /v1/asset", "leaving POST /v1/asset", "handled POST /v1/asset", "reply to POST /v1/asset",
    ],
}  # fmt: skip

#: The request that makes an upload.
OPENS = {"v3": "POST /v3/assets/direct-uploads", "v2": "POST /v1/asset"}


@dataclass
class Interlude(Fuse):
    """Something happens at a moment, once, and the power stays on."""

    at: str = ""
    then: Callable[[], None] = lambda: None

    def point(self, name: str) -> None:
        if name.startswith(self.at) and not any(one.startswith("then ") for one in self.trace):
            self.trace.append(f"then {name}")
            self.then()
        super().point(name)


@pytest.mark.parametrize(("api", "moment"), [(api, moment) for api, moments in MOMENTS.items() for moment in moments])
def test_a_crash_at_any_moment_of_an_upload_leaves_one_asset_and_one_video(api, moment):
    with telling(api) as story:
        story.run_until(moment)
        story.sleep(5.0)
        story.run()

        assert (story.places, story.bought, story.states) == (1, 1, [Status.DONE])
        check(story.lived)


@BOTH
@pytest.mark.parametrize("fault", ["lost", "hang", "error_after", "html_after"])
def test_a_lost_reply_to_an_upload_makes_no_second_asset(api, fault):
    with telling(api) as story:
        story.run_with(Interlude(at=f"handled {OPENS[api]}", then=story.calm), **{fault: 1.0})

        assert (story.places, story.bought, story.states) == (1, 1, [Status.DONE])
        check(story.lived)


def test_without_keys_a_list_that_lags_is_looked_at_again():
    with telling("v2", faults=Faults(list_lag=4.0)) as story:
        story.run_until("handled POST /v1/asset", list_lag=4.0)
        story.run(list_lag=4.0)

        assert (story.places, story.states) == (1, [Status.DONE])


def test_an_upload_of_somebody_else_at_the_same_time_is_not_taken_for_ours():
    with telling("v2") as story:
        story.run_until("leaving POST /v1/asset")
        other = telling("v2")
        with other as stranger:
            stranger.rewrite(film("b.mp4"))
            stranger.run()
            foreign = next(iter(stranger.lived.world.studio.assets.values()))
        story.lived.world.studio.assets[foreign.id] = replace(foreign, created_at=story.lived.time.now())
        story.run()

        assert (story.places, story.states) == (2, [Status.DONE])
        check(story.lived)


@BOTH
def test_a_content_is_uploaded_once_however_many_rows_and_runs_name_it(api):
    with telling(api, rows=7) as story:
        story.run()
        story.run()

        assert (story.places, story.sent, story.bought) == (1, 1, 7)
        check(story.lived)


@pytest.mark.parametrize("fault", ["put_cut", "put_lost", "put_500", "put_corrupt"])
def test_bytes_that_did_not_arrive_well_are_brought_again_to_the_same_place(fault):
    with telling("v3") as story:
        story.run(**{fault: 0.6})

        assert (story.places, story.states) == (1, [Status.DONE])
        check(story.lived)


def test_a_place_that_expired_over_a_long_night_is_asked_for_anew():
    with telling("v3") as story:
        story.run_until("before a put")
        story.sleep(2 * 3600.0)
        story.run()

        assert (story.places, story.sent, story.states) == (2, 1, [Status.DONE])
        check(story.lived)


def test_a_file_is_named_only_once_it_was_looked_at():
    with telling("v3") as story:
        story.run(asset_lag=20.0)

        assert (story.bought, story.states) == (1, [Status.DONE])


@BOTH
def test_what_cannot_be_uploaded_fails_its_rows_and_buys_nothing(api):
    with telling(api, rows=2) as story:
        story.run(**({"put_cut": 1.0} if api == "v3" else {"lost_before": 1.0}))

        assert (story.bought, story.states, story.errors) == (0, [Status.FAILED] * 2, ["upload_failed"] * 2)
        assert story.lived.world.counts["upload"] < 60


@BOTH
def test_a_file_that_changed_after_it_was_planned_is_not_sent(api):
    with telling(api) as story:
        story.run_with(Interlude(at="planned", then=lambda: story.rewrite(film("c.mp4"))))
        changed = (story.sent, story.bought, story.errors)
        story.run()

        assert changed == (0, 0, ["file_changed"])
        # The next plan sees what it is now, and that is another job.
        assert (story.bought, sorted(story.states)) == (1, [Status.DONE, Status.FAILED])
        (asset,) = [one for one in story.lived.world.studio.assets.values() if one.puts]
        assert asset.sha256 == sha256(film("c.mp4")).hexdigest()


@BOTH
def test_a_file_that_went_away_after_it_was_planned_is_named_in_the_reason(api):
    with telling(api) as story:
        story.run_with(Interlude(at="planned", then=(story.lived.folder / NAME).unlink))

        (job,) = story.lived.disk.jobs
        assert (story.sent, story.errors) == (0, ["file_changed"])
        assert job.error.startswith(str(story.lived.folder / NAME))


@BOTH
def test_an_asset_that_the_account_has_lost_is_uploaded_again_by_a_retry(api):
    def lose() -> None:
        (asset,) = story.lived.world.studio.assets.values()
        asset.deleted = True

    with telling(api) as story:
        story.run_with(
            Interlude(at="before POST /v3/video-tr" if api == "v3" else "before POST /v2/video_tr", then=lose)
        )
        before = (story.states, story.errors)
        _retry(story)

        assert before == ([Status.FAILED], ["asset_not_found" if api == "v3" else None])
        assert (story.places, story.bought, story.states) == (2, 1 if api == "v3" else 2, [Status.DONE])


@BOTH
def test_an_asset_that_is_still_there_is_not_uploaded_again_by_a_retry(api):
    with telling(api) as story:
        story.run(failed=1.0)
        _retry(story)

        assert (story.places, story.sent, story.bought, story.states) == (1, 1, 2, [Status.DONE])


def _retry(story: Uploads) -> None:
    store = SqliteStore.open(str(story.lived.folder / "state.db"), threaded=False)
    store.revive(store.sheets()[0].pk, None, story.lived.time.now())
    store.close()
    story.run()
