"""What is known of an account: its limits, how long it renders, and what was opened in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from batchgen.model.session import OpenSession
from batchgen.model.status import Event, Status
from batchgen.model.webhook import Hook
from batchgen.store import catalogue
from batchgen.store.asking import stands
from batchgen.store.connected import Connected
from batchgen.store.statement import Statement
from batchgen.store.tables import events, hooks, jobs, limits, open_sessions, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchgen.model.catalogue import Listing, Shelf


_SESSION_COLUMNS = tuple(open_sessions.c[name] for name in OpenSession.__dataclass_fields__)
_HOOK_COLUMNS = tuple(hooks.c[name] for name in Hook.__dataclass_fields__)

#: Wants ``realm``.
_LIMITS = Statement(select(limits.c.name, limits.c.value, limits.c.at).where(limits.c.realm == bindparam("realm")))

#: Wants ``realm``.
_HOOKS = Statement(select(*_HOOK_COLUMNS).where(hooks.c.realm == bindparam("realm")).order_by(hooks.c.at))

#: Wants ``realm``.
_OPEN_SESSIONS = Statement(select(*_SESSION_COLUMNS).where(open_sessions.c.realm == bindparam("realm")))

#: Jobs that are looked at for render times. What was never sent tells none, however much of it there is.
_LOOKED_AT = 2000

_LATEST = (
    select(jobs.c.pk, jobs.c.submitted_at)
    .join_from(jobs, runs, runs.c.pk == jobs.c.run)
    .where(runs.c.realm == bindparam("realm"), jobs.c.kind == bindparam("kind"), stands(Status.DONE))
    .order_by(jobs.c.pk.desc())
    .limit(_LOOKED_AT)
    .subquery()
)

_READY = (
    select(func.max(events.c.at))
    .where(events.c.job == _LATEST.c.pk, events.c.event == Event.READY.value)
    .correlate(_LATEST)
    .scalar_subquery()
)

#: Seconds from acceptance to readiness, the latest first. Wants ``realm``, ``kind``, ``limit``.
_RENDER_TIMES = Statement(
    select(_READY - _LATEST.c.submitted_at)
    .where(_LATEST.c.submitted_at.is_not(None))
    .order_by(_LATEST.c.pk.desc())
    .limit(bindparam("limit"))
)


class Account(Connected):
    """See ``Account`` of the interface."""

    def limits(self, realm: str) -> dict[str, float]:
        """See Store.limits."""
        return {name: value for name, (value, _) in self.learned(realm).items()}

    def learned(self, realm: str) -> dict[str, tuple[float, float]]:
        """See Store.learned."""
        return {name: (value, at) for name, value, at in self._all(_LIMITS, realm=realm)}

    def render_times(self, realm: str, kind: str, limit: int = 200) -> list[float]:
        """See Store.render_times."""
        found = self._all(_RENDER_TIMES, realm=realm, kind=kind, limit=limit)
        return [float(row[0]) for row in found if row[0] is not None]

    def hooks(self, realm: str) -> list[Hook]:
        """See Store.hooks."""
        return [_hook_from(row) for row in self._all(_HOOKS, realm=realm)]

    def open_sessions(self, realm: str) -> list[OpenSession]:
        """See Store.open_sessions."""
        return [_open_session_from(row) for row in self._all(_OPEN_SESSIONS, realm=realm)]

    def listing(self, shelf: Shelf) -> Listing | None:
        """See Listings.listing."""
        with self._engines.reader.connect() as connection:
            return catalogue.find(connection, shelf)

    def keep_listing(self, shelf: Shelf, listing: Listing) -> None:
        """See Listings.keep_listing."""
        self._write(lambda connection: catalogue.keep(connection, shelf, listing))


def _hook_from(row: Sequence[Any]) -> Hook:
    """Read a webhook endpoint."""
    return Hook(**dict(zip(Hook.__dataclass_fields__, row, strict=True)))


def _open_session_from(row: Sequence[Any]) -> OpenSession:
    """Read a session that may be open."""
    return OpenSession(**dict(zip(OpenSession.__dataclass_fields__, row, strict=True)))
