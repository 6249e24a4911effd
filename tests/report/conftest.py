"""Fixtures of the report's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyses.report import write_report
from analyses.report.build import build_document
from analyses.report.database import Database
from analyses.report.document import Document
from ingest.settings import Settings
from tests.report.page import Element, parse
from tests.report.published import network, publish


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("warehouse"), network())


@pytest.fixture(scope="session")
def documents(warehouse: Path) -> dict[str, Document]:
    """The report of the last year, by language."""
    with Database(warehouse / "effets.duckdb") as database:
        return {lang: build_document(database, 2025, lang, Settings()) for lang in ("fr", "en")}


@pytest.fixture(scope="session")
def document(documents: dict[str, Document]) -> Document:
    return documents["fr"]


@pytest.fixture(scope="session")
def written(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The French page of the last year; the English one lies beside it."""
    return write_report(warehouse, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def pages(written: Path) -> dict[str, Element]:
    return {"fr": parse(written), "en": parse(written.with_name("index.en.html"))}


@pytest.fixture(scope="session")
def page(pages: dict[str, Element]) -> Element:
    return pages["fr"]
