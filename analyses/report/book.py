"""What all chapters share: the year's rows, the words, and the ways to make tables and charts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from analyses.report.cells import Cells, value_kind
from analyses.report.charts.specs import BarChart, Chart, Interval, IntervalChart
from analyses.report.database import Database, Row
from analyses.report.document import (
    Cell,
    CellKind,
    Column,
    Figure,
    Inlines,
    LegendItem,
    Notice,
    Paragraph,
    RowGroup,
    Table,
    TableRow,
    plain,
)
from analyses.report.messages import Messages

#: Signs that are explained wherever such a chart stands.
LEGENDS: dict[type[Chart], tuple[str, ...]] = {
    IntervalChart: ("dot", "interval", "bounds"),
    BarChart: ("bar", "thin", "bounds"),
}

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Book:
    """A report in the making: asks each query once, and speaks one language."""

    def __init__(self, database: Database, year: int, texts: Messages) -> None:
        self.year = year
        self.t = texts
        self.c = Cells(texts)
        self._database = database
        self._rows: dict[str, list[Row]] = {}

    def rows(self, query: str) -> list[Row]:
        """The rows of a query for the year of the report."""
        if query not in self._rows:
            self._rows[query] = self._database.ask(query, self.year)
        return self._rows[query]

    def now(self, query: str) -> list[Row]:
        """Those of the report's year alone."""
        return [row for row in self.rows(query) if row["year"] == self.year]

    def row(self, query: str) -> Row:
        """The only row of a query."""
        (row,) = self.rows(query)
        return row

    def figures(self, **wanted: Any) -> list[Row]:
        """Rows of the year's indicators whose columns have these values."""
        return [r for r in self.now("indicators") if all(r[name] == value for name, value in wanted.items())]

    def columns(self, prefix: str, *columns: tuple[str, CellKind]) -> tuple[Column, ...]:
        """Columns by the key of their heading, and their kind."""
        return tuple(Column(self.t(f"{prefix}.{name}"), kind) for name, kind in columns)

    def table(
        self,
        ident: str,
        columns: tuple[Column, ...],
        rows: Iterable[TableRow] | Iterable[RowGroup],
        query: str,
        title: str = "",
        notes: Sequence[Inlines] = (),
    ) -> Table:
        """A table; its title is the message `<ident>.table` unless given."""
        listed = list(rows)
        groups = tuple(item for item in listed if isinstance(item, RowGroup))
        plain_rows = tuple(item for item in listed if isinstance(item, TableRow))
        if plain_rows:
            groups = (RowGroup("", plain_rows),)
        return Table(
            f"table-{ident}", title or self.t(f"{ident}.table"), columns, groups, query, tuple(notes)
        )

    def figure(
        self,
        title: str,
        chart: Chart,
        described: Iterable[str],
        table: Table,
        base: Inlines = (),
        notes: Sequence[Inlines] = (),
        legend: Sequence[str] = (),
    ) -> Figure:
        """A figure over its table; both are named after the table's ident."""
        ident = table.ident.replace("table-", "figure-")
        signs = tuple(legend) or LEGENDS.get(type(chart), ())
        items = tuple(LegendItem(sign, self.t(f"legend.{sign}")) for sign in signs)
        described_text = " ".join(described)
        return Figure(ident, title, base, chart, described_text, table, table.query, tuple(notes), items)

    def note(self, ident: str, role: Any = "note", **values: Any) -> Notice:
        """A notice of one paragraph, its words under `<ident>.title` and `<ident>.text`."""
        text = Paragraph(self.t.rich(f"{ident}.text", **values))
        return Notice(f"notice-{ident}", self.t(f"{ident}.title"), (text,), role)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """The axis of shares."""
        return tuple((share, self.t.percent(share)) for share in TICKS)

    def name(self, row: Row) -> str:
        """What a row is called: the component where there are several, else the indicator."""
        if row["component_id"] == "all":
            return self.t.label(row)
        return self.t.label(row, "component_label")

    def full_name(self, row: Row) -> str:
        """The indicator, and its component where there are several."""
        if row["component_id"] == "all":
            return self.t.label(row)
        return self.t(
            "number.of", whole=self.t.label(row), part=short(self.t.label(row, "component_label"), 70)
        )

    def interval(self, row: Row, label: str, *, is_part: bool = False) -> Interval:
        """A line of a chart: what has no value says so in words."""
        has_bounds = bool(row["has_bounds"]) and row["bound_low"] is not None
        if row["value"] is not None:
            value, note = self.t.percent(row["value"]), plain(self.c.out_of(row, "numerator", "n_answered"))
        elif row["status"] == "bounds" and has_bounds:
            value = self.c.span(row, "bound_low", "bound_high").text
            note = self.t("basis.bounds_only")
        else:
            value = self.c.status(row).text
            note = self.t("basis.n", n=row["n_answered"] or 0)
        return Interval(
            label=label,
            value_label=value,
            note=note,
            is_part=is_part,
            value=row["value"],
            low=row["ci_low"],
            high=row["ci_high"],
            bound_low=row["bound_low"] if has_bounds else None,
            bound_high=row["bound_high"] if has_bounds else None,
        )

    def described(self, label: str, row: Row) -> str:
        """What is drawn of a row, in words."""
        line = self.interval(row, label)
        parts = [self.t("number.described", label=label, value=line.value_label, note=line.note)]
        uncertainty = plain(self.c.uncertainty(row)) if row["value"] is not None else ""
        return ", ".join([*parts, uncertainty] if uncertainty else parts) + "."

    def figure_columns(self, first: str) -> tuple[Column, ...]:
        """The columns of `figure_row`."""
        return (
            Column(first, "text"),
            *self.columns(
                "column",
                ("value", "share"),
                ("numerator", "count"),
                ("answered", "count"),
                ("evaluations", "count"),
                ("interval", "range"),
                ("bounds", "range"),
            ),
        )

    def figure_row(self, row: Row, label: str) -> TableRow:
        """A figure with all that is to be known of it."""
        ambiguous = (
            self.t.rich("basis.ambiguous", n=self.c.count(row, "n_ambiguous")) if row["n_ambiguous"] else ()
        )
        kind = value_kind(row)
        bounds = (
            self.c.span(row, "bound_low", "bound_high", kind)
            if row["has_bounds"]
            else Cell(self.t("number.none"), None, "range")
        )
        return TableRow(
            (
                Cell(label, label),
                self.c.value(row),
                self.c.count(row, "numerator"),
                self.c.count(row, "n_answered", note=ambiguous),
                self.c.count(row, "n_evaluations", note=self.coverage(row)),
                self.c.span(row, "ci_low", "ci_high"),
                bounds,
            )
        )

    def coverage(self, row: Row) -> Inlines:
        """n / E of a row, as small print."""
        return (self.c.share(row, "coverage"),) if row["coverage"] is not None else ()


def by_indicator(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows side by side of the same indicator."""
    return [list(group) for _, group in groupby(rows, key=lambda row: row["indicator_id"])]


def short(text: str, length: int) -> str:
    """A text cut at a word, with a mark where it was cut."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:(") + " […]"
