"""What the pipeline tests share: a folder of exports, the command, and a stand-in for dbt that takes no time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

import effets
from ingest.raw_tables import create_notes
from ingest.schema import RAW_TABLES
from ingest.warehouse import PROJECT_ROOT, BuildResult, Check, Warehouse
from tests.ingest.places import IMPORTED
from tests.pipeline.once import parsed_once

ROOT = Path(__file__).parents[2]
UTOPIC = ROOT / "exports" / "2024" / "utopic.txt"

SHOPPING_LIST = "lait\npain\n"


def fill(exports: Path) -> Path:
    """A page, a place and two files that are nothing, in a folder whose path holds no year."""
    (exports / "2024").mkdir(parents=True)
    shutil.copy(UTOPIC, exports / "2024" / "utopic.txt")
    write_place(exports / "2023" / "halle.json", "La Halle")
    (exports / "2024" / "courses.txt").write_text(SHOPPING_LIST)
    (exports / "2024" / "vide.html").write_bytes(b"")
    return exports


def write_place(file: Path, name: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**IMPORTED, "name": name}), encoding="utf-8")
    return file


def invoke(*arguments: str | Path, warehouse: Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(effets.app, [*map(str, arguments), "--warehouse", str(warehouse)])


def invoke_json(*arguments: str | Path, warehouse: Path, exit_code: int = 0) -> Any:
    """Run the command with --json; what it prints must be one object."""
    result = invoke(*arguments, "--json", warehouse=warehouse)
    assert result.exit_code == exit_code, (result.output, result.exception)
    return json.loads(result.stdout)


def dbt(command: str, warehouse: Path, *options: str, target: Path | None = None) -> Any:
    """What a command of dbt gives, run in this process on the models of the project and the warehouse in a folder."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    said = str(target or warehouse / "dbt")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()), parsed_once():
        patch.setenv("EFFETS_WAREHOUSE", str(warehouse))
        outcome = dbtRunner().invoke(
            [
                *(command, *options),
                *("--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(PROJECT_ROOT)),
                *("--target-path", said, "--log-path", said, "--log-level-file", "none"),
            ]
        )
        DuckDBConnectionManager.close_all_connections()
    assert outcome.result is not None, outcome.exception
    return outcome


def dbt_build(warehouse: Warehouse, *kinds: str, select: tuple[str, ...] = ()) -> None:
    """Build nodes of these kinds in this process: all of them, or those selected."""
    outcome = dbt(
        "build",
        warehouse.root,
        *(("--select", *select) if select else ()),
        *(argument for kind in kinds for argument in ("--resource-type", kind)),
    )
    assert outcome.success, outcome.exception


def write_raw(warehouse: Warehouse, rows: Mapping[str, Any]) -> None:
    """Write these rows as the raw schema of a warehouse, each once, as if they had just been read."""
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute("drop schema if exists raw cascade; create schema raw")
        for table, schema in RAW_TABLES.items():
            connection.register("loaded", pa.Table.from_pylist(rows[table], schema=schema))
            connection.execute(f"create table raw.{table} as select distinct * from loaded")
            connection.unregister("loaded")
        create_notes(connection)


@dataclass(frozen=True, slots=True)
class Built:
    """Exports, the warehouse and the reports made of them, and all that the command said."""

    exports: Path
    warehouse: Path
    reports: Path
    said: str


def parquet_bytes(warehouse: Path) -> dict[str, str]:
    """The published Parquet files, each by its sha256."""
    root = (warehouse / "parquet").resolve()
    return {
        file.relative_to(root).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in sorted(root.rglob("*.parquet"))
    }


@dataclass(slots=True)
class QuickBuild:
    """Builds published tables straight from the raw ones; fails on demand, and counts its calls."""

    failures: tuple[Check, ...] = ()
    calls: int = 0

    def __call__(self, warehouse: Warehouse, progress: Any = None) -> BuildResult:
        self.calls += 1
        with duckdb.connect(warehouse.build_database) as connection:
            for name, query in QUICK_TABLES.items():
                connection.execute(f"create or replace table main.{name} as {query}")
        return BuildResult(models=len(QUICK_TABLES), tests_passed=3, failures=list(self.failures))


_EVALUATIONS = """
    select receipts.year, slugs.slug as project_id, records.source_id
    from raw.records
    inner join raw.receipts using (source_id)
    inner join raw.slugs on slugs.name = coalesce(records.project_name, receipts.project_stem)
"""
QUICK_TABLES = {
    "dim_project": "select distinct slug as project_id, min(name) as name from raw.slugs group by slug",
    "dim_source": "select exports.*, path from raw.exports inner join raw.receipts using (source_id)",
    "fct_evaluation": f"""
        select distinct project_id || '@' || year as evaluation_id, project_id, year, 0.25::double as completeness
        from ({_EVALUATIONS})
    """,
    "dim_campaign": f"""
        select year, count(distinct project_id) as evaluation_count, count(*) as export_count
        from ({_EVALUATIONS}) group by year
    """,
    "fct_observation": f"select * from raw.observations inner join ({_EVALUATIONS}) using (source_id)",
    "fct_testimony": f"select * from raw.testimonies inner join ({_EVALUATIONS}) using (source_id)",
    "qc_rejected_exports": "select * from raw.rejections",
    "stg_private": "select 1 as secret",
}

#: Nothing else is observed so often.
_STRAY_ORDINAL = 9999
REMOVE_STRAYS = f"delete from numbered.observations where ordinal = {_STRAY_ORDINAL}"


def stray(records: str = "raw.records") -> str:
    """SQL: add an observation of a question that its record, the first of `records`, does not carry."""
    return f"""
        insert into numbered.observations (record, question_id, ordinal, content)
        select keys.record, 'avancement_projet', {_STRAY_ORDINAL}, (select min(content) from numbered.contents)
        from numbered.keys
        inner join {records} as records using (source_id, record_key)
        where keys.source_id not in (select source_id from raw.record_forms where form = 'environment')
        order by all
        limit 1
    """
