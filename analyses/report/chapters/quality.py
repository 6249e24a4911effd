"""The quality of the data: what the exports document, lose and leave in doubt."""

from __future__ import annotations

from itertools import groupby

from analyses.report.book import Book
from analyses.report.charts.specs import Band, HeatMap
from analyses.report.database import Row
from analyses.report.document import Block, Cell, Column, Paragraph, Section, TableRow, Terms

STATES = ("answered", "blank", "ambiguous", "lost", "not_shown", "not_asked")
PARTS = ("recognised", "testimony", "unparsed")


def sections(book: Book) -> list[Section]:
    """Completeness, states, extraction, unmapped answers, rejected files and other cases."""
    parts: list[tuple[str, list[Block]]] = [
        ("completeness", _completeness(book)),
        ("states", _states(book)),
        ("extraction", _extraction(book)),
        ("cases", _cases(book)),
    ]
    return [
        Section(f"quality-{name}", book.t(f"quality.{name}"), tuple(blocks))
        for name, blocks in parts
        if blocks
    ]


def _criterion(book: Book, row: Row) -> str:
    return book.t("level.criterion", number=row["criterion_number"], label=book.t.label(row))


def _completeness(book: Book) -> list[Block]:
    years = [row["year"] for row in book.rows("participation")]
    criteria: list[tuple[Row, dict[int, Row]]] = []
    for _, group in groupby(book.rows("completeness"), key=lambda row: row["criterion_number"]):
        by_year = {row["year"]: row for row in group}
        criteria.append((next(iter(by_year.values())), by_year))
    if not criteria:
        return []

    def cell(by_year: dict[int, Row], year: int) -> Cell:
        row = by_year.get(year)
        if row is None:
            return Cell(book.t("number.none"), None, "share")
        return book.c.share(
            row, "documented_share", note=book.c.out_of(row, "documented_count", "evaluation_count")
        )

    bands = []
    for _, members in groupby(criteria, key=lambda item: item[0]["level_id"]):
        listed = list(members)
        bands.append(
            Band(
                book.t.label(listed[0][0], "level_label"),
                tuple(_criterion(book, first) for first, _ in listed),
                tuple(tuple(r[y]["documented_share"] if y in r else None for y in years) for _, r in listed),
                tuple(tuple(cell(r, y).text for y in years) for _, r in listed),
            )
        )
    names = tuple(
        (str(row["year"]), book.t("quality.column_note", n=row["evaluation_count"]))
        for row in book.rows("participation")
    )
    table = book.table(
        "quality-completeness",
        (Column(book.t("column.criterion"), "text"), *(Column(str(year), "share") for year in years)),
        [
            TableRow((book.c.words(_criterion(book, first)), *(cell(by_year, year) for year in years)))
            for first, by_year in criteria
        ],
        "completeness",
    )
    described = [
        book.t(
            "quality.completeness_described",
            criterion=book.t.label(first),
            shares=book.t.listing(
                [book.t("quality.share_in", share=cell(r, y).text, year=str(y)) for y in years]
            ),
        )
        for first, r in criteria
    ]
    title = (
        book.t("quality.completeness_title", first=str(years[0]), last=str(years[-1]))
        if len(years) > 1
        else book.t("quality.completeness_one", last=str(years[-1]))
    )
    totals = book.row("completeness_totals")
    lead = book.t.rich(
        "quality.completeness_lead",
        n=book.c.count(totals, "half_count"),
        criteria=book.c.count(totals, "criterion_count"),
        year=str(book.year),
    )
    figure = book.figure(
        title,
        HeatMap(names, tuple(bands)),
        described,
        table,
        notes=[book.t.rich("quality.completeness_note")],
        legend=[f"step-{step}" for step in range(5)],
    )
    return [Paragraph(lead), Paragraph(book.t.rich("quality.completeness_text")), figure]


def _states(book: Book) -> list[Block]:
    rows = book.now("completeness")
    columns = (
        Column(book.t("column.criterion"), "text"),
        *(Column(book.t(f"state.{state}"), "count") for state in STATES),
    )
    table = book.table(
        "quality-states",
        columns,
        [
            TableRow(
                (
                    book.c.words(_criterion(book, row)),
                    *(book.c.count(row, f"{state}_count") for state in STATES),
                )
            )
            for row in rows
        ],
        "completeness",
        title=book.t("quality.states_table", year=str(book.year)),
        notes=[book.t.rich("quality.states_note")],
    )
    terms = Terms(
        tuple((book.t.rich(f"state.{state}"), book.t.rich(f"state_help.{state}")) for state in STATES)
    )
    return [table, terms]


