"""A build leaves out what the same code would make the same, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from ingest.warehouse import BuildError, Warehouse
from tests.pipeline.test_incremental import Network
from tests.pipeline.warehouses import dbt, stray

pytestmark = pytest.mark.slow


def kept(warehouse: Warehouse) -> set[str]:
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        return {row[0] for row in connection.execute("select unique_id from raw.kept_nodes").fetchall()}


def asked(warehouse: Warehouse) -> set[str]:
    results = json.loads((warehouse.dbt / "run_results.json").read_bytes())["results"]
    return {result["unique_id"] for result in results}


def test_what_stays_the_same_is_left_out(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=5)
    warehouse = network.warehouse
    whole = warehouse.build()
    everything = asked(warehouse)
    same = kept(warehouse)
    assert same <= everything
    assert {"seed.effets.levels", "model.effets.dim_level", "model.effets.stg_raw__responses"} <= same
    assert not same & {
        "seed.effets.exclusions",
        "seed.effets.column_texts",
        "model.effets.dim_record",
        "model.effets.fct_response",
    }

    network.add()
    part = warehouse.build()
    assert asked(warehouse) == everything - same
    assert kept(warehouse) == same
    assert (part.models, part.tests_passed) == (whole.models, whole.tests_passed)
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.untested_years").fetchall() == [(0,)]
        assert {row[0] for row in connection.execute("from raw.passed_tests").fetchall()} == {
            node for node in everything if node.startswith("test.")
        }

    # Somebody may have built other code than effets knows of.
    dbt("run", warehouse.root, "--select", "dim_level")
    assert kept(warehouse) == set()
    warehouse.build()
    assert asked(warehouse) == everything
    assert kept(warehouse) == same


def test_a_build_by_other_code_that_ended_early_leaves_nothing_out(
    tmp_path: Path, quick_gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dbt then left of its account is of that code, which may have been taken back."""
    warehouse = Network(tmp_path, seed=5).warehouse
    assert not warehouse.build().failures
    assert kept(warehouse) != set()
    account = (warehouse.dbt / "manifest.json").read_bytes()
    with monkeypatch.context() as other:
        other.setattr("ingest.warehouse._digest_of_code", lambda: "other")
        warehouse.parse()
        assert (warehouse.dbt / "manifest.json").read_bytes() == account, "nothing else is forgotten yet"
        other.setattr(
            "dbt.cli.main.dbtRunner.invoke", lambda *_: SimpleNamespace(result=None, exception="stopped")
        )
        with pytest.raises(BuildError, match="stopped"):
            warehouse.build()
    assert kept(warehouse) == set()


def test_a_part_that_lacks_memory_is_built_again_by_one_thread(
    tmp_path: Path, quick_gate: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.cli.main import dbtRunner

    network = Network(tmp_path, seed=5)
    whole = network.warehouse.build()
    network.add()
    is_together: list[bool] = []

    def invoke(self: dbtRunner, arguments: list[str], invoke: Any = dbtRunner.invoke) -> Any:
        is_together.append("--threads" in arguments)
        if is_together != [True]:
            return invoke(self, arguments)
        lacking = SimpleNamespace(status="error", message="Out of Memory Error: failed to pin block")
        return SimpleNamespace(result=SimpleNamespace(results=[lacking]))

    monkeypatch.setattr(dbtRunner, "invoke", invoke)
    part = network.warehouse.build()
    assert is_together == [True, False]
    assert (part.failures, part.tests_passed) == ([], whole.tests_passed)


def test_what_did_not_pass_is_asked_again(tmp_path: Path, quick_gate: None) -> None:
    network = Network(tmp_path, seed=5)
    warehouse = network.warehouse
    with duckdb.connect(warehouse.build_database) as connection:
        connection.execute(stray())
    assert [check.name for check in warehouse.build().failures] == ["raw_rows_are_used"]
    assert kept(warehouse) == set()
    everything = asked(warehouse)
    assert [check.name for check in warehouse.build().failures] == ["raw_rows_are_used"]
    assert asked(warehouse) == everything
