"""The fonts of the printed forms: those of the report, and behind them those that typst brings along."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Fonts:
    folder: Path
    family: str
    #: As typst writes a list: the report's own, then whatever has a letter that it lacks.
    families: str


FONTS = _Fonts(
    folder=Path(__file__).parents[1] / "fonts",
    family="Source Sans 3",
    families='("Source Sans 3", "DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern Math")',
)