def _extraction(book: Book) -> list[Block]:
    blocks: list[Block] = []
    rows = book.rows("extraction")
    if rows:
        columns = book.columns(
            "column",
            ("format", "text"),
            ("evaluations", "count"),
            ("asked", "count"),
            ("ambiguous", "count"),
            ("ambiguous_share", "share"),
            ("lost", "count"),
            ("lost_share", "share"),
        )
        listed = [
            TableRow(
                (
                    book.c.words(book.t.label(row)),
                    book.c.count(row, "evaluation_count"),
                    book.c.count(row, "asked_count"),
                    book.c.count(row, "ambiguous_count"),
                    book.c.share(row, "ambiguous_share", digits=1),
                    book.c.count(row, "lost_count"),
                    book.c.share(row, "lost_share", digits=1),
                )
            )
            for row in rows
        ]
        note = book.t.rich("quality.extraction_note")
        blocks.append(
            book.table(
                "quality-extraction",
                columns,
                listed,
                "extraction",
                title=book.t("quality.extraction_table", year=str(book.year)),
                notes=[note],
            )
        )
    pages = book.row("pages_read")
    if pages["page_count"]:
        lead = book.t.rich("quality.pages_lead", n=book.c.count(pages, "page_count"), year=str(book.year))
        listed = []
        for part in PARTS:
            label = book.t(f"quality.pages_{part}")
            listed.append(
                TableRow(
                    (
                        Cell(label, label),
                        book.c.count(pages, part),
                        book.c.share(pages, f"{part}_share", digits=1),
                    )
                )
            )
        total = book.t("quality.pages_total")
        listed.append(
            TableRow((Cell(total, total), book.c.count(pages, "characters"), Cell("", None)), "total")
        )
        columns = book.columns("column", ("part", "text"), ("characters", "count"), ("share", "share"))
        blocks += [Paragraph(lead), book.table("quality-pages", columns, listed, "pages_read")]
    else:
        blocks.append(Paragraph(book.t.rich("quality.pages_none", year=str(book.year))))
    return blocks


def _cases(book: Book) -> list[Block]:
    blocks: list[Block] = []
    listed = []
    for row in book.rows("cases"):
        name = book.t.code("case", row["relation"])
        listed.append(
            TableRow(
                (
                    Cell(
                        name,
                        name,
                        note=book.t.rich(
                            "case.where", remedy=book.t(f"remedy.{row['relation']}"), relation=row["relation"]
                        ),
                    ),
                    book.c.count(row, "case_count"),
                )
            )
        )
    columns = book.columns("column", ("case", "text"), ("count", "count"))
    blocks.append(book.table("quality-cases", columns, listed, "cases"))
    rejected = book.rows("rejected_exports")
    if rejected:
        columns = book.columns("column", ("reason", "text"), ("exports", "count"))
        listed = [
            TableRow(
                (
                    book.c.words(book.t.code("reason", book.t.typeset(r["reason"]))),
                    book.c.count(r, "export_count"),
                )
            )
            for r in rejected
        ]
        blocks.append(book.table("quality-rejected", columns, listed, "rejected_exports"))
    else:
        blocks.append(Paragraph(book.t.rich("quality.rejected_none")))
    unmapped = book.rows("unmapped_answers")
    if unmapped:
        columns = book.columns("column", ("question", "text"), ("labels", "count"), ("records", "count"))
        listed = [
            TableRow(
                (
                    book.c.words(book.t.label(r)),
                    book.c.count(r, "label_count"),
                    book.c.count(r, "record_count"),
                )
            )
            for r in unmapped
        ]
        note = book.t.rich("quality.unmapped_note")
        blocks.append(book.table("quality-unmapped", columns, listed, "unmapped_answers", notes=[note]))
    else:
        blocks.append(Paragraph(book.t.rich("quality.unmapped_none")))
    return blocks
