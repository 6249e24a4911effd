"""Every indicator counted once more, in plain Python over data frames of the published tables.

It shares nothing with the models but the names of the questions: what counts stands here a second time, by hand.
"""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

Answers = frozenset[str]
Key = tuple[str, str, int, str, str]

PUBLICS, CARRIER = "impact_social_public", "capacite_agir_porte"
HEALTH, TRAINING, BELONGING = (
    "sante_effet",
    "insertion_professionnelle_effets",
    "appartenance_exclusion_public",
)
POSITIVE = {"meilleures-relations", "confiance-en-soi", "meilleure-sante"}
NEGATIVE = {"stress-ou-conflits", "inconfort"}
USERS = {"benevoles-ou-habitues", "personnes-frequentant-le-lieu", "benevoles"}
CRITERIA = [
    "lien-social",
    "sante",
    "insertion-professionnelle",
    "capacite-a-agir",
    "solidarite",
    "reseaux",
    "inclusion-exclusion",
    "egalite-femmes-hommes",
    "cadre-de-vie",
    "entretien-des-espaces",
    "services-publics",
    "innovation-publique",
]
AXES = [
    "circularite-sobriete",
    "emission-gaz-effet-serre",
    "biodiversite",
    "environnement-physique",
    "sensibilisation-engagement",
]
NUMBERS = {
    "I8": {"": "insertion_professionnelle_nb_personnes"},
    "P1": {"": "presentation.surface"},
    "P2": {"": "presentation.emplois directs"},
    "P3": {"": "moyens.benevoles"},
    "P4": {"publics/": "evenements.publics.nombre", "prives/": "evenements.prives.nombre"},
    "P5": {
        "publics/": "evenements.publics.personnes accueillies",
        "prives/": "evenements.prives.personnes accueillies",
    },
    "P6": {"": "presentation.nombre_occupants"},
}
GROUPS = {
    "gestion": "egalite_homme_femme_gestion",
    "dirigeants": "egalite_homme_femme_dirigeants",
    "occupants": "egalite_homme_femme_occupants",
    "publics": "egalite_homme_femme_public",
}
BALANCE = ("moins-de-femmes", "autant", "plus-de-femmes")

REGION, THEME, AGE, FORM = (
    ("region", "department"),
    ("thematique", "legal_status"),
    ("opening_age",),
    ("export_form",),
)
SIZE, DISTRICT = ("commune_size",), ("priority_district",)
GROUPED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ["C1", "C2", "I9", "K1", "K3", "Q6", *(f"P{n}" for n in range(1, 7))], REGION + SIZE + THEME
    ),
    **dict.fromkeys(["I8", *(f"E{n}" for n in range(1, 6))], REGION + THEME),
    **dict.fromkeys(
        ["C7", "I4", "I5", "I6", "I10", "I12", "I13", "K2", "K4", "K7", "K8", "X1", "X2"],
        THEME,
    ),
    **dict.fromkeys(["I2", "I11", "K5"], SIZE + THEME),
    **dict.fromkeys(["I3", "Q1", "Q5"], REGION + SIZE + DISTRICT),
    **dict.fromkeys(["C4", "C5", "C6"], FORM),
    "C3": SIZE + THEME + FORM,
    "I1": REGION + SIZE + THEME + AGE + DISTRICT,
    "Q2": SIZE + DISTRICT,
    "Q4": SIZE,
}
#: Inhabitants from which on a commune is in a class.
SIZES = (
    (200000, "200000+"),
    (50000, "50000-199999"),
    (10000, "10000-49999"),
    (2000, "2000-9999"),
    (0, "0-1999"),
)
POSTAL_CODES = Path(__file__).parents[2] / "seeds" / "geography" / "postal_codes.csv"


