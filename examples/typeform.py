"""A filled Typeform form as the platform scrapes it, and as Typeform's own API gives it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from examples.codebook import SEEDS, answer_ids, questions
from examples.draw import Draw
from examples.environment import environment_questions

#: The full form, and those that it was split into in 2024, whose fields have other ids.
VARIANTS = ("full", "general_information", "social_impact", "environmental")

_RESPONDENT, _PLACE = ("2QbfpS9LOLSo", "Vous"), ("fl785vLXdAeG", "Le lieu")
_ACTIVITY = ("xztSD2Mp5EyC", "Ouverture,\noccupants et moyens")
_SOCIAL, _RATED = ("pntLADdWQhm5", "Effets sociaux"), ("GanryzVXYwN0", "Intensité des effets")
_ROOT = ("", "")


@dataclass(frozen=True, slots=True)
class Response:
    """What one respondent gave. An answer is labels, text or a number; None, "" and [] if left empty."""

    token: str
    name: str
    address: str
    postal_code: str
    respondent: tuple[str, str]  # name and e-mail address
    answers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form and what stands in it: a text, a number, "Yes", "No", or labels."""

    field_id: str
    title: str
    type: str
    group: tuple[str, str]
    value: str | float | list[str]


@cache
def _rows() -> tuple[dict[str, str], ...]:
    labels = {}
    for seed in ("questions.csv", "questions_profile.csv"):
        with (SEEDS / seed).open(encoding="utf-8", newline="") as lines:
            labels |= {row["question_id"]: row["label_fr"] for row in csv.DictReader(lines)}
    with (SEEDS / "forms.csv").open(encoding="utf-8", newline="") as lines:
        rows = tuple(
            row for row in csv.DictReader(lines) if row["form"] == "full" and row["target"] != "unknown"
        )
    for row in rows:
        row["title"] = row["title"] or labels[row["question_id"]]
    # The form asks for the place's name first of all that concerns it.
    return tuple(sorted(rows, key=lambda row: (row["target"] != "personal", row["attribute"] != "name")))


def fields(response: Response, variant: str) -> list[Field]:
    """The fields of a form in their order, with what the respondent left in them."""
    draw = Draw("typeform", response.token)
    found = [] if variant == "full" else [Field("c0nsent00000", "Acceptez-vous ?", "legal", _ROOT, "Yes")]
    for row in _rows():
        group = _group(row, variant)
        if group is not None:
            field_id = row["field_ref"] if variant == "full" else _other_id(variant, row["field_ref"])
            value = _value(row, response, draw)
            found.append(Field(field_id, row["title"], row["typeform_type"], group, value))
    if variant == "environmental":
        for question_id, row in environment_questions().items():
            kind = "long_text" if row["kind"] == "text" else "short_text"
            if row["answer_list"]:
                kind = "yes_no" if row["answer_list"] == "oui_non" else "multiple_choice"
            if question_id == "code_postal":
                kind = "number"
            value: Any = response.answers[question_id]
            found.append(
                Field(
                    _other_id(variant, question_id), row["label_fr"], kind, (row["axis"], row["axis"]), value
                )
            )
    return found


def _other_id(variant: str, field_ref: str) -> str:
    return sha256(f"{variant}|{field_ref}".encode()).hexdigest()[:12]


def _group(row: Mapping[str, str], variant: str) -> tuple[str, str] | None:
    """Where a field stands; None if the variant has it not."""
    is_social = row["target"] == "question" and questions()[row["question_id"]].form == "social"
    if variant == "social_impact":
        if row["attribute"] in ("name", "postal_code"):
            return _ROOT
        return _SOCIAL if is_social else None
    if row["target"] == "personal":
        return _RESPONDENT
    if row["attribute"] == "name":
        return _PLACE
    if variant == "environmental" or (is_social and variant == "general_information"):
        return None
    if is_social:
        return _RATED if row["typeform_type"] == "rating" else _SOCIAL
    return _PLACE if row["attribute"] or row["question_id"] == "status" else _ACTIVITY


