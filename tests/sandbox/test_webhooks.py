"""What the sandbox tells by itself: to endpoints that answered, signed as each generation signs."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from batchgen.sandbox import Journal, Options, serve

HOOK = "http://127.0.0.1:9/hook"


def registered(home, api="v3", url=HOOK, **body):
    path = "/v3/webhooks/endpoints" if api == "v3" else "/v1/webhook/endpoint.add"
    return home.post(path, {"url": url, **body})["data"]


def told(home, seconds=20.0):
    home.clock.time += seconds
    return home.world.studio.hooks.due()


def events(posts):
    return [json.loads(post.body) for post in posts]


def test_an_end_is_told_once_and_when_it_comes(house, avatar):
    home = house()
    registered(home)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    early, now, later = told(home, 9.0), told(home, 2.0), told(home, 100.0)

    assert (early, later) == ([], [])
    [event] = events(now)
    assert event["event_type"] == "avatar_video.success"
    assert event["event_data"]["video_id"] == video
    link = event["event_data"]["url"].removeprefix("http://127.0.0.1:1")
    assert home.call("GET", link).status == 200


def test_each_generation_signs_in_its_own_way(house, avatar):
    home = house()
    old, new = registered(home, "v2"), registered(home)
    home.post("/v3/videos", avatar)

    posts = {post.endpoint: post for post in told(home)}

    for endpoint, name in ((old, "signature"), (new, "heygen-signature")):
        post = posts[endpoint["endpoint_id"]]
        right = hmac.new(endpoint["secret"].encode(), post.body, hashlib.sha256).hexdigest()
        assert post.headers[name] == right
    assert "heygen-timestamp" not in posts[old["endpoint_id"]].headers
    assert float(posts[new["endpoint_id"]].headers["heygen-timestamp"]) == pytest.approx(home.clock.time, abs=1)
    assert posts[new["endpoint_id"]].headers["heygen-event-id"]


def test_failures_are_told_in_the_two_words_of_the_documents(house, avatar, translation):
    home = house(failed=1.0)
    registered(home)
    home.post("/v3/videos", avatar)
    home.post("/v3/video-translations", translation)

    said = {event["event_type"]: event["event_data"] for event in events(told(home))}

    assert said["avatar_video.fail"]["msg"]
    assert said["video_translate.fail"]["message"]
    assert said["video_translate.fail"]["callback_id"] == "row-1"


def test_an_endpoint_hears_of_what_it_asked_for_and_since_it_stood(house, avatar, translation):
    home = house()
    home.post("/v3/videos", avatar)
    home.clock.time += 20.0
    registered(home, events=["avatar_video.success"])
    home.post("/v3/video-translations", translation)
    home.post("/v3/videos", avatar)

    assert [event["event_type"] for event in events(told(home))] == ["avatar_video.success"]


@pytest.mark.parametrize(
    ("fault", "count"), [("never", 0), ("late", 1), ("shuffled", 1), ("twice", 2), ("replayed", 2), ("forged", 2)]
)
def test_each_trouble_has_its_name(house, avatar, fault, count):
    home = house(**{f"webhook_{fault}": 1.0})
    endpoint = registered(home)
    home.post("/v3/videos", avatar)

    posts = told(home)

    right = [
        hmac.new(endpoint["secret"].encode(), one.body, hashlib.sha256).hexdigest() == one.headers["heygen-signature"]
        for one in posts
    ]
    stale = [home.clock.time - float(one.headers["heygen-timestamp"]) > 300 for one in posts]
    assert len(posts) == count
    assert right.count(False) == (fault == "forged")
    assert stale.count(True) == (fault == "replayed")
    if fault == "twice":
        assert (posts[0].body, posts[0].headers) == (posts[1].body, posts[1].headers)


def test_a_removed_endpoint_hears_nothing_more(house, avatar):
    home = house()
    endpoint = registered(home)["endpoint_id"]
    home.post("/v3/videos", avatar)

    home.call("DELETE", f"/v3/webhooks/endpoints/{endpoint}")

    assert told(home) == []
    assert home.get("/v3/webhooks/endpoints")["data"] == []
    assert home.call("DELETE", f"/v3/webhooks/endpoints/{endpoint}").status == 404


def test_endpoints_outlive_the_sandbox_and_what_happened_meanwhile_is_told_to_nobody(house, avatar, tmp_path):
    with Journal(tmp_path / "journal") as journal:
        first = house(journal=journal)
        registered(first)
        first.post("/v3/videos", avatar)
    with Journal(tmp_path / "journal") as journal:
        clock = first.clock
        clock.time += 60.0
        second = type(first)(first.options, journal, clock)
        second.post("/v3/videos", avatar)

        assert len(second.get("/v3/webhooks/endpoints")["data"]) == 1
        assert len(told(second)) == 1


@pytest.mark.parametrize("url", ["http://example.com/hook", "ftp://127.0.0.1/x", "hook", "", "http://[", 7])
def test_an_address_that_is_none_is_refused(house, url):
    home = house()

    assert home.call("POST", "/v3/webhooks/endpoints", {"url": url}).status == 400
    assert home.call("POST", "/v1/webhook/endpoint.add", {"url": url}).status == 400


def test_events_can_be_looked_up(house, avatar):
    home = house()
    registered(home)
    home.post("/v3/videos", avatar)
    told(home)

    assert [one["event_type"] for one in home.get("/v3/webhooks/events")["data"]] == ["avatar_video.success"]
    assert home.get("/v3/webhooks/events?event_type=avatar_video.fail")["data"] == []
    assert "avatar_video.success" in {one["event_type"] for one in home.get("/v3/webhooks/event-types")["data"]}


def test_a_new_secret_makes_the_old_one_worthless(house, avatar):
    home = house()
    endpoint = registered(home)
    home.post("/v3/videos", avatar)

    new = home.post(f"/v3/webhooks/endpoints/{endpoint['endpoint_id']}/rotate-secret", {})["data"]["secret"]

    [post] = told(home)
    assert new != endpoint["secret"]
    assert hmac.new(new.encode(), post.body, hashlib.sha256).hexdigest() == post.headers["heygen-signature"]


class Ear(BaseHTTPRequestHandler):
    """Hears whatever is posted; answers OPTIONS after a while."""

    slow = 0.0

    def do_OPTIONS(self):
        time.sleep(self.slow)
        self.send_response(204)
        self.end_headers()

    def do_POST(self):
        self.heard.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def ear():
    made = []

    def make(slow=0.0):
        kind = type("OneEar", (Ear,), {"slow": slow, "heard": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.append(server)
        return f"http://127.0.0.1:{server.server_port}/hook", kind.heard

    yield make
    for server in made:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("path", ["/v3/webhooks/endpoints", "/v1/webhook/endpoint.add"])
def test_an_address_that_answers_is_taken_and_told_over_http(ear, avatar, path):
    url, heard = ear()
    with serve(options=Options(render=(0.1, 0.1))) as sandbox, httpx.Client(headers={"x-api-key": "k"}) as client:
        assert client.post(sandbox.url + path, json={"url": url}).status_code == 200
        video = client.post(sandbox.url + "/v3/videos", json=avatar).json()["data"]["video_id"]
        for _ in range(200):
            if heard:
                break
            time.sleep(0.02)

        assert json.loads(heard[0])["event_data"]["video_id"] == video


def test_an_address_that_does_not_answer_or_takes_its_time_is_refused(ear):
    url, _ = ear(slow=1.3)
    with serve() as sandbox, httpx.Client(headers={"x-api-key": "k"}) as client:
        for address in (url, "http://127.0.0.1:1/hook"):
            refused = client.post(sandbox.url + "/v3/webhooks/endpoints", json={"url": address})

            assert refused.status_code == 400
            assert "OPTIONS" in refused.json()["error"]["message"]
