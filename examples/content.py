"""What a rendered page says, before it takes a form: levels, sections, runs of text, lists and quotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from examples.wording import SEPARATOR, capitalise, is_empty, rewrite, rewrite_balance, since

Answers = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A line break inside a paragraph."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; without labels it still has one empty item."""

    labels: tuple[str, ...]


Run = Text | Bold | Break | Items


@dataclass(frozen=True, slots=True)
class Section:
    """One criterion. `quotation` is the complete free text, None where the page prints none at all."""

    heading: str
    alternative: str
    body: list[Run]
    quotation: str | None


@dataclass(frozen=True, slots=True)
class Level:
    anchor: str
    heading: str
    sections: list[Section]


@dataclass(frozen=True, slots=True)
class Content:
    generation: str
    levels: list[Level]
    ratings: dict[str, int]
    keywords: dict[str, list[str]]
    capacity_text: str = field(repr=False)


#: The three levels as the summary and the answer keys name them, with the page's anchors.
LEVELS = ("individuels", "collectifs", "territoriaux")

LEVEL_HEADINGS = ("effets individuels", "effets collectifs", "effets sur le quartier et le territoire")

#: Choices of gender balance, in the order of the page, with the group each speaks of.
BALANCES = (
    ("egalite_homme_femme_gestion", "l'équipe de gestion et animation du lieu"),
    ("egalite_homme_femme_dirigeants", "les dirigeants"),
    ("egalite_homme_femme_occupants", "les résident.e.s et les occupant.e.s"),
    ("egalite_homme_femme_public", "les publics"),
)

_SERVICES = "par les services des collectivités ou de leurs partenaires"
_UPKEEP = "(ramassage des ordures, propreté, entretien, sécurité...)"
_PARTNERS = "La collaboration avec les partenaires publics et privés"


def texts(answers: Answers, question_id: str) -> str:
    """The free text of a question, empty if there is none."""
    value = answers.get(question_id)
    return "" if value is None else str(value)


def labels(answers: Answers, question_id: str) -> list[str]:
    """The labels ticked in a question."""
    value = answers.get(question_id)
    if isinstance(value, str):
        return [value] if value else []
    return [str(label) for label in value] if isinstance(value, list | tuple) else []


def _slot(
    answers: Answers,
    generation: str,
    question_id: str,
    separator: str,
    *,
    last: str | None = None,
    pair: str | None = None,
    capital: bool = False,
    tail: str = "",
) -> list[Run]:
    """Runs of the labels of one question.

    `last` stands before the last label, `pair` between two labels that are alone; `tail` ends the last run.
    An empty slot keeps its empty bold run, which leaves a hole in the sentence.
    """
    words = rewrite(labels(answers, question_id), generation, question_id) or [""]
    if capital:
        words[0] = capitalise(words[0])
    words[-1] += tail
    if generation == "T3":
        return [Text(separator.join(words))]
    runs: list[Run] = [Bold(words[0])]
    for position, word in enumerate(words[1:], start=2):
        joint = separator
        if len(words) == 2 and pair is not None:
            joint = pair
        elif position == len(words) and last is not None:
            joint = last
        runs += [Text(joint), Bold(word)] if joint else [Bold(word)]
    return runs


def _garbled(
    answers: Answers, generation: str, question_id: str, separator: str, *, capital: bool = False
) -> Bold:
    """A slot whose emphasis marks were escaped: between labels they can be read."""
    words = rewrite(labels(answers, question_id), generation, question_id) or [""]
    text = f"</strong>{separator}<strong>".join(words)
    return Bold(capitalise(text) if capital else text)


def _items(answers: Answers, generation: str, question_id: str) -> Items:
    return Items(tuple(rewrite(labels(answers, question_id), generation, question_id)))


