"""The fields of forms: every row of the seed stands for something that the codebook has."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

from ingest.codebook import Codebook

ROOT = Path(__file__).parents[2]
CODEBOOK = Codebook.load(ROOT)
FULL = {field.field_ref: field for field in CODEBOOK.fields if field.form == "full"}


def seed_rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "seeds" / "codebook" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def copied_with(rows: str, folder: Path) -> Codebook:
    """A copy of the codebook in `folder`, its seed of forms with more rows."""
    shutil.copytree(ROOT / "seeds" / "codebook", folder / "seeds" / "codebook")
    with (folder / "seeds/codebook/forms.csv").open("a", encoding="utf-8") as seed:
        seed.write(rows)
    return Codebook.load(folder)


def test_the_full_form_is_complete() -> None:
    assert len(FULL) == 122
    for question in CODEBOOK.questions.values():
        if question.typeform_id:
            field = FULL[question.typeform_id]
            assert field.question_id == question.question_id
            assert field.typeform_type == question.typeform_type
    asked = {field.question_id for field in FULL.values()}
    missing = {
        question.question_id
        for question in CODEBOOK.questions.values()
        if question.form in ("social", "profile") and question.question_id not in asked
    }
    assert missing == {
        "moyens.partenaires",  # counted
        "moyens.investissement.Fonds apportés",
        "presentation.date_fermeture",
    }


def test_every_activity_has_its_field() -> None:
    fields = {field.answer_id: field for field in FULL.values() if field.question_id == "activites"}
    labels = {answer.answer_id: answer.label_fr for answer in CODEBOOK.answers["activites"]}
    assert {answer_id: field.title for answer_id, field in fields.items()} == labels
    assert {field.typeform_type for field in fields.values()} == {"yes_no"}


def test_parts_and_gates() -> None:
    parts = [field.part for field in FULL.values() if field.question_id == "presentation.emplois directs"]
    assert parts == [1, 2, 3]
    gated = {field.question_id for field in FULL.values() if field.target == "gate"}
    assert gated == {"presentation.acteurs_publics", "presentation.acteurs_prives"}


def test_persons_are_marked() -> None:
    personal = {field.field_ref for field in FULL.values() if field.target == "personal"}
    assert personal == {"2g45rftYVzn7", "YpEXDatCQgMZ"}


def test_the_relation_holds_the_seed() -> None:
    connection = duckdb.connect()
    CODEBOOK.relations(connection)
    found = connection.execute(
        "select form, field_ref, title, title_key = label_key(title), part from codebook_forms"
    ).fetchall()
    assert found == [
        (
            row["form"],
            row["field_ref"] or None,
            row["title"] or None,
            True if row["title"] else None,
            int(row["part"]) if row["part"] else None,
        )
        for row in seed_rows("forms.csv")
    ]


def test_points_are_those_of_known_answers() -> None:
    for row in seed_rows("environment_points.csv"):
        known = {answer.answer_id for answer in CODEBOOK.answers.get(row["answer_list"], ())}
        assert row["answer_id"] in known | {"*"} or (
            row["answer_list"] == row["answer_id"] == "" != row["position"]
        )


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("new,a,,text,question,nowhere,,,", "the codebook has no question `nowhere`"),
        ("new,a,,text,question,,,,", "target `question` needs a question_id"),
        ("new,a,,yes_no,answer,activites,volant,,", "question activites has no answer `volant`"),
        ("new,a,,yes_no,answer,activites,,,", "target `answer`, and no other, has an answer_id"),
        ("new,a,,text,attribute,,,taille,", "has one of the attributes name"),
        ("new,a,,text,name,,,,", "target `name` is none of question"),
        ("new,,,text,ignored,,,,", "a field_ref or a title, must be given"),
        ("new,a,,text,personal,,,,1", "only a question comes in parts"),
        ("new,tMb7UD6eK94L,,text,ignored,,,,", "tMb7UD6eK94L stands for something else in the form full"),
    ],
)
def test_a_wrong_row_is_refused_by_its_line(row: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"forms\.csv, line {len(CODEBOOK.fields) + 2}: .*{fault}"):
        copied_with(row + "\n", tmp_path)


def test_one_field_may_stand_in_two_forms(tmp_path: Path) -> None:
    row = "copy,tMb7UD6eK94L,,long_text,question,lien_social,,,\n"
    assert len(copied_with(row, tmp_path).fields) == len(CODEBOOK.fields) + 1
