"""Disclosure control: what is unsafe is not shown, and what is masked cannot be computed back."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.codebook import Codebook
from ingest.schema import RAW_TABLES
from ingest.slug import slugify
from ingest.warehouse import PROJECT_ROOT, Warehouse
from tests.pipeline.attacker import attack
from tests.pipeline.warehouses import dbt_build, write_raw

Row = dict[str, Any]

#: Each invented network has ten years of its own, before any real one: one build makes them all.
YEARS_EACH = 10
FIRST_YEAR = 10
POSTAL_CODES = ("93400", "13001", "29200", "29000", "35000", "75011", "69003", "04000", "2A004", None)
QUESTIONS = {
    "normal": (
        "sante_effet",
        "appartenance_exclusion_public",
        "services_publics_gestion",
        "egalite_homme_femme_dirigeants",
        "egalite_homme_femme_public",
        "insertion_professionnelle_nb_personnes",
        "presentation.emplois directs",
    ),
    "strict": (
        "sante_effet",
        "capacite_agir_porte",
        "capacite_agir_nombre",
        "services_publics_gestion",
        "intensite_effets_collectifs",
        "egalite_homme_femme_dirigeants",
        "egalite_homme_femme_public",
        "impact_social_frequence",
        "innovation_publique_effet",
        "entretien_des_espaces_effets",
        "entretien_des_espaces_effets_positif_type",
        "presentation.emplois directs",
    ),
}
#: What the attacker holds.
RPT = tuple(
    f"+{table}"
    for table in (
        "rpt_indicator",
        "rpt_indicator_change",
        "rpt_department",
        "rpt_cooccurrence",
        "dim_indicator_component",
        "dim_question",
        "dim_answer",
    )
)


def networks(count: int, mode: str, seed: int) -> dict[str, list[Row]]:
    """Small networks of two years each, that answer what is restricted at random, some answers rarely."""
    chance = random.Random(seed)
    codebook = Codebook.load(PROJECT_ROOT)
    rows: dict[str, list[Row]] = {table: [] for table in RAW_TABLES}
    rows["settings"] = [{"key": "disclosure", "value": mode}]
    for number in range(count):
        years = (FIRST_YEAR + YEARS_EACH * number, FIRST_YEAR + YEARS_EACH * number + 1)
        codes = chance.sample(POSTAL_CODES, chance.randint(2, 6))
        # How likely an answer is: some are rare in one network, common in another.
        likely = {q: chance.choice((0.05, 0.15, 0.3, 0.5, 0.9)) for q in QUESTIONS[mode]}
        forms = [answer.answer_id for answer in codebook.answers["statuts"]]
        themes = [answer.answer_id for answer in codebook.answers["thematiques"]][: chance.randint(2, 8)]
        for site in range(chance.randint(6, 45)):
            name = f"Site {number} {site} (site inventé)"
            rows["slugs"].append({"name": name, "slug": slugify(name)})
            place = chance.choice(codes)
            groups = (
                ("status", [chance.choice(forms)]),
                ("presentation.thematiques", chance.sample(themes, chance.randint(1, 2))),
            )
            for year in years:
                if chance.random() < 0.85:
                    key = _record(rows, f"{number}-{site}", year, name, place)
                    for question, answers in groups:
                        _say(rows, key, question, [{"answer_id": answer} for answer in answers])
                    for question in QUESTIONS[mode]:
                        if chance.random() < 0.85:
                            _say(rows, key, question, _answer(question, likely[question], codebook, chance))
    return rows


def _record(rows: dict[str, list[Row]], site: str, year: int, name: str, place: str | None) -> Row:
    source = {"source_id": f"{site}@{year}"}
    key = {**source, "record_key": ""}
    rows["exports"].append({**source, "format": "typeform_json", "byte_count": 1})
    rows["receipts"].append(
        {**source, "path": f"{year}/{site}.json", "year": year, "year_basis": "folder", "project_stem": name}
        | {"is_retracted": False}
    )
    rows["records"].append({**key, "project_name": name, "postal_code": place})
    rows["record_forms"] += [
        {**key, "form": form, "default_state": "blank"} for form in ("social", "profile")
    ]
    return key


def _say(rows: dict[str, list[Row]], key: Row, question: str, said: list[Row]) -> None:
    about = {**key, "question_id": question}
    rows["responses"].append({**about, "state": "answered"})
    for ordinal, one in enumerate(said, 1):
        label = {"raw_label": one["answer_id"], "match": "exact"} if "answer_id" in one else {}
        rows["observations"].append({**about, "ordinal": ordinal, **one, **label})


def _answer(question: str, likely: float, codebook: Codebook, chance: random.Random) -> list[Row]:
    about = codebook.questions[question]
    known = [answer.answer_id for answer in codebook.answers.get(about.answer_list or "", [])]
    if about.kind == "rating":
        return [{"value_number": min(5, 1 + int(chance.expovariate(1 + likely)))}]
    if about.kind == "number":
        return [{"value_number": float(int(chance.paretovariate(0.6 + likely)))}]
    if about.kind == "number_text":
        return (
            [{"value_number": chance.randint(1, 9)}]
            if chance.random() > likely
            else [{"value_text": "une dizaine"}]
        )
    first = known[-1] if chance.random() < likely else chance.choice(known[:-1] or known)
    more = [answer for answer in known if answer != first and chance.random() < 0.15]
    return [{"answer_id": answer} for answer in ([first] if about.kind == "single" else [first, *more])]


def shown(warehouse: Warehouse, count: int, mode: str, seed: int) -> duckdb.DuckDBPyConnection:
    """The tables for anybody of these networks."""
    warehouse.root.mkdir(parents=True, exist_ok=True)
    rows = networks(count, mode, seed)
    write_raw(warehouse, rows)
    dbt_build(warehouse, "seed", "model", select=RPT)
    return duckdb.connect(warehouse.build_database, read_only=True)


@pytest.mark.parametrize("mode", ["normal", pytest.param("strict", marks=pytest.mark.slow)])
@pytest.mark.parametrize("count", [6, pytest.param(200, marks=pytest.mark.long)])
def test_nothing_masked_is_recovered(count: int, mode: str, tmp_path: Path) -> None:
    with shown(Warehouse(tmp_path), count, mode, seed=count) as connection:
        assert_unsafe_is_not_shown(connection)
        masked, recovered = attack(connection)
    assert masked > 20 * count
    assert recovered == []


@pytest.mark.slow
def test_the_attacker_recovers_what_is_masked_alone(tmp_path: Path) -> None:
    """The test of the test: figures put back one by one beside the masked ones give some of those away."""
    with shown(Warehouse(tmp_path), 4, "normal", seed=5) as connection:
        database = connection.execute("select current_database()").fetchall()
    assert database
    with duckdb.connect(Warehouse(tmp_path).build_database) as connection:
        connection.execute(
            """
            update rpt_indicator set numerator = found.numerator, status = 'ok'
            from fct_indicator_value as found
            where rpt_indicator.indicator_id = found.indicator_id and rpt_indicator.component_id = found.component_id
                and rpt_indicator.year = found.year and rpt_indicator.scope_type = found.scope_type
                and rpt_indicator.scope_id = found.scope_id and found.indicator_id in ('Q4', 'K8')
                and found.numerator not in (1, 2) and found.denominator - found.numerator not in (1, 2)
            """
        )
        assert attack(connection)[1]


def test_example_network(published_example: Warehouse) -> None:
    with duckdb.connect(published_example.build_database, read_only=True) as connection:
        assert_unsafe_is_not_shown(connection)
        masked, recovered = attack(connection)
    assert masked > 100
    assert recovered == []


def assert_unsafe_is_not_shown(connection: duckdb.DuckDBPyConnection) -> None:
    """No cell of one or two sites, no rest of one or two, no group below three, of what is restricted."""
    unsafe = connection.execute(
        """
        select indicator_id, component_id, year, scope_type, scope_id
        from rpt_indicator
        where
            disclosure = 'restricted'
            and (
                numerator in (1, 2)
                or (statistic = 'share' and denominator - numerator in (1, 2))
                or (denominator in (1, 2) and coalesce(numerator, value, bound_low, bound_high) is not null)
            )
        union all
        select indicator_id, component_id, year_to, scope_type, scope_id
        from rpt_indicator_change
        where disclosure = 'restricted' and (gained in (1, 2) or lost in (1, 2) or scope_type <> 'network')
        union all
        select indicator_id, component_id, year, scope_type, scope_id
        from rpt_indicator
        where
            status = 'suppressed'
            and coalesce(numerator, value, value_q1, value_q3, ci_low, ci_high, bound_low, bound_high) is not null
        """
    ).fetchall()
    assert unsafe == []
