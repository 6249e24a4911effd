"""The words that these forms add to those of the document."""

from __future__ import annotations

from pathlib import Path

from analyses.report.messages import Messages, Value

FOLDER = Path(__file__).parent / "texts"


class Words(Messages):
    """The report's texts, and before them those of `texts/` here."""

    def __init__(self, language: str) -> None:
        super().__init__(language, FOLDER)
        self._report = Messages(language)

    def _message(self, key: str, n: Value | None) -> str:
        return super()._message(key, n) if self.has(key) else self._report._message(key, n)
