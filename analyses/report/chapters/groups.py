"""Groups of sites side by side, where enough of each answer."""

from __future__ import annotations

from itertools import groupby

from analyses.report.book import Book
from analyses.report.database import Row
from analyses.report.document import Block, Cell, Column, Paragraph, Section, TableRow

#: Sets of groups, in the order of the specification.
SCOPES = (
    "region",
    "department",
    "commune_size",
    "thematique",
    "legal_status",
    "opening_age",
    "priority_district",
    "export_form",
)
#: A table has no more indicators than a page is wide.
WIDTH = 6


def sections(book: Book) -> list[Section]:
    """A section for each set of groups of which some has a figure; what is withheld is counted."""
    found = {
        scope: list(rows) for scope, rows in groupby(book.rows("groups"), key=lambda row: row["scope_type"])
    }
    left = {row["scope_type"]: row for row in book.rows("groups_left_out")}
    listed = []
    for scope in SCOPES:
        blocks = _groups(book, scope, found.get(scope, []), left.get(scope))
        if blocks:
            listed.append(
                Section(f"groups-{scope.replace('_', '-')}", book.t(f"scope.{scope}"), tuple(blocks))
            )
    lead = Paragraph(book.t.rich("groups.lead" if listed else "groups.none"))
    return [Section("groups-lead", "", (lead,)), *listed]


def _groups(book: Book, scope: str, rows: list[Row], left: Row | None) -> list[Block]:
    shown = [row for row in rows if row["value"] is not None]
    # Sites of which nothing is known are no group.
    if left is None or not any(row["scope_id"] != "unknown" for row in shown):
        return []
    indicators: dict[str, str] = {row["indicator_id"]: book.t.label(row) for row in shown}
    # The indicators that most groups have; then as the rows come.
    order = sorted(indicators, key=lambda i: -sum(row["indicator_id"] == i for row in shown))[:WIDTH]
    columns_of = [name for name in indicators if name in order]
    groups = dict.fromkeys(row["scope_id"] for row in shown if row["indicator_id"] in columns_of)
    cells = {(row["scope_id"], row["indicator_id"]): row for row in rows}
    labels = {row["scope_id"]: book.t.label(row, "scope_label") for row in rows}
    listed = []
    for group in sorted(groups, key=lambda g: (g == "unknown", book.t.order(labels[g]))):
        figures = [_cell(book, cells.get((group, name))) for name in columns_of]
        listed.append(TableRow((book.c.words(labels[group]), *figures)))
    columns = (
        Column(book.t("column.group"), "text"),
        *(Column(indicators[name], "share") for name in columns_of),
    )
    note = book.t.rich(
        "groups.left",
        ok=book.c.count(left, "ok_count"),
        small=book.c.count(left, "small_count"),
        bounds=book.c.count(left, "bounds_count"),
        masked=book.c.count(left, "suppressed_count"),
    )
    title = book.t("groups.table", scope=book.t(f"scope.{scope}_by"), year=str(book.year))
    return [
        book.table(f"groups-{scope.replace('_', '-')}", columns, listed, "groups", title=title, notes=[note])
    ]


def _cell(book: Book, row: Row | None) -> Cell:
    if row is None:
        return Cell(book.t("groups.too_few"), None, "status")
    note = book.c.out_of(row, "numerator", "n_answered") if row["numerator"] is not None else ()
    return book.c.value(row, note)
