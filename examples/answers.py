"""Invented answers of the social form: nobody gave them, every one of them could be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from examples.codebook import OLDER_LABELS, Choice, choices, questions
from examples.draw import Draw
from examples.phrases import ODD_TEXTS, PROFILE_TEXTS, UNKNOWN_LABELS, testimony

#: Text questions of the social form and the criterion that each explains.
TEXT_QUESTIONS = tuple(
    question.question_id
    for question in questions().values()
    if question.form == "social" and question.kind == "text"
)

#: Labels of negative effects on upkeep: the list is open, so the codebook knows none of them.
NEGATIVE_UPKEEP = ("Des nuisances sonores", "Des dépôts sauvages", "Une usure plus rapide du mobilier")

_KINDS, _EXAMPLE = "entretien_des_espaces_effets_{}_type", "entretien_des_espaces_effets_{}_example"
#: The text on upkeep as it stood before it was split into positive and negative examples.
_OLD_UPKEEP = "entretien_des_espaces"

_LEVELS = ("individuels", "collectifs", "territoriaux")
_KEYWORDS = {
    "individuels": ("confiance", "entraide", "autonomie", "rencontre", "apprentissage", "bien-être"),
    "collectifs": ("réseau", "partage", "coopération", "solidarité", "convivialité", "fête"),
    "territoriaux": ("attractivité", "image", "proximité", "patrimoine", "lien au quartier", "commerce"),
}
_AMOUNTS = (
    "une dizaine",
    "deux ou trois",
    "??",
    "plusieurs",
    "environ 15",
    "Tous car c'est un projet collectif",
)


@dataclass(frozen=True, slots=True)
class Taste:
    """How respondents answer, as probabilities.

    `filled`: a choice question gets an answer; `told`: a criterion gets a text; `strength`: a choice is
    ticked and an effect is positive; `unknown`: a list gains a label that the codebook does not know; `odd`:
    a text is a strange one (one letter, markup, line breaks, more than 300 characters, …); `older`: a label
    is worded as an earlier form worded it; `rated`: intensities and keywords are given; `contrary`: the
    form's own logic is broken, as imports and hand-made files break it.
    """

    filled: float = 0.85
    told: float = 0.7
    strength: float = 0.45
    unknown: float = 0.05
    odd: float = 0.5
    older: float = 0.1
    rated: float = 0.7
    contrary: float = 0.0


USUAL = Taste()


def social_answers(*seed: object, taste: Taste = USUAL) -> dict[str, object]:
    """Answers of one social form: question_id → labels, text or number, as in the platform's data.

    The same seed and taste give the same answers. Every question has a key; what was left empty is [], ""
    or 0.
    """
    draw = Draw("social", *seed)
    answers: dict[str, object] = {}
    for question in questions().values():
        if question.form == "social" and question.kind in ("multiple", "single"):
            answers[question.question_id] = _ticked(draw, question.question_id, taste)
    for question_id in TEXT_QUESTIONS:
        answers[question_id] = _text(draw, question_id, taste)
    answers["insertion_professionnelle_nb_personnes"] = (
        draw.pick((1, 2, 5, 8, 12, 30, 120, 1200)) if draw.chance(taste.filled * 0.7) else 0
    )
    answers["capacite_agir_nombre"] = _amount(draw, taste)
    if not draw.chance(taste.contrary):
        _agree(draw, answers, taste)
    answers[_OLD_UPKEEP] = answers[_EXAMPLE.format("positif")]
    for level in _LEVELS:
        is_rated = draw.chance(taste.rated)
        answers[f"intensite_effets_{level}"] = _rating(draw, taste) if is_rated else 0
        words = draw.order(_KEYWORDS[level])[: draw.between(1, 3)]
        answers[f"mots_cles_effets_{level}"] = ", ".join(words) if is_rated and draw.chance(0.8) else ""
    return answers


def later_answers(previous: Mapping[str, object], *seed: object, taste: Taste = USUAL) -> dict[str, object]:
    """Answers that the same site gives a year later: most of its choices stay, most of its texts are new."""
    draw = Draw("later", *seed)
    answers = social_answers(*seed, taste=taste)
    for question_id in answers:
        if draw.chance(0.3 if question_id in TEXT_QUESTIONS else 0.65):
            answers[question_id] = previous[question_id]
    _agree(draw, answers, taste)
    answers[_OLD_UPKEEP] = answers[_EXAMPLE.format("positif")]
    return answers


def _ticked(draw: Draw, question_id: str, taste: Taste) -> list[str]:
    question = questions()[question_id]
    known = choices(question.answer_list)
    if not draw.chance(taste.filled):
        return []
    if question.answer_list == "entretien_negatifs":
        return draw.some(NEGATIVE_UPKEEP, 0.4) or [NEGATIVE_UPKEEP[0]]
    if question_id == "appartenance_exclusion_public":
        return [_worded(draw, _weighted(draw, known, taste), question.answer_list, taste)]
    if question.kind == "single" or question.answer_list in ("entretien_effets", "cadre_de_vie_image"):
        return [_weighted(draw, known, taste).label] if known else []
    ticked = [
        _worded(draw, choice, question.answer_list, taste)
        for choice in known
        if draw.chance(_inclination(choice, taste))
    ]
    if question.answer_list == "frequences":
        ticked = ticked[:1] if draw.chance(0.9) else ticked
    if question.answer_list == "porteurs" and "Non" in ticked:
        ticked = ["Non"] if draw.chance(0.3) else [label for label in ticked if label != "Non"]
    extra = UNKNOWN_LABELS.get(question.answer_list, ())
    if extra and draw.chance(taste.unknown):
        ticked.append(draw.pick(extra))
    return ticked


def _inclination(choice: Choice, taste: Taste) -> float:
    """The probability that a choice is ticked: negative effects are rarer where effects are strong."""
    return (1 - taste.strength) * 0.35 if choice.polarity < 0 else taste.strength


def _weighted(draw: Draw, known: tuple[Choice, ...], taste: Taste) -> Choice:
    """One choice; the stronger the effects, the likelier a positive one."""
    weights = [0.3 + taste.strength * (1 + choice.polarity) for choice in known]
    place = draw.share() * sum(weights)
    for choice, weight in zip(known, weights, strict=True):
        place -= weight
        if place < 0:
            return choice
    return known[-1]


def _worded(draw: Draw, choice: Choice, answer_list: str, taste: Taste) -> str:
    older = [
        label for label, answer in OLDER_LABELS.get(answer_list, {}).items() if answer == choice.answer_id
    ]
    return draw.pick(older) if older and draw.chance(taste.older) else choice.label


def _text(draw: Draw, question_id: str, taste: Taste) -> str:
    if not draw.chance(taste.told):
        return ""
    return draw.pick(ODD_TEXTS) if draw.chance(taste.odd) else testimony(draw, question_id)


def _amount(draw: Draw, taste: Taste) -> str:
    if not draw.chance(taste.filled):
        return ""
    return draw.pick(_AMOUNTS) if draw.chance(taste.odd * 0.4) else str(draw.between(1, 12))


def _rating(draw: Draw, taste: Taste) -> int:
    return min(5, max(1, round(1 + 4 * (0.6 * taste.strength + 0.4 * draw.share()))))


def _agree(draw: Draw, answers: dict[str, object], taste: Taste) -> None:
    """What the form would not have asked is left out: its questions follow one another."""
    effects = answers["entretien_des_espaces_effets"]
    if effects != ["Des effets négatifs"]:
        answers[_KINDS.format("negatif")] = []
        answers[_EXAMPLE.format("negatif")] = ""
    if effects != ["Des effets positifs"]:
        answers[_KINDS.format("positif")] = []
        answers[_EXAMPLE.format("positif")] = ""
    if answers["cadre_de_vie_image"] in ([], ["Non"]):
        answers["cadre_de_vie_type"] = []
    if answers["capacite_agir_porte"] == ["Non"]:
        answers["capacite_agir_nombre"] = ""
    if not answers["insertion_professionnelle_effets"]:
        answers["insertion_professionnelle_nb_personnes"] = 0


#: Numbers of the profile form: question_id → lowest and highest value of an ordinary site.
_PROFILE_NUMBERS = {
    "presentation.nombre_occupants": (2, 60),
    "presentation.nb_manager": (1, 8),
    "presentation.surface": (80, 6000),
    "presentation.surfaces.exterieur": (0, 1500),
    "presentation.surfaces.bureau": (0, 800),
    "presentation.surfaces.atelier": (0, 900),
    "presentation.surfaces.agriculture": (0, 700),
    "moyens.investissement.Fonds publics": (0, 300_000),
    "moyens.investissement.Fonds privés": (0, 120_000),
    "moyens.investissement.Fonds apportés": (0, 60_000),
    "moyens.fonctionnement.Aides publiques": (0, 150_000),
    "moyens.fonctionnement.Aides privées": (0, 60_000),
    "moyens.fonctionnement.Autres Subventions": (0, 50_000),
    "moyens.fonctionnement.Recettes": (5_000, 250_000),
    "moyens.benevoles": (0, 120),
    "moyens.partenaires": (0, 25),
    "composition.type.Entreprises": (0, 20),
    "composition.type.Associations": (0, 20),
    "composition.type.Artistes": (0, 15),
    "composition.type.Autres structures": (0, 8),
    "composition.structures_crees": (0, 12),
    "evenements.publics.nombre": (0, 90),
    "evenements.publics.personnes accueillies": (0, 12_000),
    "evenements.prives.nombre": (0, 40),
    "evenements.prives.personnes accueillies": (0, 1_500),
}


def profile_answers(*seed: object, filled: float = 0.85, opened_in: int = 2017) -> dict[str, object]:
    """Answers of one profile form: question_id → labels, text, date or number; None where unsaid."""
    draw = Draw("profile", *seed)
    answers: dict[str, object] = {}
    for question in questions().values():
        if question.form != "profile":
            continue
        question_id = question.question_id
        if question.kind in ("multiple", "single"):
            answers[question_id] = _profile_ticked(draw, question_id, filled)
        elif question_id in _PROFILE_NUMBERS:
            low, high = _PROFILE_NUMBERS[question_id]
            # Squared: many small sites, a few large ones.
            value = low + int((high - low) * draw.share() ** 2)
            answers[question_id] = value if draw.chance(filled) else None
        else:
            answers[question_id] = draw.pick(PROFILE_TEXTS.get(question_id, ("",)))
    answers["presentation.emplois directs"] = draw.pick((None, 0, 1, 1.2, 2, 3.5, 4, 6.25, 8.91))
    month, day = draw.between(1, 12), draw.between(1, 28)
    answers["presentation.date_ouverture"] = f"{opened_in}-{month:02}-{day:02}"
    answers["presentation.date_creation"] = f"{opened_in - draw.between(0, 2)}-01-{day:02}"
    answers["presentation.date_fermeture"] = None
    return answers


def _profile_ticked(draw: Draw, question_id: str, filled: float) -> list[str]:
    labels = [choice.label for choice in choices(questions()[question_id].answer_list)]
    if question_id in ("status", "presentation.ouverture"):
        return [labels[int(len(labels) * draw.share() ** 2)]]
    if not draw.chance(filled):
        return []
    if question_id == "valeurs":
        return sorted(draw.order(labels)[:3], key=labels.index)
    if question_id == "presentation.thematiques":
        return sorted(draw.order(labels)[: draw.between(1, 3)], key=labels.index)
    if question_id == "accessibilite.publics":
        return ["Tout le monde"] if draw.chance(0.2) else draw.some(labels[:-1], 0.4)
    if question_id == "accessibilite.accessibilite":
        return draw.some(labels[:1], 0.6)
    return draw.some(labels, 0.3)
