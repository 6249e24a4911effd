"""What a record says to a question, and the words of its source: what `show` and `explain` put side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from ingest.codebook import Codebook
from ingest.source_words import Words
from ingest.warehouse import PROJECT_ROOT


@dataclass(frozen=True, slots=True)
class Said:
    """One thing read, and the words of the source at its place; of a testimony, its `text` alone."""

    answer_id: str | None = None
    raw_label: str | None = None
    match: str | None = None
    value_number: float | None = None
    value_text: str | None = None
    text: str | None = None
    source_start: int | None = None
    source_end: int | None = None
    source_pointer: str | None = None
    words: str | None = None

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        if self.match is not None:
            return f"{self.answer_id or 'unknown'} ({self.match})"
        return self.value_text or ("" if self.value_number is None else f"{self.value_number:g}")

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        if self.source_start is not None:
            return f"{self.source_start}–{self.source_end}"
        return self.source_pointer or ""


@dataclass(slots=True)
class Response:
    """What a record says to a question."""

    question_id: str
    state: str
    candidate_answer_ids: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        return bool(self.said or self.candidate_answer_ids)

    def __str__(self) -> str:
        candidates = " or ".join(self.candidate_answer_ids)
        return f"{self.state} ({candidates})" if candidates else self.state


def no_words(start: int | None, end: int | None, pointer: str | None) -> None:
    """The source is not there any more."""


def said_of(row: dict[str, Any], words: Words) -> Said:
    """A row of SAID_COLUMNS, and what stands at its place."""
    place = (row["source_start"], row["source_end"], row["source_pointer"])
    return Said(**row, words=words(*place))


def response_rows(response: Response) -> Iterator[tuple[str, ...]]:
    """A response as rows of a table: one for each thing said."""
    for number, said in enumerate(response.said or [Said()]):
        question = (response.question_id, str(response)) if number == 0 else ("", "")
        yield (*question, str(said), said.words or "", said.place)


def silence(states: Counter[str]) -> list[str]:
    """How many questions say nothing, by state."""
    return [f"{count} more: {state}" for state, count in sorted(states.items())]


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of questions in the order of the questionnaire."""
    places = {question_id: place for place, question_id in enumerate(Codebook.load(PROJECT_ROOT).questions)}
    return sorted(rows, key=lambda row: places[row["question_id"]])


def rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: Any) -> list[dict[str, Any]]:
    """The rows of a query, each by the names of its columns."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


SAID_COLUMNS = """
    answer_id, raw_label, match, value_number, value_text, null as text, source_start, source_end, source_pointer
"""
TEXT_COLUMNS = """
    null, null, null, null, null, text, source_start, source_end, source_pointer
"""
