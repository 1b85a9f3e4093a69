"""One uploaded file of the account, or one that is expected."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(slots=True, kw_only=True)
class Asset:
    """One uploaded file, or one that is expected."""

    id: str
    name: str
    kind: str  #: Its MIME type, as it was told or found.
    route: str
    created_at: float
    size: int = 0  #: Bytes, of what is there.
    sha256: str | None = None  #: Of what is there; None: nothing is.
    want_size: int | None = None  #: What was announced.
    want_sha256: str | None = None
    ready_at: float | None = None  #: From when jobs may name it; None: it was not completed.
    seconds: float | None = None
    content: bytes | None = None  #: Where it was small enough to be kept.
    deleted: bool = False
    puts: int = 0  #: How often bytes were stored for it.

    def to_record(self) -> dict[str, Any]:
        """Give it as plain JSON, without its bytes."""
        return asdict(self) | {"content": None}

    def state(self, now: float) -> str:
        """Tell where it stands: pending, processing or completed."""
        if self.ready_at is None:
            return "pending_upload"
        return "completed" if now >= self.ready_at else "processing"

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "Asset":
        """Read what to_record gave."""
        return cls(**{one.name: record[one.name] for one in fields(cls)})
