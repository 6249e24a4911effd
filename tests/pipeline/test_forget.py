"""A project is forgotten: everywhere, with a proof, and nothing of the others is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import publish as publish_module
from ingest.archive import Archive
from ingest.forget import Traces, trace
from ingest.raw_tables import BUILD_NOTES
from ingest.warehouse import Check, Warehouse
from tests.pipeline.forms import AMARRE, FOURNIL, HALLE, SERRE, told_by
from tests.pipeline.scan import scan
from tests.pipeline.warehouses import Built, QuickBuild, invoke, invoke_json

SLUG = "lamarre-dessai"
TRACES = (AMARRE, SLUG, AMARRE.upper(), told_by(AMARRE)[:40], f"3 rue {AMARRE}")


def rows(warehouse: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What is published of the other projects."""
    with duckdb.connect(warehouse / "effets.duckdb", read_only=True) as connection:
        return {
            table: connection.execute(f"from {table} where project_id <> '{SLUG}' order by all").fetchall()
            for table in ("fct_evaluation", "fct_response", "fct_observation", "fct_testimony", "dim_record")
        }


@pytest.mark.slow
@pytest.mark.usefixtures("untested")
def test_a_project_is_forgotten_everywhere(own: Built) -> None:
    before = rows(own.warehouse)
    assert scan(own.warehouse, TRACES)
    result = invoke_json("forget", AMARRE, "--out", own.reports, warehouse=own.warehouse)
    assert result["forgotten"]["exports_removed"] == 4
    assert result["forgotten"]["exports_rewritten"] == 6
    assert result["proof"]["found"] == [] and result["proof"]["files"] > 50
    assert scan(own.warehouse, TRACES) == []
    assert scan(own.reports, TRACES) == []
    assert rows(own.warehouse) == before, "something of the others changed"
    assert len(list((own.warehouse / "releases").glob("[0-9]*"))) == 1

    tombstone = next(
        json.loads(line)
        for line in (own.warehouse / "archive" / "ledger.ndjson").read_text().splitlines()
        if '"forgotten"' in line
    )
    assert tombstone.keys() == {"recorded_at", "event", "source_ids", "trimmed"}
    assert all(re.fullmatch("[0-9a-f]{64}", source_id) for source_id in tombstone["source_ids"])

    again = invoke_json("ingest", own.exports, warehouse=own.warehouse)["exports"]
    assert again["new"] == 0
    refused = {row["path"] for row in again["rejected"] if row["reason"] == "forgotten"}
    assert refused == {
        "2022/amarre.diff.csv",
        "2023/environnement.json",
        "2024/amarre.json",
        "2024/recu.zip/2019/amarre.typeform.csv",
    }
    assert scan(own.warehouse, TRACES) == [], "what is refused is named"
    assert "nothing in the archive" in invoke("forget", AMARRE, warehouse=own.warehouse).stderr


@pytest.mark.slow
@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_what_is_refused_is_published_without_its_name(own: Built) -> None:
    invoke_json("forget", AMARRE, "--out", own.reports, warehouse=own.warehouse)
    invoke_json("ingest", own.exports, warehouse=own.warehouse)
    invoke_json("build", warehouse=own.warehouse)
    assert scan(own.warehouse, TRACES) == []


@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
@pytest.mark.parametrize(
    "project",
    [FOURNIL, pytest.param(HALLE, marks=pytest.mark.slow), pytest.param(SERRE, marks=pytest.mark.long)],
)
def test_whichever_it_is(project: str, own: Built) -> None:
    result = invoke_json("forget", project, "--out", own.reports, warehouse=own.warehouse)
    assert result["proof"]["found"] == []
    with duckdb.connect(own.warehouse / "build.duckdb", read_only=True) as connection:
        names = connection.execute("select distinct project_name from raw.records").fetchall()
        keys = connection.execute("select record_key from raw.records where record_key = '2'").fetchall()
    assert len(names) >= 3
    assert len(keys) == (project != FOURNIL), "a record changed its key"


@pytest.mark.slow
@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_what_may_be_held_again_is(own: Built, tmp_path: Path) -> None:
    def raw() -> dict[str, list[tuple[Any, ...]]]:
        with duckdb.connect(own.warehouse / "build.duckdb", read_only=True) as connection:
            tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'raw'")
            return {
                table: connection.execute(f"from raw.{table} order by all").fetchall()
                for (table,) in tables.fetchall()
                # What gate and build say is not held again.
                if table not in ("load_state", "read_ledger", "doubts", "validations", *BUILD_NOTES)
            }

    before = raw()
    invoke_json("forget", AMARRE, "--out", own.reports, warehouse=own.warehouse)
    assert raw() != before
    assert invoke_json("ingest", own.exports, "--again", warehouse=own.warehouse)["exports"]["new"] == 10
    assert raw() == before
    assert invoke_json("ingest", own.exports, "--again", warehouse=own.warehouse)["exports"]["new"] == 0


@pytest.mark.slow
@pytest.mark.usefixtures("quick_gate", "reports")
def test_a_failed_gate_puts_the_end_off(own: Built, quick_build: QuickBuild) -> None:
    quick_build.failures = (Check("some_test", "fail", "Got 1 result"),)
    result = invoke_json("forget", AMARRE, "--out", own.reports, warehouse=own.warehouse, exit_code=1)
    assert "still holds what was forgotten" in result["error"]
    assert not [place for place, _ in scan(own.warehouse, TRACES) if not place.startswith("releases/")]
    quick_build.failures = ()
    invoke_json("run", own.exports, "--out", own.reports, warehouse=own.warehouse)
    assert scan(own.warehouse, TRACES) == []


@pytest.mark.slow
@pytest.mark.usefixtures("quick_build", "quick_gate", "reports")
def test_a_crash_before_old_releases_are_gone_is_made_good(
    own: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(publish_module, "_point_at", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert invoke("forget", AMARRE, "--out", own.reports, warehouse=own.warehouse).exit_code != 0
    assert len(list((own.warehouse / "releases").glob("[0-9]*"))) == 2
    invoke_json("build", warehouse=own.warehouse)
    assert scan(own.warehouse, TRACES) == []


@pytest.mark.parametrize("project", [HALLE, "la-halle-dessai", "LA HALLE D’ESSAI"])
def test_a_project_is_known_by_its_name_and_its_slug(project: str, built: Built) -> None:
    warehouse = Warehouse(built.warehouse)
    traces = trace(project, warehouse, Archive(warehouse.archive).state())
    assert (len(traces.whole), len(traces.parts), traces.names) == (0, 5, {HALLE})
    assert traces.years == {2020, 2022, 2023, 2024}


@pytest.mark.parametrize(
    ("path", "is_named"),
    [
        ("2024/la-halle-dessai.pdf", True),
        ("2024/La Halle d'essai/scan.pdf", True),
        ("2024/la-halle-dessai-deux.pdf", False),
        ("2024/halle.pdf", False),
    ],
)
def test_paths_that_tell_of_a_project(path: str, is_named: bool) -> None:
    traces = Traces(HALLE, {HALLE}, {"la-halle-dessai"}, set(), set(), set(), {})
    assert traces.is_named(path) is is_named


def test_an_unknown_project_is_wrong_usage(own: Built) -> None:
    result = invoke_json("forget", "Nulle part", "--out", own.reports, warehouse=own.warehouse, exit_code=2)
    assert "nothing in the archive is of Nulle part" in result["error"]
