"""Place files of the platform, in both families: imported from the form, and made by hand for the pilot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from examples.codebook import choices, questions
from examples.content import Answers
from examples.draw import Draw

Place = dict[str, object]

#: The old text on upkeep, before it was split in two.
_OLD_UPKEEP = "entretien_des_espaces"

#: The texts of pilot files.
_PILOT_TEXTS = (
    "insertion_professionnelle",
    "appartenance_exclusion",
    "reseaux",
    "capacite_agir",
    "sante_bien_être",
    "lien_social",
    "solidarite",
    "egalite_homme_femme",
    "cadre_de_vie",
    _OLD_UPKEEP,
    "services_publics",
    "innovation_publique",
)

#: Figures that every pilot file repeats, whatever its territory.
_DUMMY_FIGURES = {
    "population": {"female_15_29": 337.764915818553, "male_15_29": 325.310299666675},
    "logement": {"main_residence": 1505.88583567689, "unoccupied": 167.972959696708},
    "activites": {"chomeur": 247.094534755048, "actif": 1460.32855845056},
}


@dataclass(frozen=True, slots=True)
class Location:
    address: str
    postal_code: str
    city: str
    latitude: float
    longitude: float


def imported_place(
    name: str, location: Location, profile: Answers, social: Answers, *, year: int, seed: object = 0
) -> Place:
    """A place as the import from the form leaves it: numbers as text, unanswered numbers as 0.

    `year`: of the import, on which the keys of the social part depend.
    """
    draw = Draw("imported", seed)
    moment = f"T{draw.between(8, 18):02}:{draw.between(0, 59):02}:00.000000Z"

    def number(question_id: str) -> str | int:
        value = profile.get(question_id)
        return 0 if value is None else str(value)

    def date(question_id: str) -> str:
        value = profile.get(question_id)
        return f"{value}{moment}" if value else ""

    values = _ticked(profile, "valeurs")
    surfaces = {kind: number(f"presentation.surfaces.{kind}") for kind in _SURFACES}
    presentation = {
        "ouverture": _dictionary(profile, "presentation.ouverture", without="Ouverture prochaine"),
        "idee_fondatrice": profile["presentation.idee_fondatrice"],
        "nombre_occupants": number("presentation.nombre_occupants"),
        "noms_occupants": profile["presentation.noms_occupants"],
        "nb_manager": number("presentation.nb_manager"),
        "date_ouverture": date("presentation.date_ouverture"),
        "date_creation": date("presentation.date_creation"),
        "date_fermeture": "",
        "surface": number("presentation.surface"),
        "surfaces": {"totale": number("presentation.surface"), **surfaces},
        "emplois directs": profile["presentation.emplois directs"] or 0,
        "acteurs_publics": profile["presentation.acteurs_publics"],
        "acteurs_prives": profile["presentation.acteurs_prives"],
        "natures_partenariats": _natures(profile),
        "thematiques": _ticked(profile, "presentation.thematiques") or None,
    }
    if year < 2022:
        presentation.pop("date_fermeture")
        presentation.pop("surfaces")
        presentation.pop("thematiques")
    place: Place = {
        "name": name,
        "status": _ticked(profile, "status"),
        "address": _address(location),
        "creator": {"name": "Répondant inventé", "email": "repondant.invente@example.org"},
        "tags": [],
        "publish": True,
        "blocs": {
            "presentation": _block(True, presentation),
            "accessibilite": _block(1, _access(profile, "Mal voyants")),
            "valeurs": {
                **_block(1, _dictionary(profile, "valeurs")),
                "texte": {label: "Une valeur vécue au quotidien" for label in values[:1]},
            },
            "moyens": _block(
                True,
                {
                    "investissement": {
                        "Fonds publics": number("moyens.investissement.Fonds publics"),
                        "Fonds privés": number("moyens.investissement.Fonds privés"),
                        "Fonds apportés": 0,
                    },
                    "fonctionnement": {
                        kind: number(f"moyens.fonctionnement.{kind}")
                        for kind in ("Autres Subventions", "Aides publiques", "Aides privées", "Recettes")
                    },
                    "benevoles": number("moyens.benevoles"),
                    "partenaires": profile["moyens.partenaires"] or 0,
                },
            ),
            "composition": _block(
                0,
                {
                    "type": {kind: number(f"composition.type.{kind}") for kind in _STRUCTURES},
                    "structures_crees": number("composition.structures_crees"),
                },
            ),
            "impact_social": _block(True, _social(social, year)),
            "galerie": _block(1, ["facade.jpg"]),
            "data_territoire": _block(1, {"geo": _geo(location), "insee": _insee(draw, as_text=True)}),
        },
        "reseaux_sociaux": _block(1, {"web": "https://lieu.example.org", "facebook": "", "twitter": ""}),
        "evenements": {
            kind: {
                "nombre": number(f"evenements.{kind}.nombre"),
                "personnes accueillies": number(f"evenements.{kind}.personnes accueillies"),
            }
            for kind in ("publics", "prives")
        },
        "activites": _ticked(profile, "activites"),
    }
    return place


def pilot_place(name: str, location: Location, profile: Answers, social: Answers) -> Place:
    """A place as the pilot's files have it: numbers as numbers, twelve texts, figures of no territory."""

    def number(question_id: str) -> object:
        return profile.get(question_id) or 0

    return {
        "name": name,
        "status": (_ticked(profile, "status") or ["Association"])[0],
        "iris_code": int(f"{location.postal_code}0101") if location.postal_code.isdigit() else "",
        "address": _address(location),
        "badges": ["France"],
        "tags": [location.city, "Famille"],
        "publish": False,
        "blocs": {
            "presentation": _block(
                1,
                {
                    "ouverture": _dictionary(profile, "presentation.ouverture"),
                    "idee_fondatrice": profile["presentation.idee_fondatrice"],
                    "nombre_occupants": number("presentation.nombre_occupants"),
                    "noms_occupants": profile["presentation.noms_occupants"],
                    "nb_manager": number("presentation.nb_manager"),
                    "date_ouverture": profile["presentation.date_ouverture"],
                    "date_creation": profile["presentation.date_creation"],
                    "surface": number("presentation.surface"),
                    "emplois directs": number("presentation.emplois directs"),
                    "acteurs_publics": profile["presentation.acteurs_publics"],
                    "acteurs_prives": profile["presentation.acteurs_prives"],
                    "natures_partenariats": _natures(profile),
                },
            ),
            "accessibilite": _block(1, _access(profile, "")),
            "valeurs": _block(1, _dictionary(profile, "valeurs")),
            "moyens": _block(
                1,
                {
                    "investissement": {
                        kind: number(f"moyens.investissement.{kind}")
                        for kind in ("Fonds publics", "Fonds privés", "Fonds apportés")
                    },
                    "fonctionnement": {
                        "Subventions": number("moyens.fonctionnement.Autres Subventions"),
                        "Aides privées": number("moyens.fonctionnement.Aides privées"),
                        "Recettes": number("moyens.fonctionnement.Recettes"),
                    },
                    "benevoles": number("moyens.benevoles"),
                    "partenaires": number("moyens.partenaires"),
                },
            ),
            "composition": _block(
                1,
                {
                    "type": {kind: number(f"composition.type.{kind}") for kind in _STRUCTURES},
                    "structures_crees": number("composition.structures_crees"),
                },
            ),
            "impact_social": _block(1, {key: social.get(key) or "" for key in _PILOT_TEXTS}),
            "galerie": _block(1, []),
            "data_territoire": _block(
                1,
                {
                    "geo": _geo(location),
                    "insee": _insee(Draw("pilot", name), as_text=False),
                    **_DUMMY_FIGURES,
                    "realisations": {"event": {"nombre": 4, "title": "Nombre d'événements publics / privés"}},
                },
            ),
        },
        "reseaux_sociaux": _block(
            1, [{"name": kind, "link": ""} for kind in ("web", "facebook", "twitter", "instagram")]
        ),
        "evenements": {
            kind: {
                "nombre": number(f"evenements.{kind}.nombre"),
                "personnes accueillies": number(f"evenements.{kind}.personnes accueillies"),
            }
            for kind in ("publics", "prives")
        },
    }


