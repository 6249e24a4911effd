"""The headings of the page, in their order, and the shape in which a page is cut into its sections.

Text (page_as_text) and HTML (page_as_html) end in the same `Layout`: the headings met, and for each section its
words as a `Strand`. In HTML the quotation stands apart from the sentences; in text it is whatever they leave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.codebook import fold
from ingest.formats.page_text import Strand

RECOGNISED, UNPARSED, TESTIMONY = 1, 0, 2


@dataclass(frozen=True, slots=True)
class Anchor:
    """A heading of the page, in the fixed order of the page; `alt` is the picture text printed before it."""

    key: str
    titles: tuple[str, ...]
    alt: str | None = None
    is_level: bool = False


ANCHORS = (
    Anchor("effets-individuels", ("effets individuels",), is_level=True),
    Anchor("lien-social", ("lien social",), "lien individuel"),
    Anchor("sante", ("sante",), "sante"),
    Anchor("insertion-professionnelle", ("insertion professionnelle",), "insertion professionnelle"),
    Anchor("capacite-a-agir", ("capacite a agir",), "capacite a agir"),
    Anchor("effets-collectifs", ("effets collectifs",), is_level=True),
    Anchor("solidarite", ("solidarite",), "collectif solidarite"),
    Anchor("reseaux", ("reseau de personnes",), "effets collectifs"),
    Anchor("inclusion-exclusion", ("sentiment d'inclusion ou d'exclusion",), "inclusion exclusion"),
    Anchor("egalite-femmes-hommes", ("egalite femmes/hommes",), "collectif solidarite"),
    Anchor(
        "effets-territoriaux", ("effets sur le quartier et le territoire",), "cadre de vie", is_level=True
    ),
    Anchor("cadre-de-vie", ("cadre de vie et attractivite du quartier",)),
    Anchor("entretien-des-espaces", ("entretien des espaces",)),
    Anchor(
        "services-publics",
        ("services publics et de proximite", "services publiques et de proximites"),
        "service de proxmite",
    ),
    Anchor("innovation-publique", ("innovation publique",), "innovation publique"),
)
RANK = {anchor.key: rank for rank, anchor in enumerate(ANCHORS)}
BY_TITLE = {title: rank for rank, anchor in enumerate(ANCHORS) for title in anchor.titles}
ALTS = {anchor.alt for anchor in ANCHORS if anchor.alt}
#: The mock-up's block (T1), the last on its page.
URBAN = "impact sur le projet urbain"

TITLE = re.compile(
    r"(?P<title>la mesure des impacts sociaux et urbains|(?:les )?effets sociaux et urbains)"
    r"(?:\s+de\s+(?P<name>\S.*))?$"
)
BUTTON = "voir son datapanorama"
SUMMARY_HEADINGS = {
    "effets individuels": "individuels",
    "effets collectifs": "collectifs",
    "effets territoriaux": "territoriaux",
    "effets sur le projet urbain": "urbains",
}
LEVELS = ("individuels", "collectifs", "territoriaux")


@dataclass(slots=True)
class Quote:
    """A quotation whose bounds the markup gives: page span, words as printed, and whether the rest is missing."""

    start: int
    end: int
    text: str
    is_whole: bool


@dataclass(slots=True)
class Section:
    key: str
    title: str
    body: Strand
    quotes: list[Quote] | None = None


@dataclass(slots=True)
class Layout:
    """A page, cut. `marks` says of each character of the page what became of it, so far."""

    text_form: str
    marks: bytearray
    title: str | None = None
    name: str | None = None
    link: str | None = None
    ranks: list[int] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=dict)
    has_urban_block: bool = False
    has_bullets: bool = True
    generations: frozenset[str] = frozenset()
    #: level → rating read from the markup, None where the markup shows that there is none; "1?" where a single
    #: filled sign may be a rating of one or none at all. Empty in text.
    ratings: dict[str, int | str | None] = field(default_factory=dict)
    #: level → keywords with their page spans
    keywords: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)

    def mark(self, start: int, end: int, what: int) -> None:
        if start < end:
            self.marks[start:end] = _MARKS[what] * (end - start)


_MARKS = {what: bytes((what,)) for what in (RECOGNISED, UNPARSED, TESTIMONY)}


def title_key(text: str) -> str:
    """A heading, folded, without the marks that converters put around it."""
    return key_of_folded(fold(text))


def key_of_folded(text: str) -> str:
    """`title_key` of a text that is folded."""
    key = " ".join(text.replace("*", "").replace("_", " ").strip(" #|:>").split())
    return _SLASH.sub("/", key) if "/" in key else key


_SLASH = re.compile(r"\s*/\s*")


def in_order(candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of (position, rank) with rising ranks; of equal ones the later.

    The page's headings have a fixed order, so a testimony that reads like a heading, a picture text or the
    summary's headings fall out.
    """
    n = len(candidates)
    best = [1] * n
    longest = [0] * (len(ANCHORS) + 1)  # by rank: the longest run that begins with it, further on
    for i in range(n - 1, -1, -1):
        rank = candidates[i][1]
        best[i] = 1 + max(longest[rank + 1 :])
        longest[rank] = max(longest[rank], best[i])
    chain: list[tuple[int, int]] = []
    wanted, rank, start = max(best, default=0), -1, 0
    while wanted:
        i = max(i for i in range(start, n) if best[i] == wanted and candidates[i][1] > rank)
        chain.append(candidates[i])
        wanted, rank, start = wanted - 1, candidates[i][1], i + 1
    return chain


_NAME = re.compile(r"^(?:.*?\burbains\s+)?de\s+(?P<name>.*)$", re.IGNORECASE | re.DOTALL)


def project_name(words: str) -> str | None:
    match = _NAME.match(" ".join(words.replace("*", "").split()).strip("#_| "))
    return match["name"].strip() or None if match else None
