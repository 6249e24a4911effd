"""What a reader is entitled to find on a page that was rendered from known answers.

Written from the contract's table "States on rendered pages" alone, without a look at any reader.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from examples.codebook import answer_ids, questions
from examples.content import (
    BALANCES,
    CRITERIA,
    LEVELS,
    Answers,
    keywords,
    labels,
    rating,
    section_is_shown,
    texts,
)
from examples.text_forms import USUAL, Style, collapse
from examples.wording import (
    EXCERPT_WIDTH,
    excerpt,
    has_more,
    is_empty,
    printed_excerpt,
    rewrite,
    rewrite_balance,
    since,
)

#: The candidate that stands for "nothing was answered".
NONE = "none"


@dataclass(frozen=True, slots=True)
class Label:
    """A chosen answer: its identifier, None if the codebook does not know it, and the label on the page.

    The label is empty where a sentence or an absence stands for the answer.
    """

    answer_id: str | None
    printed: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A testimony: the acceptable texts, the respondent's own first; None where truncation cannot be told."""

    texts: tuple[str, ...]
    is_truncated: bool | None


@dataclass(slots=True)
class Visible:
    """By question_id. `states` covers every question of the social form; the rest what was answered."""

    states: dict[str, str]
    answers: dict[str, list[Label]] = field(default_factory=dict)
    inferred: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    ratings: dict[str, int] = field(default_factory=dict)
    keywords: dict[str, list[str]] = field(default_factory=dict)
    testimonies: dict[str, Quotation] = field(default_factory=dict)
    candidates: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_named: bool = True

    def answer(self, question_id: str, found: list[Label], *, inferred: bool = False) -> None:
        self.states[question_id] = "answered"
        self.answers[question_id] = found
        if inferred:
            self.inferred.add(question_id)


