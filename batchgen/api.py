"""batchgen from Python: what the command does, for notebooks and programs.

    >>> import batchgen
    >>> run = batchgen.run("videos.csv", sandbox=True)
    >>> batchgen.results(run)

It works on the same state with the same lock, reads the key from the same places, and says what is wrong with the
same sentences, as exceptions: all of them are ``BatchgenError``. Nothing is printed and no question is asked: a call
of ``run`` or ``retry`` is the consent to spend. What the environment, ``.env`` or ``batchgen.toml`` set of where money
goes counts where a call says nothing: ``state``, ``profile``, ``sandbox``, ``max_credits`` and the prices. All other
settings are those of the command.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from batchgen import settings
from batchgen.model.errors import Fault, ManifestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from batchgen.pipeline.happened import Happening
    from batchgen.report.frame import Frame
    from batchgen.report.summary import Summary
    from batchgen.store.interface import Sheet, Store

Api = Literal["v3", "v2"]
Duplicates = Literal["error", "share", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Manifests that were read."""

    manifests: tuple[str, ...]  #: Paths or links.
    encoding: str | None
    frame: Frame  #: The rows as they were written, every cell as text; its index is the row of the sheet.
    notes: tuple[str, ...]  #: What was guessed, such as an encoding.


#: What is taken for a manifest: its path or link, several of them, or what ``load`` gave.
Manifests: TypeAlias = "str | Path | Batch | Sequence[str | Path]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would do. The counts add up to ``jobs``."""

    rows: int
    jobs: int
    send: int  #: New purchases.
    look_for: int  #: Sent before, and nobody knows whether they were accepted: looked for before anything else.
    watch: int
    download: int
    done: int
    failed: int  #: Left alone: ``retry`` tries them again.
    cancelled: int
    left_out: int  #: Open, and not chosen by ``select`` or ``limit``.
    frame: Frame  #: A line for each job, as ``results`` gives it.
    warnings: tuple[Fault, ...]  #: What looks odd in a cell, and may be meant.
    notes: tuple[str, ...]  #: What was guessed, such as an encoding.


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that ended."""

    summary: Summary
    exit_code: int  #: What the command would have ended with: 0 is all done.
    stopped: str | None  #: Why it ended before everything was done.
    warnings: tuple[Fault, ...] = field(repr=False)  #: What looks odd in a cell, and may be meant.
    notes: tuple[str, ...] = field(repr=False)  #: What was guessed, such as an encoding, or could not be as asked.
    state: str  #: Its path, wherever the program goes after.
    sheets: tuple[int, ...] = field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether everything it took up is done."""
        return self.exit_code == 0


def load(*manifests: str | Path, encoding: str | None = None) -> Batch:
    """Read manifests. Raises ``ManifestError`` with all that keeps them from being read, each at its place."""
    from batchgen.assembly.given import in_sentences, word  # noqa: PLC0415 - `import batchgen` stays light
    from batchgen.assembly.planning import open_sources  # noqa: PLC0415
    from batchgen.report.frame import cells, joined  # noqa: PLC0415

    names, encoding = _names(manifests), word("encoding", encoding)
    frames, faults = [], list[Fault]()
    with in_sentences():
        sources = open_sources(names, results=None, downloads=None, encoding=encoding)
        for source in sources:
            rows: dict[int, Sequence[str]] = {}
            for found in source.manifest.rows():
                if isinstance(found, Fault):
                    faults.append(found)
                else:
                    rows.setdefault(found.number, found.cells)
            frames.append(cells(source.manifest.columns, rows))
    if faults:
        raise ManifestError(faults)
    notes = tuple(f"{source.manifest.name}: {note}" for source in sources for note in source.manifest.notes)
    return Batch(manifests=names, encoding=encoding, frame=joined(frames), notes=notes)


def plan(
    manifests: Manifests,
    *,
    sandbox: bool | None = None,
    state: str | Path | None = None,
    api: Api | None = None,
    duplicates: Duplicates = "error",
    again: bool = False,
    select: str | None = None,
    limit: int | None = None,
) -> Plan:
    """Tell what ``run`` would do with the same arguments. Sends nothing, changes nothing, needs no key.

    Raises ``ManifestError`` with every fault of the manifests.
    """
    from batchgen.assembly import standing  # noqa: PLC0415 - `import batchgen` stays light
    from batchgen.assembly.company import Noting  # noqa: PLC0415
    from batchgen.assembly.errand import Errand  # noqa: PLC0415
    from batchgen.assembly.given import in_sentences  # noqa: PLC0415
    from batchgen.assembly.outlook import outlook, trial  # noqa: PLC0415

    _heed_settings()
    chosen: dict[str, Any] = {"duplicates": duplicates, "again": again, "select": select, "limit": limit}
    rehearsed = standing.sandbox() if sandbox is None else sandbox
    errand = Errand(**_named(manifests), sandbox=rehearsed, state=_state(state), api=api, **chosen)
    company = Noting()
    with in_sentences(), trial(errand, company) as (store, work):
        noted: dict[str, Any] = {"warnings": tuple(company.warnings), "notes": tuple(company.notes)}
        return Plan(**asdict(outlook(store, work)), frame=_frame(store, work.sheets, None), **noted)


