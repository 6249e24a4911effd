"""PDF, DOCX, XLSX and files: the figures are those of the database, and no text does any harm."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import duckdb
import pikepdf
import pytest
from python_calamine import CalamineWorkbook

from analyses.report import charts
from analyses.report.build import build_document
from analyses.report.database import Database
from analyses.report.document import Cell, Chapter, Document, Figure, Notice, Paragraph, Run, Section
from analyses.report.forms import pictures, write_forms
from analyses.report.forms.glyphs import missing
from analyses.report.forms.pdf import render_pdf
from analyses.report.forms.pictures import csv_of, inert
from analyses.report.forms.sheets import grid, render_xlsx
from analyses.report.forms.word import render_docx
from analyses.report.forms.words import Words
from analyses.report.messages import clean
from ingest.settings import Settings
from tests.report.documents import HOSTILE, document, table

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def draw(figure: Figure) -> str:
    return str(charts.svg(figure, "wide"))


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return render_pdf(document(hostile=True), draw)


@pytest.fixture(scope="module", params=["fr", "en"])
def real(request: pytest.FixtureRequest, warehouse: Path) -> Document:
    with Database(warehouse / "effets.duckdb") as database:
        return build_document(database, 2025, request.param, Settings())


def words_of(pdf: bytes, tmp_path: Path) -> str:
    """The text of a PDF; skips where poppler is missing."""
    import shutil
    import subprocess

    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "book.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-raw", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def squeezed(text: str) -> str:
    """Without blanks and line breaks, which a PDF does not keep."""
    return re.sub(r"[\s\u200b\u2066-\u2069\u00ad-]+", "", text)


def figures(cells: Iterator[Cell]) -> Iterator[Cell]:
    return (cell for cell in cells if cell.ref is not None and cell.value is not None)


# --- PDF ---


def test_pdf_is_tagged_and_says_what_it_is(hostile: bytes) -> None:
    with pikepdf.open(io.BytesIO(hostile)) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "fr" and root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "<script>alert(1)</script> & <b>gras</b> ]]> &amp; : rapport 2024"
        with pdf.open_outline() as outline:
            assert any("essentiel" in entry.title for entry in outline.root)
        kinds = {str(node.S) for node in walk(root.StructTreeRoot) if "/S" in node}
        assert {"/H1", "/H2", "/Figure", "/Table", "/TH", "/TD", "/P", "/Caption"} <= kinds
        described = [str(node.Alt) for node in walk(root.StructTreeRoot) if "/Alt" in node]
        assert any(text.startswith("Mixité des rencontres : 50 %") for text in described)


def test_pdf_runs_and_opens_nothing(hostile: bytes) -> None:
    with pikepdf.open(io.BytesIO(hostile)) as pdf:
        actions = [obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary)]
        for obj in actions:
            assert not {"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/OpenAction"} & set(obj.keys())
        links = [
            str(obj.A.URI)
            for obj in actions
            if isinstance(obj.get("/A"), pikepdf.Dictionary) and "/URI" in obj.A
        ]
        assert set(links) == {"https://exemple.invalid/"}


def test_pdf_is_the_same_each_time(hostile: bytes) -> None:
    assert render_pdf(document(hostile=True), draw) == hostile


def test_pdf_shows_hostile_words_as_words(hostile: bytes, tmp_path: Path) -> None:
    words = squeezed(words_of(hostile, tmp_path))
    for text in HOSTILE[:5]:
        assert squeezed(text) in words, text
    assert "/etc/passwd" in words and "root:" not in words


def test_pdf_cuts_nothing_that_is_longer_than_a_page(tmp_path: Path) -> None:
    """What is short stays in one piece; a piece that does not fit a page would end at its edge."""
    spoken = " ".join(f"mot{number}" for number in range(1500))
    notice = Notice("notice-long", "Un long avis", (Paragraph((Run(spoken),)),), "note")
    section = Section("long", "", (table("long", names=(spoken,)), notice))
    book = replace(document(), chapters=(Chapter("long", "1", "Long", (section,)),))
    found = words_of(render_pdf(book, draw), tmp_path).split()
    assert all(found.count(word) == 2 for word in spoken.split())


def test_pdf_has_every_figure_of_the_database(real: Document, warehouse: Path, tmp_path: Path) -> None:
    words = squeezed(words_of(render_pdf(real, draw), tmp_path))
    checked = 0
    with duckdb.connect(warehouse / "effets.duckdb", read_only=True) as connection:
        for cell in figures(real.cells()):
            assert squeezed(cell.text) in words, cell
            checked += in_database(connection, cell)
    assert checked > 50


def in_database(connection: duckdb.DuckDBPyConnection, cell: Cell) -> bool:
    """Whether the cell's place could be looked up; it must hold the cell's value."""
    assert cell.ref is not None
    if cell.ref.relation.startswith("query:"):
        return False
    try:
        key = " and ".join(f'"{name}" = ?' for name in cell.ref.key)
        found = connection.execute(
            f'select "{cell.ref.column}" from {cell.ref.relation} where {key}', list(cell.ref.key.values())
        ).fetchall()
    except duckdb.Error:
        return False
    assert found == [(pytest.approx(cell.value),)], cell
    return True


def test_signs_without_a_glyph_are_found() -> None:
    assert missing(["été – « oui » ≥ 5", "العربية", "日本", "😀"]) == frozenset("日本😀")


def test_a_picture_has_its_texts_and_lies_on_white() -> None:
    svg = draw(document().figures()[0])
    assert pictures.png(svg) != pictures.png(re.sub("<text.*?</text>", "", svg))
    assert pictures.standalone(svg).count('<rect width="100%" height="100%" fill="#ffffff"') == 1


# --- XLSX and CSV ---


def test_xlsx_holds_exact_numbers(real: Document, warehouse: Path) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_xlsx(real)))
    assert len(book.sheet_names) == len(real.tables()) + 1
    assert all(len(name) <= 31 for name in book.sheet_names)
    with duckdb.connect(warehouse / "effets.duckdb", read_only=True) as connection:
        for name, source in zip(book.sheet_names[1:], real.tables(), strict=True):
            found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            numbers = [value for row in found for value in row if isinstance(value, float)]
            expected = [
                entry.value
                for row in grid(source, Words(real.language)).rows
                for entry in row
                if isinstance(entry.value, int | float)
            ]
            assert numbers == pytest.approx(expected), name
            for row in source.rows:
                for cell in row.cells:
                    for part in cell.parts or (cell,):
                        if part.ref and part.value is not None:
                            in_database(connection, part)


def test_xlsx_has_no_formula_and_no_link_outside() -> None:
    data = render_xlsx(document(hostile=True))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
        assert sheets and not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
        assert not [name for name in parts.namelist() if "external" in name.lower()]
    assert render_xlsx(document(hostile=True)) == data


def test_csv_begins_no_text_like_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(csv_of(table("t", names=HOSTILE), "fr").removeprefix("\ufeff"))))
    assert rows[0] == ["Groupe", "Indicateur", "n", "Part", "Intervalle : de", "Intervalle : à"]
    assert rows[2][1] == "'" + HOSTILE[1] and rows[3][1] == "'" + HOSTILE[2]
    assert rows[1][2:] == ["1000", "masqué", "0.25", "0.75"]
    assert inert("") == "" and inert("été") == "été"


# --- DOCX ---


def test_docx_has_real_structure() -> None:
    data = render_docx(document(hostile=True), lambda figure: PIXEL)
    file = docx.Document(io.BytesIO(data))
    styles = [paragraph.style.name for paragraph in file.paragraphs if paragraph.style]
    assert {"Title", "Heading 1", "Heading 2", "Caption", "Quote", "List Bullet", "List Number"} <= set(
        styles
    )
    xml = file.element.xml
    assert xml.count("w:tblHeader") == len(file.tables) >= 5
    assert 'descr="Mixité des rencontres : 50 %.' in xml
    assert 'w:val="fr-FR"' in file.styles.element.xml
    words = "\n".join(paragraph.text for paragraph in file.paragraphs)
    for text in HOSTILE:
        assert clean(text) in words
    assert render_docx(document(hostile=True), lambda figure: PIXEL) == data


def test_docx_has_every_figure(real: Document) -> None:
    file = docx.Document(io.BytesIO(render_docx(real, lambda figure: PIXEL)))
    words = squeezed("".join(node.text or "" for node in file.element.iter() if node.tag.endswith("}t")))
    assert [cell for cell in figures(real.cells()) if squeezed(cell.text) not in words] == []


# --- files ---


def test_all_forms_are_written_and_the_same_each_time(
    real: Document, warehouse: Path, tmp_path: Path
) -> None:
    with Database(warehouse / "effets.duckdb") as database:
        first = write_forms(real, tmp_path / "one", database)
        second = write_forms(real, tmp_path / "two", database)
    names = {path.relative_to(tmp_path / "one").as_posix() for path in first}
    assert {f"report.{real.language}.{kind}" for kind in ("pdf", "docx", "xlsx")} <= names
    for figure in real.figures():
        assert {f"charts/{figure.ident}.{real.language}.{kind}" for kind in ("svg", "png", "csv")} <= names
    assert {"data/rpt_indicator.csv", "data/rpt_indicator.parquet"} <= names
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name
    assert not list(tmp_path.rglob("*.part"))


def walk(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """All elements of the tree of tags."""
    waiting = [node]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting += list(element)
        elif isinstance(element, pikepdf.Dictionary):
            yield element
            if "/K" in element:
                waiting.append(element.K)
