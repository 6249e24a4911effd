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


class Database:
    """The published database, opened for reading only; use it in a `with`."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)

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
