"""`effets diff`: coverage, values, statuses and causes, on small sides of known content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.warehouses import invoke, invoke_json

TABLES = {
    "rpt_participation": """
        (2023, 'all', 4, 3), (2024, 'all', 5, 4) as t(year, format, export_count, evaluation_count)
    """,
    "rpt_indicator": """
        ('I1', '1', 'all', 2023, 1, 2, 0.5::double, 'ok'),
        ('I1', '1', 'all', 2024, 3, 4, 0.75, 'ok'),
        ('I2', '1', 'all', 2024, null, 2, null, 'small_n')
        as t(indicator_id, method_version, component_id, year, numerator, denominator, value, status)
    """,
    "dim_indicator": "('I1', '1', 'share'), ('I2', '1', 'share') as t(indicator_id, method_version, kind)",
    "dim_indicator_component": """
        ('I1', '1', 'all', 'q1'), ('I2', '1', 'all', 'q2') as t(indicator_id, method_version, component_id, question_id)
    """,
    "dim_question": "('q1', 'list', 'One?'), ('q2', null, 'Two?') as t(question_id, answer_list, label_fr)",
    "dim_answer": "('list', 'yes', 'Oui') as t(answer_list, answer_id, label_fr)",
}


def side(folder: Path, **changes: tuple[str, str]) -> Path:
    """A package of the tables above, in some of which a text is replaced by another."""
    (folder / "data").mkdir(parents=True)
    for name, rows in TABLES.items():
        before, after = changes.get(name, ("", ""))
        assert before in rows
        file = folder / "data" / f"{name}.parquet"
        values, names = rows.replace(before, after, 1).split("as t")
        duckdb.execute(f"copy (from (values {values}) as t{names}) to '{file}'")
    return folder


def diff(a: Path | str, b: Path | str, root: Path) -> Any:
    return invoke_json("diff", a, b, warehouse=root / "warehouse")


def test_equal_sides(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    assert diff(a, b, tmp_path)["equal"] is True
    assert "the same rows" in invoke("diff", a, b, warehouse=tmp_path).stdout


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"rpt_participation": ("(2024, 'all', 5, 4)", "(2024, 'all', 6, 5)")}, "sources"),
        ({"dim_indicator": ("'I1', '1', 'share'", "'I1', '1', 'count'")}, "method"),
        ({"dim_indicator_component": ("'q1'", "'q2'")}, "method"),
        ({"dim_question": ("'One?'", "'Which?'")}, "codebook"),
        ({"dim_answer": ("'Oui'", "'Certes'")}, "codebook"),
        ({}, "unknown"),
        # Another year and another indicator are no causes.
        ({"rpt_participation": ("(2023, 'all', 4, 3)", "(2023, 'all', 3, 3)")}, "unknown"),
        ({"dim_question": ("'Two?'", "'Which?'")}, "unknown"),
    ],
)
def test_a_changed_figure_has_its_cause(
    changes: dict[str, tuple[str, str]], cause: str, tmp_path: Path
) -> None:
    changed = {"rpt_indicator": ("3, 4, 0.75, 'ok'", "null, 4, null, 'suppressed'"), **changes}
    found = diff(side(tmp_path / "a"), side(tmp_path / "b", **changed), tmp_path)
    [figure] = found["figures"]
    assert figure["is"] == "changed" and cause in figure["causes"]
    assert (figure["indicator_id"], figure["year"]) == ("I1", 2024)
    assert figure["a"] == {"numerator": 3, "denominator": 4, "value": 0.75, "status": "ok"}
    assert figure["b"] == {"numerator": None, "denominator": 4, "value": None, "status": "suppressed"}
    assert found["statuses"] == {"ok → suppressed": 1}


def test_coverage_and_tables(tmp_path: Path) -> None:
    b = side(tmp_path / "b", rpt_participation=("(2023, 'all', 4, 3),", ""), rpt_indicator=("2023", "2022"))
    duckdb.execute(f"copy (select 1 as x) to '{b / 'data' / 'rpt_new.parquet'}'")
    found = diff(side(tmp_path / "a"), b, tmp_path)
    assert found["years"] == [
        {"year": 2023, "evaluations_a": 3, "evaluations_b": None, "exports_a": 4, "exports_b": None}
    ]
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["rpt_indicator"] == {
        "name": "rpt_indicator",
        "rows_a": 3,
        "rows_b": 3,
        "only_a": 1,
        "only_b": 1,
        "columns_gone": [],
        "columns_new": [],
    }
    assert (tables["rpt_new"]["rows_a"], tables["rpt_new"]["only_b"]) == (None, 1)
    assert {(f["year"], f["is"]) for f in found["figures"]} == {(2022, "new"), (2023, "gone")}


def test_columns_that_came_are_named_and_not_compared(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    file = b / "data" / "rpt_indicator.parquet"
    duckdb.execute(f"copy (select *, 'network' as scope_type from '{file}') to '{tmp_path / 'new.parquet'}'")
    (tmp_path / "new.parquet").replace(file)
    found = diff(a, b, tmp_path)
    assert [(t["name"], t["columns_new"]) for t in found["tables"]] == [("rpt_indicator", ["scope_type"])]
    assert found["figures"] == []
    assert "+scope_type" in invoke("diff", a, b, warehouse=tmp_path).stdout


def test_releases_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    releases = tmp_path / "warehouse" / "releases"
    for name in ("0001-aaaa", "0002-bbbb"):
        (side(releases / name) / "data").rename(releases / name / "parquet")
    (releases / "current").symlink_to("0002-bbbb")
    found = diff("0001", "current", tmp_path)
    assert (Path(found["a"]).name, Path(found["b"]).name) == ("0001-aaaa", "0002-bbbb")
    result = invoke("diff", "0003", "0001", warehouse=tmp_path / "warehouse")
    assert result.exit_code == 2
    assert "neither a folder nor one release" in result.stderr and "0001-aaaa, 0002-bbbb" in result.stderr
    assert invoke("diff", "000", "0001", warehouse=tmp_path / "warehouse").exit_code == 2


def test_a_folder_without_tables_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = invoke("diff", tmp_path / "empty", side(tmp_path / "a"), warehouse=tmp_path)
    assert result.exit_code == 2 and "neither a package nor a release" in result.stderr
