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
    # What gives access to a place is as little anybody's business.
    r"|^cles?(?: (?:admin.*|secrete|d['’ ]acces|d['’ ]edition|api))?$|\bhash[ _]admin\b|\bpassword\b|\bmot de passe\b"
    r"|\b(?:page|url|lien|link)s?[ _](?:d['’ ])?(?:admin\w*|edition|edit)\b"
)
#: From its first letter, or every letter of a long word would be tried as one.
_MAIL = r"(?<![^\s@,;<>\"'])[^\s@,;<>\"']+@[^\s@,;<>\"']+\.[^\W\d_]{2,}"
_MAILS = re.compile(_MAIL)
_ADDRESS = re.compile(rf"\s*(?:mailto:)?{_MAIL}\s*")
#: Links, and the keys that stand alone. Possessive: what was read as a link is not read again from its middle.
_LINK = r"https?://[^\s\"'<>,;|]++|\b[0-9A-Za-z]{64}\b"
#: What makes a link one that lets its holder edit a place, and a key one.
_SECRET = r"/edit\b|\b[0-9A-Za-z]{64}\b"
_LINKS, _LINKS_BYTES = re.compile(_LINK), re.compile(_LINK.encode())
_SECRETS, _SECRETS_BYTES = re.compile(_SECRET), re.compile(_SECRET.encode())
KEY_LENGTH = 64
#: Blanks over all that is ASCII: a character of several bytes must stay one.
_BLANKED = bytes(32 if byte < 128 else byte for byte in range(256))
#: Letters and figures, all as one: what is long enough to be a key is then found at once.
_WORDS = bytes(97 if chr(byte).isalnum() and byte < 128 else 32 for byte in range(256))


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
    """`text` without the links that let their holder edit a place, and without their keys."""
    if len(text) < KEY_LENGTH and "://" not in text:
        return text
    return _LINKS.sub(lambda found: "" if _SECRETS.search(found[0]) else found[0], text)


def blanked_links(data: bytes) -> bytes:
    """The text in `data`, in an encoding that keeps ASCII or in UTF-16, with blanks over such links and keys.

    The same object if there are none. Every other character keeps its place.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-le" if data[:1] == b"\xff" else "utf-16-be"
        text = data.decode(encoding, "surrogatepass") if len(data) % 2 == 0 else ""
        kept = _LINKS.sub(lambda found: " " * len(found[0]) if _SECRETS.search(found[0]) else found[0], text)
        return data if kept == text else kept.encode(encoding, "surrogatepass")
    if b"/edit" in data or b"a" * KEY_LENGTH in data.translate(_WORDS):
        return _LINKS_BYTES.sub(
            lambda found: found[0].translate(_BLANKED) if _SECRETS_BYTES.search(found[0]) else found[0], data
        )
    return data


def starred_addresses(text: str) -> str:
    """`text` with stars over its e-mail addresses; every other character keeps its place."""
    return _MAILS.sub(lambda found: "*" * len(found[0]), text) if "@" in text else text


def holds_link(text: str) -> bool:
    """Whether such a link stands in `text`."""
    return any(found[0].startswith("http") and _SECRETS.search(found[0]) for found in _LINKS.finditer(text))


@cache
def _known() -> tuple[dict[str, str], dict[str, str]]:
    """The targets of fields by their reference, and by the wordings of their titles."""
    codebook = Codebook.load(_PROJECT_ROOT)
    titles = {label_key(question.label_fr): "question" for question in codebook.questions.values()}
    titles |= {field.title_key: field.target for field in codebook.fields if field.title_key}
    return {field.field_ref: field.target for field in codebook.fields if field.field_ref}, titles
