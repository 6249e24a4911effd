"""The document for those who must edit it: real styles, headings, tables with header rows, pictures with their text."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, RGBColor

from analyses.report import palette
from analyses.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Figure,
    Heading,
    Inlines,
    KeyFigures,
    Notice,
    Paragraph,
    Query,
    Quotation,
    Run,
    Sheet,
    Table,
    Terms,
    Testimony,
    plain,
)
from analyses.report.forms.archive import repacked
from analyses.report.forms.fonts import FONTS
from analyses.report.forms.words import Words
from analyses.report.messages import clean

#: Draws a figure's chart as PNG.
Draw = Callable[[Figure], bytes]

_REGIONS = {"fr": "fr-FR", "en": "en-GB"}
_TEXT_WIDTH = Cm(16.6)
_TEXT_HEIGHT = Cm(20)


def render_docx(document: Document, draw: Draw) -> bytes:
    """The text document; `draw` gives the picture of a figure. The same document gives the same bytes."""
    return _Writer(document, draw).bytes()


class _Writer:
    """Writes blocks one after the other."""

    def __init__(self, document: Document, draw: Draw) -> None:
        self._document = document
        self._draw = draw
        self._words = Words(document.language)
        self._file = docx.Document()
        self._bookmarks: dict[str, int] = {}
        self._level = 1
        self._prepare()

    def bytes(self) -> bytes:
        """The file."""
        self._front()
        for chapter in self._document.chapters:
            self._heading(f"{chapter.number}  {chapter.title}", 1, chapter.ident)
            for section in chapter.sections:
                if section.title:
                    self._heading(section.title, 2, section.ident)
                self._blocks(section.blocks)
        target = io.BytesIO()
        self._file.save(target)
        return repacked(target.getvalue())

    def _prepare(self) -> None:
        document, file = self._document, self._file
        day = datetime(document.year + 1, 1, 1)
        core = file.core_properties
        core.title, core.author = clean(document.full_title)[:255], clean(document.network)[:255]
        core.language = document.language
        core.created = core.modified = day
        core.last_modified_by, core.comments, core.revision = "", "", 1
        section = file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2.4)
        accent = RGBColor.from_string(palette.LIGHT["accent"].lstrip("#"))
        normal = file.styles["Normal"]
        normal.font.name, normal.font.size = FONTS.family, Pt(10)
        for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Caption"):
            style = file.styles[name]
            style.font.name = FONTS.family
            style.font.color.rgb = accent
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{attribute}"), None)
        file.styles["Heading 1"].paragraph_format.page_break_before = True
        for holder in file.styles.element.iter(qn("w:lang")):
            holder.set(qn("w:val"), _REGIONS.get(document.language, document.language))
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _field(footer, "PAGE", "1")
        section.header.paragraphs[0].text = clean(document.full_title)
        section.different_first_page_header_footer = True

    def _front(self) -> None:
        document = self._document
        self._file.add_paragraph(clean(document.network), style="Subtitle")
        self._file.add_paragraph(clean(document.title), style="Title")
        self._text(document.lead)
        if document.notice:
            self._block(document.notice)
        self._text(document.colophon)
        contents = self._file.add_paragraph(self._words("contents"))
        contents.runs[0].bold = True
        contents.paragraph_format.page_break_before = True
        # A field that Word brings up to date on demand; until then it lists the chapters.
        listed = self._file.add_paragraph()
        chapters = "\n".join(f"{chapter.number}  {chapter.title}" for chapter in document.chapters)
        _field(listed, 'TOC \\o "1-2" \\h \\z \\u', clean(chapters))

    def _blocks(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                paragraph = self._text(block.text)
                if block.role == "help":
                    _small(paragraph)
                elif block.role == "lead":
                    for run in paragraph.runs:
                        run.font.size = Pt(12)
            case Bullets():
                for text in block.items:
                    self._text(text, "List Number" if block.is_ordered else "List Bullet")
            case Heading():
                self._heading(plain(block.text), 3, "")
            case Quotation():
                self._text(block.text, "Quote")
            case Terms():
                for word, meaning in block.items:
                    paragraph = self._text(word)
                    for run in paragraph.runs:
                        run.bold = True
                    paragraph.add_run(" ")
                    self._add(paragraph, meaning)
            case KeyFigures():
                self._key_figures(block)
            case Table():
                self._table(block)
            case Figure():
                self._figure(block)
            case Testimony():
                self._testimony(block)
            case Notice():
                if block.title:
                    self._file.add_paragraph(clean(block.title), style="Intense Quote")
                self._blocks(block.blocks)
            case Sheet():
                self._heading(f"{block.code} · {block.title}", 2, block.ident)
                self._text(block.definition)
                self._block(block.terms)
                if block.table:
                    self._table(block.table)
            case Query():
                self._heading(block.name, 2, block.ident)
                _small(self._file.add_paragraph(clean(block.use)))
                code = self._file.add_paragraph(clean(block.sql))
                for run in code.runs:
                    run.font.name, run.font.size = "Courier New", Pt(7.5)

    def _heading(self, title: str, level: int, ident: str) -> None:
        # No level is left out: a reader's software finds its way by them.
        self._level = min(level, self._level + 1) if level > 1 else 1
        paragraph = self._file.add_heading(clean(title), self._level)
        self._bookmark(paragraph, ident)

    def _bookmark(self, paragraph: Any, ident: str) -> None:
        if not ident or ident in self._bookmarks:
            return
        number = self._bookmarks[ident] = len(self._bookmarks) + 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(number))
        start.set(qn("w:name"), f"b{number}")
        paragraph._p.append(start)
        paragraph._p.append(end)

    def _key_figures(self, block: KeyFigures) -> None:
        caption = self._file.add_paragraph(clean(block.title), style="Caption")
        caption.paragraph_format.keep_with_next = True
        for figure in block.figures:
            paragraph = self._file.add_paragraph()
            value = paragraph.add_run(clean(figure.value.text))
            value.bold, value.font.size = True, Pt(16)
            paragraph.add_run(f"  {clean(figure.label)}").bold = True
            for line in figure.lines:
                paragraph.add_run().add_break()
                self._add(paragraph, line)
        self._source(block.query)

    def _figure(self, block: Figure) -> None:
        caption = self._file.add_paragraph(clean(block.title), style="Caption")
        caption.paragraph_format.keep_with_next = True
        paragraph = self._file.add_paragraph()
        picture = paragraph.add_run().add_picture(io.BytesIO(self._draw(block)), width=_TEXT_WIDTH)
        if picture.height > _TEXT_HEIGHT:
            picture.width = Emu(int(picture.width * _TEXT_HEIGHT / picture.height))
            picture.height = _TEXT_HEIGHT
        description = picture._inline.docPr
        description.set("descr", clean(block.description))
        description.set("title", clean(block.title))
        description.set("name", clean(block.ident))
        _small(self._text(block.base))
        for note in block.notes:
            _small(self._text(note))
        self._table(block.table)

    def _table(self, block: Table) -> None:
        caption = self._file.add_paragraph(clean(block.title), style="Caption")
        caption.paragraph_format.keep_with_next = True
        is_wide = len(block.columns) > 9
        if is_wide:
            self._turn(WD_ORIENT.LANDSCAPE)
        self._file.element.body._insert_tbl(parse_xml(_table_xml(block)))
        for note in block.notes:
            _small(self._text(note))
        self._source(block.query)
        if is_wide:
            self._turn(WD_ORIENT.PORTRAIT)

    def _turn(self, orientation: Any) -> None:
        section = self._file.add_section()
        if section.orientation != orientation:
            section.orientation = orientation
            section.page_width, section.page_height = section.page_height, section.page_width

    def _testimony(self, block: Testimony) -> None:
        paragraph = self._file.add_paragraph(style="Quote")
        run = paragraph.add_run(clean(block.text))
        _tongue(run, _REGIONS.get(block.language, block.language))
        if block.is_truncated:
            paragraph.add_run(f" [{self._words('truncated')}]")
        _small(self._file.add_paragraph(f"— {clean(block.source)} · {clean(block.criterion)}"))

    def _source(self, query: str) -> None:
        _small(self._file.add_paragraph(self._words("source", query=query)))

    def _text(self, text: Inlines, style: str | None = None) -> Any:
        paragraph = self._file.add_paragraph(style=style)
        self._add(paragraph, text)
        return paragraph

    def _add(self, paragraph: Any, text: Inlines) -> None:
        for piece in text:
            run = paragraph.add_run(clean(piece.text))
            if isinstance(piece, Run):
                run.bold = piece.style == "strong" or None
                run.italic = piece.style == "emphasis" or None
                if piece.style == "code":
                    run.font.name = "Courier New"
            elif isinstance(piece, Cell):
                run.bold = None


def _table_xml(block: Table) -> str:
    """The table as Word's XML, written at once: cell by cell, its library takes minutes for a long report."""
    count = len(block.columns)
    size = 14 if count > 6 else 17
    share = _TEXT_WIDTH.twips // (count + 1)
    widths = [2 * share if place == 0 else share for place in range(count)]
    numeric = [column.kind not in ("text", "status") for column in block.columns]
    head = "".join(_cell_xml(column.label, size, is_strong=True) for column in block.columns)
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
    for group in block.groups:
        if group.heading:
            cell = _cell_xml(group.heading, size, is_strong=True, span=count)
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>")
        for row in group.rows:
            is_strong = row.role in ("total", "current")
            cells = "".join(
                _cell_xml(cell.text, size, is_strong, is_right, note=plain(cell.note))
                for cell, is_right in zip(row.cells, numeric, strict=True)
            )
            rows.append(f"<w:tr>{cells}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/>'
        f'<w:tblLook w:firstRow="1" w:firstColumn="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean(block.title))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _cell_xml(
    text: str, size: int, is_strong: bool = False, is_right: bool = False, span: int = 1, note: str = ""
) -> str:
    properties = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>' if span > 1 else ""
    paragraphs = [(text, size, is_strong)] + ([(note, 13, False)] if note else [])
    side = '<w:jc w:val="right"/>' if is_right else ""
    inner = "".join(
        f'<w:p><w:pPr><w:spacing w:after="20"/>{side}</w:pPr>'
        f'<w:r><w:rPr>{"<w:b/>" if strong else ""}<w:sz w:val="{points}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(clean(words))}</w:t></w:r></w:p>'
        for words, points, strong in paragraphs
    )
    return f"<w:tc>{properties}{inner}</w:tc>"


def _small(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.font.size = Pt(8.5)
        run.font.color.rgb = RGBColor.from_string(palette.LIGHT["muted"].lstrip("#"))


def _tongue(run: Any, language: str) -> None:
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), language)
    run._r.get_or_add_rPr().append(element)


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field of Word's, with what it shows until it is brought up to date."""
    for kind, text in _parts(instruction, shown):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
            continue
        if kind == "instruction":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _parts(instruction: str, shown: str) -> Iterator[tuple[str, str]]:
    yield "begin", ""
    yield "instruction", instruction
    yield "separate", ""
    yield "text", shown
    yield "end", ""
