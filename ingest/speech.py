"""The command's words in the language of whoever runs it: French where the locale is French, English elsewhere.

The English words stand in the code and are the keys of `texts/effets.fr.po`, which a test holds complete. What goes
into a table or the archive is never translated: it is the same under every locale.
"""

from __future__ import annotations

import gettext
import io
import os
from functools import cache
from pathlib import Path

_CATALOGUE = Path(__file__).parent / "texts" / "effets.fr.po"

#: The first that is set decides, as for other commands; EFFETS_LANG is for whoever wants another language here alone.
_VARIABLES = ("EFFETS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """`fr` or `en`, by the environment."""
    locale = next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
    return "fr" if locale.lower().partition("_")[0].partition(".")[0] == "fr" else "en"


def tr(text: str, /, **values: object) -> str:
    """The text in the language, with its values in place. `text` is written out where it is called."""
    said = translated(text, language())
    return said.format(**values) if values else said


def translated(text: str, into: str) -> str:
    """The text in the language `into`; as it stands, if the catalogue lacks it."""
    return _french().gettext(text) if into == "fr" and text else text


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """The same for a text that follows the number `n`, which stands in it as `{n}`."""
    if language() == "fr":
        return _french().ngettext(one, many, n).format(n=f"{n:,}".replace(",", "\u202f"), **values)
    return (one if n == 1 else many).format(n=f"{n:,}", **values)


@cache
def _french() -> gettext.NullTranslations:
    # Imported here: only who reads French needs them.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with _CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr", abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
