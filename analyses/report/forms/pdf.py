"""The document as a book: a tagged PDF (PDF/UA-1), set by typst from the same data and the same charts.

Texts reach typst as data, never as source: nothing in them is markup.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, unescape

import typst

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
    Section,
    Sheet,
    Table,
    Terms,
    Testimony,
)
from analyses.report.forms import glyphs
from analyses.report.forms.fonts import FONTS
from analyses.report.forms.words import Words

#: Draws a figure's chart as SVG.
Draw = Callable[[Figure], str]

_TEMPLATE = Path(__file__).parent / "book.typ"

#: The room that a chart may take on a page, in points.
_WIDTH, _HEIGHT = 467.0, 560.0
#: One not much taller than this is made so: its heading, legend and notes then stand on the same page.
_SHARED_HEIGHT = 470.0
_LOGOS = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}

Item = dict[str, Any]


class PdfError(Exception):
    """Typst refused the document; the message is its own."""


def render_pdf(document: Document, draw: Draw, *, is_compact: bool = False) -> bytes:
    """The book; `draw` gives the chart of a figure. The same document gives the same bytes.

    A compact one has no contents, and its chapters follow each other without a new page.

    Raises PdfError if typst, or the rules of PDF/UA, refuse it: a defect of this module, not of the data.
    """
    words = Words(document.language)
    setter = _Setter(document, words)
    with tempfile.TemporaryDirectory(prefix="effets-") as name:
        folder = Path(name)
        for figure in document.figures():
            chart = _chart(draw(figure), setter.print_)
            slices = setter.slices[figure.ident] = []
            for number, (svg, width, height) in enumerate(_slices(chart), start=1):
                name = f"{figure.ident}-{number}.svg"
                (folder / name).write_text(svg, encoding="utf-8")
                slices.append({"file": name, "width": width, "height": height})
        if document.logo and document.logo.media_type in _LOGOS:
            setter.logo = f"logo.{_LOGOS[document.logo.media_type]}"
            (folder / setter.logo).write_bytes(base64.b64decode(document.logo.content))
        (folder / "book.json").write_text(
            json.dumps(setter.book() | {"is_compact": is_compact}, ensure_ascii=False), encoding="utf-8"
        )
        (folder / "book.typ").write_bytes(_TEMPLATE.read_bytes())
        return compile_book(folder, document.year)


def compile_book(folder: Path, year: int) -> bytes:
    """What typst makes of `book.typ` there. The PDF's date is the first day after the year it speaks of."""
    try:
        pdf: bytes = typst.compile(
            str(folder / "book.typ"),
            root=str(folder),
            font_paths=[str(FONTS.folder)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp()),
        )
    except typst.TypstError as error:
        raise PdfError(f"typst could not set the document: {error}") from error
    return pdf


def _chart(svg: str, print_: Callable[[str], str]) -> str:
    """A chart with the font of the book, and its size said."""
    svg = FONTS.named(svg)
    # What is printable is said of letters, not of how XML writes them.
    return re.sub(r">([^<>]+)<", lambda found: f">{escape(print_(unescape(found[1])))}<", svg)


def _slices(svg: str) -> list[tuple[str, float, float]]:
    """The chart as pictures that fit on a page, each with its width and height there.

    One that would have to shrink much is cut between its lines of text.
    """
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if not found:
        return [(svg, _WIDTH, _WIDTH * 9 / 16)]
    width, height = float(found[1]), float(found[2])
    scale = _WIDTH / width
    room = _HEIGHT / scale
    if height <= room * 1.45:
        scale = min(scale, (_SHARED_HEIGHT if height <= room else _HEIGHT) / height)
        return [(svg, width * scale, height * scale)]
    lines = sorted({float(y) for y in re.findall(r"<text[^>]*translate\([\d.-]+,([\d.-]+)\)", svg)})
    # Just above a line that is farther from the one before than those of one label.
    gaps = [other - 12 for one, other in pairwise(lines) if other - one > 19]
    cuts = [0.0]
    while height - cuts[-1] > room:
        cuts.append(max((gap for gap in gaps if cuts[-1] < gap <= cuts[-1] + room), default=cuts[-1] + room))
    return [
        (svg.replace(found[0], f'viewBox="0 {top} {width} {bottom - top}"'), _WIDTH, (bottom - top) * scale)
        for top, bottom in pairwise([*cuts, height])
    ]


