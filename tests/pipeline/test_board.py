"""What the board counts, while one stage knows of a job what another has written and not counted yet."""

from __future__ import annotations

from batchgen.model.status import Status
from batchgen.pipeline.logbook import Board
from batchgen.pipeline.pacing.concurrency import Concurrency


def test_a_job_that_is_found_ready_before_its_acceptance_was_counted_breaks_nothing():
    board, places = Board({Status.SENDING: 1}), Concurrency()
    board.finished = 1  # The watcher read it in the store, and it was ready; the sender waits to be told of its commit.

    places.renders(board.rendering)
    places.accepted(1, board.taken)

    assert (board.rendering, board.taken) == (0, 0)
    board.moved(Status.SENDING, Status.RENDERING)
    assert (board.rendering, board.taken) == (0, 0)
    assert places.room(board.in_flight) > 0
