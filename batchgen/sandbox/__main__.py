"""`python -m batchgen.sandbox`: a HeyGen on loopback, told to be ready by one line of JSON."""

import argparse
import json
import sys
from collections.abc import Sequence

from batchgen.sandbox import faults, plans
from batchgen.sandbox.options import FILMS, Options, seconds_range
from batchgen.sandbox.server import run_server


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; give 2 where the arguments make no sense."""
    given = _parser().parse_args(arguments)
    try:
        run_server(
            host=given.host,
            port=given.port,
            options=_options(given),
            journal=given.journal,
            ready=_announce,
            exit_with_parent=given.exit_with_parent,
        )
    except (ValueError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m batchgen.sandbox", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)")
    add("--port", type=int, default=0, help="0 takes a free one (default)")
    add("--plan", default="payg", help=f"one of {', '.join(plans.PLANS)} (default payg)")
    add("--seed", type=int, default=7, help="decides ids, render times and faults (default 7)")
    add("--faults", default="none", help="none, mild, rough, or such as mild,lost=0.2,list_lag=3 (default none)")
    add("--render", default="2-5", help="seconds that a render takes, such as 3 or 2-6 (default 2-5)")
    add("--credits", type=float, help="balance at the start (default: the plan's)")
    add("--concurrency", type=int, help="jobs at once (default: the plan's)")
    add("--rate", type=float, default=0.0, help="requests a second before a 429 comes (default: no limit)")
    add("--reply-delay", type=float, default=0.0, help="seconds before each reply")
    add("--link-life", type=float, default=7 * 86_400.0, help="seconds that links live (default: 7 days)")
    add("--batch-keys", default="ignored", help="whether /v3/videos/batches honours keys: honoured or ignored")
    add("--films", default="text", choices=FILMS, help="text shows what was asked for; tiny is one small film")
    add("--film-bytes", type=int, default=0, help="pad films to this many bytes")
    add("--journal", help="a file that keeps jobs and keys when the sandbox is started again")
    add("--exit-with-parent", action="store_true", help="end when standard input ends")
    return parser


def _options(given: argparse.Namespace) -> Options:
    return Options(
        plan=plans.plan(given.plan),
        seed=given.seed,
        faults=faults.parse(given.faults),
        render=seconds_range(given.render),
        credits=given.credits,
        concurrency=given.concurrency,
        rate=given.rate,
        reply_delay=given.reply_delay,
        link_life=given.link_life,
        batch_keys=given.batch_keys,
        films=given.films,
        film_bytes=given.film_bytes,
    )


def _announce(url: str) -> None:
    print(json.dumps({"url": url, "ledger": f"{url}/_sandbox/ledger"}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