def _lien_social(answers: Answers, generation: str) -> list[Run]:
    def slot(question: str, separator: str, last: str | None = None, pair: str | None = None) -> list[Run]:
        question_id = f"impact_social_{question}"
        return _slot(answers, generation, question_id, separator, last=last, pair=pair)

    if generation == "T6":
        return [
            Text("Des interactions sociales ont été observées entre différents publics :"),
            Break(),
            _items(answers, generation, "impact_social_public"),
            Text("Ces échanges ont été constatés "),
            *slot("occasion", ", ", last=" et "),
            Text("."),
            Break(),
            Text("Ces rencontres ont lieu "),
            *slot("frequence", ", ", last=" ou "),
            Text("."),
        ]
    start = Text("Des interactions sociales ont été observées entre les ")
    if since(generation, "T5b"):
        return [
            start,
            *slot("public", ", ", pair=" et "),
            Text(". Ces interactions sociales ont été observées "),
            *slot("occasion", " "),
            Text(" qui ont lieu "),
            *slot("frequence", " "),
            Text("."),
        ]
    return [
        start,
        *slot("public", " et " if generation == "T4b" else "et"),
        Text(" "),
        *slot("occasion", " "),
        Text(" "),
        *slot("frequence", " "),
        *([] if generation == "T3" else [Text(".")]),
    ]


def _inline_effects(answers: Answers, generation: str, question_id: str) -> list[Run]:
    """Effects as T3 to T5 print them, in one sentence."""
    separator = ", " if since(generation, "T4b") else ","
    pair = " et " if since(generation, "T5b") else None
    runs = _slot(answers, generation, question_id, separator, pair=pair, capital=True)
    return runs if generation == "T3" else [*runs, Text(".")]


def _sante(answers: Answers, generation: str) -> list[Run]:
    if generation != "T6":
        return _inline_effects(answers, generation, "sante_effet")
    return [
        Text(
            "Des changements significatifs dans les conditions physiques, sociales et psychiques des "
            "bénéficiaires du projet ont été observées. Certaines personnes ont fait part/ont paru : "
        ),
        Break(),
        _items(answers, generation, "sante_effet"),
    ]


def _insertion(answers: Answers, generation: str) -> list[Run]:
    runs: list[Run] = []
    number = answers.get("insertion_professionnelle_nb_personnes")
    if not is_empty(number):
        lead = (
            "Les actions de formation, d'accompagnement à la création d'activité ou à l'emploi "
            f"ont bénéficiées à {number} personnes"
        )
        ending = " et ont permis à certaines personnes :" if generation == "T6" else ". "
        runs.append(Text(lead + ending))
    question = "insertion_professionnelle_effets"
    if generation == "T6":
        return [*runs, _items(answers, generation, question)]
    if generation == "T4a":
        return [*runs, _garbled(answers, generation, question, ",", capital=True), Text(".")]
    return runs + _inline_effects(answers, generation, question)


def _capacite(answers: Answers, generation: str) -> list[Run]:
    number = answers.get("capacite_agir_nombre")
    amount = "Des" if is_empty(number) else str(number).strip()
    is_one = amount == "1" and since(generation, "T4a")
    what = "nouveau projet ou action" if is_one else "nouveaux projets ou actions"
    start = Text(f"{amount} {what} (atelier, évènement, marché, ...) imprévus ")
    question = "capacite_agir_porte"
    if generation == "T3":
        return [start, *_slot(answers, generation, question, " , "), Text(" et ont émergés.")]
    if generation == "T4a":
        return [start, _garbled(answers, generation, question, " , "), Text(" ont émergés.")]
    pair = " et " if since(generation, "T5b") else None
    return [start, *_slot(answers, generation, question, ", ", pair=pair), Text(" ont émergés.")]


def _solidarite(answers: Answers, generation: str) -> list[Run]:
    runs = [
        Text("Des échanges, dons ou mutualisations de "),
        *_slot(answers, generation, "solidarite_type", " et de "),
    ]
    if since(generation, "T5b"):
        audience = _items(answers, generation, "solidarite_public")
        if generation == "T5b":
            return [*runs, Text(" entre "), audience, Text(" ont été observés.")]
        return [*runs, Text(" ont été observés entre :"), audience]
    audience_runs = _slot(answers, generation, "solidarite_public", " et ")
    return [*runs, Text(" entre "), *audience_runs, Text(" ont été observés.")]