def run(
    manifests: Manifests,
    *,
    sandbox: bool | None = None,
    state: str | Path | None = None,
    results: str | Path | None = None,
    downloads: str | Path | None = None,
    like_input: bool = False,
    api: Api | None = None,
    profile: str | None = None,
    duplicates: Duplicates = "error",
    again: bool = False,
    select: str | None = None,
    limit: int | None = None,
    tell: Callable[[Happening], None] | None = None,
    stop: Event | None = None,
    write_timeout: float = 120.0,
    max_failures: str | int = "50",
    **options: Any,
) -> Run:
    """Make the videos that manifests ask for, or go on with what an earlier run left; return when it has ended.

    ``tell`` hears all that happens, in a thread of its own; see ``batchgen.pipeline.happened``. ``options`` are those
    of the command that say how a run goes about its work, times in seconds: ``rate``, ``concurrency``, ``batch``,
    ``poll_interval``, ``timeout``, ``settle``, ``wait``, ``download``, ``max_credits``, ``title_token``. Ctrl-C, or
    the stop button of a notebook, ends it in order; the same call goes on. ``stop`` does so from any thread, once it
    is set. An error of ``tell`` does so too, and is raised once the run has ended.

    Raises what the command would tell: ``ManifestError``, ``CredentialsError``, ``LockedError``, … That jobs failed,
    or that the credits ran out, is no exception: see ``Run``.
    """
    _heed_settings()
    chosen: dict[str, Any] = {"duplicates": duplicates, "again": again, "select": select, "limit": limit}
    places = {"state": _state(state), **_places(results=results, downloads=downloads), "like_input": like_input}
    work = _work(write_timeout, max_failures, options)
    facts = {**places, "api": api, "profile": _word("profile", profile), **chosen, **work}
    return _do(manifests, tell, stop, sandbox=sandbox, **facts)


def retry(
    manifests: Manifests,
    *,
    sandbox: bool | None = None,
    state: str | Path | None = None,
    downloads: str | Path | None = None,
    api: Api | None = None,
    profile: str | None = None,
    duplicates: Duplicates = "error",
    select: str | None = None,
    tell: Callable[[Happening], None] | None = None,
    stop: Event | None = None,
    write_timeout: float = 120.0,
    max_failures: str | int = "50",
    **options: Any,
) -> Run:
    """Try failed and cancelled jobs again, each as a new purchase, and nothing else; see ``run``."""
    _heed_settings()
    chosen: dict[str, Any] = {"duplicates": duplicates, "select": select, **_places(downloads=downloads)}
    work = _work(write_timeout, max_failures, options)
    facts = {"state": _state(state), "api": api, "profile": _word("profile", profile), **chosen, **work}
    return _do(manifests, tell, stop, sandbox=sandbox, revive=True, **facts)


def results(of: Run | Manifests, *, state: str | Path | None = None, select: str | None = None) -> Frame:
    """Give what became of every line, as far as it is known now, also while a run is on.

    The sheet's own columns come first, as text and unchanged, then those that the results file has: ``duration_s`` and
    ``credits`` as numbers, times as UTC. ``file`` is seen from the working folder. The index is the row of the sheet.
    Raises ``UsageError`` where the state knows no such manifest.
    """
    from batchgen.assembly.given import in_sentences  # noqa: PLC0415 - `import batchgen` stays light
    from batchgen.assembly.known import known_sheets  # noqa: PLC0415
    from batchgen.assembly.state import open_store  # noqa: PLC0415
    from batchgen.assembly.wishes import check  # noqa: PLC0415

    _heed_settings()
    check({"select": select})
    path = of.state if isinstance(of, Run) and state is None else _state(state)
    with in_sentences():
        if not Path(path).is_file():
            raise UsageError(f"{path}: there is no state file here. The first run makes one.")
        with open_store(path) as store:
            if isinstance(of, Run):
                sheets = [sheet for sheet in store.sheets() if sheet.pk in of.sheets]
            else:
                sheets = known_sheets(store, _meant(of)["manifests"])
            return _frame(store, sorted(sheets, key=lambda sheet: sheet.pk), select)


