"""What is kept of a run while it goes on, for its last words."""

from batchgen.assembly.ending import Heard
from batchgen.model.exchange import Purpose
from batchgen.pipeline.happened import Asked, Stalled, Uncaptioned


def test_what_no_store_keeps_is_counted_and_every_fact_passed_on():
    passed = []
    heard = Heard(passed.append)
    facts = [
        *(Asked(purpose=Purpose.STATUS, took_s=0.1, ok=True) for _ in range(20)),
        Stalled(job=4, kind="translation", remote_id="abc", waited_s=9000.0, usual_s=1800.0, queued=False),
        Uncaptioned(job=5, reason="HeyGen gave none"),
    ]

    for fact in facts:
        heard.hear(fact)

    assert heard.requests == {"status": 20}
    assert (list(heard.stalled), heard.uncaptioned) == ([4], 1)
    assert passed == facts
