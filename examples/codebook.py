"""What the generator takes from the codebook seeds: the choices of each question, and their identifiers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "codebook"


@dataclass(frozen=True, slots=True)
class Question:
    question_id: str
    form: str
    kind: str
    role: str
    answer_list: str


@dataclass(frozen=True, slots=True)
class Choice:
    answer_id: str
    label: str
    polarity: int


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def questions() -> dict[str, Question]:
    """The questions of the social and the profile form, by question_id, in the codebook's order."""
    return {
        row["question_id"]: Question(
            row["question_id"], row["form"], row["kind"], row["role"], row["answer_list"]
        )
        for name in ("questions.csv", "questions_profile.csv")
        for row in _rows(name)
        if row["form"] in ("social", "profile")
    }


@cache
def choices(answer_list: str) -> tuple[Choice, ...]:
    """The known choices of an answer list, in the codebook's order; none for an open list."""
    return tuple(
        Choice(row["answer_id"], row["label_fr"], int(row["polarity"] or 0))
        for row in _rows("answers.csv")
        if row["answer_list"] == answer_list
    )


@cache
def answer_ids(answer_list: str) -> dict[str, str]:
    """The answer_id of every label that a respondent may have ticked, older wordings included."""
    known = {choice.label: choice.answer_id for choice in choices(answer_list)}
    return known | OLDER_LABELS.get(answer_list, {})


#: Wordings of an earlier form that stand for the same answer.
OLDER_LABELS: dict[str, dict[str, str]] = {
    "publics": {"Occupants et occupantes": "occupants"},
    "occasions": {"Dans la vie du projet": "vie-quotidienne"},
}
