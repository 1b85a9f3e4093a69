"""Who may import whom. The rules are those that `batchgen/README.md` tells."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "batchgen"

#: Folders that stand side by side: each knows the model and itself.
SIDE_BY_SIDE = ("manifest", "kinds", "heygen", "store", "files", "report", "signin", "doctor", "webhook", "session")
#: Modules by which the pipeline knows its neighbours.
SEAMS = {f"batchgen.{folder}.{seam}" for folder in SIDE_BY_SIDE for seam in ("interface", "errors")}
#: What the command line sees of the pipeline as it runs: what a person chose, and what there is to tell.
TOLD = {
    "batchgen.pipeline.browse",
    "batchgen.pipeline.options",
    "batchgen.pipeline.happened",
    "batchgen.doctor.interface",
}
#: Its other facts, which assembly hands over; it may name their types.
HANDED_OVER = {
    "batchgen.pipeline.reconciling.claims",
    "batchgen.pipeline.money.cost",
    "batchgen.pipeline.planning.plan",
    "batchgen.pipeline.money.quote",
    "batchgen.pipeline.run",
    "batchgen.pipeline.planning.schedule",
    "batchgen.pipeline.stop",
    "batchgen.signin.interface",
    "batchgen.pipeline.planning.survey",
    "batchgen.store.interface",
}
#: The stages of the pipeline, each with those that it goes on from: what is looked for may be sent again, and a session
#: is all of them in one. What they share lies beside them.
STAGES = {
    "planning": set(),
    "uploading": set(),
    "sending": set(),
    "watching": set(),
    "fetching": set(),
    "reconciling": {"sending", "watching"},
    "conversing": {"sending", "fetching"},
}
#: Who knows the sandbox: the command that serves it, and rehearsals, which play against its world.
HOSTS = {"batchgen.cli.serve", "batchgen.cli.rehearse"}


@dataclass(frozen=True)
class Import:
    """One import statement's target."""

    importer: str
    target: str  #: The module, as far as it is one of batchgen's; else the name as written.
    line: int
    typing: bool  #: Under ``if TYPE_CHECKING``: there for the reader and for mypy, not when it runs.
    late: bool  #: Inside a function.

    @property
    def folder(self) -> str:
        """The folder (or lone module) of batchgen that is imported from."""
        return _folder(self.target)

    @property
    def root(self) -> str:
        return self.target.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer} (line {self.line}) imports {self.target}"


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _folder(module: str) -> str:
    return next(iter(module.split(".")[1:]), "")


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _targets(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom):
        assert not node.level, f"line {node.lineno}: imports name their module in full"
        names = (f"{node.module}.{one.name}" for one in node.names)
        return [name if name in FILES else str(node.module) for name in names]
    return []


def _found(module: str, node: ast.AST, *, typing: bool = False, late: bool = False) -> Iterator[Import]:
    """Find the imports below a node; an expression has none."""
    for below in ast.iter_child_nodes(node):
        if isinstance(below, ast.Import | ast.ImportFrom):
            yield from (Import(module, target, below.lineno, typing, late) for target in _targets(below))
        elif not isinstance(below, ast.expr):
            guard = isinstance(below, ast.If) and "TYPE_CHECKING" in ast.dump(below.test)
            function = isinstance(below, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _found(module, below, typing=typing or guard, late=late or function)


@cache
def imports() -> list[Import]:
    trees = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}
    return [one for module, tree in trees.items() for one in _found(module, tree)]


def ours() -> list[Import]:
    return [one for one in imports() if one.root == "batchgen"]


def broken(found, allowed) -> list[str]:
    return [str(one) for one in found if not allowed(one)]


def of(*folders):
    return [one for one in ours() if _folder(one.importer) in folders]


def test_the_model_knows_nothing_but_python():
    model = [one for one in imports() if _folder(one.importer) == "model"]

    assert broken(model, lambda one: one.folder == "model" or one.root in sys.stdlib_module_names) == []


@pytest.mark.parametrize("folder", SIDE_BY_SIDE)
def test_a_folder_knows_the_model_and_itself(folder):
    assert broken(of(folder), lambda one: one.folder in {folder, "model"}) == []


def test_the_pipeline_knows_the_others_by_their_interfaces():
    assert broken(of("pipeline"), lambda one: one.folder in {"pipeline", "model"} or one.target in SEAMS) == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_what_all_share_and_few_other_stages(stage):
    def stage_of(module: str) -> str:
        return next(iter(module.split(".")[2:]), "")

    strange = STAGES.keys() - {stage} - STAGES[stage]
    mine = [one for one in of("pipeline") if stage_of(one.importer) == stage]

    assert mine
    assert broken(mine, lambda one: stage_of(one.target) not in strange and one.target != "batchgen.pipeline.run") == []


@pytest.mark.parametrize("folder", ["money", "pacing"])
def test_no_stage_is_known_to_what_all_of_them_ask(folder):
    asked = [one for one in of("pipeline") if one.importer.startswith(f"batchgen.pipeline.{folder}.")]

    assert asked
    assert broken(asked, lambda one: one.target.split(".")[2] not in STAGES if one.folder == "pipeline" else True) == []


def test_settings_know_the_model_alone():
    assert broken(of("settings"), lambda one: one.folder == "model") == []


def test_assembly_knows_everything_but_the_command_line_and_the_sandbox():
    assert broken(of("assembly"), lambda one: one.folder not in {"cli", "sandbox", "rehearsal"}) == []


def test_rehearsals_know_everything_but_the_command_line():
    assert broken(of("rehearsal"), lambda one: one.folder != "cli") == []


