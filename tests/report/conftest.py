"""A job to report of."""

from __future__ import annotations

import pytest

from batchgen.model.job import Job
from batchgen.model.status import Status


@pytest.fixture
def job():
    return Job(
        pk=1,
        id="abcdefghijklmnop",
        kind="translation",
        content={},
        delivery={},
        language="Spanish (Spain)",
        file="intro.mp4",
        status=Status.DONE,
        remote_id="vt_1",
        video_url="https://files.example/v.mp4?sig=1",
        duration_s=61.25,
        credits=0.1 + 0.2,
        submitted_at=1795428000.9,
        finished_at=1795428061.0,
    )
