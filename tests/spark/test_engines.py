"""The same models on DuckDB, on Sail and on a Spark cluster: the same published tables, row by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.handover import hand_over
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import ROOT, invoke_json
from tests.spark.compare import differences
from tests.spark.engines import BIN, cluster, dbt, java

pytestmark = pytest.mark.skipif(
    not (BIN / "dbt").exists(), reason="`make test-spark` sets up .venv-spark first"
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The example network, as DuckDB publishes it."""
    root = tmp_path_factory.mktemp("duckdb") / "warehouse"
    invoke_json("ingest", ROOT / "exports", warehouse=root)
    invoke_json("build", warehouse=root)
    return Warehouse(root)


@pytest.fixture
def folder(published: Warehouse, tmp_path: Path) -> Path:
    """A warehouse of another engine, with the raw tables handed over."""
    assert hand_over(published, tmp_path / "raw")["records"] > 100
    return tmp_path


def test_sail_builds_the_same_tables(published: Warehouse, folder: Path) -> None:
    said = dbt("sail", folder, "build", "--exclude-resource-type", "unit_test")
    assert "ERROR=0" in said
    built = {path.name.rsplit("-", 5)[0] for path in (folder / "spark-warehouse").iterdir()}  # name-uuid
    files = {table: folder / "spark-warehouse" / f"{table}-*" / "*.parquet" for table in built}
    assert differences(published.database, files) == []


@pytest.mark.skipif(java() is None, reason="Spark needs a Java runtime")
def test_a_spark_cluster_builds_the_same_tables(published: Warehouse, folder: Path) -> None:
    with cluster(folder) as master:
        dbt(
            "spark",
            folder,
            *("build", "--exclude-resource-type", "test", "unit_test"),
            EFFETS_SPARK_MASTER=master,
        )
    tables = folder / "spark" / "tables" / "main.db"
    files = {path.name: path / "*.parquet" for path in tables.iterdir()}
    assert differences(published.database, files) == []
