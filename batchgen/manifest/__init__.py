"""Reads manifests: CSV, TSV, XLSX, JSONL and YAML, from a file or a link, to rows whose fields have their names."""

from __future__ import annotations

from batchgen.manifest.fetch import download
from batchgen.manifest.load import OpenManifest, open_manifest, open_sheet

__all__ = ["OpenManifest", "download", "open_manifest", "open_sheet"]
