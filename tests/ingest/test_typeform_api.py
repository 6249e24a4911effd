"""Responses as Typeform's API gives them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.typeform import VARIANTS, Response, api
from ingest.codebook import Codebook, FormField
from ingest.formats import typeform_api
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from tests.ingest.raw import ROOT, Record, everything, read, read_one
from tests.ingest.responses import RESPONDENT, RESPONSES, check, response


def answer(field_id: str, kind: str, name: str, value: Any, ref: str | None = None) -> dict[str, Any]:
    return {
        "field": {"id": field_id, "ref": ref or f"ref-{field_id}", "type": kind},
        "type": name,
        name: value,
    }


def defined(field_id: str, kind: str, title: str) -> dict[str, Any]:
    return {"id": field_id, "ref": f"ref-{field_id}", "type": kind, "title": title, "properties": {}}


def record(
    *answers: dict[str, Any], form: list[dict[str, Any]] | None = None, codebook: Codebook | None = None
) -> Record:
    document: dict[str, Any] = {"items": [{"token": "t0ken", "answers": list(answers)}]}
    if form is not None:
        document["form"] = {"id": "f0rm", "fields": form}
    (found,) = read(typeform_api, json.dumps(document).encode(), codebook=codebook).values()
    return found


def records(document: Any) -> dict[str, Record]:
    return {key: found for (_, key), found in read(typeform_api, json.dumps(document).encode()).items()}


# --- round trip ---------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(RESPONSES, st.sampled_from(VARIANTS))
def test_what_was_answered_comes_back(one: Response, variant: str) -> None:
    (found,) = records(api([one], variant)).values()
    check(found, one, variant)


@settings(max_examples=6, deadline=None)
@given(RESPONSES)
def test_without_a_definition_what_was_left_empty_is_not_there(one: Response) -> None:
    document = api([one], defined=False)
    (found,) = records(document).values()
    check(found, one, "full", is_complete=False)
    assert "blank" not in found.states.values()


def test_shapes_of_the_file() -> None:
    whole = api([response(1, "one"), response(2, "two")], defined=False)
    for document in (whole, whole["items"], {"items": whole["items"]}):
        assert identify(Sample.of("a.json", json.dumps(document).encode())) is typeform_api
        assert records(document).keys() == {"one", "two"}
    (one, _) = whole["items"]
    assert records(one).keys() == {"one"}
    one_without = {key: value for key, value in one.items() if key not in ("token", "response_id")}
    assert records([one_without, one]).keys() == {"0", "one"}
    assert records([one, one]).keys() == {"one", "one#2"}


def test_submission() -> None:
    (found,) = records(api([response(1)], year=2023)).values()
    assert isinstance(found.row["submitted_at"], datetime) and found.row["submitted_at"].year == 2023


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_is_named(variant: str) -> None:
    document = api([response(1)], variant)
    document["form"]["settings"] = {"notification": {"self": {"recipients": ["equipe@exemple.fr"]}}}
    document["account"] = {"owner": RESPONDENT[0]}
    document["items"][0] |= {"tags": [RESPONDENT[0]], "variables": [{"key": "qui", "text": RESPONDENT[0]}]}
    document["items"][0]["hidden"] = {"utm": RESPONDENT[0], "cle": "0123456789abcdef"}
    redacted = typeform_api.redact(json.dumps(document).encode())
    for word in (*RESPONDENT, "Navigateur", "a1b2c3", "equipe@", "0123456789abcdef"):
        assert word.encode() not in redacted and word not in redacted.decode()
    assert not any(word in everything(records(document).values()) for word in ("Camille", "camille@"))


def test_a_file_that_names_nobody_stays_as_it_is() -> None:
    item = {"token": "t", "answers": [answer("tMb7UD6eK94L", "long_text", "text", "Oui")]}
    data = json.dumps({"items": [item]}).encode()
    assert typeform_api.redact(data) is data


# --- answers ------------------------------------------------------------------------------------------------------


def test_every_type() -> None:
    found = record(
        answer("tMb7UD6eK94L", "long_text", "text", "Un repas"),
        answer("fVV1CxKQlCIu", "short_text", "text", "une dizaine"),
        answer("07QMSMt7pTBB", "multiple_choice", "choice", {"id": "a", "label": "Association"}),
        answer("vl4Po9Wq6neT", "multiple_choice", "choice", {"other": "Apiculture"}),
        answer(
            "yTeHNN5U8zVx", "multiple_choice", "choices", {"labels": ["Biens", "Espaces"], "other": "Idées"}
        ),
        answer("ra8TVKu7zYVf", "number", "number", 12.5),
        answer("xRwpRA0LHLfQ", "number", "number", 0),
        answer("DOAhque2Lsri", "yes_no", "boolean", True),
        answer("4rKjKWUsJtL1", "yes_no", "boolean", False),
        answer("8VzL9g4SDyzY", "date", "date", "2019-03-12"),
        answer("Jrq40244Bcta", "rating", "number", 4),
        answer("ayk9ZSeSLiJv", "website", "url", "https://essai.exemple"),
        answer("yTNNNq8zZfeq", "file_upload", "file_url", "https://api.exemple/photo.jpg"),
        answer("YpEXDatCQgMZ", "email", "email", "camille@exemple.fr"),
        answer("u1", "phone_number", "phone_number", "+33612345678"),
        answer("u2", "payment", "payment", {"amount": "3", "last4": "1234", "name": "C. Inventée"}),
        answer("u3", "matrix", "multi_format", {"rows": [1, 2]}),
        answer("u4", "opinion_scale", "number", 7),
        answer("u5", "yes_no", "boolean", True),
    )
    assert found.testimonies["lien_social"]["text"] == "Un repas"
    assert found.texts("capacite_agir_nombre") == ["une dizaine"]
    assert found.matches("status") == [("association", "Association", "exact")]
    assert found.matches("presentation.thematiques") == [(None, "Apiculture", "unmapped")]
    assert [row["source_pointer"] for row in found.observations["solidarite_type"]] == [
        "/items/0/answers/4/choices/labels/0",
        "/items/0/answers/4/choices/labels/1",
        "/items/0/answers/4/choices/other",
    ]
    assert (found.number("presentation.surface"), found.number("moyens.benevoles")) == (12.5, 0)
    assert found.matches("accessibilite.accessibilite") == [("handicapes", "true", "exact")]
    assert found.texts("activites") == ["false"]
    assert found.texts("presentation.date_ouverture") == ["2019-03-12"]
    assert found.number("intensite_effets_individuels") == 4
    assert found.unknown() == {"u3": '{"rows":[1,2]}', "u4": "7", "u5": "true"}


def test_questions_are_known_by_their_ref_too() -> None:
    found = record(answer("copy", "long_text", "text", "Un repas", ref="tMb7UD6eK94L"))
    assert found.testimonies.keys() == {"lien_social"}


def test_a_response_without_answers_has_none() -> None:
    one = {"token": "t", "submitted_at": "2024-01-02T00:00:00Z"}
    found = read_one(
        typeform_api, json.dumps({"items": [one, one | {"token": "u", "answers": None}][:1]}).encode()
    )
    assert (found.forms, found.states) == ({}, {})


# --- the definition of the form -----------------------------------------------------------------------------------

EXCHANGES = "Y-a-t-il des échanges, dons ou mutualisations entre personnes au sein du projet ?"


def test_titles_and_empty_answers_come_from_the_definition() -> None:
    group = defined("g", "group", "Effets") | {
        "properties": {
            "fields": [defined("q2", "multiple_choice", EXCHANGES), defined("q4", "statement", "Fin")]
        }
    }
    form = [
        defined("q1", "short_text", "Nom du lieu"),
        group,
        defined("tMb7UD6eK94L", "long_text", "Exemple"),
    ]
    found = record(
        answer("q1", "short_text", "text", "L'Essai"), answer("q3", "long_text", "text", "texte"), form=form
    )
    assert found.row["project_name"] == "L'Essai"
    assert found.states == {"solidarite_type": "blank", "lien_social": "blank"}
    assert found.unknown() == {"q3": "texte"}


def test_persons_are_known_by_the_definition() -> None:
    form = [
        defined("q1", "short_text", "Prénom"),
        defined("q2", "short_text", "Nom"),
        defined("q3", "yes_no", "Ok ?"),
    ]
    found = record(*(answer(ref, "short_text", "text", "Inventée") for ref in ("q1", "q2")), form=form)
    assert found.unmapped == []


def test_a_form_of_the_seed_tells_what_was_left_empty() -> None:
    """Its rows in seeds/codebook/forms.csv are its questions; those of `full` are of all its versions."""
    codebook = Codebook.load(ROOT)
    new = tuple(
        FormField("new", ref, None, None, None, "question", question, None, None, None)
        for ref, question in (("new-1", "solidarite_type"), ("new-2", "lien_social"))
    )
    found = record(
        answer("new-1", "multiple_choice", "choices", {"labels": ["Biens"]}),
        codebook=replace(codebook, fields=codebook.fields + new),
    )
    assert found.states == {"solidarite_type": "answered", "lien_social": "blank"}


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"items": []}, "empty"),
        ([], "empty"),
        ({"items": {}}, "malformed"),
        ({"items": [3]}, "malformed"),
        ({"items": [{"answers": {}}]}, "malformed"),
        ({"items": [{"answers": [{"type": "text", "text": "a"}]}]}, "malformed"),
        ({"items": [{"answers": [{"field": "a", "type": "text"}]}]}, "malformed"),
        ({"id": "f", "title": "Évaluation", "fields": [defined("a", "text", "Un")]}, "form-definition"),
        ({"items": [{"answers": [answer("new", "short_text", "text", "Camille")]}]}, "unknown-form"),
    ],
)
def test_refuses(document: Any, reason: str) -> None:
    with pytest.raises(Rejection) as caught:
        typeform_api.redact(json.dumps(document).encode())
    assert caught.value.reason == reason
    assert caught.value.detail and caught.value.remedy
    assert "Camille" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"items": [{"answers": [{"field": NaN}]}]}', b'{"items": "\xff"}']
)
def test_refuses_what_is_no_json(data: bytes) -> None:
    with pytest.raises(Rejection, match="malformed"):
        typeform_api.redact(data)


def test_recognises_a_definition_to_say_what_to_do_with_it() -> None:
    definition = api([response(1)])["form"]
    assert identify(Sample.of("form.json", json.dumps(definition).encode())) is typeform_api


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"fields": []}',
        b'{"name": "a", "blocs": {"fields": [{"properties": {}}]}}',
        b'{"items": [1]}',
    ],
)
def test_does_not_recognise_other_files(data: bytes) -> None:
    assert not typeform_api.recognise(Sample.of("a.json", data))
