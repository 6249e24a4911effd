"""The mapping of a form that nobody knows, to be completed by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from examples.typeform import api, fields, scraped
from ingest.codebook import Codebook
from ingest.forms_mapping import COLUMNS, mapping_rows, mapping_template
from ingest.reading import Rejection
from tests.ingest.raw import ROOT
from tests.ingest.responses import RESPONDENT, response
from tests.ingest.test_forms import copied_with

CODEBOOK = Codebook.load(ROOT)
ONE = response(1)


def template(name: str, document: Any, folder: Path) -> list[dict[str, str]]:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    printed = mapping_template(path, CODEBOOK)
    assert not any(part in printed for part in (*RESPONDENT, ONE.name))
    return list(csv.DictReader(io.StringIO(printed)))


@pytest.mark.parametrize(
    "document",
    [
        scraped(ONE, "social_impact"),
        [scraped(ONE, "social_impact"), scraped(response(2), "social_impact")],
        api([ONE], "social_impact"),
        api([ONE], "social_impact")["form"],
    ],
)
def test_every_field_has_a_row(document: Any, tmp_path: Path) -> None:
    rows = template("Effets sociaux 2024.json", document, tmp_path)
    found = fields(ONE, "social_impact")
    assert [row["field_ref"] for row in rows] == [field.field_id for field in found]
    assert {row["form"] for row in rows} == {"effets-sociaux-2024"}
    by_ref = {row["field_ref"]: row for row in rows}
    told = {row["question_id"] for row in rows if row["target"] == "question"}
    assert told == {
        question.question_id for question in CODEBOOK.questions.values() if question.form == "social"
    }
    assert [row["attribute"] for row in rows if row["target"] == "attribute"] == ["name", "postal_code"]
    assert by_ref["c0nsent00000"]["target"] == "unknown"


def test_the_rows_can_be_added_to_the_seed_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "general.json"
    path.write_text(json.dumps(scraped(ONE, "general_information")), encoding="utf-8")
    _, rows = mapping_template(path, CODEBOOK).split("\n", 1)
    fuller = copied_with(rows, tmp_path)
    assert len(fuller.fields) > len(CODEBOOK.fields) + 70
    again = mapping_template(path, fuller)
    assert again == ",".join(COLUMNS) + "\n"


def test_answers_of_the_api_alone_tell_ids_and_types(tmp_path: Path) -> None:
    rows = template("a.json", api([ONE], "social_impact", defined=False)["items"], tmp_path)
    assert rows and {row["title"] for row in rows} == {""}
    assert {row["target"] for row in rows} == {"unknown"}
    assert "multiple_choice" in {row["typeform_type"] for row in rows}


def test_nothing_is_said_of_known_fields(tmp_path: Path) -> None:
    assert template("full.json", scraped(ONE), tmp_path) == []


def test_persons_are_marked() -> None:
    printed = mapping_rows("f", [("a", "Prénom", "short_text"), ("b", "Contact", "email")], CODEBOOK)
    assert [line.split(",")[4] for line in printed.splitlines()[1:]] == ["personal", "personal"]


def test_a_title_must_fit_the_type() -> None:
    title = "Avez-vous pu observer la création de réseaux de personnes ?"
    (_, choice), (_, text) = (
        mapping_rows("f", [("a", title, kind)], CODEBOOK).splitlines()
        for kind in ("multiple_choice", "long_text")
    )
    assert choice == f"f,a,{title},multiple_choice,question,reseaux_public,,,"
    assert text == f"f,a,{title},long_text,unknown,,,,"


def test_a_download_tells_its_titles(tmp_path: Path) -> None:
    table = "#,Nom du lieu,Une question nouvelle,Submit Date (UTC)\nabc,L'Essai,oui,2024-01-02 03:04:05\n"
    rows = template("table.csv", table, tmp_path)
    assert [(row["title"], row["target"]) for row in rows] == [
        ("Nom du lieu", "attribute"),
        ("Une question nouvelle", "unknown"),
    ]


def test_refuses_what_is_no_form(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"{}")
    with pytest.raises(Rejection, match="unknown-format"):
        mapping_template(path, CODEBOOK)
