"""The sustainable development goals, by a mapping that is ours and proposed."""

from __future__ import annotations

from analyses.report.book import Book
from analyses.report.charts.specs import BarChart, Interval
from analyses.report.document import Block, Paragraph, Section, TableRow, plain


def sections(book: Book) -> list[Section]:
    """Sites that document a criterion of each goal."""
    rows = [row for row in book.rows("sdg") if row["status"] != "not_asked"]
    blocks: list[Block] = [Paragraph(book.t.rich("sdg.text"))]
    if rows:
        lines, described, listed = [], [], []
        for row in rows:
            label = book.t("sdg.goal", goal=row["goal"], label=book.t.label(row))
            value = book.c.count(row, "site_count") if row["site_count"] is not None else book.c.status(row)
            of = plain(book.t.rich("sdg.of", n=row["evaluation_count"]))
            share = (
                row["site_count"] / row["evaluation_count"]
                if row["site_count"] is not None and row["evaluation_count"]
                else None
            )
            lines.append(Interval(label, value.text, of, value=share))
            described.append(book.t("number.described", label=label, value=value.text, note=of) + ".")
            listed.append(TableRow((book.c.words(label), value, book.c.count(row, "evaluation_count"))))
        columns = book.columns("column", ("goal", "text"), ("sites", "count"), ("evaluations", "count"))
        table = book.table("sdg", columns, listed, "sdg", title=book.t("sdg.table", year=str(book.year)))
        title = book.t("sdg.title", year=str(book.year))
        blocks.append(
            book.figure(title, BarChart(tuple(lines), book.ticks()), described, table, legend=["bar-share"])
        )
    return [Section("sdg-goals", "", tuple(blocks))]
