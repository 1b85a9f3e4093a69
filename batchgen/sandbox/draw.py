"""Chance that can be repeated: the same seed, place and name always give the same number.

A draw belongs to one request or one job, so that one more fault drawn for one of them changes nothing for the next.
"""

from zlib import crc32

_MASK = (1 << 64) - 1


def _mix(value: int) -> int:
    """Spread one number over 64 bits (the finaliser of splitmix64)."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Draw:
    """The chances of one request or one job."""

    __slots__ = ("_base",)

    def __init__(self, seed: int, place: int) -> None:
        self._base = _mix(_mix(seed & _MASK) ^ place)

    def number(self, name: str) -> float:
        """Give a number from 0 up to 1, always the same one for this name."""
        return _mix(self._base ^ crc32(name.encode())) / 2**64

    def hits(self, name: str, probability: float) -> bool:
        """Tell whether something that happens with this probability happens here."""
        return probability > 0 and self.number(name) < probability

    def between(self, name: str, low: float, high: float) -> float:
        """Give a number from low up to high."""
        return low + (high - low) * self.number(name)

    def pick(self, name: str, count: int) -> int:
        """Give one of count places, from 0."""
        return int(self.number(name) * count)

    def hex_id(self, name: str) -> str:
        """Give 32 hexadecimal digits, which is what HeyGen's ids look like."""
        low = _mix(self._base ^ crc32(name.encode()))
        return f"{low:016x}{_mix(low ^ self._base):016x}"