def _reseaux(answers: Answers, generation: str) -> list[Run]:
    start = "La création de réseaux de personnes "
    pair = " et " if since(generation, "T5b") else None
    separator = ", " if since(generation, "T5b") else " , "
    kinds = _slot(answers, generation, "reseaux_type", separator, pair=pair)
    if generation == "T6":
        audience = _items(answers, generation, "reseaux_public")
        return [Text(start), *kinds, Text(" a été observée entre :"), audience]
    if since(generation, "T4a") and not since(generation, "T5b"):
        audience_runs: list[Run] = [_garbled(answers, generation, "reseaux_public", " et de ")]
    else:
        audience_runs = _slot(answers, generation, "reseaux_public", " et de ")
    return [Text(f"{start}entre "), *audience_runs, Text(", "), *kinds, Text(" a été observée.")]


def _inclusion(answers: Answers, generation: str) -> list[Run]:
    question = "appartenance_exclusion_public"
    if _is_exactly(answers, generation, question, "non"):
        return [Text("Aucun sentiment d'appartenance à un groupe ou d'exclusion n'a été observé.")]
    return [Text("Il a été observé que "), *_slot(answers, generation, question, "")]


def _egalite(answers: Answers, generation: str) -> list[Run]:
    runs: list[Run] = []
    spoken = [(group, (labels(answers, question) or [""])[0]) for question, group in BALANCES]
    if generation == "T3":
        for group, answer in spoken:
            runs += [Text(f"Concernant {group}, {rewrite_balance(answer, generation)} sont présent.e.s")]
            runs += [Break()]
        return runs
    groups: dict[str, list[str]] = {}
    for group, answer in spoken:
        if answer:
            groups.setdefault(rewrite_balance(answer, generation), []).append(group)
    joint = " et " if since(generation, "T5b") else ", "
    for answer, named in groups.items():
        runs += [Text(f"Concernant {joint.join(named)}, "), Bold(f"{answer} sont présent.e.s"), Text(".")]
        runs += [Break()]
    return runs


def _cadre_de_vie(answers: Answers, generation: str) -> list[Run]:
    question = "cadre_de_vie_image"
    if _is_exactly(answers, generation, question, "non"):
        return []
    image = "</strong><strong>".join(rewrite(labels(answers, question), generation, question))
    kinds = _slot(answers, generation, "cadre_de_vie_type", "")
    stop = [] if generation == "T3" else [Text(".")]
    return [Text(f"Le projet a fait évoluer l'image du quartier / territoire {image}, "), *kinds, *stop]


def _entretien(answers: Answers, generation: str) -> tuple[list[Run], str]:
    positive = _is_exactly(answers, generation, "entretien_des_espaces_effets", "des effets positifs")
    side = "positif" if positive else "negatif"
    separator = " et " if since(generation, "T5b") else ", " if generation == "T4b" else " , "
    question = f"entretien_des_espaces_effets_{side}_type"
    verb = "a permis d'améliorer" if positive else "a engendré"
    runs: list[Run] = [
        Text(f"Le projet {verb} "),
        *_slot(answers, generation, question, separator, tail="" if generation == "T3" else " "),
    ]
    stop = [] if generation == "T3" else [Text(".")]
    return [*runs, *stop], texts(answers, f"entretien_des_espaces_effets_{side}_example")


def _services(answers: Answers, generation: str) -> list[Run]:
    question = "services_publics_gestion"
    answer = SEPARATOR.join(rewrite(labels(answers, question), generation, question))
    sentence = {
        "non, les nouveaux espaces ne sont pas nettoyés, entretenus, sécurisés": (
            f"Le projet n'a pas modifié la gestion urbaine {_SERVICES} {_UPKEEP}, "
            "les nouveaux espaces ne sont pas nettoyés, entretenus, sécurisés."
        ),
        "non, rien n'a changé pour les espaces existants": (
            f"Le projet n'a rien changé dans la gestion urbaine des espaces existants {_SERVICES} {_UPKEEP}."
        ),
        "cela a permis d'améliorer la gestion urbaine par les services": (
            f"Le projet a permis d'améliorer la gestion urbaine {_SERVICES} {_UPKEEP}."
        ),
    }.get(
        answer,
        "Le projet a créé une surcharge de travail et/ou n'avait pas été anticipé "
        f"{_SERVICES}  {_UPKEEP} mais ils se sont réorganisés.",
    )
    runs: list[Run] = [Text(sentence), Break()]
    needs = "services_publics_besoin_urgent"
    if not labels(answers, needs):
        return runs
    runs.append(Text("Le projet a permis de répondre à des besoins sociaux urgents du territoire : "))
    if since(generation, "T5b"):
        runs.append(_items(answers, generation, needs))
        return [*runs, Text(".")] if generation == "T5b" else runs
    stop = [] if generation == "T3" else [Text(".")]
    return [*runs, *_slot(answers, generation, needs, ""), *stop]


