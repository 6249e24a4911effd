"""Each generic test of the dbt project finds the rows that it must find, and lets the others be.

`unique_combination` has a file of its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
from dbt.adapters.duckdb.column import DuckDBColumn

GENERIC = Path(__file__).parents[1] / "generic"

TABLES = """
    create table answers as
        from (values (1, 'a', 'x'), (2, 'a', null), (3, 'b', 'y'), (4, null, 'x'), (5, 'c', 'z'))
            as answers(number, list, code);
    create table lists as from (values ('a'), ('b')) as lists(list);
    create table hollow as
        from (values (1, '', 'x', 'nan'::double), (2, '', null, 1), (3, 'b', '', null))
            as hollow(number, list, code, value);
    create table codes as from (values ('x'), ('y')) as codes(id);
"""

CASES: list[tuple[str, dict[str, Any], list[tuple[Any, ...]]]] = [
    ("references_all", {"references": [{"column": "list", "to": "lists"}]}, [("list", "c")]),
    (
        "references_all",
        {"references": [{"column": "code", "to": "codes", "field": "id"}, {"column": "list", "to": "lists"}]},
        [("code", "z"), ("list", "c")],
    ),
    ("references_all", {"references": [{"column": "list", "to": "answers"}]}, []),
    ("accepted", {"values": {"list": ["a", "b"]}}, [("list", "c")]),
    ("accepted", {"values": {"list": ["a", "b", "c"], "number": [1, 2, 3, 4]}}, [("number", "5")]),
    ("accepted", {"values": {"list": ["a", "b", "c"], "code": ["x", "y", "z"]}}, []),
    ("holds", {"conditions": {"small": "number < 4"}}, [("small", 4, None, "x"), ("small", 5, "c", "z")]),
    ("holds", {"conditions": {"known": "code <> 'y'"}}, [("known", 2, "a", None), ("known", 3, "b", "y")]),
    (
        "holds",
        {"conditions": {"counted": "number between 1 and 5", "listed": "list is not null"}},
        [("listed", 4, None, "x")],
    ),
    ("sound", {"model": "hollow"}, [("list", 2), ("code", 1), ("value", 1)]),
    ("sound", {"model": "hollow", "may_be_empty": ["list", "code"]}, [("value", 1)]),
    ("sound", {}, []),
    ("holds", {"conditions": {"counted": "number > 0", "either": "list <> '' or code <> ''"}}, []),
]


class Adapter:
    """What a test may ask dbt about a table."""

    def get_columns_in_relation(self, table: str) -> list[DuckDBColumn]:
        connection = duckdb.connect()
        connection.execute(TABLES)
        return [
            DuckDBColumn(name, kind) for name, kind, *_ in connection.execute(f"describe {table}").fetchall()
        ]


def render(name: str, **arguments: object) -> str:
    """The query of a generic test, as dbt would write it for a table, `answers` unless another is named."""
    source = (GENERIC / f"{name}.sql").read_text(encoding="utf-8")
    told = {"model": "answers", "execute": True, "adapter": Adapter(), "config": lambda **settings: ""}
    told["ref"] = str
    told["attached_relation"] = lambda: {**told, **arguments}["model"]
    template = jinja2.Template(re.sub(r"{% (test .*|endtest) %}", "", source), extensions=["jinja2.ext.do"])
    return template.render(told, **arguments)


@pytest.mark.parametrize(("name", "arguments", "failing"), CASES)
def test_generic_test_finds_its_rows(
    name: str, arguments: dict[str, Any], failing: list[tuple[Any, ...]]
) -> None:
    connection = duckdb.connect()
    connection.execute(TABLES)
    found = connection.execute(render(name, **arguments)).fetchall()
    assert sorted(found, key=repr) == sorted(failing, key=repr)


def test_every_generic_test_is_tested() -> None:
    tested = {name for name, _, failing in CASES if failing} | {"unique_combination"}
    assert {path.stem for path in GENERIC.glob("*.sql")} == tested
