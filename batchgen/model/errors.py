"""Everything that can go wrong, as one tree.

    BatchgenError                 exit code
    ├── UsageError                2   the command cannot be meant like this
    ├── ManifestError             2   the manifest has faults; all of them are told at once
    ├── Unusable                  2   a file that it names; told as one of its faults
    ├── ConfigError               3   settings, credentials, folders, files, the network
    │   ├── CredentialsError          the key is missing or was refused
    │   ├── UnreachableError          the server cannot be reached at all
    │   ├── StoreError                the state file cannot be used
    │   └── DiskError                 a file cannot be written
    ├── LockedError               6   another process has this run
    ├── Declined                130   somebody was asked, and said no
    ├── TransportError                a request failed below HTTP
    │   ├── NotSent                   it certainly never reached the server
    │   └── NoReply                   it may have reached it; nobody knows
    └── IllegalMove                   a bug: the state table forbids it

An error's text says where, what, and what to do, in that order, for someone who has never seen an API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class BatchgenError(Exception):
    """Anything batchgen tells a person instead of showing a traceback."""

    exit_code: ClassVar[int] = 1


class UsageError(BatchgenError):
    """The command line asks for something that cannot be meant."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a manifest, at the place where a person will look for it."""

    file: str  #: The file's name as the user gave it.
    row: int | None = None  #: As the spreadsheet numbers it: the header is row 1.
    column: str | None = None  #: The column's header, or the YAML key, as the user wrote it.
    problem: str  #: What is wrong.
    remedy: str = ""  #: What would be right.

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f', column "{self.column}"'
        return f"{place}: {self.problem}" + (f" {self.remedy}" if self.remedy else "")


class ManifestError(BatchgenError):
    """A manifest has faults. Nothing was sent."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault], *, more: int = 0) -> None:
        self.faults = tuple(faults)
        self.more = more  #: How many there are besides.
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Unusable(BatchgenError):  # noqa: N818 - reads as the outcome it is
    """A file that a manifest names cannot be used. It becomes a fault of the manifest, where it is named."""

    exit_code = 2

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy


class ConfigError(BatchgenError):
    """Settings, credentials or surroundings do not allow the command."""

    exit_code = 3


class CredentialsError(ConfigError):
    """The API key is missing, or the server refused it."""


class UnreachableError(ConfigError):
    """The server cannot be reached."""


class StoreError(ConfigError):
    """The state file cannot be opened, read or written."""


class DiskError(ConfigError):
    """A file or folder cannot be written."""


class LockedError(BatchgenError):
    """Another process is running on the same state."""

    exit_code = 6


class Declined(BatchgenError):  # noqa: N818 - reads as the outcome it is
    """Somebody was asked, and said no."""

    exit_code = 130


class TransportError(BatchgenError):
    """A request failed below HTTP."""


class NotSent(TransportError):  # noqa: N818 - reads as the outcome it is
    """The request certainly never reached the server: no address, no connection, no free socket."""


class NoReply(TransportError):  # noqa: N818
    """The request may have reached the server, and no whole reply came back."""


class IllegalMove(BatchgenError):  # noqa: N818
    """The state table has no such move. It is a bug, and nothing was changed."""

    def __init__(self, status: str, event: str) -> None:
        super().__init__(f"a job that is {status} cannot be told {event!r}")
