"""What the account's lists have under a mark: the video itself, and neither a failure nor a copy of it."""

import pytest

from batchgen.model.exchange import Progress, Stage
from batchgen.pipeline.reconciling.recall import Listed

MARK = "bg2345abcdef"


def row(name, stage):
    return Progress(stage=stage, remote_id=name, title=f"Film · {MARK}")


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ([[row("new", Stage.READY), row("old", Stage.READY)]], "new"),
        ([[row("copy", Stage.WORKING)], [row("old", Stage.READY)]], "old"),
        ([[row("new", Stage.BROKEN)], [row("old", Stage.WORKING)]], "old"),
        ([[row("new", Stage.QUEUED), row("old", Stage.WORKING)]], "new"),
        ([[row("new", Stage.BROKEN)]], None),
    ],
)
def test_of_a_mark_that_stands_in_several_rows_the_newest_that_is_ready_counts(pages, found):
    listed = Listed()
    for rows in pages:
        listed.take(rows)

    assert listed.rows == sum(map(len, pages))
    assert getattr(listed.marked.get(MARK), "remote_id", None) == found
