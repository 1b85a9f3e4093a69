"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")

DEFAULT_STATE = "state/batchgen.db"

manifests = click.argument("manifests", nargs=-1, required=True, metavar="MANIFEST...")
state = click.option(
    "--state",
    envvar="BATCHGEN_STATE",
    default=DEFAULT_STATE,
    show_default=True,
    metavar="PATH",
    help="The file that remembers every job.",
)
api = click.option(
    "--api",
    type=click.Choice(["v3", "v2"]),
    help="The API's generation. Default: what the manifest says, else v3.",
)
sandbox = click.option("--sandbox", is_flag=True, help="Rehearse against a HeyGen on this machine; needs no key.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
select = click.option(
    "--select",
    metavar="EXPR",
    help='Only the rows that match, such as `status:failed`, `lang:"Spanish (Spain)"`, `row:10-40`, `company:ACME`.',
)
limit = click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N jobs.")
results = click.option("--results", metavar="PATH", help="The results CSV. Default: beside the manifest.")
downloads = click.option("--downloads", metavar="DIR", help="Where videos go. Default: videos/ beside the manifest.")
encoding = click.option("--encoding", metavar="NAME", help="The sheet's encoding, where it was guessed wrongly.")
duplicates = click.option(
    "--duplicates",
    type=click.Choice(["error", "share", "keep"]),
    default="error",
    show_default=True,
    help="Rows that render the same: a fault, one video for all, or one each.",
)

#: How a run goes about its work.
_WORK = (
    click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Requests a second."),
    click.option("--concurrency", type=click.IntRange(min=1), metavar="N", help="Jobs at once. Default: learned."),
    click.option(
        "--batch",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Many jobs in one request, where v3 has it.",
    ),
    click.option(
        "--poll-interval",
        type=click.FloatRange(min=0, min_open=True),
        default=5.0,
        show_default=True,
        metavar="S",
        help="The shortest wait between two looks at a job.",
    ),
    click.option("--timeout", type=click.FloatRange(min=0), metavar="S", help="Stop watching after this; jobs go on."),
    click.option("--write-timeout", type=click.FloatRange(min=1), default=120.0, show_default=True, metavar="S",
                 help="How long a reply to a paid request is waited for."),
    click.option("--settle", type=click.FloatRange(min=0), metavar="S",
                 help="How long an unsure job is looked for. Default: 10 with keys, 120 without."),
    click.option("--title-token", type=click.Choice(["auto", "never"]), default="auto", show_default=True,
                 help="Whether titles carry a token by which a lost job is found."),
    click.option("--no-wait", is_flag=True, help="Submit and leave; a later run goes on."),
    click.option("--no-download", is_flag=True, help="Keep links, and save no videos."),
    click.option("--max-credits", type=click.FloatRange(min=0), metavar="X", help="Stop before this is spent."),
    click.option("--yes", "-y", is_flag=True, help="Ask no question before spending."),
)  # fmt: skip


def work(command: Command) -> Command:
    """Give a command the options of a run's work."""
    for option in reversed(_WORK):
        command = option(command)
    return command
