"""What differs between two publications, and why: packages, releases, or folders of Parquet.

Figures are compared by their keys; each that changed is told with the causes that the two sides show: another
method, another codebook, other exports, other corrections of its year, another disclosure, another register. A cause
that neither side shows is `unknown`; what the sides cannot show is said.
"""

from __future__ import annotations

import math
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from analyses.diff_figures import (
    CHANGES,
    FIGURES,
    TOLERANCE,
    Columns,
    FigureChange,
    NotCompared,
    absent,
    alike,
    common,
    figures,
    key_text,
)
from ingest.collect import UsageError
from ingest.console import Lines, short
from ingest.console import Table as Listing
from ingest.speech import tr

#: Changed figures that people are shown; --json gives all.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table's rows on both sides, those that stand on one alone, and columns that came, went or changed type."""

    name: str
    rows_a: int | None  # null where the side has no such table
    rows_b: int | None
    only_a: int
    only_b: int
    columns_gone: list[str]
    columns_new: list[str]
    columns_retyped: list[str]


@dataclass(frozen=True, slots=True)
class YearChange:
    """The coverage of a year on both sides; null where a side has nothing of it."""

    year: int
    evaluations_a: int | None
    evaluations_b: int | None
    exports_a: int | None
    exports_b: int | None


@dataclass(slots=True)
class Difference:
    """What differs between two sides."""

    a: str
    b: str
    years: list[YearChange] = field(default_factory=list)
    tables: list[TableChange] = field(default_factory=list)
    figures: list[FigureChange] = field(default_factory=list)
    changes: list[FigureChange] = field(default_factory=list)  # from year to year
    not_compared: list[NotCompared] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The difference as one JSON object."""
        figures, changes = (
            [{**f.key, "is": f.is_, "a": f.a, "b": f.b, "causes": f.causes} for f in listed]
            for listed in (self.figures, self.changes)
        )
        told = {"years": [asdict(y) for y in self.years], "tables": [asdict(t) for t in self.tables]}
        return {
            "a": self.a,
            "b": self.b,
            "equal": not (self.years or self.tables),
            **told,
            "figures": figures,
            "changes": changes,
            "not_compared": [asdict(what) for what in self.not_compared],
            "statuses": self.statuses,
            "causes": self.causes,
        }

    def as_lines(self) -> Lines:
        """The difference for people."""
        lines = [("A", short(Path(self.a))), ("B", short(Path(self.b)))]
        unseen = [(tr("Not compared"), what.said()) for what in self.not_compared]
        if not (self.years or self.tables):
            return [*lines, (tr("Same"), tr("every table that both have holds the same rows")), *unseen]
        lines += [(tr("Figures"), _counted(self.figures)), (tr("Changes"), _counted(self.changes))]
        if self.statuses:
            lines.append((tr("Status"), " · ".join(f"{change}: {n}" for change, n in self.statuses.items())))
        if self.causes:
            lines.append((tr("Causes"), " · ".join(f"{cause}: {n}" for cause, n in self.causes.items())))
        return lines + unseen

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
                    ", ".join(
                        [
                            *(f"-{column}" for column in table.columns_gone),
                            *(f"+{column}" for column in table.columns_new),
                            *table.columns_retyped,
                        ]
                    ),
                )
                for table in self.tables
            ],
        )
        listings = (
            coverage,
            tables,
            _listing(tr("Figures"), self.figures),
            _listing(tr("Changes"), self.changes),
        )
        return [listing for listing in listings if listing.rows]


def compare(a: str, b: str, releases: Path) -> Difference:
    """Compare two sides: a folder (a package, a release, Parquet), a package's ZIP, or the beginning of a release's id.

    Raises UsageError for one that is none of these.
    """
    with ExitStack() as stack:
        named = [_named(side, releases) for side in (a, b)]
        folders = [_opened(path, stack) for path in named]
        connection = stack.enter_context(duckdb.connect())
        one, other = (
            _attach(connection, schema, folder, path)
            for schema, folder, path in zip("ab", folders, named, strict=True)
        )
        difference = Difference(str(named[0]), str(named[1]))
        difference.years, difference.not_compared = _years(connection, one, other)
        difference.tables = _tables(connection, one, other)
        difference.figures, unseen = figures(connection, one, other, FIGURES)
        difference.changes, unseen_too = figures(connection, one, other, CHANGES)
        # What hides a cause of the figures hides it of the changes as well, and is said once.
        difference.not_compared = list(dict.fromkeys([*difference.not_compared, *unseen, *unseen_too]))
    both = [(figure.a.get("status"), figure.b.get("status")) for figure in difference.figures]
    statuses = Counter(
        f"{before} → {after}" for before, after in both if before and after and before != after
    )
    difference.statuses = dict(statuses)
    difference.causes = dict(Counter(cause for figure in difference.figures for cause in figure.causes))
    return difference


def _named(side: str, releases: Path) -> Path:
    path = Path(side)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == ".zip"):
        return path.resolve()
    found = [entry for entry in releases.glob("*") if entry.is_dir() and entry.name.startswith(side)]
    if side and len({entry.resolve() for entry in found}) == 1:
        return found[0].resolve()
    known = ", ".join(sorted(entry.name for entry in releases.glob("[0-9]*-*"))) or tr("none")
    raise UsageError(
        tr(
            "{side}: neither a folder nor one release nor a ZIP; the releases of {path} are {known}",
            side=side,
            path=releases.parent,
            known=known,
        )
    )


def _opened(path: Path, stack: ExitStack) -> Path:
    """The folder of a side; that of a ZIP is a temporary one, removed when `stack` is left."""
    if path.is_dir():
        return path
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="effets-diff-")))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            for entry in entries:
                _insist_inside(entry, path)
            for entry in entries:
                if entry.filename.endswith(".parquet"):
                    archive.extract(entry, folder)
    # RuntimeError: it is locked by a password.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as problem:
        raise UsageError(
            tr("{path}: the ZIP cannot be read ({why}): fetch it again", path=path, why=problem)
        ) from problem
    # `effets package --zip` puts all into one folder.
    inner = list(folder.iterdir())
    return inner[0] if len(inner) == 1 and inner[0].name not in ("data", "parquet") else folder


def _insist_inside(entry: zipfile.ZipInfo, path: Path) -> None:
    name = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or is_link:
        raise UsageError(
            tr(
                "{path}: {entry} leads out of the folder that it is unpacked into: it is no package of ours",
                path=path,
                entry=entry.filename,
            )
        )


def _attach(connection: duckdb.DuckDBPyConnection, schema: str, folder: Path, named: Path) -> Columns:
    """Make a view of each table of a side; return their columns."""
    parquet = next((folder / name for name in ("data", "parquet") if (folder / name).is_dir()), folder)
    connection.execute(f"create schema {schema}")
    for entry in sorted(parquet.iterdir()):
        files = entry if entry.suffix == ".parquet" else entry / "**" / "*.parquet"
        if entry.suffix == ".parquet" or (entry.is_dir() and any(entry.rglob("*.parquet"))):
            path = str(files).replace("'", "''")
            # Where tables have a folder per year, its name is the column.
            query = f"from read_parquet('{path}', hive_partitioning = {str(entry.is_dir()).lower()})"
            try:
                connection.execute(f'create view {schema}."{entry.stem}" as {query}')
            except duckdb.Error as problem:
                raise UsageError(
                    tr("{path}: {file} is no Parquet: make or fetch it again", path=named, file=entry.name)
                ) from problem
    found: Columns = {}
    for table, column, type_ in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = $1 order by all",
        [schema],
    ).fetchall():
        found.setdefault(table, {})[column] = type_
    if not found:
        raise UsageError(tr("{path}: neither a package nor a release, and no Parquet in it", path=named))
    return found


def _years(
    connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns
) -> tuple[list[YearChange], list[NotCompared]]:
    table, counts = "rpt_participation", ("evaluation_count", "export_count")
    missing = absent("coverage", a, b, table, "year", "format", *counts)
    told = common(a, b, table, counts)
    if not told or not common(a, b, table, ["year"]):
        return [], missing
    for name, side in (("a", a), ("b", b)):
        columns = ", ".join(
            f"try_cast({c} as bigint) as {c}" if c in told else f"null::bigint as {c}" for c in counts
        )
        # Without formats, a row is all of its year.
        of_all = "format = 'all'" if "format" in side[table] else "true"
        connection.execute(
            f"create or replace temp view coverage_{name} as "
            f"select {key_text('year', side[table]['year'])} as year, {columns} from {name}.{table} where {of_all}"
        )
        [(rows, years)] = connection.execute(
            f"select count(*), count(distinct year) from coverage_{name}"
        ).fetchall()
        if rows != years:
            return [], [*missing, NotCompared("coverage", table, "repeated")]
    rows_found = connection.execute(
        """
        select
            try_cast(year as integer),
            a.evaluation_count,
            b.evaluation_count,
            a.export_count,
            b.export_count
        from coverage_a as a
        full join coverage_b as b using (year)
        where
            try_cast(year as integer) is not null
            and (
                a.evaluation_count is distinct from b.evaluation_count
                or a.export_count is distinct from b.export_count
            )
        order by year
        """
    ).fetchall()
    return [YearChange(*row) for row in rows_found], missing


def _tables(connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns) -> list[TableChange]:
    changes = []
    for name in sorted(a.keys() | b.keys()):
        counts = [
            connection.execute(f'select count(*) from {side}."{name}"').fetchall()[0][0]
            if name in has
            else None
            for side, has in (("a", a), ("b", b))
        ]
        shared = common(a, b, name)
        only = _one_sided(connection, a, b, name) if shared else [count or 0 for count in counts]
        gone = sorted(a[name].keys() - set(shared)) if None not in counts else []
        new = sorted(b[name].keys() - set(shared)) if None not in counts else []
        retyped = [
            f"{column}: {a[name][column]} → {b[name][column]}"
            for column in shared
            if a[name][column] != b[name][column]
        ]
        if any(only) or gone or new or retyped or None in counts:
            changes.append(TableChange(name, counts[0], counts[1], only[0], only[1], gone, new, retyped))
    return changes


def _one_sided(connection: duckdb.DuckDBPyConnection, a: Columns, b: Columns, name: str) -> list[int]:
    """How many rows stand in A alone and in B alone, by the columns that both have."""
    only: list[int] = []
    # To look past the noise of doubles costs time, and is needed only where rows differ at all.
    for rounded in (False, True):
        listed = ", ".join(alike(a, b, name, column, rounded=rounded) for column in common(a, b, name))
        only = [
            connection.execute(
                f'select count(*) from (select {listed} from {x}."{name}" except all select {listed} from {y}."{name}")'
            ).fetchall()[0][0]
            for x, y in ("ab", "ba")
        ]
        if not any(only):
            break
    return only


def _said(value: object) -> str:
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _counted(changes: list[FigureChange]) -> str:
    kinds = Counter(change.is_ for change in changes)
    names = {"changed": tr("changed"), "new": tr("new"), "gone": tr("gone")}
    return " · ".join(f"{kinds[kind]} {name}" for kind, name in names.items())


def _listing(title: str, changes: list[FigureChange]) -> Listing:
    rest = len(changes) - SHOWN
    return Listing(
        title,
        (tr("figure"), "A", "B", tr("causes")),
        [
            (
                " ".join(str(part) for part in change.key.values()),
                _figure(change.a, change.b),
                _figure(change.b, change.a),
                ", ".join(change.causes),
            )
            for change in changes[:SHOWN]
        ],
        [tr("and {n} more: --json gives all", n=rest)] if rest > 0 else [],
    )


def _figure(measures: dict[str, Any], other: dict[str, Any]) -> str:
    """The figure in short, and what else of it differs from the other side's."""
    if not measures:
        return "–"
    short_form = ("numerator", "denominator", "value", "status")
    value, status = measures.get("value"), measures.get("status")
    parts = (
        [_said(value) if value is not None else str(status)] if {"value", "status"} & measures.keys() else []
    )
    if {"numerator", "denominator"} & measures.keys():
        parts.append("(" + "/".join(_said(measures.get(name)) for name in ("numerator", "denominator")) + ")")
    parts += [
        f"{name} {_said(told)}"
        for name, told in measures.items()
        if name not in short_form and other and not _is_same(told, other.get(name))
    ]
    return " ".join(parts)


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE)
    return one == other
