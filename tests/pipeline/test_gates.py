"""The doctrine of tests: what warns has a limit, each case says what to do, and each singular test can fail."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.quality_page import is_hard
from tests.pipeline.warehouses import ROOT, Built

#: What must make each test of tests/singular fail, in a warehouse that is sound: SQL on its tables.
BREAKS = {
    "answers_match_states": "update main.fct_response set state = 'blank' where state = 'answered'",
    "candidates_are_known": """
        update main.fct_response_record set state = 'ambiguous', candidate_answer_ids = ['fantome']
        where question_id = 'sante_effet'
    """,
    "corrections_are_wellformed": "update seeds.publication_consent set evidence = null",
    "corrections_hold": "update main.qc_corrections set status = 'stale'",
    "indicators_are_complete": "delete from main.fct_indicator_value where scope_type = 'network'",
    "indicators_count_known_answers": """
        update seeds.indicator_rules set answer_ids = 'fantome' where answer_ids is not null and question_id is not null
    """,
    "project_aliases_are_final": """
        insert into seeds.project_aliases by name
        select 'a' as slug, 'b' as project_id union all select 'b', 'c'
    """,
    "raw_rows_are_used": "delete from raw.slugs",
    "responses_are_complete": "delete from main.fct_response where question_id = 'lien_social'",
}
#: Those whose query holds its own cases: what makes them fail is another formula.
BY_FORMULA = {"statistics_vectors": ("1.959963984540054", "1.96")}


@pytest.fixture(scope="module")
def nodes(built: Built) -> dict[str, dict[str, Any]]:
    """The tests of the project, as dbt ran them."""
    manifest = json.loads((built.warehouse / "dbt" / "manifest.json").read_bytes())
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "test"}


@pytest.fixture(scope="module")
def models(built: Built) -> dict[str, dict[str, Any]]:
    manifest = json.loads((built.warehouse / "dbt" / "manifest.json").read_bytes())
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


def test_what_warns_has_a_limit(nodes: dict[str, dict[str, Any]]) -> None:
    soft = {name for name, node in nodes.items() if not is_hard(node["config"])}
    assert soft, "there are none: the test would prove nothing"
    for name in soft:
        config = nodes[name]["config"]
        assert config["severity"].lower() == "error", (
            f"{name}: dbt never looks at the error_if of a severity warn"
        )
        assert config["error_if"].strip(" >=0123456789") == "" and config["warn_if"] == "!= 0", name


def test_a_severity_of_warn_is_no_gate() -> None:
    assert is_hard({"severity": "ERROR", "error_if": "!= 0"}) and is_hard({})
    assert not is_hard({"severity": "warn"}) and not is_hard({"severity": "error", "error_if": "> 100"})


def test_each_case_says_what_to_do(models: dict[str, dict[str, Any]]) -> None:
    cases = {name: node for name, node in models.items() if name.startswith("qc_")}
    assert len(cases) > 8
    for name, node in cases.items():
        columns = node["columns"]
        assert {"reason", "remedy"} <= columns.keys(), name
        assert {"type": "not_null"} in [
            {"type": constraint["type"]} for constraint in columns["remedy"]["constraints"]
        ], name


def test_no_singular_test_is_without_a_fixture(nodes: dict[str, dict[str, Any]]) -> None:
    there = {file.stem for file in (ROOT / "tests" / "singular").glob("*.sql")}
    assert there == BREAKS.keys() | BY_FORMULA.keys()
    assert there <= nodes.keys()


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_singular_test_fails_where_it_must(
    name: str, nodes: dict[str, dict[str, Any]], built: Built, tmp_path: Path
) -> None:
    query = nodes[name]["compiled_code"]
    copy = tmp_path / "build.duckdb"
    shutil.copy(built.warehouse / "build.duckdb", copy)
    with duckdb.connect(copy) as connection:
        # What was built passed its tests, which are asked of the rows alone that did not yet.
        connection.execute(
            "delete from raw.tested_evaluations; delete from raw.tested_sites; "
            "insert into raw.untested_years from range(2000, 2100)"
        )
        assert connection.execute(query).fetchall() == []
        connection.execute(BREAKS[name])
        assert connection.execute(query).fetchall() != []


@pytest.mark.parametrize("name", sorted(BY_FORMULA))
def test_a_wrong_formula_is_found(name: str, nodes: dict[str, dict[str, Any]]) -> None:
    query = nodes[name]["compiled_code"]
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall() == []
        assert connection.execute(query.replace(*BY_FORMULA[name])).fetchall() != []