def _all_texts(thing: Any) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from _all_texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _all_texts(value)


class _Setter:
    """Turns a document into the flat list of things that the template sets, one after the other."""

    def __init__(self, document: Document, words: Words) -> None:
        self.document = document
        self.words = words
        #: The pictures of each figure: several where one would be too small to read.
        self.slices: dict[str, list[Item]] = {}
        self.logo: str | None = None
        self.print_: Callable[[str], str] = lambda text: text
        self._level = 1
        self._idents: set[str] = set()
        self._behind: list[tuple[Figure, Table]] = []
        items = self._items()
        lacking = glyphs.missing(_all_texts([items, *self._charted()]))
        self.print_ = glyphs.printable(lacking)
        self.is_lacking = bool(lacking)

    def book(self) -> Item:
        """What the template reads."""
        document = self.document
        items = self._items()
        shades = palette.LIGHT | dict(document.colours)
        book: Item = {
            "language": document.language,
            "title": self.print_(document.title),
            "full_title": self.print_(document.full_title),
            "network": self.print_(document.network),
            "year": str(document.year),
            "lead": self._inlines(document.lead),
            "colophon": self._inlines(document.colophon),
            "story": [self._inlines(text) for text in story.items] if (story := self._story()) else [],
            "notice": self._flat((document.notice,)) if document.notice else [],
            "logo": self.logo,
            "items": items,
            "colours": {
                name: colour for name, colour in shades.items() if re.fullmatch("#[0-9a-fA-F]{6}", colour)
            },
            "lacking": self.words("missing_glyphs") if self.is_lacking else "",
            "words": {
                "contents": self.words("contents"),
                "data_at": self.words("data_at", page="{page}"),
                "logo": self.words("logo", network=document.network),
                "truncated": self.words("truncated"),
            },
        }
        book["idents"] = sorted(self._idents)
        return book

    def _story(self) -> Bullets | None:
        """The statements that the first chapter opens with: in a book the first page has them."""
        first = self.document.chapters[0].sections if self.document.chapters else ()
        opening = first[-1].blocks[0] if first and first[-1].blocks else None
        return opening if isinstance(opening, Bullets) else None

    def _charted(self) -> list[str]:
        # What a chart says, its description says too, but for labels that are cut into lines.
        return [figure.description for figure in self.document.figures()]

    def _items(self) -> list[Item]:
        self._idents = set()
        self._behind = []
        items: list[Item] = []
        for chapter in self.document.chapters:
            # A few words, where a year has no figures for a chapter, have no page of their own.
            is_run_on = bool(items) and all(
                isinstance(block, Paragraph) for section in chapter.sections for block in section.blocks
            )
            items += self._heading(
                1, chapter.title, chapter.ident, number=chapter.number, is_run_on=is_run_on
            )
            for section in chapter.sections:
                items += self._section(section)
        if self._behind:
            items += self._heading(1, self.words("data_chapter"), "book-data", number="")
            for _, table in list(self._behind):
                items.append(self._table(table))
        return items

    def _section(self, section: Section) -> list[Item]:
        head = self._heading(2, section.title, section.ident) if section.title else []
        return head + self._flat(section.blocks)

    def _heading(self, level: int, title: str, ident: str, **more: Any) -> list[Item]:
        # PDF/UA: no level may be left out.
        self._level = min(level, self._level + 1) if level > 1 else 1
        return [
            {
                "is": "heading",
                "level": self._level,
                "title": self.print_(title),
                "ident": self._ident(ident),
                **more,
            }
        ]

    def _ident(self, ident: str) -> str:
        """The identifier, the first time it occurs: a label may stand once."""
        if not ident or ident in self._idents:
            return ""
        self._idents.add(ident)
        return ident

    def _flat(self, blocks: tuple[Block, ...]) -> list[Item]:
        return [item for block in blocks if block is not self._story() for item in self._block(block)]

    def _block(self, block: Block) -> list[Item]:
        match block:
            case Paragraph():
                return [{"is": "paragraph", "role": block.role, "text": self._inlines(block.text)}]
            case Bullets():
                texts = [self._inlines(text) for text in block.items]
                return [{"is": "bullets", "is_ordered": block.is_ordered, "items": texts}]
            case Heading():
                title = "".join(piece.text for piece in block.text)
                return self._heading(3, title, "")
            case Quotation():
                return [{"is": "quotation", "text": self._inlines(block.text), "source": "", "language": ""}]
            case Terms():
                pairs = [[self._inlines(word), self._inlines(meaning)] for word, meaning in block.items]
                return [{"is": "terms", "items": pairs}]
            case KeyFigures():
                return [self._key_figures(block)]
            case Table():
                return [self._table(block)]
            case Figure():
                return [self._figure(block)]
            case Testimony():
                return [self._testimony(block)]
            case Notice():
                inner = self._flat(block.blocks)
                return [
                    {
                        "is": "notice",
                        "role": block.role,
                        "title": self.print_(block.title),
                        "ident": self._ident(block.ident),
                        "items": inner,
                    }
                ]
            case Sheet():
                head = self._heading(2, f"{block.code} · {block.title}", block.ident, is_minor=True)
                text = {"is": "paragraph", "role": "body", "text": self._inlines(block.definition)}
                table = [self._table(block.table)] if block.table else []
                return [{"is": "sheet", "items": [*head, text, *self._block(block.terms), *table]}]
            case Query():
                head = self._heading(2, block.name, block.ident, is_minor=True)
                use = {"is": "paragraph", "role": "help", "text": [{"text": self.print_(block.use)}]}
                return [*head, use, {"is": "code", "text": self.print_(block.sql)}]

    def _key_figures(self, block: KeyFigures) -> Item:
        return {
            "is": "key_figures",
            "ident": self._ident(block.ident),
            "title": self.print_(block.title),
            "source": self.words("source", query=block.query),
            "figures": [
                {
                    "label": self.print_(figure.label),
                    "value": self._cell(figure.value),
                    "lines": [self._inlines(line) for line in figure.lines],
                    "href": figure.href.removeprefix("#"),
                }
                for figure in block.figures
            ],
        }

    def _figure(self, block: Figure) -> Item:
        self._behind.append((block, block.table))
        return {
            "is": "figure",
            "ident": self._ident(block.ident),
            "title": self.print_(block.title),
            "slices": self.slices.get(block.ident, []),
            "description": self.print_(block.description),
            "base": self._inlines(block.base),
            "legend": [
                {"sign": item.sign, "label": self.print_(item.label)} for item in getattr(block, "legend", ())
            ],
            "notes": [self._inlines(note) for note in block.notes],
            "source": self.words("source", query=block.query),
            "data": block.table.ident,
        }

    def _table(self, table: Table) -> Item:
        groups = []
        for group in table.groups:
            rows = [
                {"role": row.role, "cells": [self._cell(cell) for cell in row.cells]} for row in group.rows
            ]
            groups.append({"heading": self.print_(group.heading), "rows": rows})
        return {
            "is": "table",
            "ident": self._ident(table.ident),
            "title": self.print_(table.title),
            "columns": [{"label": self.print_(c.label), "kind": c.kind} for c in table.columns],
            "groups": groups,
            "notes": [self._inlines(note) for note in table.notes],
            "source": self.words("source", query=table.query),
        }

    def _testimony(self, block: Testimony) -> Item:
        text = f"\u2068{self.print_(block.text)}\u2069"
        pieces: list[Item] = [{"text": text}]
        if block.is_truncated:
            pieces.append({"text": f" [{self.words('truncated')}]", "style": "emphasis"})
        source = f"\u2068{self.print_(block.source)}\u2069 · {self.print_(block.criterion)}"
        return {"is": "quotation", "text": pieces, "source": source, "language": block.language}

    def _inlines(self, text: Inlines) -> list[Item]:
        return [self._piece(piece) for piece in text]

    def _piece(self, piece: Run | Cell) -> Item:
        if isinstance(piece, Cell):
            strong = {"style": "strong"} if piece.is_strong else {}
            return {"text": self.print_(piece.text), "is_figure": True, **strong}
        text = self.print_(piece.text)
        if piece.is_foreign:
            text = f"\u2068{text}\u2069"
        found: Item = {"text": text}
        if piece.style:
            found["style"] = piece.style
        if piece.href.startswith("#"):
            found["target"] = piece.href[1:]
        elif re.match(r"(https?://|mailto:)", piece.href):
            found["href"] = piece.href
        return found

    def _cell(self, cell: Cell) -> Item:
        found: Item = {"text": self.print_(cell.text)}
        if cell.note:
            found["note"] = self._inlines(cell.note)
        if cell.is_missing:
            found["is_missing"] = True
        return found
