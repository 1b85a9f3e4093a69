"""Files of this machine, what the account keeps of them, and jobs that wait for them."""

from __future__ import annotations

from batchgen.model.media import Asset, AssetState, LocalFile
from batchgen.model.status import Status
from batchgen.store.interface import KeepAsset, Learn
from tests.store.conftest import entry


def asset(sha256: str = "a", state: AssetState = AssetState.OPENING, **facts) -> Asset:
    return Asset(sha256=sha256, state=state, **facts)


def kept(one: Asset, realm: str = "sandbox", api: str = "v3") -> KeepAsset:
    return KeepAsset(realm=realm, api=api, asset=one)


async def test_an_asset_is_known_by_realm_generation_and_content(desk):
    first = asset(at=1.0)
    await desk.store.apply([kept(first)], durable=True)
    later = asset(state=AssetState.READY, round=1, asset_id="x", url="https://x", at=2.0)

    await desk.store.apply([kept(later), kept(asset("b"), api="v2"), kept(asset("c", asset_id="y"), realm="other")])

    assert desk.store.asset("sandbox", "v3", "a") == later
    assert desk.store.asset("sandbox", "v2", "a") is None
    assert desk.store.asset("other", "v3", "a") is None
    assert desk.store.asset_ids("sandbox") == {"x"}


async def test_the_steps_of_one_upload_keep_their_order_in_one_write(desk):
    steps = [asset(state=state, at=float(n)) for n, state in enumerate(AssetState)]

    await desk.store.apply([kept(one) for one in steps])

    assert desk.store.asset("sandbox", "v3", "a") == steps[-1]


def test_what_a_file_holds_is_known_by_its_path_and_by_its_content(desk):
    one = LocalFile(path="/a.mp4", size=2**40, mtime_ns=2**61, media_type="video/mp4", sha256="a")
    copy = LocalFile(path="/b.mp4", size=1, mtime_ns=2, media_type="video/mp4", sha256="a")
    desk.store.keep_local_files([one, copy])
    changed = LocalFile(path="/b.mp4", size=3, mtime_ns=4, media_type="video/webm", sha256="b")

    desk.store.keep_local_files([changed])
    desk.store.keep_local_files([])

    assert desk.store.local_file("/a.mp4") == one
    assert desk.store.local_file("/b.mp4") == changed
    assert desk.store.local_file("/c.mp4") is None
    assert desk.store.local_files("a") == [one]


async def test_jobs_that_name_files_wait_and_the_others_do_not(desk):
    planned = desk.plan([entry(n, local=n in {1, 3}) for n in range(5)])
    run = desk.run(planned)

    waiting = desk.store.waiting(run, 10)
    assert [job.seq for job in waiting] == [2, 4]
    assert [job.assets for job in waiting] == [{}, {}]
    assert [job.seq for job in desk.store.fresh(run, 10)] == [1, 3, 5]

    await desk.store.apply([Learn(job=waiting[0].pk, facts={"assets": '{"a":{"asset_id":"x"}}', "waits": 0})])

    assert [job.seq for job in desk.store.waiting(run, 10, after=2)] == [4]
    (_, ready, *_) = desk.store.fresh(run, 10)
    assert (ready.seq, ready.assets) == (2, {"a": {"asset_id": "x"}})


async def test_what_was_never_sent_looks_for_its_uploads_anew_in_the_next_run_and_what_was_sent_does_not(desk):
    planned = desk.plan([entry(n, local=True) for n in range(2)])
    run = desk.run(planned)
    first, second = desk.store.waiting(run, 10)
    ready = {"assets": '{"a":{"asset_id":"x"}}', "waits": 0}
    await desk.store.apply([Learn(job=job.pk, facts=ready) for job in (first, second)])
    await desk.send(second)

    run = desk.run(planned)

    assert [job.pk for job in desk.store.waiting(run, 10)] == [first.pk]
    (sent,) = desk.store.in_state(run, Status.SENDING, 10)
    assert sent.assets == {"a": {"asset_id": "x"}}


async def test_a_retry_waits_for_its_uploads_and_a_copy_does_too(desk):
    planned = desk.plan([entry(0, local=True), entry(1)])
    job, other = desk.jobs(planned)
    await desk.take_to(Status.FAILED, job, other)

    desk.store.revive(planned.sheet.pk, None, 3.0)
    run = desk.run(planned)
    copies = desk.plan([entry(7, local=True), entry(7, local=True)], name="b.csv", keep=True)
    other_run = desk.run(copies)

    assert [one.pk for one in desk.store.waiting(run, 10)] == [job.pk]
    assert [one.pk for one in desk.store.fresh(run, 10)] == [other.pk]
    assert len(desk.store.waiting(other_run, 10)) == 2
