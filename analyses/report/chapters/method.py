"""How the figures are made, what they do not say, and what changed since they were last published."""

from __future__ import annotations

from analyses.report.book import Book
from analyses.report.database import Row
from analyses.report.document import Block, Cell, Heading, Paragraph, Section, TableRow, Terms

TERMS = ("evaluation", "counts", "share", "interval", "bounds", "change", "minimum", "masked", "choice")
LIMITS = ("unknown", "default", "lost", "observed", "years", "ranking", "candour", "testimonies")


def sections(book: Book) -> list[Section]:
    """Method, limits, restatements."""
    parts: list[tuple[str, list[Block]]] = [
        ("terms", _terms(book)),
        ("limits", _limits(book)),
        ("restatements", _restatements(book)),
    ]
    return [Section(f"method-{name}", book.t(f"method.{name}"), tuple(blocks)) for name, blocks in parts]


def _terms(book: Book) -> list[Block]:
    terms = Terms(tuple((book.t.rich(f"term.{name}"), book.t.rich(f"term.{name}_text")) for name in TERMS))
    rows = [
        TableRow(
            (book.c.words(book.t.code("year_basis", row["year_basis"])), book.c.count(row, "record_count"))
        )
        for row in book.rows("year_bases")
    ]
    columns = book.columns("column", ("basis", "text"), ("records", "count"))
    return [terms, book.table("method-dates", columns, rows, "year_bases")]


def _limits(book: Book) -> list[Block]:
    totals = book.row("completeness_totals")
    values = {
        name: book.c.count(totals, f"{name}_count")
        for name in ("answered", "blank", "not_shown", "ambiguous", "lost")
    }
    blocks: list[Block] = []
    for name in LIMITS:
        blocks.append(Heading(book.t.rich(f"limit.{name}")))
        blocks.append(Paragraph(book.t.rich(f"limit.{name}_text", year=str(book.year), **values)))
    sites = book.row("sites")
    if sites["invented_count"]:
        blocks.append(Heading(book.t.rich("limit.invented")))
        n = book.c.count(sites, "invented_count")
        blocks.append(Paragraph(book.t.rich("limit.invented_text", n=n, year=str(book.year))))
    return blocks


def _restatements(book: Book) -> list[Block]:
    """Figures of published reports that are others today, and why."""
    rows = [row for row in book.rows("restatements") if row["year"] <= book.year]
    if not rows:
        return [Paragraph(book.t.rich("method.no_restatement"))]
    listed = [
        TableRow(
            (
                book.c.words(book.full_name(row) if row["label_fr"] else str(row["indicator_id"])),
                Cell(str(row["year"]), row["year"]),
                Cell(str(row["report_year"]), row["report_year"]),
                _told(book, row, "then"),
                _told(book, row, "now"),
                book.c.words(book.t.label(row, "causes")),
            )
        )
        for row in rows
    ]
    columns = book.columns(
        "column",
        ("indicator", "text"),
        ("year", "text"),
        ("report", "text"),
        ("value_then", "share"),
        ("value_now", "share"),
        ("cause", "text"),
    )
    table = book.table("method-restatements", columns, listed, "restatements")
    return [Paragraph(book.t.rich("method.restated")), table]


def _told(book: Book, row: Row, when: str) -> Cell:
    """A figure then or now, or why there was none."""
    if row[f"value_{when}"] is not None:
        return book.c.figure(row, f"value_{when}", "share" if row["statistic"] == "share" else "number")
    words = row[f"status_{when}_{book.t.language}"]
    return Cell(book.t.typeset(words) if words else book.t("number.none"), None, "status")
