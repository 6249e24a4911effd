"""What goes into a package: the tables that may be shown, up to its year, with their columns, keys and links.

It reads a release: the published database, and the dictionary beside it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

#: The questionnaire, the indicators and the codes: what the figures are named by.
CODEBOOK = (
    "dim_level",
    "dim_category",
    "dim_question",
    "dim_answer",
    "dim_state",
    "dim_status",
    "dim_indicator",
    "dim_indicator_component",
    "dim_series_break",
)
#: Disclosure-controlled by the models that build them; testimonies only with their sites' consent.
SHOWN = "rpt_"

#: Columns that place a row in time. A row is of the package if none of them is after its year.
_YEARS = ("year", "year_to")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the dictionary of the release tells it."""

    name: str
    type: str
    is_required: bool
    unit: dict[str, str]
    codes: list[str]
    description: dict[str, str]
    caveat: dict[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Columns of a table whose values, where they are not null, are the key of another."""

    columns: tuple[str, ...]
    table: str


@dataclass(slots=True)
class Table:
    """A table of the package; `query` gives its rows, in the order of its columns."""

    name: str
    query: str
    row_count: int
    description: dict[str, str]
    grain: dict[str, str]
    key: list[str]
    columns: list[Column]
    links: list[Link] = field(default_factory=list)


class Release:
    """The release that is published in a warehouse, opened to be read."""

    def __init__(self, warehouse: Path) -> None:
        self.folder = (warehouse / "effets.duckdb").resolve().parent
        self.connection = duckdb.connect(self.folder / "effets.duckdb", read_only=True)
        # One thread writes files whose bytes depend on their rows alone.
        self.connection.execute("set threads = 1")
        self._tables = {row["table_name"]: row for row in _rows(self.folder / "dictionary" / "tables.csv")}
        self._columns: dict[str, list[dict[str, str]]] = {}
        for row in _rows(self.folder / "dictionary" / "columns.csv"):
            self._columns.setdefault(row["table_name"], []).append(row)

    def __enter__(self) -> Release:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        relation = self.connection.execute(query, parameters)
        names = [column[0] for column in relation.description or ()]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    def years(self) -> list[int]:
        """The years that have an evaluation."""
        return [row["year"] for row in self.rows("select distinct year from fct_evaluation order by year")]

    def tables(self, year: int) -> list[Table]:
        """The tables of the package of `year`: the codebook first, then what is shown of its years."""
        shown = sorted(name for name in self._tables if name.startswith(SHOWN))
        tables = [self._table(name, year) for name in (*CODEBOOK, *shown)]
        for table in tables:
            table.links = self._links(table, tables)
        return tables

    def _table(self, name: str, year: int) -> Table:
        columns = [_column(row) for row in self._columns[name]]
        limits = [f"{c.name} <= {year:d}" for c in columns if name.startswith(SHOWN) and c.name in _YEARS]
        names = ", ".join(f'"{column.name}"' for column in columns)
        query = f'select {names} from "{name}"' + (f" where {' and '.join(limits)}" if limits else "")
        (row_count,) = self.connection.execute(f"select count(*) from ({query})").fetchall()[0]
        row = self._tables[name]
        return Table(
            name,
            f"{query} order by all",
            row_count,
            _languages(row, "description"),
            _languages(row, "grain"),
            list(filter(None, row["key"].split("|"))),
            columns,
        )

    def _links(self, table: Table, tables: list[Table]) -> list[Link]:
        """The keys of codebook tables that a table has all columns of, if every row finds its own there."""
        names = {column.name for column in table.columns}
        return [
            Link(tuple(target.key), target.name)
            for target in tables
            if target.name in CODEBOOK
            and target is not table
            and target.key
            and names.issuperset(target.key)
            and self._resolves(table, target)
        ]

    def _resolves(self, table: Table, target: Table) -> bool:
        key = ", ".join(f'"{name}"' for name in target.key)
        known = " and ".join(f'"{name}" is not null' for name in target.key)
        query = f"""
            select count(*)
            from ({table.query}) as rows
            anti join ({target.query}) as target using ({key})
            where {known}
        """
        (lost,) = self.connection.execute(query).fetchall()[0]
        return int(lost) == 0


def _column(row: dict[str, str]) -> Column:
    return Column(
        row["column_name"],
        row["type"],
        row["is_required"] == "true",
        _languages(row, "unit"),
        list(filter(None, row["codes"].split("|"))),
        _languages(row, "description"),
        _languages(row, "caveat"),
    )


def _languages(row: dict[str, str], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in ("fr", "en")}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
