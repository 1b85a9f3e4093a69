"""The life of a job, as a table.

Two rules hold this file together. Everything that says which state may follow which is in ``TRANSITIONS``
below and nowhere else; and the file knows nothing of who causes an event, be it a reply, a crash or a person.

The one state that matters for money is UNSURE: a request left, and nothing came back that tells whether it was
accepted. A job leaves it only by evidence: its video was found in the account (``accepted``), or looking for it
came back empty for long enough (``absent``). It is never sent again from there directly.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

from batchgen.model.errors import IllegalMove


class Status(IntEnum):
    """Where a job stands. The numbers are what the store keeps; the names are what people read."""

    PLANNED = 0  #: Known, and not sent; or sent and certainly not accepted.
    SENDING = 1  #: Its request is about to leave or under way. Written before the request leaves.
    UNSURE = 2  #: Its request may have been accepted; nobody knows yet.
    RENDERING = 3  #: Accepted: it has a remote id, or a place in a batch that has one.
    RENDERED = 4  #: The video exists and has a link.
    DONE = 5  #: The video is saved (or its link is, where no download was asked for).
    FAILED = 6  #: Refused, or broken while rendering. Nothing more happens by itself.
    CANCELLED = 7  #: Taken back by a person before it was sent.

    @property
    def word(self) -> str:
        """The status as results and summaries spell it."""
        return self.name.lower()


class Event(StrEnum):
    """What can happen to a job."""

    SEND = "send"
    ACCEPTED = "accepted"
    HELD_BACK = "held_back"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    ABSENT = "absent"
    READY = "ready"
    BROKEN = "broken"
    SAVED = "saved"
    LINK_EXPIRED = "link_expired"
    CANCEL = "cancel"
    RETRY = "retry"


TRANSITIONS: dict[Status, dict[Event, Status]] = {
    Status.PLANNED: {
        Event.SEND: Status.SENDING,
        Event.REFUSED: Status.FAILED,
        Event.CANCEL: Status.CANCELLED,
    },
    Status.SENDING: {
        Event.ACCEPTED: Status.RENDERING,
        Event.HELD_BACK: Status.PLANNED,
        Event.REFUSED: Status.FAILED,
        Event.NO_ANSWER: Status.UNSURE,
    },
    Status.UNSURE: {
        Event.ACCEPTED: Status.RENDERING,
        Event.ABSENT: Status.PLANNED,
    },
    Status.RENDERING: {
        Event.READY: Status.RENDERED,
        Event.BROKEN: Status.FAILED,
    },
    Status.RENDERED: {
        Event.SAVED: Status.DONE,
        Event.LINK_EXPIRED: Status.RENDERING,
    },
    Status.FAILED: {Event.RETRY: Status.PLANNED},
    Status.CANCELLED: {Event.RETRY: Status.PLANNED},
    Status.DONE: {},
}

#: States in which a job still asks for something to be done.
OPEN = frozenset(
    {Status.PLANNED, Status.SENDING, Status.UNSURE, Status.RENDERING, Status.RENDERED},
)

#: States in which the server may be working on a job, or may be about to: what counts against its limits.
IN_FLIGHT = frozenset({Status.SENDING, Status.UNSURE, Status.RENDERING})


def after(status: Status, event: Event) -> Status:
    """Give the state that follows ``status`` when ``event`` happens; raise ``IllegalMove`` if none does."""
    try:
        return TRANSITIONS[status][event]
    except KeyError:
        raise IllegalMove(status.word, event.value) from None


def before(event: Event) -> dict[Status, Status]:
    """Give every state in which ``event`` may happen, with the state it leads to."""
    return {old: moves[event] for old, moves in TRANSITIONS.items() if event in moves}
