"""Every chart as a file by itself: SVG, PNG, and the data that it draws."""

from __future__ import annotations

import csv
import io
import re
from functools import cache

import vl_convert

from analyses.report.document import Table
from analyses.report.forms.fonts import FONTS
from analyses.report.forms.sheets import grid
from analyses.report.forms.words import Words

#: Pixels of a picture for one of a chart's.
SCALE = 2.0


def standalone(svg: str) -> str:
    """A chart of the page as a file: it has a size, and its font's name first, and it lies on white."""
    found = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
    size = f' width="{found[1]}" height="{found[2]}"' if found else ""
    svg = re.sub(r"<svg ", f"<svg{size} ", svg, count=1)
    svg = FONTS.named(_on_white(svg), "sans-serif")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n'


def png(svg: str) -> bytes:
    """The picture of a chart, drawn with the report's font, whatever the machine has."""
    _register()
    picture: bytes = vl_convert.svg_to_png(FONTS.named(_on_white(svg)), scale=SCALE)
    return picture


def _on_white(svg: str) -> str:
    """The chart on paper: whatever shows the file may be dark."""
    return svg.replace("<g ", '<rect width="100%" height="100%" fill="#ffffff" /><g ', 1)


def csv_of(table: Table, language: str) -> str:
    """A table as CSV: exact numbers with a point, UTF-8 with its mark for spreadsheets.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    flat = grid(table, Words(language))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([inert(label) for label in flat.header])
    for row in flat.rows:
        writer.writerow(
            [inert(entry.value) if isinstance(entry.value, str) else entry.value for entry in row]
        )
    return "\ufeff" + target.getvalue()


def inert(text: str) -> str:
    """The text, so that no spreadsheet runs it."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text


@cache
def _register() -> None:
    vl_convert.register_font_directory(str(FONTS.folder))
