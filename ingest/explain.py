"""Where a figure comes from: who is in its numerator and its denominator, what each said, and in which words.

Everything is read from the published database; the words are cut from the archived export at the place that was
noted when it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from ingest.archive import Archive, ArchiveError, State
from ingest.collect import UsageError
from ingest.explain_figures import Step, change_steps, figure_steps
from ingest.said import SAID_COLUMNS, TEXT_COLUMNS, Said, rows
from ingest.slug import slugify
from ingest.source_words import Sentence, Words, sentence_of, words_of
from ingest.speech import tr
from ingest.warehouse import Warehouse

#: What a site is to a figure, and to a change; in this order.
IN_FIGURE = ("numerator", "denominator", "left_out")
IN_CHANGE = ("gained", "lost", "kept", "without", "left_out")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be explained: a figure, or with `is_change` what moved since the campaign before."""

    indicator_id: str
    year: int
    scope: str = "network"
    component_id: str | None = None
    method_version: str | None = None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Quote(Said):
    """One thing read, its words, and what their sentence says before and after them (pages only)."""

    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Evidence:
    """What an evaluation says to a question, where that stands, and in which words."""

    evaluation_id: str
    question_id: str
    category_id: str | None
    state: str
    candidate_answer_ids: list[str]
    is_corrected: bool
    source_id: str
    path: str
    record_key: str
    said: list[Quote] = field(default_factory=list)


@dataclass(slots=True)
class Member:
    """A site, and what it adds. `part` is one of IN_FIGURE or IN_CHANGE; `reason` says why one is left out."""

    project_id: str
    name: str
    evaluation_id: str | None
    part: str
    reason: str | None
    numerator: int | None = None
    denominator: int = 0
    numerator_low: int | None = None
    numerator_high: int | None = None
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    points: float | None = None  # of an environmental score, with its weight
    weight: float | None = None
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(slots=True)
class Component:
    """One figure of an indicator: its rule, what is published, how that was computed, and who is in it."""

    component_id: str
    label_fr: str
    label_en: str
    rule: dict[str, Any]
    published: dict[str, Any]
    steps: list[Step]
    members: list[Member]

    def part(self, name: str) -> list[Member]:
        """The sites of one part."""
        return [member for member in self.members if member.part == name]


