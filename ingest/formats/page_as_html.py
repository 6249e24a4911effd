"""Cutting a page that came as HTML."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from ingest.formats.page_layout import (
    ANCHORS,
    BUTTON,
    BY_TITLE,
    LEVELS,
    RECOGNISED,
    SUMMARY_HEADINGS,
    TITLE,
    UNPARSED,
    URBAN,
    Layout,
    Quote,
    Section,
    in_order,
    project_name,
    title_key,
)
from ingest.formats.page_markup import Attributes, Unusual, walk, walk_tolerantly
from ingest.formats.page_text import BULLET, Page, Strand, folded

_SKIPPED = {
    "script",
    "style",
    "noscript",
    "template",
    "textarea",
    "form",
    "svg",
    "select",
    "iframe",
    "object",
}
_BLOCKS = {"p", "div", "br", "section", "ul", "ol", "h1", "h2", "h3", "h4", "table", "tr", "td", "blockquote"}
_BOLD = {"strong", "b"}
_HEADINGS = {"h1", "h2", "h3"}
_LEVEL_OF_CLASS = {"individuel": "individuels", "collectif": "collectifs", "territorial": "territoriaux"}


class _Reader:
    """One pass over the markup: what `page_markup` tells of it."""

    def __init__(self, page: Page, whole: str | None) -> None:
        self.page = page
        self.layout = Layout("html", bytearray(b"\x01") * len(page.work))
        self._whole = whole
        self._skip: str | None = None
        self._depth = 0
        self._heading: str | None = None
        self._heading_words: list[str] = []
        self._found: list[tuple[int, int]] = []  # index of the body, rank
        self._strand: Strand | None = None
        self._quote_depth: int | None = None
        self._quote_part: str | None = None
        self._quote: dict[str, list[tuple[str, int, int]]] = {}
        self._bodies: list[Section | None] = []
        self._level: str | None = None
        self._signs: list[bool] = []
        self._size: int | None = None
        self._intensity: int | None = None  # depth of the block that holds a level's signs
        self._link: str | None = None
        self._link_words: list[str] = []
        self._in_summary = False
        self._divs = 0

    def done(self) -> Layout:
        self._close_section()
        self._settle()
        return self.layout

    # -- tags

    def start(self, tag: str, attributes: Attributes, at: int) -> None:
        if self._skip is not None:
            self._depth += tag == self._skip
            return
        if tag in _SKIPPED:
            self._skip, self._depth = tag, 1
            return
        classes, identity, link = attributes
        if tag == "div":
            self._divs += 1
            if "intensity" in classes:
                self._intensity = self._divs
        elif tag == "br":
            if self._heading is not None:
                self._heading_words.append(" ")
        elif tag in _HEADINGS:
            self._heading, self._heading_words = tag, []
        elif tag == "section":
            self._close_section()
            self._in_summary = identity == "sommaire"
        elif tag == "a":
            self._link, self._link_words = link, []
            if "valeur" in classes:
                self._level = next(
                    (_LEVEL_OF_CLASS[name] for name in classes if name in _LEVEL_OF_CLASS), None
                )
                self._signs, self._size = [], None
        elif self._level is not None:
            if tag == "img":
                self._size = next(
                    (int(name[5:]) for name in classes if re.fullmatch(r"size-[1-5]", name)), self._size
                )
            elif tag == "span" and self._intensity is not None:
                self._signs.append("hidden" in classes or "not-filled" in classes)
        if self._strand is not None:
            self._start_inside(self._strand, tag, classes, at)

    def _start_inside(self, strand: Strand, tag: str, classes: list[str], at: int) -> None:
        """A tag inside a section."""
        if tag == "div" and "quote" in classes and self._quote_depth is None:
            self._quote_depth, self._quote = self._divs, {}
        elif self._quote_depth is not None:
            if tag == "span":
                self._quote_part = next(
                    (part for part in ("excerpt", "dots", "more") if part in classes), "other"
                )
            elif tag == "button":
                self._quote_part = "button"
        elif tag == "li":
            strand.mark(BULLET, at)
        elif tag in _BOLD:
            strand.bold_on()
        elif tag in _BLOCKS:
            strand.line()

    def empty(self, tag: str, at: int) -> None:
        """A tag that closes itself was told as one that opens."""
        if tag in _SKIPPED or tag == "div":
            self.end(tag, at)

    def end(self, tag: str, at: int) -> None:
        if self._skip is not None:
            if tag == self._skip:
                self._depth -= 1
                if not self._depth:
                    self._skip = None
            return
        if tag == self._heading:
            self._close_heading(tag)
        elif tag == "section":
            self._close_section()
        elif tag == "a":
            if self._link is not None and title_key("".join(self._link_words)) == BUTTON:
                self.layout.link = (
                    self._link.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1] or None
                )
            if self._level is not None:
                self._level_done()
            self._link = None
        if tag == "div":
            if self._intensity == self._divs:
                self._intensity = None
            if self._quote_depth is not None and self._divs <= self._quote_depth:
                self._close_quote()
            self._divs -= 1
        if self._strand is not None and self._quote_depth is None:
            if tag in _BOLD:
                self._strand.bold_off()
            elif tag == "li" or tag in _BLOCKS:
                self._strand.line()
        elif tag in ("span", "button"):
            self._quote_part = None

    # -- text

    def text(self, start: int, end: int) -> None:
        strand = self._strand
        if self._skip is not None:
            return
        if strand is None or self._heading is not None:
            self._outside(self.page.work[start:end], start, end)
        elif self._quote_depth is not None:
            self._quoted(self.page.work[start:end], start, end)
        elif self.page.work[start:end].isspace():
            strand.blank()
        else:
            self.layout.mark(start, end, UNPARSED)
            strand.add(self.page.work, start, end)

    def reference(self, characters: str, start: int, end: int) -> None:
        strand = self._strand
        if self._skip is not None:
            return
        if strand is None or self._heading is not None:
            self._outside(characters, start, end)
            return
        if self._quote_depth is not None:
            self._quoted(characters, start, end)
            return
        if characters.strip():
            self.layout.mark(start, end, UNPARSED)
        for character in characters:
            strand.add_character(character, start, end)

    def _outside(self, data: str, start: int, end: int) -> None:
        """Text in front of the sections, between them, or in a heading."""
        if self._heading is not None:
            self._heading_words.append(data)
            return
        if self._link is not None:
            self._link_words.append(data)
        if self._in_summary and "#" in data:
            self._keywords(data, start, end)

    def _quoted(self, data: str, start: int, end: int) -> None:
        if data.strip():
            self.layout.mark(start, end, UNPARSED)
        self._quote.setdefault(self._quote_part or "other", []).append((data, start, end))

    # -- pieces

    def _close_heading(self, tag: str) -> None:
        words = "".join(self._heading_words)
        self._heading = None
        key = title_key(words)
        if tag == "h1" or TITLE.match(key):
            if (match := TITLE.match(key)) and self.layout.title is None:
                self.layout.title = match["title"]
                self.layout.name = project_name(words) if match["name"] else None
            return
        if self._level is not None and tag == "h3" and key in SUMMARY_HEADINGS:
            return
        self._close_section()
        if key == URBAN:
            self.layout.has_urban_block = True
        rank = BY_TITLE.get(key)
        # The frame of the site has headings of its own; the questionnaire's stand under a level.
        if rank is None or not (ANCHORS[rank].is_level or self._found):
            return
        self._found.append((len(self._bodies), rank))
        if ANCHORS[rank].is_level:
            self._bodies.append(None)
        else:
            self._strand = Strand(self._whole)
            self._bodies.append(Section(ANCHORS[rank].key, key, self._strand, []))

    def _keywords(self, data: str, start: int, stop: int) -> None:
        """Keywords count where they stand inside one level; one cloud for all levels cannot be told apart."""
        if self._level is None:
            self.layout.mark(start, stop, UNPARSED)
            return
        for match in re.finditer(r"#([^#]+)", data):
            keyword = match[1].strip(" ,\n")
            at = start + match.start(1)
            self.layout.keywords.setdefault(self._level, []).append((keyword, at, at + len(keyword)))

    def _close_section(self) -> None:
        if self._quote_depth is not None:
            self._close_quote()
        if self._strand is not None:
            self._strand.bold_off()
            self._strand.seal()
            self._strand = None

    def _close_quote(self) -> None:
        section = self._bodies[-1] if self._bodies else None
        parts, self._quote, self._quote_depth, self._quote_part = self._quote, {}, None, None
        if section is None or section.quotes is None:
            return
        for part in ("dots", "button"):
            for _, start, end in parts.get(part, ()):
                self.layout.mark(start, end, RECOGNISED)
        whole = parts.get("more")
        chosen = whole or parts.get("excerpt") or parts.get("other", [])
        if whole:
            for _, start, end in parts.get("excerpt", ()):
                self.layout.mark(start, end, RECOGNISED)
        # The words are taken from the page itself: `work` has lost its odd blanks.
        text = "".join(html.unescape(self.page.text[start:end]) for _, start, end in chosen)
        said = [(start, end) for data, start, end in chosen if data.strip()]
        if said:
            (start, first_end), (last_start, end) = said[0], said[-1]
            start = first_end - len(self.page.work[start:first_end].lstrip())
            end = last_start + len(self.page.work[last_start:end].rstrip())
            text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
            section.quotes.append(Quote(start, end, text, bool(whole) or not parts.get("dots")))

    def _level_done(self) -> None:
        """Settle the rating of a level: signs beyond the rating carry a class, and the picture has its size."""
        level, empty = self._level or "", sum(self._signs)
        if empty:
            self.layout.ratings[level] = len(self._signs) - empty
        elif self._size is not None and self._size > 1:
            self.layout.ratings[level] = self._size
        elif self._signs:
            self.layout.ratings[level] = None
        elif self._size == 1:
            self.layout.ratings[level] = "1?"
        self._level = None

    def _settle(self) -> None:
        if self.layout.keywords:
            self.layout.keywords = {level: self.layout.keywords.get(level, []) for level in LEVELS}
        chain = in_order(self._found)
        kept = {index for index, _ in chain}
        for index, section in enumerate(self._bodies):
            if section is not None and index in kept:
                self.layout.sections[section.key] = section
            elif section is not None:  # a heading of the site's frame that reads like one of the page's
                start, end = section.body.page_span(0, len(section.body.text))
                self.layout.mark(start, end, RECOGNISED)
        self.layout.ranks = [rank for _, rank in chain]


def cut_html(page: Page) -> Layout:
    """Cut a page that came as HTML: comments, scripts, forms, header and footer are no part of it."""
    page = replace(page, work=_closed(page.work))
    whole = folded(page.work)
    reader = _Reader(page, whole)
    try:
        walk(page.work, reader)
    except Unusual:
        reader = _Reader(page, whole)
        walk_tolerantly(page.work, reader)
    return reader.done()


def _closed(work: str) -> str:
    """The markup with comments and tags that nothing closes made blank, as a browser would swallow them.

    The parser looks for the end of each of them anew: a page made of nothing else would take it for ever.
    """
    comment = work.find("<!--", work.rfind("-->") + 3 if "-->" in work else 0)
    if comment >= 0:
        work = work[:comment] + " " * (len(work) - comment)
    last = work.rfind(">") + 1
    return work[:last] + work[last:].replace("<", " ")
