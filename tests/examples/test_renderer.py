"""The renderer against pages that the platform itself made from known answers."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from examples.pages import Style, render

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "data" / "pages"

#: The samples say T4 for the later of its two variants.
GENERATIONS = {"T4": "T4b"}


def samples() -> list[Any]:
    listing = SAMPLES / "answers.json"
    if not listing.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no sample pages beside the project"))]
    return [pytest.param(sample, id=sample["file"]) for sample in json.loads(listing.read_text("utf-8"))]


class _Page(HTMLParser):
    """Words and tags between the heading and the footer, with the attributes that a reader may use."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tokens: list[object] = []
        self._is_inside = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if values.get("class") == "impact-title":
            self._is_inside = True
        if values.get("id") == "modal_container" or tag == "footer":
            self._is_inside = False
        if self._is_inside and tag != "a":
            self.tokens.append((tag, values.get("class"), values.get("id"), values.get("alt")))

    def handle_endtag(self, tag: str) -> None:
        if self._is_inside and tag not in ("a", "br"):
            self.tokens.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.tokens += data.split()


@pytest.mark.parametrize("sample", samples())
def test_samples_are_rendered_exactly(sample: dict[str, Any]) -> None:
    source = (SAMPLES / sample["file"]).read_text("utf-8")
    generation = GENERATIONS.get(sample["generation"], sample["generation"])
    made = render(sample["answers"], sample["name"], generation, sample["form"])
    if sample["form"] == "html":
        assert _Page(made).tokens == _Page(source).tokens
    else:
        assert made.strip() == source.strip()


def test_the_real_page_is_rendered_but_for_its_layout() -> None:
    between = ["Personnes travaillant sur le site (si applicable)", "Bénévoles (si applicable)"]
    answers = {
        "impact_social_public": between,
        "impact_social_occasion": [
            "Dans la vie quotidienne du projet",
            "Lors d'évènements grand public",
            "Lors de temps spécifiques organisés pour favoriser les rencontres entre ces publics",
        ],
        "impact_social_frequence": ["Au moins une fois par mois"],
        "lien_social": (
            "rencontres lors d'ateliers pari à pari, réponses communes à des appels d'offres entre coworker, "
            "développement du réseau entre coworkers"
        ),
        "sante_effet": [],
        "sante_bien_être": (
            "venir travailler en espace de travail partagé permet du lien social pour les personnes "
            "travaillant seules. parfois une reponses a des questions en temps réel. des avis sur des "
            "décisions professionnelles à prendre ..."
        ),
        "solidarite_type": ["Compétences (cours de français, conseil en informatique, communication...)"],
        "solidarite_public": between,
        "solidarite": "reponse à aap commune, échange d'expérience...",
        "reseaux_type": ["Autour d'un projet ou d'une action"],
        "reseaux_public": between,
        "reseaux": (
            "projet sentiers communs dont utopic est fondateur. des bénévoles (utilisant le lieux) se sont "
            "mobilisés. sorties de groupe informelles (sport, repas...)"
        ),
        "appartenance_exclusion_public": [
            "Oui, certaines personnes se sentent faire partie d'un groupe autour du ou d'un projet"
        ],
        "appartenance_exclusion": (
            "communauté de coworker, se mobilise lors des événements orgaisés par l'association. tiennent à "
            "la poursuite du projet"
        ),
        "entretien_des_espaces_effets": ["Non, aucun effet"],
        "services_publics_gestion": ["Non, rien n'a changé pour les espaces existants"],
        "services_publics": "",
        "innovation_publique_effet": [
            "Oui, cela a permis d'améliorer ou expérimenter de nouveaux modes de faire"
        ],
        "innovation_publique": (
            "recrutement commun entre association = gestion de salarié en commun, gestion de budget commune, "
            "coopération, mutualisation. compréhension des projets de chacun"
        ),
    }
    made = render(answers, "UTOPIC", "T6", "rendered", Style(quotations="mixed", airy=True))
    real = (ROOT / "exports" / "2024" / "utopic.txt").read_text("utf-8")

    def words(text: str) -> list[str]:
        return text.replace("*", "").replace("|", "").split()

    assert words(made) == words(real)