def _heed_settings() -> None:
    """Take in ``.env``, and refuse settings that are mistyped. Raises ``ConfigError``."""
    from batchgen.assembly.settable import check_settings  # noqa: PLC0415 - `import batchgen` stays light

    settings.load_dotenv()
    check_settings()


def _do(manifests: Manifests, tell: Callable[[Happening], None] | None, stop: Event | None, **facts: Any) -> Run:
    from batchgen.assembly import standing  # noqa: PLC0415 - `import batchgen` stays light
    from batchgen.assembly.braking import Brake  # noqa: PLC0415
    from batchgen.assembly.carrying import do  # noqa: PLC0415
    from batchgen.assembly.company import Noting  # noqa: PLC0415
    from batchgen.assembly.errand import Errand  # noqa: PLC0415
    from batchgen.assembly.given import in_sentences  # noqa: PLC0415

    _check_hands(tell, stop)
    errand = Errand(**_named(manifests), **standing.fill_in(facts))
    brake, state = Brake(), str(Path(errand.state).absolute())
    company = Noting(brake.guard(tell))
    with in_sentences():
        done = do(errand, company, brake, stop)
    if error := brake.error or done.fault:
        raise error
    return Run(
        summary=done.summary,
        exit_code=done.exit_code,
        stopped=done.reason,
        warnings=tuple(company.warnings),
        notes=tuple(company.notes),
        state=state,
        sheets=done.sheets,
    )


def _check_hands(tell: object, stop: object) -> None:
    """Refuse what nothing can be told, and what never says stop, before anything is done. Raises ``UsageError``."""
    if tell is not None and not callable(tell):
        raise UsageError(f"tell={tell!r}: this wants a function, which is given each thing that happens.")
    if stop is not None and not callable(getattr(stop, "is_set", None)):
        raise UsageError(f"stop={stop!r}: this wants an event such as threading.Event().")


def _frame(store: Store, sheets: Sequence[Sheet], select: str | None) -> Frame:
    from batchgen.assembly.results import frame_of  # noqa: PLC0415 - `import batchgen` stays light
    from batchgen.assembly.selection import selector  # noqa: PLC0415
    from batchgen.report.frame import joined  # noqa: PLC0415

    return joined([frame_of(store, sheet, keep=selector(select, sheet.columns)) for sheet in sheets])


def _named(manifests: Manifests) -> dict[str, Any]:
    """Give the manifests that are named. Raises ``UsageError`` for none: a search that found nothing means nothing."""
    meant = _meant(manifests)
    if not meant["manifests"]:
        raise UsageError("No manifest is named, so there is nothing to make. Name one by its path or link.")
    return meant


def _meant(manifests: Manifests) -> dict[str, Any]:
    match manifests:
        case Batch():
            return {"manifests": manifests.manifests, "encoding": manifests.encoding}
        case str() | Path():
            return {"manifests": (str(manifests),)}
        case _:
            return {"manifests": _names(manifests)}


def _names(manifests: Sequence[str | Path]) -> tuple[str, ...]:
    """Give the names of manifests. Raises ``UsageError`` for what has none, such as a data frame."""
    for one in manifests if isinstance(manifests, list | tuple) else [manifests]:
        if not isinstance(one, str | Path):
            raise UsageError(
                f"{type(one).__name__}: a manifest is named by its path or link. Save what is in memory first, such as "
                'frame.to_csv("videos.csv", index=False).'
            )
    return tuple(map(str, manifests))


def _work(write_timeout: float | None, max_failures: str | int | None, options: dict[str, Any]) -> dict[str, Any]:
    """Give how a run is to go about its work; of title tokens the words of the command are taken as well.

    None is what was not asked for, as everywhere: of failures above all, since the word ``none`` lets all of them pass.
    """
    words, token = {"auto": True, "never": False}, options.get("title_token")
    said = {**options, "title_token": words[token]} if isinstance(token, str) and token in words else options
    asked = {"write_timeout": write_timeout, "max_failures": None if max_failures is None else str(max_failures)}
    return {**{name: value for name, value in asked.items() if value is not None}, "options": said}


def _places(**paths: object) -> dict[str, Any]:
    from batchgen.assembly.given import place  # noqa: PLC0415 - `import batchgen` stays light

    return {name: place(name, path) for name, path in paths.items()}


def _word(name: str, value: object) -> str | None:
    from batchgen.assembly.given import word  # noqa: PLC0415 - `import batchgen` stays light

    return word(name, value)


def _state(state: str | Path | None) -> str:
    """Give the state's path, as the command would find it."""
    from batchgen.assembly import standing  # noqa: PLC0415 - `import batchgen` stays light

    return _places(state=state)["state"] or standing.state()