@dataclass
class Tables:
    """The published tables that the recount reads."""

    evaluations: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    states: dict[tuple[str, int], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    answers: dict[tuple[str, int], dict[str, Answers]] = field(default_factory=lambda: defaultdict(dict))
    numbers: dict[tuple[str, int], dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    told: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    scores: dict[tuple[str, int], dict[str, dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    no_answers: set[str] = field(default_factory=set)
    goals: dict[str, set[str]] = field(default_factory=dict)
    groups: dict[tuple[str, int], dict[str, set[str]]] = field(default_factory=dict)


def read(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Take the tables apart, one evaluation at a time."""

    def rows(query: str) -> Iterator[dict[str, Any]]:
        frame = connection.execute(query).df()
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            yield {str(name): value for name, value in row.items()}

    tables = Tables()
    site = lambda row: (row["project_id"], int(row["year"]))  # noqa: E731
    tables.questions = {row["question_id"]: row for row in rows("from dim_question")}
    for row in rows("from dim_answer order by position"):
        tables.choices[row["answer_list"]].append(row["answer_id"])
        if row["is_no"]:
            tables.no_answers.add(row["answer_key"])
    for row in rows("from dim_category"):
        targets = (row["sdg_targets_proposed"] or "").split("|")
        tables.goals[row["category_id"]] = {target.split(".")[0] for target in targets if target}
    for row in rows("from fct_evaluation"):
        tables.evaluations[site(row)] = row
    for row in rows("from fct_response"):
        tables.states[site(row)][row["question_id"]] = row["state"]
    for row in rows("from fct_observation"):
        kept = tables.answers[site(row)]
        said = row["answer_id"] or row["raw_label"]
        if said is not None:
            kept[row["question_id"]] = kept.get(row["question_id"], frozenset()) | {said}
        if row["value_number"] is not None:
            tables.numbers[site(row)][row["question_id"]] = row["value_number"]
    for row in rows("from fct_testimony where not is_placeholder"):
        tables.told[site(row)].add(row["category_id"])
    for row in rows("from fct_environment_score where sub_axis_id = 'all'"):
        tables.scores[site(row)][row["category_id"]] = row
    _group(tables, rows)
    return tables


def _group(tables: Tables, rows: Callable[[str], Iterator[dict[str, Any]]]) -> None:
    latest: dict[tuple[str, str], tuple[int, Answers]] = {}
    for (project, year), said in tables.answers.items():
        for question in ("status", "presentation.thematiques"):
            if question in said and latest.get((project, question), (0,))[0] < year:
                known = set(tables.choices[tables.questions[question]["answer_list"]])
                named = frozenset(answer if answer in known else "unmapped" for answer in said[question])
                latest[project, question] = (year, named)
    forms = defaultdict(set)
    for row in rows(
        "select project_id, year, format from dim_record inner join dim_source using (source_id) "
        "where evaluation_id is not null"
    ):
        forms[row["project_id"], int(row["year"])].add(row["format"])
    years = sorted({year for _, year in tables.evaluations})
    with POSTAL_CODES.open(encoding="utf-8", newline="") as file:
        people = {row["commune_code"]: row["population"] for row in csv.DictReader(file)}
    for row in rows("from dim_project"):
        project = row["project_id"]
        population = people.get(row["commune_code"] or "")
        size = next(name for start, name in SIZES if int(population) >= start) if population else "unknown"
        for year in years:
            age = None if row["opened_on"] is None else year - row["opened_on"].year
            classes = [(3, "0-2"), (6, "3-5"), (11, "6-10"), (10**6, "11+")]
            tables.groups[project, year] = {
                "network": {"network"},
                "site": {project},
                "region": {row["region_code"] or "unknown"},
                "department": {row["department_code"] or "unknown"},
                "commune_size": {size},
                "priority_district": set(),
                "opening_age": {
                    "unknown" if age is None else next(name for end, name in classes if age < end)
                },
                "legal_status": set(latest.get((project, "status"), (0, {"unknown"}))[1]),
                "thematique": set(latest.get((project, "presentation.thematiques"), (0, {"unknown"}))[1]),
                "export_form": forms[project, year],
            }


@dataclass(frozen=True)
class Fact:
    """What one site adds to one figure."""

    indicator: str
    component: str
    site: tuple[str, int]
    state: str = "answered"
    counts: float = 0
    among: int = 1
    value: float | None = None


def facts(tables: Tables) -> Iterator[Fact]:
    """What every site of every year adds to every figure."""
    for site in tables.evaluations:
        yield from _shares(tables, site)
        yield from _numbers(tables, site)
        yield from _documents(tables, site)
        yield from _breadth(tables, site)
        yield from _environment(tables, site)
    years = {year for _, year in tables.evaluations}
    for project, year in tables.evaluations:
        if year + 1 in years:
            yield Fact("C2", "all", (project, year + 1), counts=(project, year + 1) in tables.evaluations)


def _share(
    tables: Tables, site: tuple[str, int], indicator: str, component: str, question: str,
    holds: Callable[[Answers], bool], is_in: bool = True,
) -> Iterator[Fact]:  # fmt: skip
    state = tables.states[site].get(question)
    if state is not None:
        said = tables.answers[site].get(question, frozenset())
        among = state == "answered" and is_in
        yield Fact(indicator, component, site, state, among and holds(said), among)


def _shares(tables: Tables, site: tuple[str, int]) -> Iterator[Fact]:
    said = tables.answers[site]
    carried = bool(said.get(CARRIER, frozenset()) - {"non"})
    improved = "positifs" in said.get("entretien_des_espaces_effets", frozenset())
    one: list[tuple[Any, ...]] = [
        ("I1", PUBLICS, lambda a: len(a) >= 2),
        ("I3", PUBLICS, lambda a: "publics-en-difficulte" in a),
        ("I4", "impact_social_frequence", lambda a: bool(a & {"quotidienne", "mensuelle"})),
        ("I5", "impact_social_occasion", lambda a: "temps-specifiques" in a),
        ("I6", HEALTH, lambda a: bool(a & POSITIVE)),
        ("I7", HEALTH, lambda a: bool(a & NEGATIVE)),
        ("I9", TRAINING, lambda a: bool(a & {"emplois-sur-le-lieu", "emplois-a-l-exterieur"})),
        ("I10", TRAINING, lambda a: "gain-autonomie" in a),
        ("I11", CARRIER, lambda a: bool(a - {"non"})),
        ("I13", CARRIER, lambda a: bool(a & USERS), carried),
        ("K1", "solidarite_type", bool),
        ("K3", "reseaux_type", bool),
        ("K4", "reseaux_public", lambda a: len(a) >= 2),
        ("K5", BELONGING, lambda a: "appartenance" in a),
        ("K6", BELONGING, lambda a: "exclusion" in a),
        ("Q2", "entretien_des_espaces_effets", lambda a: "positifs" in a),
        ("Q5", "services_publics_besoin_urgent", bool),
        ("U1", "gouvernance_partagee", lambda a: "oui" in a),
        ("U2", "diagnostic_programmation", lambda a: "oui" in a),
        ("U3", "missions_metiers", lambda a: "oui" in a),
    ]
    for indicator, question, holds, *is_in in one:
        yield from _share(tables, site, indicator, "all", question, holds, *is_in)
    each: list[tuple[Any, ...]] = [
        ("I4", "", "impact_social_frequence"),
        ("K2", "", "solidarite_type"),
        *(("K7", f"{group}/", question) for group, question in GROUPS.items()),
        ("Q1", "", "cadre_de_vie_image"),
        ("Q3", "", "entretien_des_espaces_effets_positif_type", improved),
        ("Q4", "", "services_publics_gestion"),
        ("Q5", "", "services_publics_besoin_urgent"),
        ("Q6", "", "innovation_publique_effet"),
    ]
    for indicator, prefix, question, *is_in in each:
        for answer in tables.choices[tables.questions[question]["answer_list"]]:
            holds = lambda a, answer=answer: answer in a  # noqa: E731
            yield from _share(tables, site, indicator, prefix + answer, question, holds, *is_in)
    leaders, publics = GROUPS["dirigeants"], GROUPS["publics"]
    if leaders in tables.states[site]:
        ranks = [
            max((BALANCE.index(a) for a in said.get(question, ()) if a in BALANCE), default=None)
            for question in (leaders, publics)
        ]
        states = {tables.states[site][leaders], tables.states[site][publics]}
        state = "answered" if states == {"answered"} else "not_asked" if "not_asked" in states else "blank"
        both = None not in ranks
        yield Fact("K8", "all", site, state, both and ranks[0] < ranks[1], both)


def _numbers(tables: Tables, site: tuple[str, int]) -> Iterator[Fact]:
    states, numbers = tables.states[site], tables.numbers[site]
    if PUBLICS in states:
        said = tables.answers[site].get(PUBLICS, frozenset())
        yield Fact("I2", "all", site, states[PUBLICS], 0, bool(said), len(said) or None)
    for indicator, questions in NUMBERS.items():
        for prefix, question in questions.items():
            if question in states:
                number = numbers.get(question)
                for component in ("sum", "median"):
                    yield Fact(
                        indicator, prefix + component, site, states[question], 0, number is not None, number
                    )
                if indicator == "I8":
                    yield Fact("I8", "sites", site, states[question], number is not None, number is not None)
    question = "capacite_agir_nombre"
    if question in states:
        number, answered = numbers.get(question), states[question] == "answered"
        yield Fact("I12", "median", site, states[question], 0, number is not None, number)
        yield Fact("I12", "non-numerique", site, states[question], answered and number is None, answered)
    for level in ("individuel", "collectif", "territorial"):
        question = f"intensite_effets_{level.replace('rial', 'riau')}{'x' if level == 'territorial' else 's'}"
        if question in states:
            number, answered = numbers.get(question), states[question] == "answered"
            yield Fact("X2", level, site, states[question], 0, number is not None, number)
            for rating in range(1, 6):
                yield Fact("X2", f"{level}/{rating}", site, states[question], number == rating, answered)


def _documents(tables: Tables, site: tuple[str, int]) -> Iterator[Fact]:
    states = tables.states[site]
    documented = {tables.questions[q]["category_id"] for q, state in states.items() if state == "answered"}
    criteria = [criterion for criterion in CRITERIA if criterion in documented]
    yield Fact("C3", "all", site, value=len(criteria))
    for criterion in CRITERIA:
        yield Fact("C4", criterion, site, counts=criterion in documented)
    for question, about in tables.questions.items():
        if about["form"] in ("social", "profile") and about["kind"] not in ("text", "keywords", "date"):
            yield Fact("C5", question, site, counts=states.get(question) == "ambiguous")
    asked = [state for state in states.values() if state != "not_asked"]
    yield Fact("C6", "all", site, "answered" if asked else "blank", asked.count("lost"), len(asked))
    told = sum(criterion in tables.told[site] for criterion in criteria)
    yield Fact("C7", "all", site, "answered" if criteria else "blank", told, len(criteria))
    goals = set().union(*(tables.goals[category] for category in documented))
    for goal in set().union(*tables.goals.values()):
        yield Fact("X4", goal, site, counts=goal in goals)


def _breadth(tables: Tables, site: tuple[str, int]) -> Iterator[Fact]:
    effects, is_answered = set(), False
    for question, state in tables.states[site].items():
        about = tables.questions[question]
        if about["category_id"] in CRITERIA and about["kind"] in ("single", "multiple"):
            is_answered |= state == "answered"
            said = tables.answers[site].get(question, frozenset())
            if any(f"{about['answer_list']}/{answer}" not in tables.no_answers for answer in said):
                effects.add(about["category_id"])
    has_social = tables.evaluations[site]["has_social"]
    state = "answered" if is_answered else "blank" if has_social else "not_asked"
    yield Fact("X1", "median", site, state, 0, is_answered, len(effects) if is_answered else None)
    for number in range(13):
        yield Fact("X1", str(number), site, state, is_answered and len(effects) == number, is_answered)


def _environment(tables: Tables, site: tuple[str, int]) -> Iterator[Fact]:
    for number, axis in enumerate(AXES, 1):
        for question, about in tables.questions.items():
            if (
                about["category_id"] == axis
                and about["answer_list"] == "oui_non"
                and about["weight"] is not None
            ):
                yield from _share(tables, site, f"E{number}", question, question, lambda a: "oui" in a)
        if axis in tables.scores[site]:
            score = tables.scores[site][axis]
            shown = score["platform_score"] if score["answered_count"] else None
            for component, value in (("score", score["answered_score"]), ("platform-score", shown)):
                state = "blank" if value is None else "answered"
                yield Fact(f"E{number}", component, site, state, 0, value is not None, value)


@dataclass
class Figure:
    """A recounted figure."""

    numerator: int = 0
    denominator: int = 0
    n_answered: int = 0
    n_ambiguous: int = 0
    values: list[float] = field(default_factory=list)

    def statistic(self, component: str) -> float | None:
        if component.endswith("sum"):
            return sum(self.values) if self.values else None
        return float(statistics.median(self.values)) if self.values else None

    def quartiles(self) -> tuple[float, float]:
        return tuple(float(q) for q in np.quantile(self.values, [0.25, 0.75]))  # type: ignore[return-value]


def recount(tables: Tables) -> dict[Key, Figure]:
    """Every figure by indicator, component, year and scope, for scopes in which somebody was evaluated."""
    sizes: dict[tuple[str, str, int], int] = defaultdict(int)
    for site in tables.evaluations:
        for scope, members in tables.groups[site].items():
            for member in members:
                sizes[scope, member, site[1]] += 1
    figures: dict[Key, Figure] = defaultdict(Figure)
    for fact in facts(tables):
        for scope in ("network", "site", *GROUPED.get(fact.indicator, ())):
            for member in tables.groups[fact.site][scope]:
                if sizes[scope, member, fact.site[1]]:
                    figure = figures[fact.indicator, fact.component, fact.site[1], scope, member]
                    figure.numerator += int(fact.counts)
                    figure.denominator += int(fact.among)
                    figure.n_answered += fact.state == "answered" and fact.site in tables.evaluations
                    figure.n_ambiguous += fact.state == "ambiguous"
                    if fact.value is not None:
                        figure.values.append(fact.value)
    return figures
