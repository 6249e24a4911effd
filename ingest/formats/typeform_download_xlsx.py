"""The table of responses that a user downloads from Typeform today, as a workbook (XLSX).

Recognised as a workbook; the sheet is the first with the columns `#` and `Submit Date (UTC)` in one of its first
rows. It is read as its CSV twin is, after each cell was written as text: dates in ISO, whole numbers without a
point. What is kept of it is that sheet alone, its cells where they stood and as text: workbooks name their authors
and carry more than anybody sees. Pointers are cells: `Sheet1!C12`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum

from ingest.containers import Limits, members
from ingest.formats import typeform_download
from ingest.formats.personal import is_address, without_links
from ingest.formats.typeform_download import ID, SUBMITTED, Sheet, personal_columns
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "typeform_download_xlsx"

QUERIES: Mapping[str, str] = typeform_download.QUERIES

#: A workbook holds its sheet as one text, which packs well; the cells between the outermost ones count.
_LIMITS = Limits(member_bytes=256 * 1024 * 1024, total_bytes=512 * 1024 * 1024, member_count=2000, ratio=400)
MAX_CELLS = 4_000_000

_HEADER_ROWS = 10
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_SAME_TIME = datetime(2000, 1, 1)

_AGAIN = (
    "The file is damaged: download it again from Typeform, or save it again as an Excel workbook (.xlsx)."
)
_DOWNLOAD = (
    "A workbook is read if it is the table of responses that Typeform offers for download; export the answers "
    "again, from Typeform or from the platform."
)


def recognise(sample: Sample) -> bool:
    """Whether the file is a workbook; which one is seen when it is opened."""
    return sample.head.startswith(b"PK\x03\x04") and (
        sample.path.suffix.lower() in (".xlsx", ".xlsm") or b"xl/" in sample.head
    )


def redact(data: bytes) -> bytes:
    """A workbook of the sheet of responses, without names, addresses and network ids of respondents.

    Raises Rejection: `malformed`, `encrypted`, `too-large` or `bomb` for what cannot be read, `unknown-format`
    for a workbook of something else, `empty` for one without responses.
    """
    name, header_row, rows = _read(data)
    if not any(any(row) for row in rows[header_row + 1 :]):
        raise Rejection("empty", "a header, and no response below it", "Nobody had answered yet.")
    columns = personal_columns(rows[header_row])
    kept = (
        [
            "" if number > header_row and (column in columns or is_address(cell)) else without_links(cell)
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    )
    return _written(name, kept)


def without(data: bytes, places: Container[str]) -> bytes:
    """The workbook with empty rows in the place of those of these numbers."""
    name, _, rows = _read(data)
    return _written(name, ([] if str(number) in places else row for number, row in enumerate(rows, start=1)))


PLACES = typeform_download.PLACES


def document(data: bytes) -> bytes:
    """The workbook as the JSON that the queries read."""
    from xlsxwriter.utility import (
        xl_col_to_name,
    )  # loaded late: every process loads this module, few need that one

    name, header_row, rows = _read(data)
    header = rows[header_row]
    while header and not header[-1]:
        header.pop()
    sheet = name if re.fullmatch(r"\w+", name) else "'" + name.replace("'", "''") + "'"
    return Sheet(
        header,
        [f"{sheet}!{xl_col_to_name(column)}*" for column in range(len(header))],
        [
            (number, row[: len(header)])
            for number, row in enumerate(rows[header_row + 1 :], start=header_row + 2)
        ],
    ).document()


def _read(data: bytes) -> tuple[str, int, list[list[str]]]:
    """The name of the sheet of responses, which of its rows is the header (from 0), and all of them."""
    _check(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        for name in names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for number, row in enumerate(rows[:_HEADER_ROWS]):
                titles = {str(cell).strip() for cell in row}
                if ID in titles and SUBMITTED in titles:
                    return name, number, [[_text(cell) for cell in row] for row in rows]
    except Exception as error:  # of whatever kind: the workbook is damaged
        raise Rejection("malformed", f"no workbook that can be read: {str(error)[:200]}", _AGAIN) from error
    raise Rejection(
        "unknown-format", f"a workbook without the columns `{ID}` and `{SUBMITTED}` in any sheet", _DOWNLOAD
    )


def _check(data: bytes) -> None:
    """Refuse a workbook that would take too much to open. Raises Rejection."""
    for path, content in members(data, "", _LIMITS):
        if isinstance(content, Rejection):
            if content.reason in ("unreadable", "empty", "link", "unsafe-path", "nested"):
                raise Rejection("malformed", content.detail, _AGAIN)
            raise Rejection(content.reason, content.detail, _DOWNLOAD)
        if path.startswith("/xl/worksheets/"):
            cells = _area(content)
            if cells > MAX_CELLS:
                raise Rejection(
                    "too-large", f"a sheet of {cells:,} cells; {MAX_CELLS:,} are read", "Split the workbook."
                )


def _area(sheet: bytes) -> int:
    """How many cells lie between the first of a sheet and its outermost ones."""
    width = height = 0
    for letters, digits in _CELL.findall(sheet):
        width, height = max(width, _column(letters)), max(height, int(digits))
    return width * height


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _written(name: str, rows: Iterator[Sequence[str]]) -> bytes:
    """A workbook of one sheet of texts: the same bytes for the same rows."""
    from xlsxwriter import Workbook  # loaded late, as above

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with Workbook(file, options) as workbook:
        workbook.set_properties({"created": _SAME_TIME})
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell and sheet.write_string(number, column, cell) < 0:
                    raise Rejection(
                        "malformed", "a cell holds more text than a workbook can", "Download it as CSV."
                    )
    return file.getvalue()
