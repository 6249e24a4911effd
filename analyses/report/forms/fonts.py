"""The fonts of the printed forms: those of the report, and behind them those that typst brings along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Fonts:
    folder: Path
    family: str
    #: As typst writes a list: the report's own, then whatever has a letter that it lacks.
    families: str

    def named(self, svg: str, *others: str) -> str:
        """A chart set in the report's font. Its name needs quotes: unquoted, no part of one may begin with a digit."""
        names = ", ".join((f"'{self.family}'", *others))
        return re.sub(r'font-family="[^"]*"', f'font-family="{names}"', svg)


FONTS = _Fonts(
    folder=Path(__file__).parents[1] / "fonts",
    family="Source Sans 3",
    families='("Source Sans 3", "DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern Math")',
)
