"""Cutting a page that came as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.formats.page_layout import (
    ALTS,
    ANCHORS,
    BUTTON,
    BY_TITLE,
    LEVELS,
    RECOGNISED,
    SUMMARY_HEADINGS,
    TITLE,
    URBAN,
    Layout,
    Section,
    in_order,
    key_of_folded,
    project_name,
    title_key,
)
from ingest.formats.page_text import BULLET, QUOTE, Page, Strand, folded

_SIGNS = re.compile(r"(?:\+\s*){2,}$")
_KEYWORDS = re.compile(r"#[^\s#]")


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    key: str


def cut_text(page: Page) -> Layout:
    """Cut a page that came as text."""
    whole = folded(page.work)
    lines = list(_lines(page.work, whole))
    layout = Layout("naive", bytearray(len(page.work)))
    keyed = [i for i, line in enumerate(lines) if line.key]
    candidates = [(i, BY_TITLE[lines[i].key]) for i in keyed if lines[i].key in BY_TITLE]
    chain = in_order(candidates)
    for n in range(1, len(chain)):
        # A picture text reads like the heading of its level, but stands below it.
        if ANCHORS[chain[n][1]].is_level:
            chain[n] = next(c for c in candidates if c[0] > chain[n - 1][0] and c[1] == chain[n][1])
    first = chain[0][0] if chain else len(lines)

    end_of_title = _read_title(page, layout, lines, first)
    _read_text_summary(page, layout, lines, end_of_title, first)
    seen = {"alt": False, "capitals": 0, "headings": 0}
    for n, (position, rank) in enumerate(chain):
        stop = chain[n + 1][0] if n + 1 < len(chain) else len(lines)
        heading = lines[position]
        layout.mark(heading.start, heading.end, RECOGNISED)
        layout.ranks.append(rank)
        seen["headings"] += 1
        seen["capitals"] += (
            page.text[heading.start : heading.end].upper() == page.text[heading.start : heading.end]
        )
        next_alt = ANCHORS[chain[n + 1][1]].alt if n + 1 < len(chain) else None
        body = list(range(position + 1, stop))
        urban = next((i for i in body if lines[i].key == URBAN), None)
        if urban is not None:
            layout.has_urban_block = True
            body = [i for i in body if i < urban]
        said = [i for i in body if lines[i].key]
        if said and next_alt is not None and lines[said[-1]].key == next_alt:
            seen["alt"] = True
            layout.mark(lines[said[-1]].start, lines[said[-1]].end, RECOGNISED)
            body = [i for i in body if i < said[-1]]
        if ANCHORS[rank].is_level:
            for i in body:
                if lines[i].key in ALTS:
                    seen["alt"] = True
                    layout.mark(lines[i].start, lines[i].end, RECOGNISED)
        else:
            key = ANCHORS[rank].key
            layout.sections[key] = Section(key, heading.key, _strand(page, whole, [lines[i] for i in body]))
    layout.has_bullets = any(BULLET in section.body.text for section in layout.sections.values())
    layout.text_form = _text_form(page, layout, lines, seen)
    return layout


#: How headings and picture texts begin: `title_key` is made of lines that do.
_BEGINNINGS = frozenset(
    words[:4]
    for words in (
        *BY_TITLE,
        *filter(None, ALTS),
        *SUMMARY_HEADINGS,
        *(URBAN, BUTTON, "sommaire", "la mesure", "les effets", "effets sociaux"),
    )
)


def _lines(work: str, whole: str | None) -> Iterable[_Line]:
    """The lines of a page; `whole` is the page, folded. What is no heading has any key, an empty line none."""
    start = 0
    pieces = work.split("\n")
    for piece, low in zip(pieces, pieces if whole is None else whole.split("\n"), strict=True):
        end = start + len(piece)
        bare = low.strip(" #|:>")
        if whole is None or "*" in piece or "_" in piece:
            key = title_key(piece) if len(piece) < 200 else piece.strip()
        elif (bare[:4] in _BEGINNINGS or bare.startswith("de ")) and len(piece) < 200:
            key = key_of_folded(low)
        else:
            key = bare[:1]
        yield _Line(start, end, key)
        start = end + 1


def _read_title(page: Page, layout: Layout, lines: list[_Line], first: int) -> int:
    """Read title, name and button above the first heading; returns the line behind them."""
    after = 0
    for i in range(first):
        line = lines[i]
        if line.key == BUTTON:
            layout.mark(line.start, line.end, RECOGNISED)
            after = i + 1
        if layout.title is not None or not (match := TITLE.match(line.key)):
            continue
        layout.title, after = match["title"], i + 1
        layout.mark(line.start, line.end, RECOGNISED)
        named = line
        if match["name"] is None:
            below = next((lines[j] for j in range(i + 1, first) if lines[j].key), None)
            if below is None or not below.key.startswith("de "):
                continue
            named = below
            layout.mark(named.start, named.end, RECOGNISED)
        words = page.text[named.start : named.end]
        layout.name = project_name(words)
    return after


def _read_text_summary(page: Page, layout: Layout, lines: list[_Line], start: int, first: int) -> None:
    """Recognise the summary block: its headings, its signs, and keywords that stand under their level."""
    level: str | None = None
    per_level: dict[str, list[tuple[str, int, int]]] = {}
    for i in range(start, first):
        line = lines[i]
        words = page.work[line.start : line.end]
        if line.key in SUMMARY_HEADINGS:
            level = SUMMARY_HEADINGS[line.key]
        elif line.key == "sommaire" or _SIGNS.match(words.strip()):
            pass
        elif level is not None and _KEYWORDS.match(words.strip()):
            for match in re.finditer(r"#([^#]+)", words):
                at = line.start + match.start(1)
                keyword = page.text[at : line.start + match.end(1)].strip(" ,\n")
                per_level.setdefault(level, []).append((keyword, at, at + len(keyword)))
            continue
        else:
            continue
        layout.mark(line.start, line.end, RECOGNISED)
    # A cloud below the last level alone may be that of all levels: it cannot be told apart and stays unparsed.
    if per_level and set(per_level) != {"territoriaux"}:
        for spans in per_level.values():
            for _, at, to in spans:
                layout.mark(at - 1, to, RECOGNISED)
        layout.keywords = {level: per_level.get(level, []) for level in LEVELS}


#: A blank line, or what stands in front of the words of another: a bullet, or a quotation's rule.
_LINE_START = re.compile(
    r"(?P<blank>\s*$)|(?P<bullet>\s*(?:\*\*\s*)?(?:[-–—•◦▪●‣·]|\*(?=\s))(?:\s+|$))|(?P<quote>\s*[|>]\s*)"
)


def _strand(page: Page, whole: str | None, lines: list[_Line]) -> Strand:
    strand, work = Strand(whole), page.work
    for line in lines:
        start, end = line.start, line.end
        match = _LINE_START.match(work, start, end)
        if match is None:
            strand.line()
        elif match.lastgroup == "blank":
            strand.paragraph()
            continue
        else:
            start = match.end()
            strand.mark(BULLET if match.lastgroup == "bullet" else QUOTE, start)
        strand.add(work, start, end)
        strand.line()
    return strand.seal()


_BULLETS = re.compile(r"^[^\S\n]*[•◦▪●]", re.MULTILINE)


def _text_form(page: Page, layout: Layout, lines: list[_Line], seen: dict[str, int]) -> str:
    """Which converter made this text (export-formats K). `article` is settled once the sentences are read."""
    if (
        seen["alt"]
        or any(line.key == BUTTON for line in lines)
        or (any(bullet in page.work for bullet in "•◦▪●") and _BULLETS.search(page.work))
    ):
        return "layout"
    if seen["headings"] and seen["capitals"] == seen["headings"]:
        marked = "**" in page.work or re.search(r"^[^\S\n]*\|", page.work, re.MULTILINE)
        return "rendered" if marked else "copy"
    return "naive"
