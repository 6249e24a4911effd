"""Fixtures of the pipeline tests."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import QuickBuild, fill


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return fill(tmp_path / "exports")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def quick_build(monkeypatch: pytest.MonkeyPatch) -> QuickBuild:
    """Puts the stand-in for dbt into the place of dbt."""
    build = QuickBuild()
    monkeypatch.setattr(Warehouse, "build", lambda self, progress=None: build(self, progress))
    return build


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
