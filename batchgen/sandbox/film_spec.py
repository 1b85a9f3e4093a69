"""What a film shows: facts alone, so that they can be carried, compared and digested without making it."""

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmSpec:
    """One film to be made. Equal specs give equal bytes."""

    headline: str  #: The large line: a title, or a language.
    lines: tuple[str, ...] = ()  #: What is said, or what a template was filled with.
    background: str = "#f6f6fc"  #: Hexadecimal colour.
    width: int = 1280  #: Pixels.
    height: int = 720  #: Pixels.
    seconds: float = 2.5
    container: str = "mp4"  #: mp4 or webm.

    @property
    def digest(self) -> str:
        """A name for the bytes that this spec gives."""
        return blake2b(repr(self).encode(), digest_size=12).hexdigest()
