"""The questions that the report asks the published database, a file each in `queries/`.

The name of a file is printed beside the figures that it made, and the report shows its SQL: whoever holds
effets.duckdb can ask again. They read published tables alone (`dim_`, `rpt_`, `qc_`); `$year` is the year of the
report. The first line says of which table a row is, and its key there; a query that counts over rows has no key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from analyses.report.document import Ref

_FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class Question:
    """A query, its SQL as it is printed, and what a row of it is."""

    name: str
    sql: str
    relation: str
    key: tuple[str, ...]

    @property
    def relations(self) -> list[str]:
        """The published tables that it reads, in alphabetical order."""
        return sorted(set(re.findall(r"\b(?:from|join)\s+((?:dim|fct|rpt|qc)_\w+)", self.sql)))


def _read(path: Path) -> Question:
    head, _, sql = path.read_text(encoding="utf-8").partition("\n")
    relation, _, key = head.removeprefix("-- ").partition(":")
    return Question(path.stem, sql.strip(), relation, tuple(key.replace(",", " ").split()))


QUERIES: Mapping[str, Question] = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.sql"))}


class Row(dict[str, Any]):
    """A row of a query, by column."""

    def __init__(self, query: Question, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.query = query

    def ref(self, column: str) -> Ref:
        """Where the value of a column stands: in the table of the row, else in the query's own result."""
        if self.query.key:
            key = {name: self[name] for name in self.query.key}
            return Ref(self.query.relation, key, column)
        return Ref(f"query:{self.query.name}", {n: v for n, v in self.items() if isinstance(v, str)}, column)


#: Tables that a release of an earlier version may lack, as empty ones.
_BRIDGE = {
    "rpt_indicator_change": "indicator_id, method_version, component_id, component_label_fr, component_label_en, "
    "label_fr, label_en, year_from, year_to, scope_type, scope_id, n_matched, arrow, status",
    "rpt_cooccurrence": "year, category_id_a, category_id_b, both_count, n_answered, status",
    "rpt_sdg": "year, goal, label_fr, label_en, site_count, evaluation_count, status, is_proposed",
    "rpt_department": "year, department_code, department, region_code, evaluation_count, register_count",
    "rpt_composition": "year, dimension, group_id, evaluation_count, register_count",
    "rpt_extraction": "year, format",
}


_BRIDGED_COLUMNS = {
    "scope_position": "1",
    "coverage": "n_answered / nullif(n_evaluations, 0)",
    "masked_fr": "null::varchar",
    "masked_en": "null::varchar",
}


class Database:
    """The published database, opened for reading only; use it in a `with`."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)
        tables = self._connection.execute("select table_name from duckdb_tables()").fetchall()
        for name, columns in _BRIDGE.items():
            if (name,) not in tables:
                listed = ", ".join(f"{column} varchar" for column in columns.split(", "))
                listed = re.sub(r"(year\w*|number|goal|\w+_count|n_\w+) varchar", r"\1 integer", listed)
                self._connection.execute(f"create temp table {name} ({listed})")
        described = [row[0] for row in self._connection.execute("describe rpt_indicator").fetchall()]
        lacking = [f"{sql} as {name}" for name, sql in _BRIDGED_COLUMNS.items() if name not in described]
        if lacking:
            (catalogue,) = self._connection.execute("select current_database()").fetchone() or ("",)
            self._connection.execute(
                f"""
                create temp view rpt_indicator as
                select *, {", ".join(lacking)}
                from "{catalogue}".main.rpt_indicator
                """
            )

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def ask(self, name: str, year: int | None = None) -> list[Row]:
        """The rows of a query; `year` for those that speak of one."""
        query = QUERIES[name]
        cursor = self._connection.execute(query.sql, {"year": year} if "$year" in query.sql else None)
        columns = [column[0] for column in cursor.description or ()]
        return [
            Row(query, {name: _plain(value) for name, value in zip(columns, row, strict=True)})
            for row in cursor.fetchall()
        ]


def _plain(value: Any) -> Any:
    """Numbers as Python writes them."""
    return float(value) if isinstance(value, Decimal) else value
