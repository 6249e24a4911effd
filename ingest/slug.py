"""The slug that the platform makes of a place's name."""

from __future__ import annotations

import re

from text_unidecode import unidecode

_DROPPED = re.compile(r"[^a-z0-9\s-]")
_JOINTS = re.compile(r"[\s-]+")


def slugify(name: str) -> str:
    """Return the platform's slug of `name`; empty if nothing of it is a letter or a digit.

    Transliterated to ASCII, lower case, `_` to `-`, `@` to `at`, all but letters, digits, blanks and `-`
    dropped, blanks and dashes to one `-`: "L'Amarre" is `lamarre`, "La Grange/Bouillon cube" is
    `la-grangebouillon-cube`.
    """
    ascii_name = unidecode(name).lower().replace("_", "-").replace("@", "at")
    return _JOINTS.sub("-", _DROPPED.sub("", ascii_name)).strip("-")
