"""Options that several commands share.

Those that may be set for good are made by ``_setting``: each can be given as an option, as a variable of the
environment or of ``.env`` (``--poll-interval`` is ``BATCHGEN_POLL_INTERVAL``), or in ``batchgen.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from batchgen.model.home import at_home
from batchgen.settings import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Command = TypeVar("Command", bound="Callable[..., Any]")

DEFAULT_STATE = "state/batchgen.db"

_NOT_NEGATIVE = click.FloatRange(min=0)
_MORE_THAN_NONE = click.FloatRange(min=0, min_open=True)


def a_name(text: Any) -> str:
    """Read a name, which is never empty: what a shell makes of a variable that is not set names nothing."""
    if not str(text).strip():
        raise click.BadParameter("It is empty. If it comes from a variable, set that.")
    return str(text)


def a_path(text: Any) -> str:
    """Read a path, in which ``~`` is the user's folder: no shell says so in a file, nor after ``--state=``."""
    return at_home(a_name(text))


def _setting(name: str, **facts: Any) -> Callable[[Command], Command]:
    return click.option(f"--{name}", envvar=PREFIX + name.upper().replace("-", "_"), **facts)


manifests = click.argument("manifests", nargs=-1, required=True, type=a_name, metavar="MANIFEST...")
known = click.argument("manifests", nargs=-1, type=a_name, metavar="[MANIFEST]...")
named = click.argument("names", nargs=-1, metavar="[ROW|JOB]...")
state = _setting(
    "state",
    type=a_path,
    default=DEFAULT_STATE,
    show_default=True,
    metavar="PATH",
    help="The file that remembers every job.",
)
api = _setting(
    "api",
    type=click.Choice(["v3", "v2"]),
    help="How HeyGen is spoken to: v3, or the older v2. Default: what the manifest says, else v3.",
)
sandbox = _setting("sandbox", is_flag=True, help="Rehearse against a HeyGen on this machine; needs no key.")
profile = _setting(
    "profile",
    metavar="NAME",
    help="Whose kept credentials to use, where HEYGEN_API_KEY is not set. Default: default.",
)
oauth_client_id = _setting(
    "oauth-client-id", metavar="ID", help="With --oauth: the app that HeyGen has approved as an integration."
)
as_json = click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object on standard output.")
select = click.option(
    "--select",
    metavar="EXPR",
    help='Only the rows that match, such as `status:failed`, `lang:"Spanish (Spain)"`, `row:10-40`, `company:ACME`.',
)
again = click.option("--again", is_flag=True, help="Make videos that are done once more. Costs again.")
limit = click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N jobs.")
sample = click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="First N that stand for all; then the rest, once you have looked at them.",
)
probe = click.option("--probe", is_flag=True, help="Read from its link how long each source is, for costs and budgets.")
results = click.option(
    "--results",
    type=a_path,
    metavar="PATH",
    help="The results; .xlsx, .html and others as well. Default: a CSV beside the manifest.",
)
downloads = _setting(
    "downloads", type=a_path, metavar="DIR", help="Where videos go. Default: videos/ beside the manifest."
)
like_input = _setting(
    "like-input", is_flag=True, help="Results in the sheet's own delimiter and encoding, not as CSV in UTF-8."
)
encoding = click.option("--encoding", metavar="NAME", help="The sheet's encoding, where it was guessed wrongly.")
duplicates = _setting(
    "duplicates",
    type=click.Choice(["error", "share", "keep"]),
    default="error",
    show_default=True,
    help="Rows that render the same: a fault, one video for all, or one each.",
)

yes = click.option("--yes", "-y", envvar="BATCHGEN_YES", is_flag=True, help="Ask no question before spending.")
concurrency = _setting("concurrency", type=click.IntRange(min=1), metavar="N", help="Jobs at once. Default: learned.")
batch = _setting(
    "batch",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Many videos in one request, where v3 has it.",
)
title_token = _setting(
    "title-token",
    type=click.Choice(["auto", "never"]),
    default="auto",
    show_default=True,
    help="Whether titles end in a short mark, by which a video whose answer got lost is found again.",
)

#: Being told of ends by the server itself.
webhooks = (
    _setting("webhook", metavar="URL", help="Have HeyGen tell at this address what is ready, instead of asking it."),
    _setting(
        "listen",
        metavar="HOST:PORT",
        help="Where on this machine that address leads. Default: 127.0.0.1:8080.",
    ),
)

poll_interval = _setting(
    "poll-interval",
    type=_MORE_THAN_NONE,
    default=5.0,
    show_default=True,
    metavar="S",
    help="The shortest wait between two looks at a job, in seconds; less where its like are ready in half a second.",
)

#: How a run goes about its work, be it real or rehearsed.
_MANNER = (
    _setting("rate", type=_MORE_THAN_NONE, metavar="N", help="Requests a second. Default: what the server lets."),
    concurrency,
    batch,
    poll_interval,
    _setting("timeout", type=_NOT_NEGATIVE, metavar="S", help="Stop watching after so many seconds; jobs go on."),
    _setting(
        "write-timeout",
        type=click.FloatRange(min=1),
        default=120.0,
        show_default=True,
        metavar="S",
        help="How many seconds HeyGen's answer is waited for when a video is ordered.",
    ),
    _setting(
        "settle",
        type=_NOT_NEGATIVE,
        metavar="S",
        help="How many seconds a video whose answer got lost is looked for, before it counts as not accepted. "
        "Default: 10 where HeyGen knows a repeat for one (v3), else 120. Given, it holds for v2 translations too, "
        "which else wait for you: HeyGen documents no list that would show them, so one may be paid twice.",
    ),
    title_token,
    _setting("no-download", is_flag=True, help="Keep links, and save no videos."),
    _setting(
        "max-credits",
        type=_NOT_NEGATIVE,
        metavar="X",
        help="Send nothing that might cross this, in credits, or in dollars where the account pays in them.",
    ),
    _setting(
        "max-failures",
        default="50",
        show_default=True,
        metavar="N|P%",
        help="Stop after N equal failures in a row, or a share of all; none: never.",
    ),
)

_WORK = (
    *_MANNER,
    click.option("--no-wait", is_flag=True, help="Submit and leave; a later run goes on."),
    *webhooks,
    _setting(
        "webhook-patience",
        type=_NOT_NEGATIVE,
        default=30.0,
        show_default=True,
        metavar="S",
        help="How many seconds longer than usual HeyGen's word is waited for, before it is asked.",
    ),
    _setting("log-file", type=a_path, metavar="PATH", help="Write what happens as lines of JSON, too."),
    _setting(
        "notify",
        multiple=True,
        metavar="URL",
        help="Post a summary to this webhook at the end (slack:URL: in Slack's words). May be repeated.",
    ),
    yes,
)


def manner(command: Command) -> Command:
    """Give a command the options of how a run goes about its work."""
    return _with(_MANNER, command)


def work(command: Command) -> Command:
    """Give a command the options of a run's work."""
    return _with(_WORK, command)


def _with(given: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(given):
        command = option(command)
    return command
