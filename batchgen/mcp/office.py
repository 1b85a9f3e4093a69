"""Batches, as an assistant asks for them: each request gives plain facts, and raises what a person would be told.

Rule: what spends takes a budget from whoever asks. Nothing here has one of its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from batchgen.assembly.checking import check_manifests
from batchgen.assembly.company import Noting
from batchgen.assembly.costing import to_send, told
from batchgen.assembly.errand import Errand
from batchgen.assembly.explaining import explain, facts
from batchgen.assembly.known import known_sheets
from batchgen.assembly.online import ask, drafts, wrong
from batchgen.assembly.outlook import outlook, quotes, trial
from batchgen.assembly.planning import open_sources
from batchgen.assembly.results import objects_of
from batchgen.assembly.rows import find
from batchgen.assembly.selection import selector
from batchgen.assembly.state import open_store
from batchgen.mcp.journey import Journey
from batchgen.model.errors import UsageError
from batchgen.model.status import Status
from batchgen.report.counts import by_word

if TYPE_CHECKING:
    from batchgen.assembly.errand import Work
    from batchgen.mcp.journey import Caller
    from batchgen.mcp.place import Place
    from batchgen.store.interface import Store


@dataclass(slots=True)
class Office:
    """Batches, and the one that is on."""

    place: Place
    journey: Journey | None = field(default=None, init=False)  #: The run that is on, or that ended last.

    def errand(self, manifests: list[str], *, budget: float | None, api: str | None, **given: Any) -> Errand:
        """Say what is to be done; without a ``budget`` it can only be planned."""
        if not manifests:
            raise UsageError("Name a manifest: the path of a sheet or a YAML file, such as videos.csv.")
        options: dict[str, Any] = {
            "poll_interval": self.place.poll_interval,
            "download": given.pop("download", True),
        }
        if budget is not None:
            options["max_credits"] = self.place.checked(budget)
        return Errand(
            manifests=tuple(dict.fromkeys(manifests)),
            state=self.place.state,
            sandbox=self.place.sandbox is not None,
            profile=self.place.profile,
            api=api or self.place.api,
            options=options,
            **given,
        )

    def check(self, manifests: list[str], api: str | None, duplicates: str) -> dict[str, Any]:
        """Hold manifests against the rules."""
        checked = check_manifests(manifests, api=api or self.place.api, duplicates=duplicates, encoding=None)
        return {
            "faults": [str(fault) for fault in checked.faults],
            "warnings": [str(fault) for fault in checked.warnings],
            "notes": checked.notes,
            "rows": checked.rows,
            "videos": checked.videos,
        }

    def plan(self, errand: Errand, *, online: bool) -> dict[str, Any]:
        """Tell what a run would do and cost, and with the account's word what is wrong with it."""
        company = Noting()
        with trial(errand, company) as (store, work):
            asked = self._asked(errand, store, work) if online else {}
            unit = (asked.get("balance") or {}).get("unit")
            cost = [told(one) for one in quotes(store, work, unit)]
            noted = {
                "warnings": [str(fault) for fault in company.warnings],
                "notes": [*company.notes, *asked.pop("notes", ())],
            }
            return {**asdict(outlook(store, work)), "api": work.api, "cost": cost, **noted, **asked}

    def _asked(self, errand: Errand, store: Store, work: Work) -> dict[str, Any]:
        jobs = list(to_send(store, work.number))
        answers = ask(self.place.account(), work.api, jobs, state=self.place.state)
        rows = {
            (sheet.name, line.row)
            for sheet in work.sheets
            for line in store.lines_in(sheet.pk, [job.pk for job in jobs])
            if line.job.status is Status.PLANNED
        }
        sources = open_sources(errand.manifests, results=None, downloads=None)
        balance = answers.balance
        return {
            "balance": {"remaining": balance.remaining, "unit": balance.unit} if balance else None,
            "faults": [str(fault) for fault in wrong(drafts(sources, rows), answers.answers)],
            "notes": list(answers.notes),
        }

    async def run(self, errand: Errand, seconds: float, caller: Caller) -> dict[str, Any]:
        """Do an errand within its budget, and follow it for a while."""
        if errand.options.get("max_credits") is None:
            raise UsageError("Nothing is spent without a budget: name max_credits.")
        if self.journey is not None and not self.journey.is_over:
            raise UsageError("A run is on already. Follow it by follow_run, or end it by stop_run.")
        self.journey = Journey(errand, self.place.sandbox, caller)
        return await self.journey.follow(seconds, caller)

    async def follow(self, seconds: float, caller: Caller) -> dict[str, Any]:
        """Follow the run that is on, or tell how the last one ended."""
        if self.journey is None:
            raise UsageError("No run was begun here. batch_status tells where manifests stand.")
        return await self.journey.follow(seconds, caller)

    async def stop(self, seconds: float, caller: Caller) -> dict[str, Any]:
        """End the run that is on in order."""
        if self.journey is not None:
            self.journey.stop()
        return await self.follow(seconds, caller)

    async def close(self) -> None:
        """End what is on, in order, however long that takes."""
        if self.journey is not None:
            await self.journey.end()

    def status(self, manifests: list[str]) -> list[dict[str, Any]]:
        """Tell where manifests stand."""
        if not self.place.has_state:
            return []
        with open_store(self.place.state) as store:
            return [
                {
                    "manifest": sheet.name,
                    "realm": sheet.realm,
                    "rows": sheet.rows,
                    "results": sheet.results,
                    **by_word(store.tally_of([sheet.pk])),
                }
                for sheet in known_sheets(store, manifests)
            ]

    def results(self, manifests: list[str], select: str | None, limit: int, offset: int) -> dict[str, Any]:
        """Give lines of results."""
        self.place.need_state()
        with open_store(self.place.state) as store:
            every = (
                {"manifest": sheet.name, **line}
                for sheet in known_sheets(store, manifests)
                for line in objects_of(store, sheet, keep=selector(select, sheet.columns))
            )
            shown = list(islice(every, offset, offset + limit))
            return {"lines": shown, "more": next(every, None) is not None}

    def explain(self, row: str | int) -> list[dict[str, Any]]:
        """Tell the life of a row."""
        self.place.need_state()
        with open_store(self.place.state) as store:
            return [facts(place, explain(store, place.line.job.pk)) for place in find(store, [str(row)])]