def _value(row: Mapping[str, str], response: Response, draw: Draw) -> Any:
    question_id, target = row["question_id"], row["target"]
    answer = response.answers.get(question_id)
    if target == "personal":
        return response.respondent[row["typeform_type"] == "email"]
    if target == "attribute":
        return {
            "name": response.name,
            "address": response.address,
            "postal_code": int(response.postal_code),
        }[row["attribute"]]
    if target == "ignored":
        return ""
    if target == "gate":
        return "Yes" if answer else "No"
    if target == "answer":
        ticked = {answer_ids(questions()[question_id].answer_list)[str(label)] for label in _labels(answer)}
        if row["answer_id"] in ticked:
            return "Yes"
        return "No" if ticked else ""
    if row["part"]:
        return _part(answer, int(row["part"]))
    if row["typeform_type"] == "multiple_choice":
        return list(_labels(answer))
    if row["typeform_type"] == "date" and isinstance(answer, str) and answer:
        return "/".join(reversed(answer.split("-")))
    # In the answers, as on the platform, a social number that nobody gave is 0.
    is_unsaid = answer is None or (answer == 0 and questions()[question_id].form == "social")
    return "" if is_unsaid else answer


def _labels(answer: object) -> list[object]:
    return answer if isinstance(answer, list) else []


def _part(answer: object, part: int) -> str | float:
    """A third of a sum: one with a comma, the rest, and nothing."""
    if not isinstance(answer, int | float):
        return ""
    first = answer // 2 + 0.5 if answer >= 1 else answer
    return (f"{first:g}".replace(".", ","), "", round(answer - first, 2))[part - 1]


def scraped(response: Response, variant: str = "full") -> dict[str, Any]:
    """A response as the platform scrapes it: every field, in its group or beside the groups."""
    entries: list[dict[str, Any]] = []
    for field in fields(response, variant):
        key = "choices" if field.type == "multiple_choice" else "value"
        payload = {"file_url": "", "file_name": ""} if field.type == "file_upload" else {key: field.value}
        question = {
            "id": field.field_id,
            "title": f"{field.title}\n",
            "type": field.type,
            field.type: payload,
        }
        group_id, title = field.group
        if not group_id:
            entries.append(question)
            continue
        group = next((entry for entry in entries if entry["id"] == group_id), None)
        if group is None:
            group = {"id": group_id, "title": title, "type": "group", "group": {"answers": []}}
            entries.append(group)
        group["group"]["answers"].append(question)
    return {"token": response.token, "answers": entries}


def api(
    responses: Iterable[Response], variant: str = "full", *, year: int = 2024, defined: bool = True
) -> dict[str, Any]:
    """Responses as the API gives them, with what was answered only; `defined`: beside the form's definition."""
    items, definition = [], None
    for response in responses:
        found = fields(response, variant)
        definition = definition or _definition(found)
        answers = [_api_answer(field) for field in found if field.value not in ("", [])]
        moment = f"{year}-03-{Draw('moment', response.token).between(1, 28):02}T09:30:00Z"
        items.append(
            {
                "landing_id": response.token,
                "token": response.token,
                "response_id": response.token,
                "landed_at": moment,
                "submitted_at": moment,
                "metadata": {"user_agent": "Navigateur/1.0", "network_id": "a1b2c3", "referer": ""},
                "hidden": {"mail": response.respondent[1]},
                "calculated": {"score": 0},
                "answers": answers,
            }
        )
    document: dict[str, Any] = {"total_items": len(items), "page_count": 1, "items": items}
    return {"form": definition, **document} if defined else document


def _definition(found: Iterable[Field]) -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {}
    for field in found:
        question = {
            "id": field.field_id,
            "ref": f"ref-{field.field_id}",
            "title": field.title,
            "type": field.type,
        }
        group_id, title = field.group
        if not group_id:
            entries[field.field_id] = question
            continue
        group = entries.setdefault(
            group_id,
            {"id": group_id, "title": title, "type": "group", "properties": {"fields": []}},
        )
        group["properties"]["fields"].append(question)
    return {"id": "f0rm", "title": "Évaluation", "fields": list(entries.values())}


def _api_answer(field: Field) -> dict[str, Any]:
    value: Any = field.value
    name, content = {
        "yes_no": ("boolean", value == "Yes"),
        "legal": ("boolean", value == "Yes"),
        "number": ("number", value),
        "rating": ("number", value),
        "email": ("email", value),
        "website": ("url", value),
        "date": ("date", "-".join(reversed(str(value).split("/")))),
    }.get(field.type, ("text", value))
    if field.type == "multiple_choice":
        several = len(value) > 1
        name, content = ("choices", {"labels": value}) if several else ("choice", {"label": value[0]})
    reference = {"id": field.field_id, "ref": f"ref-{field.field_id}", "type": field.type}
    return {"field": reference, "type": name, name: content}
