"""What failed or is done stays so, until what takes its place is really sent."""

import pytest

from batchgen.assembly.carrying import carry_out
from batchgen.assembly.company import Nobody
from batchgen.assembly.errand import Errand
from batchgen.model.errors import Declined
from batchgen.sandbox import Faults, Options, serve

QUICK = ("--poll-interval", "0.05", "--no-download")


class Unwilling(Nobody):
    """Somebody who says no."""

    def consent(self, work, spending):
        """Say no."""
        raise Declined("Nothing was sent.")


@pytest.fixture(params=["failed", "done"])
def made(request, batchgen, sheet, monkeypatch):
    """A sheet whose two videos have ended, and the server that they were made at."""
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    with serve(
        options=Options(render=(0.05, 0.1), films="tiny", faults=Faults(failed=request.param == "failed"))
    ) as it:
        monkeypatch.setenv("HEYGEN_API_BASE", it.url)
        batchgen("run", "people.csv", *QUICK)
        yield it, request.param


def asked(status):
    return ("retry", "people.csv") if status == "failed" else ("run", "people.csv", "--again")


def test_what_is_in_the_way_of_a_run_leaves_all_as_it_was(batchgen, sheet, made):
    heygen, status = made
    before = sheet.with_name("people_results.csv").read_text()

    homeless = batchgen(*asked(status), "--downloads", "people.csv")
    batchgen("run", "people.csv", *QUICK)

    assert homeless.code == 3
    assert len(heygen.world.ledger()["jobs"]) == 2
    assert sheet.with_name("people_results.csv").read_text() == before


def test_a_no_leaves_all_as_it_was(batchgen, sheet, made):
    heygen, status = made
    errand = Errand(
        manifests=("people.csv",), state="state/batchgen.db", revive=status == "failed", again=status == "done"
    )

    with pytest.raises(Declined):
        carry_out(errand, Unwilling())
    batchgen("run", "people.csv", *QUICK)

    assert len(heygen.world.ledger()["jobs"]) == 2
    assert f"2 {status}" in batchgen("status").out


def test_a_yes_sends_it(batchgen, sheet, made):
    heygen, status = made

    batchgen(*asked(status), *QUICK)

    assert len(heygen.world.ledger()["jobs"]) == 4
