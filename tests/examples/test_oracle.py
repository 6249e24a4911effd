"""The oracle: what it calls visible stands on the page, and the contract's rows come out of it."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from examples.answers import Taste, social_answers
from examples.codebook import questions
from examples.pages import DAMAGES, FORMS, GENERATIONS, Style, canonical, damage, render, visible

STATES = {"answered", "blank", "not_shown", "ambiguous", "lost"}
INSERTION, UPKEEP = "insertion_professionnelle", "entretien_des_espaces_effets"
NOTHING: dict[str, object] = {}
STYLES = (
    Style(),
    Style(heading="none"),
    Style(heading="mesure", bullets=False, airy=True, quotations="mixed"),
    Style(summary=True, keywords=True, broken=True, quotations="plain"),
)


def _plain(text: str) -> str:
    text = text.replace("</li><li>", "").replace("<strong>", "").replace("</strong>", "").replace("*", "")
    for escaped, letter in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&#039;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(escaped, letter)
    return canonical(text).lower()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_is_visible_stands_on_the_page(generation: str, form: str) -> None:
    for seed in range(12):
        answers = social_answers(seed, taste=Taste(contrary=0.2, unknown=0.1))
        for style in STYLES:
            page = _plain(render(answers, "Lieu", generation, form, style))
            found = visible(answers, generation, form, style)
            assert found.states.keys() == {
                question.question_id for question in questions().values() if question.form == "social"
            }
            assert set(found.states.values()) <= STATES
            for labels in found.answers.values():
                assert all(_plain(label.printed) in page for label in labels)
            for number in found.numbers.values():
                assert _plain(number) in page
            for quotation in found.testimonies.values():
                assert _plain(quotation.texts[0]) in page
            for words in found.keywords.values():
                assert all(f"#{word}" in page for word in words)


def test_details_are_given_for_what_is_answered_and_for_nothing_else() -> None:
    for seed in range(60):
        answers = social_answers(seed)
        generation, form = GENERATIONS[seed % 7], FORMS[seed % 6]
        found = visible(answers, generation, form)
        described = {
            *found.answers,
            *found.numbers,
            *found.ratings,
            *found.keywords,
            *found.testimonies,
        }
        assert described == {question for question, state in found.states.items() if state == "answered"}
        assert found.candidates.keys() == {
            question for question, state in found.states.items() if state == "ambiguous"
        }


@pytest.mark.parametrize("generation", GENERATIONS[1:])
def test_a_page_without_answers_tells_nothing(generation: str) -> None:
    found = visible(NOTHING, generation, "html")
    assert "answered" not in found.states.values()
    assert found.candidates == {
        "entretien_des_espaces_effets": ("negatifs", "positifs", "none"),
        "services_publics_gestion": ("surcharge", "none"),
        "innovation_publique_effet": ("difficile", "none"),
    }


@pytest.mark.parametrize(
    ("answers", "generation", "form", "question", "state"),
    [
        ({"lien_social": "Oui"}, "T2", "html", "impact_social_public", "not_shown"),
        ({"lien_social": "Oui"}, "T6", "html", "impact_social_public", "blank"),
        ({"lien_social": "Oui"}, "T6", "article", "impact_social_public", "lost"),
        ({"lien_social": "Oui"}, "T6", "article", "lien_social", "lost"),
        ({"impact_social_public": ["Bénévoles"]}, "T6", "html", "impact_social_public", "not_shown"),
        ({"impact_social_public": ["Bénévoles"]}, "T6", "html", "lien_social", "blank"),
        ({"sante_bien_être": "Oui"}, "T5c", "article", "sante_effet", "blank"),
        ({INSERTION: "Oui"}, "T6", "copy", f"{INSERTION}_nb_personnes", "blank"),
        ({"capacite_agir": "Oui"}, "T6", "copy", "capacite_agir_nombre", "blank"),
        ({}, "T6", "copy", "appartenance_exclusion_public", "blank"),
        ({}, "T6", "copy", "appartenance_exclusion", "not_shown"),
        ({"egalite_homme_femme": "Oui"}, "T6", "copy", "egalite_homme_femme_public", "blank"),
        ({UPKEEP: ["Non, aucun effet"]}, "T6", "copy", f"{UPKEEP}_positif_type", "not_shown"),
        ({}, "T6", "copy", f"{UPKEEP}_negatif_type", "blank"),
        ({}, "T6", "copy", "services_publics_besoin_urgent", "blank"),
        ({"innovation_publique_effet": ["Non"]}, "T6", "copy", "innovation_publique", "not_shown"),
        ({}, "T6", "html", "intensite_effets_individuels", "blank"),
        ({"intensite_effets_individuels": 5}, "T6", "html", "intensite_effets_individuels", "answered"),
        ({"intensite_effets_individuels": 5}, "T6", "copy", "intensite_effets_individuels", "not_shown"),
        ({"appartenance_exclusion_type": ["X"]}, "T6", "html", "appartenance_exclusion_type", "not_shown"),
    ],
)
def test_rows_of_the_contract(
    answers: dict[str, object], generation: str, form: str, question: str, state: str
) -> None:
    assert visible(answers, generation, form).states[question] == state


def test_answers_told_by_absence_are_inferred() -> None:
    answers: dict[str, object] = {
        "entretien_des_espaces_effets": ["Non, aucun effet"],
        "cadre_de_vie_image": ["Non"],
        "cadre_de_vie": "Rien de neuf",
    }
    found = visible(answers, "T6", "html")
    assert found.inferred == {"entretien_des_espaces_effets", "cadre_de_vie_image"}
    assert found.answers["cadre_de_vie_image"][0].answer_id == "non"


@pytest.mark.parametrize(
    ("text", "form", "texts", "is_truncated"),
    [
        ("Oui !", "copy", ("Oui !",), False),
        ("Des voisins", "copy", ("Des voisins", "Des voisins."), False),
        ("Des voisins.", "copy", ("Des voisins.", "Des voisins"), False),
        ("Pas encore...", "copy", ("Pas encore...",), False),
        ("a" * 310 + ".", "html", ("a" * 310 + ".",), False),
        ("a" * 310 + ".", "naive", ("a" * 310 + ".",), False),
        ("a" * 310 + ".", "layout", ("a" * 300,), True),
        ("a" * 310, "layout", ("a" * 300, "a" * 300 + "."), None),
        ("a" * 310, "copy", ("a" * 300, "a" * 300 + "."), True),
        ("é" * 200, "copy", ("é" * 200, "é" * 200 + "."), None),
    ],
)
def test_testimonies(text: str, form: str, texts: tuple[str, ...], is_truncated: bool | None) -> None:
    quotation = visible({"lien_social": text}, "T6", form).testimonies["lien_social"]
    assert (quotation.texts, quotation.is_truncated) == (texts, is_truncated)


def test_older_pages_append_no_period() -> None:
    assert visible({"lien_social": "Oui"}, "T2", "copy").testimonies["lien_social"].texts == ("Oui",)


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_leaves_the_words(kind: str) -> None:
    text = render(social_answers("damage"), "L'Étincelle", "T6", "layout")
    data = damage(text, kind)
    decoded = data.decode("cp1252" if kind == "cp1252" else "utf-8-sig")
    assert canonical(decoded) == canonical(text)
    if kind == "nfd":
        assert unicodedata.normalize("NFC", decoded) != decoded


@pytest.mark.parametrize(("generation", "form"), [("T1", "html"), ("T6", "pdf")])
def test_what_does_not_exist_cannot_be_rendered(generation: str, form: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        render(NOTHING, "Lieu", generation, form)


def test_answers_follow_from_their_seed() -> None:
    def made(*seed: Any) -> dict[str, object]:
        return social_answers(*seed)

    assert made("a", 1) == made("a", 1) != made("a", 2)
