"""All tables of the document as a workbook: numbers are numbers, and no text is ever a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from analyses.report.document import Cell, Chapter, Document, Figure, Paragraph, Sheet, Table, plain, walk
from analyses.report.forms.words import Words
from analyses.report.messages import clean

#: How exact numbers are shown.
_FORMATS = {
    "count": "#,##0",
    "share": "0 %",
    "number": "#,##0.##",
    "points": "[>0]+0.0 %;[<0]-0.0 %;0 %",
    "probability": "0.000",
}
_MOST = 32_767  # signs in a cell, says Excel


@dataclass(slots=True)
class _Listed:
    """A table, where it stands, and on what the figures in it rest."""

    table: Table
    chapter: Chapter
    base: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a sheet: a number with its kind, or a text."""

    value: float | str | None
    kind: str = "text"
    role: str = ""


@dataclass(slots=True)
class Grid:
    """A table as rows and columns of single values: a range takes two columns, notes one more."""

    header: list[str]
    rows: list[list[Entry]] = field(default_factory=list)


def grid(table: Table, words: Words) -> Grid:
    """The table flattened for spreadsheets and CSV: its groups as a column, ranges as their two ends."""
    rows = [(group.heading, row) for group in table.groups for row in group.rows]
    has_groups = any(heading for heading, _ in rows)
    spans = [
        any(len(row.cells) > place and row.cells[place].parts for _, row in rows)
        for place in range(len(table.columns))
    ]
    has_notes = [
        any(len(row.cells) > place and row.cells[place].note for _, row in rows)
        for place in range(len(table.columns))
    ]
    found = Grid([words("group")] if has_groups else [])
    for place, column in enumerate(table.columns):
        label = clean(column.label)
        found.header += [words("low", label=label), words("high", label=label)] if spans[place] else [label]
        if has_notes[place]:
            found.header.append(words("note", label=label))
    for heading, row in rows:
        line = [Entry(clean(heading), role=row.role)] if has_groups else []
        for place, cell in enumerate(row.cells):
            line += _entries(cell, spans[place], row.role)
            if has_notes[place]:
                line.append(Entry(clean(plain(cell.note)) or None, role=row.role))
        found.rows.append(line)
    return found


def render_xlsx(document: Document) -> bytes:
    """The workbook: a sheet that explains, then one for each table. The same document gives the same bytes."""
    words = Words(document.language)
    listed = list(_listed(document))
    taken: set[str] = {words("readme").casefold()}
    for number, item in enumerate(listed, start=1):
        item.name = _sheet_name(f"{number:02d} {item.table.title}", taken)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": clean(document.full_title),
            "author": clean(document.network),
            "created": datetime(document.year + 1, 1, 1),
        }
    )
    styles = _Styles(book)
    _readme(book.add_worksheet(words("readme")), document, listed, words, styles)
    for item in listed:
        _fill(book.add_worksheet(item.name), item, words, styles)
    book.close()
    return target.getvalue()


def _listed(document: Document) -> Iterator[_Listed]:
    for chapter in document.chapters:
        for section in chapter.sections:
            for block in walk(section.blocks):
                if isinstance(block, Table):
                    yield _Listed(block, chapter)
                elif isinstance(block, Figure):
                    yield _Listed(block.table, chapter, clean(plain(block.base)))
                elif isinstance(block, Sheet) and block.table:
                    yield _Listed(block.table, chapter)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 signs, some of them not, none twice."""
    name = re.sub(r"\s+", " ", re.sub(r"[\[\]:*?/\\'’]", " ", clean(title))).strip()[:31].strip()
    number = 2
    unique = name
    while unique.casefold() in taken:
        tail = f" {number}"
        unique, number = name[: 31 - len(tail)] + tail, number + 1
    taken.add(unique.casefold())
    return unique


class _Styles:
    """Formats by kind and by the role of the row."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], object] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2})
        self.link = book.add_format({"font_color": "#0f5c73", "underline": 1, "valign": "top"})

    def of(self, entry: Entry) -> object:
        key = entry.kind, entry.role in ("total", "current")
        if key not in self._made:
            look: dict[str, object] = {"valign": "top", "bold": key[1]}
            if entry.kind in _FORMATS:
                look["num_format"] = _FORMATS[entry.kind]
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _readme(
    sheet: Worksheet, document: Document, listed: list[_Listed], words: Words, styles: _Styles
) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 62, styles.wrapped)
    sheet.set_column(2, 4, 24)
    sheet.set_column(5, 5, 8)
    sheet.write_string(0, 0, clean(document.full_title), styles.title)
    sheet.merge_range(1, 0, 1, 5, clean(plain(document.lead)), styles.wrapped)
    sheet.merge_range(2, 0, 2, 5, words("readme.signs"), styles.wrapped)
    sheet.merge_range(3, 0, 3, 5, words("readme.types"), styles.wrapped)
    for row, height in ((1, 32), (2, 48), (3, 32)):
        sheet.set_row(row, height)
    if document.notice:
        text = " ".join(plain(block.text) for block in document.notice.blocks if isinstance(block, Paragraph))
        sheet.merge_range(4, 0, 4, 5, clean(f"{document.notice.title} {text}"), styles.wrapped)
        sheet.set_row(4, 48)
    names = ("sheet", "table", "chapter", "source", "basis", "rows")
    for column, name in enumerate(names):
        sheet.write_string(6, column, words(f"readme.{name}"), styles.header)
    for row, item in enumerate(listed, start=7):
        sheet.write_url(row, 0, f"internal:'{item.name}'!A1", styles.link, item.name)
        texts = (item.table.title, f"{item.chapter.number} {item.chapter.title}", item.table.query, item.base)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(row, column, clean(text)[:_MOST], styles.wrapped)
        sheet.write_number(row, 5, len(item.table.rows))
    sheet.freeze_panes(7, 0)


def _fill(sheet: Worksheet, item: _Listed, words: Words, styles: _Styles) -> None:
    """Title, source and notes above, then the header, frozen, and the rows."""
    table = item.table
    above = [words("source", query=table.query), item.base, *(plain(note) for note in table.notes)]
    sheet.write_string(0, 0, clean(table.title)[:_MOST], styles.title)
    lines = [line for line in above if line]
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, clean(line)[:_MOST])
    top = len(lines) + 2
    flat = grid(table, words)
    for column, label in enumerate(flat.header):
        sheet.write_string(top, column, label[:_MOST], styles.header)
    for number, entries in enumerate(flat.rows, start=top + 1):
        for column, entry in enumerate(entries):
            if isinstance(entry.value, str):
                sheet.write_string(number, column, entry.value[:_MOST], styles.of(entry))
            elif entry.value is not None:
                sheet.write_number(number, column, entry.value, styles.of(entry))
    sheet.set_column(0, 0, 44)
    if len(flat.header) > 1:
        sheet.set_column(1, len(flat.header) - 1, 16)
    sheet.freeze_panes(top + 1, 1)
    if flat.rows and len(flat.header) > 0:
        sheet.autofilter(top, 0, top + len(flat.rows), len(flat.header) - 1)


def _entries(cell: Cell, is_span: bool, role: str) -> list[Entry]:
    if cell.parts:
        return [_entry(part, role) for part in cell.parts]
    if is_span:
        # Why there is no range stands where it would begin.
        return [Entry(clean(cell.text), role=role), Entry(None)]
    return [_entry(cell, role)]


def _entry(cell: Cell, role: str) -> Entry:
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return Entry(cell.value, cell.kind, role)
    return Entry(clean(cell.text), role=role)
