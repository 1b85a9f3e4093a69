"""The places of an account, taken by a whole run in virtual time: each is filled at once, and once."""

import pytest

from batchgen.pipeline.options import Options
from benchmarks.lab import live
from benchmarks.setting import Setting


@pytest.mark.parametrize("write_s", [0.0, 0.01, 0.3])
@pytest.mark.parametrize("mean_s", [2.0, 8.0, 60.0])
def test_a_place_that_became_free_is_filled_once_however_slow_the_disk(mean_s, write_s):
    # Ends are told by bulk status, and links come later by a page: until that is written, the video has no place.
    told = live(
        Setting(
            jobs=120,
            kind="translation",
            mean_s=mean_s,
            write_s=write_s,
            options=Options(download=False, batch="never"),
        )
    )

    # What it costs to find out that there are ten.
    assert told.refused.total() <= 5
    assert told.done == 120
