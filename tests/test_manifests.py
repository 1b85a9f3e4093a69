"""The example manifests run as they are."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import av
import pytest
import yaml

from batchgen.sandbox import Options, serve
from tests.warm import ended

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = REPOSITORY / "manifests"


def manifests(api: str) -> list[str]:
    """Give the examples of one generation: every YAML file, and every sheet that no YAML file builds upon."""
    yamls = {path.name: yaml.safe_load(path.read_text()) for path in sorted(EXAMPLES.glob("*.yaml"))}
    sheets = {said["rows"] for said in yamls.values() if isinstance(said.get("rows"), str)}
    alone = [path.name for path in sorted(EXAMPLES.glob("*.csv")) if path.name not in sheets]
    asked = [name for name, said in yamls.items() if said.get("api", "v3") == api]
    return [*alone, *asked] if api == "v3" else asked


def jobs_of(name: str, folder: Path) -> list[dict[str, str]]:
    stem = name.removesuffix(".csv").removesuffix(".yaml").removesuffix("_csv_template")
    with (folder / f"{stem}_results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("api", ["v3", "v2"])
def test_every_example_ends_in_films_that_play(tmp_path, api):
    for path in EXAMPLES.iterdir():
        shutil.copy(path, tmp_path)
    names = manifests(api)
    assert names

    with serve(options=Options(render=(0.1, 0.3), films="tiny", concurrency=100)) as heygen:
        env = {**os.environ, "HEYGEN_API_BASE": heygen.url, "HEYGEN_API_KEY": "k", "PYTHONPATH": str(REPOSITORY)}
        words = ["run", *names, "--poll-interval", "0.2", "--json"]
        done = ended(words, cwd=tmp_path, env=env)

    assert done.returncode == 0, done.stderr
    lines = [line for name in names for line in jobs_of(name, tmp_path)]
    ledger = heygen.world.ledger()
    assert json.loads(done.stdout)["done"] == len(lines) == len(ledger["jobs"]) + len(ledger["sessions"])
    assert len({line["file"] for line in lines}) == len(lines)
    for line in lines:
        with av.open(str(tmp_path / line["file"])) as film:
            assert next(film.decode(video=0))


def test_the_sheets_of_examples_that_are_fields_already_run_alone():
    alone = [name for name in manifests("v3") if name.endswith(".csv")]

    assert "bulk_translation_csv_template.csv" in alone
