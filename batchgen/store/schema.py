"""Makes the tables, and brings those of an older batchgen up to date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from batchgen.model.errors import StoreError
from batchgen.store.mishaps import store_error
from batchgen.store.moved import follow
from batchgen.store.tables import meta, metadata, submissions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from batchgen.store.engine import Engines


def _keep_tokens(connection: Connection) -> None:
    """Note with each submission what its jobs carry: it used to be derived from the submission's key."""
    from batchgen.model.naming import digest  # noqa: PLC0415 - for a file of long ago

    connection.execute(text("ALTER TABLE submissions ADD COLUMN tokens TEXT NOT NULL DEFAULT '[]'"))
    for row in connection.execute(select(submissions.c.pk, submissions.c.key, submissions.c.jobs)).all():
        tokens = ["bg" + digest(row.key, item, length=10) for item, _ in enumerate(json.loads(row.jobs))]
        values = {"tokens": json.dumps(tokens)}
        connection.execute(update(submissions).where(submissions.c.pk == row.pk).values(values))


def _keep_selections(connection: Connection) -> None:
    """Note with each run the selection it was given, so that a retry can be given the same."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN selection TEXT"))


def _keep_digests(connection: Connection) -> None:
    """Note with each file what it held when it was saved."""
    connection.execute(text("ALTER TABLE files ADD COLUMN digest VARCHAR"))


def _keep_layouts(connection: Connection) -> None:
    """Note with each sheet how it is written, and whether its results are to be written like it."""
    connection.execute(text("ALTER TABLE sheets ADD COLUMN layout TEXT"))
    connection.execute(text("ALTER TABLE sheets ADD COLUMN like_input BOOLEAN NOT NULL DEFAULT 0"))


def _keep_estimates(connection: Connection) -> None:
    """Note with each job what it was expected to cost, in what unit, and the length that this came from."""
    for column in ("length_s FLOAT", "unit VARCHAR", "expected_low FLOAT", "expected_high FLOAT"):
        connection.execute(text(f"ALTER TABLE jobs ADD COLUMN {column}"))


def _keep_captions(connection: Connection) -> None:
    """Make room for several files a job, its captions beside its video, and note which sheets ask for captions."""
    connection.execute(text("ALTER TABLE sheets ADD COLUMN captions BOOLEAN NOT NULL DEFAULT 0"))
    # A key cannot be changed in place.
    connection.execute(text("ALTER TABLE files RENAME TO files_of_one"))
    connection.execute(
        text(
            "CREATE TABLE files (job INTEGER NOT NULL, role VARCHAR NOT NULL, path TEXT NOT NULL, size INTEGER, "
            "digest VARCHAR, at FLOAT NOT NULL, PRIMARY KEY (job, role))"
        )
    )
    connection.execute(text("INSERT INTO files SELECT job, 'video', path, size, digest, at FROM files_of_one"))
    connection.execute(text("DROP TABLE files_of_one"))


def _keep_uploads(connection: Connection) -> None:
    """Note what files of this machine hold, what the account keeps of them, and which jobs wait for them."""
    files = (
        "CREATE TABLE local_files (path TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL, mtime_ns BIGINT NOT NULL, "
        "media_type VARCHAR NOT NULL, sha256 VARCHAR NOT NULL)"
    )
    uploads = (
        "CREATE TABLE assets (realm VARCHAR NOT NULL, api VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, "
        "state VARCHAR NOT NULL, round INTEGER NOT NULL, asset_id VARCHAR, url TEXT, at FLOAT NOT NULL, "
        "PRIMARY KEY (realm, api, sha256))"
    )
    for statement in (
        "ALTER TABLE jobs ADD COLUMN waits SMALLINT NOT NULL DEFAULT 0",
        "ALTER TABLE jobs ADD COLUMN assets TEXT",
        "DROP INDEX jobs_planned",
        "CREATE INDEX jobs_planned ON jobs (run, waits, seq) WHERE status = 0",
        files,
        "CREATE INDEX ix_local_files_sha256 ON local_files (sha256)",
        uploads,
    ):
        connection.execute(text(statement))


def _keep_hooks(connection: Connection) -> None:
    """Note which webhook endpoints stand in an account, so that none is left there."""
    connection.execute(
        text(
            "CREATE TABLE hooks (name VARCHAR NOT NULL PRIMARY KEY, realm VARCHAR NOT NULL, api VARCHAR NOT NULL, "
            "url TEXT NOT NULL, at FLOAT NOT NULL, holder VARCHAR NOT NULL, endpoint_id VARCHAR)"
        )
    )


def _index_oldest(connection: Connection) -> None:
    """Let the oldest rendering jobs of a run be one seek."""
    connection.execute(text("CREATE INDEX jobs_oldest ON jobs (run, seq) WHERE status = 3"))


def _keep_catalogues(connection: Connection) -> None:
    """Make room for lists of what accounts have."""
    connection.execute(
        text(
            "CREATE TABLE catalogue (realm VARCHAR NOT NULL, owner VARCHAR NOT NULL, api VARCHAR NOT NULL, "
            "topic VARCHAR NOT NULL, at FLOAT NOT NULL, whole BOOLEAN NOT NULL, items TEXT NOT NULL, "
            "PRIMARY KEY (realm, owner, api, topic))"
        )
    )


def _keep_sessions(connection: Connection) -> None:
    """Note which sessions are open, so that none is left so, and what happened in them."""
    sessions = (
        "CREATE TABLE open_sessions (session_id VARCHAR NOT NULL PRIMARY KEY, realm VARCHAR NOT NULL, "
        "job INTEGER NOT NULL, at FLOAT NOT NULL)"
    )
    happened = (
        "CREATE TABLE occurrences (pk INTEGER NOT NULL PRIMARY KEY, job INTEGER NOT NULL, round SMALLINT NOT NULL, "
        "at FLOAT NOT NULL, what VARCHAR NOT NULL, line INTEGER, text TEXT NOT NULL)"
    )
    for statement in (sessions, happened, "CREATE INDEX ix_occurrences_job ON occurrences (job)"):
        connection.execute(text(statement))


def _keep_marks(connection: Connection) -> None:
    """Note what each sheet was planned from, and how many jobs it asks for: a sheet that stayed need not be read."""
    for statement in (
        "ALTER TABLE sheets ADD COLUMN jobs INTEGER",
        "ALTER TABLE sheets ADD COLUMN mark VARCHAR",
        "CREATE INDEX jobs_failed ON jobs (run) WHERE status = 6",
        "CREATE INDEX jobs_cancelled ON jobs (run) WHERE status = 7",
    ):
        connection.execute(text(statement))


def _index_ids(connection: Connection) -> None:
    """Let it be a seek whose an id at the server is: each page of the account's list walked over every job for it."""
    for name in ("remote_id", "batch_id"):
        connection.execute(text(f"CREATE INDEX jobs_{name} ON jobs ({name}) WHERE {name} IS NOT NULL"))


