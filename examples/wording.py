"""How the platform words an answer on a page: label rewriting, joining, cutting of long texts.

Labels are joined first and rewritten afterwards, as one string, so that a rule may reach over the border of
two labels. `SEPARATOR` stands for that border meanwhile.
"""

from __future__ import annotations

import re
import unicodedata

SEPARATOR = "\x1f"

GENERATIONS = ("T2", "T3", "T4a", "T4b", "T5b", "T5c", "T6")

#: Longest text that is shown at once, in columns of a terminal.
EXCERPT_WIDTH = 300

_T4_WITHOUT_PARENTHESES = ("capacite_agir_porte", "solidarite_type", "services_publics_besoin_urgent")

_INCLUSIVE = (
    ("visiteurs et visiteuses", "visiteur·euse·s"),
    ("voisins et voisines", "voisin·e·s"),
    ("acteurs et actrices", "acteur·rice·s"),
    ("occupants et occupantes", "occupant·e·s"),
)
_T6_ENDINGS = (
    ("certaines personnes ont fait part ou ont paru", ""),
    ("certaines personnes ont fait preuve", ""),
    ("certaines personnes ont fait part", "certains personnes se"),
    ("des emplois ont été créés au sein du lieu", "d'obtenir des emplois au sein du lieu "),
    ("des emplois ont été créés à l'extérieur", "d'obtenir des emplois à l'extérieur du lieu"),
)
_PARENTHESES = re.compile(r"\(.*?\)", re.DOTALL)


def since(generation: str, first: str) -> bool:
    """Whether `generation` is `first` or a later one."""
    return GENERATIONS.index(generation) >= GENERATIONS.index(first)


def is_empty(value: object) -> bool:
    """Whether the platform takes a value for no answer."""
    return value is None or value in ("", "0", 0) or value == []


def rewrite(labels: list[str], generation: str, question_id: str) -> list[str]:
    """Labels of one question as the page words them, in their order.

    Balanced labels come back one for one. A parenthesis left open in one label may swallow the next.
    """
    text = SEPARATOR.join(labels).lower()
    text = text.replace("(si applicable)", "").replace("oui, ", "")
    text = text.replace("pas vraiment mais les gens", "certains personnes se")
    if since(generation, "T5b"):
        text = text.replace("groupe autour du ou d'un projet", "groupe autour du projet")
    if since(generation, "T5c"):
        text = text.replace(
            "acteurs et actrices du quartier, associations ou entreprises locales",
            "acteurs et actrices du quartier",
        )
    if since(generation, "T5b"):
        for plain, inclusive in _INCLUSIVE:
            text = text.replace(plain, inclusive)
    if generation == "T6":
        for label, ending in _T6_ENDINGS:
            text = text.replace(label, ending)
    if since(generation, "T5b") or (since(generation, "T4a") and question_id in _T4_WITHOUT_PARENTHESES):
        text = _PARENTHESES.sub("", text)
    if text == "quotidienne":
        text = "au quotidien"
    elif text == "ponctuelle":
        text = "de manière ponctuelle"
    return text.split(SEPARATOR) if labels else []


def rewrite_balance(label: str, generation: str) -> str:
    """An answer on gender balance as the page words it."""
    if generation == "T3":
        return rewrite([label], generation, "")[0]
    return re.sub(r"[A-Z]", lambda letter: letter[0].lower(), label)


def capitalise(text: str) -> str:
    """The first letter in upper case, if it is an ASCII one."""
    return text[0].upper() + text[1:] if text and text[0].isascii() else text


def _columns(text: str) -> int:
    return len(text) + sum(1 for letter in text if ord(letter) > 0x10FF and _is_wide(letter))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def excerpt(text: str) -> str:
    """What a page shows of a text before "Lire la suite" is pressed, the added period aside."""
    if _columns(text) <= EXCERPT_WIDTH:
        return text
    end, width = 0, 0
    while width <= EXCERPT_WIDTH:
        width += 2 if _is_wide(text[end]) else 1
        end += 1
    return text[: end - 1].rstrip()


def has_more(text: str) -> bool:
    """Whether the page offers "Lire la suite": it counts bytes where the excerpt counts columns."""
    return len(text.encode()) > EXCERPT_WIDTH


def printed_excerpt(text: str, generation: str) -> str:
    """The excerpt with the period that newer pages append."""
    stop = "." if since(generation, "T4a") and not text.endswith(".") else ""
    return excerpt(text) + stop
