"""The semantic layer adds up what the engine adds up: the same numerators and denominators, through `mf query`."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path

import duckdb
import pytest

from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import ROOT

pytestmark = pytest.mark.long


def query(warehouse: Warehouse, file: Path, *arguments: str) -> list[dict[str, str]]:
    """Run `mf query` as docs/semantic-layer.md has it."""
    environment = {
        **os.environ,
        "EFFETS_WAREHOUSE": str(warehouse.root),
        "DBT_TARGET_PATH": str(file.parent / "target"),
        "DO_NOT_TRACK": "1",
    }
    for command in (["dbt", "parse"], ["mf", "query", *arguments, "--csv", str(file)]):
        subprocess.run(
            [ROOT / ".venv" / "bin" / command[0], *command[1:]],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def counted(row: dict[str, str], name: str) -> int:
    return int(float(row[name] or 0))


def test_every_network_figure(published_example: Warehouse, tmp_path: Path) -> None:
    """Of all indicators, components and years that somebody has a fact of; the rest has none on either side."""
    rows = query(published_example, tmp_path / "figures.csv", "--saved-query", "network_figures")
    found = {
        (row["fact__indicator_id"], row["fact__component_id"], int(row["metric_time__year"][:4])): row
        for row in rows
    }
    with duckdb.connect(published_example.database, read_only=True) as connection:
        figures = connection.execute(
            """
            select indicator_id, component_id, year, numerator, denominator, n_answered, n_ambiguous
            from fct_indicator_value
            where scope_type = 'network'
            """
        ).fetchall()
    compared = 0
    for *key, numerator, denominator, answered, ambiguous in figures:
        row = found.pop((key[0], key[1], key[2]), None)
        if row is None:
            assert (denominator, answered, ambiguous) == (0, 0, 0), key
            continue
        assert counted(row, "denominator") == denominator, key
        assert counted(row, "answered") == answered, key
        assert counted(row, "ambiguous") == ambiguous, key
        if numerator is not None:
            assert counted(row, "numerator") == numerator, key
        compared += 1
    assert not found and compared > 500


def test_figures_by_region(published_example: Warehouse, tmp_path: Path) -> None:
    rows = query(
        published_example,
        tmp_path / "regions.csv",
        *("--metrics", "numerator,denominator"),
        *("--group-by", "metric_time__year,project__region_code,fact__indicator_id"),
        *("--where", "{{ Dimension('fact__component_id') }} = 'all'"),
    )
    found = {
        (row["fact__indicator_id"], row["project__region_code"] or "unknown", int(row["metric_time__year"][:4])): row
        for row in rows
    }  # fmt: skip
    with duckdb.connect(published_example.database, read_only=True) as connection:
        figures = connection.execute(
            """
            select indicator_id, scope_id, year, numerator, denominator
            from fct_indicator_value
            where scope_type = 'region' and component_id = 'all' and denominator > 0
            """
        ).fetchall()
    assert len(figures) > 200
    for indicator_id, region, year, numerator, denominator in figures:
        row = found[indicator_id, region, year]
        assert counted(row, "denominator") == denominator, (indicator_id, region, year)
        assert numerator is None or counted(row, "numerator") == numerator, (indicator_id, region, year)
