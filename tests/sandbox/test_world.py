"""The world keeps HeyGen's shapes, words and limits, on a clock that the test moves."""

import json

import pytest

from batchgen.sandbox.plans import plan

WELCOME = "3f9c1d7a52b84e06a1c4d8e7f2b60915"


def test_a_v3_video_says_waiting_once_and_then_ages_through_its_words(house, avatar):
    home = house()

    made = home.post("/v3/videos", avatar)["data"]
    words = []
    for _ in range(6):
        words.append(home.get(f"/v3/videos/{made['video_id']}")["data"]["status"])
        home.clock.time += 2

    assert made["status"] == "waiting"
    assert len(made["video_id"]) == 32
    assert words == ["pending", "processing", "processing", "processing", "processing", "completed"]


def test_a_v1_status_waits_in_the_queue_of_the_plan(house, studio_v2):
    home = house(options={"concurrency": 1})

    first, second = (home.post("/v2/video/generate", studio_v2)["data"]["video_id"] for _ in range(2))
    home.clock.time += 5

    assert home.get(f"/v1/video_status.get?video_id={first}")["data"]["status"] == "processing"
    assert home.get(f"/v1/video_status.get?video_id={second}")["data"]["status"] == "waiting"
    home.clock.time += 20
    told = home.get(f"/v1/video_status.get?video_id={second}")
    assert told["code"] == 100
    assert told["data"]["status"] == "completed"
    assert told["data"]["video_url"].startswith("http://127.0.0.1:1/files/")


def test_v3_singles_above_the_limit_are_throttled_and_batches_queue(house, avatar):
    home = house(options={"concurrency": 2})
    home.post("/v3/videos", avatar)
    home.post("/v3/videos", avatar)

    refused = home.call("POST", "/v3/videos", avatar)
    batch = home.call("POST", "/v3/videos/batches", {"videos": [avatar] * 3})

    assert refused.status == 429
    assert int(refused.headers["retry-after"]) == 10
    assert json.loads(refused.body)["error"]["code"] == "rate_limit_exceeded"
    assert batch.status == 202
    assert home.ledger()["in_flight_peak"] == 2
    assert home.ledger()["throttled"] == 1


def test_a_batch_tells_its_items_inside_the_data(house, avatar):
    home = house()

    batch = home.post("/v3/videos/batches", {"videos": [avatar, {"type": "avatar"}, avatar], "title": "B"})["data"]
    home.clock.time += 11
    told = home.get(f"/v3/videos/batches/{batch['batch_id']}?limit=2")["data"]

    assert told["status"] == "completed"
    assert told["counts_by_status"] == {"queued": 0, "processing": 0, "completed": 2, "failed": 1}
    assert [item["status"] for item in told["items"]] == ["completed", "failed"]
    assert told["items"][1]["error"]["code"] == "invalid_parameter"
    rest = home.get(f"/v3/videos/batches/{batch['batch_id']}?token={told['next_token']}")["data"]
    assert [item["item_index"] for item in rest["items"]] == [2]
    assert rest["has_more"] is False


def test_a_translation_batch_has_an_item_for_each_language(house, translation):
    home = house()
    two = {**translation, "output_languages": ["German", "French"]}

    batch = home.post("/v3/video-translations/batches", {"video_translations": [two, translation]})["data"]
    rows = home.get(f"/v3/video-translations/statuses?batch_ids={batch['batch_id']}")["data"]
    many = home.call("POST", "/v3/video-translations/batches", {"video_translations": [two] * 51})

    assert [row["item_index"] for row in rows] == [0, 1, 2]
    assert [job["language"] for job in home.ledger()["jobs"]] == ["German", "French", "German"]
    assert many.status == 400


def test_bulk_statuses_know_ids_batches_and_strangers(house, avatar):
    home = house()
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    rows = home.get(f"/v3/videos/statuses?video_ids={video},{'0' * 32}")["data"]
    too_many = home.call("GET", "/v3/videos/statuses?video_ids=" + ",".join(["a"] * 101))

    assert [row["status"] for row in rows] == ["queued", "not_found"]
    assert too_many.status == 400


def test_v2_names_one_id_or_many(house):
    home = house()
    body = {"video_url": "https://example.com/a.mp4", "title": "T", "enable_dynamic_duration": "true"}

    one = home.post("/v2/video_translate", {**body, "output_language": "Spanish"})
    many = home.post("/v2/video_translate", {**body, "output_languages": ["Spanish (Spain)"]})

    assert one["error"] is None
    assert one["data"]["video_translate_ids"] is None
    assert many["data"]["video_translate_id"] is None
    home.clock.time += 11
    told = home.get(f"/v2/video_translate/{one['data']['video_translate_id']}")["data"]
    assert (told["status"], told["output_language"]) == ("success", "Spanish")
    assert told["url"]


