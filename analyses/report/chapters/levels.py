"""A chapter for a level of effects: at a glance, answer by answer, as numbers, and what speaks against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from analyses.report.book import Book, by_indicator, short
from analyses.report.cells import value_kind
from analyses.report.charts.specs import BarChart, Interval, IntervalChart, Segment, Stack, StackChart
from analyses.report.database import Row
from analyses.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Notice,
    Paragraph,
    Section,
    TableRow,
    Testimony,
    plain,
)

#: A longer testimony is shown to its beginning.
QUOTED = 600
#: A shorter one says little by itself, and is quoted where there is no other.
BRIEF = 40
QUOTATIONS = 3


def sections(book: Book, level: str) -> list[Section]:
    """What is known of the effects of a level; a section is left out where it would be empty."""
    asked = [row for row in book.figures(level_id=level, kind="effect") if row["status"] != "not_asked"]
    rows = [row for row in asked if row["status"] != "no_data"]
    parts: list[tuple[str, list[Block]]] = [
        ("overview", [*_overview(book, level, rows), *_silent(book, asked)]),
        ("answers", _answers(book, rows)),
        ("numbers", _numbers(book, level, rows)),
        ("intensity", _intensity(book, level)),
        ("negative", _negative(book, level, asked)),
        ("testimonies", _testimonies(book, level)),
    ]
    return [
        Section(f"{level}-{name}", book.t(f"level.{name}"), tuple(blocks)) for name, blocks in parts if blocks
    ]


def _overview(book: Book, level: str, rows: Sequence[Row]) -> list[Block]:
    shown = [
        row
        for row in rows
        if row["component_id"] == "all" and row["statistic"] == "share" and not row["is_negative"]
    ]
    if not shown:
        return []
    lines: list[Interval] = []
    for _, group in groupby(shown, key=lambda row: row["category_id"]):
        members = list(group)
        number = book.t(
            "level.criterion",
            number=members[0]["criterion_number"],
            label=book.t.label(members[0], "category_label"),
        )
        lines.append(Interval(number))
        lines += [book.interval(row, book.t.label(row), is_part=True) for row in members]
    table = book.table(
        f"{level}-overview",
        book.figure_columns(book.t("column.indicator")),
        [book.figure_row(row, book.t.label(row)) for row in shown],
        "indicators",
        title=book.t("level.overview_table", year=str(book.year)),
    )
    title = book.t("level.overview_title", year=str(book.year))
    described = [book.described(book.t.label(row), row) for row in shown]
    figure = book.figure(
        title,
        IntervalChart(tuple(lines), book.ticks()),
        described,
        table,
        book.t.rich("basis.chart", e=book.c.count(shown[0], "n_evaluations")),
    )
    return [Paragraph(book.t.rich("level.overview_lead", n=len(shown)), "body"), figure]


def _silent(book: Book, asked: Sequence[Row]) -> list[Block]:
    """What no export of the year shows an answer to: named, not drawn."""
    names = {row["indicator_id"]: book.t.label(row) for row in asked}
    heard = {row["indicator_id"] for row in asked if row["status"] != "no_data"}
    silent = [name for ident, name in names.items() if ident not in heard]
    if not silent:
        return []
    year = str(book.year)
    if not heard:
        return [Paragraph(book.t.rich("level.silent_all", year=year))]
    return [Paragraph(book.t.rich("level.silent", listed=book.t.listing(silent), year=year), "help")]


def _answers(book: Book, rows: Sequence[Row]) -> list[Block]:
    blocks: list[Block] = []
    for group in by_indicator(rows):
        members = [row for row in group if row["statistic"] == "share" and row["component_id"] != "all"]
        if len(members) < 2:
            continue
        if all(row["value"] is None and row["bound_low"] is None for row in members):
            why = book.c.status(members[0])
            basis = book.c.basis(members[0])
            text = book.t.rich("level.answers_none", label=book.t.label(members[0]), why=why, basis=basis)
            blocks.append(Paragraph(text, "help"))
        elif all("/" in row["component_id"] for row in members):
            blocks.append(_stacked(book, members))
        else:
            blocks.append(_bars(book, members))
    return blocks


def _bars(book: Book, members: Sequence[Row]) -> Figure:
    first = members[0]
    # The most cited first: but for answers that have an order of their own.
    listed = (
        sorted(members, key=lambda row: -(row["value"] or 0)) if first["direction"] == "none" else members
    )
    labels = [short(book.t.label(row, "component_label"), 90) for row in listed]
    pairs = list(zip(labels, listed, strict=True))
    table = book.table(
        f"{first['indicator_id'].lower()}",
        book.figure_columns(book.t("column.answer")),
        [book.figure_row(row, book.t.label(row, "component_label")) for row in listed],
        "indicators",
        title=book.t("level.answers_table", label=book.t.label(first), year=str(book.year)),
    )
    return book.figure(
        book.t("level.answers_title", label=book.t.label(first), year=str(book.year)),
        BarChart(tuple(book.interval(row, label) for label, row in pairs), book.ticks()),
        [book.described(label, row) for label, row in pairs],
        table,
        book.c.basis(first),
        [_caveat(book, first)],
    )


def _stacked(book: Book, members: Sequence[Row]) -> Figure:
    """Groups by categories, both in the names of the components: `gestion/autant`."""
    groups: list[tuple[str, list[Row]]] = []
    for _, group in groupby(members, key=lambda row: row["component_id"].split("/")[0]):
        found = list(group)
        groups.append((_before(book, found[0]), found))
    categories = tuple(_after(book, row) for row in groups[0][1])
    first = members[0]
    stacks, described = [], []
    for label, found in groups:
        basis = plain(book.t.rich("basis.n", n=found[0]["n_answered"] or 0))
        values = [row["value"] for row in found]
        if None in values:
            stacks.append(Stack(label, book.c.status(found[0]).text, ()))
        else:
            segments = tuple(Segment(row["value"], book.t.percent(row["value"])) for row in found)
            stacks.append(Stack(label, basis, segments))
        described += [book.described(f"{label}, {_after(book, row)}", row) for row in found]
    table = book.table(
        f"{first['indicator_id'].lower()}",
        book.figure_columns(book.t("column.answer")),
        [book.figure_row(row, book.t.label(row, "component_label")) for row in members],
        "indicators",
        title=book.t("level.answers_table", label=book.t.label(first), year=str(book.year)),
    )
    return book.figure(
        book.t("level.answers_title", label=book.t.label(first), year=str(book.year)),
        StackChart(categories, tuple(stacks), is_diverging=True),
        described,
        table,
        book.t.rich("basis.chart", e=book.c.count(first, "n_evaluations")),
        [_caveat(book, first)],
    )


def _before(book: Book, row: Row) -> str:
    return book.t.label(row, "component_label").partition(":")[0].strip()


def _after(book: Book, row: Row) -> str:
    return book.t.label(row, "component_label").partition(":")[2].strip()


def _caveat(book: Book, row: Row) -> tuple[Cell, ...]:
    return (book.c.words(book.t.label(row, "caveat")),) if row[f"caveat_{book.t.language}"] else ()


def _numbers(book: Book, level: str, rows: Sequence[Row]) -> list[Block]:
    listed = [row for row in rows if row["statistic"] != "share"]
    if not listed:
        return []
    return [
        book.table(
            f"{level}-numbers",
            number_columns(book),
            [number_row(book, row, book.full_name(row)) for row in listed],
            "indicators",
            title=book.t("level.numbers_table", year=str(book.year)),
        )
    ]


def number_columns(book: Book) -> tuple[Column, ...]:
    """The columns of `number_row`."""
    return book.columns(
        "column",
        ("indicator", "text"),
        ("number", "number"),
        ("quartiles", "range"),
        ("bounds", "range"),
        ("answered", "count"),
        ("evaluations", "count"),
    )


def number_row(book: Book, row: Row, label: str) -> TableRow:
    """A sum, median or count with its quartiles and its coverage."""
    ambiguous = (
        book.t.rich("basis.ambiguous", n=book.c.count(row, "n_ambiguous")) if row["n_ambiguous"] else ()
    )
    unit = book.t.code("unit", row["unit"])
    kind = value_kind(row)
    return TableRow(
        (
            Cell(label, label, note=book.t.rich("number.unit", unit=unit)),
            book.c.value(row),
            book.c.span(row, "value_q1", "value_q3", kind),
            book.c.span(row, "bound_low", "bound_high", kind),
            book.c.count(row, "n_answered", note=ambiguous),
            book.c.count(row, "n_evaluations", note=book.coverage(row)),
        )
    )


def _intensity(book: Book, level: str) -> list[Block]:
    """The ratings from 1 to 5, a bar for each year that has any."""
    rows = [r for r in book.rows("distributions") if r["indicator_id"] == "X2" and r["component_id"] == level]
    rows.sort(key=lambda row: (row["year"], row["position"]))
    stacks, described, table_rows = [], [], []
    for year, group in groupby(rows, key=lambda row: row["year"]):
        members = list(group)
        basis = plain(book.t.rich("basis.n", n=members[0]["n_answered"] or 0))
        if any(row["share"] is None for row in members):
            stacks.append(
                Stack(
                    str(year),
                    book.t("level.intensity_none", why=book.c.status(members[0]).text, basis=basis),
                    (),
                )
            )
        else:
            stacks.append(
                Stack(
                    str(year), basis, tuple(Segment(r["share"], book.t.percent(r["share"])) for r in members)
                )
            )
        shown = [
            book.c.share(row, "share") if row["share"] is not None else book.c.status(row) for row in members
        ]
        table_rows.append(
            TableRow(
                (
                    Cell(str(year), year),
                    *shown,
                    book.c.count(members[0], "n_answered"),
                    book.c.count(members[0], "n_evaluations"),
                )
            )
        )
        described.append(
            book.t(
                "level.intensity_described",
                year=str(year),
                shares=book.t.listing([c.text for c in shown]),
                basis=basis,
            )
        )
    if not any(stack.segments for stack in stacks):
        return []
    columns = (
        Column(book.t("column.year"), "text"),
        *(Column(str(rating), "share") for rating in range(1, 6)),
        *book.columns("column", ("answered", "count"), ("evaluations", "count")),
    )
    table = book.table(
        f"{level}-intensity", columns, table_rows, "distributions", title=book.t("level.intensity_table")
    )
    categories = (book.t("level.intensity_low"), "2", "3", "4", book.t("level.intensity_high"))
    return [
        book.figure(
            book.t("level.intensity_title", year=str(book.year)),
            StackChart(categories, tuple(stacks)),
            described,
            table,
            notes=[book.t.rich("level.intensity_note")],
        )
    ]


def _negative(book: Book, level: str, rows: Sequence[Row]) -> list[Block]:
    listed = [row for row in rows if row["is_negative"] and row["statistic"] == "share"]
    if not listed:
        return []
    text = Paragraph(book.t.rich("level.negative_text"))
    if all(row["status"] == "no_data" for row in listed):
        silent = Paragraph(book.t.rich("level.silent_all", year=str(book.year)))
        return [Notice(f"notice-{level}-negative", book.t("level.negative_box"), (text, silent), "negative")]
    table = book.table(
        f"{level}-negative",
        book.figure_columns(book.t("column.indicator")),
        [book.figure_row(row, book.full_name(row)) for row in listed],
        "indicators",
        title=book.t("level.negative_table", year=str(book.year)),
    )
    return [Notice(f"notice-{level}-negative", book.t("level.negative_box"), (text, table), "negative")]


def _testimonies(book: Book, level: str) -> list[Block]:
    """A few, of different criteria as far as there are; the short before the long, whole before cut."""
    found = [row for row in book.rows("testimonies") if row["level_id"] == level]
    found.sort(
        key=lambda row: (row["is_truncated"], not BRIEF <= len(row["text"]) <= QUOTED, row["testimony_id"])
    )
    chosen: list[Row] = []
    for row in [*found, *found]:
        is_new = row["category_id"] not in {other["category_id"] for other in chosen}
        if (
            len(chosen) < QUOTATIONS
            and row not in chosen
            and (is_new or len({r["category_id"] for r in found}) <= len(chosen))
        ):
            chosen.append(row)
    if not chosen:
        return []
    chosen.sort(key=lambda row: (row["criterion_number"] or 0, row["testimony_id"]))
    quotations = [
        Testimony(
            short(book.t.typeset_foreign(row["text"]), QUOTED),
            book.t.label(row, "category_label"),
            book.t.typeset_foreign(row["project_name"])
            if row["project_name"]
            else book.t("testimony.unnamed"),
            bool(row["is_truncated"]),
        )
        for row in chosen
    ]
    return [Paragraph(book.t.rich("testimony.lead"), "help"), *quotations]
