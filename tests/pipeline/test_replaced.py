"""Views and tables are replaced, by each other as well; what fails leaves what was there."""

from __future__ import annotations

import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import duckdb

from tests.pipeline.warehouses import ROOT

PROJECT = """
name: small
version: "1.0"
profile: small
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = "small: {target: t, outputs: {t: {type: duckdb, path: '%s', schema: main, threads: 1}}}"


def build(project: Path, materialized: str, query: str) -> bool:
    """Build the one model of a small project; tell whether it could be."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    model = "{{ config(materialized='%s') }}\n%s\n" % (materialized, query)  # noqa: UP031
    (project / "models" / "one.sql").write_text(model)
    with redirect_stdout(StringIO()):
        outcome = dbtRunner().invoke(
            ["run", "--project-dir", str(project), "--profiles-dir", str(project), "--log-level-file", "none"]
        )
        DuckDBConnectionManager.close_all_connections()
    return outcome.success


def test_what_is_built_takes_the_place_of_what_was(tmp_path: Path) -> None:
    for folder in ("models", "macros"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "macros" / "replaced.sql", tmp_path / "macros")
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILE % (tmp_path / "small.duckdb"))

    def found() -> tuple[str, list[tuple[int]]]:
        with duckdb.connect(tmp_path / "small.duckdb", read_only=True) as connection:
            ((name, kind),) = connection.execute(
                "select table_name, table_type from information_schema.tables"
            ).fetchall()
            return kind, connection.execute(f"from {name}").fetchall()

    for materialized, kind in [("view", "VIEW"), ("table", "BASE TABLE")] * 2:
        for number in (1, 2):
            assert build(tmp_path, materialized, f"select {number} as number")
            assert found() == (kind, [(number,)])
    for materialized in ("table", "view"):
        assert not build(tmp_path, materialized, "select error('no') as number from nowhere")
        assert found() == ("BASE TABLE", [(2,)])
    assert not build(tmp_path, "table", "select error('only when it runs') as number")
    assert found() == ("BASE TABLE", [(2,)])
