"""Raw answers in the platform's CSV files: everything comes back, under the right question and the right place."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.pages import slug
from examples.php_csv import table
from examples.platform_csv import TYPEFORM, folded, typeform
from examples.typeform import Response, scraped
from ingest.formats import typeform as typeform_json
from ingest.formats import typeform_csv
from ingest.formats.php_csv import Dialect
from ingest.identify import Sample
from ingest.reading import Rejection
from tests.ingest.raw import SAMPLES, Record, everything, questions, read, read_one
from tests.ingest.responses import RESPONDENT, RESPONSES, check, response


def folded_response(given_: Response) -> Response:
    """What these files can hold of a response: texts in one line."""
    answers = {
        key: folded(value) if isinstance(value, str) else value for key, value in given_.answers.items()
    }
    return replace(given_, answers=answers)


@settings(max_examples=12, deadline=None)
@given(RESPONSES, st.sampled_from(["full", "general_information", "environmental"]), st.booleans())
def test_a_filled_form_comes_back(given_: Response, variant: str, has_place: bool) -> None:
    record = read_one(typeform_csv, typeform([given_], variant, has_place).encode())
    check(record, folded_response(given_), variant)
    assert record.row["record_key"] == (slug(given_.name) if has_place and variant == "full" else "")
    assert record.row["submitted_at"] is None
    assert set(record.forms.values()) == {"not_asked"}
    assert not record.unmapped


def test_the_social_form_has_its_name_and_its_postal_code_outside_of_groups() -> None:
    given_ = response(1)
    record = read_one(typeform_csv, typeform([given_], "social_impact").encode())
    assert record.row["project_name"] == slug(given_.name)
    assert record.row["postal_code"] is None
    named = replace(record, row={"project_name": given_.name, "postal_code": given_.postal_code.lstrip("0")})
    check(named, folded_response(given_), "social_impact")


def test_many_places_in_one_file_are_many_records() -> None:
    given_ = [response(seed) for seed in ("a1", "b2", "c3")]
    records = read(typeform_csv, typeform(given_).encode())
    assert sorted(key for _, key in records) == ["lessai-n-a1", "lessai-n-b2", "lessai-n-c3"]
    for one in given_:
        check(records["0", slug(one.name)], folded_response(one), "full")


def test_one_place_twice_in_a_file_is_two_records() -> None:
    first, other = response(1), response(3)
    second = replace(response(2), name=first.name)
    for order in ((first, second, other), (first, other, second)):
        records = read(typeform_csv, typeform(order).encode())
        assert sorted(key for _, key in records) == ["lessai-n-1", "lessai-n-1#2", "lessai-n-3"]
        check(records["0", "lessai-n-1"], folded_response(first), "full")
        check(records["0", "lessai-n-1#2"], folded_response(second), "full")


def test_files_joined_with_their_headers_or_saved_by_a_spreadsheet_read_alike() -> None:
    given_ = response(5)
    text = typeform([given_])
    records = read(typeform_csv, (text + typeform([response(6)])).encode())
    check(records["0", slug(given_.name)], folded_response(given_), "full")
    file = io.StringIO()
    csv.writer(file).writerows(rows(text))
    check(read_one(typeform_csv, file.getvalue().encode("utf-8-sig")), folded_response(given_), "full")


def rows(text: str) -> list[list[str]]:
    return [list(row.values) for row in Dialect(";", is_php=True).read(text)]


def one_answer(field_ref: str, typeform_type: str, answer: str, title: str = "Question") -> Record:
    row = ("le-6b", "g", "Groupe", field_ref, title, typeform_type, answer)
    return read_one(typeform_csv, table([TYPEFORM, row]).encode())


@pytest.mark.parametrize(
    ("answer", "labels"),
    [
        (
            "Voisins et voisines du quartier,Acteurs et actrices du quartier, associations ou entreprises locales",
            ["voisins-du-quartier", "acteurs-du-quartier"],
        ),
        (
            "Acteurs et actrices du quartier, associations ou entreprises locales,Une chorale, un club,Publics en"
            " difficulté",
            ["acteurs-du-quartier", "Une chorale, un club", "publics-en-difficulte"],
        ),
        ("Une chorale", ["Une chorale"]),
    ],
)
def test_joined_choices_are_cut_by_the_codebook_and_strangers_stay_whole(
    answer: str, labels: list[str]
) -> None:
    record = one_answer("4Q35JCO7HWt7", "multiple_choice", answer)
    assert [answer_id or label for answer_id, label in record.labels("impact_social_public")] == labels


def test_a_question_with_another_id_is_known_by_its_title_or_kept_apart() -> None:
    title = questions()["sante_effet"].label_fr
    record = one_answer(
        "neu", "multiple_choice", "Certaines personnes ont fait part d'un stress ou de conflits", title
    )
    assert record.labels("sante_effet")[0][0] == "stress-ou-conflits"
    record = one_answer("neu", "long_text", "Une réponse", "Une question de plus ?")
    assert [
        (row["question_ref"], row["title"], row["value_text"], row["source_pointer"])
        for row in record.unmapped
    ] == [("neu", "Une question de plus ?", "Une réponse", "R2C7")]


def test_pointers_lead_to_the_answers() -> None:
    text = typeform([response(7)])
    record = read_one(typeform_csv, text.encode())
    cells = rows(text)
    for seen in (row for rows_ in record.observations.values() for row in rows_ if row["raw_label"]):
        row, column = re.fullmatch(r"R([0-9]+)C([0-9]+)", seen["source_pointer"]).groups()
        assert seen["raw_label"] in cells[int(row) - 1][int(column) - 1]


@pytest.mark.parametrize("variant", ["full", "general_information", "environmental"])
def test_nothing_of_the_respondent_stays(variant: str) -> None:
    data = typeform([response(8)], variant).encode()
    redacted = typeform_csv.redact(data).decode()
    assert data.decode().count("\n") == redacted.count("\n")
    for secret in RESPONDENT:
        assert secret in data.decode()
        assert secret not in redacted
        assert secret not in everything(read(typeform_csv, data).values())
    assert "camille" not in redacted.lower(), "nor does a place that is named after him"


def test_a_place_named_after_the_respondent_loses_that_name() -> None:
    rows_ = [
        TYPEFORM,
        ("camille-inventee", "g", "Vous", "2g45rftYVzn7", "Nom", "short_text", RESPONDENT[0]),
        ("camille-inventee", "h", "Lieu", "uvxOlDNS2UBd", "Nom du lieu", "short_text", "Le 6b"),
    ]
    redacted = typeform_csv.redact(table(rows_).encode())
    assert b"camille" not in redacted.lower()
    assert read_one(typeform_csv, table(rows_).encode()).row["project_name"] == "Le 6b"


def test_edit_links_and_addresses_in_answers_go() -> None:
    link = "https://commune.exemple/place/le-6b/" + "a1" * 32 + "/edit"
    rows_ = [
        TYPEFORM,
        ("le-6b", "g", "G", "ayk9ZSeSLiJv", "Site", "website", link),
        ("le-6b", "g", "G", "neu", "Une précision ?", "short_text", RESPONDENT[1]),
        ("le-6b", "g", "G", "tMb7UD6eK94L", "Exemple", "long_text", f"voir {link} ; bien"),
    ]
    redacted = typeform_csv.redact(table(rows_).encode()).decode()
    assert "a1a1" not in redacted and RESPONDENT[1] not in redacted
    record = read_one(typeform_csv, table(rows_).encode())
    assert record.testimonies["lien_social"]["text"] == "voir  ; bien"


def test_a_file_without_anybody_stays_as_it_is() -> None:
    data = table([TYPEFORM, ("le-6b", "g", "G", "tMb7UD6eK94L", "Exemple", "long_text", 'fin\\" x')]).encode()
    assert typeform_csv.redact(data) == data


def test_a_file_of_windows_is_read() -> None:
    data = table([TYPEFORM, ("le-6b", "g", "G", "tMb7UD6eK94L", "Exemple", "long_text", "été à l’œuvre")])
    record = read_one(typeform_csv, data.encode("cp1252"))
    assert record.testimonies["lien_social"]["text"] == "été à l’œuvre"


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (";".join(TYPEFORM).encode() + b"\n", "empty", "no row"),
        (";".join(TYPEFORM).encode() + b'\nle-6b;g;G;x;"Titre', "malformed", "row 2"),
        (";".join(TYPEFORM).encode() + b"\nle-6b;g;G;x\n", "malformed", "row 2"),
        (";".join(TYPEFORM).encode() + b"\nle-6b;g;G;x;T;t;\0\n", "malformed", "zero bytes"),
        (";".join(TYPEFORM).encode() + b"\nle-6b;g;G;x;T;t;\x81\xff\n", "malformed", "UTF-8"),
        (b"nom;ville\na;b\n", "malformed", "first line"),
    ],
)
def test_damaged_files_are_refused_with_a_reason_and_a_remedy(data: bytes, reason: str, detail: str) -> None:
    with pytest.raises(Rejection) as caught:
        typeform_csv.redact(data)
    assert caught.value.reason == reason
    assert detail in caught.value.detail
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize(
    ("head", "is_ours"),
    [
        (";".join(TYPEFORM), True),
        (";".join(TYPEFORM[1:]), True),
        (",".join(f'"{name}"' for name in TYPEFORM), True),
        ("\ufeff" + ";".join(TYPEFORM) + "\r", True),
        (";".join((*TYPEFORM, "Reponse")), False),
        ("Lieu;CategorieId;QuestionId;Type;Reponse", False),
        ("", False),
    ],
)
def test_it_is_recognised_by_its_header(head: str, is_ours: bool) -> None:
    data = (head + "\n").encode()
    assert typeform_csv.recognise(Sample(PurePosixPath("x.csv"), data, len(data))) is is_ours


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample exports are not part of the project")
def test_files_of_the_real_exporter_hold_what_was_answered() -> None:
    known = json.loads((SAMPLES / "answers.json").read_text(encoding="utf-8"))
    files = [answer for answer in known if answer["file"].endswith(".typeform.csv")]
    assert files
    for told in files:
        record = read_one(typeform_csv, (SAMPLES / "csv" / told["file"]).read_bytes())
        social = {key: value for key, value in record.chosen().items() if questions()[key].form == "social"}
        expected = {
            key: [(answer["answer_id"], answer["label"]) for answer in answers]
            for key, answers in told["answered"].items()
        }
        assert social == expected
        texts = {key: row["text"] for key, row in record.testimonies.items()}
        assert texts == {key: folded(text) for key, text in told["testimonies"].items()}
        assert {record.states[key] for key in told["blank"]} == {"blank"}
        for key, number in told["profile"].items():
            assert record.numbers().get(key, "") == number
        assert record.row["postal_code"] == told["postal_code"]
        assert record.row["project_name"] == told["name"]
        assert "respondent" not in everything([record]) and "Prénom Nom" not in everything([record])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample exports are not part of the project")
def test_the_quirks_of_the_real_exporter() -> None:
    record = read_one(typeform_csv, (SAMPLES / "csv" / "quoting-quirks.typeform.csv").read_bytes())
    assert record.testimonies["presentation.idee_fondatrice"]["text"] == 'Ligne 1\r ligne "2" ; fin\\" x'
    assert record.labels("status") == [("association", "Association"), (None, "Coopérative, SCIC")]
    assert [answer for answer, _ in record.labels("impact_social_public")] == [
        "voisins-du-quartier",
        "acteurs-du-quartier",
    ]
    assert record.states["lien_social"] == "blank"


@settings(max_examples=8, deadline=None)
@given(RESPONSES, st.sampled_from(["full", "general_information", "social_impact", "environmental"]))
def test_a_response_reads_the_same_from_json_and_from_csv(given_: Response, variant: str) -> None:
    folded_ = folded_response(given_)
    from_json = read_one(typeform_json, json.dumps(scraped(folded_, variant)).encode())
    from_csv = read_one(typeform_csv, typeform([given_], variant).encode())
    number = from_json.numbers().get("moyens.partenaires")
    expected = from_json.states | ({"moyens.partenaires": "not_shown"} if number else {})
    assert from_csv.states == expected
    assert from_csv.chosen() == from_json.chosen()
    assert from_csv.numbers() == {
        key: value for key, value in from_json.numbers().items() if expected[key] == "answered"
    }
    assert texts(from_csv) == texts(from_json)


def texts(record: Record) -> dict[str, str]:
    return {question_id: row["text"] for question_id, row in record.testimonies.items()}