def test_lists_page_by_cursor_while_jobs_are_added(house, avatar):
    home = house()
    for number in range(25):
        home.post("/v3/videos", {**avatar, "title": f"Film {number}"})

    seen, token = [], ""
    while True:
        told = home.get(f"/v3/videos?limit=10{token}")
        seen += [row["title"] for row in told["data"]]
        home.post("/v3/videos", {**avatar, "title": "late"})
        if not told["has_more"]:
            break
        token = f"&token={told['next_token']}"

    assert seen == [f"Film {number}" for number in reversed(range(25))]


def test_videos_of_v2_are_found_by_title_in_v3_and_have_no_callback_id(house, studio_v2):
    home = house()
    made = home.post("/v2/video/generate", {**studio_v2, "title": "Anna [b7]", "callback_id": "c"})["data"]

    rows = home.get("/v3/videos?title=[B7]")["data"]

    assert [row["id"] for row in rows] == [made["video_id"]]
    assert "callback_id" not in rows[0]
    assert home.get("/v2/videos?title=nothing")["data"] == []


def test_translations_are_listed_with_callback_id_and_among_the_videos_of_v1(house, translation):
    home = house()
    ids = home.post("/v3/video-translations", translation)["data"]["video_translation_ids"]

    row = home.get("/v3/video-translations")["data"][0]
    old = home.get("/v1/video.list")["data"]["videos"][0]

    assert (row["id"], row["callback_id"], row["output_language"]) == (ids[0], "row-1", "German")
    assert (old["video_id"], old["type"], old["video_title"]) == (ids[0], "TRANSLATED", "Tour")
    assert home.get("/v3/videos")["data"] == []


def test_a_template_made_by_v3_comes_back_whole(house):
    home = house()
    values = {"first_name": {"name": "first_name", "type": "text", "properties": {"content": "Anna"}}}

    made = home.post(f"/v3/templates/{WELCOME}", {"variables": values, "title": "For Anna"})["data"]
    wrong = home.call("POST", f"/v3/templates/{WELCOME}", {"variables": {"nom": values["first_name"]}})
    shape = home.call(
        "POST", f"/v3/templates/{WELCOME}", {"variables": values, "dimension": {"width": 720, "height": 1280}}
    )

    assert (made["status"], made["title"]) == ("pending", "For Anna")
    assert home.get(f"/v3/videos/{made['id']}")["data"]["title"] == "For Anna"
    assert (wrong.status, shape.status) == (400, 400)
    assert "first_name: Anna" in home.ledger()["jobs"][0]["text"]


def test_all_six_types_of_variables_are_told_and_taken(house):
    home = house()

    variables = home.get("/v2/template/showcase")["data"]["variables"]
    made = home.post("/v2/template/showcase/generate", {"variables": variables})

    assert {one["type"] for one in variables.values()} == {"text", "image", "video", "audio", "character", "voice"}
    assert made["error"] is None


def test_deleting_twice_is_a_404(house, avatar):
    home = house()
    video = home.post("/v3/videos", avatar)["data"]["video_id"]

    assert home.call("DELETE", f"/v3/videos/{video}").status == 200
    gone = home.call("DELETE", f"/v3/videos/{video}")

    assert gone.status == 404
    assert json.loads(gone.body)["error"]["code"] == "video_not_found"
    assert home.ledger()["billed"] > 0


def test_credits_run_out_in_the_words_of_each_family(house, avatar, studio_v2):
    home = house(options={"credits": 0.5})
    home.post("/v3/videos", avatar)

    new, old = home.call("POST", "/v3/videos", avatar), home.call("POST", "/v2/video/generate", studio_v2)

    assert new.status == 402
    assert json.loads(new.body)["error"]["code"] == "insufficient_credit"
    assert json.loads(old.body)["error"]["code"] == "MOVIO_PAYMENT_INSUFFICIENT_CREDIT"
    assert home.get("/v2/user/remaining_quota")["data"]["remaining_quota"] == 0


def test_a_failed_render_costs_nothing_in_the_end(house, avatar):
    home = house(failed=1.0)
    video = home.post("/v3/videos", avatar)["data"]["video_id"]
    before = home.ledger()["billed"]
    home.clock.time += 11

    told = home.get(f"/v3/videos/{video}")["data"]
    old = home.get(f"/v1/video_status.get?video_id={video}")["data"]

    assert before > 0
    assert home.ledger()["billed"] == 0
    assert told["status"] == "failed"
    assert told["failure_code"]
    assert told["failure_message"]
    assert set(old["error"]) == {"code", "detail", "message"}


