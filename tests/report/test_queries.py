"""The queries read what is published, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyses.report.catalogue import Catalogue
from analyses.report.queries import QUERIES, Database, relations
from tests.report.published import contracts, publish


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("empty"), {}) / "effets.duckdb"


@pytest.mark.parametrize("name", QUERIES)
def test_they_run_on_the_tables_that_the_models_promise(empty: Path, name: str) -> None:
    with Database(empty) as database:
        assert isinstance(database.ask(name, 2025), list)


@pytest.mark.parametrize("name", QUERIES)
def test_they_read_published_tables_alone(name: str) -> None:
    read = relations(name)
    assert read and set(read) <= set(contracts())
    assert QUERIES[name].count("from ") + QUERIES[name].count("join ") >= len(read)
    for word in ("raw.", "staging", "intermediate", "fct_"):
        assert word not in QUERIES[name]


def test_the_page_says_what_each_is_for() -> None:
    assert set(Catalogue("fr").at("sources.uses")) == set(QUERIES) - {"campaigns"}


def test_every_kind_of_case_is_counted_and_named() -> None:
    cases = {name for name in contracts() if name.startswith("qc_")}
    assert set(relations("cases")) == cases == set(Catalogue("fr").at("cases"))


def test_the_database_is_not_written(empty: Path) -> None:
    with Database(empty) as database, pytest.raises(Exception, match="read-only"):
        database._connection.execute("create table mine (a integer)")
