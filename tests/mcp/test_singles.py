"""One video at a time, as an assistant orders it and asks about it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from batchgen.mcp.place import Place
from batchgen.mcp.studio import Studio
from batchgen.sandbox import Call
from tests.mcp.conftest import KEY, connected


async def test_one_video_is_made_and_paid_for_once(heygen, tmp_path):
    world = heygen()
    order = {"script": "Hello.", "voice_id": "v1", "avatar_id": "Daisy", "max_credits": 9}
    async with connected() as assistant:
        made = await assistant.call("make_video", **order, title="First")
        same = await assistant.call("make_video", **order, title="Second")
        by_id = await assistant.call("video_status", video=made["video"]["video_id"])
        by_job = await assistant.call("video_status", video=made["video"]["job_id"])
        unknown = await assistant.wrong("video_status", video="f" * 32)

    assert made["video"]["status"] == "done"
    assert (tmp_path / made["video"]["file"]).is_file()
    assert same["video"]["video_id"] == made["video"]["video_id"]
    assert by_id == by_job == made["video"]
    assert "neither this state nor the account" in unknown
    assert len(world.ledger()["jobs"]) == 1


def test_a_video_that_many_order_at_one_moment_has_a_whole_manifest_at_any_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    studio, video = Studio(Place(state="state/batchgen.db")), {"kind": "video", "script": "Hello. " * 200}
    manifest = Path(studio.order(video))
    whole = manifest.read_text()

    with ThreadPoolExecutor() as pool:
        ordering = [pool.submit(studio.order, video) for _ in range(400)]
        read = set()
        while not all(one.done() for one in ordering):
            read.add(manifest.read_text())

    assert read <= {whole}
    assert [path.name for path in manifest.parent.iterdir()] == [manifest.name]


async def test_a_video_that_still_renders_is_asked_about_at_heygen(heygen):
    heygen(render=(30.0, 30.0))
    async with connected() as assistant:
        order = {"script": "Hello.", "voice_id": "v1", "avatar_id": "Daisy", "max_credits": 9}
        await assistant.call("make_video", **order, wait_seconds=0)
        while (run := await assistant.call("follow_run", wait_seconds=0.1))["counts"].get("rendering") != 1:
            pass
        made = await assistant.call("read_results")
        told = await assistant.call("video_status", video=made["lines"][0]["video_id"])
        await assistant.call("stop_run")

    assert run["running"]
    assert told["status"] == "rendering"
    assert told["heygen"]["stage"] in {"queued", "working"}


async def test_any_kind_of_video_is_found_by_heygens_id(heygen):
    world = heygen(render=(0.0, 0.01))
    files = {name: {"type": "url", "url": f"https://x.example/a.{name}"} for name in ("video", "audio")}
    body = json.dumps({**files, "title": "Elsewhere"}).encode()
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    world.handle(Call(method="POST", path="/v3/lipsyncs", headers=headers, body=body))
    [made] = world.ledger()["jobs"]

    async with connected() as assistant:
        told = await assistant.call("video_status", video=made["id"])

    assert told["heygen"]["stage"] in {"working", "ready"}