def test_the_daily_trial_ends_after_five_videos(house, studio_v2):
    home = house(options={"plan": plan("free"), "credits": 100})
    for _ in range(5):
        assert home.post("/v2/video/generate", studio_v2)["error"] is None

    refused = home.call("POST", "/v2/video/generate", studio_v2)

    assert refused.status == 429
    assert json.loads(refused.body)["error"]["code"] == "trial_video_limit_exceeded"
    home.clock.time += 86_400
    assert home.post("/v2/video/generate", studio_v2)["error"] is None


@pytest.mark.parametrize(("path", "code"), [("/v3/videos", "unauthorized"), ("/v1/video.list", 400112)])
@pytest.mark.parametrize("key", ["", "bad-key"])
def test_a_key_that_is_missing_or_bad_is_unauthorized(house, path, code, key):
    answer = house().call("GET", path, x_api_key=key)

    body = json.loads(answer.body)
    assert answer.status == 401
    assert code in {body.get("code"), body.get("error", {}).get("code")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"script": None}, "invalid_parameter"),
        ({"audio_url": "https://example.com/a.mp3"}, "invalid_parameter"),
        ({"script": "x" * 5001}, "invalid_parameter"),
        ({"avatar_id": "missing-1"}, "avatar_not_found"),
        ({"voice_id": "missing-1"}, "voice_not_found"),
        ({"type": "cartoon"}, "invalid_parameter"),
        ({"resolution": "8k"}, "invalid_parameter"),
        ({"background": {"type": "video", "url": "https://example.com/a.mp4"}}, "invalid_parameter"),
        ({"background": {"type": "image", "url": "https://example.com/unreachable.png"}}, "download_failed"),
    ],
)
def test_v3_refuses_what_heygen_refuses(house, avatar, change, code):
    home = house()

    answer = home.call("POST", "/v3/videos", {**avatar, **change})

    assert json.loads(answer.body)["error"]["code"] == code
    assert home.ledger()["jobs"] == []


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        (("dimension", "width"), 1281, 400),
        (("video_inputs", 0, "voice", "speed"), 2, 400),
        (("video_inputs", 0, "voice", "input_text"), "", 400),
        (("video_inputs", 0, "character", "avatar_id"), "missing-2", 404),
        (("video_inputs", 0, "background", "value"), "blue", 400),
        (("video_inputs",), [], 400),
    ],
)
def test_v2_refuses_what_heygen_refuses(house, studio_v2, path, value, status):
    target = studio_v2
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    answer = house().call("POST", "/v2/video/generate", studio_v2)

    assert answer.status == status
    assert json.loads(answer.body)["error"]["code"]


def test_a_language_that_is_not_in_the_list_is_refused(house, translation):
    answer = house().call("POST", "/v3/video-translations", {**translation, "output_languages": ["Klingon"]})

    assert json.loads(answer.body)["error"]["param"] == "output_languages"


def test_a_source_that_cannot_be_fetched_fails_at_once_on_v2(house):
    home = house()
    body = {"video_url": "https://example.com/unreachable.mp4", "output_language": "German"}

    made = home.post("/v2/video_translate", body)["data"]["video_translate_id"]
    home.clock.time += 1
    told = home.get(f"/v2/video_translate/{made}")["data"]

    assert told["status"] == "failed"
    assert told["message"].startswith("Failed to download video from url")


def test_many_scenes_become_one_studio_video(house):
    home = house()
    speaker = {"type": "avatar", "avatar_id": "a", "script": "One."}
    scenes = [
        {"type": "avatar_video", "input": {**speaker, "background": {"type": "color", "color": "#112233"}}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}, "duration": 3},
        {"type": "video", "source": {"type": "asset_id", "asset_id": "x"}, "playback": {"mute": True}},
    ]

    made = home.post("/v3/videos", {"type": "studio", "scenes": scenes})

    assert made["data"]["status"] == "waiting"
    assert home.ledger()["jobs"][0]["text"] == "One."


def test_the_same_seed_and_calls_give_the_same_world(house, avatar):
    def ids(seed):
        home = house(options={"seed": seed}, lost=0.5, throttle=0.2)
        return [(a.status, a.fate, a.body) for a in (home.call("POST", "/v3/videos", avatar) for _ in range(40))]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)
