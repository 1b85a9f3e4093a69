"""A HeyGen without a network: calls go in, answers come out.

Rule: nothing here waits, sleeps, opens a socket or looks at a clock of its own. Time comes from `now`, chance from the
seed, so the same options and the same order of calls give the same answers, over HTTP as on a virtual clock.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from batchgen.sandbox import assets, downloads, routes, trouble
from batchgen.sandbox.desk import Desk
from batchgen.sandbox.draw import Draw
from batchgen.sandbox.journal import Journal
from batchgen.sandbox.keys import Keys
from batchgen.sandbox.ledger import ledger
from batchgen.sandbox.oauth import OAuth
from batchgen.sandbox.options import Options
from batchgen.sandbox.routes import Route
from batchgen.sandbox.studio import Asking, Studio
from batchgen.sandbox.wire import Answer, Call, Family, Fate, Refusal, as_json, refuse


class World:
    """One HeyGen account and all that happens to it.

    `now` gives epoch seconds. With a journal, what was accepted is on disk before `handle` returns, and an earlier
    world's jobs and keys are taken in at the start.
    """

    def __init__(self, *, now: Callable[[], float], options: Options, journal: Journal | None = None) -> None:
        self.options, self.now, self.journal = options, now, journal
        self.requests = 0
        self._tokens, self._tokens_at = options.rate, now()
        self._forget()
        for record in journal.records() if journal else ():
            self._restore(record)

    def handle(self, call: Call) -> Answer:
        """Answer one call. What the answer's fate and delay say is for the transport to do.

        An answer that names a film has no body yet: have it made by `Films.film`, and put it in with `deliver`.
        """
        if call.path.startswith("/_sandbox/"):
            return self._own(call)
        self.requests += 1
        draw = Draw(self.options.seed, self.requests)
        answer = self._answer(call, draw)
        answer.delay_s += self.options.reply_delay
        if answer.trouble:
            self.counts[f"fault:{answer.trouble}"] += 1
        self.counts["throttled"] += answer.status == 429
        return answer

    def _answer(self, call: Call, draw: Draw) -> Answer:
        if call.path.startswith("/files/"):
            return self._download(call, draw)
        if call.path.startswith(("/oauth/", "/v1/oauth/")):
            self.counts["other"] += 1
            return self.oauth.handle(call, self.options.faults, draw, self.now())
        return self._bytes(call, draw) if assets.is_place(call) else self._api(call, draw)

    def deliver(self, answer: Answer, call: Call, content: bytes) -> Answer:
        """Put the bytes of its film into an answer, whole or by the range that the call asks for."""
        return downloads.deliver(answer, call, content)

    def ledger(self) -> dict[str, Any]:
        """Give what was accepted and billed; the same as GET /_sandbox/ledger."""
        return ledger(self.studio, self.counts)

    def _download(self, call: Call, draw: Draw) -> Answer:
        self.counts["download"] += 1
        return downloads.fetch(self.studio, call, draw)

    def _bytes(self, call: Call, draw: Draw) -> Answer:
        """Answer as an object store does: without a key, and without an envelope."""
        self.counts["upload" if call.method == "PUT" else "download"] += 1
        asking = Asking(request=self.requests, route=f"{call.method} /uploads", digest="", key=None, draw=draw)
        answer = assets.answer(Desk(studio=self.studio, call=call, asking=asking, now=self.now()))
        self._write(asking)
        return answer

    def _api(self, call: Call, draw: Draw) -> Answer:
        route, ids = routes.find(call.method, call.path)
        if route is None:
            self.counts["other"] += 1
            return _no_route(call)
        self.counts[route.counts] += 1
        creates = _makes(call, route)
        asking = self._asking(call, route, draw)
        faults = self.options.faults
        answer = trouble.before(faults, family=route.family, creates=creates, draw=draw) if faults.any else None
        if answer is not None:
            if answer.fate is Fate.DELIVER and not self._known(call, asking):
                self._keep(call, asking, route, answer)
        else:
            answer = self._handled(call, route, ids, asking)
        self._write(asking)
        return answer

    def _asking(self, call: Call, route: Route, draw: Draw) -> Asking:
        digest = blake2b(call.body, digest_size=12).hexdigest()
        key = call.headers.get("idempotency-key")
        return Asking(request=self.requests, route=route.name, digest=digest, key=key, draw=draw)

    def _handled(self, call: Call, route: Route, ids: list[str], asking: Asking) -> Answer:
        try:
            self._authorise(call, asking.draw)
            if (wait := self._too_fast()) > 0:
                return trouble.throttle(route.family, wait)
            replayed = self._replayed(call, route, asking)
            answer = replayed or self._serve(call, route, ids, asking)
        except Refusal as refusal:
            return refuse(refusal, route.family)
        shown = self._shown(answer, route, asking, creates=_makes(call, route))
        if replayed is None:
            self._keep(call, asking, route, *((shown, answer) if shown.status >= 500 else (answer,)))
        self._in_flight(call, route, asking, shown)
        return shown

    def _authorise(self, call: Call, draw: Draw) -> None:
        """Take any key that is not empty and does not begin with `bad`; it is looked at and not kept."""
        bearer = call.headers.get("authorization", "")
        token = bearer[7:] if bearer[:7].lower() == "bearer " else ""
        key = call.headers.get("x-api-key") or token
        if not key.strip() or key.startswith("bad"):
            raise Refusal(401, "unauthorized", "Unauthorized", number=400112)
        self.oauth.authorise(token, self.now(), ends=draw.hits("token_401", self.options.faults.token_401))

    def _serve(self, call: Call, route: Route, ids: list[str], asking: Asking) -> Answer:
        desk = Desk(studio=self.studio, call=call, asking=asking, now=self.now())
        try:
            return route.handler(desk, *ids)
        except Refusal as refusal:
            return refuse(refusal, route.family)

    def _shown(self, answer: Answer, route: Route, asking: Asking, *, creates: bool) -> Answer:
        if not self.options.faults.any:
            return answer
        return trouble.after(answer, self.options.faults, family=route.family, creates=creates, draw=asking.draw)

    def _honours(self, route: Route) -> bool:
        if self.options.faults.keys == "ignored":
            return False
        return route.keyed or (route.name == "POST /v3/videos/batches" and self.options.batch_keys == "honoured")

    def _replayed(self, call: Call, route: Route, asking: Asking) -> Answer | None:
        if asking.key is None or not self._honours(route):
            return None
        return self.keys.replay(_scope(call), asking.key, self.now())

    def _keep(self, call: Call, asking: Asking, route: Route, *replies: Answer) -> None:
        """Keep a reply for its key, the first that is kept at all: a 2xx always, an error where the faults say so."""
        if asking.key is None or not self._honours(route):
            return
        for reply in replies:
            if self._is_kept(reply.status, asking):
                record = self.keys.keep(_scope(call), asking.key, reply, self.now())
                asking.records.append({"what": "key", "key": record})
                return

    def _is_kept(self, status: int, asking: Asking) -> bool:
        if status < 300:
            return True
        name = "replay_5xx" if status >= 500 else "replay_4xx"
        return asking.draw.hits(name, getattr(self.options.faults, name))

    def _known(self, call: Call, asking: Asking) -> bool:
        return asking.key is not None and self.keys.holds(_scope(call), asking.key, self.now())

    def _in_flight(self, call: Call, route: Route, asking: Asking, shown: Answer) -> None:
        delay = shown.delay_s + self.options.reply_delay
        if asking.key is not None and delay and shown.fate is Fate.DELIVER and self._honours(route):
            self.keys.busy(_scope(call), asking.key, self.now() + delay)

    def _too_fast(self) -> float:
        """Take one request from this second's; give the seconds to wait where none is left."""
        rate, now = self.options.rate, self.now()
        if not rate:
            return 0.0
        self._tokens = min(rate, self._tokens + (now - self._tokens_at) * rate)
        self._tokens_at = now
        if self._tokens < 1:
            return 1.0
        self._tokens -= 1
        return 0.0

    def _write(self, asking: Asking) -> None:
        if self.journal is None or not (asking.accepted or asking.batch or asking.records):
            return
        records = list(asking.records)
        if asking.accepted or asking.batch:
            jobs = [job.to_record() for job in asking.accepted]
            batch = asking.batch.to_record() if asking.batch else None
            # One line for the jobs and their key: a kill leaves both or neither.
            keys = [record["key"] for record in records if record["what"] == "key"]
            records = [record for record in records if record["what"] != "key"]
            records.append({"what": "accept", "jobs": jobs, "batch": batch, "key": keys[0] if keys else None})
        self.journal.append(records)

    def _restore(self, record: dict[str, Any]) -> None:
        if record["what"] == "reset":
            self._forget()
            return
        if record.get("key"):
            self.keys.restore(record["key"])
        self.studio.restore(record)
        self.requests = max([self.requests, *(job["request"] for job in record.get("jobs", ()))])

    def _forget(self) -> None:
        self.studio = Studio(options=self.options, now=self.now)
        self.keys = Keys()
        self.oauth = OAuth(secret=self.options.oauth_secret)
        self.counts: Counter[str] = Counter()
        self.requests = 0
        self._tokens, self._tokens_at = self.options.rate, self.now()

    def _own(self, call: Call) -> Answer:
        match call.method, call.path:
            case "GET", "/_sandbox/health":
                return as_json({"ok": True, "jobs": len(self.studio.jobs), "plan": self.options.plan.name})
            case "GET", "/_sandbox/ledger":
                return as_json(self.ledger())
            case "POST", "/_sandbox/reset":
                self._forget()
                if self.journal:
                    self.journal.append([{"what": "reset"}])
                return as_json({"ok": True})
        return as_json({"error": "There is no such page."}, 404)


def _makes(call: Call, route: Route) -> bool:
    """Tell whether a request makes something, so that its reply matters."""
    return route.counts == "create" or (route.counts == "upload" and call.method == "POST")


def _scope(call: Call) -> str:
    return f"{call.method} {call.path}"


def _no_route(call: Call) -> Answer:
    family = routes.family(call.path)
    if family is Family.V3:
        return refuse(Refusal(404, "not_found", "The requested resource was not found."), family)
    return replace(Answer(404, b"404 page not found"), headers={"content-type": "text/plain"})
