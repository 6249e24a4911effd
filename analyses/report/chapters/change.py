"""Change: on matched sites alone, by a rule that was set before; and the years side by side."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from analyses.report.book import Book
from analyses.report.charts.specs import Change, DumbbellChart, Panel, Point, TrendChart
from analyses.report.database import Row
from analyses.report.document import Block, Cell, Column, Paragraph, Run, Section, TableRow, plain


def sections(book: Book) -> list[Section]:
    """Matched sites, what could not be compared, and the years."""
    parts: list[tuple[str, list[Block]]] = [
        ("matched", _matched(book)),
        ("breaks", _breaks(book)),
        ("years", _years(book)),
    ]
    return [
        Section(f"change-{name}", book.t(f"change.{name}"), tuple(blocks)) for name, blocks in parts if blocks
    ]


def _matched(book: Book) -> list[Block]:
    rows = book.rows("changes")
    if not rows:
        return [Paragraph(book.t.rich("change.first", year=str(book.year)))]
    counted = book.row("changes_counted")
    blocks: list[Block] = [Paragraph(book.t.rich("change.rule"))]
    if counted["tested_count"]:
        blocks.append(
            Paragraph(
                book.t.rich(
                    "change.lead",
                    n=book.c.count(counted, "tested_count"),
                    up=book.c.count(counted, "up_count"),
                    down=book.c.count(counted, "down_count"),
                )
            )
        )
    else:
        blocks.append(Paragraph(book.t.rich("change.untested")))
    left = {name: book.c.count(counted, f"{name}_count") for name in ("small", "bounds", "suppressed")}
    blocks.append(
        Paragraph(book.t.rich("change.left", breaks=book.c.count(counted, "break_count"), **left), "help")
    )
    tested = [row for row in rows if row["status"] == "ok"]
    tested.sort(key=lambda row: (row["p_value_holm"], row["p_value"], -abs(row["change"])))
    if tested:
        blocks.insert(2, _dumbbells(book, tested))
    return blocks


def _dumbbells(book: Book, tested: list[Row]) -> Block:
    first = tested[0]
    years = str(first["year_from"]), str(first["year_to"])
    columns = (
        *book.columns("column", ("indicator", "text"), ("matched_answering", "count")),
        *book.columns(
            "column", ("from", "share"), ("to", "share"), ("gained", "count"), ("lost_answers", "count")
        ),
        *book.columns("column", ("change", "points"), ("interval", "range"), ("p", "probability")),
        *book.columns("column", ("p_holm", "probability"), ("verdict", "text")),
    )
    changes, described, rows = [], [], []
    for row in tested:
        label = book.full_name(row)
        points = book.c.figure(row, "change", "points")
        verdict = book.t(f"verdict.{row['arrow'] or 'none'}")
        basis = plain(book.t.rich("change.note", n=row["n_matched"], gained=row["gained"], lost=row["lost"]))
        # The chart fits a page: the indicators, and whatever passes the rule; the table has every answer.
        if row["component_id"] == "all" or row["arrow"]:
            told = book.t("change.points", points=points.text)
            changes.append(Change(label, row["value_from"], row["value_to"], told, basis, row["arrow"]))
            before, after = book.t.percent(row["value_from"]), book.t.percent(row["value_to"])
            described.append(
                book.t(
                    "change.described", label=label, before=before, after=after, note=basis, verdict=verdict
                )
            )
        rows.append(
            TableRow(
                (
                    book.c.words(label),
                    book.c.count(row, "n_matched"),
                    book.c.share(row, "value_from"),
                    book.c.share(row, "value_to"),
                    book.c.count(row, "gained"),
                    book.c.count(row, "lost"),
                    points,
                    book.c.span(row, "ci_low", "ci_high", "points"),
                    book.c.figure(row, "p_value", "probability"),
                    book.c.figure(row, "p_value_holm", "probability"),
                    book.c.words(verdict),
                )
            )
        )
    table = book.table(
        "change", columns, rows, "changes", title=book.t("change.table", first=years[0], last=years[1])
    )
    if not changes:
        return table
    title = book.t("change.title", first=years[0], last=years[1])
    return book.figure(
        title,
        DumbbellChart(*years, tuple(changes), book.ticks()),
        described,
        table,
        notes=[book.t.rich("change.holm")],
    )


def _breaks(book: Book) -> list[Block]:
    rows = [r for r in book.rows("series_breaks") if r["year_to"] is None or r["year_to"] <= book.year]
    if not rows:
        return [Paragraph(book.t.rich("change.no_break"))]
    listed = []
    for row in rows:
        what = book.t.label(row, "indicator_label") or book.t.label(row, "question_label")
        if row["year_to"] is not None:
            when = book.t("change.break_years", first=str(row["year_from"]), last=str(row["year_to"]))
        else:
            when = book.t(
                "change.break_pages", first=str(row["generation_from"]), last=str(row["generation_to"])
            )
        listed.append(
            TableRow((book.c.words(what), book.c.words(when), book.c.words(book.t.label(row, "reason"))))
        )
    columns = book.columns("column", ("question", "text"), ("when", "text"), ("reason", "text"))
    return [
        Paragraph(book.t.rich("change.break_text")),
        book.table("change-breaks", columns, listed, "series_breaks"),
    ]


def _years(book: Book) -> list[Block]:
    """Small multiples of the shares of every year: as they are, not joined."""
    years = [row["year"] for row in book.rows("participation")]
    if len(years) < 2:
        return []
    rows = [
        row
        for row in book.rows("indicators")
        if row["kind"] == "effect" and row["statistic"] == "share" and row["component_id"] == "all"
    ]
    broken = Run(book.t("change.broken"))
    panels, described, table_rows = [], [], []
    for _, group in groupby(rows, key=lambda row: row["indicator_id"]):
        by_year = {row["year"]: row for row in group}
        if sum(row["value"] is not None for row in by_year.values()) < 2:
            continue
        first = next(iter(by_year.values()))
        label = book.t.label(first)
        points, words, cells = [], [], []
        for year in years:
            row = by_year.get(year)
            cell = _of_year(book, row) if row else Cell(book.t("number.none"), None, "share")
            has = row is not None and row["value"] is not None
            is_broken = row is not None and row["is_break"]
            points.append(
                Point(
                    str(year),
                    row["value"] if row and has else None,
                    row["ci_low"] if row and has else None,
                    row["ci_high"] if row and has else None,
                    cell.text if has else "",
                    is_broken,
                )
            )
            told = book.t("quality.share_in", share=cell.text, year=str(year))
            if is_broken:
                told = book.t("change.after_break", told=told)
                cell = replace(cell, note=(*cell.note, *([Run(" · ")] if cell.note else []), broken))
            cells.append(cell)
            words.append(told)
        panels.append(Panel(label, tuple(points)))
        described.append(
            book.t("quality.completeness_described", criterion=label, shares=book.t.listing(words))
        )
        table_rows.append(TableRow((book.c.words(label), *cells)))
    if not panels:
        return []
    columns = (
        *book.columns("column", ("indicator", "text")),
        *(Column(str(year), "share") for year in years),
    )
    table = book.table(
        "change-years",
        columns,
        table_rows,
        "indicators",
        title=book.t("change.years_table", first=str(years[0]), last=str(years[-1])),
    )
    any_break = any(point.is_break for panel in panels for point in panel.points)
    figure = book.figure(
        book.t("change.years_title", first=str(years[0]), last=str(years[-1])),
        TrendChart(tuple(panels), book.ticks()),
        described,
        table,
        legend=["last", "earlier", "line", *(["break"] if any_break else [])],
    )
    return [Paragraph(book.t.rich("change.years_text")), figure]


def _of_year(book: Book, row: Row) -> Cell:
    """A year's share, what it rests on and its interval."""
    if row["value"] is None:
        return book.c.value(row)
    note = (*book.c.out_of(row, "numerator", "n_answered"), Run(" · "), book.c.span(row, "ci_low", "ci_high"))
    return book.c.value(row, note)