def _innovation(answers: Answers, generation: str) -> tuple[list[Run], str | None]:
    question = "innovation_publique_effet"
    answer = SEPARATOR.join(rewrite(labels(answers, question), generation, question))
    kinds = _slot(answers, generation, "innovation_publique_type", "")
    quotation = texts(answers, "innovation_publique")
    stop = "" if generation == "T3" else "."
    if answer == "non":
        sentence = f"{_PARTNERS} n'a pas fait évoluer leurs pratiques professionnelles{stop}"
        return [Text(sentence)], quotation if generation == "T3" else None
    start = f"{_PARTNERS} a permis d'améliorer ou expérimenter de nouveaux modes de faire"
    if answer == "cela a permis d'améliorer ou expérimenter de nouveaux modes de faire":
        blank = "" if since(generation, "T5c") else " "
        if labels(answers, "innovation_publique_type") or not since(generation, "T5b"):
            return [Text(f"{start}{blank}: "), *kinds, Text(stop)], quotation
        return [Text(f"{start}{blank}.")], quotation
    if generation == "T3":
        burden = (
            ", mais cela a créé une surcharge de travail, une réorganisation / "
            "a été difficile à mettre en oeuvre : "
        )
        return [Text(start + burden), *kinds], quotation
    burden = " mais cela a été difficile à mettre en oeuvre (surcharge de travail, réorganisation)."
    return [Text(start + burden)], quotation


def _is_exactly(answers: Answers, generation: str, question_id: str, wording: str) -> bool:
    return rewrite(labels(answers, question_id), generation, question_id) == [wording]


#: The twelve criteria in the order of the page: level, heading, text of the picture, text question.
CRITERIA = (
    (0, "Lien social", "lien individuel", "lien_social"),
    (0, "Santé", "santé", "sante_bien_être"),
    (0, "Insertion professionnelle", "insertion professionnelle", "insertion_professionnelle"),
    (0, "Capacité à agir", "capacité à agir", "capacite_agir"),
    (1, "Solidarité", "collectif solidarite", "solidarite"),
    (1, "Réseau de personnes", "effets collectifs", "reseaux"),
    (1, "Sentiment d'inclusion ou d'exclusion", "inclusion exclusion", "appartenance_exclusion"),
    (1, "égalité femmes/hommes", "collectif solidarite", "egalite_homme_femme"),
    (2, "Cadre de vie et attractivité du quartier", "", "cadre_de_vie"),
    (2, "Entretien des espaces", "", "entretien_des_espaces"),
    (2, "Services publics et de proximité", "service de proxmité", "services_publics"),
    (2, "Innovation publique", "innovation publique", "innovation_publique"),
)

_OLD_SERVICES = "Services publiques et de proximités"

_BODIES: dict[str, Callable[[Answers, str], list[Run]]] = {
    "lien_social": _lien_social,
    "sante_bien_être": _sante,
    "insertion_professionnelle": _insertion,
    "capacite_agir": _capacite,
    "solidarite": _solidarite,
    "reseaux": _reseaux,
    "appartenance_exclusion": _inclusion,
    "egalite_homme_femme": _egalite,
    "cadre_de_vie": _cadre_de_vie,
    "services_publics": _services,
}

