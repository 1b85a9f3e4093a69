"""HeyGen's API: two generations of it as pure dialects, and the one client that touches the network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.heygen.interface import Dialect

__all__ = ["DIALECTS"]


class _Generations(Mapping[str, "Dialect"]):
    """Loads a dialect when it is first asked for: hardly any account is spoken to in both."""

    _NAMES = ("v3", "v2")

    def __getitem__(self, name: str) -> Dialect:
        return _dialect(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._NAMES)

    def __len__(self) -> int:
        return len(self._NAMES)


@cache
def _dialect(name: str) -> Dialect:
    if name == "v3":
        from batchgen.heygen.v3.dialect import V3  # noqa: PLC0415 - see above

        return V3()
    if name == "v2":
        from batchgen.heygen.v2.dialect import V2  # noqa: PLC0415

        return V2()
    raise KeyError(name)


#: Every generation by the name that ``--api`` gives it.
DIALECTS: Mapping[str, Dialect] = _Generations()
