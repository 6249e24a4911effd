"""Texts and numbers of one language.

Every sentence of the report stands in `texts/<language>.po`, by key; the catalogue is compiled when it is read. A
message with plural forms chooses by its value `n`. Labels come from the seeds, numbers are written by Babel.
"""

from __future__ import annotations

import gettext
import io
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from analyses.report.document import Cell, Inlines, Run

FOLDER = Path(__file__).parent / "texts"

#: Controls, and the marks that turn the direction of all that follows: no text needs them to be read.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

Value = str | int | float | Cell | Run | Inlines


@lru_cache
def _catalogue(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class Messages:
    """The texts of `language`, called by key: `texts("who.lead", n=31)`.

    Raises KeyError for a key that the catalogue lacks, and for a value that a message asks for and does not get.
    """

    def __init__(self, language: str, folder: Path = FOLDER) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        self._catalogue = _catalogue(folder / f"{language}.po")

    def has(self, key: str) -> bool:
        """Whether there is such a message."""
        return self._catalogue.gettext(key) != key

    def __call__(self, key: str, /, **values: Value) -> str:
        """The text, with `{name}` replaced; whole numbers are written the language's way."""
        return "".join(piece.text for piece in self.rich(key, **values))

    def rich(self, key: str, /, **values: Value) -> Inlines:
        """The text as runs, with its cells in place; `**` around words makes them strong."""
        pieces: list[Run | Cell] = []
        strong = False
        for text, name, _, _ in string.Formatter().parse(self._message(key, values.get("n"))):
            for number, part in enumerate(text.split("**")):
                strong ^= number > 0
                if part:
                    pieces.append(Run(part, "strong" if strong else ""))
            if name:
                pieces += self._inlines(values[name], strong)
        return tuple(pieces)

    def code(self, group: str, code: str) -> str:
        """The text for a code of the data; an unknown code stands for itself."""
        return self(f"{group}.{code}") if self.has(f"{group}.{code}") else code

    def label(self, row: Mapping[str, Any], column: str = "label") -> str:
        """The row's label in this language, from the column that the seeds keep for it."""
        return self.typeset(str(row[f"{column}_{self.language}"] or ""))

    def typeset(self, text: str) -> str:
        """A text of the data made fit to print: no controls, French spaces where the language has them."""
        cleaned = clean(text).replace("'", "’")
        if self.language == "fr":
            cleaned = re.sub(r" (?=[;!?%])", "\u202f", cleaned)
            cleaned = re.sub(r" (?=[:»])|(?<=«) ", "\u00a0", cleaned)
        return cleaned

    def typeset_foreign(self, text: str) -> str:
        """Words of others: as they are, without characters that are not meant to be seen."""
        return clean(text).strip()

    def count(self, number: float) -> str:
        """A whole number, its thousands apart."""
        return str(format_decimal(number, "#,##0", locale=self.locale))

    def decimal(self, number: float, digits: int = 1) -> str:
        """A number with at most so many decimals."""
        pattern = "#,##0." + "#" * digits
        rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return str(format_decimal(rounded, pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share in per cent, rounded half up; what is not quite nothing or all is never rounded to it."""
        unit = Decimal(1).scaleb(-digits)
        exact = Decimal(repr(share)) * 100
        rounded = exact.quantize(unit, ROUND_HALF_UP)
        if exact in (0, 100):
            return self._percent(exact, 0)
        if rounded == 0:
            return self("number.below", value=self._percent(unit, digits))
        if rounded == 100:
            return self("number.above", value=self._percent(100 - unit, digits))
        return self._percent(rounded, digits)

    def points(self, change: float) -> str:
        """A change of a share in points, with its sign."""
        rounded = (Decimal(repr(change)) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
        return sign + str(format_decimal(abs(rounded), "0", locale=self.locale))

    def probability(self, p: float) -> str:
        """A p-value to three decimals, or below the least of them."""
        if p < 0.001:
            return self("number.below", value=format_decimal(0.001, "0.000", locale=self.locale))
        return str(format_decimal(Decimal(repr(p)).quantize(Decimal("0.001")), "0.000", locale=self.locale))

    def listing(self, parts: Sequence[str]) -> str:
        """The parts as a sentence names them: `a, b et c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self("number.and", first=", ".join(parts[:-1]), last=parts[-1])

    def order(self, text: str) -> str:
        """What to sort texts by: letters without accents or case, then the text."""
        letters = unicodedata.normalize("NFKD", text).replace("œ", "oe").replace("æ", "ae")
        return "".join(c for c in letters if not unicodedata.combining(c)).casefold() + "\0" + text

    def _message(self, key: str, n: Value | None) -> str:
        if n is not None:
            number = n.value if isinstance(n, Cell) else n
            count = abs(int(float(str(number)))) if number is not None else 2
            found = self._catalogue.ngettext(key, key, count)
            if found != key:
                return found
        found = self._catalogue.gettext(key)
        if found == key:
            raise KeyError(f"{self.language}.po has no `{key}`")
        return found

    def _inlines(self, value: Value, strong: bool) -> list[Run | Cell]:
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, Cell):
            return [replace(value, is_strong=True) if strong else value]
        if isinstance(value, Run):
            return [value]
        text = value if isinstance(value, str) else self.count(value)
        return [Run(text, "strong" if strong else "")]

    def _percent(self, value: Decimal, digits: int) -> str:
        return str(
            format_percent(
                value / 100, "0" + ("." + "0" * digits if digits else "") + self._sign, locale=self.locale
            )
        )

    @property
    def _sign(self) -> str:
        return "\u202f%" if self.language == "fr" else "%"


def clean(text: str) -> str:
    """A text without characters that are not meant to be seen."""
    return _CONTROLS.sub("", text)
