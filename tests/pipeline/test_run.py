"""The main job as a user starts it: its own process, real dbt, real report, a small folder of exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.warehouses import ROOT, fill

EXPORTS = ROOT / "exports"


def effets(*arguments: str | Path, cwd: Path) -> Any:
    """Run the command with --json in a process of its own."""
    command = [sys.executable, "-m", "effets", *map(str, arguments), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EFFETS_WAREHOUSE": str(cwd / "warehouse")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_run_publishes_and_then_has_nothing_to_do(tmp_path: Path) -> None:
    fill(tmp_path / "exports")
    first = effets("run", cwd=tmp_path)
    assert (first["exports"]["new"], len(first["exports"]["rejected"])) == (2, 2)
    assert first["tests"]["passed"] > 50
    assert (first["evaluations"], first["years"]) == (2, [2023, 2024])
    assert Path(first["report"]).is_relative_to(tmp_path / "reports")
    with duckdb.connect(first["database"], read_only=True) as connection:
        rejected = connection.execute("select path from qc_rejected_exports order by path").fetchall()
        tables = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
        surface = connection.execute(
            "select value_number from fct_observation where question_id = 'presentation.surface'"
        ).fetchall()
    assert rejected == [("2024/courses.txt",), ("2024/vide.html",)]
    assert {"dim_project", "fct_response", "fct_testimony", "qc_same_bytes"} <= tables
    assert surface == [(313.0,)]
    quality = Path(first["quality"]).read_text(encoding="utf-8")
    assert all(
        f'id="{check}"' in quality for check in ("export-once", "fct_response_key", "raw_rows_are_used")
    )

    second = effets("run", cwd=tmp_path)
    assert (second["published"], second["release"]) == (False, first["release"])
    assert not {"build", "publish", "report"} & second["seconds"].keys()
    assert effets("status", cwd=tmp_path)["status"]["publication"]["release"] == first["release"]


@pytest.mark.long
def test_the_example_network_is_rebuilt_to_the_same_bytes(tmp_path: Path) -> None:
    first = effets("run", EXPORTS, cwd=tmp_path)
    (tmp_path / "warehouse" / "build.duckdb").unlink()
    assert effets("build", cwd=tmp_path)["release"] == first["release"]


@pytest.mark.long
def test_dbt_build_by_hand(tmp_path: Path) -> None:
    effets("ingest", EXPORTS, cwd=tmp_path)
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--target-path", str(tmp_path / "target")]
    environment = {**os.environ, "EFFETS_WAREHOUSE": str(tmp_path / "warehouse")}
    done = subprocess.run(
        [*command, "--log-path", str(tmp_path / "logs")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
