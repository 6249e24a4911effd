"""Fixtures of the pipeline tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest import arrivals, dbt_process, intake
from ingest.expectations import Validation
from ingest.publish import publish
from ingest.warehouse import BuildResult, Publication, Warehouse
from tests.pipeline import once
from tests.pipeline.forms import write_forms
from tests.pipeline.once import parsed_once
from tests.pipeline.warehouses import ROOT, Built, QuickBuild, dbt_build, fill, invoke, invoke_json


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return fill(tmp_path / "exports")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture(scope="session", autouse=True)
def one_parse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """dbt parses a project once for all tests and all their processes; dbt is loaded when it is needed, in the test's
    own process (tests/pipeline/test_dbt_process.py looks at the other)."""
    build = Warehouse.build

    def building(self: Warehouse, *arguments: Any) -> BuildResult:
        with parsed_once():
            return build(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once, "SHARED", once.shared(tmp_path_factory))
        patch.setattr(Warehouse, "build", building)
        patch.setattr(dbt_process, "prepare", lambda warehouse: None)
        yield


@pytest.fixture(scope="session")
def built() -> Built:
    """What the main job makes of exports in every form: one for all tests, to be looked at only."""

    def make(folder: Path) -> None:
        exports = write_forms(folder / "exports")
        result = invoke("run", exports, "--out", folder / "reports", "--json", warehouse=folder / "warehouse")
        assert result.exit_code == 0, result.output
        (folder / "said.txt").write_text(result.output, encoding="utf-8")

    folder = once.once("built", make)
    said = (folder / "said.txt").read_text(encoding="utf-8")
    return Built(folder / "exports", folder / "warehouse", folder / "reports", said)


@pytest.fixture
def own(built: Built, tmp_path: Path) -> Built:
    """The same, to be changed."""
    for folder in (built.exports, built.warehouse, built.reports):
        shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    return Built(tmp_path / "exports", tmp_path / "warehouse", tmp_path / "reports", built.said)


@pytest.fixture
def quick_build(monkeypatch: pytest.MonkeyPatch) -> QuickBuild:
    """Puts the stand-in for dbt into the place of dbt."""
    build = QuickBuild()
    monkeypatch.setattr(Warehouse, "build", lambda self, progress=None: build(self, progress))
    return build


@pytest.fixture
def untested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds do without dbt's tests, a third of their time, where nothing is asked of these."""
    monkeypatch.setattr(once, "UNTESTED", True)


@pytest.fixture
def quick_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets all exports pass: Great Expectations, which takes seconds, has tests of its own."""
    monkeypatch.setattr(intake, "validate", lambda readings: Validation())
    for module in (intake, arrivals):
        monkeypatch.setattr(module, "prepare", lambda: None)


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The years for which a report was asked; the report itself is one word."""
    years: list[int] = []

    def write_report(warehouse: Path, out: Path, year: int, **options: object) -> Path:
        years.append(year)
        file = out / str(year) / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("report")
        return file

    module = ModuleType("analyses.report")
    module.write_report = write_report  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "analyses.report", module)
    return years


@pytest.fixture(scope="session")
def published_example() -> Warehouse:
    """The example network, built without tests and published: one for all tests, to be looked at only."""

    def make(folder: Path) -> None:
        warehouse = Warehouse(folder)
        invoke_json("ingest", ROOT / "exports", warehouse=warehouse.root)
        dbt_build(warehouse, "seed", "model")
        release = publish(warehouse)
        warehouse.note_publication(Publication(release.release_id, "", "2026-01-01T00:00:00+00:00", 0, 0, []))

    return Warehouse(once.once("example", make))