def place_text(place: Place, *, is_escaped: bool = False) -> str:
    """The file: indented, or on one line with every letter beyond ASCII escaped, as PHP writes by default."""
    if is_escaped:
        return json.dumps(place, separators=(",", ":")).replace("/", "\\/")
    return json.dumps(place, ensure_ascii=False, indent=4) + "\n"


_SURFACES = ("exterieur", "bureau", "atelier", "agriculture")
_STRUCTURES = ("Entreprises", "Associations", "Artistes", "Autres structures")


def _block(is_visible: bool | int, data: object) -> Place:
    return {"visible": is_visible, "donnees": data}


def _ticked(profile: Answers, question_id: str) -> list[str]:
    value = profile.get(question_id)
    return [str(label) for label in value] if isinstance(value, list) else []


def _dictionary(profile: Answers, question_id: str, without: str = "") -> dict[str, int]:
    """All labels of a question, 1 where ticked; "Tout le monde" has a key only where somebody ticked it."""
    ticked = _ticked(profile, question_id)
    known = [choice.label for choice in choices(questions()[question_id].answer_list)]
    known = [label for label in known if label not in (without, "Tout le monde") or label in ticked]
    return {label: int(label in ticked) for label in known}


def _access(profile: Answers, never_asked: str) -> Place:
    access = _dictionary(profile, "accessibilite.accessibilite")
    return {
        "publics": _dictionary(profile, "accessibilite.publics"),
        # The import leaves what the form does not ask at 0, the pilot files have it at 1 everywhere.
        "accessibilite": {**access, "Mal voyants": 0 if never_asked else 1},
        "transports": _dictionary(profile, "accessibilite.transports"),
    }


