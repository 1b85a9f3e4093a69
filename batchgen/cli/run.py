"""`batchgen run` and `batchgen retry`."""

from __future__ import annotations

from typing import Any

import click

from batchgen.cli import options
from batchgen.cli.choices import Choices
from batchgen.cli.sampled import run_sampled
from batchgen.cli.terminal import carry
from batchgen.model.errors import UsageError

RUN_HELP = """Make the videos that manifests ask for: plan, send, watch, save, report.

A manifest is a sheet (CSV, TSV, XLSX, JSONL, a link to a published Google Sheet) or a YAML file. Rows that are done
are left alone, and what an earlier run left is gone on with, however that run ended.

\b
Examples:
  batchgen run bulk_translation_csv_template.csv
  batchgen run people.yaml --downloads out/videos --max-credits 200
  batchgen run people.yaml --sandbox          rehearse: no key, no cost
  batchgen run people.yaml --limit 3          the first three only
  batchgen run people.yaml --sample 5         five that stand for all, a look at them, then the rest
  batchgen run people.yaml --no-wait          submit now, fetch later

Options can be set for good: in the environment or in .env (BATCHGEN_POLL_INTERVAL=2), or in a file batchgen.toml in
this folder (poll_interval = 2).

\b
Exit codes:
  0  all done
  1  ended, and some jobs failed
  2  the manifest or the command is wrong; nothing was sent
  3  credentials, settings, network or disk
  4  stopped watching; jobs still render
  5  paused: out of credit, or the budget is reached
  6  another process has this run
  130  interrupted, in order
"""

RETRY_HELP = """Try failed and cancelled jobs again, and nothing else.

Each is a new purchase. Without a manifest: those of the last run.

\b
Examples:
  batchgen retry                                     all that failed in the last run
  batchgen retry people.yaml                         all that failed of one manifest
  batchgen retry people.yaml --select row:10-40      only these rows
  batchgen retry --select 'error:"video is too long"'
"""


@click.command(help=RUN_HELP, short_help="Make the videos.")
@options.manifests
@options.sandbox
@options.profile
@options.api
@options.state
@options.results
@options.like_input
@options.downloads
@options.duplicates
@options.again
@options.limit
@options.sample
@options.select
@options.probe
@options.work
@options.encoding
@options.as_json
def run(manifests: tuple[str, ...], **given: Any) -> int:
    """Make the videos that manifests ask for."""
    choices = Choices(**given)
    if choices.sample is None:
        return carry(choices, choices.errand(manifests)).exit_code
    if choices.limit is not None:
        raise UsageError("--limit and --sample: each says how many, so give one of them.")
    return run_sampled(choices, manifests)


@click.command(help=RETRY_HELP, short_help="Try failed jobs again.")
@options.known
@options.sandbox
@options.profile
@options.api
@options.state
@options.results
@options.like_input
@options.downloads
@options.duplicates
@options.select
@options.work
@options.encoding
@options.as_json
def retry(manifests: tuple[str, ...], **given: Any) -> int:
    """Try failed and cancelled jobs again."""
    choices = Choices(**given)
    return carry(choices, choices.errand(manifests, revive=True)).exit_code
