"""The markup of a page, piece by piece, with the place of each piece.

Every answer has to say at which character it stands. Of the parsers at hand only the standard library's tells
that, and it is slow. So markup as programs write it, which is nearly all there is, is cut by one regular
expression; a page with anything else in it is left to the standard library as a whole. Both give the same calls.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import Protocol

#: What a page needs to know of a tag: its classes, its id and where it leads to.
Attributes = tuple[list[str], str, str]


class Handler(Protocol):
    """What is told about a page; offsets are those of its text."""

    def start(self, tag: str, attributes: Attributes, at: int) -> None: ...
    def end(self, tag: str, at: int) -> None: ...
    def text(self, start: int, end: int) -> None: ...
    def empty(self, tag: str, at: int) -> None: ...
    def reference(self, characters: str, start: int, end: int) -> None: ...


class Unusual(Exception):
    """There is markup that `walk` does not know."""


#: The platform itself writes a quote too many behind some classes.
_NAME = r"[a-zA-Z][-a-zA-Z0-9:]*"
_ENTITY = r"[a-zA-Z][a-zA-Z0-9]*"
_VALUE = r"""(?:"[^"]*""?(?=[\s/>])|'[^']*'|[^\s"'<>=`&/]+(?=[\s>]))"""
_ATTRIBUTE = rf"[ \t\n\r\f]+[a-zA-Z_:@][-a-zA-Z0-9_:.@]*(?:={_VALUE})?"
_PIECE = re.compile(
    rf"""(?:</({_NAME})[ ]*>
    |<({_NAME})((?:{_ATTRIBUTE})*)[ \t\n\r\f]*(/?)>
    |&({_ENTITY}|\#[0-9]+|\#[xX][0-9a-fA-F]+)(?:;|(?![-.;a-zA-Z0-9])(?=.))
    |&(?![a-zA-Z\#])(?=.)
    |(<!--(?!-?>)[^-]*(?:-(?!-)[^-]*)*-->|<!(?i:doctype)[^>\[]*>)
    )([^<&]*)""",
    re.VERBOSE | re.DOTALL,
)
_FIRST_TEXT = re.compile("[^<&]*")
_GIVEN = re.compile(
    r"""[ \t\n\r\f]+([a-zA-Z_:@][-a-zA-Z0-9_:.@]*)(?:=(?:"([^"]*)""?|'([^']*)'|([^\s"'<>=`&/]+)))?"""
)
NONE: Attributes = ([], "", "")
#: What stands in these elements is no markup; what looks like some of theirs is left to the standard library.
_VERBATIM = {
    name: re.compile(rf"[^<]*(?:<(?!/(?i:{name})|!--)[^<]*)*</(?i:{name})[ ]*>([^<&]*)")
    for name in ("script", "style")
}


def walk(work: str, handler: Handler) -> None:
    """Tell `handler` about a page. Raises Unusual, after some of it was told, where it is not well written."""
    first = _FIRST_TEXT.match(work)
    at = first.end() if first else 0
    if at:
        handler.text(0, at)
    length = len(work)
    match_piece = _PIECE.match
    while at < length:
        piece = match_piece(work, at)
        if piece is None:
            raise Unusual(f"at offset {at}")
        closed, opened, given, is_empty, reference, aside, _ = piece.groups()
        behind = piece.start(7)
        if opened is not None:
            tag = opened.lower()
            handler.start(tag, attributes_of(given) if given else NONE, at)
            if is_empty:
                handler.empty(tag, at)
            elif tag in _VERBATIM:
                piece = _VERBATIM[tag].match(work, behind)
                if piece is None:
                    raise Unusual(f"at offset {at}")
                behind = piece.start(1)
                handler.end(tag, behind)
        elif closed is not None:
            handler.end(closed.lower(), at)
        elif reference is not None:
            handler.reference(unescaped(reference, work[behind - 1] == ";"), at, behind)
        elif aside is None:
            handler.text(at, behind)
        at = piece.end()
        if behind < at:
            handler.text(behind, at)


@lru_cache(4096)
def attributes_of(given: str) -> Attributes:
    """The attributes of a tag, from how they are written."""
    found: dict[str, str] = {}
    for name, *values in _GIVEN.findall(given):
        value = values[0] or values[1] or values[2]
        found[name.lower()] = html.unescape(value)
    return _known(found)


def _known(found: dict[str, str]) -> Attributes:
    return found.get("class", "").split(), found.get("id", ""), found.get("href", "")


@lru_cache(1024)
def unescaped(name: str, is_closed: bool) -> str:
    """What a character reference stands for."""
    return html.unescape(f"&{name};" if is_closed else f"&{name}")


def walk_tolerantly(work: str, handler: Handler) -> None:
    """Tell `handler` about a page, whatever stands in it."""
    parser = _Tolerant(work, handler)
    parser.feed(work)
    parser.close()


class _Tolerant(HTMLParser):
    """The standard library's parser, as a walk."""

    def __init__(self, work: str, handler: Handler) -> None:
        super().__init__(convert_charrefs=False)
        self._work, self._handler = work, handler
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", work))]

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            # `<![` and a word that it does not know: to a browser, a comment up to the next `>`.
            return self.rawdata.find(">", i) + 1 or -1

    def _here(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._handler.start(tag, _known({name: value or "" for name, value in attrs}), self._here())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._handler.empty(tag, self._here())

    def handle_endtag(self, tag: str) -> None:
        self._handler.end(tag, self._here())

    def handle_data(self, data: str) -> None:
        start = self._here()
        self._handler.text(start, start + len(data))

    def handle_entityref(self, name: str) -> None:
        self._reference(name)

    def handle_charref(self, name: str) -> None:
        self._reference(f"#{name}")

    def _reference(self, name: str) -> None:
        start = self._here()
        end = start + 1 + len(name)
        is_closed = self._work.startswith(";", end)
        self._handler.reference(unescaped(name, is_closed), start, end + is_closed)
