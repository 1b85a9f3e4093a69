"""Stories of a lost reply, told one by one: each with the one fault that it is about."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from batchgen.model.status import Status
from batchgen.pipeline.options import Options
from batchgen.rehearsal.machine import VirtualClock
from batchgen.sandbox import Call, Faults
from batchgen.sandbox.wire import Answer
from tests.simulation.check import check
from tests.simulation.disk import empty_disk
from tests.simulation.life import Lived, born, one_life, states
from tests.simulation.machine import Fuse
from tests.simulation.scenario import one_row

if TYPE_CHECKING:
    from collections.abc import Callable

DAY_AND_A_NIGHT = 30 * 3600.0


@dataclass
class PowerCut(Fuse):
    """The power goes at a moment with this name."""

    at: str = ""

    def point(self, name: str) -> None:
        if name.startswith(self.at):
            self.blows_at = self.passed + 1
        super().point(name)


@dataclass
class Story:
    lived: Lived
    clear: bool = True  #: Whether all that was bought can be found, and nobody else buys.

    def run(self, **faults: object) -> None:
        """Run the command to its own end, in a world with these faults and no others."""
        self._world(**faults)
        assert one_life(self.lived, Fuse(), random.Random(1))

    def run_until(self, moment: str, **faults: object) -> None:
        """Run the command until the power goes at this moment."""
        self._world(**faults)
        assert not one_life(self.lived, PowerCut(at=moment), random.Random(1))

    def sleep(self, seconds: float) -> None:
        self.lived.time.passed += seconds

    def ask_the_agent(self, prompt: str) -> None:
        """Have somebody else ask the account's agent for something."""
        self.clear = False
        body = json.dumps({"prompt": prompt}).encode()
        headers = {"x-api-key": "k", "content-type": "application/json"}
        self.lived.world.handle(Call(method="POST", path="/v3/video-agents", headers=headers, body=body))

    def refuse(self, path: str, status: int) -> None:
        """Have the server refuse to show a list."""
        self.clear = False
        world, handle = self.lived.world, self.lived.world.handle

        def refusing(call: Call) -> Answer:
            if (call.method, call.path) != ("GET", path):
                return handle(call)
            return Answer(status=status, body=b'{"error": {"code": "no_list", "message": "There is no such list."}}')

        world.handle = refusing

    def answer(self, path: str, said: Callable[[int], object]) -> list[Call]:
        """Have the server answer a list with something else, by how often it was asked; give what is asked."""
        self.clear = False
        asked, handle = list[Call](), self.lived.world.handle

        def answering(call: Call) -> Answer:
            if (call.method, call.path) != ("GET", path):
                return handle(call)
            asked.append(call)
            return Answer(status=200, body=json.dumps(said(len(asked))).encode())

        self.lived.world.handle = answering
        return asked

    @property
    def bought(self) -> int:
        return len(self.lived.world.ledger()["jobs"])

    @property
    def asked(self) -> int:
        return self.lived.world.counts["create"]

    @property
    def status(self) -> Status:
        [status] = states(self.lived)
        return status

    def _world(self, **faults: object) -> None:
        world = self.lived.world
        world.options = world.studio.options = replace(world.options, faults=Faults(**faults))


@contextmanager
def telling(api: str, kind: str, **options: object):
    with empty_disk() as disk:
        story = Story(born(one_row(kind, Options(api=api, **options)), disk))
        yield story
        if story.clear:  # What others bought is in no results, and what cannot be found is not in the store.
            check(story.lived)


KEYED = ("translation", "video", "template", "lipsync", "image", "cinematic")
GENERATIONS = [*(("v3", kind) for kind in (*KEYED, "agent")), ("v2", "video"), ("v2", "template")]


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_what_was_accepted_before_a_long_night_is_found_and_not_sent_again(api, kind):
    with telling(api, kind) as story:
        story.run_until("handled POST")
        story.sleep(DAY_AND_A_NIGHT)
        story.run()

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_what_never_arrived_before_a_long_night_is_looked_for_and_then_sent_once(api, kind):
    with telling(api, kind) as story:
        story.run_until("leaving POST")
        story.sleep(DAY_AND_A_NIGHT)
        woke = story.lived.time.now()
        story.run()

        assert (story.bought, story.status) == (1, Status.DONE)
        # No key is known for so long: the looks alone have to prove it, so they take minutes.
        assert story.lived.world.ledger()["jobs"][0]["created_at"] - woke >= 120


