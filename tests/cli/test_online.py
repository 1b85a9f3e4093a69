"""What the account and the links say before anything is spent: faults at their cells, and lengths for the estimate."""

from __future__ import annotations

import json
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from batchgen.sandbox import Options, serve
from batchgen.sandbox.encode import make
from batchgen.sandbox.film_spec import FilmSpec

KEY = "sk_V2_hgu_kQm7secretZ9x2"


@cache
def film() -> bytes:
    return make(FilmSpec(headline="x", width=128, height=128, seconds=61.0))


class _Films(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        kind, body = ("text/html", b"<html>") if "page" in self.path else ("video/mp4", film())
        if "gone" in self.path:
            self.send_error(404)
            return
        start, _, end = self.headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")
        part = body[int(start) : int(end or len(body)) + 1]
        self.send_response(206)
        self.send_header("content-type", kind)
        self.send_header("content-range", f"bytes {start}-{int(start) + len(part) - 1}/{len(body)}")
        self.send_header("content-length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def films():
    film()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Films) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def heygen(batchgen, monkeypatch):
    served = []

    def make_one(**options):
        serving = serve(options=Options(films="tiny", **options)).__enter__()
        served.append(serving)
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)
        return serving.world

    yield make_one
    for serving in served:
        serving.__exit__(None, None, None)


def plan(batchgen, *words):
    ended = batchgen("plan", *words, "--json")
    return ended, json.loads(ended.out)


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_what_the_account_lacks_is_a_fault_at_its_cell(batchgen, heygen, tmp_path, api):
    world = heygen()
    tmp_path.joinpath("people.csv").write_text(
        "title,avatar_id,Voice_ID,script\n"
        "A,Daisy,d7bbcdd6964c47bdaae26decade4a933,One.\n"
        "B,missing-avatar,d7bbcdd6964c47bdaae26decade4a933,Two.\n"
        "C,Daisy,missing-voice,Three.\n"
    )

    ended, told = plan(batchgen, "people.csv", "--online", "--api", api)

    assert ended.code == 2
    assert [(one["row"], one["column"]) for one in told["faults"]] == [(3, "avatar_id"), (4, "Voice_ID")]
    assert 'people.csv, row 3, column "avatar_id": The account has no avatar "missing-avatar".' in ended.err
    assert world.ledger()["jobs"] == []
    assert world.counts["create"] == 0


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_variables_are_compared_with_the_templates_by_name_and_type(batchgen, heygen, tmp_path, api):
    heygen()
    tmp_path.joinpath("people.yaml").write_text(
        "kind: template\n"
        "rows: [{template_id: story, var.first_name: Ada, var.offr: tea}]\n"
        "variables:\n  photo: no picture\n"
    )

    ended, told = plan(batchgen, "people.yaml", "--online", "--api", api)

    assert ended.code == 2
    assert [one["column"] for one in told["faults"]] == ["var.offr", "variables.photo"]
    assert 'no variable "offr". Did you mean "offer"?' in ended.err
    assert '"photo" is of the type image in the template, and text here.' in ended.err


def test_scenes_are_looked_for_in_the_template(batchgen, heygen, tmp_path):
    heygen()
    tmp_path.joinpath("people.csv").write_text(
        "template_id,scene_ids\nwelcome_template,scene_hello\nwelcome_template,scene_bye;scene_helo\n"
    )

    ended, told = plan(batchgen, "people.csv", "--online")

    assert ended.code == 2
    assert [(one["row"], one["column"]) for one in told["faults"]] == [(3, "scene_ids")]
    assert 'no scene "scene_helo". Did you mean "scene_hello"?' in ended.err


def test_each_thing_is_asked_about_once(batchgen, heygen, tmp_path):
    world = heygen()
    tmp_path.joinpath("people.csv").write_text(
        "title,avatar_id,voice_id,script\n" + "".join(f"T{n},Daisy,v1,Text {n}.\n" for n in range(50))
    )

    ended, _ = plan(batchgen, "people.csv", "--online")

    assert ended.code == 0, ended.err
    assert world.counts["other"] == 3  # the balance, one avatar, one voice


