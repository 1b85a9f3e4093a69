"""Files: those of this machine that are uploaded, what became of the uploads, and those that are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from batchgen.model.media import Asset, AssetState, LocalFile
from batchgen.store.apply import keep_local_files
from batchgen.store.changes import VIDEO, KeepFile
from batchgen.store.connected import Connected
from batchgen.store.statement import Statement
from batchgen.store.tables import assets, files, local_files

if TYPE_CHECKING:
    from collections.abc import Sequence


_FILE_COLUMNS = tuple(files.c[name] for name in KeepFile.__dataclass_fields__)
_ASSET_COLUMNS = tuple(assets.c[name] for name in Asset.__dataclass_fields__)
_LOCAL_FILE_COLUMNS = tuple(local_files.c[name] for name in LocalFile.__dataclass_fields__)

#: Wants ``path``.
_LOCAL_FILE = Statement(select(*_LOCAL_FILE_COLUMNS).where(local_files.c.path == bindparam("path")))

#: Wants ``sha256``.
_LOCAL_FILES = Statement(select(*_LOCAL_FILE_COLUMNS).where(local_files.c.sha256 == bindparam("sha256")))

#: Wants ``realm``, ``api`` and ``sha256``.
_ASSET = Statement(
    select(*_ASSET_COLUMNS).where(*(assets.c[name] == bindparam(name) for name in ("realm", "api", "sha256"))),
)

#: Wants ``realm``.
_ASSET_IDS = Statement(
    select(assets.c.asset_id).where(assets.c.realm == bindparam("realm"), assets.c.asset_id.is_not(None)),
)

#: Wants ``job`` and ``role``.
_INTENDED_PATH = Statement(
    select(files.c.path).where(files.c.job == bindparam("job"), files.c.role == bindparam("role"))
)

#: In the order of ``KeepFile``. Wants ``job``.
_FILES_OF = Statement(select(*_FILE_COLUMNS).where(files.c.job == bindparam("job")))

#: Wants nothing.
_PATHS = Statement(select(files.c.path, files.c.size))


class Luggage(Connected):
    """See ``Luggage`` of the interface."""

    def local_file(self, path: str) -> LocalFile | None:
        """See Store.local_file."""
        found = self._all(_LOCAL_FILE, path=path)
        return _local_file_from(found[0]) if found else None

    def local_files(self, sha256: str) -> list[LocalFile]:
        """See Store.local_files."""
        return [_local_file_from(row) for row in self._all(_LOCAL_FILES, sha256=sha256)]

    def keep_local_files(self, files: Sequence[LocalFile]) -> None:
        """See Store.keep_local_files."""
        if files:
            self._write(lambda connection: keep_local_files(connection.connection.driver_connection, files))

    def asset(self, realm: str, api: str, sha256: str) -> Asset | None:
        """See Store.asset."""
        found = self._all(_ASSET, realm=realm, api=api, sha256=sha256)
        return _asset_from(found[0]) if found else None

    def asset_ids(self, realm: str) -> set[str]:
        """See Store.asset_ids."""
        return {str(row[0]) for row in self._all(_ASSET_IDS, realm=realm)}

    def intended_path(self, job: int, role: str = VIDEO) -> str | None:
        """See Store.intended_path."""
        value = self._scalar(_INTENDED_PATH, job=job, role=role)
        return None if value is None else str(value)

    def files_of(self, job: int) -> dict[str, KeepFile]:
        """See Store.files_of."""
        found = (_file_from(row) for row in self._all(_FILES_OF, job=job))
        return {one.role: one for one in found}

    def paths(self) -> list[tuple[str, bool]]:
        """See Store.paths."""
        return [(str(path), size is not None) for path, size in self._all(_PATHS)]


def _asset_from(row: Sequence[Any]) -> Asset:
    """Read an asset."""
    facts = dict(zip(Asset.__dataclass_fields__, row, strict=True))
    return Asset(**facts | {"state": AssetState(facts["state"])})


def _local_file_from(row: Sequence[Any]) -> LocalFile:
    """Read what was found at a path."""
    return LocalFile(**dict(zip(LocalFile.__dataclass_fields__, row, strict=True)))


def _file_from(row: Sequence[Any]) -> KeepFile:
    """Read a file."""
    return KeepFile(**dict(zip(KeepFile.__dataclass_fields__, row, strict=True)))
