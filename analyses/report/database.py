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
from typing import Any, Self

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

    def __enter__(self) -> Self:
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

    def export(self, table: str, year: int, path: Path, kind: str) -> None:
        """Write a published table up to `year` as `csv` or `parquet`, in an order of its own.

        In CSV, a text that a spreadsheet would take for a formula gets an apostrophe before it.
        """
        columns = self._connection.execute(f'describe "{table}"').fetchall()
        names = [row[0] for row in columns]
        shown = [
            _inert(name) if kind == "csv" and data_type == "VARCHAR" else f'"{name}"'
            for name, data_type, *_ in columns
        ]
        limit = next((name for name in ("year", "year_to") if name in names), None)
        where = f'where "{limit}" <= {int(year)}' if limit else ""
        options = "format csv, header" if kind == "csv" else "format parquet, compression zstd"
        target = str(path).replace("'", "''")
        query = f'select {", ".join(shown)} from "{table}" {where} order by all'
        self._connection.execute(f"copy ({query}) to '{target}' ({options})")


def _inert(name: str) -> str:
    """SQL for a text column that no spreadsheet takes for a formula."""
    return (
        f"""case when left("{name}", 1) in ('=', '+', '-', '@', chr(9), chr(13)) then chr(39) || "{name}" """
        f"""else "{name}" end as "{name}\""""
    )


def _plain(value: Any) -> Any:
    """Numbers as Python writes them."""
    return float(value) if isinstance(value, Decimal) else value
