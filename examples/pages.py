"""Rendered pages: `render` makes one, `visible` says what can be read on it, `damage` ages its bytes."""

from __future__ import annotations

import re
import unicodedata

from examples.content import Answers, content
from examples.html_form import html_page, slug
from examples.oracle import Label, Quotation, Visible, canonical, visible
from examples.text_forms import TEXT_FORMS, USUAL, Style, text_page
from examples.wording import GENERATIONS

__all__ = [
    "DAMAGES",
    "FORMS",
    "GENERATIONS",
    "Label",
    "Quotation",
    "Style",
    "Visible",
    "canonical",
    "damage",
    "render",
    "slug",
    "visible",
]

FORMS = ("html", *TEXT_FORMS)

DAMAGES = ("utf-8", "utf-8-bom", "cp1252", "nfd", "crlf", "nbsp", "curly")


def render(answers: Answers, name: str, generation: str, form: str, style: Style = USUAL) -> str:
    """The page of a project as `generation` rendered it and as `form` saved it.

    `answers`: question_id → labels, text or number, as the social form gives them; for T2 the old text on
    upkeep stands under `entretien_des_espaces`. Raises ValueError for an unknown generation or form.
    """
    if generation not in GENERATIONS:
        raise ValueError(f"unknown generation: {generation}")
    if form not in FORMS:
        raise ValueError(f"unknown form: {form}")
    page = content(answers, generation, early=generation == "T2" and style.is_early)
    return html_page(page, name, style) if form == "html" else text_page(page, name, form, style)


def damage(text: str, kind: str) -> bytes:
    """The page as bytes, changed as mail, editors and old programs change them.

    Raises ValueError for a kind that is not in `DAMAGES`.
    """
    match kind:
        case "utf-8":
            return text.encode()
        case "utf-8-bom":
            return text.encode("utf-8-sig")
        case "cp1252":
            return "".join(_cp1252(letter) for letter in unicodedata.normalize("NFC", text)).encode("cp1252")
        case "nfd":
            return unicodedata.normalize("NFD", text).encode()
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "nbsp":
            return re.sub(" (?=[:?!;»])|(?<=«) ", "\u00a0", text).encode()
        case "curly":
            return text.replace("&#039;", "’").replace("'", "’").encode()
    raise ValueError(f"unknown damage: {kind}")


def _cp1252(letter: str) -> str:
    """The letter, or the nearest that Windows-1252 has."""
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        return plain or {"\u202f": "\u00a0", "\u2011": "-", "\u2212": "-"}.get(letter, "?")
    return letter
