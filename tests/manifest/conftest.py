"""Writes manifests and opens them, with the real words of the kinds."""

from __future__ import annotations

import pytest

from batchgen.kinds import VOCABULARY
from batchgen.manifest import open_manifest
from batchgen.model.errors import Fault, ManifestError


def no_network(url):
    raise AssertionError(f"{url} was fetched")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to stand in, so that names in messages are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def opened(folder):
    """Write a file and open it as a manifest."""

    def write_and_open(name, content, *, fetch=no_network, encoding=None):
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.partition("#")[0]).write_bytes(data)
        return open_manifest(name, vocabulary=VOCABULARY, fetch=fetch, encoding=encoding)

    return write_and_open


@pytest.fixture
def rows(opened):
    """Write a file and give its rows, which must be sound."""

    def write_and_read(name, content, **options):
        found = list(opened(name, content, **options).rows())
        assert [str(one) for one in found if isinstance(one, Fault)] == []
        return found

    return write_and_read


@pytest.fixture
def told(opened):
    """Write a file and give every fault of it, as people read them."""

    def write_and_complain(name, content, **options):
        try:
            manifest = opened(name, content, **options)
        except ManifestError as error:
            return [str(fault) for fault in error.faults]
        return [str(one) for one in manifest.rows() if isinstance(one, Fault)]

    return write_and_complain