def test_only_the_command_that_rehearses_knows_rehearsals():
    users = [one for one in ours() if one.folder == "rehearsal" and _folder(one.importer) != "rehearsal"]

    assert {one.importer for one in users} == {"batchgen.cli.rehearse"}
    assert broken(users, lambda one: one.late or one.typing) == []


def test_the_command_line_knows_assembly_and_what_there_is_to_tell():
    def allowed(one: Import) -> bool:
        return (
            one.folder in {"cli", "assembly", "settings", "model", "report", "sandbox", "rehearsal", "mcp"}
            or one.target in TOLD
            or (one.typing and one.target in HANDED_OVER)
        )

    assert broken(of("cli"), allowed) == []


def test_the_tools_of_assistants_know_assembly_and_what_there_is_to_tell():
    def allowed(one: Import) -> bool:
        return (
            one.folder in {"mcp", "assembly", "settings", "model", "report"}
            or one.target in TOLD
            or (one.typing and one.target in HANDED_OVER)
        )

    assert broken(of("mcp"), allowed) == []


def test_only_the_command_that_serves_them_knows_the_tools_of_assistants():
    users = [one for one in ours() if one.folder == "mcp" and _folder(one.importer) != "mcp"]

    assert {one.importer for one in users} == {"batchgen.cli.mcp"}
    assert broken(users, lambda one: one.late or one.typing) == []


def test_the_sandbox_knows_nothing_of_batchgen():
    assert broken(of("sandbox"), lambda one: one.folder == "sandbox") == []


def test_only_who_hosts_it_knows_the_sandbox():
    users = [one for one in ours() if one.folder == "sandbox" and _folder(one.importer) not in {"sandbox", "rehearsal"}]

    assert {one.importer for one in users} == HOSTS
    assert broken(users, lambda one: one.late or one.typing) == []


def test_the_python_interface_knows_assembly_and_what_there_is_to_tell():
    def allowed(one: Import) -> bool:
        return one.folder in {"assembly", "settings", "model", "report"} or (
            one.typing and one.target in TOLD | HANDED_OVER
        )

    assert broken(of("api"), allowed) == []
    assert {one.importer for one in ours() if one.folder == "api"} == {"batchgen"}


def test_importing_batchgen_loads_nothing_of_it():
    loaded = [one for one in imports() if one.importer == "batchgen" and not one.typing]

    assert broken(loaded, lambda one: one.root == "__future__" or (one.late and one.root == "importlib")) == []


def test_nobody_knows_the_command_line():
    users = [one for one in ours() if one.folder == "cli" and _folder(one.importer) != "cli"]

    assert {one.importer for one in users} == {"batchgen.__main__"}


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        # Network and disk are touched in one place each.
        (
            "httpx",
            {
                "batchgen.manifest.fetch",
                "batchgen.assembly.notify",
                "batchgen.sandbox.announce",  # What a server tells by itself, it tells as a client.
                "batchgen.signin.server",
            },
        ),
        # What a run sends and brings does without the layers above it, and ``doctor`` goes the same way.
        (
            "aiohttp",
            {
                "batchgen.heygen.client",
                "batchgen.heygen.echoes",
                "batchgen.heygen.way",
                "batchgen.files.web",
                "batchgen.doctor.web",
                "batchgen.webhook.listener",
            },
        ),
        # ``address`` opens nothing: an address is read by whoever will use it, so that both read it alike.
        ("yarl", {"batchgen.heygen.client", "batchgen.heygen.address", "batchgen.files.web"}),
        ("pandas", {"batchgen.report.frame"}),
        ("authlib", {"batchgen.signin.oauth"}),
        ("yaml", {"batchgen.manifest.yaml_text"}),
        ("tenacity", {"batchgen.pipeline.retry", "batchgen.assembly.notify", "batchgen.store.engine"}),
        ("jinja2", {"batchgen.manifest.fill", "batchgen.report.html"}),
        ("xlsxwriter", {"batchgen.report.xlsx"}),
        ("pyarrow", {"batchgen.report.parquet"}),
        ("uvicorn", {"batchgen.sandbox.server", "batchgen.mcp.serve"}),
        # What a server films and what a client records are two things, and neither knows the other.
        ("av", {"batchgen.sandbox.encode", "batchgen.sandbox.streams", "batchgen.session.recorder"}),
    ],
)
def test_a_library_has_its_home(library, homes):
    assert {one.importer for one in imports() if one.root == library} == homes


@pytest.mark.parametrize(
    ("libraries", "folder"),
    [
        ({"sqlalchemy", "sqlite3"}, "store"),
        ({"click"}, "cli"),
        ({"PIL", "numpy", "starlette"}, "sandbox"),
        ({"mcp", "anyio", "pydantic"}, "mcp"),
        ({"aiortc", "livekit"}, "session"),
    ],
)
def test_a_library_stays_in_its_folder(libraries, folder):
    users = [one for one in imports() if one.root in libraries]

    assert users
    assert broken(users, lambda one: _folder(one.importer) == folder) == []


def test_no_module_imports_itself_by_a_detour():
    after: dict[str, set[str]] = {module: set() for module in FILES}
    for one in ours():
        # Those for the reader, and those inside of a function, count as well: two files that need one another are one.
        if one.target != one.importer:
            after[one.importer].add(one.target)

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in sound:
            for target in sorted(after[module]):
                walk(target, (*path, module))
            sound.add(module)

    sound: set[str] = set()
    for module in FILES:
        walk(module, ())


def test_no_file_is_longer_than_one_can_read():
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in FILES.items()}

    assert {module: length for module, length in lengths.items() if length > 400} == {}


def test_every_file_says_what_it_is_for():
    silent = [
        module
        for module, path in FILES.items()
        if len(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "") < 20
    ]

    assert silent == []
