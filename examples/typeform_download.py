"""The table of responses as Typeform gives it for download, as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook

from examples.codebook import SEEDS, choices, questions
from examples.typeform import Response

#: In front of the questions and behind them.
_FIRST = ("#",)
_LAST = ("Response Type", "Start Date (UTC)", "Stage Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags")

#: Marks a choice that is asked for by itself.
_YES_NO = "yes or no: "

PERSON_TITLES = ("Vos nom et prénom", "Votre adresse e-mail")
PLACE_TITLES = ("Nom du lieu", "Adresse du lieu", "Code postal du lieu")

#: When all of them were sent.
SUBMITTED_AT = datetime(2024, 1, 29, 10, 11, 12)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a question, or of one of its choices (`label`; `Other` takes the free ones)."""

    question_id: str
    title: str
    label: str = ""


def question_ids(form: str) -> list[str]:
    """The questions of a form that a download may have, in the codebook's order."""
    return [
        question.question_id
        for question in questions().values()
        if question.form == form and question.question_id != "moyens.partenaires"
    ]


def columns(
    asked: Sequence[str], titles: Mapping[str, str] | None = None, has_other: bool = True
) -> list[Column]:
    """The columns of these questions: one each, or one per choice and `Other`, without the question's title.

    `titles` words questions otherwise than the codebook does; `has_other`: choices of one's own are allowed.
    """
    found = []
    for question_id in asked:
        question = questions()[question_id]
        offered = [choice.label for choice in choices(question.answer_list)] if question.answer_list else []
        if question_id == "activites":
            found += [Column(question_id, label, _YES_NO + label) for label in offered]
        elif question.kind == "multiple" and offered:
            found += [Column(question_id, label, label) for label in offered]
            if has_other:
                found.append(Column(question_id, "Other", "Other"))
        else:
            found.append(Column(question_id, (titles or {}).get(question_id) or _labels()[question_id]))
    return found


def table(
    responses: Sequence[Response],
    asked: Sequence[str],
    titles: Mapping[str, str] | None = None,
    has_other: bool = True,
) -> list[list[object]]:
    """Header and rows, typed as a workbook has them."""
    made = columns(asked, titles, has_other)
    rows: list[list[object]] = [
        [*_FIRST, *PERSON_TITLES, *PLACE_TITLES, *(column.title for column in made), *_LAST]
    ]
    for response in responses:
        rows.append(
            [
                response.token,
                *response.respondent,
                *(response.name, response.address, response.postal_code),
                *(_cell(column, response.answers.get(column.question_id), made) for column in made),
                *("completed", SUBMITTED_AT, "", SUBMITTED_AT, "a1b2c3d4e5", ""),
            ]
        )
    return rows


def as_csv(rows: Sequence[Sequence[object]], bom: bool = False) -> bytes:
    """RFC 4180, as Typeform writes it."""
    file = io.StringIO()
    csv.writer(file).writerows([[_text(cell) for cell in row] for row in rows])
    return file.getvalue().encode("utf-8-sig" if bom else "utf-8")


def as_xlsx(rows: Sequence[Sequence[object]], sheet_name: str = "Sheet1", rows_above: int = 0) -> bytes:
    """A workbook with typed cells."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"author": "Camille Inventée"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = workbook.add_worksheet(sheet_name)
        for number, row in enumerate(rows, start=rows_above):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, str(cell))
    return file.getvalue()


def _cell(column: Column, given: object, made: Sequence[Column]) -> object:
    if not isinstance(given, list):
        # In the answers, as on the platform, a social number that nobody gave is 0.
        is_unsaid = given is None or (given == 0 and questions()[column.question_id].form == "social")
        return "" if is_unsaid else given
    if not column.label:
        return ", ".join(given)
    if column.label.startswith(_YES_NO):
        return int(column.label.removeprefix(_YES_NO) in given) if given else ""
    if column.label != "Other":
        return column.label if column.label in given else ""
    offered = {other.label for other in made if other.question_id == column.question_id}
    return ", ".join(label for label in given if label not in offered)


def _text(cell: object) -> str:
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)


def _labels() -> dict[str, str]:
    return {
        row["question_id"]: row["label_fr"]
        for name in ("questions.csv", "questions_profile.csv")
        for row in csv.DictReader((SEEDS / name).read_text(encoding="utf-8").splitlines())
    }
