"""How many criteria an evaluation speaks of, and which of them together: counts, and no causes."""

from __future__ import annotations

from analyses.report.book import Book
from analyses.report.charts.specs import Band, Col, ColumnChart, HeatMap
from analyses.report.document import Block, Cell, Column, Paragraph, Section, TableRow, plain


def sections(book: Book) -> list[Section]:
    """Breadth, then pairs."""
    parts: list[tuple[str, list[Block]]] = [("breadth", _breadth(book)), ("pairs", _pairs(book))]
    return [
        Section(f"together-{name}", book.t(f"together.{name}"), tuple(blocks))
        for name, blocks in parts
        if blocks
    ]


def _breadth(book: Book) -> list[Block]:
    rows = [row for row in book.now("distributions") if row["indicator_id"] == "X1"]
    median = next((row for row in book.figures(indicator_id="X1") if row["statistic"] == "median"), None)
    shown = [row for row in rows if row["share"] is not None]
    if all(row["status"] in ("no_data", "not_asked") for row in rows):
        return []
    table = book.table(
        "together-breadth",
        (
            *book.columns("column", ("criteria", "text"), ("share", "share"), ("sites", "count")),
            *book.columns("column", ("answered", "count"), ("evaluations", "count"), ("bounds", "range")),
        ),
        [
            TableRow(
                (
                    book.c.words(book.t.label(row)),
                    book.c.share(row, "share") if row["share"] is not None else book.c.status(row),
                    book.c.count(row, "site_count"),
                    book.c.count(row, "n_answered"),
                    book.c.count(row, "n_evaluations"),
                    book.c.span(row, "bound_low", "bound_high"),
                )
            )
            for row in rows
        ],
        "distributions",
        title=book.t("together.breadth_table", year=str(book.year)),
        notes=[book.t.rich("together.breadth_note")],
    )
    blocks: list[Block] = []
    if median is not None and median["value"] is not None:
        quartiles = book.c.span(median, "value_q1", "value_q3", "number")
        blocks.append(
            Paragraph(book.t.rich("together.breadth_lead", median=book.c.value(median), quartiles=quartiles))
        )
    if len(shown) < len(rows):
        return [*blocks, table]
    columns = tuple(
        Col(row["category_id"], row["share"], book.t.count(row["site_count"]) if row["site_count"] else "")
        for row in rows
    )
    described = [
        book.t(
            "number.described",
            label=book.t.label(row),
            value=book.t.percent(row["share"]),
            note=plain(book.c.out_of(row, "site_count", "n_answered")),
        )
        + "."
        for row in rows
    ]
    title = book.t("together.breadth_title", year=str(book.year))
    base = book.t.rich(
        "basis.evaluations",
        n=book.c.count(rows[0], "n_answered"),
        e=book.c.count(rows[0], "n_evaluations"),
    )
    chart = ColumnChart(columns, book.t("together.breadth_scale"))
    return [*blocks, book.figure(title, chart, described, table, base)]


def _pairs(book: Book) -> list[Block]:
    rows = book.rows("cooccurrence")
    if not any(row["both_count"] is not None for row in rows):
        return [Paragraph(book.t.rich("together.pairs_none", year=str(book.year)))]
    labels: dict[int, str] = {}
    for row in rows:
        labels[row["number_a"]] = book.t.label(row, "label_a")
        labels[row["number_b"]] = book.t.label(row, "label_b")
    numbers = sorted(labels)
    pairs = {frozenset((row["number_a"], row["number_b"])): row for row in rows}
    across = numbers[:-1]
    shares, cell_labels, table_rows, described = [], [], [], []
    for down in numbers[1:]:
        line: list[float | None] = []
        cells: list[Cell] = []
        for number in across:
            pair = pairs.get(frozenset((down, number))) if number < down else None
            if pair is None:
                line.append(None)
                cells.append(Cell("", None, "count"))
                continue
            both = pair["both_count"]
            line.append(both / pair["n_answered"] if both is not None and pair["n_answered"] else None)
            of = book.t.rich("together.of", n=book.c.count(pair, "n_answered"))
            cells.append(book.c.status(pair) if both is None else book.c.count(pair, "both_count", of))
        name = book.t("level.criterion", number=down, label=labels[down])
        shares.append(tuple(line))
        cell_labels.append(tuple(cell.text for cell in cells))
        table_rows.append(TableRow((book.c.words(name), *cells)))
        told = [
            book.t("together.with", number=n, count=c.text)
            for n, c in zip(across, cells, strict=True)
            if c.text
        ]
        described.append(
            book.t("quality.completeness_described", criterion=name, shares=book.t.listing(told))
        )
    band = Band("", tuple(row.cells[0].text for row in table_rows), tuple(shares), tuple(cell_labels))
    columns = (
        Column(book.t("column.criterion"), "text"),
        *(Column(str(number), "count") for number in across),
    )
    table = book.table(
        "together-pairs",
        columns,
        table_rows,
        "cooccurrence",
        title=book.t("together.pairs_table", year=str(book.year)),
    )
    chart = HeatMap(tuple((str(number), "") for number in across), (band,))
    first = rows[0]
    figure = book.figure(
        book.t("together.pairs_title", year=str(book.year)),
        chart,
        described,
        table,
        notes=[book.t.rich("together.pairs_note", first=labels[first["number_a"]])],
    )
    return [Paragraph(book.t.rich("together.pairs_text")), figure]
