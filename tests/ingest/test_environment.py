"""The environmental questionnaire as the platform keeps it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.environment import environment_file, environment_questions
from examples.typeform import Response
from ingest.formats import environment
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from tests.ingest.raw import Record, read_one
from tests.ingest.responses import RESPONSES, check


def stored(**axes: dict[str, Any]) -> dict[str, Any]:
    return {"name": "L'Essai", "blocs": {axis: {"donnees": answers} for axis, answers in axes.items()}}


def record(**axes: dict[str, Any]) -> Record:
    return read_one(environment, json.dumps(stored(**axes)).encode())


@settings(max_examples=10, deadline=None)
@given(RESPONSES, st.booleans())
def test_what_was_answered_comes_back(one: Response, is_pretty: bool) -> None:
    document = environment_file(one.name, {key: one.answers[key] for key in environment_questions()})
    data = json.dumps(document, ensure_ascii=is_pretty, indent=2 if is_pretty else None).encode()
    assert identify(Sample.of("lieu.json", data)) is environment
    check(read_one(environment, data), one, "environmental")


def test_the_record() -> None:
    found = record(presentation={"ville": " Rennes ", "code_postal": 1000})
    assert (found.row["record_key"], found.row["project_name"]) == ("", "L'Essai")
    assert (found.row["city"], found.row["postal_code"]) == ("Rennes", "1000")
    assert found.forms == {"environment": "not_asked"}


@pytest.mark.parametrize("value", ["", " ", None, []])
def test_nothing_is_blank(value: Any) -> None:
    assert record(biodiversite={"suivi_biodiversite": value}).states == {"suivi_biodiversite": "blank"}


@pytest.mark.parametrize(
    ("value", "answer_id", "match"),
    [
        ("Yes", "oui", "exact"),
        ("No", "non", "exact"),
        (["Oui"], "oui", "exact"),
        (True, "oui", "exact"),
        (["Oui, en partie"], None, "unmapped"),
    ],
)
def test_yes_and_no(value: Any, answer_id: str | None, match: str) -> None:
    found = record(biodiversite={"suivi_biodiversite": value})
    ((found_id, _, found_match),) = found.matches("suivi_biodiversite")
    assert (found_id, found_match) == (answer_id, match)


@pytest.mark.parametrize(
    ("written", "number", "text"),
    [
        ("35 % de la surface", 35, "35 % de la surface"),
        ("3,5 tonnes", 3.5, "3,5 tonnes"),
        ("1 200 kg", 1200, "1 200 kg"),
        ("2 ruches", 2, "2 ruches"),
        ("12", 12, None),
        ("environ 12", None, "environ 12"),
    ],
)
def test_figures_are_the_number_that_stands_first(
    written: str, number: float | None, text: str | None
) -> None:
    found = record(biodiversite={"biodiversite_chiffre": written})
    assert found.number("biodiversite_chiffre") == number
    assert found.texts("biodiversite_chiffre") == [text]


def test_unknown_keys_are_kept() -> None:
    found = record(
        biodiversite={"dpe": "A", "nichoirs/abris": ["trois"], "vide": ""}, lune={"cratère": {"n": 1}}
    )
    assert found.unknown() == {
        "biodiversite.dpe": "A",
        "biodiversite.nichoirs/abris": "trois",
        "lune.cratère": '{"n":1}',
    }
    assert "/blocs/biodiversite/donnees/nichoirs~1abris" in {row["source_pointer"] for row in found.unmapped}
    assert found.states == {}


def test_consent_and_persons_are_dropped() -> None:
    document = stored(biodiversite={"biodiversite_action": "Voir https://a.exemple/b/edit"})
    document |= {
        "share_data": "Yes",
        "share_email": "Yes",
        "email": "a@exemple.fr",
        "contact": "b@exemple.fr",
    }
    redacted = json.loads(environment.redact(json.dumps(document).encode()))
    assert redacted["name"] == "L'Essai"
    assert (redacted["share_data"], redacted["share_email"]) == ("Yes", "")
    assert (redacted["email"], redacted["contact"]) == ("", "")
    assert redacted["blocs"]["biodiversite"]["donnees"]["biodiversite_action"] == "Voir "


def test_a_file_without_such_things_stays_as_it_is() -> None:
    data = json.dumps(stored(biodiversite={"znieff": "Yes"}) | {"share_data": "No"}).encode()
    assert environment.redact(data) is data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"name": "a"}',
        b'{"blocs": {}}',
        b'{"name": 3, "blocs": {"biodiversite": {}}}',
        b'{"name": "a", "blocs": []}',
        b'{"name": "a", "blocs": {"biodiversite": {',
        b'{"name": "\xe9", "blocs": {}}',
    ],
)
def test_refuses_what_is_damaged(data: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        environment.redact(data)
    assert caught.value.reason == "malformed"
    assert caught.value.detail and caught.value.remedy


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"name": "a", "blocs": {"presentation": {"donnees": {}}}}', b'"biodiversite": {}']
)
def test_does_not_recognise_other_files(data: bytes) -> None:
    assert not environment.recognise(Sample.of("a.json", data))
