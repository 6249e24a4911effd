"""Typeform responses as the platform scrapes them."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.typeform import VARIANTS, Response, scraped
from ingest.formats import json_file, typeform
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from tests.ingest.raw import SAMPLES, Record, everything, read, read_one
from tests.ingest.responses import RESPONDENT, RESPONSES, check, response


def question(field_id: str, kind: str, value: Any, title: str = "Une question") -> dict[str, Any]:
    key = "choices" if kind == "multiple_choice" else "value"
    return {"id": field_id, "title": title, "type": kind, kind: {key: value}}


def group(*questions: dict[str, Any], group_id: str = "gr0up") -> dict[str, Any]:
    return {"id": group_id, "title": "Un groupe", "type": "group", "group": {"answers": list(questions)}}


def record(*entries: dict[str, Any], **more: Any) -> Record:
    return read_one(typeform, json.dumps({"token": "t0ken", "answers": list(entries)} | more).encode())


def records(document: Any) -> dict[str, Record]:
    """The records of one file by their keys."""
    return {key: found for (_, key), found in read(typeform, json.dumps(document).encode()).items()}


# --- round trip ---------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(RESPONSES, st.sampled_from(VARIANTS)), min_size=1, max_size=3))
def test_what_was_answered_comes_back(cases: list[tuple[Response, str]]) -> None:
    found = records([scraped(given, variant) for given, variant in cases])
    assert len(found) == len(cases)
    for place, (given_response, variant) in enumerate(cases):
        key = "t0ken" if place == 0 else f"t0ken#{place + 1}"
        check(found[key], given_response, variant)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_recognised(variant: str) -> None:
    one = scraped(response(1), variant)
    for document in (one, [one]):
        data = json.dumps(document, indent=1).encode()
        assert identify(Sample.of("2024/lieu.json", data)) is typeform


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_is_named(variant: str) -> None:
    one = scraped(response(1), variant)
    one |= {
        "metadata": {"ip": "192.0.2.1", "user_agent": "Navigateur/1.0"},
        "hidden": {"contact": RESPONDENT[1], "utm": RESPONDENT[0]},
        "répondant": RESPONDENT[0],
        "page admin": "https://plateforme.exemple.fr/gestion-camille",
        "calculated": {"score": 0, "note": RESPONDENT[0]},
        "variables": [{"key": "qui", "type": "text", "text": RESPONDENT[0]}],
    }
    redacted = typeform.redact(json.dumps([one]).encode())
    assert not any(word in redacted for word in (b"Camille", b"camille", b"192.0.2.1", b"Navigateur"))
    assert not any(word in everything(records([one]).values()) for word in ("Camille", "camille@"))


PIECES = (
    *(
        b"",
        b" ",
        b"\n",
        b",",
        b"]}}",
        b"]",
        b"}",
        b"[",
        b"{",
        b'"',
        b"0",
        b"null",
        b'{"id":',
        b"1" * 17,
        b"\\ud800",
        b"\xff",
    ),
    *(
        b'"group": {"answers": [',
        b', "answers": [0]',
        b', "group": null',
        b'{"id": "x"}, ',
        b"a@b.org",
        b"\xef\xbb\xbf",
    ),
)


def by_pieces(data: bytes) -> tuple[bytes, typeform.Compact] | None:
    found = typeform._REDACTING.read_pieces(data)
    if found is None:
        return None
    compact, is_changed, kept = found
    return kept if is_changed or json_file.is_doubled(data) else data, compact


def by_parsing(data: bytes) -> tuple[bytes, typeform.Compact] | None:
    document, is_doubled = json_file.parse(data)
    try:
        compact, is_changed = typeform._REDACTING.read(document)
    except Rejection:
        return None
    return json_file.dump(document) if is_changed or is_doubled else data, compact


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("is_list", [False, True])
def test_a_file_is_cut_as_the_platform_writes_it(variant: str, is_list: bool) -> None:
    one = scraped(response(1), variant)
    nested = one | {"answers": [group(*one["answers"], question("a", "date", "")), *one["answers"]]}
    mentioned = one | {"hidden": {"answers": [0], "x": [1]}, "submitted_at": "2024-05-06T07:08:09Z"}
    for document in (one, nested, mentioned):
        for separators in ((", ", ": "), (",", ":")):
            data = json.dumps([document, one] if is_list else document, separators=separators).encode()
            found = by_pieces(data)
            assert found is not None and found == by_parsing(data) == typeform.take(data)
            assert typeform._READING.read_pieces(found[0]) is not None
            assert typeform.compact(found[0]) == found[1]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.booleans())
def test_whatever_is_cut_says_what_it_says_parsed(draw: st.DataObject, is_list: bool) -> None:
    """Changed anywhere, a file is read as before: with all of it parsed, if its pieces tell not enough."""
    entries = [
        question("2g45rftYVzn7", "short_text", "Personne"),
        group(question("b", "multiple_choice", ["Oui", "a@b.org"]), group(question("c", "email", "a@b.org"))),
        question("d", "number", 12),
    ]
    one = {"token": "t", "answers": entries, "submitted_at": "2024-05-06T07:08:09Z"}
    data = json.dumps([one, one] if is_list else one).encode()
    for _ in range(draw.draw(st.integers(1, 3))):
        begin = draw.draw(st.integers(0, len(data)))
        end = begin + draw.draw(st.sampled_from([0, 0, 1, 2, 5]))
        data = data[:begin] + draw.draw(st.sampled_from(PIECES)) + data[end:]
    found = by_pieces(data)
    assert found is None or found == by_parsing(data)


def test_a_file_that_names_nobody_stays_as_it_is() -> None:
    data = json.dumps({"token": "t", "answers": [question("tMb7UD6eK94L", "long_text", "Oui")]}).encode()
    assert typeform.redact(data) is data


def test_redaction_keeps_every_place() -> None:
    whole = [scraped(response(2))]

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    assert shape(json.loads(typeform.redact(json.dumps(whole).encode()))) == shape(whole)


# --- who answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        question("x1", "email", "camille@exemple.fr"),
        question("x1", "short_text", "Camille Inventée", "Vos nom et prénom"),
        question("x1", "short_text", "Camille Inventée", "Prénom *"),
        question("x1", "short_text", "06 12 34 56 78 de Camille", "Numéro de téléphone"),
        question("x1", "short_text", "camille@exemple.fr", "Une question"),
        question("2g45rftYVzn7", "short_text", "Camille Inventée"),
        {"id": "x1", "title": "", "type": "contact_info", "contact_info": {"first_name": "Camille"}},
        group(question("x1", "short_text", "Camille"), question("x2", "email", "camille@exemple.fr")),
        group(
            question("x1", "short_text", "Inventée", "Nom"), question("x2", "short_text", "Camille", "Prénom")
        ),
    ],
)
def test_names_and_addresses_of_persons_are_dropped(entry: dict[str, Any]) -> None:
    place = question("uvxOlDNS2UBd", "short_text", "L'Essai", "Nom")
    found = record(entry, place)
    assert not any(word in repr(found) for word in ("Camille", "camille", "Inventée"))
    assert not found.unmapped
    assert found.row["project_name"] == "L'Essai"


def test_edit_links_are_dropped() -> None:
    found = record(question("tMb7UD6eK94L", "long_text", "Voir https://commune.exemple/place/a/b/edit ici"))
    assert found.testimonies["lien_social"]["text"] == "Voir  ici"


def test_addresses_inside_testimonies_are_kept() -> None:
    text = "Écrire à accueil@exemple.fr"
    found = record(
        question("tMb7UD6eK94L", "long_text", text), question("xvAdDqf382rZ", "long_text", "a@exemple.fr")
    )
    assert found.testimonies["lien_social"]["text"] == text
    assert found.testimonies["solidarite"]["text"] == "a@exemple.fr"


# --- records ------------------------------------------------------------------------------------------------------


def test_two_responses_of_one_place_are_two_records() -> None:
    one, other = scraped(response(1)), scraped(response(2))
    other["token"] = "other"
    assert records([one, other]).keys() == {"t0ken", "other"}


def test_a_response_without_a_token_is_known_by_its_place() -> None:
    one = scraped(response(1))
    del one["token"]
    assert records([one, one]).keys() == {"0", "1"}
    assert records(one).keys() == {""}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-01-29T10:00:00Z", datetime(2024, 1, 29, 10)),
        ("2024-01-29T23:30:00-05:00", datetime(2024, 1, 30, 4, 30)),
        ("0001-01-01T00:00:00Z", None),
        ("hier", None),
        (None, None),
    ],
)
def test_submission(written: str | None, moment: datetime | None) -> None:
    assert record(submitted_at=written).row["submitted_at"] == moment


@pytest.mark.parametrize(
    "entries",
    [
        [question("c", "legal", "Yes"), question("x", "short_text", "L'Essai", "Question 1")],
        [question("c", "legal", "Yes"), group(question("x", "short_text", "L'Essai", "Question 1"))],
        [
            question("c", "legal", "Yes"),
            group(
                question("n", "short_text", "Camille", "Question 0"), question("e", "email", "c@exemple.fr")
            ),
            group(question("x", "short_text", "L'Essai", "Question 1"), question("p", "number", 35000)),
        ],
    ],
)
def test_an_unknown_form_tells_the_name_where_the_platform_looks_for_it(
    entries: list[dict[str, Any]],
) -> None:
    found = record(*entries)
    assert found.row["project_name"] == "L'Essai"
    assert "x" not in found.unknown()


def test_attributes_by_title() -> None:
    found = record(
        question("a", "short_text", "L'Essai", "Quel est le nom du lieu ?"),
        question("b", "number", 1000, "Code postal"),
        question("c", "short_text", "Bourg-en-Bresse", "Ville"),
    )
    assert (found.row["project_name"], found.row["postal_code"], found.row["city"]) == (
        "L'Essai",
        "1000",
        "Bourg-en-Bresse",
    )
    assert (found.forms, found.unmapped) == ({}, [])


# --- answers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "state"),
    [
        ("number", "", "blank"),
        ("number", None, "blank"),
        ("number", 0, "answered"),
        ("number", "0", "answered"),
        ("number", " ", "blank"),
        ("short_text", "beaucoup", "answered"),
    ],
)
def test_states_of_numbers(kind: str, value: Any, state: str) -> None:
    assert record(question("xRwpRA0LHLfQ", kind, value)).states == {"moyens.benevoles": state}


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (12, 12, None),
        (3.5, 3.5, None),
        ("3,5", 3.5, None),
        ("1 200", 1200, "1 200"),
        ("12 34", None, "12 34"),
        ("-2", -2, None),
        ("environ 30", None, "environ 30"),
        ("1e400", None, "1e400"),
        ("0,5 ETP", None, "0,5 ETP"),
    ],
)
def test_numbers(value: Any, number: float | None, text: str | None) -> None:
    found = record(question("ra8TVKu7zYVf", "number", value))
    assert (found.number("presentation.surface"), found.texts("presentation.surface")) == (number, [text])


@pytest.mark.parametrize(
    ("parts", "number", "text"),
    [
        (("1,5", "2", 3), 6.5, None),
        (("1,5", "", ""), 1.5, None),
        (("", "deux", 3), 3, "deux + 3"),
        (("deux", "", ""), None, "deux"),
        (("", "", 0), 0, None),
    ],
)
def test_direct_jobs_are_the_sum_of_three_parts(
    parts: tuple[Any, ...], number: float | None, text: str | None
) -> None:
    ids = (("1AIl8uOoVEtR", "short_text"), ("3wtwTYQkgdWH", "short_text"), ("hR6jliZnr92n", "number"))
    found = record(*(question(ref, kind, part) for (ref, kind), part in zip(ids, parts, strict=True)))
    assert found.number("presentation.emplois directs") == number
    assert found.texts("presentation.emplois directs") == [text]


def test_direct_jobs_are_blank_if_every_part_is() -> None:
    found = record(question("1AIl8uOoVEtR", "short_text", ""), question("hR6jliZnr92n", "number", ""))
    assert found.states == {"presentation.emplois directs": "blank"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12/03/2019", "2019-03-12"),
        ("1/3/2019", "2019-03-01"),
        ("2019-03-12", "2019-03-12"),
        ("31/02/2019", "31/02/2019"),
        ("au printemps", "au printemps"),
    ],
)
def test_dates(value: str, text: str) -> None:
    assert record(question("8VzL9g4SDyzY", "date", value)).texts("presentation.date_ouverture") == [text]


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [(1, 1, None), ("5", 5, None), (0, None, "0"), (7, None, "7"), (2.5, None, "2.5")],
)
def test_ratings_go_from_one_to_five(value: Any, number: float | None, text: str | None) -> None:
    found = record(question("Jrq40244Bcta", "rating", value))
    assert found.number("intensite_effets_individuels") == number
    assert found.texts("intensite_effets_individuels") == [text]


def test_keywords() -> None:
    found = record(
        question("ETkELCH0XilP", "short_text", "entraide, , fête ,entraide"),
        question("7ZIbGpZKVe4N", "short_text", ", ,"),
    )
    assert found.texts("mots_cles_effets_individuels") == ["entraide", "fête"]
    assert found.states["mots_cles_effets_collectifs"] == "blank"


def test_choices_match_exactly_or_are_kept() -> None:
    labels = [
        "Voisins et voisines du quartier",
        "voisin·e·s du quartier",
        "Des chats, et des chiens",
        "",
        " ",
    ]
    found = record(question("4Q35JCO7HWt7", "multiple_choice", labels))
    assert found.matches("impact_social_public") == [
        ("voisins-du-quartier", labels[0], "exact"),
        ("voisins-du-quartier", labels[1], "rewritten"),
        (None, labels[2], "unmapped"),
    ]
    assert (
        found.observations["impact_social_public"][2]["source_pointer"]
        == "/answers/0/multiple_choice/choices/2"
    )


def test_activities_are_asked_one_by_one() -> None:
    found = record(
        question("4rKjKWUsJtL1", "yes_no", "Yes"),
        question("brVvcBwoZKkt", "yes_no", "No"),
        question("Pzbl6GTxGZsx", "yes_no", ""),
        question("vzjmc6rMf8Z4", "yes_no", "Yes"),
    )
    assert found.matches("activites") == [("fablab", "Yes", "exact"), ("ressourcerie", "Yes", "exact")]


def test_a_no_to_every_activity_is_an_answer_and_no_choice() -> None:
    found = record(question("4rKjKWUsJtL1", "yes_no", "No"), question("brVvcBwoZKkt", "yes_no", "No"))
    (seen,) = found.observations["activites"]
    assert (seen["answer_id"], seen["raw_label"], seen["match"], seen["value_text"]) == (
        None,
        None,
        None,
        "No",
    )
    assert record(question("4rKjKWUsJtL1", "yes_no", "")).states == {"activites": "blank"}


def test_what_is_neither_yes_nor_no_is_kept() -> None:
    found = record(question("DOAhque2Lsri", "yes_no", "En partie"), question("brVvcBwoZKkt", "yes_no", "No"))
    assert found.matches("accessibilite.accessibilite") == [(None, "En partie", "unmapped")]


@pytest.mark.parametrize(
    ("public", "text", "private", "count"),
    [
        ("Yes", "La mairie, la région - et l'État", "No", 2),
        ("Yes", "La mairie - la région", "No", 2),
        ("Yes", "La mairie, service culturel\n\nLa région", "No", 2),
        ("No", "oubliés", "No", 0),
        ("Yes", "", "No", None),
        ("", "La mairie", "No", None),
    ],
)
def test_partners_are_counted_behind_their_gates(
    public: str, text: str, private: str, count: int | None
) -> None:
    found = record(
        question("96UejUyeCROl", "yes_no", public),
        question("yici2D4DqhaX", "long_text", text),
        question("KY0NcflXUycv", "yes_no", private),
    )
    assert found.states["moyens.partenaires"] == ("blank" if count is None else "answered")
    if count is not None:
        assert found.number("moyens.partenaires") == count
    assert "moyens.partenaires" not in record(question("yici2D4DqhaX", "long_text", "La mairie")).states


# --- fields that are not those of the codebook --------------------------------------------------------------------

EXCHANGES = "Y-a-t-il des échanges, dons ou mutualisations entre personnes au sein du projet ?"


def test_an_unknown_id_is_known_by_its_title() -> None:
    found = record(question("new", "multiple_choice", ["Biens"], f"  {EXCHANGES.upper()}\u00a0\n"))
    assert found.labels("solidarite_type") == [("biens", "Biens")]
    assert not found.unmapped


def test_a_title_counts_only_if_the_type_can_answer() -> None:
    found = record(question("new", "long_text", "des livres", EXCHANGES))
    assert found.states == {}
    assert found.unknown() == {"new": "des livres"}


def test_a_title_that_stands_twice_is_nobodys() -> None:
    found = record(*(question(ref, "multiple_choice", ["Biens"], EXCHANGES) for ref in ("one", "two")))
    assert found.states == {}
    assert found.unknown().keys() == {"one", "two"}


def test_an_id_goes_before_a_title() -> None:
    found = record(
        question("new", "multiple_choice", ["Espaces"], EXCHANGES),
        question("yTeHNN5U8zVx", "multiple_choice", ["Biens"]),
    )
    assert found.labels("solidarite_type") == [("biens", "Biens")]
    assert found.unknown() == {"new": "Espaces"}


def test_unknown_questions_are_kept_with_title_and_answer() -> None:
    found = record(
        group(
            question("u1", "short_text", "texte", "Une question\nnouvelle"),
            question("u2", "multiple_choice", ["a", "b"]),
            question("u3", "yes_no", "Yes"),
            question("u4", "long_text", ""),
            question("u5", "multiple_choice", []),
            {"id": "u6", "title": "Ordre", "type": "ranking", "ranking": {"order": [2, 1]}},
            {"id": "u7", "title": "Étrange", "type": "a/b~c", "a/b~c": {"value": 3}},
        )
    )
    assert found.unknown() == {
        "u1": "texte",
        "u2": "a, b",
        "u3": "Yes",
        "u6": '{"order":[2,1]}',
        "u7": "3",
    }
    rows = {row["question_ref"]: row for row in found.unmapped}
    assert rows["u1"]["title"] == "Une question\nnouvelle"
    assert rows["u7"]["source_pointer"] == "/answers/0/group/answers/6/a~1b~0c/value"


def test_a_known_question_of_an_unknown_type() -> None:
    """It is read where its value can be, and else kept as text: unknown, neither blank nor answered."""
    scale = {"id": "Jrq40244Bcta", "title": "", "type": "opinion_scale", "opinion_scale": {"value": 4}}
    riddle = {"id": "n63sOZTjTLb7", "title": "", "type": "slider", "slider": {"from": 1, "to": 4}}
    found = record(scale, riddle)
    assert found.number("intensite_effets_individuels") == 4
    assert found.states["intensite_effets_collectifs"] == "not_shown"
    assert found.unknown() == {"n63sOZTjTLb7": '{"from":1,"to":4}'}


@pytest.mark.parametrize("field_id", ["Xr7CcO4WrVLW", "DwK4iT01SI2U"])
def test_known_ids_of_unknown_meaning_are_kept(field_id: str) -> None:
    assert record(question(field_id, "long_text", "texte")).unknown() == {field_id: "texte"}


def test_photos_and_links_of_the_place_are_left_out() -> None:
    photo = {
        "id": "yTNNNq8zZfeq",
        "title": "",
        "type": "file_upload",
        "file_upload": {"file_url": "https://a/b"},
    }
    found = record(photo, question("ayk9ZSeSLiJv", "website", "https://essai.exemple"))
    assert (found.states, found.unmapped) == ({}, [])


def test_groups_in_groups() -> None:
    found = record(group(group(question("tMb7UD6eK94L", "long_text", "Oui"))))
    pointer = "/answers/0/group/answers/0/group/answers/0/long_text/value"
    assert found.testimonies["lien_social"]["source_pointer"] == pointer


@settings(max_examples=5, deadline=None)
@given(RESPONSES)
def test_pointers_lead_to_what_was_read(one: Response) -> None:
    document = scraped(one)
    found = records([document])["t0ken"]
    for seen in [row for rows in found.observations.values() for row in rows if row["raw_label"]]:
        value: Any = [document]
        for step in seen["source_pointer"].split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
        assert value == seen["raw_label"]


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "empty"),
        (b'[{"token": "a", "answers": []', "malformed"),
        (b'{"token": "a", "answers": [\xff]}', "malformed"),
        (b'{"token": "a", "answers": [NaN]}', "malformed"),
        (b'{"token": "a", "answers": ["\\ud800"]}', "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"token": "a"}', "malformed"),
        (b'[{"token": "a", "answers": []}, 3]', "malformed"),
        (b'[{"token": "a", "answers": {}}]', "malformed"),
        (b'[{"token": "a", "answers": ["oui"]}]', "malformed"),
        (b'[{"token": "a", "answers": [{"id": "b", "group": {}}]}]', "malformed"),
        (b'[{"token": "a", "answers": [{"id": "b", "group": []}]}]', "malformed"),
    ],
)
def test_refuses_what_is_damaged(data: bytes, reason: str) -> None:
    with pytest.raises(Rejection) as caught:
        typeform.redact(data)
    assert caught.value.reason == reason
    assert caught.value.detail and caught.value.remedy


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"answers",
        b'{"answers": [{"field": {"id": "a"}}]}',
        b'{"name": "a", "blocs": {"presentation": {}}}',
        b'{"items": [{"answers": []}]}',
    ],
)
def test_does_not_recognise_other_files(data: bytes) -> None:
    assert not typeform.recognise(Sample.of("a.json", data))


def test_a_key_that_stands_twice_is_stored_once() -> None:
    data = b'{"token": "a", "token": "b", "answers": []}'
    assert json.loads(typeform.redact(data)) == {"token": "b", "answers": []}


# --- invented responses that the platform's own tools wrote -------------------------------------------------------


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_samples() -> None:
    answers = {row["token"]: row for row in json.loads((SAMPLES / "answers.json").read_bytes())}
    files = {file.name: file.read_bytes() for file in sorted((SAMPLES / "json").iterdir())}
    for name, data in files.items():
        assert identify(Sample.of(name, data)) is typeform
        redacted = typeform.redact(data)
        assert b"respondent" not in redacted and b"Pr\xc3\xa9nom Nom" not in redacted
    found = read(typeform, *files.values())
    assert len(found) == 7
    for (_, token), each in found.items():
        wanted = deepcopy(answers[token])
        assert (each.row["project_name"], each.row["postal_code"]) == (wanted["name"], wanted["postal_code"])
        assert {
            question_id: [row["answer_id"] for row in rows]
            for question_id, rows in each.observations.items()
            if rows[0]["raw_label"] and question_id != "status"
        } == {
            question_id: [answer["answer_id"] for answer in chosen]
            for question_id, chosen in wanted["answered"].items()
        }
        assert {question_id: row["text"] for question_id, row in each.testimonies.items()} == wanted[
            "testimonies"
        ]
        assert all(each.states[question_id] == "blank" for question_id in wanted["blank"])
        for question_id, number in wanted["profile"].items():
            if number == "":
                assert each.states[question_id] == "blank"
            else:
                assert each.number(question_id) == number
        assert not each.unmapped
        assert "respondent" not in repr(each) and "Prénom Nom" not in repr(each)
