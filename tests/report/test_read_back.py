"""What is printed is read back from each form, table by table and cell by cell: it is what the database holds."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from python_calamine import CalamineWorkbook

from analyses.report import charts
from analyses.report.build import build_document
from analyses.report.database import Database
from analyses.report.document import Cell, Document, KeyFigures, Table, plain
from analyses.report.forms.pdf import render_pdf
from analyses.report.forms.sheets import render_xlsx
from analyses.report.forms.word import render_docx
from analyses.report.html import render
from analyses.report.messages import clean
from ingest.settings import Settings
from tests.report.page import Element, parse
from tests.report.published import network, publish
from tests.report.test_document import stands_at
from tests.report.test_forms import PIXEL, squeezed

LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with Database(publish(tmp_path_factory.mktemp("warehouse"), network()) / "effets.duckdb") as found:
        yield found


@pytest.fixture(scope="module", params=LANGUAGES)
def report(request: pytest.FixtureRequest, database: Database) -> Document:
    return build_document(database, 2025, request.param, Settings())


def held(database: Database, cell: Cell, year: int) -> float | None:
    """What the database holds where the cell says that its figure stands."""
    assert cell.ref is not None
    (value,) = stands_at(database._connection, cell.ref, year)
    return None if value is None else float(value)


def figures(cell: Cell) -> list[Cell]:
    return [part for part in (cell.parts or (cell,)) if part.ref is not None]


def test_html(database: Database, report: Document, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(report), encoding="utf-8")
    page = parse(path)
    checked = 0
    for table in report.tables():
        caption = page.find(table.ident)
        assert caption.parent and caption.text == caption.text
        # Totals stand in the foot of the table, whatever their place.
        printed = [row for body in caption.parent.all("tbody", "tfoot") for row in body.all("tr")]
        printed = [row for row in printed if row.attributes.get("class") != "group"]
        rows = sorted(table.rows, key=lambda row: row.role == "total")
        assert len(printed) == len(rows), table.ident
        for row, given in zip(printed, rows, strict=True):
            for element, cell in zip(row.all("th", "td"), given.cells, strict=True):
                values = [figure_of(data) for data in element.all("data")]
                wanted = [held(database, one, report.year) for one in [*figures(cell), *noted(cell)]]
                assert values == pytest.approx(wanted), (table.ident, cell.text)
                assert squeezed(element.text) == squeezed(cell.text + plain(cell.note)), table.ident
                checked += len(values)
    assert checked > 500


def figure_of(element: Element) -> float:
    return float(element.attributes["value"])


def noted(cell: Cell) -> list[Cell]:
    return [one for piece in cell.note if isinstance(piece, Cell) for one in figures(piece)]


def test_xlsx(database: Database, report: Document) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_xlsx(report)))
    tables = report.tables()
    assert len(book.sheet_names) == len(tables) + 1
    checked = 0
    for name, table in zip(book.sheet_names[1:], tables, strict=True):
        read = [
            [value for value in row if isinstance(value, int | float) and not isinstance(value, bool)]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        told = [row for row in read if row]
        wanted = [list(numbers(database, row.cells, report.year)) for row in table.rows]
        wanted = [row for row in wanted if row]
        assert len(told) >= len(wanted), name
        for row in wanted:
            # The figures of a row stand in one row, in their order; a year or a note may stand between them.
            assert any(is_within(row, line) for line in told), (name, row)
            checked += len(row)
    assert checked > 400


def numbers(database: Database, cells: tuple[Cell, ...], year: int) -> Iterator[float]:
    for cell in cells:
        for one in figures(cell):
            value = held(database, one, year)
            if value is not None:
                yield value


def is_within(wanted: list[float], line: list[float]) -> bool:
    rest = iter(line)
    return all(any(value == pytest.approx(found) for found in rest) for value in wanted)


def test_docx(report: Document) -> None:
    file = docx.Document(io.BytesIO(render_docx(report, lambda figure: PIXEL)))
    read = [
        [[squeezed(cell.text) for cell in row.cells] for row in table.rows]
        for table in file.tables
        if len(table.columns) > 1
    ]
    for table in report.tables():
        for row in table.rows:
            wanted = [squeezed(clean(cell.text) + clean(plain(cell.note))) for cell in row.cells]
            assert any(wanted in found for found in read), (table.ident, wanted)


def test_pdf(report: Document, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "book.pdf"
    path.write_bytes(render_pdf(report, lambda figure: str(charts.svg(figure, "wide"))))
    command = ["pdftotext", "-raw", str(path), "-"]
    words = squeezed(subprocess.run(command, check=True, capture_output=True).stdout.decode())
    for table in report.tables():
        for row in table.rows:
            # Cell after cell of a row is set: none may be lost or stand in another's place.
            told = "".join(cell.text + plain(cell.note) for cell in row.cells)
            assert squeezed(told) in words, (table.ident, told)
    for block in report.blocks():
        if isinstance(block, KeyFigures):
            for figure in block.figures:
                told = figure.value.text + figure.label + "".join(plain(line) for line in figure.lines)
                assert squeezed(told) in words, told


def test_every_chapter_has_figures(report: Document) -> None:
    """A chapter without one would pass all of the above."""
    chapters = {
        chapter.ident: sum(bool(figures(cell)) for cell in cells(chapter.sections))
        for chapter in report.chapters
    }
    assert not [name for name, count in chapters.items() if not count and name != "sources"], chapters
    assert {type(block) for block in report.blocks()} >= {Table, KeyFigures}


def cells(thing: object) -> Iterator[Cell]:
    from analyses.report.document import _cells

    yield from _cells(thing)


def test_a_wrong_digit_would_be_found(report: Document, tmp_path: Path) -> None:
    """The comparison itself can fail."""
    assert not is_within([0.5, 3.0], [3.0, 0.5])
    assert is_within([0.5, 3.0], [2025, 0.5, 1.0, 3.0])
    assert re.sub(r"\s", "", squeezed("50\u202f% – 3")) == "50%–3"
