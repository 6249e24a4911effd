"""The platform's CSV files of filled forms: raw answers, stored values, both beside each other."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache

from examples.codebook import SEEDS, choices, questions
from examples.pages import slug
from examples.php_csv import table
from examples.typeform import Field, Response, fields

TYPEFORM = ("Lieu", "CategorieId", "Categorie", "QuestionId", "Question", "Type", "Reponse")
GENERE = ("Lieu", "CategorieId", "QuestionId", "Type", "Reponse")

#: Questions whose store has a 0 or 1 for each choice: of these the first is printed.
_DICTIONARIES = ("presentation.ouverture", "accessibilite.publics", "accessibilite.transports", "valeurs")
#: Questions stored in two places.
_DOUBLED = ("presentation.surface", "presentation.acteurs_publics", "presentation.acteurs_prives")
#: Stored in another shape than the file looks for.
_MISSED = ("activites", "presentation.emplois directs")
#: What opens a question is not stored.
_GATES = ("96UejUyeCROl", "KY0NcflXUycv")


def typeform(responses: Iterable[Response], variant: str = "full", has_place: bool = True) -> str:
    """`<slug>.typeform.csv`, or, of several responses, the file that puts them one behind the other."""
    rows = [TYPEFORM, *(row for response in responses for row in _answers(response, variant))]
    return table(_cut(rows, has_place))


def genere(responses: Iterable[Response], has_place: bool = True) -> str:
    """`<slug>.genere.csv`, or the file that puts several one behind the other."""
    rows = [GENERE]
    for response in responses:
        for field in fields(response, "full"):
            if field.field_id not in _GATES:
                row = (slug(response.name), field.group[0], field.field_id, field.type)
                rows.append((*row, stored(field)))
                if _question_id(field) in _DOUBLED:
                    rows.append((*row, ""))
    return table(_cut(rows, has_place))


def diff(response: Response) -> str:
    """`<slug>.diff.csv`: the stored value is the last column; of a doubled question it is the last one."""
    rows = [(*TYPEFORM, "Reponse")]
    for field, row in zip(fields(response, "full"), _answers(response, "full"), strict=True):
        is_known = field.field_id not in _GATES and _question_id(field) not in _DOUBLED
        rows.append((*row, stored(field) if is_known else ""))
    return table(rows)


def stored(field: Field) -> str:
    """What the platform kept of an answer and can print."""
    question_id = _question_id(field)
    if question_id in _MISSED:
        return ""
    if field.type == "yes_no":
        return str(int(field.value == "Yes"))
    if question_id in _DICTIONARIES and isinstance(field.value, list):
        return str(int(choices(questions()[question_id].answer_list)[0].label in field.value))
    if field.type == "number" and field.value == "":
        return "0"
    if field.type == "date" and isinstance(field.value, str) and field.value:
        return "-".join(reversed(field.value.split("/"))) + "T16:12:00.000000Z"
    return _written(field)


def folded(text: str) -> str:
    """A text as these files hold it: line feeds are blanks, and none stand at its ends."""
    return text.replace("\n", " ").strip(" \t\n\r\0\x0b")


def _answers(response: Response, variant: str) -> list[tuple[str, ...]]:
    """A row per field inside a group. The place is what stands first in the second group or question."""
    found = fields(response, variant)
    entries: dict[object, Field] = {}
    for field in found:
        entries.setdefault(field.group if field.group[0] else field.field_id, field)
    place = slug(str(list(entries.values())[1].value))
    return [
        (
            place,
            *(part.strip() for part in field.group),
            field.field_id,
            folded(field.title),
            field.type,
            _written(field),
        )
        for field in found
        if field.group[0]
    ]


def _written(field: Field) -> str:
    if isinstance(field.value, list):
        return folded(",".join(field.value))
    if isinstance(field.value, float) and field.value.is_integer():
        return str(int(field.value))
    return folded(str(field.value))


@cache
def _question_ids() -> dict[str, str]:
    with (SEEDS / "forms.csv").open(encoding="utf-8", newline="") as lines:
        return {row["field_ref"]: row["question_id"] for row in csv.DictReader(lines)}


def _question_id(field: Field) -> str:
    return _question_ids()[field.field_id]


def _cut(rows: Sequence[Sequence[str]], has_place: bool) -> Sequence[Sequence[str]]:
    return rows if has_place else [row[1:] for row in rows]
