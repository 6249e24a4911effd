"""Invented answers of the environmental form, and the file that the platform keeps of them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from examples.codebook import SEEDS, choices
from examples.draw import Draw

_TEXTS = (
    "",
    "Une ruche et un compost tenus par les voisins",
    "Nous avons remplacé les radiateurs,\npuis isolé le toit.",
    "En cours…",
)
_FIGURES = ("", "35 % de surface plantée", "1 200 kg évités", "3,5 tonnes de compost", "12", "une dizaine")
_LABELS = {
    "type_alimentation": ("Locale", "De saison, ou peu s'en faut", "Végétarienne"),
    "risques": ("Inondation", "Canicule"),
    "risque_concerne": ("Les bâtiments", "Les usagers"),
}


@cache
def environment_questions() -> dict[str, dict[str, str]]:
    """The questions of the environmental form by question_id, as the codebook has them."""
    with (SEEDS / "questions_environment.csv").open(encoding="utf-8", newline="") as lines:
        return {row["question_id"]: row for row in csv.DictReader(lines)}


def environment_answers(*seed: object, filled: float = 0.8) -> dict[str, object]:
    """Answers of one environmental form: question_id → "Yes", "No", labels or text; "" or [] if left empty.

    What a filter takes out of the form is left empty behind a "No".
    """
    draw = Draw("environment", *seed)
    answers: dict[str, object] = {}
    for question_id, question in environment_questions().items():
        answer_list = question["answer_list"]
        is_skipped = answers.get(question["filter_question_id"]) == "No"
        if answer_list == "oui_non":
            answer = draw.pick(("Yes", "No")) if draw.chance(filled) else ""
            answers[question_id] = "" if is_skipped else answer
        elif answer_list:
            labels = _LABELS.get(answer_list) or tuple(choice.label for choice in choices(answer_list))
            ticked = [draw.pick(labels)] if question["kind"] == "single" else draw.some(labels, 0.6)
            answers[question_id] = ticked if draw.chance(filled) and not is_skipped else []
        elif question_id == "ville":
            answers[question_id] = draw.pick(("Rennes", "Bourg-en-Bresse"))
        elif question_id == "code_postal":
            answers[question_id] = draw.pick((35000, 1000))
        else:
            answers[question_id] = draw.pick(_FIGURES if question["kind"] == "number_text" else _TEXTS)
    return answers


def environment_file(name: str, answers: Mapping[str, object]) -> dict[str, object]:
    """What the platform keeps of these answers."""
    blocks: dict[str, dict[str, dict[str, object]]] = {}
    for question_id, answer in answers.items():
        axis = environment_questions()[question_id]["axis"]
        blocks.setdefault(axis, {"donnees": {}})["donnees"][question_id] = answer
    return {"name": name, "share_data": "Yes", "share_email": "No", "blocs": blocks}
