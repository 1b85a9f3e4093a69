"""What the pipeline asks of the memory of a run.

Deciding and writing are kept apart. The pipeline decides, and says what is to be written as a list of changes,
each a frozen fact. ``Store.apply`` writes such a list in one transaction, or none of it.

Rule: a change that money hangs on is applied with ``durable=True``: it has reached the disk before the call returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from batchgen.model.sheet import Sheet, SheetFacts
from batchgen.store.changes import (
    VIDEO,
    Change,
    DropHook,
    KeepAsset,
    KeepFile,
    KeepHook,
    Learn,
    LearnLimit,
    Move,
    OpenSubmission,
    UpdateSubmission,
)
from batchgen.store.facts import Entry, Line, PastRun, Planned, RunFacts, Standing, Unsent
from batchgen.store.listings import Listings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batchgen.model.history import History
    from batchgen.model.job import Job, Submission
    from batchgen.model.media import Asset, LocalFile
    from batchgen.model.session import Occurrence, OpenSession
    from batchgen.model.spending import Audit, Commitments, Outlay
    from batchgen.model.status import Status
    from batchgen.model.webhook import Hook

__all__ = [
    "VIDEO", "Change", "DropHook", "Entry", "KeepAsset", "KeepFile", "KeepHook",
    "Learn", "LearnLimit", "Line", "Move", "OpenSubmission", "PastRun", "Planned", "Planning",
    "RunFacts",    "Sheet", "SheetFacts", "Sheets", "Standing", "Store", "Unsent", "UpdateSubmission",
]  # fmt: skip


class Planning(Protocol):
    """One transaction in which manifests become sheets and jobs; nothing of it stays if it is left by an error."""

    @property
    def run(self) -> int | None:
        """The run that takes up what is new, if any."""

    def begin(self, facts: SheetFacts) -> None:
        """Start a sheet."""

    def keep_copies(self, key: Callable[[str], str]) -> None:
        """Give each line that is added from now on and repeats another's job of its sheet a job of its own.

        It is called, and its file is named, as that line says. ``key`` gives the form in which equal names collide.
        """

    def add(self, entries: Sequence[Entry]) -> None:
        """Add lines in order; jobs that are known are left as they are, but for labels of those never sent."""

    def duplicates(self) -> Iterator[tuple[str, list[int]]]:
        """Give each job that several lines of the sheet ask for, with their rows."""

    def again(self, keep: Callable[[Line], bool] | None, limit: int | None) -> None:
        """Give lines that are added from now on and whose job is done a new job in its place: those that are kept.

        That is done when the sheet is closed, and the new job is called as its line says.
        Of all sheets the first ``limit`` jobs that are kept are meant, done or not; None: all of them. Where jobs that
        took such a place before are open, those that did and are done stay as they are: that wish is gone on with.
        """

    def finish(self, at: float, *, mark: str | None = None) -> Planned:
        """Close the sheet: its lines replace those of its earlier edition. See ``Store.unchanged`` for its ``mark``."""


class Sheets(Protocol):
    """What was planned: sheets, and how their jobs stand."""

    def sheets(self) -> list[Sheet]:
        """Give every sheet, the latest planned first."""

    def tally_of(self, sheets: Sequence[int]) -> dict[Status, int]:
        """Count the distinct jobs of sheets by state: one that several of them ask for is one."""

    def census(self, sheet: int) -> list[tuple[str, str | None, Status, int]]:
        """Count the distinct jobs of a sheet by kind, language and state."""

    def close(self) -> None:
        """Write what is pending and let go of the file."""


class Lines(Protocol):
    """The lines of sheets, and jobs by whatever they are called."""

    def lines(self, sheet: int) -> Iterator[Line]:
        """Give a sheet's lines in order, from a cursor of its own."""

    def standings(self, sheet: int, places: Sequence[int] | None = None) -> Iterator[Standing]:
        """Give how the job of each of a sheet's lines stands, in order, or of some, which are counted from 0."""

    def places(self, sheet: int) -> Iterator[tuple[int, int]]:
        """Give the job and the row of each of a sheet's lines, in order, from a cursor of its own."""

    def repeated(self, sheet: int) -> dict[int, int]:
        """Give the jobs that several lines of a sheet ask for, each with the row that asks for it first."""

    def lines_of(self, jobs: Sequence[int]) -> list[Line]:
        """Give the lines that ask for these jobs, whatever sheet they stand in, in order."""

    def lines_at(self, sheet: int, row: int) -> list[Line]:
        """Give the lines of one row of a sheet."""

    def lines_in(self, sheet: int, jobs: Sequence[int]) -> list[Line]:
        """Give the lines of a sheet that ask for these jobs, in order."""

    def named(self, name: str) -> list[int]:
        """Give the ``pk`` of each job whose id begins with a name, or whose id at the server it is."""

    def owners(self, remote_ids: Sequence[str]) -> dict[str, int]:
        """Tell of ids at the server which job each belongs to, where that is known; of a batch, one of its jobs."""

    def history(self, job: int) -> History:
        """Give all that is remembered of a job."""


