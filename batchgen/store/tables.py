"""The tables. Times are epoch seconds, JSON is text, statuses are the numbers of ``Status``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from batchgen.model.status import Status

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("command", Text, nullable=False),
    Column("sheets", Text, nullable=False),
    Column("realm", String, nullable=False),
    Column("api", String, nullable=False),
    Column("selection", Text),  #: What was given as --select.
    Column("plan", String),  #: The mark of the saved plan that it sends, where it is one.
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("outcome", Text),
    Column("summary", Text),
)

sheets = Table(
    "sheets",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("columns", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("results", Text, nullable=False),
    Column("layout", Text),  #: How it is written, where it is text with delimiters.
    Column("like_input", Boolean, nullable=False),
    Column("realm", String, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("planned_at", Float, nullable=False),
    Column("captions", Boolean, nullable=False, default=False),  #: Whether some job of it asks for captions.
    Column("jobs", Integer),  #: How many different jobs its lines ask for; NULL: an older batchgen did not count them.
    #: What it was planned from, where planning it once more from the same would change nothing.
    Column("mark", String),
    Column("written", String),  #: The mark of its results as the last run that ended left them.
)

jobs = Table(
    "jobs",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("language", String),
    Column("file", Text),
    Column("status", SmallInteger, nullable=False),
    Column("round", SmallInteger, nullable=False, default=0),
    Column("solo", Boolean, nullable=False, default=False),
    Column("api", String),
    Column("submission", Integer),
    Column("item", SmallInteger),
    Column("batch_id", String),
    Column("remote_id", String),
    Column("video_url", Text),
    Column("duration_s", Float),
    Column("credits", Float),
    Column("error_code", String),
    Column("error", Text),
    Column("submitted_at", Float),
    Column("finished_at", Float),
    Column("due_at", Float),
    Column("polls", Integer, nullable=False, default=0),
    Column("run", Integer),  #: The run that works on it, or last did.
    Column("seq", Integer),  #: Its place in that run.
    Column("superseded_by", String),  #: The job that a person had made in its place.
    Column("length_s", Float),
    Column("unit", String),
    Column("expected_low", Float),
    Column("expected_high", Float),
    #: 1: files that it names are to be uploaded first.
    Column("waits", SmallInteger, nullable=False, default=0, server_default="0"),
    #: What it is named today, where an earlier batchgen named it otherwise: it keeps its id.
    Column("today", String),
    Column("assets", Text),  #: NULL: it names no file of this machine. Else what stands for each in its requests.
)


def _partial(name: str, status: Status, *columns: Column[Any]) -> Index:
    """Index the jobs in one state: it stays small however many jobs are done."""
    # PostgreSQL's twin is ``postgresql_where``; to name it would load all of that dialect, and each start wait for it.
    return Index(name, *columns, sqlite_where=jobs.c.status == int(status))


# Each of the pipeline's questions is one seek.
_partial("jobs_planned", Status.PLANNED, jobs.c.run, jobs.c.waits, jobs.c.seq)
_partial("jobs_sending", Status.SENDING, jobs.c.run)
_partial("jobs_unsure", Status.UNSURE, jobs.c.run, jobs.c.submission)
_partial("jobs_rendering", Status.RENDERING, jobs.c.run, jobs.c.due_at)
_partial("jobs_oldest", Status.RENDERING, jobs.c.run, jobs.c.seq)
_partial("jobs_rendered", Status.RENDERED, jobs.c.run, jobs.c.due_at)
# These are there to be counted: all others of a sheet are done.
_partial("jobs_failed", Status.FAILED, jobs.c.run)
_partial("jobs_cancelled", Status.CANCELLED, jobs.c.run)

Index("jobs_today", jobs.c.today, sqlite_where=jobs.c.today.is_not(None))
# Whose an id at the server is, a job's own or its batch's: asked of each page of the account's list, and of each event.
for _theirs in (jobs.c.remote_id, jobs.c.batch_id):
    Index(f"jobs_{_theirs.name}", _theirs, sqlite_where=_theirs.is_not(None))

lines = Table(
    "lines",
    metadata,
    Column("sheet", Integer, ForeignKey("sheets.pk"), primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("row", Integer, nullable=False),
    Column("cells", Text, nullable=False),
    Column("job", Integer, nullable=False),
    sqlite_with_rowid=False,
)
# Which lines ask for a job: for its row when something is told of it, and for its copies in a sheet.
Index("lines_job", lines.c.job, lines.c.sheet, lines.c.edition)

submissions = Table(
    "submissions",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("api", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("jobs", Text, nullable=False),
    Column("tokens", Text, nullable=False),
    Column("key", String, nullable=False),
    Column("batched", Boolean, nullable=False),
    Column("body_digest", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("unsure_since", Float),
    Column("looks", Integer, nullable=False, default=0),
    Column("look_at", Float),
    Column("last_code", String),
    Column("repeats", Integer, nullable=False, default=0),
    Column("batch_id", String),
    #: Whose credentials it was last sent with; empty: an older batchgen did not note it.
    Column("account", String, nullable=False, default="", server_default=""),
    UniqueConstraint("key"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("submission", Integer, nullable=False, index=True),
    Column("purpose", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("took_s", Float, nullable=False),
    Column("outcome", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("remote_ids", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("job", Integer, nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("event", String, nullable=False),
    Column("status", SmallInteger, nullable=False),  #: The state it led to.
    Column("detail", Text, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("job", Integer, primary_key=True, autoincrement=False),
    Column(
        "role", String, primary_key=True
    ),  #: ``video``, or the captions it is: ``srt``, ``vtt``, ``ass``, ``captioned``.
    Column("path", Text, nullable=False),
    Column("size", Integer),
    Column("digest", String),  #: By what it was taken, a colon, hexadecimal.
    Column("at", Float, nullable=False),
)

#: Files of this machine as they were last seen: where a content lies, and digests that need not be taken again.
local_files = Table(
    "local_files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("media_type", String, nullable=False),
    Column("sha256", String, nullable=False, index=True),
)

#: What each account keeps of them.
assets = Table(
    "assets",
    metadata,
    Column("realm", String, primary_key=True),
    Column("api", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("asset_id", String),
    Column("url", Text),
    Column("at", Float, nullable=False),
)

hooks = Table(
    "hooks",
    metadata,
    Column("name", String, primary_key=True),
    Column("realm", String, nullable=False),
    Column("api", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("holder", String, nullable=False),
    Column("endpoint_id", String),
)

#: Lists of what accounts have, as the server last told them.
catalogue = Table(
    "catalogue",
    metadata,
    Column("realm", String, primary_key=True),
    Column("owner", String, primary_key=True),
    Column("api", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("items", Text, nullable=False),
)

#: Sessions that were opened from here and are not known to be closed.
open_sessions = Table(
    "open_sessions",
    metadata,
    Column("session_id", String, primary_key=True),
    Column("realm", String, nullable=False),
    Column("job", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

#: What happened in sessions.
occurrences = Table(
    "occurrences",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("job", Integer, nullable=False, index=True),
    Column("round", SmallInteger, nullable=False),
    Column("at", Float, nullable=False),
    Column("what", String, nullable=False),
    Column("line", Integer),
    Column("text", Text, nullable=False),
)

limits = Table(
    "limits",
    metadata,
    Column("realm", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", Float, nullable=False),
    Column("at", Float, nullable=False),
)
