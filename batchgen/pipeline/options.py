"""What a person chose for a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from batchgen.pipeline.breaker import Tolerance

__all__ = ["Options", "Tolerance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run is to go about its work. Times are seconds."""

    api: str = "v3"  #: The generation new jobs are sent with.
    rate: float | None = None  #: Requests a second; None: as many as are let.
    concurrency: int | None = None  #: Jobs at once; None: learned.
    batch: str = "auto"  #: auto: where the batch endpoint is known to honour keys; always; never.
    poll_interval: float = 5.0  #: The shortest wait between two looks at a job.
    timeout: float | None = None  #: When to stop watching; None: never.
    settle: float | None = None  #: How long an unsure job is looked for; None: by what the endpoint honours.
    wait: bool = True  #: Whether to watch at all.
    download: bool = True  #: Whether to save videos, or only their links.
    downloads_at_once: int = 8
    title_token: bool = True  #: Whether titles carry a token by which a lost job is found again.
    max_credits: float | None = None  #: What the manifests may cost in all, in the account's unit; None: no bound.
    unit: str | None = None  #: What the account pays in; None: not known.
    tolerance: Tolerance = field(default_factory=Tolerance)  #: How much failing is borne before nothing more is sent.
    patience: float = 600.0  #: How long the server may be out of reach before the run gives up.

    def settle_for(self, *, keyed: bool) -> float:
        """Give how long an unsure job is looked for before it counts as absent.

        Short where a key makes a repeat harmless, and minutes where a lagging list would mean paying twice.
        """
        if self.settle is not None:
            return self.settle
        return 10.0 if keyed else 120.0
