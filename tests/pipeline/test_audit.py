"""The audit questions: dbt compiles each, and each runs on a database that it has built."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.pipeline.warehouses import ROOT, Built, dbt

QUESTIONS = sorted((ROOT / "analyses" / "audit").glob("*.sql"))


@pytest.fixture(scope="module")
def compiled(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled questions."""
    target = tmp_path_factory.mktemp("target")
    outcome = dbt("compile", built.warehouse, "--select", "resource_type:analysis", target=target)
    assert outcome.success, outcome.exception
    return target / "compiled" / "effets" / "analyses" / "audit"


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_question_has_an_answer(path: Path, compiled: Path, built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        connection.execute(
            (compiled / path.name).read_text(encoding="utf-8").replace('"build".', "")
        ).fetchall()


def test_coverage_counts_every_response_once(compiled: Path, built: Built) -> None:
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        sql = (compiled / "coverage_by_question.sql").read_text(encoding="utf-8").replace('"build".', "")
        counted, asked, states = connection.execute(f"""
            select
                sum(evaluation_count), sum(asked_count),
                sum(answered_count + blank_count + ambiguous_count + lost_count + not_shown_count)
            from ({sql}) as coverage
        """).fetchone()
        assert counted == connection.execute("select count(*) from fct_response").fetchone()[0]
        assert asked == states


def test_readme_names_each_question() -> None:
    text = (ROOT / "analyses" / "audit" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in QUESTIONS if f"({path.name})" not in text] == []
