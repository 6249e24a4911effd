"""The generic test `unique_combination` fails where it must, and only there."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import jinja2
import pytest

SOURCE = Path(__file__).parents[2] / "tests" / "generic" / "unique_combination.sql"


@pytest.mark.parametrize(
    ("rows", "failing"),
    [
        ("('a', 1), ('a', 2), ('b', 1)", []),
        ("('a', 1), ('a', 2), ('a', 1)", [("a", 1, 2)]),
        ("('a', 1), ('a', null)", [("a", None, 1)]),
        ("(null, null), ('b', 1), (null, null)", [(None, None, 2)]),
    ],
)
def test_unique_combination(rows: str, failing: list[tuple[str | None, int | None, int]]) -> None:
    body = re.sub(r"{% (test .*|endtest) %}", "", SOURCE.read_text(encoding="utf-8"))
    model = f"(values {rows}) as model(letter, digit)"
    query = jinja2.Template(body).render(model=model, columns=["letter", "digit"])
    assert duckdb.connect().execute(query).fetchall() == failing