def _natures(profile: Answers) -> dict[str, list[str]]:
    return {
        kind: _ticked(profile, f"presentation.natures_partenariats.{kind}") for kind in ("public", "prive")
    }


def _address(location: Location) -> dict[str, str]:
    return {"address": location.address, "postalcode": location.postal_code, "city": location.city}


def _social(social: Answers, year: int) -> dict[str, object]:
    if year < 2023:
        return {key: social.get(key) or "" for key in _PILOT_TEXTS}
    data: dict[str, object] = {}
    for question in questions().values():
        if question.form == "social":
            value = social.get(question.question_id)
            data[question.question_id] = value if value not in ([], "", None) else _nothing(question.kind)
    return data


def _nothing(kind: str) -> object:
    return {"multiple": [], "single": [], "number": 0, "rating": None}.get(kind, "")


def _geo(location: Location) -> Mapping[str, object]:
    west, south = round(location.longitude - 0.01, 6), round(location.latitude - 0.01, 6)
    ring = [[west, south], [west + 0.02, south], [west, south + 0.02], [west, south]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"nom": location.city, "zone": "commune"},
    }
    return {
        "lat": location.latitude,
        "lon": location.longitude,
        "geo_json": {"type": "FeatureCollection", "features": [feature]},
    }


def _insee(draw: Draw, *, as_text: bool) -> Mapping[str, object]:
    def figure(title: str) -> Mapping[str, object]:
        count = draw.between(20, 900)
        return {"title": title, "nb": str(count) if as_text else count}

    zone = {
        "csp": {"cadre": figure("Cadres, Prof. intel. sup."), "employe": figure("Employés")},
        "logement": {"house": figure("Maison"), "appartment": figure("Appartement")},
    }
    return {"iris": zone, "commune": zone}
