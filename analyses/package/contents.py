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

from ingest.collect import UsageError
from ingest.speech import tr

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
_YEARS = ("year", "year_to", "report_year")

#: What the dictionary names by a seed, published under another name.
_PUBLISHED = {
    "answers": "dim_answer",
    "categories": "dim_category",
    "levels": "dim_level",
    "states": "dim_state",
    "statuses": "dim_status",
}
#: Keys of several columns that are none: the components of a distribution are its own, and what was published stays,
#: whatever became of its indicator.
_NO_LINK = {
    ("rpt_distribution", "dim_indicator_component"),
    ("rpt_restatement", "dim_indicator"),
    ("rpt_restatement", "dim_indicator_component"),
}


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
    references: list[str]


@dataclass(frozen=True, slots=True)
class Link:
    """Columns of a table whose values, where they are not null, are the key of a table, perhaps of itself."""

    columns: tuple[str, ...]
    table: str
    key: tuple[str, ...]


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
    made_from: list[str]
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
        """The tables of the package of `year`: the codebook first, then what is shown of its years.

        Raises UsageError if a row does not find what it refers to.
        """
        shown = sorted(name for name in self._tables if name.startswith(SHOWN))
        tables = [self._table(name, year) for name in (*CODEBOOK, *shown)]
        for table in tables:
            table.links = _links(table, tables)
            for link in table.links:
                self._require(table, link, tables)
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
            list(filter(None, row["made_from"].split("|"))),
        )

    def _require(self, table: Table, link: Link, tables: list[Table]) -> None:
        """Raise UsageError if a row of a table does not find its own by the link."""
        target = next(other for other in tables if other.name == link.table)
        pairs = list(zip(link.columns, link.key, strict=True))
        query = f"""
            select {", ".join(f'"{column}"' for column in link.columns)}
            from ({table.query}) as rows
            where {" and ".join(f'rows."{column}" is not null' for column in link.columns)}
                and not exists (
                    from ({target.query}) as target
                    where {" and ".join(f'target."{key}" = rows."{column}"' for column, key in pairs)}
                )
            order by all
            limit 1
        """
        if lost := self.connection.execute(query).fetchone():
            raise UsageError(
                tr(
                    "{table}.{column} is {value}, which {target} does not have: no package is written",
                    table=table.name,
                    column="|".join(link.columns),
                    value="|".join(map(str, lost)),
                    target=link.table,
                )
            )


def _links(table: Table, tables: list[Table]) -> list[Link]:
    """Links to the codebook: those the dictionary knows, and keys of several columns by their names."""
    codebook = [other for other in tables if other.name in CODEBOOK and other.key]
    single = {other.name: other.key[0] for other in codebook if len(other.key) == 1}
    links = []
    for column in table.columns:
        targets = {_target(reference) for reference in column.references}
        links += [
            Link((column.name,), name, (key,)) for name, key in sorted(targets) if single.get(name) == key
        ]
    names = {column.name for column in table.columns}
    for other in codebook:
        if (
            other is not table
            and len(other.key) > 1
            and names.issuperset(other.key)
            and (table.name, other.name) not in _NO_LINK
        ):
            links.append(Link(tuple(other.key), other.name, tuple(other.key)))
    return links


def _target(reference: str) -> tuple[str, str]:
    """`table.column` of the dictionary, by the names that are published."""
    table, _, column = reference.rpartition(".")
    return _PUBLISHED.get(table, table), column


def _column(row: dict[str, str]) -> Column:
    return Column(
        row["column_name"],
        row["type"],
        row["is_required"] == "true",
        _languages(row, "unit"),
        list(filter(None, row["codes"].split("|"))),
        _languages(row, "description"),
        _languages(row, "caveat"),
        list(filter(None, row["references"].split("|"))),
    )


def _languages(row: dict[str, str], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in ("fr", "en")}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