@dataclass(slots=True)
class Explanation:
    """An indicator in a year and a population. `indicator` is its row of dim_indicator."""

    indicator: dict[str, Any]
    year: int
    year_from: int | None  # of a change
    scope_type: str
    scope_id: str
    scope_label: str
    release: str
    components: list[Component]
    #: Labels of what is named by an id: of questions, categories and answers, by (kind, id), FR and EN.
    labels: dict[tuple[str, str], tuple[str, str]]
    break_reasons: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The explanation as one JSON object."""
        content = asdict(self)
        del content["labels"]
        return {"explanation": content}


def explain(request: Request, warehouse: Warehouse, *, with_words: bool = True) -> Explanation:
    """Look a published figure up, with all that it is made of; without `with_words`, the lists of sites alone.

    Raises UsageError, which lists what there is, for an unknown indicator, component, year or population, and
    ArchiveError where an export that speaks is not in the archive any more.
    """
    publication = warehouse.last_publication()
    if publication is None:
        raise UsageError(
            tr("nothing is published in {path} yet: `effets run` does that", path=warehouse.root)
        )
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        _require_tables(connection)
        indicator = _indicator(connection, request)
        rules = _rules(connection, indicator, request)
        scope_type, scope_id = _scope(connection, indicator, request)
        year_from = _year_before(connection, request) if request.is_change else None
        explanation = Explanation(
            indicator,
            request.year,
            year_from,
            scope_type,
            scope_id,
            _scope_label(connection, scope_type, scope_id),
            publication.release,
            [],
            _labels(connection),
        )
        place = (scope_type, scope_id, request.year)
        explanation.components = _components(
            connection, indicator, rules, place, year_from, is_change=request.is_change
        )
        if (
            any(one.published["status"] == "break" for one in explanation.components)
            and year_from is not None
        ):
            explanation.break_reasons = _break_reasons(connection, rules, year_from, request.year)
        if with_words:
            _add_evidence(connection, explanation, rules, warehouse)
    return explanation


def _components(
    connection: duckdb.DuckDBPyConnection,
    indicator: dict[str, Any],
    rules: list[dict[str, Any]],
    place: tuple[str, str, int],
    year_from: int | None,
    *,
    is_change: bool,
) -> list[Component]:
    """The published figures, or changes since `year_from`, each with the sites that it is made of."""
    key = (indicator["indicator_id"], indicator["method_version"], *place)
    members: dict[str, list[Member]] = {}
    if is_change:
        published, steps = rows(connection, _CHANGES, *key), change_steps
        for row in rows(connection, _FOLLOWED, *key, year_from):
            members.setdefault(row.pop("component_id"), []).append(Member(**row))
    else:
        published, steps = rows(connection, _VALUES, *key), figure_steps
        for row in rows(connection, _MEMBERS, *key):
            members.setdefault(row.pop("component_id"), []).append(_member(row))
    by_component = {row["component_id"]: row for row in published}
    return [
        _component(rule, by_component[rule["component_id"]], members.get(rule["component_id"], []), steps)
        for rule in rules
        if rule["component_id"] in by_component
    ]


def _component(
    rule: dict[str, Any],
    published: dict[str, Any],
    members: list[Member],
    steps: Callable[[dict[str, Any], dict[str, Any], list[Any]], list[Step]],
) -> Component:
    return Component(
        rule["component_id"],
        rule["component_label_fr"],
        rule["component_label_en"],
        rule,
        published,
        steps(rule, published, members),
        members,
    )


def _member(row: dict[str, Any]) -> Member:
    """A site, from what it adds: a row without a state has no fact at all."""
    state, is_outside, is_expected = row.pop("state"), row.pop("is_outside"), row.pop("is_expected")
    if row["denominator"]:
        part, reason = ("numerator" if row["numerator"] else "denominator"), None
        if row["evaluation_id"] is None:
            reason = "missing"
    else:
        part = "left_out"
        if state is None:
            reason = "not_asked" if is_expected else "not_expected"
        else:
            reason = "outside" if is_outside else "not_countable" if state == "answered" else state
    return Member(part=part, reason=reason, **row)


# What is asked for, and what there is.


def _require_tables(connection: duckdb.DuckDBPyConnection) -> None:
    if not rows(connection, "from duckdb_tables() where table_name = 'fct_indicator_evaluation'"):
        raise UsageError(
            tr("what is published comes from an older version of effets: `effets build` publishes anew")
        )


def _indicator(connection: duckdb.DuckDBPyConnection, request: Request) -> dict[str, Any]:
    """The indicator, in the method version that is asked for, else in the last one."""
    known = rows(connection, _INDICATORS)
    wanted = request.indicator_id.upper()
    versions = [row for row in known if row["indicator_id"] == wanted]
    if wanted == "X3":
        raise UsageError(
            tr(
                "X3 is the change of every indicator that says yes or no: name one, with --change (for example "
                "`effets explain I1 --year … --change`)"
            )
        )
    if not versions:
        raise UsageError(
            tr(
                "{id} is no indicator; there are {known}",
                id=request.indicator_id,
                known=_listed(row["indicator_id"] for row in known),
            )
        )
    if request.method_version is None:
        return versions[-1]
    for row in versions:
        if row["method_version"] == request.method_version:
            return row
    found = _listed(row["method_version"] for row in versions)
    raise UsageError(
        tr(
            "{id} has no method version {version}; there are {known}",
            id=wanted,
            version=request.method_version,
            known=found,
        )
    )


def _rules(
    connection: duckdb.DuckDBPyConnection, indicator: dict[str, Any], request: Request
) -> list[dict[str, Any]]:
    rules = rows(connection, _RULES, indicator["indicator_id"], indicator["method_version"])
    if request.component_id is not None:
        chosen = [rule for rule in rules if rule["component_id"] == request.component_id]
        if not chosen:
            raise UsageError(
                tr(
                    "{id} has no component {component}; there are {known}",
                    id=indicator["indicator_id"],
                    component=request.component_id,
                    known=_listed(rule["component_id"] for rule in rules),
                )
            )
        rules = chosen
    if request.is_change:
        rules = [rule for rule in rules if rule["is_binary"]]
        if not rules:
            raise UsageError(
                tr(
                    "no change is computed of {id}: only what each site says yes or no to can be followed "
                    "(without --change, its figure is explained)",
                    id=indicator["indicator_id"],
                )
            )
    return rules


def _scope(
    connection: duckdb.DuckDBPyConnection, indicator: dict[str, Any], request: Request
) -> tuple[str, str]:
    """The population that is meant by `network`, or by a kind and an id joined by a colon."""
    found = rows(connection, _SCOPES, indicator["indicator_id"], indicator["method_version"])
    years = sorted({row["year"] for row in found})
    if request.year not in years:
        raise UsageError(
            tr(
                "there is no evaluation of {year}: published are {years}",
                year=request.year,
                years=_listed(map(str, years)) or tr("none"),
            )
        )
    scope_type, colon, scope_id = request.scope.partition(":")
    scope_type = scope_type.strip()
    if not colon and scope_type == "network":
        scope_id = "network"
    scopes = {(row["scope_type"], row["scope_id"]) for row in found if row["year"] == request.year}
    if request.is_change:
        scopes = {scope for scope in scopes if scope[0] != "site"}
    for wanted in (scope_id.strip(), slugify(scope_id)):
        if (scope_type, wanted) in scopes:
            return scope_type, wanted
    types = sorted({kind for kind, _ in scopes} - {"network"})
    if scope_type in types:
        ids = _listed(sorted(name for kind, name in scopes if kind == scope_type))
        raise UsageError(
            tr(
                "no {kind} {id} has figures in {year}; there are {known}",
                kind=scope_type,
                id=scope_id or "…",
                year=request.year,
                known=ids,
            )
        )
    if scope_type == "site" and request.is_change:
        raise UsageError(tr("a change is that of several sites: leave --scope out, or name a group of sites"))
    raise UsageError(
        tr(
            "{id} has no figures for {scope}; say network, or one of {known}",
            id=indicator["indicator_id"],
            scope=request.scope,
            known=", ".join(f"{kind}:…" for kind in types),
        )
    )


def _year_before(connection: duckdb.DuckDBPyConnection, request: Request) -> int:
    before = rows(
        connection,
        "select max(year) as year from dim_campaign where year < $1 and evaluation_count > 0",
        request.year,
    )[0]["year"]
    if before is None:
        raise UsageError(
            tr("{year} is the first campaign: there is none before it to compare with", year=request.year)
        )
    return int(before)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _scope_label(connection: duckdb.DuckDBPyConnection, scope_type: str, scope_id: str) -> str:
    """What a population is called; its id where nothing names it."""
    found = rows(connection, _SCOPE_LABELS, scope_type, scope_id)
    return found[0]["label"] if found and found[0]["label"] else scope_id


def _labels(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (row["kind"], row["id"]): (row["label_fr"], row["label_en"])
        for row in rows(connection, _LABELS)
        if row["id"]
    }


def _break_reasons(
    connection: duckdb.DuckDBPyConnection, rules: list[dict[str, Any]], year_from: int, year_to: int
) -> list[dict[str, Any]]:
    questions = {rule[name] for rule in rules for name in ("question_id", "among_question_id")} - {None}
    return [
        row
        for row in rows(connection, "from dim_series_break order by series_break_id")
        if (row["indicator_id"] == rules[0]["indicator_id"] or row["question_id"] in questions)
        and row["method_version"] in (None, rules[0]["method_version"])
        and (row["year_from"] is None or (row["year_from"] < year_to and row["year_to"] > year_from))
    ]


# What each site said.


def _add_evidence(
    connection: duckdb.DuckDBPyConnection,
    explanation: Explanation,
    rules: list[dict[str, Any]],
    warehouse: Warehouse,
) -> None:
    """Give every member what it says to the questions of its component, in the words of its export."""
    questions = {row["question_id"]: row for row in rows(connection, _QUESTIONS)}
    wanted = {rule["component_id"]: _questions_of(rule, questions) for rule in rules}
    asked = sorted(set().union(*wanted.values())) if wanted else []
    years = [year for year in (explanation.year_from, explanation.year) if year is not None]
    members = {member.project_id for component in explanation.components for member in component.members}
    found: dict[tuple[str, int], list[Evidence]] = {}
    by_key: dict[tuple[str, str], Evidence] = {}
    parameters = (asked, sorted(members), years)
    for row in rows(connection, _EVIDENCE, *parameters):
        site = (row.pop("project_id"), row.pop("year"))
        evidence = Evidence(**row)
        found.setdefault(site, []).append(evidence)
        by_key[evidence.evaluation_id, evidence.question_id] = evidence
    source = _Sources(warehouse)
    for row in rows(connection, _EVIDENCE_SAID, *parameters):
        evidence = by_key[row.pop("evaluation_id"), row.pop("question_id")]
        # A decision in seeds/corrections stands in no export.
        is_decided = row.pop("is_corrected")
        evidence.said.append(Quote(**row) if is_decided else source.quote(row, evidence))
    for component in explanation.components:
        keeps = _keeps(component.rule)
        for member in component.members:
            member.evidence = [
                evidence
                for year in years
                for evidence in found.get((member.project_id, year), [])
                if evidence.question_id in wanted[component.component_id] and keeps(evidence)
            ]


def _questions_of(rule: dict[str, Any], questions: dict[str, dict[str, Any]]) -> set[str]:
    """The questions that a component looks at."""
    if rule["question_id"] is not None:
        return {rule["question_id"], rule["among_question_id"]} - {None}
    is_of: Callable[[dict[str, Any]], bool]
    match rule["indicator_id"], rule["family"]:
        case _, "participation":
            return set()
        case _, "scores":
            is_of = lambda row: row["category_id"] == rule["category_id"] and row["weight"] is not None  # noqa: E731
        case _, "breadth":
            is_of = lambda row: row["is_criterion"] and row["kind"] in ("single", "multiple")  # noqa: E731
        case "C4", _:
            is_of = lambda row: row["category_id"] == rule["category_id"]  # noqa: E731
        case "X4", _:
            goal = f"|{rule['component_id']}."
            is_of = lambda row: goal in f"|{row['targets'] or ''}"  # noqa: E731
        case "C6", _:
            return set(questions)
        case _:
            is_of = lambda row: row["is_criterion"]  # noqa: E731
    return {question_id for question_id, row in questions.items() if is_of(row)}


def _keeps(rule: dict[str, Any]) -> Callable[[Evidence], bool]:
    """Of an indicator that looks at a whole form, what is worth showing: what is answered, or lost."""
    if rule["family"] != "documents" or rule["indicator_id"] == "C5":
        return lambda evidence: True
    state = "lost" if rule["indicator_id"] == "C6" else "answered"
    return lambda evidence: evidence.state == state


class _Sources:
    """The archived exports, each read once."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._archive = Archive(warehouse.archive)
        self._state: State = self._archive.state()
        self._read: dict[str, tuple[Words, Sentence]] = {}

    def quote(self, row: dict[str, Any], evidence: Evidence) -> Quote:
        """What was read, in its sentence. Raises ArchiveError if the export is gone."""
        words, sentence = self._look_up(evidence)
        start, end = row["source_start"], row["source_end"]
        before, after = sentence(start, end)
        return Quote(**row, words=words(start, end, row["source_pointer"]), before=before, after=after)

    def _look_up(self, evidence: Evidence) -> tuple[Words, Sentence]:
        source_id = evidence.source_id
        if source_id not in self._read:
            stored = self._state.stored.get(source_id)
            if stored is None:
                raise ArchiveError(
                    tr(
                        "{path} ({source_id}), which {evaluation} rests on, is not in the archive any more: "
                        "`effets build` publishes without it",
                        path=evidence.path,
                        source_id=source_id,
                        evaluation=evidence.evaluation_id,
                    )
                )
            data = self._archive.read(stored)
            self._read[source_id] = words_of(stored.format, data), sentence_of(stored.format, data)
        return self._read[source_id]


