"""Urban project, profile of the sites, environmental commitment: forms that not every site fills in."""

from __future__ import annotations

from collections.abc import Sequence

from analyses.report.book import Book, by_indicator
from analyses.report.chapters.levels import number_columns, number_row
from analyses.report.charts.specs import IntervalChart
from analyses.report.database import Row
from analyses.report.document import Block, Paragraph, RowGroup, Section


def sections(book: Book) -> list[Section]:
    """A section for each of the three forms; one that was not asked says so."""
    parts: list[tuple[str, list[Block]]] = [
        ("projet-urbain", _urban(book)),
        ("profil", _profile(book)),
        ("environnement", _environment(book)),
    ]
    return [Section(name, book.t(f"profile.{name}"), tuple(blocks)) for name, blocks in parts]


def _asked(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["status"] not in ("not_asked", "no_data")]


def _absent(book: Book, name: str) -> list[Block]:
    return [Paragraph(book.t.rich(f"profile.{name}_absent", year=str(book.year)))]


def _urban(book: Book) -> list[Block]:
    rows = _asked(book.figures(level_id="projet-urbain"))
    if not rows:
        return _absent(book, "projet-urbain")
    return [
        book.table(
            "projet-urbain",
            book.figure_columns(book.t("column.indicator")),
            [book.figure_row(row, book.full_name(row)) for row in rows],
            "indicators",
            title=book.t("level.overview_table", year=str(book.year)),
        )
    ]


def _profile(book: Book) -> list[Block]:
    rows = _asked(book.figures(kind="profile"))
    if not rows:
        return _absent(book, "profil")
    groups = [
        RowGroup(book.t.label(group[0]), tuple(number_row(book, row, book.name(row)) for row in group))
        for group in by_indicator(rows)
    ]
    return [
        Paragraph(book.t.rich("profile.lead")),
        book.table(
            "profil",
            number_columns(book),
            groups,
            "indicators",
            title=book.t("profile.table", year=str(book.year)),
            notes=[book.t.rich("profile.note")],
        ),
    ]


def _environment(book: Book) -> list[Block]:
    rows = _asked(book.figures(kind="environment"))
    if not rows:
        return _absent(book, "environnement")
    blocks: list[Block] = [Paragraph(book.t.rich("profile.environment_lead"))]
    for group in by_indicator(rows):
        shares = [row for row in group if row["statistic"] == "share"]
        first = group[0]
        if not shares:
            continue
        table = book.table(
            first["indicator_id"].lower(),
            book.figure_columns(book.t("column.practice")),
            [book.figure_row(row, book.name(row)) for row in shares],
            "indicators",
            title=book.t("profile.practices_table", label=book.t.label(first), year=str(book.year)),
        )
        blocks.append(
            book.figure(
                book.t("profile.practices_title", label=book.t.label(first), year=str(book.year)),
                IntervalChart(tuple(book.interval(row, book.name(row)) for row in shares), book.ticks()),
                [book.described(book.name(row), row) for row in shares],
                table,
                book.c.basis(first),
            )
        )
    scores = [row for row in rows if row["statistic"] == "median"]
    if scores:
        listed = [number_row(book, row, book.full_name(row)) for row in scores]
        blocks.append(
            book.table(
                "environnement-scores",
                number_columns(book),
                listed,
                "indicators",
                title=book.t("profile.scores_table", year=str(book.year)),
                notes=[book.t.rich("profile.scores_note")],
            )
        )
    return blocks
