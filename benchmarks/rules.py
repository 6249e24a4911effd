"""Ten indicators as rules, from the codebook's seeds: what an analyst would have to know to compute them."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parent.parent / "seeds" / "codebook"

#: Shares of those who answered a question of choices, but for I2, the median number of choices.
INDICATORS = ("I1", "I2", "I3", "I5", "I6", "I7", "I9", "I10", "K1", "K3")


@dataclass(frozen=True, slots=True)
class Rule:
    """Of those who chose anything in the field, the share that chose at least `minimum` of `answers`."""

    indicator_id: str
    field_id: str
    answers: frozenset[str]
    minimum: int
    is_median: bool


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of the ten, in their order."""
    questions = {row["question_id"]: row for row in _rows("questions.csv")}
    fields = {
        row["question_id"]: row["field_ref"]
        for row in _rows("forms.csv")
        if row["form"] == "full" and row["target"] == "question"
    }
    found = []
    for indicator_id in INDICATORS:
        row = next(
            row
            for row in _rows("indicator_rules.csv")
            if row["indicator_id"] == indicator_id and row["component_id"] == "all"
        )
        answer_list = questions[row["question_id"]]["answer_list"]
        answers = [a for a in _rows("answers.csv") if a["answer_list"] == answer_list]
        wanted = {a["answer_id"] for a in answers if a["is_no"] != "1"}
        if row["answer_ids"]:
            wanted &= set(row["answer_ids"].split("|"))
        if row["answer_polarity"]:
            wanted = {
                a["answer_id"] for a in answers if int(a["polarity"] or 0) == int(row["answer_polarity"])
            }
        found.append(
            Rule(
                indicator_id,
                fields[row["question_id"]],
                frozenset(wanted),
                int(row["minimum_answers"] or 1),
                row["measure"] == "answers",
            )
        )
    return tuple(found)


@cache
def answer_ids() -> dict[str, dict[str, str]]:
    """By field: the answer that each known spelling stands for."""
    questions = {row["question_id"]: row for row in _rows("questions.csv")}
    by_list: dict[str, dict[str, str]] = {}
    for answer in _rows("answers.csv"):
        known = by_list.setdefault(answer["answer_list"], {})
        for label in (answer["label_fr"], *filter(None, answer["page_labels"].split("|"))):
            known.setdefault(key(label), answer["answer_id"])
    return {
        row["field_ref"]: by_list.get(questions[row["question_id"]]["answer_list"], {})
        for row in _rows("forms.csv")
        if row["form"] == "full" and row["question_id"] in questions
    }


def key(label: str) -> str:
    """Two spellings of one label have the same: no case, no accents, plain apostrophes."""
    bare = unicodedata.normalize("NFD", label.replace("’", "'").lower())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


Numbers = dict[str, dict[str, Any]]
