"""What the place tests share: a small imported place, and reading one through its queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.export import read_export
from ingest.formats import place
from ingest.raw_tables import RawTables

ROOT = Path(__file__).parents[2]
#: Real pilot places; not part of the project.
SAMPLES = ROOT.parent / "shared" / "data" / "places"

SOURCE_ID = "a" * 64

IMPORTED: dict[str, Any] = {
    "name": "La Halle aux essais",
    "status": ["Association", "Coopérative"],
    "address": {"address": "1 rue des Essais", "postalcode": "35000", "city": "Rennes"},
    "creator": {"name": "Camille Inventée", "email": "camille@exemple.fr"},
    "publish": True,
    "blocs": {
        "presentation": {
            "visible": 1,
            "donnees": {
                "ouverture": {"En permanence": 0, "Plusieurs jours par semaine": 1},
                "idee_fondatrice": "Essayer ensemble.",
                "noms_occupants": "",
                "nombre_occupants": "12",
                "nb_manager": 0,
                "surface": "313",
                "surfaces": {
                    "totale": "313",
                    "exterieur": "1 200",
                    "bureau": "12,5",
                    "atelier": "environ 30",
                },
                "emplois directs": 6.25,
                "date_creation": "2018-01-01T16:12:00.000000Z",
                "date_ouverture": "",
                "thematiques": ["Culture", "Apiculture"],
            },
        },
        "accessibilite": {
            "visible": 1,
            "donnees": {
                "publics": {"Enfants": 1, "Famille": 0, "Tout le monde": 1, "Chats": 1},
                "transports": {"Bus": 0, "Vélo": 0},
            },
        },
        "valeurs": {"visible": 1, "donnees": {"Accueil": 0, "Partage": 1}, "texte": {"Partage": "tout"}},
        "moyens": {
            "visible": 1,
            "donnees": {"fonctionnement": {"Subventions": 150, "Recettes": "0"}, "benevoles": "3"},
        },
        "impact_social": {
            "visible": 1,
            "donnees": {
                "impact_social_public": ["Bénévoles (si applicable)", "Les chats du quartier"],
                "impact_social_frequence": [],
                "impact_social_occasion": None,
                "lien_social": "Le repas du jeudi. ",
                "sante_bien_être": " ",
                "capacite_agir_nombre": "une dizaine",
                "insertion_professionnelle_nb_personnes": 0,
                "entretien_des_espaces": "Le jardin est entretenu.",
                "intensite_effets_individuels": 4,
                "intensite_effets_collectifs": 0,
                "mots_cles_effets_individuels": "santé,confiance, , joie de vivre",
                "question_future": ["oui"],
            },
        },
        "data_territoire": {"donnees": {"geo": {"lat": 48.1, "lon": -1.67}, "insee": {"iris": {"nb": 99}}}},
    },
    "reseaux_sociaux": {"donnees": {"web": "https://commune.exemple/place/halle/0123/edit"}},
    "evenements": {"publics": {"nombre": "7", "personnes accueillies": 0}},
    "activites": ["Bureau", "Fablab"],
}


def changed(*path: str, to: Any) -> dict[str, Any]:
    """The imported place with another value at `path`."""
    document = deepcopy(IMPORTED)
    inner = document
    for key in path[:-1]:
        inner = inner.setdefault(key, {})
    inner[path[-1]] = to
    return document


@dataclass(slots=True)
class Read:
    """A place's raw rows; responses and observations by question."""

    record: dict[str, Any]
    forms: dict[str, str]
    states: dict[str, str]
    candidates: dict[str, list[str]]
    observations: dict[str, list[dict[str, Any]]]
    testimonies: dict[str, dict[str, Any]]
    unmapped_questions: dict[str, str]

    def numbers(self, question_id: str) -> list[float | None]:
        return [row["value_number"] for row in self.observations[question_id]]

    def texts(self, question_id: str) -> list[str | None]:
        return [row["value_text"] for row in self.observations[question_id]]

    def labels(self, question_id: str) -> list[tuple[str | None, str, str]]:
        return [
            (row["answer_id"], row["raw_label"], row["match"])
            for row in sorted(self.observations[question_id], key=lambda row: row["ordinal"])
        ]


def read_place(document: Mapping[str, Any] | bytes, folder: Path) -> Read:
    """Redact and read one place through a database in `folder`; check what holds of every place."""
    data = place.redact(document if isinstance(document, bytes) else json.dumps(document).encode())
    with RawTables(folder / "build.duckdb", ROOT, folder / "spill") as tables:
        tables.load([read_export(SOURCE_ID, place.NAME, len(data), data, tables.codebook)])

        def rows(table: str) -> list[dict[str, Any]]:
            cursor = tables.connection.execute(f"select * from raw.{table}")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        (record,) = rows("records")
        responses = rows("responses")
        observations: dict[str, list[dict[str, Any]]] = {}
        for row in rows("observations"):
            observations.setdefault(row["question_id"], []).append(row)
        read = Read(
            record,
            {row["form"]: row["default_state"] for row in rows("record_forms")},
            {row["question_id"]: row["state"] for row in responses},
            {row["question_id"]: row["candidate_answer_ids"] for row in responses},
            observations,
            {row["question_id"]: row for row in rows("testimonies")},
            {row["question_ref"]: row["value_text"] for row in rows("unmapped_questions")},
        )
        tables.connection.execute("rollback")
        tables.connection.execute("begin")
    assert len(responses) == len(read.states), "a question stands twice"
    answered = {question_id for question_id, state in read.states.items() if state == "answered"}
    assert answered == read.observations.keys() | read.testimonies.keys()
    for question_id, seen in read.observations.items():
        assert sorted(row["ordinal"] for row in seen) == list(range(1, len(seen) + 1)), question_id
    return read
