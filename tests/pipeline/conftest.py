"""Fixtures of the pipeline tests."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ingest import intake
from ingest.expectations import Validation
from ingest.publish import publish
from ingest.warehouse import Publication, Warehouse
from tests.pipeline.forms import write_forms
from tests.pipeline.warehouses import ROOT, Built, QuickBuild, dbt_build, fill, invoke, invoke_json


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return fill(tmp_path / "exports")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What the main job makes of exports in every form: one for all tests, to be looked at only."""
    folder = tmp_path_factory.mktemp("built")
    exports = write_forms(folder / "exports")
    result = invoke("run", exports, "--out", folder / "reports", "--json", warehouse=folder / "warehouse")
    assert result.exit_code == 0, result.output
    return Built(exports, folder / "warehouse", folder / "reports", result.output)


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
def quick_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets all exports pass: Great Expectations, which takes seconds, has tests of its own."""
    monkeypatch.setattr(intake, "validate", lambda readings: Validation())
    monkeypatch.setattr(intake, "prepare", lambda: None)


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The years for which a report was asked; the report itself is one word."""
    years: list[int] = []

    def write_report(warehouse: Path, out: Path, year: int) -> Path:
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
def published_example(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The example network, built without tests and published: one for all tests, to be looked at only."""
    warehouse = Warehouse(tmp_path_factory.mktemp("example"))
    invoke_json("ingest", ROOT / "exports", warehouse=warehouse.root)
    dbt_build(warehouse, "seed", "model")
    release = publish(warehouse)
    warehouse.note_publication(Publication(release.release_id, "", "2026-01-01T00:00:00+00:00", 0, 0, []))
    return warehouse
