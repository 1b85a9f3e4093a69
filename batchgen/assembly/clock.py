"""The machine's own time."""

from __future__ import annotations

from batchgen.pipeline.clock import SystemClock

CLOCK = SystemClock()
