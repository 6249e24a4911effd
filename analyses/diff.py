"""What differs between two publications, and why: packages, releases, or folders of Parquet.

Figures are compared by their keys; each that changed is told with the causes that the two sides show: another
method, another codebook, other exports, other corrections of its year. A cause that neither side shows is `unknown`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingest.collect import UsageError
from ingest.console import Lines, short
from ingest.console import Table as Listing
from ingest.speech import tr

#: A figure's key, as far as both sides have it; packages of long ago may lack a column.
_KEY = ("indicator_id", "method_version", "component_id", "year", "scope_type", "scope_id")
#: What of a figure is compared.
_MEASURES = ("numerator", "denominator", "value", "status")
#: Changed figures that people are shown; --json gives all.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table's rows on both sides, the rows that stand on one alone, and columns that came or went."""

    name: str
    rows_a: int | None  # null where the side has no such table
    rows_b: int | None
    only_a: int
    only_b: int
    columns_gone: list[str]
    columns_new: list[str]


@dataclass(frozen=True, slots=True)
class YearChange:
    """The coverage of a year on both sides; null where a side has nothing of it."""

    year: int
    evaluations_a: int | None
    evaluations_b: int | None
    exports_a: int | None
    exports_b: int | None


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs: `is` new, gone or changed."""

    key: dict[str, Any]
    is_: str
    a: dict[str, Any]
    b: dict[str, Any]
    causes: list[str]


@dataclass(slots=True)
class Difference:
    """What differs between two sides."""

    a: str
    b: str
    years: list[YearChange] = field(default_factory=list)
    tables: list[TableChange] = field(default_factory=list)
    figures: list[FigureChange] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The difference as one JSON object."""
        figures = [
            {**figure.key, "is": figure.is_, "a": figure.a, "b": figure.b, "causes": figure.causes}
            for figure in self.figures
        ]
        told = {"years": [asdict(y) for y in self.years], "tables": [asdict(t) for t in self.tables]}
        return {
            "a": self.a,
            "b": self.b,
            "equal": not (self.years or self.tables),
            **told,
            "figures": figures,
            "statuses": self.statuses,
            "causes": self.causes,
        }

    def as_lines(self) -> Lines:
        """The difference for people."""
        lines = [("A", short(Path(self.a))), ("B", short(Path(self.b)))]
        if not (self.years or self.tables):
            return [*lines, (tr("Same"), tr("every table that both have holds the same rows"))]
        kinds = {
            tr("changed"): sum(f.is_ == "changed" for f in self.figures),
            tr("new"): sum(f.is_ == "new" for f in self.figures),
            tr("gone"): sum(f.is_ == "gone" for f in self.figures),
        }
        lines.append((tr("Figures"), " · ".join(f"{count} {kind}" for kind, count in kinds.items())))
        if self.statuses:
            lines.append((tr("Status"), " · ".join(f"{change}: {n}" for change, n in self.statuses.items())))
        if self.causes:
            lines.append((tr("Causes"), " · ".join(f"{cause}: {n}" for cause, n in self.causes.items())))
        return lines

    def as_tables(self) -> list[Listing]:
        """Coverage, tables and figures, as far as they differ."""
        coverage = Listing(
            tr("Coverage"),
            (tr("year"), tr("evaluations A"), tr("evaluations B"), tr("exports A"), tr("exports B")),
            [tuple(_said(v) for v in asdict(year).values()) for year in self.years],
        )
        tables = Listing(
            tr("Tables"),
            (tr("table"), tr("rows A"), tr("rows B"), tr("only in A"), tr("only in B"), tr("columns")),
            [
                (
                    table.name,
                    _said(table.rows_a),
                    _said(table.rows_b),
                    str(table.only_a),
                    str(table.only_b),
                    " ".join([*(f"-{c}" for c in table.columns_gone), *(f"+{c}" for c in table.columns_new)]),
                )
                for table in self.tables
            ],
        )
        rest = len(self.figures) - SHOWN
        figures = Listing(
            tr("Figures"),
            (tr("figure"), "A", "B", tr("causes")),
            [
                (
                    " ".join(str(part) for part in figure.key.values()),
                    _figure(figure.a),
                    _figure(figure.b),
                    ", ".join(figure.causes),
                )
                for figure in self.figures[:SHOWN]
            ],
            [tr("and {n} more: --json gives all", n=rest)] if rest > 0 else [],
        )
        return [listing for listing in (coverage, tables, figures) if listing.rows]