def test_only_rows_that_would_be_sent_are_asked_about(batchgen, heygen, tmp_path):
    heygen()
    tmp_path.joinpath("people.csv").write_text(
        "title,avatar_id,voice_id,script\nA,Daisy,v1,One.\nB,missing-avatar,v1,Two.\n"
    )

    ended, _ = plan(batchgen, "people.csv", "--online", "--limit", "1")

    assert ended.code == 0


def test_links_are_looked_at_without_the_key_and_tell_the_length(batchgen, heygen, films, tmp_path):
    heygen()
    films.asked.clear()
    at = f"http://127.0.0.1:{films.server_port}"
    tmp_path.joinpath("films.csv").write_text(
        f"title,output_language,url\nA,German;Italian,{at}/a.mp4\nB,German,{at}/page\nC,German,{at}/gone.mp4\n"
    )

    ended, told = plan(batchgen, "films.csv", "--online", "--api", "v2")

    assert ended.code == 2
    assert [(one["row"], one["column"]) for one in told["faults"]] == [(3, "url"), (4, "url")]
    assert "a web page" in ended.err
    assert "nothing at this link" in ended.err
    lengths = {one["url"]: one["duration_s"] for one in told["sources"]}
    assert lengths[f"{at}/a.mp4"] == pytest.approx(61.0, abs=0.2)
    # Two languages of 61 seconds, in steps of half a minute, at three credits a minute.
    assert (told["credits"]["high"], told["credits"]["known"], told["credits"]["unknown"]) == (9.0, 2, 2)
    assert KEY not in str(films.asked)
    assert len([path for path, _ in films.asked if path == "/a.mp4"]) <= 4


def test_probe_reads_lengths_and_asks_heygen_nothing(batchgen, films, tmp_path):
    at = f"http://127.0.0.1:{films.server_port}"
    tmp_path.joinpath("films.csv").write_text(f"title,output_language,url\nA,German,{at}/a.mp4\n")

    ended, told = plan(batchgen, "films.csv", "--probe", "--sandbox", "--api", "v2")

    assert ended.code == 0, ended.err
    assert told["credits"]["high"] == 4.5
    assert told["balance"] is None


def test_what_was_asked_is_not_asked_for_once_more(batchgen, films, tmp_path):
    tmp_path.joinpath("films.csv").write_text("title,output_language,url\nA,German,asset:a\n")

    before, after = (batchgen("plan", "films.csv", *more, "--sandbox").out for more in ((), ("--probe",)))

    assert "and --online reads what it can" in before
    assert "The cost of 1 is unknown, for neither the sheet nor what could be read tells their length" in after


@pytest.mark.parametrize(
    ("scenes", "high"),
    [
        ([{"audio_url": "{at}/a.mp4"}, {"script": "word " * 500}], None),
        ([{"audio_url": "{at}/a.mp4"}, {"audio_asset_id": "b"}], None),
        # Two recordings of 61 seconds are five steps of half a minute, at two credits a minute at the most.
        ([{"audio_url": "{at}/a.mp4"}, {"audio_url": "{at}/b.mp4"}], 5.0),
    ],
)
def test_a_recording_in_one_scene_does_not_tell_how_long_the_other_scenes_are(batchgen, films, tmp_path, scenes, high):
    at = f"http://127.0.0.1:{films.server_port}"
    rows = [{"avatar_id": "x", "voice_id": "v", "scenes": scenes}]
    tmp_path.joinpath("m.yaml").write_text(json.dumps({"kind": "video", "api": "v2", "rows": rows}).replace("{at}", at))

    ended, told = plan(batchgen, "m.yaml", "--probe", "--sandbox")

    assert ended.code == 0, ended.err
    assert (told["credits"] and told["credits"]["high"]) == high


def test_a_lipsync_is_as_long_as_its_video_by_the_link(batchgen, films, tmp_path):
    at = f"http://127.0.0.1:{films.server_port}"
    tmp_path.joinpath("dubs.csv").write_text(f"kind,title,url,audio\nlipsync,A,{at}/a.mp4,{at}/voice.mp4\n")
    tmp_path.joinpath("batchgen.toml").write_text("[prices.v3.enterprise]\nlipsync = 0.1\n")

    ended, told = plan(batchgen, "dubs.csv", "--probe", "--sandbox")

    assert ended.code == 0, ended.err
    assert told["credits"]["low"] == pytest.approx(6.15, abs=0.1)