_INDICATORS = """
    from dim_indicator
    order by indicator_id[1], try_cast(indicator_id[2:] as integer), try_cast(method_version as integer), method_version
"""
_RULES = "from dim_indicator_component where indicator_id = $1 and method_version = $2 order by position"
_SCOPES = """
    select distinct scope_type, scope_id, year
    from fct_indicator_value
    where indicator_id = $1 and method_version = $2
"""
_THIS = """
    indicator_id = $1 and method_version = $2 and scope_type = $3 and scope_id = $4
"""
_VALUES = f"select * from fct_indicator_value where {_THIS} and year = $5"
_CHANGES = f"""
    select
        *,
        (
            select count(*) from fct_indicator_change as other
            where
                other.year_to = fct_indicator_change.year_to and other.status = 'ok'
                and other.scope_type = $3 and other.scope_id = $4
        ) as test_count
    from fct_indicator_change
    where {_THIS} and year_to = $5
"""
# Who is in the population and was evaluated, or is expected: with what it adds, if it has the question at all.
_MEMBERS = """
    select
        components.component_id,
        members.project_id,
        coalesce(projects.name, members.project_id) as name,
        evaluations.evaluation_id,
        facts.state,
        coalesce(facts.is_outside, false) as is_outside,
        components.family <> 'participation' as is_expected,
        facts.numerator,
        coalesce(facts.denominator, 0) as denominator,
        facts.numerator_low,
        facts.numerator_high,
        facts.value,
        facts.value_low,
        facts.value_high,
        case components.measure when 'answered' then scores.answered_points else scores.points end as points,
        case components.measure when 'answered' then scores.answered_weight else scores.weight end as weight
    from dim_indicator_component as components
    cross join fct_scope_member as members
    left join fct_indicator_evaluation as facts
        on
            components.indicator_id = facts.indicator_id
            and components.method_version = facts.method_version
            and components.component_id = facts.component_id
            and members.project_id = facts.project_id
            and members.year = facts.year
    left join fct_evaluation as evaluations
        on members.project_id = evaluations.project_id and members.year = evaluations.year
    left join dim_project as projects on members.project_id = projects.project_id
    left join fct_environment_score as scores
        on
            components.family = 'scores'
            and components.category_id = scores.category_id
            and scores.sub_axis_id = 'all'
            and evaluations.evaluation_id = scores.evaluation_id
    where
        components.indicator_id = $1 and components.method_version = $2
        and members.scope_type = $3 and members.scope_id = $4 and members.year = $5
        and (facts.project_id is not null or evaluations.evaluation_id is not null)
    order by components.position, strip_accents(lower(name)), members.project_id
"""
_FOLLOWED = """
    select
        components.component_id,
        members.project_id,
        coalesce(projects.name, members.project_id) as name,
        after.evaluation_id,
        case
            when matched.is_gained then 'gained'
            when matched.is_lost then 'lost'
            when matched.is_matched and after_fact.numerator = 1 then 'kept'
            when matched.is_matched then 'without'
            else 'left_out'
        end as part,
        case
            when matched.is_broken then 'broken'
            when matched.is_matched then null
            when before.evaluation_id is null then 'not_before'
            when after.evaluation_id is null then 'not_after'
            when matched.is_ambiguous then 'ambiguous'
            when coalesce(before_fact.is_outside or after_fact.is_outside, false) then 'outside'
            when not coalesce(matched.is_asked, false) then 'not_asked'
            else 'unknown'
        end as reason
    from dim_indicator_component as components
    cross join fct_scope_member as members
    left join fct_indicator_matched as matched
        on
            components.indicator_id = matched.indicator_id
            and components.method_version = matched.method_version
            and components.component_id = matched.component_id
            and members.project_id = matched.project_id
            and members.year = matched.year_to
    left join fct_evaluation as before on members.project_id = before.project_id and before.year = $6
    left join fct_evaluation as after on members.project_id = after.project_id and after.year = $5
    left join fct_indicator_evaluation as before_fact
        on
            components.indicator_id = before_fact.indicator_id
            and components.method_version = before_fact.method_version
            and components.component_id = before_fact.component_id
            and before.evaluation_id = before_fact.evaluation_id
    left join fct_indicator_evaluation as after_fact
        on
            components.indicator_id = after_fact.indicator_id
            and components.method_version = after_fact.method_version
            and components.component_id = after_fact.component_id
            and after.evaluation_id = after_fact.evaluation_id
    left join dim_project as projects on members.project_id = projects.project_id
    where
        components.indicator_id = $1 and components.method_version = $2
        and members.scope_type = $3 and members.scope_id = $4 and members.year = $5
        and (before.evaluation_id is not null or after.evaluation_id is not null)
    order by components.position, strip_accents(lower(name)), members.project_id
"""
_SCOPE_LABELS = """
    select label from (
        select 'site' as kind, project_id as id, name as label from dim_project
        union all
        select distinct 'region', region_code, region from dim_project
        union all
        select distinct 'department', department_code, department from dim_project
        union all
        select 'legal_status', answer_id, label_fr from dim_answer
        where answer_list = (select answer_list from dim_question where question_id = 'status')
        union all
        select 'thematique', answer_id, label_fr from dim_answer
        where answer_list = (select answer_list from dim_question where question_id = 'presentation.thematiques')
    )
    where kind = $1 and id = $2
"""
_LABELS = """
    select 'question' as kind, question_id as id, label_fr, label_en from dim_question
    union all
    select 'category', category_id, label_fr, label_en from dim_category
    union all
    select 'answer', questions.question_id || '/' || answers.answer_id, answers.label_fr, answers.label_en
    from dim_question as questions
    inner join dim_answer as answers on questions.answer_list = answers.answer_list
"""
_QUESTIONS = """
    select
        questions.question_id,
        questions.category_id,
        questions.kind,
        questions.weight,
        coalesce(categories.criterion_number <= 12, false) as is_criterion,
        categories.sdg_targets_proposed as targets
    from dim_question as questions
    left join dim_category as categories on questions.category_id = categories.category_id
"""
_ASKED = """
    question_id in (select unnest($1::varchar[]))
    and project_id in (select unnest($2::varchar[]))
    and year in (select unnest($3::integer[]))
"""
_EVIDENCE = f"""
    select
        responses.project_id,
        responses.year,
        responses.evaluation_id,
        responses.question_id,
        responses.category_id,
        responses.state,
        coalesce(responses.candidate_answer_ids, []) as candidate_answer_ids,
        responses.is_corrected,
        responses.source_id,
        sources.path,
        records.record_key
    from (from fct_response where {_ASKED}) as responses
    inner join dim_source as sources on responses.source_id = sources.source_id
    inner join dim_record as records on responses.record_id = records.record_id
    inner join dim_question as questions on responses.question_id = questions.question_id
    order by responses.evaluation_id, questions.form desc, questions.position, responses.question_id
"""
_EVIDENCE_SAID = f"""
    from (
        select evaluation_id, question_id, is_corrected, ordinal, {SAID_COLUMNS} from fct_observation where {_ASKED}
        union all
        select evaluation_id, question_id, is_corrected, 0, {TEXT_COLUMNS} from fct_testimony where {_ASKED}
    )
    select * exclude (ordinal)
    order by evaluation_id, question_id, ordinal
"""
