"""The words of a command line, and the errand that they ask for."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchgen.assembly.errand import Errand
from batchgen.assembly.hearing import Ear

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The words of a command line."""

    state: str
    api: str | None
    sandbox: bool
    results: str | None
    downloads: str | None
    encoding: str | None
    duplicates: str
    select: str | None
    rate: float | None
    concurrency: int | None
    batch: str
    poll_interval: float
    timeout: float | None
    write_timeout: float
    settle: float | None
    title_token: str
    no_wait: bool
    no_download: bool
    max_credits: float | None
    max_failures: str
    yes: bool
    as_json: bool
    profile: str | None = None
    limit: int | None = None
    sample: int | None = None
    probe: bool = False
    again: bool = False
    like_input: bool = False
    log_file: str | None = None
    notify: tuple[str, ...] = ()
    webhook: str | None = None
    listen: str | None = None
    webhook_patience: float = 30.0

    @property
    def ear(self) -> Ear | None:
        """Where the server is to tell of ends, if that is wanted. Raises ``UsageError``."""
        if self.webhook is None and self.listen is None:
            return None
        return Ear.read(self.webhook, self.listen, patience=self.webhook_patience, waits=not self.no_wait)

    def errand(self, manifests: Sequence[str], **more: Any) -> Errand:
        """Say what is to be done. Raises ``UsageError``."""
        return Errand(
            manifests=tuple(manifests),
            state=self.state,
            command=typed(),
            encoding=self.encoding,
            sandbox=self.sandbox,
            profile=self.profile,
            results=self.results,
            downloads=self.downloads,
            like_input=self.like_input,
            api=self.api,
            duplicates=self.duplicates,
            again=self.again,
            select=self.select,
            limit=self.limit,
            sample=self.sample,
            probe=self.probe,
            ear=self.ear,
            write_timeout=self.write_timeout,
            max_failures=self.max_failures,
            options=self._run_options,
            **more,
        )

    @property
    def _run_options(self) -> dict[str, Any]:
        """Give what concerns how a run goes about its work."""
        return {
            "rate": self.rate,
            "concurrency": self.concurrency,
            "batch": self.batch,
            "poll_interval": self.poll_interval,
            "timeout": self.timeout,
            "settle": self.settle,
            "wait": not self.no_wait,
            "download": not self.no_download,
            "max_credits": self.max_credits,
            "title_token": self.title_token != "never",  # noqa: S105 - a mark, no secret
        }


def typed() -> str:
    """Give the command as it was typed; what is secret in it is no part of what is kept."""
    words = ["batchgen", *sys.argv[1:]]
    for place, word in enumerate(words):
        if word == "--notify" and place + 1 < len(words):
            words[place + 1] = "***"
        elif word.startswith("--notify="):
            words[place] = "--notify=***"
    return shlex.join(words)
