"""A HeyGen on this machine, a folder with a sheet, and an assistant that is connected to batchgen in it."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from mcp.shared.memory import create_connected_server_and_client_session

from batchgen.mcp.office import Office
from batchgen.mcp.place import Place
from batchgen.mcp.tools import make_server
from batchgen.sandbox import Faults, Options, serve

if TYPE_CHECKING:
    from mcp import ClientSession

KEY = "sk_V2_hgu_kQm7secretZ9x2"
TOKEN = "a-token-that-nobody-guesses"
PEOPLE = "title,avatar_id,voice_id,script\nA,Daisy,v1,One.\nB,Daisy,v1,Two.\nC,Daisy,v1,Three.\n"


@dataclass
class Assistant:
    """Somebody who calls tools."""

    session: ClientSession
    heard: list[tuple[float, float | None, str | None]] = field(default_factory=list)

    async def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Call a tool that works."""
        told = await self.session.call_tool(name, arguments, progress_callback=self._hear)
        assert not told.isError, told.content
        return told.structuredContent

    async def wrong(self, name: str, /, **arguments: Any) -> str:
        """Call a tool that does not, and give the sentence it says."""
        told = await self.session.call_tool(name, arguments)
        assert told.isError, told.content
        [said] = told.content
        assert "Traceback" not in said.text
        assert "Error executing" not in said.text
        return said.text

    async def _hear(self, way: float, whole: float | None, words: str | None) -> None:
        self.heard.append((way, whole, words))


@pytest.fixture
def heygen(tmp_path, monkeypatch):
    """Give a way to start a HeyGen that everybody here asks."""
    for name in [name for name in os.environ if name.startswith(("HEYGEN_", "BATCHGEN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text(PEOPLE)
    served = []

    def start(*, faults: dict[str, float] | None = None, **options: Any):
        chosen = {"render": (0.05, 0.1), "films": "tiny", **options}
        serving = serve(options=Options(faults=Faults(**(faults or {})), **chosen)).__enter__()
        served.append(serving)
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", KEY)
        return serving.world

    yield start
    for serving in served:
        serving.__exit__(None, None, None)


@asynccontextmanager
async def connected(office: Office | None = None, **facts: Any):
    """Connect an assistant to a server in this process; where several share one, it has the same ``office``."""
    office = office or Office(Place(state="state/batchgen.db", poll_interval=0.05, **facts))
    async with create_connected_server_and_client_session(make_server(office)._mcp_server) as session:
        yield Assistant(session)
    await office.close()
