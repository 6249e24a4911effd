"""Quotations of a page that came as text: their marks, excerpts printed twice, cuts, and the page's own period."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: The page cuts a quotation at this display width (export-formats A.5).
CUT_WIDTH = 300

#: Marks behind a cut quotation stand within so many characters of its end.
_TAIL = 60
_MORE = re.compile(r"(?P<dots>(?:\.\.\.|…)?)\s*(?P<button>lire la suite|lire moins)?\s*$", re.IGNORECASE)
#: The first wide character of Unicode is a Korean letter.
_MAY_BE_WIDE = re.compile("[\u1100-\U0010ffff]")
_DOTS = re.compile(r"\s*(?:\.\.\.|…)\s*$")
# No sentence that somebody types ends with one of these and then a period.
_ONLY_THE_PAGE = re.compile(r"[!?…/;:,=+*&#@<>\-–—]\s*\.$")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation without the page's additions; `start`, `end` are offsets into the text it was found in."""

    text: str
    start: int
    end: int
    is_truncated: bool


def display_width(text: str) -> int:
    """Width of a text on the page: blanks squeezed, wide characters count two."""
    squeezed = " ".join(text.split())
    wide = sum(
        unicodedata.east_asian_width(match.group()) in "WF" for match in _MAY_BE_WIDE.finditer(squeezed)
    )
    return len(squeezed) + wide


def looks_cut(text: str, page_adds_period: bool) -> bool:
    """Whether a quotation of this width, without a final stop, was cut where the page cuts."""
    if 2 * len(text) < CUT_WIDTH - 2:
        return False
    width = display_width(text)
    if not text.endswith((".", "!", "?", "…")):
        return CUT_WIDTH - 2 <= width <= CUT_WIDTH
    # With the page's period one more than the page ever shows of a whole text that ends with its own.
    return page_adds_period and text.endswith(".") and not text.endswith("..") and width == CUT_WIDTH + 1


def without_page_period(text: str) -> str:
    """Remove the final period where only the page can have put it."""
    if not text.endswith(".") or text.endswith("..") or not _ONLY_THE_PAGE.search(text):
        return text
    return text[:-1].rstrip()


def find_quotation(text: str, page_adds_period: bool) -> Quotation | None:
    """The quotation in what the sentences of a section leave over, or None where nothing is left.

    text: words of the page as printed, blanks and line breaks included. `page_adds_period`: generations from T4
    on end every quotation with a period of their own; then a lone "." is an empty quotation, with text "".
    """
    start, end = _trim(text, 0, len(text))
    if start == end:
        return None
    has_button = "lire " in text[max(start, end - _TAIL) : end].lower()
    tail = _MORE.search(text, max(start, end - _TAIL), end) if has_button else None
    is_cut = False
    if tail is not None and tail["button"]:
        is_cut = bool(tail["dots"]) or tail["button"].lower() == "lire la suite"
        start, end = _trim(text, start, tail.start())
    whole = _second_telling(text, start, end)
    if whole is not None:
        start, is_cut = whole, False
        start, end = _trim(text, start, end)
        return Quotation(_words(text[start:end]), start, end, False)
    words = _words(text[start:end])
    if page_adds_period and words == ".":
        return Quotation("", start, end, False)
    if not is_cut:
        is_cut = looks_cut(words, page_adds_period)
        if not is_cut and page_adds_period:
            kept = without_page_period(words)
            if kept != words:
                end = start + len(text[start : end - 1].rstrip())
                words = kept
    return Quotation(words, start, end, is_cut)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out blanks, quotation rules and the emphasis that wraps the whole."""
    while start < end and (text[start].isspace() or text[start] in "|>\x02\x03"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    for wrap in ("**", "*", "_"):
        if end - start > 2 * len(wrap) and text.startswith(wrap, start) and text.endswith(wrap, start, end):
            start, end = start + len(wrap), end - len(wrap)
            break
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _words(text: str) -> str:
    """The words of a quotation: rules at the line starts gone, line breaks kept."""
    first, *further = text.replace("\r\n", "\n").split("\n")
    return "\n".join([first.rstrip(), *(line.strip().lstrip("|>").strip() for line in further)]).strip()


def _second_telling(text: str, start: int, end: int) -> int | None:
    """Where the full text begins, if an excerpt of it is printed before it."""
    if end - start < 120:
        return None
    joined = " ".join(text[start:end].split())
    if len(joined) < 120:
        return None
    head = joined[:40]
    position = joined.find(head, 40)
    while position > 0:
        excerpt = _DOTS.sub("", joined[:position]).rstrip()
        full = joined[position:]
        for candidate in (excerpt, excerpt.removesuffix(".").rstrip()):
            if full.startswith(candidate) and _is_excerpt(candidate, full):
                # Translate back: the word of `joined` at `position`.
                words = list(re.finditer(r"\S+", text[start:end]))
                return start + words[joined.count(" ", 0, position)].start()
        position = joined.find(head, position + 1)
    return None


def _is_excerpt(excerpt: str, full: str) -> bool:
    """A long text is printed twice: cut at the page's width or, where only its bytes are many, whole."""
    if excerpt == full:
        return len(full.encode()) > CUT_WIDTH
    return CUT_WIDTH - 3 <= display_width(excerpt) <= CUT_WIDTH
