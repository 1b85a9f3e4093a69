"""Endpoints that the account registered, and what is told there when jobs come to their end.

Nothing is sent from here: `due` gives what is to be posted by now, signed as each generation signs, and `announce`
posts it. An event is told to the endpoints that stood when it happened; what happened while no sandbox ran is told to
nobody.
"""

import hashlib
import hmac
import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

from batchgen.sandbox import links
from batchgen.sandbox.draw import Draw
from batchgen.sandbox.job import Job
from batchgen.sandbox.options import Options

#: Seconds by which the clock of an event that is replayed is behind: more than any endpoint should bear.
REPLAYED_S = 900.0
_KEPT = 1000  # events in the history
#: What an event speaks of, where it is no avatar video.
_TOLD = {"translation": "video_translate", "agent": "video_agent"}


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """An address that wants to be told."""

    id: str
    family: str  #: v1 or v3: how it was registered, and how what it is told is signed.
    url: str
    events: list[str] | None  #: None: all.
    secret: str
    created_at: float
    base: str  #: The sandbox's own address, on which links are built.

    def told(self, *, shown: bool) -> dict[str, Any]:
        """Give it as both generations tell it; the secret only where it is new."""
        when = datetime.fromtimestamp(self.created_at, UTC).isoformat()
        facts = {"endpoint_id": self.id, "url": self.url, "events": self.events, "status": "enabled"}
        return facts | {"created_at": when, "secret": self.secret if shown else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request to an endpoint."""

    endpoint: str  #: Its id.
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, order=True)
class _Moment:
    """An event on its way: when it is told, and what is wrong with it."""

    at: float
    order: int
    job: Job
    happened_at: float
    way: str  #: plain, twice, forged or replayed.


class Hooks:
    """The endpoints of one account."""

    def __init__(self, *, options: Options, now: Callable[[], float], everything: list[Job]) -> None:
        self._options, self._now, self._everything = options, now, everything
        self.endpoints: dict[str, Endpoint] = {}
        self.history: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self.counts: Counter[str] = Counter()
        self._began = now()
        self._seen = 0  #: Jobs that are scheduled.
        self._made = 0  #: Endpoints there ever were.
        self._moments: list[_Moment] = []
        self._order = 0

    def add(self, *, family: str, url: str, events: list[str] | None, base: str) -> Endpoint:
        """Register an endpoint."""
        self._made += 1
        endpoint_id = Draw(self._options.seed, self._made).hex_id("endpoint")
        found = Endpoint(
            id=endpoint_id,
            family=family,
            url=url,
            events=events,
            secret=self.secret(endpoint_id),
            created_at=self._now(),
            base=base,
        )
        self.endpoints[endpoint_id] = found
        return found

    def secret(self, endpoint_id: str) -> str:
        """Make a secret that nobody had before."""
        drawn = f"{self._options.seed}:{endpoint_id}:{self._now()}"
        return "whsec_" + hashlib.blake2b(drawn.encode(), digest_size=20).hexdigest()

    def restore(self, record: dict[str, Any]) -> None:
        """Take in what an earlier sandbox wrote of an endpoint."""
        self._made += 1
        if record["endpoint"] is None:
            self.endpoints.pop(record["id"], None)
        else:
            self.endpoints[record["id"]] = Endpoint(**record["endpoint"])

    def record(self, endpoint_id: str) -> dict[str, Any]:
        """Give what stands of an endpoint, for the journal."""
        found = self.endpoints.get(endpoint_id)
        return {"what": "hook", "id": endpoint_id, "endpoint": asdict(found) if found else None}

    @property
    def next_at(self) -> float | None:
        """When the next event is to be told, as far as that is known; epoch seconds."""
        self._schedule()
        return self._moments[0].at if self._moments else None

    def due(self) -> list[Post]:
        """Give what is to be posted by now."""
        self._schedule()
        posts: list[Post] = []
        while self._moments and self._moments[0].at <= self._now():
            moment = heappop(self._moments)
            posts += [
                self._post(endpoint, moment)
                for endpoint in self.endpoints.values()
                if endpoint.created_at <= moment.happened_at and self._wants(endpoint, moment.job)
            ]
        return posts

    def _schedule(self) -> None:
        if not self.endpoints:
            return
        for job in self._everything[self._seen :]:
            happened = job.done_at if job.failure else job.link_at
            if happened >= self._began:
                for way, at in self._ways(job, happened):
                    self._order += 1
                    heappush(self._moments, _Moment(at, self._order, job, happened, way))
        self._seen = len(self._everything)

    def _ways(self, job: Job, happened: float) -> list[tuple[str, float]]:
        """Tell in which ways, and when, an event reaches an endpoint: mostly once, and at once."""
        draw, faults = Draw(self._options.seed, job.serial), self._options.faults
        ways: list[tuple[str, float]] = []
        if draw.hits("webhook_forged", faults.webhook_forged):
            # A lie, while the truth is still under way.
            ways.append(("forged", (job.created_at + happened) / 2))
        if draw.hits("webhook_never", faults.webhook_never):
            return ways
        late = faults.webhook_late_s if draw.hits("webhook_late", faults.webhook_late) else 0.0
        if draw.hits("webhook_shuffled", faults.webhook_shuffled):
            late += draw.between("webhook_shuffle", 0.0, faults.webhook_late_s)
        ways.append(("plain", happened + late))
        if draw.hits("webhook_twice", faults.webhook_twice):
            ways.append(("twice", happened + late + draw.between("webhook_second", 0.0, 1.0)))
        if draw.hits("webhook_replayed", faults.webhook_replayed):
            ways.append(("replayed", happened + late + draw.between("webhook_replay", 0.1, 2.0)))
        return ways

    def _wants(self, endpoint: Endpoint, job: Job) -> bool:
        event = event_type(job)
        return event is not None and (endpoint.events is None or event in endpoint.events)

    def _post(self, endpoint: Endpoint, moment: _Moment) -> Post:
        job, forged = moment.job, moment.way == "forged"
        draw = Draw(self._options.seed, job.serial)
        told = _lie(job) if forged else {"event_type": event_type(job), "event_data": self._data(endpoint, job)}
        body = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        secret = "a guess" if forged else endpoint.secret
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        event_id = "evt_" + draw.hex_id("event" if moment.way in {"plain", "twice"} else moment.way)
        at = self._now() - (REPLAYED_S if moment.way == "replayed" else 0.0)
        headers = {"content-type": "application/json"}
        if endpoint.family == "v1":
            headers["signature"] = signature
        else:
            headers |= {
                "heygen-signature": signature,
                "heygen-timestamp": str(int(at)),
                "heygen-event-id": event_id,
            }
        if moment.way == "plain":
            when = datetime.fromtimestamp(self._now(), UTC).isoformat()
            self.history.append({"event_id": event_id, **told, "created_at": when})
        self.counts[moment.way] += 1
        return Post(endpoint=endpoint.id, url=endpoint.url, headers=headers, body=body)

    def _data(self, endpoint: Endpoint, job: Job) -> dict[str, Any]:
        translation = job.order.kind == "translation"
        data: dict[str, Any] = {"video_translate_id" if translation else "video_id": job.id}
        data["callback_id"] = job.order.callback_id
        if translation:
            data["output_language"] = job.order.language
        if job.failure:
            return data | {"message" if translation else "msg": job.failure.detail or job.failure.message}
        data["url"] = self._link(endpoint, job)
        if translation:
            return data
        page = f"{endpoint.base}/videos/{job.id}"
        return data | {"folder_id": job.order.folder_id, "gif_download_url": None, "video_share_page_url": page}

    def _link(self, endpoint: Endpoint, job: Job) -> str:
        # Signed once for an event: what is told twice is told in the same bytes.
        ended = Draw(self._options.seed, job.serial).hits("webhook_expired", self._options.faults.expired)
        expires = job.link_at + (-60 if ended else self._options.link_life)
        name = f"{job.id}.{job.order.film.container}"
        return links.sign(endpoint.base, name, expires=int(expires), secret=self._options.seed)


def event_type(job: Job) -> str | None:
    """Name the event of a job's end; HeyGen's list of events has none for lipsyncs."""
    if job.order.shelf == "lipsync":
        return None
    return f"{_TOLD.get(job.order.kind, 'avatar_video')}.{'fail' if job.failure else 'success'}"


def _lie(job: Job) -> dict[str, Any]:
    translation = job.order.kind == "translation"
    data = {"video_translate_id" if translation else "video_id": job.id, "callback_id": job.order.callback_id}
    told = {"msg": "forged", "message": "forged"}
    return {"event_type": f"{_TOLD.get(job.order.kind, 'avatar_video')}.fail", "event_data": data | told}
