"""The codebook seeds in Python, and how a printed label is compared with a known one.

The seeds under seeds/codebook are the only place where questions and labels are written down. Readers of
pages take them as objects; readers of structured forms, which are SQL, take them as relations of their DuckDB
connection. Both compare labels by the same key, defined in Python and in SQL and held equal by the tests.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

QUESTION_SEEDS = ("questions.csv", "questions_profile.csv", "questions_environment.csv")
ANSWER_SEED = "answers.csv"
FORM_SEED = "forms.csv"

#: What a field of a form is: a question, one answer of it (yes or no), an attribute of the place, a person's
#: data, a yes or no that opens a question, of no use here, or of unknown meaning.
FIELD_TARGETS = ("question", "answer", "attribute", "personal", "gate", "ignored", "unknown")
PLACE_ATTRIBUTES = ("name", "address", "postal_code", "city")

_APOSTROPHES = "’‘ʼ"
# The tab and every blank of Unicode but the plain one; the no-break ones stand before French punctuation.
_BLANKS = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_RUN_OF_BLANKS = "[ \n\v\f\r]+"
_MARKS = re.compile("[\u0300-\u036f]+")


def _plain(character: str) -> str:
    """The lower-case base letter; letters without a one-letter base (œ, æ, ß) stay themselves."""
    base = unicodedata.normalize("NFD", character)[0]
    return base.lower() if len(base.lower()) == 1 else base


_FOLD = {code: _plain(chr(code)) for block in ((0x41, 0x250), (0x1E00, 0x1F00)) for code in range(*block)}
_FOLD |= dict.fromkeys(map(ord, _APOSTROPHES), "'") | dict.fromkeys(map(ord, _BLANKS), " ")


def fold(text: str) -> str:
    """Lower case without accents, typographic apostrophes and blanks made plain.

    The result has exactly one character for each character of the NFC form of `text`: offsets found in one
    hold in the other.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.translate(_FOLD) if len(composed) < _LONG else _fold_long(composed)


#: From so many characters on, a table of numpy's is faster than the one of `str.translate`.
_LONG = 300


@cache
def _fold_table() -> Any:
    """For each character up to the last that folds, what it folds to."""
    import numpy

    table = numpy.arange(max(_FOLD) + 1, dtype="<u4")
    for code, folded in _FOLD.items():
        table[code] = ord(folded)
    return table


