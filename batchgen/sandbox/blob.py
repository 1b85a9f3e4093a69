"""Bytes that were uploaded: what they are and hold. Large ones are not kept, only known."""

from dataclasses import dataclass
from hashlib import sha256
from struct import unpack_from

KEPT_BYTES = 4 * 1024 * 1024  #: Larger uploads are digested as they come, and their bytes let go.
_MAGIC = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"ID3": "audio/mpeg",
    b"RIFF": "audio/wav",
    b"\x1aE\xdf\xa3": "video/webm",
    b"%PDF": "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """One upload's bytes."""

    size: int
    sha256: str  #: In hexadecimal.
    head: bytes  #: The first of them.
    content: bytes | None  #: All of them, where they were kept.

    @classmethod
    def of(cls, content: bytes) -> "Blob":
        """Take bytes that are at hand."""
        kept = content if len(content) <= KEPT_BYTES else None
        return cls(size=len(content), sha256=sha256(content).hexdigest(), head=content[:64], content=kept)

    @property
    def kind(self) -> str | None:
        """What it looks like, or None."""
        if self.head[4:8] == b"ftyp":
            return "video/mp4"
        if self.head[:1] == b"\xff" and self.head[1:2] >= b"\xe0" and self.head[:3] != b"\xff\xd8\xff":
            return "audio/mpeg"
        known = next((kind for magic, kind in _MAGIC.items() if self.head.startswith(magic)), None)
        return known or ("application/x-subrip" if b"-->" in self.head else None)

    @property
    def seconds(self) -> float | None:
        """How long an mp4 plays, as its movie header says; None for all else."""
        at = (self.content or b"").find(b"mvhd")
        if at < 0 or self.content is None or self.content[at + 4 : at + 5] != b"\0" or at + 24 > len(self.content):
            return None
        scale, length = unpack_from(">II", self.content, at + 16)
        return length / scale if scale else None


class Pouring:
    """Bytes as they come."""

    def __init__(self) -> None:
        self._digest, self._size, self._kept = sha256(), 0, bytearray()

    def add(self, part: bytes) -> None:
        """Take some more."""
        self._digest.update(part)
        self._size += len(part)
        if self._size <= KEPT_BYTES:
            self._kept += part
        else:
            del self._kept[64:]

    def blob(self) -> Blob:
        """Give what came."""
        content = bytes(self._kept) if self._size <= KEPT_BYTES else None
        return Blob(size=self._size, sha256=self._digest.hexdigest(), head=bytes(self._kept[:64]), content=content)
