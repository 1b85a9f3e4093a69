"""Files that people wrote, and that nothing of ours is to take the place of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.model.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchgen.store.interface import Sheets


def spare_manifests(store: Sheets, path: Path) -> None:
    """Refuse to write over a manifest that the state knows, or over the sheet of one. Raises ``UsageError``."""
    for sheet in store.sheets() if path.exists() else ():
        if path.resolve() in read_by(sheet.path):
            raise UsageError(f"{path}: {sheet.name} is made from this file, which would be lost. Name another file.")


def spare_for_results(store: Sheets, targets: Iterable[Path]) -> None:
    """Refuse results in the place of a manifest, of other runs too. Those that stand where they stood are at home."""
    at_home = {Path(sheet.results) for sheet in store.sheets()}
    for path in targets:
        if path not in at_home:
            spare_manifests(store, path)


def displaced(store: Sheets, path: str, results: Path) -> Iterator[str]:
    """Say whose results those of the manifest that is known by ``path`` take the place of, where that one is kept."""
    for sheet in store.sheets():
        if sheet.results == str(results.absolute()) and sheet.path != path and Path(sheet.path).exists():
            yield (
                f"its results take the place of those of {sheet.name}, which `batchgen report {sheet.name}` writes "
                "again. With --results each has a file of its own."
            )


def read_by(name: str) -> frozenset[Path]:
    """Give the files that a manifest is made from, resolved: its own, and the sheet that it names."""
    from batchgen.kinds import VOCABULARY  # noqa: PLC0415 - as above
    from batchgen.manifest import download, open_manifest  # noqa: PLC0415

    own = Path(name.partition("#")[0])
    try:
        files = open_manifest(name, vocabulary=VOCABULARY, fetch=download).files if own.exists() else ()
    except ManifestError:
        # It cannot be read any more as it stands; what it is made from is still its writer's.
        files = ()
    return frozenset(one.resolve() for one in (own, *files))
