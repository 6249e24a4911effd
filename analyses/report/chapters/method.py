"""How the figures are made, what they do not say, and what changed since they were last published."""

from __future__ import annotations

from analyses.report.book import Book
from analyses.report.document import Block, Bullets, Cell, Heading, Paragraph, Section, TableRow, Terms

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
    rows = book.rows("restatements")
    if not rows:
        return [Paragraph(book.t.rich("method.no_restatement"))]
    return [Bullets(tuple((Cell(str(row), str(row)),) for row in rows))]
