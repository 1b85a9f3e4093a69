"""Nothing that opens an account, or speaks for HeyGen, is in anything that batchgen writes, shows or sends about."""

from __future__ import annotations

import base64
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.journey.conftest import KEY
from tests.journey.test_oauth import BROWSER, Guard
from tests.journey.test_webhooks import free_port

APP_SECRET = "app-secret-7Zq"
#: Videos, one of which HeyGen refuses, and a session, whose recording and minutes are files of their own.
ROWS = """kind,title,avatar_id,voice_id,script,quality,lines
video,A,Daisy,v1,Hello.,,
video,B,Daisy,v1,Good evening.,,
session,C,Daisy_public_20240108,,,low,Hi.
"""


class Ear(BaseHTTPRequestHandler):
    """Takes a note at the end of a run."""

    def do_POST(self):
        self.server.heard += str(self.headers).encode() + self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def ear():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.heard = b""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def collect(world) -> set[str]:
    """Have every token and every signing secret that HeyGen gives noted."""
    given: set[str] = set()
    issue, sign = world.oauth._issue, world.studio.hooks.secret

    def issued(*arguments, **options):
        answer = issue(*arguments, **options)
        given.update(text for name, text in json.loads(answer.body).items() if name.endswith("_token"))
        return answer

    def signed(*arguments):
        given.add(secret := sign(*arguments))
        return secret

    world.oauth._issue, world.studio.hooks.secret = issued, signed
    return given


def forms(secret: str) -> set[bytes]:
    """Give the ways in which a text may stand in a file: as it is, in an address, and as HTTP writes it."""
    plain = secret.encode()
    return {plain, quote(secret, safe="").encode(), base64.b64encode(plain).rstrip(b"="), plain.hex().encode()}


def everything(folder: Path) -> dict[str, bytes]:
    """Give every byte of every file, those inside of packed ones as well."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name in [name for name in files if name.endswith(".xlsx")]:
        with zipfile.ZipFile(name) as book:
            files |= {f"{name}!{part}": book.read(part) for part in book.namelist()}
    return files


def test_no_key_no_token_and_no_signing_secret_is_in_anything_that_is_left(desk, heygen, ear):
    serving = heygen(options={"oauth_secret": APP_SECRET}, lost=0.3, get_500=0.1, webhook_forged=0.5)
    guard, given = Guard(serving), collect(serving.world)
    (desk.folder / "films.csv").write_text(ROWS)
    address = f"127.0.0.1:{free_port()}"
    to_hear = ("--webhook", f"http://{address}/hook", "--listen", address)
    told = ("--log-file", "run.jsonl", "--notify", f"http://127.0.0.1:{ear.server_port}/note", "--settle", "2")

    by_key = desk.run("films.csv", *to_hear, *told)
    desk.batchgen("explain", "films.csv:2")
    desk.batchgen("doctor", "--json", "--patience", "3")
    desk.batchgen("report", "films.csv", "--results", "films.xlsx", "--results", "films.html")
    desk.batchgen("plan", "films.csv", "--again", "--online", "--save", "plan.json")
    del desk.env["HEYGEN_API_KEY"]
    desk.env |= {
        "BROWSER": BROWSER, "BATCHGEN_OAUTH_CLIENT_ID": "batchgen-app", "BATCHGEN_OAUTH_CLIENT_SECRET": APP_SECRET,
    }  # fmt: skip
    by_browser = desk.batchgen("login", "--oauth")
    guard.end_access()  # So that it is renewed on the way.
    guard.faults(lost=0.0, get_500=0.0)
    by_token = desk.run("films.csv", "--again", *to_hear, *told)
    who = desk.batchgen("whoami")

    assert [one.code for one in (by_key, by_browser, by_token, who)] == [0, 0, 0, 0], by_key.said + by_token.said
    assert guard.keys > 5, "the first run asked with the key"
    assert guard.bearers > 5, "the second run asked with tokens"
    assert serving.world.oauth.log.count("refresh_token") == 1
    assert sum(one.startswith("whsec_") for one in given) == 2
    assert ear.heard.count(b"films") >= 2
    kept = Path(desk.env["XDG_CONFIG_HOME"]) / "batchgen" / "credentials.json"
    assert any(one in kept.read_text() for one in given), "what is looked for could be found"

    secrets = {KEY, APP_SECRET, *given, *guard.secrets}
    places = everything(desk.folder) | {"the screen": "".join(desk.spoken).encode(), "the note": ear.heard}
    assert {".csv", ".db", ".jsonl", ".mp4", ".json", ".xlsx", ".html"} <= {Path(name).suffix for name in places}
    found = [
        f"{secret} in {name}"
        for secret in secrets
        for form in forms(secret)
        for name, content in places.items()
        if form in content
    ]
    assert found == []
