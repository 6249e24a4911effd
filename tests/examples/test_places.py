"""Invented place files against the keys and types of real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from examples.answers import profile_answers, social_answers
from examples.codebook import questions
from examples.places import Location, Place, imported_place, pilot_place, place_text

PILOTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "places"
LOCATION = Location("1 place de l'Exemple", "04000", "Digne-les-Bains", 44.09, 6.23)


def shape(value: object, path: str = "") -> dict[str, str]:
    """The type at every path; what only the territory's figures hold is left out."""
    if isinstance(value, dict):
        shapes: dict[str, str] = {}
        for key, inside in value.items():
            if key not in ("insee", "geo_json", "population", "logement", "resilience", "realisations"):
                shapes |= shape(inside, f"{path}/{key}")
        return shapes
    return {path: "number" if isinstance(value, int | float) else type(value).__name__}


@pytest.fixture
def pilot() -> Place:
    return pilot_place("Exemple", LOCATION, profile_answers(1), social_answers(1))


@pytest.fixture
def imported() -> Place:
    return imported_place("Exemple", LOCATION, profile_answers(1), social_answers(1), year=2024)


@pytest.mark.skipif(not PILOTS.exists(), reason="no real place files beside the project")
def test_pilot_files_have_the_keys_of_real_ones(pilot: Place) -> None:
    made = shape(pilot)
    real = [shape(json.loads(path.read_text("utf-8"))) for path in sorted(PILOTS.glob("*.json"))]
    everywhere = set.intersection(*(set(one) for one in real))
    anywhere = set.union(*(set(one) for one in real))
    territory = "/blocs/data_territoire"
    assert {path for path in everywhere if not path.startswith(territory)} <= made.keys()
    assert {path for path in made if not path.startswith(territory)} <= anywhere
    for path in made.keys() & everywhere:
        assert made[path] in {one[path] for one in real}, path


def test_imported_files_hold_numbers_as_text_and_nothing_as_zero(imported: Place) -> None:
    shapes = shape(imported)
    counts = json.loads(place_text(imported))["blocs"]["moyens"]["donnees"]["fonctionnement"].values()
    assert all(isinstance(count, str) or count == 0 for count in counts)
    assert shapes["/status"] == "list"
    assert shapes["/reseaux_sociaux/donnees/web"] == "str"
    assert imported["creator"] == {"name": "Répondant inventé", "email": "repondant.invente@example.org"}


@pytest.mark.parametrize(("year", "has_choices"), [(2022, False), (2024, True)])
def test_choices_came_into_the_files_in_2023(year: int, has_choices: bool) -> None:
    place = imported_place("Exemple", LOCATION, profile_answers(1), social_answers(1), year=year)
    social = json.loads(place_text(place))["blocs"]["impact_social"]["donnees"]
    asked = {question.question_id for question in questions().values() if question.form == "social"}
    assert social.keys() == asked if has_choices else "entretien_des_espaces" in social
    assert ("sante_effet" in social) is has_choices


def test_both_spellings_of_a_file_say_the_same(imported: Place) -> None:
    plain, escaped = place_text(imported), place_text(imported, is_escaped=True)
    assert json.loads(plain) == json.loads(escaped) == imported
    assert escaped.isascii()
    assert not plain.isascii()
