"""What the account has to make videos with: listed, searched, kept for a while, and made into a sheet."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import threading

import pytest
import yaml

from batchgen.assembly import desk, shelves
from batchgen.assembly.desk import Desk
from batchgen.heygen import DIALECTS
from batchgen.model.catalogue import Item, Listing, Scene, Shelf, Topic
from batchgen.model.exchange import Reply
from batchgen.sandbox import Options, serve
from batchgen.store.sqlite import SqliteStore
from tests.warm import ended

KEY = "sk_V2_hgu_kQm7secretZ9x2"


@pytest.fixture
def world(batchgen, monkeypatch):
    with serve(options=Options(films="tiny", render=(0.05, 0.1))) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)
        yield serving.world


def listed(batchgen, *words):
    ended = batchgen("list", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


@pytest.mark.parametrize(("api", "requests"), [("v3", 5), ("v2", 2)])
def test_a_list_is_read_to_its_last_page(batchgen, world, api, requests):
    told = listed(batchgen, "voices", "--api", api)

    assert told["total"] == told["matching"] == len(told["items"]) == 269
    assert len({one["voice_id"] for one in told["items"]}) == 269
    assert told["whole"] is True
    # The balance; with v3 the account's own and three pages of a hundred.
    assert world.counts["other"] == requests


def test_what_is_found_can_be_named_in_a_sheet(batchgen, world):
    ended = batchgen("list", "voices", "--language", "spanish", "--gender", "Female", "--csv")

    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert len(rows) == 5
    assert {(row["language"], row["gender"]) for row in rows} == {("Spanish", "female")}
    assert next(iter(rows[0])) == "voice_id"
    assert "5 of 269 voices; told just now." in ended.err


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["voices", "--language", "Malay", "--limit", "1"], ["7836507acf8412da8a138f446ad62f54"]),
        (["voices", "--mine"], ["c0ffee00c0ffee00c0ffee00c0ffee00"]),
        (["avatars", "--search", "DAISY"], ["Daisy-inskirt-20220818"]),
        (["avatars", "--mine"], ["7e57ab1e7e57ab1e7e57ab1e7e57ab1e"]),
        (["avatars", "--photos"], ["4a1f0c7e9b2d4e83a5c6d7f8e9012b3c", "9d8c7b6a5f4e4d3c8b2a1f0e9d8c7b6a"]),
        (["templates", "--search", "story"], ["c41a7e95d0364f2b8e5b9f0a6d13c782"]),
        (["languages", "--search", "spanish (mex"], ["Spanish (Mexico)"]),
    ],
)
def test_a_list_is_searched(batchgen, world, words, ids):
    told = listed(batchgen, *words)

    assert [next(filter(None, row.values())) for row in told["items"]] == ids


def test_pages_of_what_is_found_follow_one_another(batchgen, world):
    whole = listed(batchgen, "avatars", "--gender", "male")["items"]

    pages = [
        listed(batchgen, "avatars", "--gender", "male", "--limit", "30", "--page", str(n))["items"]
        for n in (1, 2, 3, 4)
    ]

    assert [row for page in pages for row in page] == whole
    assert list(map(len, pages)) == [30, 30, 7, 0]


def test_a_list_is_kept_with_its_age_until_it_is_refreshed(batchgen, world, monkeypatch):
    listed(batchgen, "avatars", "--api", "v2")
    asked = world.counts["other"]
    now = shelves.CLOCK.now()
    monkeypatch.setattr(type(shelves.CLOCK), "now", lambda _: now + 2 * 3600)

    again = batchgen("list", "avatars", "--api", "v2")
    told = listed(batchgen, "avatars", "--api", "v2")

    assert world.counts["other"] == asked
    assert "told 2 hours ago (--refresh asks anew)" in again.err
    assert told["age_s"] == 7200
    assert listed(batchgen, "avatars", "--api", "v2", "--refresh")["age_s"] == 0
    assert world.counts["other"] > asked


def test_a_list_is_of_one_account_and_of_one_day(batchgen, world, monkeypatch):
    listed(batchgen, "templates")
    asked = world.counts["other"]

    monkeypatch.setenv("HEYGEN_API_KEY", "another" + KEY)
    listed(batchgen, "templates")
    others = world.counts["other"]
    now = shelves.CLOCK.now()
    monkeypatch.setattr(type(shelves.CLOCK), "now", lambda _: now + 25 * 3600)
    listed(batchgen, "templates")

    assert asked < others < world.counts["other"]


def test_nothing_of_the_key_is_kept(batchgen, world, tmp_path):
    listed(batchgen, "voices")

    assert all(KEY.encode() not in path.read_bytes() for path in (tmp_path / "state").iterdir())


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_plan_finds_in_a_kept_list_what_it_need_not_ask_about(batchgen, world, sheet, api):
    sheet.write_text(
        "title,avatar_id,voice_id,script\nA,Daisy-inskirt-20220818,d7bbcdd6964c47bdaae26decade4a933,One.\n"
    )
    listed(batchgen, "avatars", "--api", api)
    listed(batchgen, "voices", "--api", api)
    asked = world.counts["other"]

    ended = batchgen("plan", "people.csv", "--online", "--api", api)

    assert ended.code == 0, ended.err
    assert world.counts["other"] - asked == 1  # the balance
    assert "known from a list of less than a minute ago" in ended.err


def test_what_is_not_in_a_kept_list_is_asked_about_before_it_is_a_fault(batchgen, world, sheet):
    listed(batchgen, "avatars")
    sheet.write_text("title,avatar_id,voice_id,script\nA,one-of-mine,v1,One.\nB,missing-avatar,v1,Two.\n")

    ended = batchgen("plan", "people.csv", "--online")

    assert ended.code == 2
    assert 'no avatar "missing-avatar"' in ended.err
    assert "one-of-mine" not in ended.err


def test_lists_that_a_plan_read_are_kept_where_there_is_a_state(batchgen, world, tmp_path):
    (tmp_path / "films.csv").write_text("title,output_language,url\nA,German,https://youtu.be/1\n")
    batchgen("plan", "films.csv", "--online")
    assert not (tmp_path / "state").exists()

    batchgen("list", "templates")
    batchgen("plan", "films.csv", "--online")
    asked = world.counts["other"]

    assert listed(batchgen, "languages")["total"] > 100
    assert world.counts["other"] == asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["avatars", "--language", "Spanish"], "--language tells voices apart, and says nothing of avatars"),
        (["templates", "--mine"], "--mine tells avatars and voices apart"),
        (["voices", "--page", "2"], "--limit 20 --page 2"),
        (["voices", "--mine", "--api", "v2"], "--api v3"),
        (["vocies"], "voices"),
    ],
)
def test_what_cannot_be_looked_for_is_told(batchgen, world, words, said):
    ended = batchgen("list", *words)

    assert ended.code == 2
    assert said in ended.err


def test_a_language_that_nobody_speaks_is_told_with_what_was_meant(batchgen, world):
    ended = batchgen("list", "voices", "--language", "Spannish")

    assert ended.code == 0
    assert 'Did you mean "Spanish"?' in ended.err


def test_without_a_key_there_is_no_list(batchgen, monkeypatch):
    ended = batchgen("list", "voices")

    assert ended.code == 3
    assert "HEYGEN_API_KEY" in ended.err


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_a_template_tells_its_variables_and_its_scenes(batchgen, world, api):
    told = json.loads(batchgen("template", "welcome", "--api", api, "--json").out)
    shown = batchgen("template", "welcome", "--api", api).out

    assert told["name"] == "Welcome"
    assert [(one["name"], one["type"], one["holds"]) for one in told["variables"]] == [
        ("first_name", "text", {"content": "Sample"}),
        ("company", "text", {"content": "Sample"}),
    ]
    assert told["scenes"][0] == {
        "scene_id": "scene_hello",
        "script": "Hello {{first_name}}, welcome to {{company}}.",
        "variables": ["first_name", "company"],
    }
    assert "first_name  text" in shown
    assert "scene_bye    See you soon." in shown


def test_a_template_that_is_not_there_is_told(batchgen, world):
    ended = batchgen("template", "missing-template")

    assert ended.code == 2
    assert "batchgen list templates" in ended.err


def test_a_sheet_for_a_template_has_its_variables_and_runs_as_it_is(batchgen, world, tmp_path):
    made = batchgen("init", "personalize", "--template", "showcase", "--api", "v2")
    ended = batchgen("run", "people.yaml", "--json", "--poll-interval", "0.05", "--no-download")

    assert made.code == 0, made.err
    rows = list(csv.DictReader(io.StringIO((tmp_path / "people.csv").read_text("utf-8-sig"))))
    assert list(rows[0]) == ["headline", "product_image", "product_clip", "music", "presenter", "presenter_voice"]
    assert json.loads(ended.out)["done"] == 1, ended.err


def test_a_variable_that_is_called_like_a_field_gets_a_column_of_another_name():
    from batchgen.assembly.personal import begin

    kinds = {"title": "text", "row": "text", "Last name": "text", "id": "voice"}
    holds = {"id": {"voice_id": "v"}}

    made = begin(
        Item(id="t", name="{{ evil }}: x", variables=kinds, holds=holds, scenes=(Scene(id="1", script="a\nb"),)),
        template_id="t", manifest="m", sheet="s", schema="c", api=None,
    )  # fmt: skip

    told = yaml.safe_load(made.manifest)
    assert list(made.row) == ["value of title", "row", "Last name", "value of id"]
    assert told["variables"] == {
        "title": '{{ row["value of title"] }}',
        "row": '{{ row["row"] }}',
        "Last name": '{{ row["Last name"] }}',
        "id": {"type": "voice", "voice_id": '{{ row["value of id"] }}'},
    }
    assert told["fields"]["title"] == 'evil : x: {{ row["value of title"] }}'


def test_a_template_without_variables_makes_no_sheet():
    from batchgen.assembly.personal import begin
    from batchgen.model.errors import UsageError

    with pytest.raises(UsageError, match="no variables"):
        begin(Item(id="t"), template_id="t", manifest="m", sheet="s", schema="c", api=None)


def test_what_is_left_is_told_by_both_generations(batchgen, world):
    told = json.loads(batchgen("quota", "--json").out)
    shown = batchgen("quota").out

    assert told["v3"]["remaining"] == told["v2"]["remaining"] == 1000
    assert told["v2"]["parts"]["api"] == 1000
    assert shown.splitlines()[0] == "v3:  1,000 credits left, wallet"


async def test_a_very_long_reply_is_read_where_it_holds_up_nobody_else(monkeypatch):
    class Api:
        async def send(self, request):
            rows = [{"avatar_id": str(n), "avatar_name": "A"} for n in range(100)]
            return Reply(status=200, body=json.dumps({"error": None, "data": {"avatars": rows}}).encode())

    class Shelves:
        def find(self, topic):
            return None

        def keep(self, topic, listing):
            return None

    monkeypatch.setattr(desk, "_LARGE", 1000)
    where = []
    dialect = DIALECTS["v2"]
    read = dialect.read_catalogue
    monkeypatch.setattr(
        type(dialect),
        "read_catalogue",
        lambda _, topic, reply: where.append(threading.current_thread()) or read(topic, reply),
    )

    found = await Desk(Api(), dialect, Shelves()).listed(Topic.AVATAR)

    assert len(found.listing.items) == 100
    assert where
    assert threading.main_thread() not in where


def test_a_list_comes_back_from_the_state_as_it_was(tmp_path):
    shelf = Shelf(realm="r", owner="o", api="v3", topic=Topic.TEMPLATE)
    item = Item(
        id="t", name="Ünï", variables={"a": "text"}, holds={"a": {"content": "x"}},
        scenes=(Scene(id="1", script="s", variables=("a",)),), photo=True, mine=False, usable=False,
    )  # fmt: skip
    listing = Listing(items=(item, Item(id="u")), at=5.0, whole=False)
    store = SqliteStore.open(str(tmp_path / "state.db"), threaded=False)

    store.keep_listing(shelf, Listing(items=(), at=1.0))
    store.keep_listing(shelf, listing)

    assert store.listing(shelf) == listing
    assert store.listing(Shelf(realm="r", owner="p", api="v3", topic=Topic.TEMPLATE)) is None
    store.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminals")
@pytest.mark.parametrize("width", [36, 60])
def test_an_id_can_be_copied_from_a_narrow_terminal(world, tmp_path, width):
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(width)}

    ended(["list", "voices", "--limit", "9"], cwd=tmp_path, env=env, stdout=theirs)

    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert shown.count("d7bbcdd6964c47bdaae26decade4a933") == 1
    assert len(re.findall(r"^[0-9a-f]{32} ", shown, re.MULTILINE)) == 9