def canonical(text: str) -> str:
    """Text without what damage or layout may change: composed, straight apostrophes, single blanks."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", text).strip()


def visible(answers: Answers, generation: str, form: str, style: Style = USUAL) -> Visible:
    """What `render(answers, name, generation, form, style)` shows."""
    page = _Page(answers, generation, form, style)
    page.summary()
    for _, _, _, question in CRITERIA:
        is_shown = section_is_shown(answers, generation, question, early=style.is_early)
        if generation == "T2":
            page.testimony_only(question, is_shown)
        else:
            _SECTIONS[question](page, is_shown)
    return page.found


class _Page:
    """The states of one page, question by question."""

    def __init__(self, answers: Answers, generation: str, form: str, style: Style) -> None:
        self.answers, self.generation, self.form, self.style = answers, generation, form, style
        social = [question_id for question_id, question in questions().items() if question.form == "social"]
        self.found = Visible(dict.fromkeys(social, "not_shown"))
        self.found.is_named = form != "article" and not (generation == "T2" and style.heading == "none")

    def set(self, question_id: str, state: str) -> None:
        self.found.states[question_id] = state

    # Parts that several sections have.

    def summary(self) -> None:
        """Intensities and keywords."""
        if not self.style.shows_summary(self.form):
            return
        has_signs = self.generation != "T2" or not self.style.is_early
        has_cloud = self.style.keywords and any(keywords(self.answers, level) for level in LEVELS)
        for level in LEVELS:
            question = f"intensite_effets_{level}"
            given = rating(self.answers, level)
            if self.form == "html" and has_signs:
                self.set(question, "answered" if given else "blank")
                if given:
                    self.found.ratings[question] = given
            question, words = f"mots_cles_effets_{level}", keywords(self.answers, level)
            if has_cloud:
                self.set(question, "answered" if words else "blank")
                if words:
                    self.found.keywords[question] = words

    def testimony(self, question_id: str, source: str | None = None) -> None:
        """The quotation of a section that stands on the page; `source`: the answer key, if another."""
        text = texts(self.answers, source or question_id)
        if self.form == "article":
            self.set(question_id, "lost")
        elif text.strip() in ("", "."):
            self.set(question_id, "blank")
        else:
            self.set(question_id, "answered")
            self.found.testimonies[question_id] = self.quotation(text)

    def quotation(self, text: str) -> Quotation:
        is_cut = excerpt(text) != text
        if self.form == "html" or (self.form == "naive" and has_more(text)):
            # A long text is printed a second time, whole and without an added period.
            whole = text if self.form == "html" else collapse(text).strip()
            return Quotation((whole,) if has_more(text) else self.readings(whole, text), False)
        shown = collapse(excerpt(text)).strip()
        readings = self.readings(shown, text)
        if self.form == "copy" and has_more(text):
            return Quotation(readings, True if is_cut else None)
        printed = collapse(printed_excerpt(text, self.generation)).strip()
        if not EXCERPT_WIDTH - 2 <= len(printed) <= EXCERPT_WIDTH + 1:
            return Quotation(readings, None if is_cut else False)
        return Quotation(readings, True if is_cut and printed[-1] not in ".!?…»" else None)

    def readings(self, shown: str, text: str) -> tuple[str, ...]:
        """How an excerpt may be read back, knowing that newer pages append a period to most of them."""
        if not since(self.generation, "T4a") or shown.endswith(".."):
            return (shown,)
        if text.endswith("."):
            return (shown, shown[:-1].rstrip()) if shown.endswith(".") else (shown,)
        # After these signs nobody types a period: it can only be the page's.
        return (shown,) if shown[-1:] in "!?…" else (shown, f"{shown}.")

    def choices(self, question_id: str, *, is_list: bool = False) -> None:
        """A slot: its labels, or the hole that it leaves."""
        given = labels(self.answers, question_id)
        if is_list and self.form == "article":
            self.set(question_id, "lost")
        elif given:
            self.found.answer(question_id, self.labels(question_id, given))
        elif is_list and self.form in ("copy", "naive", "rendered") and not self.style.bullets:
            self.set(question_id, "lost")
        else:
            self.set(question_id, "blank")

    def labels(self, question_id: str, given: list[str]) -> list[Label]:
        known = answer_ids(questions()[question_id].answer_list)
        printed = rewrite(given, self.generation, question_id)
        return [Label(known.get(label), shown) for label, shown in zip(given, printed, strict=True)]

    def only(self, question_id: str, answer_id: str, *, inferred: bool = False) -> None:
        """A sentence or an absence that stands for one answer."""
        self.found.answer(question_id, [Label(answer_id, "")], inferred=inferred)

    def ambiguous(self, question_id: str, *candidates: str) -> None:
        self.set(question_id, "ambiguous")
        self.found.candidates[question_id] = (*candidates, NONE)

    def is_in(self, generation: str) -> bool:
        """Whether lists stand as lists: from that generation on."""
        return since(self.generation, generation)

    # Sections.

    def testimony_only(self, question: str, is_shown: bool) -> None:
        """T2: a question and its text."""
        target = _TARGETS.get(question, question)
        if is_shown:
            self.testimony(target, question)
        elif question == "cadre_de_vie" and (self.style.is_early or self.form == "article"):
            # Without a heading that dates the page, the condition of this section is unknown.
            self.set(target, "not_shown")
        else:
            self.set(target, "blank")

    def lien_social(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("lien_social", "blank")
        self.choices("impact_social_public", is_list=self.is_in("T6"))
        self.choices("impact_social_occasion")
        self.choices("impact_social_frequence")
        self.testimony("lien_social")

    def sante(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("sante_bien_être", "blank")
        self.choices("sante_effet", is_list=self.is_in("T6"))
        self.testimony("sante_bien_être")

    def insertion(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("insertion_professionnelle", "blank")
        self.number("insertion_professionnelle_nb_personnes")
        self.choices("insertion_professionnelle_effets", is_list=self.is_in("T6"))
        self.testimony("insertion_professionnelle")

    def number(self, question_id: str) -> None:
        value = self.answers.get(question_id)
        self.set(question_id, "blank" if is_empty(value) else "answered")
        if not is_empty(value):
            self.found.numbers[question_id] = str(value).strip()

    def capacite(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("capacite_agir", "blank")
        self.number("capacite_agir_nombre")
        self.choices("capacite_agir_porte")
        self.testimony("capacite_agir")

    def solidarite(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("solidarite", "blank")
        self.choices("solidarite_type")
        self.choices("solidarite_public", is_list=self.is_in("T5b"))
        self.testimony("solidarite")

    def reseaux(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("reseaux", "blank")
        self.choices("reseaux_type")
        self.choices("reseaux_public", is_list=self.is_in("T6"))
        self.testimony("reseaux")

    def inclusion(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("appartenance_exclusion_public", "blank")
        if labels(self.answers, "appartenance_exclusion_public") == ["Non"]:
            self.only("appartenance_exclusion_public", "non")
        else:
            self.choices("appartenance_exclusion_public")
        self.testimony("appartenance_exclusion")

    def egalite(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("egalite_homme_femme", "blank")
        for question, _ in BALANCES:
            given = labels(self.answers, question)[:1]
            self.set(question, "blank")
            if given:
                answer_id = answer_ids("egalite").get(given[0])
                self.found.answer(question, [Label(answer_id, rewrite_balance(given[0], self.generation))])
        self.testimony("egalite_homme_femme")

    def cadre_de_vie(self, is_shown: bool) -> None:
        if not is_shown:
            return self.set("cadre_de_vie", "blank")
        if labels(self.answers, "cadre_de_vie_image") == ["Non"]:
            self.only("cadre_de_vie_image", "non", inferred=True)
        else:
            self.choices("cadre_de_vie_image")
            self.choices("cadre_de_vie_type")
        self.testimony("cadre_de_vie")

    def entretien(self, is_shown: bool) -> None:
        effects, question = "entretien_des_espaces_effets", "entretien_des_espaces_effets_{}_{}"
        if not is_shown:
            return self.only(effects, "aucun-effet", inferred=True)
        if labels(self.answers, effects) == ["Des effets positifs"]:
            side = "positif"
            self.only(effects, "positifs")
        else:
            side = "negatif"
            if labels(self.answers, question.format(side, "type")):
                self.only(effects, "negatifs")
            else:
                self.ambiguous(effects, "negatifs", "positifs")
        self.choices(question.format(side, "type"))
        self.testimony(question.format(side, "example"))

    def services(self, is_shown: bool) -> None:
        given = labels(self.answers, "services_publics_gestion")
        answer_id = answer_ids("services_gestion").get(given[0]) if len(given) == 1 else None
        if answer_id in ("espaces-non-entretenus", "rien-change", "amelioree"):
            self.only("services_publics_gestion", answer_id)
        else:
            self.ambiguous("services_publics_gestion", "surcharge")
        if labels(self.answers, "services_publics_besoin_urgent"):
            self.choices("services_publics_besoin_urgent", is_list=self.is_in("T5b"))
        else:
            self.set("services_publics_besoin_urgent", "blank")
        self.testimony("services_publics")

    def innovation(self, is_shown: bool) -> None:
        given = labels(self.answers, "innovation_publique_effet")
        answer_id = answer_ids("innovation_effets").get(given[0]) if len(given) == 1 else None
        if answer_id in ("non", "amelioration"):
            self.only("innovation_publique_effet", answer_id)
        else:
            self.ambiguous("innovation_publique_effet", "difficile")
        if answer_id == "amelioration" or (answer_id != "non" and self.generation == "T3"):
            self.choices("innovation_publique_type")
        if answer_id != "non" or self.generation == "T3":
            self.testimony("innovation_publique")


#: The early text on upkeep answers what later became the example of positive effects.
_TARGETS = {"entretien_des_espaces": "entretien_des_espaces_effets_positif_example"}

_SECTIONS = {
    "lien_social": _Page.lien_social,
    "sante_bien_être": _Page.sante,
    "insertion_professionnelle": _Page.insertion,
    "capacite_agir": _Page.capacite,
    "solidarite": _Page.solidarite,
    "reseaux": _Page.reseaux,
    "appartenance_exclusion": _Page.inclusion,
    "egalite_homme_femme": _Page.egalite,
    "cadre_de_vie": _Page.cadre_de_vie,
    "entretien_des_espaces": _Page.entretien,
    "services_publics": _Page.services,
    "innovation_publique": _Page.innovation,
}
