"""What holds the sessions of a run, where it has any: pictures and sound, and the thread they are recorded in."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from batchgen.assembly.clock import CLOCK
from batchgen.model.errors import ConfigError, UsageError
from batchgen.model.extras import installing
from batchgen.model.session import KIND
from batchgen.model.status import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from batchgen.model.job import Job
    from batchgen.session.interface import Hosting, Media
    from batchgen.store.interface import Store

#: Protocol → the library it needs, and the extra that brings it.
_NEEDS = {"webrtc": ("aiortc", "sessions"), "livekit": ("livekit", "livekit")}
#: Protocol → the module and class that speak it.
_MEDIA = {"webrtc": ("webrtc", "WebRtc"), "livekit": ("livekit", "LiveKit")}
#: Sessions that a core decodes and encodes side by side, with room for all else.
_A_CORE = 2


def hosting_for(store: Store, run: int, sheets: Collection[int], *, waits: bool) -> Hosting | None:
    """Make what holds the sessions of a run over some sheets; None where it opens none.

    Raises ``ConfigError`` where something is missing that they need, ``UsageError`` where nobody waits for them.
    """
    # All of a run's jobs would be walked over to find that none of them is one.
    kinds = {kind for sheet in store.sheets() if sheet.pk in sheets for kind in sheet.kinds}
    if KIND not in kinds:
        return None
    sessions = [
        job for status in (Status.PLANNED, Status.SENDING, Status.UNSURE) for job in store.sessions_in(run, status)
    ]
    if not sessions:
        return None
    if not waits:
        others = f", or the sessions: --select kind:{','.join(sorted(kinds - {KIND}))}" if kinds - {KIND} else ""
        raise UsageError(
            "--no-wait: a session with an avatar is held while you wait, and cannot be left. Leave the option out"
            f"{others}. Nothing was sent."
        )
    _check(sessions)
    from batchgen.session.hold import Host  # noqa: PLC0415 - for those who hold sessions
    from batchgen.session.interface import Hosting  # noqa: PLC0415
    from batchgen.session.minutes import write_minutes  # noqa: PLC0415

    media = {protocol: lambda name=protocol: _media(name) for protocol in _MEDIA}
    return Hosting(hold=Host(media, CLOCK.now), minutes=write_minutes, at_once=_A_CORE * (os.cpu_count() or 1))


def can_hold_sessions() -> bool:
    """Tell whether what sessions need is installed."""
    return find_spec(_NEEDS["webrtc"][0]) is not None


def _check(sessions: Iterable[Job]) -> None:
    for protocol in sorted({job.content.get("protocol", "webrtc") for job in sessions}):
        library, extra = _NEEDS[protocol]
        if find_spec(library) is None:
            raise ConfigError(
                f"Sessions with avatars need {library}, which is not installed. Install it with: "
                f"{installing(extra)}. Nothing was sent."
            )


def _media(protocol: str) -> Media:
    module, name = _MEDIA[protocol]
    made: Media = getattr(import_module(f"batchgen.session.{module}"), name)()
    return made
