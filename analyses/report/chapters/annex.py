"""The annexes: a sheet for each indicator, and the queries."""

from __future__ import annotations

from itertools import groupby

from analyses.report.book import Book
from analyses.report.database import QUERIES, Row
from analyses.report.document import (
    Block,
    Cell,
    Inlines,
    Paragraph,
    Query,
    Section,
    Sheet,
    Table,
    TableRow,
    Terms,
)

#: What a sheet tells of an indicator; a line is left out where there is nothing to tell.
TOLD = ("numerator", "denominator", "caveat")
KINDS = ("coverage", "effect", "profile", "environment", "summary", "change")


def sheets(book: Book) -> list[Section]:
    """A sheet for each indicator and method, a section for each kind."""
    found: dict[str, list[Block]] = {kind: [] for kind in KINDS}
    values = {
        key: list(group)
        for key, group in groupby(
            book.rows("indicators"), key=lambda row: (row["indicator_id"], row["method_version"])
        )
    }
    for row in book.rows("sheets"):
        rows = values.get((row["indicator_id"], row["method_version"]), [])
        found.setdefault(row["kind"], []).append(_sheet(book, row, rows))
    return [
        Section(f"sheets-{kind}", book.t.code("kind", kind), tuple(blocks))
        for kind, blocks in found.items()
        if blocks
    ]


def _sheet(book: Book, row: Row, rows: list[Row]) -> Sheet:
    terms: list[tuple[Inlines, Inlines]] = [
        (book.t.rich(f"sheet.{name}"), (book.c.words(book.t.label(row, name)),))
        for name in TOLD
        if row[f"{name}_{book.t.language}"]
    ]
    facts = book.t.rich(
        "sheet.facts_text",
        unit=book.t.code("unit", row["unit"]),
        minimum=book.c.count(row, "minimum_n"),
        disclosure=book.t.code("disclosure", row["disclosure"]),
        version=str(row["method_version"]),
    )
    terms.append((book.t.rich("sheet.facts"), facts))
    # A query can be searched by the id, the version tells one method from another.
    ident = f"{row['indicator_id']}-{row['method_version']}".lower()
    return Sheet(
        f"sheet-{ident}",
        row["indicator_id"],
        book.t.label(row),
        (book.c.words(book.t.label(row, "definition")),),
        Terms(tuple(terms)),
        _history(book, ident, row, rows),
    )


def _history(book: Book, ident: str, sheet: Row, rows: list[Row]) -> Table | None:
    """The figures of the years, where the indicator has one figure a year."""
    listed = [row for row in rows if row["component_id"] == "all"]
    if not listed or all(row["status"] in ("not_asked", "no_register") for row in listed):
        return None
    columns = book.columns(
        "column",
        ("year", "text"),
        ("value", "share"),
        ("answered", "count"),
        ("evaluations", "count"),
        ("interval", "range"),
    )
    cells = [
        TableRow(
            (
                Cell(str(row["year"]), row["year"]),
                book.c.value(row),
                book.c.count(row, "n_answered"),
                book.c.count(row, "n_evaluations"),
                book.c.span(row, "ci_low", "ci_high"),
            )
        )
        for row in listed
    ]
    title = book.t("sheet.table", label=book.t.label(sheet))
    return book.table(f"sheet-{ident}", columns, cells, "indicators", title=title)


def queries(book: Book, used: set[str]) -> list[Section]:
    """The SQL of the queries that the report names."""
    blocks: list[Block] = [Paragraph(book.t.rich("sources.text", year=str(book.year)))]
    for name, query in QUERIES.items():
        if name in used:
            blocks.append(Query(f"query-{name}", name, book.t.code("use", name), query.sql))
    return [Section("sources-queries", "", tuple(blocks))]
