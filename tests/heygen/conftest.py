"""Ways to ask a dialect for a body and for its gaps."""

from __future__ import annotations

import pytest

from batchgen.model.job import Draft, Parcel
from batchgen.model.row import Row

ROW = Row(file="x.csv", number=2, cells=(), kind="video", fields={})


def _parcel(content, kind="video", token=None, **delivery):
    return Parcel(kind=kind, content=content, delivery=delivery, token=token)


def _body(dialect, content, kind="video", token=None, **delivery):
    return dialect.create([_parcel(content, kind, token, **delivery)], key="k", batched=False).body


def _gaps(dialect, content, kind="video", **delivery):
    draft = Draft(row=ROW, kind=kind, content=content, delivery=delivery)
    return [(gap.field, gap.problem, gap.remedy) for gap in dialect.unsayable(draft)]


@pytest.fixture
def parcel():
    """A job as a dialect sees it: ``parcel(content, kind, token, **delivery)``."""
    return _parcel


@pytest.fixture
def body():
    """The body of a single create: ``body(dialect, content, kind, token, **delivery)``."""
    return _body


@pytest.fixture
def gaps():
    """What cannot be said, as (field, problem, remedy): ``gaps(dialect, content, kind, **delivery)``."""
    return _gaps


@pytest.fixture
def fields():
    """The fields that cannot be said: ``fields(dialect, content, kind, **delivery)``."""
    return lambda *args, **delivery: [gap[0] for gap in _gaps(*args, **delivery)]
