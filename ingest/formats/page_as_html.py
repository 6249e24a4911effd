"""Cutting a page that came as HTML.

The standard library's parser does the reading: of those at hand it is the one that tells at which character it is,
and every answer has to say where it stands.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

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
from ingest.formats.page_text import BULLET, Page, Strand

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
_HEADINGS = {"h1", "h2", "h3"}
_LEVEL_OF_CLASS = {"individuel": "individuels", "collectif": "collectifs", "territorial": "territoriaux"}


class _Reader(HTMLParser):
    """One pass over the markup. The standard library's parser is the one that tells where it is."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=False)
        self.page = page
        self.layout = Layout("html", bytearray(b"\x01" * len(page.work)))
        self._line_starts = [0]
        for match in re.finditer("\n", page.work):
            self._line_starts.append(match.end())
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
        self._item_open = False

    def here(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def read(self) -> Layout:
        self.feed(self.page.work)
        self.close()
        self._close_section()
        self._settle()
        return self.layout

    # -- tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skip is not None:
            self._depth += tag == self._skip
            return
        if tag in _SKIPPED:
            self._skip, self._depth = tag, 1
            return
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag == "div":
            self._divs += 1
            if "intensity" in classes:
                self._intensity = self._divs
        if tag == "br" and self._heading is not None:
            self._heading_words.append(" ")
        if tag in _HEADINGS:
            self._heading, self._heading_words = tag, []
        elif tag == "section":
            self._close_section()
            self._in_summary = given.get("id") == "sommaire"
        elif tag == "a":
            self._link, self._link_words = given.get("href", ""), []
            if "valeur" in classes:
                self._level = next(
                    (_LEVEL_OF_CLASS[name] for name in classes if name in _LEVEL_OF_CLASS), None
                )
                self._signs, self._size = [], None
        elif tag == "img" and self._level is not None:
            self._size = next(
                (int(name[5:]) for name in classes if re.fullmatch(r"size-[1-5]", name)), self._size
            )
        elif tag == "span" and self._level is not None and self._intensity is not None:
            self._signs.append("hidden" in classes or "not-filled" in classes)
        if self._strand is None:
            return
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
            self._strand.mark(BULLET, self.here())
        elif tag in ("strong", "b"):
            self._strand.bold_on()
        elif tag in _BLOCKS:
            self._strand.line()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _SKIPPED or tag == "div":
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
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
            if tag in ("strong", "b"):
                self._strand.bold_off()
            elif tag in _BLOCKS or tag == "li":
                self._strand.line()
        elif tag in ("span", "button"):
            self._quote_part = None

    # -- text

    def handle_data(self, data: str) -> None:
        self._text(data, self.here(), None)

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        start = self.here()
        end = start + len(written)
        if self.page.work.startswith(";", end):
            written, end = written + ";", end + 1
        self._text(html.unescape(written), start, end)

    def _text(self, data: str, start: int, end: int | None) -> None:
        if self._skip is not None:
            return
        if self._heading is not None:
            self._heading_words.append(data)
            return
        stop = start + len(data) if end is None else end
        if self._strand is None:
            if self._link is not None:
                self._link_words.append(data)
            if self._in_summary and "#" in data:
                self._keywords(data, start, stop)
            return
        if data.strip():
            self.layout.mark(start, stop, UNPARSED)
        if self._quote_depth is not None:
            self._quote.setdefault(self._quote_part or "other", []).append((data, start, stop))
        elif end is None:
            self._strand.add(self.page.work, start, stop)
        else:
            for character in data:
                self._strand.add_character(character, start, stop)

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
            self._strand = Strand()
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
    return _Reader(replace(page, work=_closed(page.work))).read()


def _closed(work: str) -> str:
    """The markup with comments and tags that nothing closes made blank, as a browser would swallow them.

    The parser looks for the end of each of them anew: a page made of nothing else would take it for ever.
    """
    comment = work.find("<!--", work.rfind("-->") + 3 if "-->" in work else 0)
    if comment >= 0:
        work = work[:comment] + " " * (len(work) - comment)
    last = work.rfind(">") + 1
    return work[:last] + work[last:].replace("<", " ")
