"""Over real HTTP: replies really are lost, hang and break off, and films come whole or by range."""

import asyncio
import io

import av
import httpx
import pytest

from batchgen.sandbox import Faults, Options, Serving, serve
from batchgen.sandbox.server import run_server

KEY = {"x-api-key": "k"}


@pytest.fixture
def sandbox():
    """Serve: `sandbox(lost=1.0)` sets faults, `sandbox(options={…})` the rest."""
    running: list[Serving] = []

    def start(*, options=None, **faults):
        given = {"render": (0.0, 0.0), "concurrency": 1000, "credits": 1e6, **(options or {})}
        running.append(serve(options=Options(faults=Faults(**faults), **given)).__enter__())
        return running[-1]

    yield start
    for one in running:
        one.__exit__(None, None, None)


def film_of(client, body):
    video = client.post("/v3/videos", json=body).json()["data"]["video_id"]
    return client.get(f"/v3/videos/{video}").json()["data"]["video_url"]


@pytest.mark.parametrize(("fault", "jobs"), [("lost", 1), ("lost_before", 0)])
def test_a_lost_reply_cuts_the_connection(sandbox, avatar, fault, jobs):
    one = sandbox(**{fault: 1.0})

    with httpx.Client(base_url=one.url, headers=KEY) as client, pytest.raises(httpx.TransportError) as caught:
        client.post("/v3/videos", json=avatar)

    assert isinstance(caught.value, httpx.RemoteProtocolError | httpx.ReadError)
    assert len(one.world.ledger()["jobs"]) == jobs


def test_a_request_that_hangs_runs_into_the_timeout_of_its_client(sandbox, avatar):
    one = sandbox(hang=1.0)

    with httpx.Client(base_url=one.url, headers=KEY, timeout=0.3) as client, pytest.raises(httpx.ReadTimeout):
        client.post("/v3/videos", json=avatar)

    assert len(one.world.ledger()["jobs"]) == 1


def test_a_hanging_request_holds_up_nobody_else(sandbox, avatar):
    one = sandbox(hang=1.0)

    async def both():
        async with httpx.AsyncClient(base_url=one.url, headers=KEY, timeout=1.0) as client:
            slow = asyncio.ensure_future(client.post("/v3/videos", json=avatar))
            listed = await client.get("/v3/users/me")
            with pytest.raises(httpx.ReadTimeout):
                await slow
            return listed

    assert asyncio.run(both()).status_code == 200


def test_a_cut_download_can_be_taken_up_by_range(sandbox, avatar):
    one = sandbox(cut=0.9)
    film, breaks = b"", 0

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        link = film_of(client, avatar)
        etag = ""
        for _ in range(60):
            ask = {"range": f"bytes={len(film)}-", "if-range": etag} if film else {}
            try:
                with client.stream("GET", link, headers=ask) as reply:
                    assert reply.status_code == (206 if film else 200)
                    etag = reply.headers["etag"]
                    for part in reply.iter_raw():
                        film += part
                break
            except httpx.TransportError:
                breaks += 1

    assert breaks > 0
    with av.open(io.BytesIO(film)) as content:
        assert content.streams.video[0].codec_context.name == "h264"


def test_ranges_are_answered_as_http_says(sandbox, avatar):
    one = sandbox()

    with httpx.Client(base_url=one.url) as client:
        link = film_of_with_key(client, avatar)
        whole = client.get(link)
        size = len(whole.content)

        def ask(span, **more):
            return client.get(link, headers={"range": span, **more})

        assert int(whole.headers["content-length"]) == size
        assert client.head(link).headers["content-length"] == str(size)
        assert ask("bytes=0-9").content == whole.content[:10]
        assert ask("bytes=-10").content == whole.content[-10:]
        assert ask(f"bytes={size - 5}-{size + 100}").headers["content-range"] == f"bytes {size - 5}-{size - 1}/{size}"
        assert ask(f"bytes={size}-").status_code == 416
        assert ask("bytes=5-", **{"if-range": '"other"'}).status_code == 200


def film_of_with_key(client, body):
    client.headers.update(KEY)
    link = film_of(client, body)
    del client.headers["x-api-key"]
    return link


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ({}, (1280, 720)),
        ({"aspect_ratio": "9:16"}, (720, 1280)),
        ({"aspect_ratio": "4:5", "background": {"type": "color", "value": "#204060"}}, (720, 900)),
    ],
)
def test_a_film_plays_and_has_the_size_that_was_asked_for(sandbox, avatar, body, size):
    one = sandbox()

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        film = client.get(film_of(client, {**avatar, **body})).content

    with av.open(io.BytesIO(film)) as content:
        picture, tone = content.streams.video[0], content.streams.audio[0]
        frames = sum(1 for _ in content.decode(picture))
        assert (picture.width, picture.height, picture.pix_fmt) == (*size, "yuv420p")
        assert tone.codec_context.name == "aac"
        assert frames >= 24
        assert 2 <= content.duration / 1e6 <= 3.2


def test_the_index_of_a_film_stands_ahead_of_its_frames(sandbox, avatar):
    one = sandbox()

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        film = client.get(film_of(client, avatar)).content

    assert 0 < film.find(b"moov") < film.find(b"mdat")


def test_tiny_films_can_be_padded_to_a_size(sandbox, avatar):
    one = sandbox(options={"films": "tiny", "film_bytes": 3_000_000})

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        film = client.get(film_of(client, avatar)).content

    assert len(film) == 3_000_000
    with av.open(io.BytesIO(film)) as content:
        assert next(content.decode(video=0)).width == 128


def test_an_upload_is_taken_raw_and_as_a_form(sandbox):
    one = sandbox()
    picture = b"\x89PNG\r\n\x1a\n" + bytes(20)

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        raw = client.post("/v1/asset", content=picture, headers={"content-type": "image/png"}).json()
        wrong = client.post("/v1/asset", content=picture, headers={"content-type": "image/jpeg"})
        form = client.post("/v3/assets", files={"file": ("a.png", picture, "image/png")}).json()

    assert raw["code"] == 100
    assert raw["data"]["file_type"] == "image"
    assert wrong.status_code == 400
    assert wrong.json()["code"] == 400543
    assert form["data"]["size_bytes"] == len(picture)


def test_the_sandbox_tells_its_health_and_its_ledger_and_forgets(sandbox, avatar):
    one = sandbox()

    with httpx.Client(base_url=one.url, headers=KEY) as client:
        client.post("/v3/videos", json=avatar)
        assert client.get("/_sandbox/health").json()["ok"] is True
        told = client.get("/_sandbox/ledger").json()
        client.post("/_sandbox/reset")
        after = client.get("/_sandbox/ledger").json()

    assert told["requests"] == {"create": 1, "status": 0, "list": 0, "download": 0, "upload": 0, "other": 0}
    assert told["jobs"][0]["billed"] == told["billed"] == 0.5
    assert after["jobs"] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com"])
def test_only_loopback_is_served(host):
    with pytest.raises(ValueError, match="loopback"):
        run_server(host=host)