@pytest.mark.parametrize("kind", KEYED)
def test_a_list_that_lags_longer_than_the_looks_is_harmless_under_a_key(kind):
    with telling("v3", kind) as story:
        story.run_until("handled POST", list_lag=3600.0)
        story.run(list_lag=3600.0)

        # Asked again, and answered with what the first request bought.
        assert (story.bought, story.asked, story.status) == (1, 2, Status.DONE)


@pytest.mark.parametrize(("api", "kind"), GENERATIONS)
def test_where_keys_are_ignored_the_looks_find_what_was_accepted(api, kind):
    with telling(api, kind) as story:
        story.run(lost=1.0, keys="ignored", list_lag=4.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


@pytest.mark.parametrize("kind", KEYED)
def test_a_failure_that_is_replayed_for_its_key_for_ever_waits_for_a_person(kind):
    with telling("v3", kind) as story:
        story.run(error_before=1.0, replay_5xx=1.0)
        story.run()

        assert (story.bought, story.status) == (0, Status.UNSURE)
        # What it was told again and again was not asked for without end.
        assert story.asked < 30


def test_what_a_list_cannot_show_and_no_key_protects_waits_for_a_person():
    with telling("v2", "translation") as story:
        story.run(lost_before=1.0)

        # No document says that v2 lists translations, so an empty list proves nothing.
        assert (story.bought, story.asked, story.status) == (0, 1, Status.UNSURE)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_list_that_cannot_be_read_leaves_it_to_a_person_and_the_run_ends(status):
    with telling("v2", "video") as story:
        story.refuse("/v1/video.list", status)
        story.run(lost=1.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.UNSURE)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_list_that_cannot_be_read_is_not_needed_under_a_key(status):
    with telling("v3", "translation") as story:
        story.refuse("/v3/video-translations", status)
        story.run_until("handled POST")
        story.run()

        assert (story.bought, story.asked, story.status) == (1, 2, Status.DONE)


def test_a_list_that_is_forbidden_is_not_told_as_a_key_that_is_refused():
    with telling("v2", "video") as story:
        story.refuse("/v1/video.list", 403)
        story.run(lost=1.0)

        assert story.lived.stopped is None
        assert "this key may not list the account's videos, HTTP 403: There is no such list." in "\n".join(
            story.lived.trace
        )


def test_a_list_that_goes_on_in_empty_pages_for_ever_costs_a_few_hundred_requests():
    with telling("v2", "video") as story:
        asked = story.answer("/v1/video.list", lambda n: {"code": 100, "data": {"videos": [], "token": f"page {n}"}})
        began = story.lived.time.now()
        story.run(lost=1.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.UNSURE)
        assert len(asked) < 400
        assert story.lived.time.now() - began < 300.0


@pytest.mark.parametrize(
    ("kind", "spoilt"),
    [("video", {"avatar_id": "missing"}), ("translation", {"url": "https://example.com/unreachable"})],
)
def test_a_lost_batch_of_which_a_row_was_refused_is_known_by_its_others_and_never_sent_again(kind, spoilt):
    alone = one_row(kind, Options(api="v3", batch="always"))
    row = alone.rows[0]
    good = [
        row._replace(number=n, fields=row.fields | {"title": f"Row {n}", "id": str(n), "duration": "5"})
        for n in (2, 3, 4)
    ]
    rows = (good[0], good[1]._replace(fields=good[1].fields | spoilt), good[2])
    with empty_disk() as disk:
        story = Story(born(replace(alone, rows=rows), disk))
        story.run(lost=1.0, keys="ignored", statuses_lag=3.0)

        # A list shows what was made of a batch, and not what was refused of it; and no key makes a repeat harmless.
        assert (story.bought, story.asked) == (2, 1)
        assert states(story.lived) == [Status.DONE, Status.FAILED, Status.DONE]
        check(story.lived)


def test_an_agents_session_is_found_by_its_prompt_though_its_video_has_no_id_yet():
    with telling("v3", "agent") as story:
        story.run(lost=1.0, item_lag=3600.0, list_lag=4.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


def test_a_prompt_that_may_be_anothers_at_the_same_time_waits_for_a_person():
    with telling("v3", "agent") as story:
        story.run_until("leaving POST")
        story.ask_the_agent("Something else.")
        story.run()

        # What the other session was asked in these words nobody can tell for sure, so nothing proves ours absent.
        assert (story.asked, story.status) == (1, Status.UNSURE)


def test_an_agents_video_whose_id_comes_late_is_waited_for_through_a_crash():
    with telling("v3", "agent") as story:
        story.run_until("before a commit", item_lag=3600.0)
        story.run(item_lag=600.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


def test_an_agent_that_came_to_no_video_is_a_failure_with_its_own_words():
    with telling("v3", "agent") as story:
        story.run(failed=1.0, item_lag=3600.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.FAILED)


@pytest.mark.parametrize(("api", "kind"), [("v2", "video"), ("v2", "template"), ("v2", "translation")])
def test_a_look_that_began_too_early_proves_nothing_however_late_it_ends(api, kind):
    with telling(api, kind, settle=10.0) as story:
        story.run_until("handled POST", list_lag=8.0)
        # The list as it was before the job was in it, told after the time that a job needs to be there.
        story.run(list_lag=8.0, slow=1.0, slow_s=15.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


def test_one_pass_over_the_list_of_videos_looks_for_all_kinds_that_are_videos():
    kinds = ("video", "template", "image", "cinematic")
    alone = [one_row(kind, Options(api="v3", batch="never", concurrency=4)) for kind in kinds]
    rows = tuple(
        one.rows[0]._replace(number=number, fields=one.rows[0].fields | {"title": f"Row {number}"})
        for number, one in enumerate(alone, 2)
    )
    with empty_disk() as disk:
        story = Story(born(replace(alone[0], rows=rows), disk))
        story.run_until("handled GET", lost=1.0)
        story.sleep(60.0)
        story.lived.trace.clear()
        story.run()

        asked = [line for line in story.lived.trace if "Purpose.LIST" in line or "Looked(" in line]
        assert ["LIST" in line for line in asked[:5]] == [True, False, False, False, False]
        assert (story.bought, states(story.lived)) == (4, [Status.DONE] * 4)


@pytest.mark.parametrize("kind", ["video", "template"])
def test_a_clock_that_is_set_ahead_makes_no_look_long_enough(kind, monkeypatch):
    with telling("v2", kind) as story:
        story.run_until("handled POST", list_lag=60.0)
        told, soon = VirtualClock.now, story.lived.time.passed + 10.0
        ahead = 3600.0
        monkeypatch.setattr(
            VirtualClock, "now", lambda clock: told(clock) + (ahead if story.lived.time.passed > soon else 0.0)
        )
        story.run(list_lag=60.0)

        assert "Woke(" in "\n".join(story.lived.trace)
        # An hour later by the clock, and not a minute after it was accepted: the list does not show it yet.
        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)


@pytest.mark.parametrize("kind", ["video", "template"])
def test_a_clock_that_goes_ahead_step_by_step_makes_no_look_long_enough(kind, monkeypatch):
    with telling("v2", kind) as story:
        story.run_until("handled POST", list_lag=60.0)
        told, soon = VirtualClock.now, story.lived.time.passed + 5.0

        def stepping(clock):
            # Between two looks by less than a minute, and by two while the list does not show it yet.
            steps = min(6, max(0, int((story.lived.time.passed - soon) // 10.0)))
            return told(clock) + 19.0 * steps

        monkeypatch.setattr(VirtualClock, "now", stepping)
        story.run(list_lag=60.0)

        assert (story.bought, story.asked, story.status) == (1, 1, Status.DONE)