#: The questions that T2 prints above each text, by text question.
QUESTIONS = {
    "lien_social": "Entre quels publics avez-vous pu observer des interactions sociales sur le site ?",
    "sante_bien_être": (
        "Avez-vous pu observer un changement des conditions physiques, sociales ou psychiques chez les "
        "bénéficiaires du projet, qui puissent être directement lié au projet ?"
    ),
    "insertion_professionnelle": (
        "Avez-vous mis en place des actions de formation, d’accompagnement à la création d’activité "
        "ou à l’emploi ?"
    ),
    "capacite_agir": (
        "De nouveaux projets ou actions (atelier, événement, marché...) imprévus et portés par les "
        "bénéficiaires ou occupants ont-il émergé dans le cadre du projet ?"
    ),
    "solidarite": "Y-a-t-il des échanges, dons ou mutualisations entre personnes au sein du projet ?",
    "reseaux": "Avez-vous pu observer la création de réseaux de personnes ?",
    "appartenance_exclusion": (
        "Diriez-vous que certaines personnes se sentent faire partie d'un groupe, ou s'en sentent exclus ? "
        "Quelles sont les personnes qui pourraient se sentir exclues ?"
    ),
    "egalite_homme_femme": (
        "Diriez-vous qu'il y a plus, moins ou autant de femmes que d'hommes dans le lieu ?"
    ),
    "cadre_de_vie": (
        "Avez-vous l’impression que le projet a fait évoluer l’image du quartier ou du territoire ?"
    ),
    "entretien_des_espaces": (
        "Le projet a-t-il modifié la gestion urbaine du quartier par les services des collectivités ou de "
        "leurs partenaires (ramassage des ordures, propreté, entretien, sécurité...) ?"
    ),
    "services_publics": "Le projet a-t-il permis de répondre à des besoins sociaux urgents du territoire ?",
    "innovation_publique": (
        "Avez-vous pu constater que vos modalités de collaboration avec les partenaires publics et privés "
        "ont fait évoluer leurs pratiques professionnelles ?"
    ),
}


def section_is_shown(answers: Answers, generation: str, text_question: str, *, early: bool = False) -> bool:
    """Whether the section of `text_question` stands on the page.

    `early`: the first T2 pages showed Cadre de vie where Entretien des espaces had a text.
    """
    if generation == "T2":
        if early and text_question == "cadre_de_vie":
            text_question = "entretien_des_espaces"
        return not is_empty(answers.get(text_question))
    if text_question in ("services_publics", "innovation_publique"):
        return True
    if text_question == "entretien_des_espaces":
        return not _is_exactly(answers, generation, "entretien_des_espaces_effets", "non, aucun effet")
    if text_question == "appartenance_exclusion":
        return bool(labels(answers, "appartenance_exclusion_public"))
    return not is_empty(answers.get(text_question))


def _criterion(answers: Answers, generation: str, question: str) -> tuple[list[Run], str | None]:
    """The body and the quotation of one criterion."""
    if generation == "T2":
        return [Text(QUESTIONS[question])], texts(answers, question)
    if question == "entretien_des_espaces":
        return _entretien(answers, generation)
    if question == "innovation_publique":
        return _innovation(answers, generation)
    return _BODIES[question](answers, generation), texts(answers, question)


def content(answers: Answers, generation: str, *, early: bool = False) -> Content:
    """What a page of `generation` says for `answers`. `early`: see `section_is_shown`."""
    sections: tuple[list[Section], ...] = ([], [], [])
    for level, heading, alternative, question in CRITERIA:
        if section_is_shown(answers, generation, question, early=early):
            if question == "services_publics" and not since(generation, "T4a"):
                heading = _OLD_SERVICES
            body, quotation = _criterion(answers, generation, question)
            sections[level].append(Section(heading, alternative, body, quotation))
    return Content(
        generation,
        [
            Level(f"effets_{name}", heading, shown)
            for name, heading, shown in zip(LEVELS, LEVEL_HEADINGS, sections, strict=True)
        ],
        {name: rating(answers, name) for name in LEVELS},
        {name: keywords(answers, name) for name in LEVELS},
        texts(answers, "capacite_agir"),
    )


def rating(answers: Answers, level: str) -> int:
    """The self-assessed intensity of a level from 1 to 5, or 0 where none was given."""
    value = answers.get(f"intensite_effets_{level}")
    return int(str(value)) if not is_empty(value) else 0


def keywords(answers: Answers, level: str) -> list[str]:
    """The keywords of a level, one by one."""
    words = texts(answers, f"mots_cles_effets_{level}").split(",")
    return [word.strip() for word in words if word.strip()]
