"""Rendered pages of the platform, saved as HTML or turned into text: bytes in, a `Reading` out."""

from __future__ import annotations

import re

from ingest.codebook import Codebook, fold
from ingest.formats.page_as_html import cut_html
from ingest.formats.page_as_text import cut_text
from ingest.formats.page_generation import generation_of
from ingest.formats.page_grammar import TEXTS, read_sections
from ingest.formats.page_layout import RECOGNISED, TESTIMONY, Layout
from ingest.formats.page_scanner import Said
from ingest.formats.page_text import Page, decode, without_printed_markup
from ingest.formats.personal import blanked_links, starred_addresses
from ingest.identify import Sample
from ingest.reading import Fragment, Observation, Reading, Rejection, Response, Testimony

NAME = "effects_page"

#: A page of the platform has some ten thousand characters; the rest of a saved page is its site's frame.
MAXIMUM_BYTES = 8_000_000

_HTML = re.compile(r"<\s*(?:!doctype|html|head|body|h[1-3]|div|section|p|span)\b", re.IGNORECASE)
_TELLTALE = re.compile(
    r"effets (?:sociaux et urbains|individuels|collectifs|sur le quartier et le territoire)"
    r"|mesure des impacts sociaux et urbains"
)


def recognise(sample: Sample) -> bool:
    """Whether the beginning of a file looks like a page: one of its headings stands in it."""
    head = sample.head
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if head.lstrip()[:1] in (b"{", b"["):
        return False
    text = fold(decode(head).work)
    return _TELLTALE.search(" ".join(re.sub(r"<[^<>]*>", " ", text).split())) is not None


def redact(data: bytes) -> bytes:
    """The page with blanks over links that let their holder edit the place: whoever may edit it, saves them with it.

    Every other character keeps its place. Raises Rejection `too-large`.
    """
    if len(data) > MAXIMUM_BYTES:
        raise Rejection(
            "too-large",
            f"{len(data):,} bytes: no page of the platform is that long",
            "save the page of one place alone",
        )
    return blanked_links(data)


def read(data: bytes, codebook: Codebook) -> Reading:
    """Read one page.

    data: the file's bytes, in any encoding; codebook: the answers to compare with.
    Returns the reading; its counts of characters add up to those of the decoded page.
    Raises Rejection `no-sections` where no section of the questionnaire stands in it, `binary` for no text.
    """
    page = decode(data)
    is_html = len(_HTML.findall(page.work[:20_000])) >= 3
    page = without_printed_markup(page, is_html)
    layout = cut_html(page) if is_html else cut_text(page)
    if not layout.sections:
        raise Rejection(
            "no-sections",
            "no heading of a section of the effects page was found",
            "export the page /impacts/… of the place, whole; check that the text was not cut",
        )
    generation = generation_of(layout)
    said = _read_text(page, layout, codebook, generation)
    _summary(layout, said)
    reading = Reading(generation, layout.text_form, page.encoding, layout.name, layout.link)
    reading.responses = list(said.responses.values())
    reading.observations = said.observations
    reading.testimonies = said.testimonies
    _account(page, layout, reading)
    return reading


def _read_text(page: Page, layout: Layout, codebook: Codebook, generation: str) -> Said:
    """Read the sections. A text without title, bullets and quotations is an article: what it lacks is lost."""
    if (
        layout.text_form == "naive"
        and layout.title is None
        and "\x02" not in "".join(section.body.fold for section in layout.sections.values())
    ):
        marks = bytes(layout.marks)
        layout.text_form = "article"
        said = read_sections(page, layout, codebook, generation)
        if not said.testimonies and not _texts_blank(layout, said):
            return said
        layout.text_form, layout.marks = "naive", bytearray(marks)
    return read_sections(page, layout, codebook, generation)


def _texts_blank(layout: Layout, said: Said) -> bool:
    """Whether a section that is there printed an empty quotation."""
    shown = {TEXTS[key][0] for key in layout.sections}
    return any(said.responses[q].state == "blank" for q in shown if q in said.responses)


def _summary(layout: Layout, said: Said) -> None:
    """Ratings that the markup tells, keywords that stand under their level."""
    for level, rating in layout.ratings.items():
        question_id = f"intensite_effets_{level}"
        if isinstance(rating, int):
            said.observe(Observation(question_id, value_number=float(rating)))
        elif rating is None:
            said.state(question_id, "blank")
        else:
            said.responses[question_id] = Response(question_id, "ambiguous", ("1", "none"))
    for level, keywords in layout.keywords.items():
        said.state(f"mots_cles_effets_{level}", "blank")
        for keyword, start, end in keywords:
            said.observe(
                Observation(
                    f"mots_cles_effets_{level}", value_text=keyword, source_start=start, source_end=end
                )
            )


_UNPARSED_RUN = re.compile(b"\x00+")
_LETTER = re.compile(r"[^\W_]")
_TESTIMONY_RUN = re.compile(b"\x02+")


def _account(page: Page, layout: Layout, reading: Reading) -> None:
    """Give every character its place: recognised, testimony or unparsed; turn offsets into those of the source."""
    for match in _UNPARSED_RUN.finditer(layout.marks):
        start, end = match.span()
        if _LETTER.search(page.work, start, end) is None:
            layout.mark(start, end, RECOGNISED)
            continue
        words = page.work[start:end]
        lead = len(words) - len(words.lstrip())
        tail = len(words.rstrip())
        layout.mark(start, start + lead, RECOGNISED)
        layout.mark(start + tail, end, RECOGNISED)
        at, to = page.source(start + lead), page.source(start + tail)
        words = starred_addresses(page.text[start + lead : start + tail])
        reading.fragments.append(Fragment(at, to, words))
    rows: list[Observation | Testimony] = [*reading.observations, *reading.testimonies]
    for row in rows:
        if row.source_start is not None and row.source_end is not None:
            row.source_start, row.source_end = page.source(row.source_start), page.source(row.source_end)
    reading.characters = page.characters
    reading.characters_unparsed = sum(
        fragment.source_end - fragment.source_start for fragment in reading.fragments
    )
    reading.characters_testimony = _testimony_characters(page, layout)
    reading.characters_recognised = (
        page.characters - reading.characters_unparsed - reading.characters_testimony
    )


def _testimony_characters(page: Page, layout: Layout) -> int:
    if page.at is None:
        return layout.marks.count(TESTIMONY)
    return sum(
        page.source(match.end()) - page.source(match.start())
        for match in _TESTIMONY_RUN.finditer(layout.marks)
    )
