"""The words of a command line, and what of them concerns the pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from batchgen.assembly.hearing import Ear
from batchgen.pipeline.options import Options, Tolerance


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

    def options(self, api: str, unit: str | None) -> Options:
        """Give what of it concerns the pipeline."""
        return Options(
            api=api,
            unit=unit,
            rate=self.rate,
            concurrency=self.concurrency,
            batch=self.batch,
            poll_interval=self.poll_interval,
            timeout=self.timeout,
            settle=self.settle,
            wait=not self.no_wait,
            download=not self.no_download,
            max_credits=self.max_credits,
            tolerance=Tolerance.read(self.max_failures),
            title_token=self.title_token != "never",  # noqa: S105 - a mark, no secret
        )
