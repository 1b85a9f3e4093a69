"""`batchgen sandbox`: a HeyGen on this machine."""

from __future__ import annotations

import click

from batchgen.model.errors import UsageError

HELP = """Serve a HeyGen on this machine, v3 and v2, with real films and scripted trouble.

Point batchgen (or any other client) at it:

\b
  batchgen sandbox --port 8900 --faults mild
  HEYGEN_API_BASE=http://127.0.0.1:8900 HEYGEN_API_KEY=any batchgen run videos.csv

What it billed is at /_sandbox/ledger.
"""


@click.command(help=HELP, short_help="Serve a HeyGen on this machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=8900, show_default=True, help="0 takes a free one.")
@click.option("--plan", default="payg", show_default=True, help="free, pro, scale, enterprise or payg.")
@click.option("--faults", default="none", show_default=True, help="none, mild, rough, or such as mild,lost=0.2.")
@click.option("--seed", type=int, default=7, show_default=True, help="Decides ids, render times and faults.")
@click.option("--render", default="2-5", show_default=True, help="Seconds that a render takes, such as 3 or 2-6.")
@click.option("--credits", type=float, help="The balance at the start. Default: the plan's.")
@click.option("--concurrency", type=click.IntRange(min=1), help="Jobs at once. Default: the plan's.")
@click.option("--rate", type=click.FloatRange(min=0), default=0.0, help="Requests a second before it asks to wait.")
@click.option("--films", type=click.Choice(["text", "tiny"]), default="text", help="tiny: one small film for all.")
@click.option("--journal", metavar="PATH", help="A file that keeps jobs when the sandbox is started again.")
def sandbox(
    *,
    port: int,
    plan: str,
    faults: str,
    seed: int,
    render: str,
    credits: float | None,  # noqa: A002 - the option's name
    concurrency: int | None,
    rate: float,
    films: str,
    journal: str | None,
) -> int:
    """Serve until a signal comes."""
    from batchgen.sandbox import Options, plans  # noqa: PLC0415 - a server is for those who serve
    from batchgen.sandbox import faults as trouble  # noqa: PLC0415
    from batchgen.sandbox.options import seconds_range  # noqa: PLC0415
    from batchgen.sandbox.server import run_server  # noqa: PLC0415

    def ready(url: str) -> None:
        click.echo(f"A HeyGen is at {url} (its ledger: {url}/_sandbox/ledger). Ctrl-C ends it.")

    try:
        chosen = Options(
            plan=plans.plan(plan),
            seed=seed,
            faults=trouble.parse(faults),
            render=seconds_range(render),
            credits=credits,
            concurrency=concurrency,
            rate=rate,
            films=films,
        )
        run_server(port=port, options=chosen, journal=journal, ready=ready)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"port {port} cannot be served ({error.strerror}). Choose another by --port.") from error
    return 0
