"""`--log-file`: every fact of a run as a line of JSON, for machines that read along and for those who ask later.

Rule: the API key is in no line, whatever a server or an error says.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, IntEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from batchgen.model.errors import DiskError, UsageError
from batchgen.model.status import Status
from batchgen.pipeline.happened import Asked, Moved, Uploading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from io import TextIOWrapper

    from batchgen.pipeline.happened import Happening
    from batchgen.store.interface import Line

#: Bytes after which a file is put aside as ``….1``, and how many of these are kept.
LARGEST, KEPT = 64 * 2**20, 5
#: Jobs whose rows are remembered, so that they are not looked up for each line.
REMEMBERED = 10_000
#: Letters a key has at the least to be one. See ``heygen.client``.
SECRET = 8
#: What each line of a log begins with; see ``_JsonLines``.
BEGINS = b'{"time": "'
#: Facts that say that something is not as it should be.
_WARNINGS = {
    *("waiting", "unanswered", "stumbled", "left_unsure", "stalled", "elsewhere"),
    *("stopping", "failed", "no_answer", "error"),
}


class LogFile:
    """Listens to a run, and writes what it hears.

    ``written`` are the other files that the run writes, by the options that name them.
    """

    def __init__(
        self, path: str, *, secrets: Iterable[str] = (), written: Mapping[str, str | None] = MappingProxyType({})
    ) -> None:
        self._handler = _handler(Path(path), written)
        self._handler.setFormatter(_JsonLines([one for one in secrets if len(one) >= SECRET]))
        self._logger = logging.Logger("batchgen.run")  # noqa: LOG001 - of its own: no other log hears of it
        self._logger.addHandler(self._handler)
        self._lines_of: Callable[[Sequence[int]], Sequence[Line]] = lambda _: ()
        self._known: dict[int, dict[str, Any]] = {}  #: Job → its name and row.
        self._run: int | None = None

    def attend(self, run: int, lines_of: Callable[[Sequence[int]], Sequence[Line]]) -> None:
        """Learn which run it is, and where to look up the row of a job."""
        self._run, self._lines_of = run, lines_of

    def hear(self, fact: Happening) -> None:
        """Write a fact down. Of an upload its end is told, and not each piece."""
        if isinstance(fact, Uploading):
            return
        told = {name: _plain(value) for name, value in fact._asdict().items()}
        match fact:
            case Moved():
                event = fact.event.value
                told |= {"status": fact.new.word, "was": fact.old.word}
                told = {name: told[name] for name in ("job", "status", "was", "detail")}
            case Asked():
                event = "request"
            case _:
                event = _word(type(fact).__name__)
        if "job" in told:
            told = self._name(told.pop("job")) | told
        self.write(event, **told)

    def write(self, event: str, **facts: Any) -> None:
        """Write a line."""
        failed = facts.get("status") == Status.FAILED.word
        level = logging.WARNING if event in _WARNINGS or failed else logging.INFO
        self._logger.log(level, event, extra={"facts": {"run": self._run, "event": event} | facts})

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()

    def _name(self, pk: int) -> dict[str, Any]:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        if pk not in self._known:
            line = next(iter(self._lines_of([pk])), None)
            self._known[pk] = {"job": line.job.id, "row": line.row} if line else {"job": None, "row": None}
        return self._known[pk]


class _JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, without what is secret."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter.format."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname.lower(), **record.__dict__["facts"]}
        text = json.dumps(told, ensure_ascii=False, default=str)
        for secret in self._secrets:
            text = text.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
        return text


class _OwnersFile(RotatingFileHandler):
    """A file that only its owner may read, put aside when it has grown large."""

    def _open(self) -> TextIOWrapper:
        number = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # It may have been there before, and open to everybody. A device (/dev/null, /dev/stderr) is everybody's.
        if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(number).st_mode):
            os.fchmod(number, 0o600)
        return os.fdopen(number, "a", encoding="utf-8", errors="backslashreplace")

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802 - logging's name
        """See RotatingFileHandler. A device is never put aside, and Python from 3.13 on asks how far it was written."""
        path = Path(self.baseFilename)
        return not (path.exists() and not path.is_file()) and bool(super().shouldRollover(record))

    def close(self) -> None:
        """Let go of the file, also with lines in hand that no disk has room for."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without a log: a full disk for words must not stop what is being paid for."""
        if self.level <= logging.CRITICAL:
            self.setLevel(logging.CRITICAL + 1)
            print(f"{self.baseFilename}: the log cannot be written any more ({sys.exc_info()[1]}).", file=sys.stderr)
        del record


def _handler(path: Path, written: Mapping[str, str | None]) -> _OwnersFile:
    try:
        _refuse_others(path)
        _refuse_same(path, written)
        path.parent.mkdir(parents=True, exist_ok=True)
        return _OwnersFile(str(path), maxBytes=LARGEST, backupCount=KEPT)
    except OSError as error:
        raise DiskError(
            f"--log-file {path}: this cannot be written ({error.strerror}). Name another file. Nothing was sent.",
        ) from error


def _refuse_others(path: Path) -> None:
    """Add to nothing that is no log: a sheet or a state that is named by mistake would be spoilt, or put aside."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        found = file.read(len(BEGINS))
    if found and found != BEGINS:
        raise UsageError(f"--log-file {path}: this file is there, and is no log. Name another. Nothing was sent.")


def _refuse_same(path: Path, written: Mapping[str, str | None]) -> None:
    """Write into nothing that the run is going to make: each would spoil the other."""
    for option, other in written.items():
        if other and path.resolve() == Path(other).resolve():
            raise UsageError(f"--log-file and {option} both name {other}: give each a file of its own.")


def _plain(value: Any) -> Any:
    if isinstance(value, Status):
        return value.word
    if isinstance(value, Enum) and not isinstance(value, IntEnum):
        return value.value
    if hasattr(value, "items"):
        return {_plain(key): _plain(one) for key, one in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def _word(name: str) -> str:
    """Spell a fact's name as scripts do: ``LeftUnsure`` is ``left_unsure``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
