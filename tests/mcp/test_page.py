"""What docs/mcp.md and the README tell assistants' users is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from batchgen.cli.mcp import mcp
from tests.mcp.conftest import connected

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```json\n(.*?)```", PAGE + (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_every_configuration_that_is_shown_starts_the_command():
    started = 0
    for block in SHOWN:
        told = json.loads(block)
        server = (told.get("mcpServers") or told["servers"])["batchgen"]
        if "command" in server:
            name, *words = server["args"]
            with mcp.make_context(name, words) as context:
                assert isinstance(context, click.Context)
            started += 1
        else:
            assert server["url"] == "http://127.0.0.1:8950/mcp"
    assert started >= 5


def test_a_key_stands_in_no_configuration():
    assert [block for block in SHOWN if "HEYGEN" in block] == []


async def test_the_table_has_every_tool(heygen):
    heygen()
    async with connected() as assistant:
        tools = {one.name for one in (await assistant.session.list_tools()).tools}

    table = PAGE.partition("| tool |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z]+_[a-z]+)`", table)) - {"max_credits", "job_id"} == tools


@pytest.mark.parametrize("name", ["run_batch", "retry_failed", "make_video"])
def test_what_spends_is_said_to_want_a_budget(name):
    assert re.search(rf"^\| `{name}` \|.*`max_credits`", PAGE, re.MULTILINE)
