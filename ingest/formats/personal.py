"""What must not be kept: fields that name or reach a person, and links that let their holder edit a place."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from ingest.codebook import Codebook, label_key

_PROJECT_ROOT = Path(__file__).resolve().parents[2]

#: Typeform's types that hold a person's data whatever their title.
TYPES = frozenset({"email", "phone_number", "contact_info", "payment"})

#: Types that are no text: whatever their title speaks of, they name nobody.
_NO_TEXTS = frozenset(
    {"multiple_choice", "picture_choice", "dropdown", "ranking", "yes_no", "rating", "opinion_scale", "date"}
)
# On label keys. A place, too, has a name: only the name of somebody counts.
_TITLE = re.compile(
    r"\b(?:e-?)?mails?\b|\bcourriels?\b|\bmel\b|\badresse electronique\b|\btelephones?\b|\bportable\b"
    r"|\bprenoms?\b|\brepondante?s?\b|\bqui etes-vous\b"
    r"|\bvo(?:tre|s) noms?\b(?! de (?:lieu|tiers-lieu|structure|association|projet))"
    r"|\bnoms? (?:de famille|de la personne|du contact|du referent|de la referente)\b"
    r"|\b(?:your|first|last|full) name\b|\bphone\b"
)
_ADDRESS = re.compile(r"\s*(?:mailto:)?[^\s@,;<>\"']+@[^\s@,;<>\"']+\.[^\W\d_]{2,}\s*")
_LINK = re.compile(r"https?://[^\s\"'<>,;|]+/(?:edit\b|[0-9A-Za-z]{64}\b)[^\s\"'<>,;|]*")


def is_personal(field_ref: str | None, title: str | None, typeform_type: str | None) -> bool:
    """Whether a field holds a person's data: by its reference in the seed `forms`, its type or its title."""
    if typeform_type in TYPES:
        return True
    targets, titles = _known()
    key = label_key(title or "")
    if target := targets.get(field_ref or "") or titles.get(key):
        return target == "personal"
    return typeform_type not in _NO_TEXTS and _TITLE.search(key) is not None


@lru_cache(4096)
def personal_places(fields: tuple[tuple[str | None, str | None, str | None], ...]) -> frozenset[int]:
    """Which of the fields that are asked together (reference, title, type) hold a person's data.

    Beside those that tell it themselves: a name without saying whose next to one of them, and, where nothing
    but short texts is asked with one of them, each of these that the codebook does not know.
    """
    found = {place for place, field in enumerate(fields) if is_personal(*field)}
    targets, titles = _known()
    is_contact = bool(found) and {kind for _, _, kind in fields} <= TYPES | {"short_text"}
    for place, (field_ref, title, _) in enumerate(fields):
        key = label_key(title or "")
        is_unknown = field_ref not in targets and key not in titles
        is_name = key.rstrip(" :*?") in ("nom", "name") and not found.isdisjoint({place - 1, place + 1})
        if is_unknown and (is_name or is_contact):
            found.add(place)
    return frozenset(found)


def is_address(value: str) -> bool:
    """Whether a text is an e-mail address and nothing else."""
    return "@" in value and _ADDRESS.fullmatch(value) is not None


def is_known(field_ref: str | None) -> bool:
    """Whether the seed `forms` tells what the field of this reference is."""
    return field_ref in _known()[0]


def without_contact(text: str) -> str:
    """`text` without such links; nothing of it if it is an e-mail address."""
    return "" if is_address(text) else without_links(text)


def without_links(text: str) -> str:
    """`text` without the links that let their holder edit a place."""
    return _LINK.sub("", text) if "://" in text else text


def holds_link(text: str) -> bool:
    """Whether such a link stands in `text`."""
    return _LINK.search(text) is not None


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """The targets of fields by their reference, and by the wordings of their titles."""
    codebook = Codebook.load(_PROJECT_ROOT)
    titles = {label_key(question.label_fr): "question" for question in codebook.questions.values()}
    titles |= {field.title_key: field.target for field in codebook.fields if field.title_key}
    return {field.field_ref: field.target for field in codebook.fields if field.field_ref}, titles
