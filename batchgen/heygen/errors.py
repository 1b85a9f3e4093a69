"""What is raised when a reply is not the answer that was asked for."""

from __future__ import annotations

from batchgen.model.errors import BatchgenError
from batchgen.model.exchange import Hold  # noqa: TC001 - part of the public signature


class ApiError(BatchgenError):
    """The server answered a reading request with an error, or with something unreadable."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int,
        hold: Hold | None = None,
        retry_after: float | None = None,
        transient: bool = False,
        missing: bool = False,
        forbidden: bool = False,
    ) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.status = status  #: The HTTP status.
        self.hold = hold  #: Where waiting, or a person, is asked for.
        self.retry_after = retry_after  #: Seconds.
        self.transient = transient  #: Worth asking again in a moment.
        self.missing = missing  #: The server says, in its own JSON, that it has no such id.
        self.forbidden = forbidden  #: A 403 that says nothing of who asks: it may be about this one thing alone.