def compare(a: str, b: str, releases: Path) -> Difference:
    """Compare two sides. Each is a folder (a package, a release, Parquet) or the beginning of a release's id.

    Raises UsageError for one that is none of these.
    """
    folders = [_folder(side, releases) for side in (a, b)]
    with duckdb.connect() as connection:
        columns = [_attach(connection, name, folder) for name, folder in zip("ab", folders, strict=True)]
        difference = Difference(str(folders[0]), str(folders[1]))
        difference.years = _years(connection, *columns)
        difference.tables = _tables(connection, *columns)
        difference.figures = _figures(connection, *columns)
    for figure in difference.figures:
        before, after = figure.a.get("status"), figure.b.get("status")
        if before and after and before != after:
            change = f"{before} → {after}"
            difference.statuses[change] = difference.statuses.get(change, 0) + 1
        for cause in figure.causes:
            difference.causes[cause] = difference.causes.get(cause, 0) + 1
    return difference


def _folder(side: str, releases: Path) -> Path:
    if Path(side).is_dir():
        return Path(side).resolve()
    found = [entry for entry in releases.glob("*") if entry.is_dir() and entry.name.startswith(side)]
    if side and len({entry.resolve() for entry in found}) == 1:
        return found[0].resolve()
    known = ", ".join(sorted(entry.name for entry in releases.glob("[0-9]*-*"))) or tr("none")
    raise UsageError(
        tr(
            "{side}: neither a folder nor one release; the releases of {path} are {known}",
            side=side,
            path=releases.parent,
            known=known,
        )
    )


def _attach(connection: duckdb.DuckDBPyConnection, schema: str, folder: Path) -> dict[str, list[str]]:
    """Make a view of each table of a side; return their columns."""
    parquet = next((folder / name for name in ("data", "parquet") if (folder / name).is_dir()), folder)
    connection.execute(f"create schema {schema}")
    for entry in sorted(parquet.iterdir()):
        files = entry if entry.suffix == ".parquet" else entry / "**" / "*.parquet"
        if entry.suffix == ".parquet" or (entry.is_dir() and any(entry.rglob("*.parquet"))):
            path = str(files).replace("'", "''")
            # Where tables have a folder per year, its name is the column.
            query = f"from read_parquet('{path}', hive_partitioning = {str(entry.is_dir()).lower()})"
            connection.execute(f'create view {schema}."{entry.stem}" as {query}')
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = $1 order by all", [schema]
    ).fetchall():
        found.setdefault(table, []).append(column)
    if not found:
        raise UsageError(tr("{path}: neither a package nor a release, and no Parquet in it", path=folder))
    return found


Columns = dict[str, list[str]]


def _years(connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns) -> list[YearChange]:
    table = "rpt_participation"
    if table not in a or table not in b:
        return []
    rows = connection.execute(
        """
        with
            a as (select * from a.rpt_participation where format = 'all'),
            b as (select * from b.rpt_participation where format = 'all')

        select year, a.evaluation_count, b.evaluation_count, a.export_count, b.export_count
        from a
        full join b using (year)
        where
            a.evaluation_count is distinct from b.evaluation_count
            or a.export_count is distinct from b.export_count
        order by year
        """
    ).fetchall()
    return [YearChange(*row) for row in rows]


def _tables(connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns) -> list[TableChange]:
    changes = []
    for name in sorted(a.keys() | b.keys()):
        common = sorted(set(a.get(name, ())) & set(b.get(name, ())))
        counts = [
            connection.execute(f'select count(*) from {side}."{name}"').fetchall()[0][0]
            if name in has
            else None
            for side, has in (("a", a), ("b", b))
        ]
        listed = ", ".join(f'"{column}"' for column in common)
        only = [
            connection.execute(
                f'select count(*) from (select {listed} from {x}."{name}" except all select {listed} from {y}."{name}")'
            ).fetchall()[0][0]
            if common
            else (count or 0)
            for x, y, count in (("a", "b", counts[0]), ("b", "a", counts[1]))
        ]
        gone = sorted(set(a.get(name, ())) - set(common)) if common else []
        new = sorted(set(b.get(name, ())) - set(common)) if common else []
        if any(only) or gone or new or None in counts:
            changes.append(TableChange(name, counts[0], counts[1], only[0], only[1], gone, new))
    return changes


