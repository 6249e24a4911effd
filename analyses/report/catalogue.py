"""Texts and numbers of one language.

Every sentence of the report stands in `texts/<language>.toml`; a text that depends on a number is a table with
the language's plural forms (`one`, `other`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

_FOLDER = Path(__file__).parent / "texts"


class Catalogue:
    """The texts of `language`, called by dotted key: `texts("who.lead", n=31)`.

    Raises KeyError for a key or a value that the catalogue asks for and does not get.
    """

    def __init__(self, language: str, folder: Path = _FOLDER) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        with (folder / f"{language}.toml").open("rb") as file:
            self._texts: dict[str, Any] = tomllib.load(file)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text, with `{name}` replaced; whole numbers are written the language's way, `n` chooses the plural."""
        text = self.at(key)
        if isinstance(text, Mapping):
            form = self._locale.plural_form(int(str(values["n"])))
            text = text.get(form, text["other"])
        return self.fill(text, **values)

    def fill(self, text: str, /, **values: object) -> str:
        """A text of the catalogue with its values in place."""
        return text.format_map(
            {name: self.count(v) if isinstance(v, int) else v for name, v in values.items()}
        )

    def at(self, key: str) -> Any:
        """What stands at the key, unformatted: a text, a list or a table."""
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        return found

    def code(self, group: str, code: str) -> str:
        """The text for a code of the data; an unknown code stands for itself."""
        return str(self.at(group).get(code, code))

    def label(self, row: Mapping[str, Any], column: str = "label") -> str:
        """The row's label in this language, from the column that the seeds keep for it."""
        return re.sub(r" (?=[;:!?%»])", "\u202f", str(row[f"{column}_{self.language}"]))

    def count(self, number: int) -> str:
        """A whole number, its thousands apart."""
        return str(format_decimal(number, locale=self._locale))

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

    def _percent(self, value: Decimal, digits: int) -> str:
        pattern = "0." + "0" * digits if digits else "0"
        return self("number.percent", value=format_decimal(value, pattern, locale=self._locale))

    def day(self, day: date) -> str:
        """A day, written out."""
        return str(format_date(day, "long", locale=self._locale))

    def listing(self, parts: Sequence[str]) -> str:
        """The parts as a sentence names them: `a, b et c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self("number.and", first=", ".join(parts[:-1]), last=parts[-1])
