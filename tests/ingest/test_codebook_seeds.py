"""The codebook seeds hold together: ids, references, languages, positions, labels that tell answers apart."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from ingest.codebook import QUESTION_SEEDS, label_key

FOLDER = Path(__file__).parents[2] / "seeds" / "codebook"
KEBAB_CASE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Row = dict[str, str]

#: Lists of which no answer is known today: what is answered there is kept as it was written.
OPEN_LISTS = {
    "exclusion_types",
    "entretien_negatifs",
    "innovation_types",
    "type_alimentation",
    "risques",
    "risque_concerne",
}


def rows(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


LEVELS = rows("levels.csv")
CATEGORIES = rows("categories.csv")
QUESTIONS = [row for name in QUESTION_SEEDS for row in rows(name)]
ANSWERS = rows("answers.csv")


def repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def test_the_questionnaire_is_complete() -> None:
    assert Counter(row["form"] for row in QUESTIONS) == {
        "social": 46,
        "urban_project": 3,
        "profile": 44,
        "environment": 107,
    }
    criteria = [row["criterion_number"] for row in CATEGORIES if row["criterion_number"]]
    assert sorted(map(int, criteria)) == list(range(1, 16))


def test_ids_are_unique() -> None:
    assert not repeated(row["level_id"] for row in LEVELS)
    assert not repeated(row["category_id"] for row in CATEGORIES)
    assert not repeated(row["question_id"] for row in QUESTIONS)
    assert not repeated((row["answer_list"], row["answer_id"]) for row in ANSWERS)
    assert not repeated(row["typeform_id"] for row in QUESTIONS if row["typeform_id"])


def test_codes_are_kebab_case() -> None:
    codes = [row["category_id"] for row in CATEGORIES] + [row["answer_id"] for row in ANSWERS]
    assert [code for code in codes if not KEBAB_CASE.fullmatch(code)] == []


def test_references_resolve() -> None:
    assert {row["level_id"] for row in CATEGORIES} <= {row["level_id"] for row in LEVELS}
    assert {row["category_id"] for row in QUESTIONS} == {row["category_id"] for row in CATEGORIES}
    by_id = {row["question_id"]: row for row in QUESTIONS}
    for row in QUESTIONS:
        if filtering := row.get("filter_question_id"):
            assert by_id[filtering]["role"] == "filter"
            assert by_id[filtering]["axis"] == row["axis"]


def test_lists_and_kinds_agree() -> None:
    used = {row["answer_list"] for row in QUESTIONS if row["answer_list"]}
    with_answers = {row["answer_list"] for row in ANSWERS}
    assert with_answers <= used
    assert used - with_answers == OPEN_LISTS
    for row in QUESTIONS:
        assert bool(row["answer_list"]) == (row["kind"] in ("single", "multiple")), row["question_id"]
        assert bool(row["typeform_id"]) == bool(row["typeform_type"]), row["question_id"]


def test_positions_are_unique() -> None:
    assert not repeated(row["position"] for row in LEVELS)
    assert not repeated((row["level_id"], row["position"]) for row in CATEGORIES)
    assert not repeated((row["category_id"], row["position"]) for row in QUESTIONS)
    assert not repeated((row["answer_list"], row["position"]) for row in ANSWERS)


@pytest.mark.parametrize("language", ["label_fr", "label_en"])
def test_both_languages_are_there(language: str) -> None:
    for row in LEVELS + CATEGORIES + QUESTIONS + ANSWERS:
        assert row[language] == row[language].strip() != "", row
    assert not repeated((row["form"], row[language]) for row in QUESTIONS)
    assert not repeated((row["answer_list"], row[language]) for row in ANSWERS)


def test_labels_tell_answers_apart() -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in ANSWERS:
        for label in (row["label_fr"], *filter(None, row["page_labels"].split("|"))):
            owners[row["answer_list"], label_key(label)].add(row["answer_id"])
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


def test_only_effects_and_yes_no_take_sides() -> None:
    assert {row["polarity"] for row in ANSWERS} <= {"-1", "0", "1"}
    assert {row["is_no"] for row in ANSWERS} <= {"0", "1"}
    form_lists = {row["answer_list"] for row in QUESTIONS if row["form"] == "profile"}
    assert {row["polarity"] + row["is_no"] for row in ANSWERS if row["answer_list"] in form_lists} == {"00"}


def test_environmental_weights() -> None:
    questions = [row for row in QUESTIONS if row["form"] == "environment"]
    assert {row["weight"] for row in questions} == {"", "0.5", "1", "1.5"}
    for row in questions:
        assert not row["sub_axis"] or row["weight"], row["question_id"]
        assert bool(row["sub_axis"]) == bool(row["sub_axis_label_fr"]) == bool(row["sub_axis_label_en"])
    totals: dict[str, float] = defaultdict(float)
    for row in questions:
        totals[row["axis"]] += float(row["weight"] or 0)
    assert totals == {
        "presentation": 0,
        "circularite_sobriete": 22,
        "emission_gaz_effet_serre": 24.5,
        "biodiversite": 12,
        "environnement_physique": 20.5,
        "sensibilisation_engagement": 14.5,
    }
    pairs = {(row["sub_axis"], row["axis"]) for row in questions if row["sub_axis"]}
    assert not repeated(sub_axis for sub_axis, _ in pairs)