def _keep_accounts(connection: Connection) -> None:
    """Note with each submission whose credentials it was sent with: only that account can tell what became of it."""
    connection.execute(text("ALTER TABLE submissions ADD COLUMN account VARCHAR NOT NULL DEFAULT ''"))


def _keep_plans(connection: Connection) -> None:
    """Note with each run the saved plan that it sends, so that what became of its videos is known for its own work."""
    connection.execute(text("ALTER TABLE runs ADD COLUMN plan VARCHAR"))


def _keep_written(connection: Connection) -> None:
    """Note what the results of a sheet were like when a run left them: the state knows all that stands in these."""
    connection.execute(text("ALTER TABLE sheets ADD COLUMN written VARCHAR"))


def _name_digests(connection: Connection) -> None:
    """Note by what each digest of a file was taken: it is not SHA-256 for ever."""
    connection.execute(text("UPDATE files SET digest = 'sha256:' || digest WHERE digest IS NOT NULL"))


def _keep_names(connection: Connection) -> None:
    """Make room for what each job is named today: rows that say the same in another way find it by that."""
    connection.execute(text("ALTER TABLE jobs ADD COLUMN today VARCHAR"))
    connection.execute(text("CREATE INDEX jobs_today ON jobs (today) WHERE today IS NOT NULL"))


def _note_names(connection: Connection) -> None:
    """Note with each job what it is named today, where its id or its content said the same in another way."""
    from batchgen.store.renamed import note_names  # noqa: PLC0415 - for a file of an earlier batchgen

    note_names(connection)


#: What changes a state file of version N to N+1. The list only ever grows; its length is the current version - 1.
MIGRATIONS: list[Callable[[Connection], None]] = [
    _keep_tokens,
    _keep_selections,
    _keep_digests,
    _keep_layouts,
    _keep_estimates,
    _keep_captions,
    _keep_uploads,
    _keep_hooks,
    _index_oldest,
    _keep_catalogues,
    _keep_sessions,
    _keep_marks,
    _index_ids,
    _keep_accounts,
    _keep_plans,
    _keep_written,
    _name_digests,
    _keep_names,
    _note_names,
]


def current_version() -> int:
    """Give the version of the tables this batchgen writes."""
    return 1 + len(MIGRATIONS)


def prepare(engines: Engines, *, home: Path | None = None) -> None:
    """Make the state file ready: create, upgrade, or say that it is from a newer batchgen; and follow it to its place.

    ``home`` is where the file lies that this one is a copy of.
    """
    try:
        with engines.writer.begin() as connection:
            found = _version(connection)
            if found is None:
                metadata.create_all(connection)
            elif found > current_version():
                raise StoreError(
                    f"{engines.path}: this state file was written by a newer batchgen (version {found} of the tables, "
                    f"this one knows {current_version()}). Upgrade batchgen, or name another file by --state.",
                )
            else:
                for migrate in MIGRATIONS[found - 1 :]:
                    migrate(connection)
            if found != current_version():
                _note_version(connection)
            follow(connection, home or engines.path)
    except DBAPIError as error:
        raise store_error(engines.path, error) from error


def _version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(meta.name):
        return None
    value = connection.execute(select(meta.c.value).where(meta.c.name == "schema")).scalar()
    return None if value is None else int(value)


def _note_version(connection: Connection) -> None:
    version = str(current_version())
    statement = insert(meta).values(name="schema", value=version)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": version}))