def _figures(connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns) -> list[FigureChange]:
    table = "rpt_indicator"
    if table not in a or table not in b:
        return []
    key = [column for column in _KEY if column in a[table] and column in b[table]]
    measures = [column for column in _MEASURES if column in a[table] and column in b[table]]
    causes = [f"case when {condition} then '{cause}' end" for cause, condition in _causes(a, b).items()]
    relation = connection.execute(
        f"""
        with

        a as (select {", ".join((*key, *measures))}, true as is_there from a.{table}),
        b as (select {", ".join((*key, *measures))}, true as is_there from b.{table})

        select
            {", ".join(key)},
            a.is_there is null as is_new,
            b.is_there is null as is_gone,
            {", ".join(f"a.{m} as a_{m}, b.{m} as b_{m}" for m in measures)},
            list_filter([{", ".join(causes)}], lambda cause: cause is not null)
        from a
        full join b using ({", ".join(key)})
        where {" or ".join(f"a.{m} is distinct from b.{m}" for m in (*measures, "is_there"))}
        order by {", ".join(key)}
        """
    )
    names = [column[0] for column in relation.description or ()][:-1]
    changes = []
    for *values, found in relation.fetchall():
        row = dict(zip(names, values, strict=True))
        sides = [{m: row[f"{side}_{m}"] for m in measures} for side in "ab"]
        kind = "new" if row["is_new"] else "gone" if row["is_gone"] else "changed"
        changes.append(
            FigureChange(
                {column: row[column] for column in key},
                kind,
                {} if row["is_new"] else sides[0],
                {} if row["is_gone"] else sides[1],
                found or ["unknown"],
            )
        )
    return changes


def _causes(a: Columns, b: Columns) -> dict[str, str]:
    """For each cause that both sides can show, a condition on a figure's row."""
    causes: dict[str, str] = {}

    def differing(table: str, columns: str) -> str:
        """Rows of either side that the other has not, cut down to some of their columns."""
        common = ", ".join(f'"{c}"' for c in sorted(set(a[table]) & set(b[table])))
        sides = [
            f"(select {common} from {x}.{table} except select {common} from {y}.{table})"
            for x, y in ("ab", "ba")
        ]
        return f"select distinct {columns} from ({sides[0]} union all {sides[1]})"

    shared = a.keys() & b.keys()
    if "dim_indicator" in shared:
        tables = [t for t in ("dim_indicator", "dim_indicator_component") if t in shared]
        rows = " union ".join(differing(table, "indicator_id, method_version") for table in tables)
        causes["method"] = f"(indicator_id, method_version) in ({rows})"
    if {"dim_question", "dim_answer", "dim_indicator_component"} <= shared:
        questions = f"""
            select question_id from ({differing("dim_question", "question_id")})
            union
            select question_id from b.dim_question
            where answer_list in ({differing("dim_answer", "answer_list")})
        """
        indicators = f"select indicator_id from b.dim_indicator_component where question_id in ({questions})"
        causes["codebook"] = f"indicator_id in ({indicators})"
    if {"dim_source", "dim_record"} <= shared:
        causes["sources"] = f"year in ({differing('dim_record', 'year')})"
    elif "rpt_participation" in shared:
        causes["sources"] = f"year in ({differing('rpt_participation', 'year')})"
    if "qc_corrections" in shared:
        causes["corrections"] = f"year in ({differing('qc_corrections', 'year')} where year is not null)"
    if "rpt_indicator" in shared:
        versions = "select distinct indicator_id, method_version from {side}.rpt_indicator"
        one_sided = " union ".join(
            f"({versions.format(side=x)} except {versions.format(side=y)})" for x, y in ("ab", "ba")
        )
        known = causes.get("method", "false")
        causes["method"] = f"({known} or (indicator_id, method_version) in ({one_sided}))"
    return causes


def _said(value: object) -> str:
    return "–" if value is None else str(value)


def _figure(measures: dict[str, Any]) -> str:
    if not measures:
        return "–"
    value, status = measures.get("value"), measures.get("status")
    counts = "/".join(_said(measures.get(name)) for name in ("numerator", "denominator"))
    return f"{value:.3f} ({counts})" if value is not None else f"{status} ({counts})"
