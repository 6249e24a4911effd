"""What the fonts of the PDF can show: PDF/UA admits no character without a glyph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import typst

from analyses.report.forms.fonts import FONTS

#: Letters of European languages and common signs, which the report's font has.
_KNOWN = re.compile(
    "[\n\t -~\u00a0-\u017f\u2009\u200b\u2010-\u2026\u202f\u2030\u2032\u2039\u203a\u2068\u2069€≤≥≠→−×□]"
)
_LONG_WORD = re.compile(r"\S{31,}")
REPLACEMENT = "□"
#: More unknown characters than this are not asked about one by one.
_PATIENCE = 400


def missing(texts: Iterable[str]) -> frozenset[str]:
    """The characters of the texts that none of the fonts can show."""
    unknown = sorted({sign for text in texts for sign in set(_KNOWN.sub("", text))})
    if len(unknown) > _PATIENCE:
        return frozenset(unknown)
    return frozenset(_sift(unknown))


def printable(lacking: frozenset[str]) -> Callable[[str], str]:
    """A function that makes a text fit to print: no sign without a glyph, no word that is wider than a column."""
    signs = str.maketrans(dict.fromkeys(lacking, REPLACEMENT))

    def print_(text: str) -> str:
        return _LONG_WORD.sub(lambda found: _breakable(found[0]), text.translate(signs))

    return print_


def _breakable(word: str) -> str:
    return "\u200b".join(word[start : start + 16] for start in range(0, len(word), 16))


def _sift(signs: list[str]) -> list[str]:
    """Those of the signs that cannot be shown, found by halving."""
    if not signs or _can_show("".join(signs)):
        return []
    if len(signs) == 1:
        return signs
    middle = len(signs) // 2
    return _sift(signs[:middle]) + _sift(signs[middle:])


def _can_show(text: str) -> bool:
    # As numbers: whatever a sign means to typst, here it is a character.
    codes = "".join(f"str.from-unicode({ord(sign)})+" for sign in text)
    source = f'#set document(title: "-")\n#set text(font: {FONTS.families})\n#par({codes}"")'
    try:
        typst.compile(  # type: ignore[misc]
            source.encode(),
            font_paths=[str(FONTS.folder)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True
