"""A login by the browser, and runs whose tokens run out: over real sockets, with every job bought once."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from batchgen.model.exchange import Reply
from batchgen.sandbox.draw import Draw
from batchgen.signin.interface import Login, OAuthApp
from batchgen.signin.oauth import read_tokens
from batchgen.signin.vault import KeyringOrFile
from tests.journey.conftest import check_books

#: A browser that says yes to everything and shows nothing.
BROWSER = f"{sys.executable} -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' %s"
JOBS = 24
ADDRESSES = {
    "authorize_url": "/oauth/authorize",
    "token_url": "/v1/oauth/token",
    "revoke_url": "/v1/oauth/revoke",
}


class Guard:
    """Watches what reaches the sandbox, and does something to it at a certain request."""

    def __init__(self, serving) -> None:
        self.serving, self.world = serving, serving.world
        self.both = self.keys = self.bearers = 0
        self.secrets: set[str] = set()
        self._handle, self._at = self.world.handle, {}
        self.world.handle = self.handle

    def when_accepted(self, count, action) -> None:
        self._at[count] = action

    def handle(self, call):
        bearer, key = call.headers.get("authorization", ""), call.headers.get("x-api-key", "")
        self.both += bool(bearer and key)
        self.keys += bool(key)
        self.bearers += bool(bearer)
        self.secrets |= {bearer.removeprefix("Bearer ")} if bearer else set()
        action = self._at.pop(len(self.world.studio.jobs), None)
        if action:
            action()
        return self._handle(call)

    def end_access(self) -> None:
        self.world.oauth._access.clear()

    def end_login(self) -> None:
        self.world.oauth._access.clear()
        self.world.oauth._refresh.clear()

    def faults(self, **faults) -> None:
        # Where the world reads them when a request comes; those of jobs stay as they were.
        self.world.options = replace(self.world.options, faults=replace(self.world.options.faults, **faults))


@pytest.fixture
def guard(desk, heygen, monkeypatch):
    def make(*, options=None, **faults):
        found = Guard(heygen(options=options, **faults))
        del desk.env["HEYGEN_API_KEY"]
        desk.env |= {"BROWSER": BROWSER, "BATCHGEN_OAUTH_CLIENT_ID": "batchgen-app"}
        found.folder = Path(desk.env["XDG_CONFIG_HOME"]) / "batchgen"
        made.append(found)
        return found

    made: list[Guard] = []
    yield make
    for one in made:
        oauth = one.world.oauth
        one.secrets |= {*oauth._access, *oauth._refresh}
        left = desk.everything_left()
        assert one.both == 0, "a key and a token were sent together"
        assert [secret for secret in one.secrets if secret.encode() in left] == []


def log_in(house) -> None:
    """Keep tokens as a login does, without the wait for one."""
    world, app = house.world, OAuthApp(client_id="batchgen-app", **ADDRESSES)
    given = world.oauth._issue(
        "a login", world.options.faults, Draw(7, len(world.oauth.log)), time.time(), refresh=True
    )
    tokens = read_tokens(Reply(status=200, body=given.body), now=time.time())
    app = replace(app, **{name: house.serving.url + path for name, path in ADDRESSES.items()})
    KeyringOrFile(house.folder, lambda: (None, "")).keep(Login(realm="sandbox", app=app, tokens=tokens))


def run(desk, *words):
    return desk.run("people.jsonl", "--concurrency", "4", "--batch", "never", *words)


def check(desk, guard, ended) -> None:
    assert ended.code == 0, ended.said
    check_books(desk, guard.world.ledger(), desk.results("people_results.csv"))


def test_a_login_by_the_browser_is_kept_used_and_ended(desk, guard):
    house = guard()
    desk.videos(3)

    told = desk.batchgen("login", "--oauth")
    who = json.loads(desk.batchgen("whoami", "--json").out)
    ended = run(desk)
    out = desk.batchgen("logout")
    after = desk.run("people.jsonl", "--again")

    assert "Logged in at sandbox as sandbox@example.com" in told.out
    assert "/oauth/authorize?" in told.err, "the link is also shown"
    assert (who["method"], who["source"], who["account"]) == ("oauth", "profile default", "sandbox@example.com")
    check(desk, house, ended)
    assert house.keys == 0
    assert "ended at HeyGen" in out.out
    assert house.world.oauth.log == ["authorize", "authorization_code", "revoke"]
    assert not house.world.oauth._refresh
    assert after.code == 3
    assert os.stat(house.folder / "credentials.json").st_mode & 0o777 == 0o600


def test_a_link_that_is_only_shown_can_be_opened_by_hand(desk, guard):
    house = guard()
    desk.env["BROWSER"] = "false"
    process = desk.start("login", "--oauth", "--no-browser", "--json")
    shown = ""
    while "http" not in shown:
        shown = process.stderr.readline()

    os.spawnlp(
        os.P_WAIT,
        sys.executable,
        sys.executable,
        "-c",
        "import sys, urllib.request as u; u.urlopen(sys.argv[1])",
        shown.strip(),
    )
    ended = desk.end(process)

    assert ended.code == 0
    assert ended.summary["method"] == "oauth"
    assert len(house.world.oauth._refresh) == 1


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_refused(desk, guard):
    house = guard(token_life=61.5)
    desk.videos(JOBS)
    log_in(house)

    ended = run(desk)

    check(desk, house, ended)
    assert "refresh_token" in house.world.oauth.log
    assert house.world.counts["create"] == JOBS, "nothing was sent in vain"


@pytest.mark.parametrize("same", [0.0, 1.0], ids=["new refresh token", "none"])
def test_a_token_that_is_refused_in_the_middle_is_renewed_and_every_job_is_bought_once(desk, guard, same):
    house = guard(oauth_same=same)
    desk.videos(JOBS)
    log_in(house)
    for accepted in (5, 12, 20):
        house.when_accepted(accepted, house.end_access)

    ended = run(desk)

    check(desk, house, ended)
    assert house.world.oauth.log.count("refresh_token") == 3
    # What is refused may be an order, which goes out once more, or only a look.
    assert JOBS <= house.world.counts["create"] <= JOBS + 3 * 5


def test_a_login_server_in_trouble_is_waited_for(desk, guard):
    house = guard()
    desk.videos(JOBS)
    log_in(house)
    house.when_accepted(10, lambda: (house.end_access(), house.faults(oauth_500=1.0)))
    process = desk.start(
        "run", "people.jsonl", "--poll-interval", "0.2", "--concurrency", "4", "--batch", "never", "--json"
    )
    desk.until(lambda: house.world.oauth.log.count("refresh_token") >= 2, process)

    house.faults(oauth_500=0.0)
    ended = desk.end(process)

    check(desk, house, ended)
    assert json.loads(desk.batchgen("whoami", "--json").out)["method"] == "oauth", "the login was kept"


def test_a_rejected_login_stops_the_run_in_order_and_the_next_login_goes_on(desk, guard):
    house = guard()
    desk.videos(JOBS)
    log_in(house)
    house.when_accepted(10, house.end_login)

    stopped = run(desk)
    accepted = len(house.world.ledger()["jobs"])
    log_in(house)
    ended = run(desk)

    assert stopped.code == 3, stopped.said
    assert "log in again by `batchgen login --oauth`" in stopped.err
    assert 10 <= accepted < JOBS
    assert stopped.summary["unsure"] == stopped.summary["failed"] == 0
    check(desk, house, ended)


def test_tokens_that_run_out_all_the_time_cost_nothing_but_requests(desk, guard):
    house = guard(token_401=0.02, lost=0.05, oauth_500=0.2)
    desk.videos(JOBS)
    log_in(house)

    for _ in range(10):  # Twice refused in a row is a reason to stop: the same command goes on.
        ended = run(desk, "--settle", "2")
        if ended.code != 3:
            break

    check(desk, house, ended)


def test_a_no_in_the_browser_keeps_nothing(desk, guard):
    house = guard(oauth_no=1.0)

    ended = desk.batchgen("login", "--oauth")

    assert ended.code == 3
    assert "The user denied the request" in ended.err
    assert not (house.folder / "credentials.json").exists()


def test_without_an_app_it_is_said_what_is_needed(desk, guard):
    guard()
    del desk.env["BATCHGEN_OAUTH_CLIENT_ID"]

    ended = desk.batchgen("login", "--oauth")

    assert ended.code == 3
    assert "BATCHGEN_OAUTH_CLIENT_ID" in ended.err


def test_an_app_with_a_secret_says_it_and_keeps_it_to_itself(desk, guard):
    house = guard(options={"oauth_secret": "app-secret-7Z"})
    desk.env["BATCHGEN_OAUTH_CLIENT_SECRET"] = "wrong-secret"

    refused = desk.batchgen("login", "--oauth")
    desk.env["BATCHGEN_OAUTH_CLIENT_SECRET"] = "app-secret-7Z"
    desk.batchgen("login", "--oauth")
    del desk.env["BATCHGEN_OAUTH_CLIENT_SECRET"]
    house.end_access()
    who = desk.batchgen("whoami", "--json")

    assert refused.code == 3
    assert "secret is not right" in refused.err
    assert who.code == 0, who.said
    assert b"app-secret-7Z" not in desk.everything_left()


def test_nothing_secret_is_in_the_process_list(desk, guard):
    house = guard(options={"render": (2.0, 2.0)})
    desk.videos(3)
    log_in(house)
    process = desk.start("run", "people.jsonl", "--poll-interval", "0.2", cold=True)
    desk.until(lambda: len(house.world.studio.jobs) == 3, process)

    seen = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if readable(path))
    ended = desk.end(process)

    assert ended.code == 0
    assert re.search(rb"batchgen\x00run", seen)
    assert [one for one in (*house.secrets, *house.world.oauth._refresh) if one.encode() in seen] == []


def readable(path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True