def test_a_template_is_as_long_as_its_scripts_with_the_values_in_them(batchgen, heygen, tmp_path):
    heygen()
    tmp_path.joinpath("people.csv").write_text("template_id,var.first_name,var.company\nwelcome,Ada,Engines\n")

    offline, online = plan(batchgen, "people.csv")[1], plan(batchgen, "people.csv", "--online")[1]

    assert offline["credits"] is None
    assert online["credits"]["unknown"] == 0
    assert 0 < online["credits"]["low"] < online["credits"]["high"]


def test_a_balance_that_cannot_do_is_a_fault_and_one_that_may_not_is_a_note(batchgen, heygen, tmp_path):
    tmp_path.joinpath("films.csv").write_text(
        "title,output_language,url,duration\n" + "".join(f"T{n},German,https://youtu.be/{n},1:10\n" for n in range(10))
    )
    heygen(credits=36.0)
    short, _ = plan(batchgen, "films.csv", "--online")
    heygen(credits=20.0)
    poor, _ = plan(batchgen, "films.csv", "--online")
    heygen(credits=100.0)
    rich, told = plan(batchgen, "films.csv", "--online")

    # Ten times 70 seconds at 0.05: 35 credits at the least, and 45 where seconds are billed in steps of 30.
    assert (short.code, poor.code, rich.code) == (0, 2, 0)
    assert "The account has 36 credits, and this may cost 45 credits: 9 credits more." in short.err
    assert "The balance is not enough" in poor.err
    assert told["balance"] == {"remaining": 100.0, "unit": "credits"}


def test_what_could_not_be_asked_is_a_note_and_no_fault(batchgen, heygen, sheet):
    from batchgen.sandbox import Faults

    heygen(faults=Faults(get_500=1.0))

    ended, told = plan(batchgen, "people.csv", "--online")

    assert ended.code == 0, ended.err
    assert told["faults"] == []
    assert "could not be asked about" in ended.err


def test_a_wrong_key_ends_the_question(batchgen, heygen, sheet, monkeypatch):
    heygen()
    monkeypatch.setenv("HEYGEN_API_KEY", "bad" + KEY)

    ended = batchgen("plan", "people.csv", "--online")

    assert ended.code == 3
    assert "HEYGEN_API_KEY" in ended.err


def test_links_into_this_network_are_a_fault_where_heygen_is_real():
    from batchgen.assembly.online import _private

    assert "only this network" in _private("https://192.168.1.5/a.mp4").problem
    assert "only this network" in _private("http://localhost:80/a.mp4").problem
    assert _private("https://example.com/a.mp4") is None


def test_a_run_that_probes_budgets_by_real_lengths(batchgen, heygen, films, tmp_path):
    world = heygen(render=(0.05, 0.1))
    at = f"http://127.0.0.1:{films.server_port}"
    tmp_path.joinpath("films.csv").write_text(
        f"title,output_language,url\nA,German;Italian;French (France),{at}/a.mp4\n"
    )
    words = ("films.csv", "--api", "v2", "--no-download", "--poll-interval", "0.05", "--json", "--max-credits", "14")

    blind = batchgen("run", *words)
    seeing = json.loads(batchgen("run", *words, "--probe").out)

    # Unknown, each of them may cost 15; 61 seconds cost 4.5, and v2 never tells how long a translation became.
    assert (blind.code, json.loads(blind.out)["done"]) == (5, 0)
    assert seeing["done"] == len(world.ledger()["jobs"]) == 3
    assert seeing["estimate"][0]["high"] == 13.5


def test_a_saved_plan_carries_the_lengths_it_was_reckoned_with(batchgen, heygen, films, tmp_path):
    heygen(render=(0.05, 0.1))
    at = f"http://127.0.0.1:{films.server_port}"
    tmp_path.joinpath("films.csv").write_text(f"title,output_language,url\nA,German,{at}/a.mp4\n")
    plan(batchgen, "films.csv", "--online", "--api", "v2", "--save", "p.json")

    ended = batchgen("apply", "p.json", "--no-download", "--poll-interval", "0.05", "--json")

    assert json.loads(ended.out)["estimate"][0]["high"] == 4.5
