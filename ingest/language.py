"""The texts of what is shown to people, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "texts"


class Texts:
    """The texts of one language, by dotted key; `n` chooses between `one` and `other`.

    They stand in ingest/texts/, one file per catalogue (`explain.`; the quality page's has no name) and language.
    """

    def __init__(self, language: str, catalogue: str = "") -> None:
        from babel import Locale

        self.language = language
        self._locale = Locale.parse(language)
        self._texts = tomllib.loads((_FOLDER / f"{catalogue}{language}.toml").read_text(encoding="utf-8"))

    def __call__(self, key: str, /, **values: object) -> str:
        """The text, with its values in place. Raises KeyError for one that the language lacks."""
        text = self._at(key)
        if isinstance(text, Mapping):
            form = self._locale.plural_form(int(str(values["n"])))
            text = text.get(form, text["other"])
        return str(text).format_map(
            {name: self.count(value) if isinstance(value, int) else value for name, value in values.items()}
        )

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return str(self._locale.display_name).capitalize()

    def known(self, key: str) -> str | None:
        """The text, or None if the language lacks it."""
        try:
            return str(self._at(key))
        except KeyError:
            return None

    def count(self, number: int) -> str:
        from babel.numbers import format_decimal

        return str(format_decimal(number, locale=self._locale))

    def _at(self, key: str) -> Any:
        found: Any = self._texts
        for part in key.split("."):
            found = found[part]
        return found
