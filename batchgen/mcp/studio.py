"""What the account has, and one video at a time, as an assistant asks for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchgen.assembly.account import ask_quota
from batchgen.assembly.catalogue import age, read_list, read_template
from batchgen.assembly.clock import CLOCK
from batchgen.assembly.known import known_sheets
from batchgen.assembly.shelves import shelves_of
from batchgen.assembly.state import open_store
from batchgen.assembly.watching import look_at
from batchgen.model.errors import UsageError
from batchgen.model.naming import digest
from batchgen.model.spelling import whole
from batchgen.model.status import Status
from batchgen.report.listing import rows
from batchgen.report.replace import in_place_of

if TYPE_CHECKING:
    from batchgen.assembly.shelves import Shelves
    from batchgen.mcp.place import Place
    from batchgen.model.catalogue import Topic
    from batchgen.model.exchange import Balance
    from batchgen.model.job import Job
    from batchgen.pipeline.browse import Wanted

#: Where single videos are made, seen from the working folder.
SINGLE = "single-videos"
#: Letters of an id that name a video well enough.
ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Studio:
    """An account, and what is made with it piece by piece."""

    place: Place

    def listed(self, topic: Topic, wanted: Wanted, *, page: int, size: int, refresh: bool) -> dict[str, Any]:
        """Give a page of what the account has."""
        wanted.check(topic)
        shelves = self._shelves()
        listing = None if refresh else shelves.find(topic)
        since = age(CLOCK.now() - listing.at) if listing else "just now"
        listing = listing or read_list(self.place.account(), topic, shelves)
        matching = wanted.find(topic, listing.items)
        return {
            "items": rows(topic, matching[(page - 1) * size : page * size]),
            "matching": len(matching),
            "total": len(listing.items),
            "told": since,
            "hint": "" if matching else wanted.hint(listing.items),
        }

    def template(self, name: str) -> dict[str, Any]:
        """Give a template. Raises ``UsageError`` where there is none."""
        found = read_template(self.place.account(), name, self._shelves())
        return {
            "template_id": found.id,
            "name": found.name,
            "aspect_ratio": found.aspect_ratio,
            "variables": [
                {"name": one, "type": kind, "holds_now": found.sample(one)} for one, kind in found.variables.items()
            ],
            "scenes": [{"scene_id": one.id, "script": one.script} for one in found.scenes],
        }

    def credits(self) -> dict[str, Any]:
        """Tell what is left, by both generations of the API."""
        found = ask_quota(self.place.account())
        return {"v3": _balance(found.v3), "v2": _balance(found.v2)}

    def order(self, video: dict[str, Any]) -> str:
        """Write a manifest of one row and give its path. The same video is the same manifest, and is paid for once."""
        told = {name: value for name, value in video.items() if value not in {None, ""}}
        path = Path(SINGLE) / f"video_{digest('single', json.dumps(told, sort_keys=True), length=12)}.jsonl"
        path.parent.mkdir(exist_ok=True)
        # Whole at every moment: whoever orders the same video now, or renders it, reads the manifest meanwhile.
        with in_place_of(path) as draft:
            draft.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
        return str(path)

    def ordered(self, manifest: str) -> dict[str, Any]:
        """Tell what has become of a video that was ordered; nothing where it is not planned yet."""
        with open_store(self.place.state) as store:
            path = whole(manifest)
            known = [sheet for sheet in known_sheets(store, []) if sheet.path == path]
            # All of them, though it is one: a reading that is left before its end outlives the store.
            lines = list(store.lines(known[0].pk)) if known else []
            return _video(lines[0].job, lines[0].saved) if lines else {}

    def video(self, name: str) -> dict[str, Any]:
        """Tell what has become of a video, by its job's id or HeyGen's; what is not known here, HeyGen is asked."""
        found = self._known(name)
        if found is not None and (found["status"] != Status.RENDERING.word or found["video_id"] is None):
            return found  # What is under way has no id yet where it is part of a batch, or of an agent's session.
        said = look_at(self.place.account(), self._api, str(found["video_id"] if found else name))
        if said is None:
            if found is None:
                raise UsageError(f"{name}: neither this state nor the account knows such a video.")
            return found
        heygen = {"stage": said.stage.value, "video_url": said.video_url, "error": said.error}
        return {**(found or {"video_id": name}), "heygen": heygen}

    def _known(self, name: str) -> dict[str, Any] | None:
        if not self.place.has_state or len(name) < ENOUGH:
            return None
        with open_store(self.place.state) as store:
            pks = store.named(name)
            if len(pks) > 1:
                raise UsageError(f"{name}: {len(pks)} videos begin like this. Give more of the id.")
            lines = store.lines_of(pks)
            return _video(lines[0].job, lines[0].saved) if lines else None

    def _shelves(self) -> Shelves:
        place = self.place
        return shelves_of(place.state, realm=place.realm, profile=place.profile, api=self._api)

    @property
    def _api(self) -> str:
        return self.place.api or "v3"


def _balance(balance: Balance | None) -> dict[str, Any] | None:
    if balance is None:
        return None
    return {"remaining": balance.remaining, "unit": balance.unit, "billing": balance.billing or None}


def _video(job: Job, saved: str | None) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status.word,
        "video_id": job.remote_id,
        "video_url": job.video_url,
        "file": saved,
        "duration_s": job.duration_s,
        "credits": job.credits,
        "error": job.error,
    }
