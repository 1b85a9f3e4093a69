"""All tools of a server."""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING

from batchgen.mcp.batches import add_planning, add_runs
from batchgen.mcp.server import INSTRUCTIONS, Server
from batchgen.mcp.singles import add_lists, add_videos
from batchgen.mcp.studio import Studio

if TYPE_CHECKING:
    from batchgen.mcp.office import Office


def make_server(office: Office) -> Server:
    """Make a server of all tools."""
    # What its library logs are tracebacks of connections that end; what matters is told to whoever called.
    loud = bool(os.environ.get("BATCHGEN_DEBUG"))
    server = Server("batchgen", instructions=INSTRUCTIONS, log_level="WARNING" if loud else "CRITICAL")
    server._mcp_server.version = version("batchgen")  # noqa: SLF001 - else it gives that of its library
    studio = Studio(office.place)
    add_planning(server, office)
    add_runs(server, office)
    add_lists(server, studio)
    add_videos(server, studio, office)
    return server