class Work(Protocol):
    """The jobs that a run works on."""

    def fresh(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """Give jobs that are in no submission and wait for nothing, in order, from those after ``after``."""

    def waiting(self, run: int, limit: int, *, after: int = 0) -> list[Job]:
        """Give jobs whose files are to be uploaded before they can be sent, in order, from those after ``after``."""

    def to_repeat(self, run: int) -> list[int]:
        """Give submissions whose jobs are planned again and are to be sent exactly as before."""

    def submission(self, pk: int) -> Submission:
        """Give one submission."""

    def members(self, submission: int) -> list[Job]:
        """Give the jobs of a submission in the order of its request."""

    def wanted_of(self, submission: int, run: int) -> int:
        """Count the jobs of a submission that a run is to send in it."""

    def others_of(self, submission: Submission, run: int) -> list[int]:
        """Give the ``pk`` of each job that waits in a submission, or is in doubt with it, and is not this run's."""

    def given_ids(self, submission: int) -> set[str]:
        """Give the ids that a person gave jobs of a submission."""

    def jobs(self, pks: Sequence[int]) -> list[Job]:
        """Give jobs by their ``pk``, as they are now."""

    def in_state(self, run: int, status: Status, limit: int, *, due: float | None = None) -> list[Job]:
        """Give jobs of a run in one state, soonest due first; with ``due`` only those due by then."""

    def oldest_due(self, run: int, limit: int, *, due: float) -> list[Job]:
        """Give rendering jobs of a run that are due by then, those first that were sent first."""

    def members_of(self, run: int, status: Status) -> list[int]:
        """Give the ``pk`` of each job of a run that is in one state."""

    def next_due(self, run: int) -> float | None:
        """Give when the next rendering job is due to be looked at."""

    def rendering_as(self, run: int, remote_ids: Sequence[str]) -> list[Job]:
        """Give the rendering jobs of a run that the server knows by one of these ids."""

    def unsure(self, run: int) -> list[Submission]:
        """Give the submissions of a run that have unsure jobs, soonest look first."""

    def interrupted(self) -> list[Job]:
        """Give every job that an earlier process left while its request was under way."""

    def tally(self, run: int) -> dict[Status, int]:
        """Count a run's jobs by state."""

    def sessions_in(self, run: int, status: Status, limit: int = 1_000_000) -> list[Job]:
        """Give a run's sessions that are in one state, in order."""

    def occurrences(self, job: int, round_: int) -> list[Occurrence]:
        """Give what happened in a session, in order; ``round_`` is which purchase of the job it was."""


class Spending(Protocol):
    """What jobs cost, were expected to cost, and will."""

    def unsent(self, run: int) -> Iterator[Unsent]:
        """Give what the price of each job that a run is to send depends on, from a cursor of its own."""

    def sorts(self, run: int, status: Status) -> dict[tuple[str, str | None], int]:
        """Count a run's jobs in one state by kind and language."""

    def commitments(self, sheets: Sequence[int], unit: str = "credits", *, made: bool = True) -> Commitments:
        """Give what made videos of these sheets took, those left behind too, and what is set aside for those in flight.

        ``made``: whether the former is wanted, for which all of them have to be looked at; else it is 0. What a run of
        several sheets bought and none asks for any more counts for each of them.
        """

    def unfetched(self, sheets: Sequence[int]) -> list[Job]:
        """Give jobs that runs of these sheets sent, that no row asks for any more, and whose videos were not saved."""

    def outlived(self, sheets: Sequence[int]) -> int:
        """Count videos that runs of these sheets made and that no row asks for any more."""

    def outlays(self, run: int) -> list[Outlay]:
        """Hold what a run's videos were expected to cost against what they cost, one a unit."""

    def audit(self, sheets: Sequence[int]) -> Audit:
        """Tell from the attempts what was bought for sheets."""


class Luggage(Protocol):
    """Files: those that are uploaded, and those that are saved."""

    def local_file(self, path: str) -> LocalFile | None:
        """Give what was last found at an absolute path."""

    def local_files(self, sha256: str) -> list[LocalFile]:
        """Give the files that had a content when they were last seen."""

    def keep_local_files(self, files: Sequence[LocalFile]) -> None:
        """Note what files hold, so that they need not be read again while they do not change."""

    def asset(self, realm: str, api: str, sha256: str) -> Asset | None:
        """Give how far the upload of a content has come."""

    def asset_ids(self, realm: str) -> set[str]:
        """Give the ids of all assets that were uploaded from here."""

    def intended_path(self, job: int, role: str = VIDEO) -> str | None:
        """Give the path a job's file was meant for, if that was noted."""

    def files_of(self, job: int) -> dict[str, KeepFile]:
        """Give the files of a job by their roles: those that were saved, and those that are only meant to be there."""

    def paths(self) -> list[tuple[str, bool]]:
        """Give the path of every file that is known, and whether it was saved or is only meant to be there."""


class Account(Listings, Protocol):
    """What is known of an account."""

    def limits(self, realm: str) -> dict[str, float]:
        """Give what was learned of an account's limits."""

    def learned(self, realm: str) -> dict[str, tuple[float, float]]:
        """Give the same, each with when it was learned."""

    def render_times(self, realm: str, kind: str, limit: int = 200) -> list[float]:
        """Give the seconds that the last videos of a kind took from acceptance to readiness in this realm."""

    def hooks(self, realm: str) -> list[Hook]:
        """Give the webhook endpoints that may stand in an account."""

    def open_sessions(self, realm: str) -> list[OpenSession]:
        """Give the sessions that may be open in an account."""


class Store(Sheets, Lines, Work, Spending, Luggage, Account, Protocol):
    """The memory of all runs, and the one way to change it."""

    def plan(self, work: Callable[[Planning], Any], *, run: int | RunFacts | None = None) -> Any:
        """Do some planning in one transaction and commit it; undo all of it if ``work`` raises.

        With a ``run``, jobs that are new are taken up by it at once: for a run that takes up all. It was begun before,
        or its facts are given: then it begins with what is planned, or not at all.
        """

    def unchanged(self, paths: Sequence[str], mark: str, *, at: float) -> list[Planned] | None:
        """Give sheets as they are, if planning them from what ``mark`` stands for would change nothing.

        None: some sheet has another mark, or none. A sheet loses its mark when a job that it may ask for was replaced,
        or labelled anew by another sheet.
        """

    def begin_run(
        self,
        *,
        command: str,
        sheets: Sequence[int],
        realm: str,
        api: str,
        at: float,
        selection: str | None = None,
        plan: str | None = None,
    ) -> int:
        """Note that a run begins and give its number."""

    def taken(self, *, selection: str | None = None, plan: str | None = None) -> set[int]:
        """Give the jobs whose latest run had this selection, or sent this saved plan, by its mark."""

    def enlist(self, run: int, sheet: int, keep: Callable[[Line], bool] | None, limit: int | None) -> int:
        """Make a run work on the open jobs of a sheet, in line order.

        Give how many lines count towards the ``limit``, those of done jobs among them.
        """

    def revive(self, sheet: int, keep: Callable[[Line], bool] | None, at: float) -> set[int]:
        """Plan failed and cancelled jobs of a sheet again, each as a new purchase; give which."""

    def end_run(
        self, run: int, *, outcome: str, summary: Mapping[str, Any], at: float, written: Mapping[int, str]
    ) -> None:
        """Note how a run ended, and the mark of the results that it left, by their sheet."""

    def last_run(self, realm: str) -> PastRun | None:
        """Give the run in this realm that began last."""

    async def apply(self, changes: Sequence[Change], *, durable: bool = False) -> None:
        """Write all changes in one transaction. Raises ``IllegalMove`` and writes nothing if one is not allowed."""

    def next_submission(self) -> int:
        """Give a number no submission has."""
