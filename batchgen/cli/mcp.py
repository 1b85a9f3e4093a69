"""`batchgen mcp`: the tools that an assistant makes videos with."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import click

from batchgen import settings
from batchgen.cli import options
from batchgen.cli.defaults import defaults
from batchgen.model.errors import ConfigError, UsageError
from batchgen.model.extras import installing
from batchgen.model.home import at_home

TOKEN_NAME = "BATCHGEN_MCP_TOKEN"  # noqa: S105 - a name, no secret
#: Letters that a token has at the least.
LONG_ENOUGH = 16

HELP = """Let an assistant (Claude Desktop, Cursor, VS Code and others) check, plan and run batches.

Without --http it speaks the Model Context Protocol over standard input and output: an assistant starts it by itself.
With --http it serves it on this machine alone, to those who have its token: that of BATCHGEN_MCP_TOKEN, or else one
that is made up and shown once.

An assistant can spend nothing unless it names a budget in the same request; --max-credits is the highest that it may
name in one.

\b
Examples:
  batchgen mcp --sandbox                                a rehearsal: no key, no cost
  batchgen mcp --folder ~/videos --max-credits 50
  batchgen mcp --http --port 8950
"""


class _InItsFolder(click.Command):
    """A command whose words are read once more in the folder that it is to work in, where its options may be set."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See click.Command.parse_args."""
        ctx.meta[__name__] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """See click.Command.invoke."""
        if folder := ctx.params["folder"]:
            _enter(folder)
            ctx.default_map = defaults(["mcp"]).get("mcp")
            ctx.params.clear()
            super().parse_args(ctx, ctx.meta[__name__])
        return super().invoke(ctx)


@click.command(cls=_InItsFolder, short_help="Let an assistant check, plan and run batches.", help=HELP)
@click.option("--http", "over_http", is_flag=True, help="Serve HTTP on this machine, in place of standard output.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8950, show_default=True, help="With --http: 0 takes a free one."
)
@click.option(
    "--folder",
    metavar="DIR",
    help="The folder that it works in, with its .env and batchgen.toml. Default: this one.",
)
@click.option(
    "--max-credits",
    envvar="BATCHGEN_MAX_CREDITS",
    type=click.FloatRange(min=0),
    metavar="X",
    help="The highest budget that may be named. Default: any.",
)
@options.sandbox
@options.profile
@options.api
@options.state
@options.poll_interval
def mcp(
    *,
    over_http: bool,
    port: int,
    folder: str | None,
    max_credits: float | None,
    sandbox: bool,
    profile: str | None,
    api: str | None,
    state: str,
    poll_interval: float,
) -> int:
    """Serve until whoever asked has gone."""
    del folder  # Entered by now.
    serving = _serving()
    from batchgen.assembly.sandboxed import own_sandbox  # noqa: PLC0415 - for those who serve
    from batchgen.mcp.place import Place  # noqa: PLC0415

    with ExitStack() as stack:
        rehearsal = stack.enter_context(own_sandbox(state)) if sandbox else None
        place = Place(
            state=state,
            sandbox=rehearsal,
            profile=profile,
            api=api,
            poll_interval=poll_interval,
            ceiling=max_credits,
        )
        if not over_http:
            serving.serve_stdio(place)
            return 0
        token, made = _token()
        serving.serve_http(place, port=port, token=token, ready=lambda url: _tell(url, token if made else None))
    return 0


def _serving() -> Any:
    """Load what serves. Raises ``ConfigError`` where what it needs is not installed."""
    try:
        return import_module("batchgen.mcp.serve")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("batchgen"):
            raise
        raise ConfigError(
            f"`batchgen mcp` needs what is not installed here. Install it: {installing('mcp')}"
        ) from error


def _enter(folder: str) -> None:
    """Work in a folder, with what its ``.env`` sets."""
    try:
        os.chdir(at_home(folder))
    except OSError as error:
        raise UsageError(f"--folder {folder}: this cannot be worked in ({error.strerror}).") from error
    settings.load_dotenv()


def _token() -> tuple[str, bool]:
    """Give the token that is asked for, and whether it was made up just now."""
    given = settings.given(TOKEN_NAME)
    if given and len(given) < LONG_ENOUGH:
        raise ConfigError(f"{TOKEN_NAME}: a token has at least {LONG_ENOUGH} letters, so that nobody guesses it.")
    return given or secrets.token_urlsafe(32), not given


def _tell(url: str, token: str | None) -> None:
    known = f"the token of {TOKEN_NAME}" if token is None else f"the token {token}"
    click.echo(f"Assistants on this machine find batchgen at {url}, with {known}. Ctrl-C ends it.", err=True)
