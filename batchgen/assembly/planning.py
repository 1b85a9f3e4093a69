"""Manifests, where what they give is to go, and what turns them into jobs."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from batchgen.heygen import DIALECTS
from batchgen.model.errors import DiskError, UsageError
from batchgen.model.exhausted import exhausted
from batchgen.model.spelling import whole
from batchgen.model.version import VERSION
from batchgen.report.formats import format_of
from batchgen.settings import results_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from batchgen.heygen.interface import Dialect
    from batchgen.manifest.interface import Manifest
    from batchgen.model.job import Draft, Job
    from batchgen.pipeline.planning.plan import Plan, Planner, Source
    from batchgen.store.interface import Line


def open_sources(
    manifests: Sequence[str],
    *,
    results: str | None,
    downloads: str | None,
    encoding: str | None = None,
    like_input: bool = False,
) -> list[Source]:
    """Open manifests, and decide where what they give is to go."""
    from batchgen.kinds import VOCABULARY  # noqa: PLC0415 - sheets are for those who plan
    from batchgen.manifest import download, open_manifest  # noqa: PLC0415
    from batchgen.pipeline.planning.plan import Source  # noqa: PLC0415

    if results and len(manifests) > 1:
        raise UsageError("--results names one file, and there are several manifests: run them one by one.")
    opened = [open_manifest(name, vocabulary=VOCABULARY, fetch=download, encoding=encoding) for name in manifests]
    if results:
        _keep_from(Path(results), opened)
    # Results are kept as CSV while a run goes on; another format is written at its end.
    live = results if results and format_of(Path(results)) == "csv" else None
    sources = []
    for manifest in opened:
        target = Path(whole(live or results_path(manifest.path)))
        folder = Path(whole(downloads or manifest.path.parent / "videos"))
        sources.append(
            Source(manifest=manifest, results=target, downloads=folder, like_input=like_input, encoding=encoding)
        )
    _check_names(sources)
    _check_targets(sources)
    return sources


def rowless(plan: Plan) -> list[tuple[str, str]]:
    """Give the name of each sheet of a plan that asks for nothing, and what to tell of it."""
    told = "it has no rows below its header, so there is nothing to make."
    return [(one.sheet.name, told) for one in plan.sheets if not one.sheet.lines]


def _check_names(sources: Sequence[Source]) -> None:
    """Refuse files and folders whose names are no text, as unpacking an old archive may leave them."""
    for path in (path for source in sources for path in (source.manifest.path, source.results, source.downloads)):
        try:
            str(path.absolute()).encode()
        except UnicodeEncodeError as error:
            raise UsageError(_no_text(os.fsencode(path.absolute()))) from error


def _no_text(name: bytes) -> str:
    """Say what is wrong with a name that this process reads as no text: the name, or how the process reads."""
    shown, kept = name.decode("utf-8", "replace"), "so it cannot be kept in the state"
    try:
        name.decode()
    except UnicodeDecodeError:
        return f"{shown}: this name is not in UTF-8, {kept}. Rename the file or the folder."
    read = sys.getfilesystemencoding()
    return (
        f"{shown}: names are read as {read} in this shell, and this one is none, {kept}. Set PYTHONUTF8=1 there first."
    )


def _keep_from(results: Path, manifests: Sequence[Manifest]) -> None:
    """Refuse results that would overwrite a manifest or the sheet of one, whatever they are called."""
    if results.resolve() in {file.resolve() for manifest in manifests for file in manifest.files}:
        raise UsageError(f"{results}: the results would overwrite what you give. Name another file by --results.")


def _check_targets(sources: Sequence[Source]) -> None:
    """Refuse results that would overwrite a manifest, the sheet of one, or one another."""
    alone = len(sources) == 1
    given = {file.resolve(): str(file) for source in sources for file in source.manifest.files}
    named = {source.manifest.path.resolve() for source in sources}
    written: dict[Path, Source] = {}
    for source in sources:
        target, name = source.results.resolve(), source.manifest.name
        if target in given:
            # `run *.csv` names what the last run wrote as well.
            ours = f"Leave {given[target]} out if a run wrote it; if it is a manifest, r" if target in named else "R"
            remedy = "Name another file by --results." if alone else f"{ours}un {name} by itself, with --results."
            raise UsageError(f"{name}: its results would overwrite {given[target]}. {remedy}")
        other = written.setdefault(target, source)
        if other is not source:
            raise UsageError(_one_place(source.manifest, other.manifest))


def _one_place(manifest: Manifest, other: Manifest) -> str:
    """Say of two manifests that what they give would go to one file: --results names one of one manifest."""
    if manifest.path.resolve() == other.path.resolve():
        return f"{manifest.name}: this is named twice. Name it once."
    return (
        f"{manifest.name}: its results would overwrite the results of {other.name}. "
        "Run them one by one, with --results."
    )


def check_downloads(folders: Iterable[Path]) -> None:
    """Make the folders that videos go to, and find out before money moves if they take none. Raises ``DiskError``."""
    from tempfile import TemporaryFile  # noqa: PLC0415 - only where something is to be saved

    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=folder) as file:
                file.write(b"x")
        except OSError as error:
            if used_up := exhausted(error):
                raise DiskError(f"{folder}: nothing can be opened there: {used_up}. Nothing was sent.") from error
            raise DiskError(
                f"{folder}: videos cannot be saved there ({error.strerror}). Choose another folder with --downloads, "
                "or keep the links alone with --no-download. Nothing was sent.",
            ) from error


@lru_cache(maxsize=64)
def _whole(folder: Path, here: str) -> str:
    """Give the absolute path of a folder, seen from ``here``, up to where a name begins."""
    return os.path.join(Path(here) / folder, "")  # noqa: PTH118 - what is wanted is the separator


def _suffix(draft: Draft) -> str:
    return f".{draft.content.get('extra', {}).get('output_format', 'mp4')}"


class FileNaming:
    """Names files by the rules of ``files.names``, for one plan."""

    def __init__(self) -> None:
        from batchgen.files.names import Places  # noqa: PLC0415 - for those who plan

        self._places = Places()

    def __call__(self, draft: Draft, job_id: str, folder: Path) -> str:
        """See Naming."""
        from batchgen.files.names import file_name  # noqa: PLC0415 - for those who plan

        title = draft.delivery.get("title")
        if not draft.output:
            return self.own(draft, folder)(title, job_id)
        relative = file_name(
            output=draft.output,
            title=title,
            language=draft.language,
            job_id=job_id,
            suffix=_suffix(draft),
            kind=draft.kind,
        )
        return str(self._places.resolve(folder, relative))

    def own(self, draft: Draft, folder: Path) -> Callable[[str | None, str], str]:
        """See Naming.own."""
        from batchgen.files.names import own_names  # noqa: PLC0415 - for those who plan

        # Names that batchgen makes itself have no folders in them, so there is nothing to follow.
        home, name = _whole(folder, str(Path.cwd())), own_names(draft.language, suffix=_suffix(draft), kind=draft.kind)
        return lambda title, job_id: home + name(title, job_id)

    def key(self, name: str) -> str:
        """See Naming.key."""
        from batchgen.files.names import collides  # noqa: PLC0415 - for those who plan

        return collides(name)


def planner_for(
    *,
    realm: str,
    api: str | None,
    duplicates: str = "error",
    again: Callable[[Sequence[str]], Callable[[Line], bool] | None] | None = None,
    limit: int | None = None,
) -> Planner:
    """Make what turns manifests into jobs. ``api`` wins over what a manifest asks for. See ``Planner``."""
    from batchgen.files.local import look  # noqa: PLC0415 - sheets are for those who plan
    from batchgen.files.measure import lasts  # noqa: PLC0415
    from batchgen.kinds import KINDS  # noqa: PLC0415
    from batchgen.pipeline.planning.plan import Planner  # noqa: PLC0415

    def dialect(asked: str | None) -> Dialect:
        return DIALECTS[api or asked or "v3"]

    return Planner(
        kinds=KINDS,
        dialect=dialect,
        naming=FileNaming(),
        look=look,
        measure=lasts,
        realm=realm,
        version=VERSION,
        api=api,
        duplicates=duplicates,
        again=again,
        limit=limit,
    )


def generation_of(api: str | None, sources: Sequence[Source]) -> str:
    """Give the generation that a run's new jobs are sent with."""
    asked = {source.manifest.api or "v3" for source in sources}
    if api is None and len(asked) > 1:
        raise UsageError("These manifests ask for different generations of the API: run them one by one.")
    return api or (asked.pop() if asked else "v3")


def choose_sample(jobs: Iterable[Job], count: int) -> set[int]:
    """Choose a few jobs that stand for all."""
    from batchgen.pipeline.planning.sample import spread  # noqa: PLC0415 - for those who sample

    return spread(jobs, count)
