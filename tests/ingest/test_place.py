"""Place JSON: the imported family on an invented place, the hand-made family on real pilot places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.codebook import Codebook
from ingest.export import read_export
from ingest.formats import place
from ingest.identify import Sample
from ingest.raw_tables import RawTables
from ingest.reading import Rejection
from tests.ingest.places import IMPORTED, ROOT, SAMPLES, Read, changed, read_place

CODEBOOK = Codebook.load(ROOT)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read_place(IMPORTED, tmp_path_factory.mktemp("place"))


# --- the record ---------------------------------------------------------------------------------------------


def test_record(imported: Read) -> None:
    assert imported.record == {
        "source_id": "a" * 64,
        "record_key": "",
        "project_name": "La Halle aux essais",
        "project_link": None,
        "submitted_at": None,
        "address": "1 rue des Essais",
        "postal_code": "35000",
        "city": "Rennes",
        "latitude": 48.1,
        "longitude": -1.67,
    }


@pytest.mark.parametrize(
    "position", [{}, {"lat": 0, "lon": 0}, {"lat": "?", "lon": 2}, {"lat": 95.0, "lon": 2}]
)
def test_no_position_is_better_than_a_wrong_one(position: dict[str, Any], tmp_path: Path) -> None:
    document = changed("blocs", "data_territoire", "donnees", "geo", to=position)
    record = read_place(document, tmp_path).record
    assert (record["latitude"], record["longitude"]) == (None, None)


def test_postal_code_is_kept_as_written(tmp_path: Path) -> None:
    assert read_place(changed("address", "postalcode", to=4110), tmp_path).record["postal_code"] == "4110"


def test_forms(imported: Read, tmp_path: Path) -> None:
    assert imported.forms == {"profile": "not_asked", "social": "not_asked"}
    assert read_place(changed("blocs", "impact_social", to={"visible": 0}), tmp_path).forms == {
        "profile": "not_asked"
    }


# --- states -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question_id", "state"),
    [
        ("presentation.surface", "answered"),
        ("presentation.noms_occupants", "blank"),
        ("presentation.date_ouverture", "blank"),
        ("presentation.nb_manager", "ambiguous"),
        ("evenements.publics.personnes accueillies", "ambiguous"),
        ("moyens.fonctionnement.Recettes", "ambiguous"),
        ("accessibilite.publics", "answered"),
        ("accessibilite.transports", "blank"),
        ("impact_social_frequence", "blank"),
        ("impact_social_occasion", "blank"),
        ("sante_bien_être", "blank"),
        ("insertion_professionnelle_nb_personnes", "ambiguous"),
        ("intensite_effets_collectifs", "blank"),
        ("capacite_agir_nombre", "answered"),
    ],
)
def test_states(imported: Read, question_id: str, state: str) -> None:
    assert imported.states[question_id] == state
    if state == "ambiguous":
        assert imported.candidates[question_id] == ["0", "none"]


def test_what_is_not_in_the_file_has_no_row(imported: Read) -> None:
    assert not {"reseaux", "presentation.date_fermeture", "moyens.partenaires"} & imported.states.keys()


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number", "text"),
    [
        (313, 313.0, None),
        (6.25, 6.25, None),
        ("313", 313.0, None),
        ("12,5", 12.5, None),
        ("1 200", 1200.0, "1 200"),
        ("1 200,5", 1200.5, "1 200,5"),
        ("environ 30", None, "environ 30"),
        ("12 m2", None, "12 m2"),
        ("1 ou 2", None, "1 ou 2"),
        ("9" * 400, None, "9" * 400),
        (True, None, "true"),
    ],
)
def test_numbers(written: Any, number: float | None, text: str | None, tmp_path: Path) -> None:
    read = read_place(changed("blocs", "moyens", "donnees", "benevoles", to=written), tmp_path)
    assert read.states["moyens.benevoles"] == "answered"
    assert read.numbers("moyens.benevoles") == [number]
    assert read.texts("moyens.benevoles") == [text]


@pytest.mark.parametrize(
    ("written", "state"),
    [("", "blank"), (None, "blank"), ([], "blank"), ("0", "ambiguous"), (0.0, "ambiguous")],
)
def test_numbers_that_are_none(written: Any, state: str, tmp_path: Path) -> None:
    read = read_place(changed("blocs", "moyens", "donnees", "benevoles", to=written), tmp_path)
    assert read.states["moyens.benevoles"] == state


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2018-01-01T16:12:00.000000Z", "2018-01-01"),
        ("2012-10-23", "2012-10-23"),
        ("2012-13-45", "2012-13-45"),
        ("24/11/2018", "24/11/2018"),
    ],
)
def test_dates(written: str, text: str, tmp_path: Path) -> None:
    document = changed("blocs", "presentation", "donnees", "date_creation", to=written)
    assert read_place(document, tmp_path).texts("presentation.date_creation") == [text]


def test_choices_of_arrays_and_dictionaries(imported: Read) -> None:
    assert imported.labels("impact_social_public") == [
        ("benevoles", "Bénévoles (si applicable)", "exact"),
        (None, "Les chats du quartier", "unmapped"),
    ]
    assert imported.labels("status") == [
        ("association", "Association", "exact"),
        ("cooperative", "Coopérative", "exact"),
    ]
    publics = imported.labels("accessibilite.publics")
    assert [label for _, label, _ in publics] == ["Enfants", "Tout le monde", "Chats"]
    assert publics[2] == (None, "Chats", "unmapped")
    assert imported.labels("valeurs") == [("partage", "Partage", "exact")]


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("Association", ["Association"]),
        ([], []),
        (["Association", "Association", "", None], ["Association"]),
        (0, []),
        ([0, "Entreprise"], ["Entreprise"]),
    ],
)
def test_legal_status(written: Any, labels: list[str], tmp_path: Path) -> None:
    read = read_place(changed("status", to=written), tmp_path)
    assert read.states["status"] == ("answered" if labels else "blank")
    assert [label for _, label, _ in read.labels("status")] == labels if labels else True


def test_values_of_2021_hold_a_check(tmp_path: Path) -> None:
    written = {"Accueil": {"check": 0}, "Environnement ": {"check": 1}, "Partage": {"check": True}}
    read = read_place(changed("blocs", "valeurs", "donnees", to=written), tmp_path)
    assert [answer_id for answer_id, _, _ in read.labels("valeurs")] == ["environnement", "partage"]


@pytest.mark.parametrize(
    "written", [["Bureau"], {"donnees": {"Bureau": {"present": 1}, "Fablab": {"present": 0}}}]
)
def test_activities(written: Any, tmp_path: Path) -> None:
    assert read_place(changed("activites", to=written), tmp_path).labels("activites") == [
        ("bureau", "Bureau", "exact")
    ]


def test_testimonies_are_verbatim(imported: Read) -> None:
    assert imported.testimonies["lien_social"]["text"] == "Le repas du jeudi. "
    assert imported.testimonies["presentation.idee_fondatrice"]["text"] == "Essayer ensemble."
    assert not any(row["is_truncated"] for row in imported.testimonies.values())


def test_ratings_and_keywords(imported: Read, tmp_path: Path) -> None:
    assert imported.numbers("intensite_effets_individuels") == [4.0]
    keywords = sorted(imported.observations["mots_cles_effets_individuels"], key=lambda row: row["ordinal"])
    assert [row["value_text"] for row in keywords] == ["santé", "confiance", "joie de vivre"]
    document = changed("blocs", "impact_social", "donnees", "intensite_effets_individuels", to=7)
    out_of_range = read_place(document, tmp_path)
    assert out_of_range.numbers("intensite_effets_individuels") == [None]
    assert out_of_range.texts("intensite_effets_individuels") == ["7"]


def test_old_keys_answer_the_questions_of_today(imported: Read, tmp_path: Path) -> None:
    assert imported.numbers("moyens.fonctionnement.Autres Subventions") == [150.0]
    example = imported.testimonies["entretien_des_espaces_effets_positif_example"]
    assert example["text"] == "Le jardin est entretenu."
    assert example["source_pointer"] == "/blocs/impact_social/donnees/entretien_des_espaces"
    both = changed(
        "blocs", "moyens", "donnees", "fonctionnement", to={"Subventions": 5, "Autres Subventions": 9}
    )
    assert read_place(both, tmp_path).numbers("moyens.fonctionnement.Autres Subventions") == [9.0]


def test_unknown_questions_are_kept(imported: Read) -> None:
    assert imported.unmapped_questions == {"impact_social.question_future": '["oui"]'}


def test_pointers_lead_back_to_the_value(imported: Read) -> None:
    document = json.loads(place.redact(json.dumps(IMPORTED).encode()))
    pointers = [row["source_pointer"] for seen in imported.observations.values() for row in seen]
    assert len(pointers) > 20
    for pointer in pointers:
        value = document
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert value is not None


# --- what is refused, what is removed -----------------------------------------------------------------------


def test_personal_and_secret_fields_are_removed() -> None:
    redacted = place.redact(json.dumps({**IMPORTED, "hash_admin": "s3cret", "Clé": "s3cret"}).encode())
    for secret in (b"Camille", b"camille@exemple.fr", b"s3cret", b"0123/edit"):
        assert secret not in redacted
    document = json.loads(redacted)
    assert document.keys() == IMPORTED.keys() - {"creator"}
    assert document["blocs"] == IMPORTED["blocs"]


def test_a_secret_behind_a_doubled_key_is_removed() -> None:
    redacted = place.redact(b'{"name": "A", "x": {"email": "a@exemple.fr"}, "x": 1, "blocs": {}}')
    assert b"a@exemple.fr" not in redacted


def test_a_file_without_secrets_is_left_as_it_is() -> None:
    data = json.dumps({key: IMPORTED[key] for key in ("name", "blocs")}, indent=3).encode()
    assert place.redact(data) is data


def test_no_key_of_the_codebook_counts_as_secret() -> None:
    keys = [part for question_id in CODEBOOK.questions for part in question_id.split(".")]
    keys += [answer.label_fr for answers in CODEBOOK.answers.values() for answer in answers]
    assert not [key for key in keys if place._SECRET_KEYS.fullmatch(key)]


@pytest.mark.parametrize(
    "data",
    [
        b'{"name": "A", "blocs": ',
        b'{"name": "A", "blocs": {"x": NaN}}',
        b'{"name": "A", "blocs": {"x": "\\ud800"}}',
        b'{"name": "A", "blocs": []}',
        b'{"name": 3, "blocs": {}}',
        b'{"blocs": {}}',
        b"[]",
        '{"name": "Café", "blocs": {}}'.encode("cp1252"),
        b'{"name": "A", "blocs": {"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        b'{"name": "A", "blocs": {"x": ' + b"9" * 5_000 + b"}}",
    ],
)
def test_damaged_files_are_rejected(data: bytes) -> None:
    with pytest.raises(Rejection) as caught:
        place.redact(data)
    assert caught.value.reason == "malformed"
    assert caught.value.remedy


def test_any_shape_of_values_is_read(tmp_path: Path) -> None:
    """Whatever stands where something else was expected, the files load and answers stay answers."""
    odd_values = (None, "", "texte", 0, 3, -1.5, True, [], [[1], {"a": 1}], {}, {"a": {"b": 1}}, {"/~": 1})
    blocks = ("presentation", "accessibilite", "valeurs", "moyens", "composition", "impact_social")
    profile = ("ouverture", "surface", "surfaces", "idee_fondatrice", "date_creation", "thematiques")
    social = ("impact_social_public", "lien_social", "intensite_effets_individuels", "capacite_agir_nombre")
    paths = [
        *((key,) for key in ("status", "activites", "evenements", "address")),
        *(("blocs", block, "donnees") for block in blocks),
        *(("blocs", "presentation", "donnees", key) for key in profile),
        *(("blocs", "impact_social", "donnees", key) for key in social),
    ]
    documents = [changed(*path, to=odd) for path in paths for odd in odd_values]
    with RawTables(tmp_path / "build.duckdb", ROOT, tmp_path / "spill") as tables:
        tables.load(
            [
                read_export(
                    f"{number:064}", place.NAME, 0, place.redact(json.dumps(document).encode()), CODEBOOK
                )
                for number, document in enumerate(documents)
            ]
        )
        (records,) = tables.connection.execute("select count(*) from raw.records").fetchone() or (0,)
        without_answer = tables.connection.execute(
            """
            select source_id, question_id from raw.responses where state = 'answered'
            except (
                select source_id, question_id from raw.observations
                union select source_id, question_id from raw.testimonies
            )
            """
        ).fetchall()
    assert records == len(documents)
    assert without_answer == []


def test_recognised_by_its_blocks() -> None:
    data = json.dumps(IMPORTED).encode()
    assert place.recognise(Sample.of("x.txt", data))
    assert place.recognise(Sample.of("x.json", b"\xef\xbb\xbf \n" + data))
    assert not place.recognise(Sample.of("x.json", b'{"name": "A", "answers": []}'))
    environment = {"name": "A", "blocs": {"presentation": {"donnees": {}}, "biodiversite": {"donnees": {}}}}
    assert not place.recognise(Sample.of("x.json", json.dumps(environment).encode()))


# --- real places --------------------------------------------------------------------------------------------

real_places = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real places are not here")


@real_places
@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_real_places_read_whole(file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    assert place.recognise(Sample.of(file.name, data))
    document = json.loads(data)
    presentation = document["blocs"]["presentation"]["donnees"]
    read = read_place(data, tmp_path)
    assert read.record["project_name"] == document["name"]
    assert read.record["postal_code"] == document["address"]["postalcode"]
    assert read.numbers("presentation.surface") == [presentation["surface"]]
    jobs = presentation["emplois directs"]
    assert read.states["presentation.emplois directs"] == ("answered" if jobs else "ambiguous")
    if jobs:
        assert read.numbers("presentation.emplois directs") == [jobs]
    ticked = [label for label, tick in document["blocs"]["valeurs"]["donnees"].items() if tick]
    assert read.states["valeurs"] == ("answered" if ticked else "blank")
    texts = document["blocs"]["impact_social"]["donnees"]
    for key, text in texts.items():
        question_id = key if key != "entretien_des_espaces" else f"{key}_effets_positif_example"
        assert read.states[question_id] == ("answered" if text else "blank")
        if text:
            assert read.testimonies[question_id]["text"] == text
    assert read.forms == {"profile": "not_asked", "social": "not_asked"}
    assert read.unmapped_questions == {}
    assert {row["match"] for seen in read.observations.values() for row in seen} <= {
        "exact",
        "rewritten",
        None,
    }


@real_places
def test_real_places_hold_every_state(tmp_path: Path) -> None:
    read = read_place((SAMPLES / "Le_Spot.json").read_bytes(), tmp_path)
    assert set(read.states.values()) == {"answered", "blank", "ambiguous"}
    assert read.numbers("presentation.emplois directs") == [6.25]
