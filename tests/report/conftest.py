"""Fixtures of the report's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyses.report import write_report
from tests.report.page import Element, parse
from tests.report.published import network, publish

NO_SETTINGS = Path("no such file")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("warehouse"), network())


@pytest.fixture(scope="session")
def written(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the last year."""
    return write_report(warehouse, tmp_path_factory.mktemp("reports"), settings=NO_SETTINGS)


@pytest.fixture(scope="session")
def page(written: Path) -> Element:
    return parse(written)