def _fold_long(composed: str) -> str:
    import numpy

    table = _fold_table()
    codes = numpy.frombuffer(composed.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if codes.max() >= len(table):
        return composed.translate(_FOLD)
    folded: bytes = table[codes].tobytes()
    return folded.decode("utf-32-le", "surrogatepass")


def label_key(text: str) -> str:
    """What two spellings of one label have in common: folded, blanks squeezed, trimmed."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", fold(text)))
    return re.sub(_RUN_OF_BLANKS, " ", bare).strip(" ")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of any form; None where the seed is empty. `axis`: the block of an environmental file.

    `page_openers` are the words that its answers begin with where a page sets nothing before them.
    """

    question_id: str
    form: str
    category_id: str
    position: int
    role: str
    kind: str
    answer_list: str | None
    unit: str | None
    on_page: str
    typeform_id: str | None
    label_fr: str
    label_en: str
    typeform_type: str | None
    axis: str | None
    page_openers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice. `page_labels` are its other spellings: those that pages print, and synonyms."""

    answer_list: str
    answer_id: str
    position: int
    label_fr: str
    polarity: int
    is_no: bool
    page_labels: tuple[str, ...]
    label_en: str


@dataclass(frozen=True, slots=True)
class Label:
    """A known spelling of an answer; `match` tells the questionnaire's own (`exact`) from the others."""

    answer_list: str
    answer_id: str
    label_key: str
    match: str


@dataclass(frozen=True, slots=True)
class FormField:
    """What a field of a Typeform form stands for, by its reference or, in any form, by its title.

    `title_key` is the label key of `title`. `part`: several fields are added up to one number.
    """

    form: str
    field_ref: str | None
    title: str | None
    title_key: str | None
    typeform_type: str | None
    target: str
    question_id: str | None
    answer_id: str | None
    attribute: str | None
    part: int | None


@dataclass(frozen=True, eq=False)
class Codebook:
    """Questions by id, in the order of the seeds, answers by list (an open list has none), fields of forms."""

    questions: Mapping[str, Question]
    answers: Mapping[str, tuple[Answer, ...]]
    fields: tuple[FormField, ...]

    @staticmethod
    def load(root: Path) -> Codebook:
        """The codebook of the project at `root`, read once per process.

        Raises FileNotFoundError if a seed is missing, ValueError if a question stands twice, two answers of a
        list share a spelling, or a field of a form stands for nothing that the codebook has.
        """
        return _load(root.resolve())

    def labels(self) -> Iterator[Label]:
        """Every known spelling once: where an answer's spellings share a key, its `label_fr` wins.

        Raises ValueError if two answers of a list share a key.
        """
        for answer_list, answers in self.answers.items():
            owners: dict[str, str] = {}
            for answer in answers:
                exact = label_key(answer.label_fr)
                for key in dict.fromkeys((exact, *map(label_key, answer.page_labels))):
                    if key in owners:
                        raise ValueError(
                            f"{answer_list}: {owners[key]} and {answer.answer_id} share the spelling '{key}'"
                        )
                    owners[key] = answer.answer_id
                    match = "exact" if key == exact else "rewritten"
                    yield Label(answer_list, answer.answer_id, key, match)

    def relations(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give `connection` the tables `codebook_questions`, `codebook_labels` and `codebook_forms`, and the
        macro `label_key`.

        All are temporary: nothing is written to the database that the connection holds.
        """
        for name, rows in self._tables.items():
            connection.register("codebook_rows", rows)
            connection.execute(f"create or replace temp table {name} as from codebook_rows")
            connection.unregister("codebook_rows")
        connection.execute(_LABEL_KEY_MACRO)

    @cached_property
    def _tables(self) -> dict[str, pa.Table]:
        return {
            name: pa.Table.from_pylist([asdict(row) for row in rows], schema)
            for name, rows, schema in (
                ("codebook_questions", self.questions.values(), _QUESTION_SCHEMA),
                ("codebook_labels", self.labels(), _LABEL_SCHEMA),
                ("codebook_forms", self.fields, _FORM_SCHEMA),
            )
        }


_QUESTION_SCHEMA = pa.schema(
    [
        (name, pa.int32() if name == "position" else pa.string())
        for name in Question.__dataclass_fields__
        if name != "page_openers"  # no form needs them
    ]
)
_LABEL_SCHEMA = pa.schema([(name, pa.string()) for name in Label.__dataclass_fields__])
_FORM_SCHEMA = pa.schema(
    [(name, pa.int32() if name == "part" else pa.string()) for name in FormField.__dataclass_fields__]
)

_LABEL_KEY_MACRO = f"""
create or replace temp macro label_key(label) as trim(
    regexp_replace(
        lower(
            strip_accents(
                translate(
                    nfc_normalize(label),
                    '{_APOSTROPHES + _BLANKS}',
                    '{"''" * len(_APOSTROPHES) + " " * len(_BLANKS)}'
                )
            )
        ),
        '{_RUN_OF_BLANKS}',
        ' ',
        'g'
    ),
    ' '
)
"""


@cache
def _load(root: Path) -> Codebook:
    folder = root / "seeds" / "codebook"
    questions: dict[str, Question] = {}
    for seed in QUESTION_SEEDS:
        for row in _rows(folder / seed):
            if row["question_id"] in questions:
                raise ValueError(f"{seed}: question {row['question_id']} stands twice in the codebook")
            questions[row["question_id"]] = Question(
                question_id=row["question_id"],
                form=row["form"],
                category_id=row["category_id"],
                position=int(row["position"]),
                role=row["role"],
                kind=row["kind"],
                answer_list=row["answer_list"] or None,
                unit=row["unit"] or None,
                on_page=row["on_page"],
                typeform_id=row["typeform_id"] or None,
                label_fr=row["label_fr"],
                label_en=row["label_en"],
                typeform_type=row["typeform_type"] or None,
                axis=row.get("axis") or None,
                page_openers=_several(row.get("page_openers") or ""),
            )
    answers: dict[str, list[Answer]] = {
        question.answer_list: [] for question in questions.values() if question.answer_list
    }
    for row in _rows(folder / ANSWER_SEED):
        answers.setdefault(row["answer_list"], []).append(
            Answer(
                answer_list=row["answer_list"],
                answer_id=row["answer_id"],
                position=int(row["position"]),
                label_fr=row["label_fr"],
                polarity=int(row["polarity"]),
                is_no=row["is_no"] == "1",
                page_labels=_several(row["page_labels"]),
                label_en=row["label_en"],
            )
        )
    ordered = {name: tuple(sorted(rows, key=lambda a: a.position)) for name, rows in answers.items()}
    codebook = Codebook(
        MappingProxyType(questions),
        MappingProxyType(ordered),
        _form_fields(folder / FORM_SEED, questions, ordered),
    )
    for _ in codebook.labels():  # an ambiguous spelling must not wait for a page that prints it
        pass
    return codebook


def _form_fields(
    path: Path, questions: Mapping[str, Question], answers: Mapping[str, tuple[Answer, ...]]
) -> tuple[FormField, ...]:
    """The fields of forms, each checked: people add them by hand."""
    fields: list[FormField] = []
    meanings: dict[str, FormField] = {}
    for number, row in enumerate(_rows(path), start=2):
        field = FormField(
            form=row["form"],
            field_ref=row["field_ref"] or None,
            title=row["title"] or None,
            title_key=label_key(row["title"]) or None,
            typeform_type=row["typeform_type"] or None,
            target=row["target"],
            question_id=row["question_id"] or None,
            answer_id=row["answer_id"] or None,
            attribute=row["attribute"] or None,
            part=int(row["part"]) if row["part"] else None,
        )
        fault = _fault(field, questions, answers)
        if not fault and field.field_ref:
            same = meanings.setdefault(field.field_ref, field)
            if _meaning(same) != _meaning(field):
                fault = f"field {field.field_ref} stands for something else in the form {same.form}"
        if fault:
            raise ValueError(f"{path.name}, line {number}: {fault}")
        fields.append(field)
    return tuple(fields)


def _meaning(field: FormField) -> tuple[object, ...]:
    return field.target, field.question_id, field.answer_id, field.attribute, field.part


def _fault(
    field: FormField, questions: Mapping[str, Question], answers: Mapping[str, tuple[Answer, ...]]
) -> str | None:
    """What is wrong with a row of the seed, if anything is."""
    if not field.form or not (field.field_ref or field.title):
        return "a form, and a field_ref or a title, must be given"
    if field.target not in FIELD_TARGETS:
        return f"target `{field.target}` is none of {', '.join(FIELD_TARGETS)}"
    if field.question_id and field.question_id not in questions:
        return f"the codebook has no question `{field.question_id}`"
    if field.target in ("question", "answer", "gate") and not field.question_id:
        return f"target `{field.target}` needs a question_id"
    if (field.target == "attribute") != (field.attribute in PLACE_ATTRIBUTES):
        return f"target `attribute`, and no other, has one of the attributes {', '.join(PLACE_ATTRIBUTES)}"
    if (field.target == "answer") != (field.answer_id is not None):
        return "target `answer`, and no other, has an answer_id"
    if field.answer_id and field.question_id:
        answer_list = questions[field.question_id].answer_list or ""
        if field.answer_id not in {answer.answer_id for answer in answers.get(answer_list, ())}:
            return f"question {field.question_id} has no answer `{field.answer_id}`"
    if field.part is not None and (field.target != "question" or field.part < 1):
        return "only a question comes in parts, counted from 1"
    return None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
