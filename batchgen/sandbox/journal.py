"""A file that outlives the sandbox: every job, key and delete, one JSON line each, on disk before the reply leaves."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

#: What each record begins with; no sheet, results or state does.
_BEGINNING = b'{"what":'


class Journal:
    """An append-only file of records.

    Raises ``ValueError``, and leaves the file as it is, where that is something else or cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        try:
            self._mend()
            self._file = self._path.open("ab")
        except OSError as error:
            raise ValueError(f"{path}: the journal cannot be kept there ({error.strerror}). Name another.") from error

    def append(self, records: Sequence[dict[str, Any]]) -> None:
        """Write records durably."""
        lines = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
        self._file.write(lines.encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def records(self) -> Iterator[dict[str, Any]]:
        """Read back what earlier sandboxes wrote."""
        with self._path.open("rb") as lines:
            for line in lines:
                yield json.loads(line)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _mend(self) -> None:
        """Cut off a last line that a kill left torn: its reply never left."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = self._path.read_bytes() if self._path.exists() else b""
        if content[: len(_BEGINNING)] != _BEGINNING[: len(content)]:
            raise ValueError(f"{self._path}: this is no journal of a sandbox, and stays as it is. Name another.")
        whole = content.rfind(b"\n") + 1
        self._path.touch(mode=0o600)
        if whole < len(content):
            os.truncate(self._path, whole)
