"""Stored values: what they tell is read, what they lose is never a no, a zero or an empty answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.codebook import answer_ids
from examples.codebook import questions as invented_questions
from examples.pages import slug
from examples.php_csv import table
from examples.platform_csv import GENERE, TYPEFORM, diff, folded, genere
from examples.typeform import Response
from ingest.formats import diff_csv, genere_csv
from ingest.identify import Sample
from ingest.reading import Rejection
from tests.ingest.raw import SAMPLES, Record, everything, questions, read, read_one
from tests.ingest.responses import RESPONDENT, RESPONSES, response

#: Of these the file prints whether the first choice was made.
FIRST_CHOICE = ("presentation.ouverture", "accessibilite.publics", "accessibilite.transports", "valeurs")
#: Nothing is printed of these, nor of what the form does not ask.
NOTHING = ("activites", "presentation.emplois directs")
ASKED = {question.question_id for question in questions().values() if question.typeform_id} | set(NOTHING)


def agrees(record: Record, given_: Response) -> None:
    """Nothing is read that was not answered, and what is not answered has the state of the unknown."""
    for question_id, question in invented_questions().items():
        given_answer, state = given_.answers[question_id], record.states.get(question_id, "not_shown")
        assert state != "blank" and state != "not_asked", question_id
        if question_id in FIRST_CHOICE:
            offered = list(answer_ids(question.answer_list))
            assert isinstance(given_answer, list)
            assert state == ("lost" if offered[0] in given_answer else "not_shown"), question_id
        elif question_id in NOTHING or question_id not in ASKED:
            assert state == "not_shown", question_id
        elif question_id == "accessibilite.accessibilite":
            assert state == ("answered" if given_answer else "not_shown")
        elif question.kind == "number" and not given_answer:
            # Social numbers that nobody gave are invented as 0.
            assert (state, record.candidates[question_id]) == ("ambiguous", ["0", "none"]), question_id
        elif not given_answer:
            assert state == "not_shown", question_id
        elif isinstance(given_answer, list):
            ids = answer_ids(question.answer_list)
            assert record.labels(question_id) == [(ids.get(label), label) for label in given_answer]
        elif question.role == "testimony":
            assert record.testimonies[question_id]["text"] == folded(str(given_answer)), question_id
        elif question.kind == "number":
            assert record.numbers()[question_id] == given_answer, question_id
        elif question.kind == "date":
            assert record.texts(question_id) == [given_answer], question_id


@settings(max_examples=10, deadline=None)
@given(RESPONSES, st.booleans())
def test_stored_values_come_back_as_far_as_they_go(given_: Response, has_place: bool) -> None:
    record = read_one(genere_csv, genere([given_], has_place).encode())
    agrees(record, given_)
    assert record.forms == {"social": "not_shown", "profile": "not_shown"}
    assert record.row["project_name"] == given_.name
    assert not record.unmapped


def test_questions_with_two_rows_do_not_make_two_records() -> None:
    first, second = response(1), replace(response(2), name=response(1).name)
    records = read(genere_csv, genere([first, second]).encode())
    assert sorted(key for _, key in records) == ["lessai-n-1", "lessai-n-1#2"]
    agrees(records["0", "lessai-n-1"], first)
    agrees(records["0", "lessai-n-1#2"], second)


@settings(max_examples=10, deadline=None)
@given(RESPONSES)
def test_a_diff_is_an_answer_and_a_stored_value_of_one_place(given_: Response) -> None:
    records = read(diff_csv, diff(given_).encode())
    place = slug(given_.name)
    # Among equals the later key goes first.
    assert sorted((key for _, key in records), reverse=True) == [f"{place}/reponse", f"{place}/base"]
    answered, stored = records["0", f"{place}/reponse"], records["0", f"{place}/base"]
    assert answered.row["project_name"] == stored.row["project_name"] == given_.name
    assert set(answered.forms.values()) == {"not_asked"}
    assert set(stored.forms.values()) == {"not_shown"}
    weak = {
        question_id for question_id, state in answered.states.items() if state not in ("answered", "blank")
    }
    assert weak <= {"moyens.partenaires"}
    assert not {"blank", "not_asked"} & set(stored.states.values())
    for question_id, state in stored.states.items():
        if state == "answered":
            assert answered.states[question_id] == "answered"
            if question_id != "accessibilite.accessibilite":
                assert answered.labels(question_id) == stored.labels(question_id)
                assert answered.numbers().get(question_id) == stored.numbers().get(question_id)
                assert answered.texts(question_id) == stored.texts(question_id)


def test_a_value_edited_on_the_platform_stands_beside_the_answer() -> None:
    rows = [
        (*TYPEFORM, "Reponse"),
        ("le-6b", "g", "G", "uvxOlDNS2UBd", "Nom", "short_text", "Le 6b", "Le Six B"),
        ("le-6b", "g", "G", "xRwpRA0LHLfQ", "Bénévoles", "number", "12", "15"),
        ("le-6b", "g", "G", "CGTLxVpHcDxf", "Fonds", "number", "", "0"),
        ("le-6b", "g", "G", "tMb7UD6eK94L", "Exemple", "long_text", "", "Ajouté après"),
        ("le-6b", "g", "G", "96UejUyeCROl", "Des partenaires ?", "yes_no", "", ""),
    ]
    records = read(diff_csv, table(rows).encode())
    answered, stored = records["0", "le-6b/reponse"], records["0", "le-6b/base"]
    assert (answered.numbers(), stored.numbers()) == ({"moyens.benevoles": 12}, {"moyens.benevoles": 15})
    assert answered.states["moyens.investissement.Fonds publics"] == "blank"
    assert stored.states["moyens.investissement.Fonds publics"] == "ambiguous"
    assert answered.states["lien_social"] == "blank"
    assert stored.testimonies["lien_social"]["source_pointer"] == "R5C8"
    assert stored.states.get("moyens.partenaires", "not_shown") == "not_shown"
    assert {record.row["project_name"] for record in records.values()} == {"Le 6b"}


@pytest.mark.parametrize(
    ("module", "text"),
    [(genere_csv, genere([response(8)])), (diff_csv, diff(response(8)))],
    ids=["genere", "diff"],
)
def test_nothing_of_the_respondent_stays(module: ModuleType, text: str) -> None:
    redacted = module.redact(text.encode()).decode()
    assert text.count("\n") == redacted.count("\n")
    for secret in RESPONDENT:
        assert secret in text
        assert secret not in redacted
        assert secret not in everything(read(module, text.encode()).values())


@pytest.mark.parametrize(("module", "columns"), [(genere_csv, GENERE), (diff_csv, (*TYPEFORM, "Reponse"))])
def test_recognised_by_the_header_and_refused_when_damaged(
    module: ModuleType, columns: tuple[str, ...]
) -> None:
    modules = {genere_csv, diff_csv}
    for names in (columns, columns[1:]):
        data = (";".join(names) + "\n").encode()
        sample = Sample(PurePosixPath("x.csv"), data, len(data))
        assert [other for other in modules if other.recognise(sample)] == [module]
        with pytest.raises(Rejection, match="empty"):
            module.redact(data)
        with pytest.raises(Rejection, match="malformed: no table: row 2"):
            module.redact(data + b'le-6b;"x\n')


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample exports are not part of the project")
def test_files_of_the_real_exporter() -> None:
    name = "la-plateforme-des-xxxxxxxx"
    record = read_one(genere_csv, (SAMPLES / "csv" / f"{name}.genere.csv").read_bytes())
    assert record.row["record_key"] == name
    assert record.row["postal_code"] == "75001"
    assert record.numbers()["presentation.surface"] == 2000
    assert record.texts("presentation.date_ouverture") == ["2018-01-01"]
    assert record.states["accessibilite.transports"] == "lost"
    assert (
        record.states["valeurs"] == record.states["activites"] == record.states["sante_effet"] == "not_shown"
    )
    assert record.candidates["moyens.benevoles"] == ["0", "none"]
    assert "blank" not in record.states.values()
    assert "exemple.com" not in everything([record]) and "NXXXXXXX" not in everything([record])
    records = read(diff_csv, (SAMPLES / "csv" / "resp.diff.csv").read_bytes())
    assert records["0", "ground-control/reponse"].states["lien_social"] == "blank"
    assert records["0", "ground-control/base"].states["impact_social_public"] == "not_shown"
