"""The command itself, over both of its transports, with the client of the protocol's own library."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from batchgen.cli.main import answer
from batchgen.cli.mcp import _token
from tests.mcp.conftest import KEY, TOKEN, Assistant

COMMAND = ["-m", "batchgen", "mcp", "--poll-interval", "0.1"]
PAGE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")
#: What a client says first.
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}
ACCEPT = {"accept": "application/json, text/event-stream"}


@asynccontextmanager
async def over_stdio(folder):
    """Start the command as an assistant does by the configuration that the page shows, and speak through pipes."""
    shown = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])["mcpServers"]["batchgen"]
    words = [str(folder) if word == "/Users/you/videos" else word for word in shown["args"]]
    assert shown["command"] == "batchgen"
    assert str(folder) in words
    env = os.environ | {"BATCHGEN_POLL_INTERVAL": "0.1"}
    with (folder / "stderr.txt").open("w") as errors:
        server = StdioServerParameters(command=sys.executable, args=["-m", "batchgen", *words], env=env)
        async with (
            stdio_client(server, errlog=errors) as (incoming, outgoing),
            ClientSession(incoming, outgoing) as one,
        ):
            await one.initialize()
            yield Assistant(one), KEY


@asynccontextmanager
async def over_http(folder):
    """Start the command as a person does, and speak to it over HTTP with the token that it shows."""
    with serving(folder) as (url, token):
        check_door(url, token)
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as client,
            streamable_http_client(url, http_client=client) as (incoming, outgoing, _),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            yield Assistant(session), token


@contextmanager
def serving(folder):
    """Keep the command of the page listening, at a free port; give its address and its token."""
    typed, said = re.search(r"```text\n\$ batchgen (.*)\n(.*)\n```", PAGE).groups()
    process = subprocess.Popen(
        [sys.executable, "-m", "batchgen", *typed.replace("8950", "0").split()],
        cwd=folder,
        env=os.environ | {"BATCHGEN_POLL_INTERVAL": "0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    told = process.stderr.readline()
    pattern = re.escape(said).replace(":8950/", r":\d+/").replace("…", r"(\S+)").replace("http", "(http", 1)
    try:
        yield re.fullmatch(pattern.replace("mcp,", "mcp),"), told.rstrip()).groups()
    finally:
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=30)
    (folder / "stderr.txt").write_text(said)
    assert (process.returncode, printed, said) == (0, "", "")


def check_door(url, token):
    """Knock: without the token, with nearly the token, and from web pages that have it."""
    known = {"authorization": f"Bearer {token}"}
    knocks = [
        {},
        {"authorization": f"Bearer {token}x"},
        {"authorization": token},
        known | {"origin": "https://evil.example"},
        known | {"host": "evil.example"},
    ]
    with httpx.Client(headers=ACCEPT) as client:
        answers = [client.post(url, json=HELLO, headers=headers).status_code for headers in knocks]
    assert len(token) > 30
    assert answers == [401, 401, 401, 403, 421]


@pytest.mark.parametrize("transport", [over_stdio, over_http])
async def test_a_batch_is_run_and_a_video_made_over_either_transport(heygen, tmp_path, transport):
    world = heygen()
    async with transport(tmp_path) as (assistant, secret):
        tools = {one.name for one in (await assistant.session.list_tools()).tools}
        plan = await assistant.call("plan_batch", manifests="people.csv")
        refused = await assistant.wrong("run_batch", manifests="people.csv")
        run = await assistant.call("run_batch", manifests="people.csv", max_credits=20)
        made = await assistant.call("make_video", script="Hello.", voice_id="v1", avatar_id="Daisy", max_credits=9)
        voices = await assistant.call("list_voices", language="German")

    assert {"check_manifest", "explain_row", "retry_failed", "get_credits", "video_status"} <= tools
    assert plan["send"] == 3
    assert refused.startswith("max_credits is missing")
    assert (run["done"], run["sent_twice"]) == (3, 0)
    assert assistant.heard[0][0] < 3.0
    assert (3.0, 3.0, "3 done") in assistant.heard
    assert made["video"]["status"] == "done"
    assert voices["matching"] > 5
    assert len(world.ledger()["jobs"]) == 4
    for path in filter(lambda one: one.is_file(), tmp_path.rglob("*")):
        content = path.read_bytes()
        assert KEY.encode() not in content, path
        assert secret.encode() not in content, path


def test_a_server_works_by_what_is_set_in_its_folder(heygen, tmp_path, monkeypatch):
    monkeypatch.setattr("batchgen.settings._FROM_DOTENV", {})
    places = []
    monkeypatch.setattr("batchgen.mcp.serve.serve_stdio", places.append)
    (tmp_path / ".env").write_text("HEYGEN_API_KEY=another-folders-key\n")
    (tmp_path / "batchgen.toml").write_text('api = "v3"\n')
    (folder := tmp_path / "agency").mkdir()
    (folder / ".env").write_text("HEYGEN_API_KEY=the-agencys-key\nBATCHGEN_MAX_CREDITS=50\n")
    (folder / "batchgen.toml").write_text('state = "mine.db"\nprofile = "agency"\napi = "v2"\n')
    for name in ("HEYGEN_API_KEY", "BATCHGEN_MAX_CREDITS"):  # What .env brings in goes when the test ends.
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)

    code = answer(["mcp", "--folder", "agency"])

    [place] = places
    assert code == 0
    assert (place.state, place.profile, place.api, place.ceiling) == ("mine.db", "agency", "v2", 50)
    assert os.environ["HEYGEN_API_KEY"] == "the-agencys-key"


def test_a_token_that_is_set_is_the_one_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("BATCHGEN_MCP_TOKEN", TOKEN)
    assert _token() == (TOKEN, False)

    monkeypatch.delenv("BATCHGEN_MCP_TOKEN")
    assert _token() != _token()


def test_a_port_that_is_taken_is_told(heygen, tmp_path, capsys, monkeypatch):
    heygen()
    monkeypatch.setenv("BATCHGEN_MCP_TOKEN", TOKEN)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code = answer(["mcp", "--http", "--port", str(taken.getsockname()[1])])

    assert code == 3
    assert "Choose another by --port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (["--http"], {"BATCHGEN_MCP_TOKEN": "short"}, "at least 16 letters"),
        (["--folder", "nowhere"], {}, "--folder nowhere: this cannot be worked in"),
    ],
)
def test_what_cannot_be_served_is_told(heygen, capsys, monkeypatch, words, env, said):
    heygen()
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    code = answer(["mcp", *words])

    assert code in {2, 3}
    assert said in capsys.readouterr().err


def test_without_the_extra_its_install_command_is_told(heygen, capsys, monkeypatch):
    heygen()
    for name in [name for name in sys.modules if name.partition(".")[0] == "mcp" or name.startswith("batchgen.mcp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)

    code = answer(["mcp"])

    assert code == 3
    assert "pip install 'batchgen[mcp]'" in capsys.readouterr().err


def test_ctrl_c_ends_it_though_nobody_says_a_word_more(heygen, tmp_path):
    heygen()
    process = subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps(HELLO) + "\n")
    process.stdin.flush()
    greeted = json.loads(process.stdout.readline())

    process.send_signal(signal.SIGINT)
    code = process.wait(20)
    process.communicate()

    assert greeted["result"]["serverInfo"]["name"] == "batchgen"
    assert code == 130
