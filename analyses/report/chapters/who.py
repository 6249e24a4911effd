"""Who answered: from the register to matched sites, where they are, and how they compare with the register."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from analyses.report.book import Book
from analyses.report.charts.specs import Area, BarChart, Flow, Interval, MapChart
from analyses.report.database import Row
from analyses.report.document import Block, Cell, Column, Inlines, Paragraph, RowGroup, Section, TableRow

#: Lower ends of the classes of the map.
STEPS = (1, 2, 4, 8)
#: Kinds of groups that have an order of their own.
ORDERED = ("commune_size", "opening_age")
#: Themes that are drawn; the table has all.
THEMES = 12
SHARED = 3


def sections(book: Book) -> list[Section]:
    """Flow, forms, map, composition."""
    parts: list[tuple[str, list[Block]]] = [
        ("flow", _flow(book)),
        ("forms", _forms(book)),
        ("map", _map(book)),
        ("composition", _composition(book)),
    ]
    return [Section(f"who-{name}", book.t(f"who.{name}"), tuple(blocks)) for name, blocks in parts if blocks]


def _flow(book: Book) -> list[Block]:
    rows = book.rows("participation")
    now = rows[-1]
    register = next(iter(book.figures(indicator_id="C1")), None)
    known = register is not None and register["n_register"] is not None
    stages = [("exports", now["export_count"]), ("evaluations", now["evaluation_count"])]
    if register is not None and known:
        stages.insert(0, ("register", register["n_register"]))
    if now["previous_project_count"] is not None:
        stages.append(("matched", now["matched_count"]))
    chart = Flow(
        tuple((book.t(f"who.stage_{name}"), float(count), book.t.count(count)) for name, count in stages)
    )
    described = [
        book.t("who.stage_described", label=book.t(f"who.stage_{name}"), count=book.t.count(count))
        for name, count in stages
    ]
    table_rows = []
    for row in rows:
        first = row["previous_project_count"] is None
        table_rows.append(
            TableRow(
                (
                    Cell(str(row["year"]), row["year"]),
                    book.c.count(row, "export_count"),
                    book.c.count(row, "evaluation_count"),
                    Cell(book.t("number.none"), None, "count")
                    if first
                    else book.c.count(row, "matched_count"),
                    book.c.count(row, "previous_project_count"),
                ),
                "current" if row["year"] == book.year else "",
            )
        )
    columns = book.columns(
        "column",
        ("year", "text"),
        ("exports", "count"),
        ("evaluations", "count"),
        ("matched", "count"),
        ("of_previous", "count"),
    )
    table = book.table(
        "who-years", columns, table_rows, "participation", notes=[book.t.rich("who.matched_help")]
    )
    words: list[Inlines]
    if register is not None and known:
        words = [
            book.t.rich(
                "who.register_known", n=book.c.count(register, "n_register"), rate=book.c.value(register)
            )
        ]
    else:
        words = [book.t.rich("who.register_unknown")]
    figure = book.figure(book.t("who.flow_title", year=str(book.year)), chart, described, table)
    return [*(Paragraph(text) for text in words), figure]


def _forms(book: Book) -> list[Block]:
    years = [row["year"] for row in book.rows("participation")]
    rows = []
    for _, group in groupby(book.rows("participation_by_format"), key=lambda row: row["format"]):
        by_year = {row["year"]: row for row in group}
        label = book.t.label(next(iter(by_year.values())))
        cells = [
            book.c.count(by_year[year], "evaluation_count") if year in by_year else Cell("0", 0, "count")
            for year in years
        ]
        rows.append(TableRow((Cell(label, label), *cells)))
    totals = [book.c.count(row, "evaluation_count") for row in book.rows("participation")]
    total = book.t("who.total")
    rows.append(TableRow((Cell(total, total), *totals), "total"))
    columns = (
        Column(book.t("column.format"), "text"),
        *(Column(str(year), "count") for year in years),
    )
    note = book.t.rich("who.forms_note")
    return [book.table("who-forms", columns, rows, "participation_by_format", notes=[note])]


def _map(book: Book) -> list[Block]:
    rows = list(book.rows("departments"))
    areas = tuple(
        Area(row["department_code"], row["department"], row["evaluation_count"], row["register_count"])
        for row in rows
    )
    some = [row for row in rows if row["evaluation_count"]]
    if not some:
        return []
    for listed in (some, rows):
        listed.sort(key=lambda row: (-row["evaluation_count"], book.t.order(row["department"])))
    most = max(area.count for area in areas)
    lows = [step for step in STEPS if step <= most]
    steps = tuple(
        (low, _class(book, low, (lows[place + 1] - 1) if place + 1 < len(lows) else most))
        for place, low in enumerate(lows)
    )
    has_register = any(row["register_count"] is not None for row in rows)
    kinds = [("department", "text"), ("evaluations", "count")]
    columns = book.columns("column", *kinds, *([("register", "count")] if has_register else []))  # type: ignore[arg-type]
    table_rows = [
        TableRow(
            (
                book.c.words(book.t.typeset(f"{row['department']} ({row['department_code']})")),
                book.c.count(row, "evaluation_count"),
                *([book.c.count(row, "register_count")] if has_register else []),
            )
        )
        for row in rows
        if row["evaluation_count"] or row["register_count"]
    ]
    table = book.table(
        "who-map", columns, table_rows, "departments", title=book.t("who.map_table", year=str(book.year))
    )
    described = [
        book.t("who.map_described", name=book.t.typeset(row["department"]), n=row["evaluation_count"])
        for row in some
    ]
    chart = MapChart(areas, steps, book.t("who.map_none"))
    return [book.figure(book.t("who.map_title", year=str(book.year)), chart, described, table)]


def _class(book: Book, low: int, high: int) -> str:
    return book.t.count(low) if low == high else f"{book.t.count(low)}–{book.t.count(high)}"


def _composition(book: Book) -> list[Block]:
    rows = book.rows("composition")
    has_register = any(row["register_count"] is not None for row in rows)
    groups, themes = [], []
    for dimension, group in groupby(rows, key=lambda row: row["dimension"]):
        members = list(group)
        if dimension not in ORDERED:
            members.sort(key=lambda row: _rank(book, row))
        if dimension == "thematique":
            themes = members
        # The map's table has the départements.
        elif dimension != "department":
            listed = tuple(_composed(book, row, has_register) for row in members)
            groups.append(RowGroup(book.t.label(members[0], "dimension_label"), listed))
    blocks: list[Block] = []
    if groups:
        lead = book.t.rich("who.composition_register" if has_register else "who.composition_alone")
        columns = _composition_columns(book, has_register)
        blocks += [Paragraph(lead), book.table("who-composition", columns, groups, "composition")]
    if any(row["group_id"] != "unknown" for row in themes):
        blocks.append(_themes(book, themes, has_register))
    return blocks


def _rank(book: Book, row: Row) -> tuple[bool, int, str]:
    """The largest group first, what is not known last."""
    label = book.t.order(book.t.label(row, "group_label"))
    return row["group_id"] == "unknown", -(row["evaluation_count"] or 0), label


def _composition_columns(book: Book, has_register: bool) -> tuple[Column, ...]:
    columns = book.columns("column", ("group", "text"), ("evaluations", "count"), ("share", "share"))
    if has_register:
        columns += book.columns("column", ("register", "count"), ("register_share", "share"))
    return columns


def _composed(book: Book, row: Row, has_register: bool) -> TableRow:
    cells: tuple[Cell, ...] = (
        book.c.words(book.t.label(row, "group_label")),
        book.c.count(row, "evaluation_count"),
        book.c.share(row, "evaluation_share"),
    )
    if has_register:
        cells += (book.c.count(row, "register_count"), book.c.share(row, "register_share"))
    return TableRow(cells)


def _themes(book: Book, rows: Sequence[Row], has_register: bool) -> Block:
    """A site may have several: bars of those that most have, and all of them in the table."""
    year = str(book.year)
    known = [row for row in rows if row["group_id"] != "unknown" and row["evaluation_share"] is not None]
    shared = [row for row in known if row["evaluation_count"] > 1]
    lines, described = [], []
    # A row of bars for single sites would say nothing.
    for row in (shared if len(shared) > SHARED else known)[:THEMES]:
        label, value = book.t.label(row, "group_label"), book.t.percent(row["evaluation_share"])
        note = book.t("who.theme_count", n=row["evaluation_count"])
        lines.append(Interval(label, value, note, value=row["evaluation_share"]))
        described.append(book.t("number.described", label=label, value=value, note=note) + ".")
    table = book.table(
        "who-themes",
        _composition_columns(book, has_register),
        [_composed(book, row, has_register) for row in rows],
        "composition",
        title=book.t("who.themes_table", year=year),
    )
    return book.figure(
        book.t("who.themes_title", year=year),
        BarChart(tuple(lines), book.ticks()),
        described,
        table,
        book.t.rich("who.themes_base", e=book.c.count(book.rows("participation")[-1], "evaluation_count")),
        legend=["bar-share"],
    )
