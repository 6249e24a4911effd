"""Indicators of the example network and of an invented one that fills in every form: recounted, thinned, renamed."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.codebook import Codebook, Question
from ingest.schema import RAW_TABLES
from ingest.slug import slugify
from ingest.warehouse import PROJECT_ROOT, Warehouse
from tests.pipeline.recount import Figure, Key, read, recount
from tests.pipeline.warehouses import dbt_build, write_raw

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Figures = dict[Key, Row]

#: What indicators rest on.
INDICATORS = ("+fct_indicator_value", "+fct_indicator_change", "+path:models/marts/core")

YEARS = (2022, 2023, 2025)
SITES = 24
#: Follow-up questions, and the answer that opens them.
OPENED_BY = {
    "cadre_de_vie_type": ("cadre_de_vie_image", {"positive", "negative"}),
    "entretien_des_espaces_effets_positif_type": ("entretien_des_espaces_effets", {"positifs"}),
    "entretien_des_espaces_effets_negatif_type": ("entretien_des_espaces_effets", {"negatifs"}),
    "innovation_publique_type": ("innovation_publique_effet", {"amelioration", "difficile"}),
    "appartenance_exclusion_type": ("appartenance_exclusion_public", {"exclusion"}),
}
AMBIGUOUS = {
    "services_publics_gestion": ["surcharge", "none"],
    "innovation_publique_effet": ["difficile", "none"],
    "moyens.benevoles": ["0", "none"],
    "insertion_professionnelle_nb_personnes": ["0", "none"],
}


def network(seed: int) -> Rows:
    """Sites that answer every form at random, from the codebook alone: a label in twenty is not in it."""
    chance = random.Random(seed)
    codebook = Codebook.load(PROJECT_ROOT)
    rows: Rows = {table: [] for table in RAW_TABLES}
    for number, year in ((number, year) for number in range(SITES) for year in YEARS):
        if chance.random() < 0.25:
            continue
        source = {"source_id": f"{number}@{year}"}
        key = {**source, "record_key": ""}
        name = f"Site {number} (site inventé)"
        rows["exports"].append(
            {**source, "format": chance.choice(["typeform_json", "place_json"]), "byte_count": 1}
        )
        rows["receipts"].append(
            {
                **source,
                "path": f"{year}/{number}.json",
                "year": year,
                "year_basis": "folder",
                "project_stem": name,
            }
            | {"is_retracted": False}
        )
        rows["records"].append(
            {**key, "project_name": name, "postal_code": chance.choice(["93400", "13001", "29200"])}
        )
        rows["slugs"].append({"name": name, "slug": slugify(name)})
        said: dict[str, set[str]] = {}
        for form in ("social", "profile", "environment", "urban_project"):
            if form in ("social", "profile") or (chance.random() < 0.7 and year == YEARS[-1]):
                rows["record_forms"].append({**key, "form": form, "default_state": "blank"})
                for question in codebook.questions.values():
                    if question.form == form:
                        _answer(
                            rows,
                            {**key, "question_id": question.question_id},
                            question,
                            said,
                            codebook,
                            chance,
                        )
    return rows


def _answer(
    rows: Rows,
    key: Row,
    question: Question,
    said: dict[str, set[str]],
    codebook: Codebook,
    chance: random.Random,
) -> None:
    opener, opening = OPENED_BY.get(question.question_id, (None, set()))
    if opener and not said.get(opener, set()) & opening:
        return
    luck = chance.random()
    if luck < 0.1 and question.question_id in AMBIGUOUS:
        rows["responses"].append(
            {**key, "state": "ambiguous", "candidate_answer_ids": AMBIGUOUS[question.question_id]}
        )
    elif luck < 0.25:
        rows["responses"].append({**key, "state": chance.choice(["blank", "lost", "not_shown", "not_asked"])})
    else:
        answers = codebook.answers.get(question.answer_list or "", [])
        observed: list[Row] = []
        if question.kind in ("single", "multiple"):
            known = [answer.answer_id for answer in answers]
            most = min(3, len(known)) if question.kind == "multiple" else 1
            drawn = chance.sample(known, chance.randint(1, most)) if known else []
            # Whoever says that nothing happened names nothing that did.
            drawn = [a for a in drawn if a in ("non", "aucun-effet")][:1] or drawn
            said[question.question_id] = set(drawn)
            observed = [{"answer_id": answer, "raw_label": answer, "match": "exact"} for answer in drawn]
            if not drawn or (question.kind == "multiple" and chance.random() < 0.05):
                observed.append({"raw_label": "une réponse inconnue", "match": "unmapped"})
        elif question.kind in ("number", "rating", "number_text"):
            number = chance.randint(1, 5) if question.kind == "rating" else chance.randint(0, 40) / 2
            texts = question.kind == "number_text" and chance.random() < 0.3
            observed = [{"value_text": "une dizaine"} if texts else {"value_number": number}]
        elif question.kind == "date":
            observed = [{"value_text": f"{chance.randint(2008, 2025)}-05-01"}]
        elif question.role == "testimony":
            text = chance.choice(["RAS", "Un jardin partagé."])
            rows["testimonies"].append({**key, "text": text, "is_truncated": False})
        else:
            observed = [{"value_text": "un texte"}]
        rows["responses"].append({**key, "state": "answered"})
        rows["observations"] += [{**key, "ordinal": n, **one} for n, one in enumerate(observed, 1)]


def thinned(rows: Rows, seed: int) -> Rows:
    """The same network, a third of its answers unknown."""
    chance = random.Random(seed)
    hidden = {
        (row["source_id"], row["question_id"])
        for row in rows["responses"]
        if row["state"] == "answered" and row["question_id"] not in KEPT and chance.random() < 1 / 3
    }
    is_kept = lambda row: (row["source_id"], row["question_id"]) not in hidden  # noqa: E731
    return rows | {
        "responses": [row if is_kept(row) else {**row, "state": "not_shown"} for row in rows["responses"]],
        "observations": [row for row in rows["observations"] if is_kept(row)],
        "testimonies": [row for row in rows["testimonies"] if is_kept(row)],
    }


#: What says to which groups a site belongs.
KEPT = {"status", "presentation.thematiques", "presentation.date_ouverture"}


def renamed(rows: Rows, seed: int) -> Rows:
    """The same network: exports under other hashes, names in capitals, every table in another order."""
    chance = random.Random(seed)
    changed = {}
    for table, content in rows.items():
        moved = [
            {
                name: f"x{value}"
                if name == "source_id"
                else value.upper()
                if name in NAMES and value
                else value
                for name, value in row.items()
            }
            for row in content
        ]
        changed[table] = chance.sample(moved, len(moved))
    changed["slugs"] = [{"name": row["name"], "slug": slugify(row["name"])} for row in changed["slugs"]]
    return changed


NAMES = ("project_name", "project_stem", "name")


def figures(
    warehouse: Warehouse, rows: Rows, register: list[tuple[str, str | None, str | None]] | None = None
) -> tuple[Figures, dict[Key, Figure], list[Row]]:
    """Build the indicators of these raw tables: as the models give them, recounted, and the changes."""
    warehouse.root.mkdir(parents=True, exist_ok=True)
    write_raw(warehouse, rows)
    if register is None:
        dbt_build(warehouse, "seed", "model", select=INDICATORS)
    else:
        dbt_build(warehouse, "seed", select=INDICATORS)
        with duckdb.connect(warehouse.build_database) as connection:
            connection.executemany("insert into seeds.register values (?, ?, ?)", register)
        dbt_build(warehouse, "model", select=INDICATORS)
    return published(warehouse.build_database)


def published(database: Path) -> tuple[Figures, dict[Key, Figure], list[Row]]:
    with duckdb.connect(database, read_only=True) as connection:
        values = connection.execute("from fct_indicator_value order by all").to_arrow_table().to_pylist()
        changes = connection.execute("from fct_indicator_change order by all").to_arrow_table().to_pylist()
        counted = recount(read(connection))
    found = {
        (row["indicator_id"], row["component_id"], row["year"], row["scope_type"], row["scope_id"]): row
        for row in values
    }
    assert len(found) == len(values)
    return found, counted, changes


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One for all invented networks."""
    return Warehouse(tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="module")
def invented(warehouse: Warehouse) -> tuple[Figures, dict[Key, Figure], list[Row]]:
    return figures(warehouse, network(1))


@pytest.fixture(scope="module")
def example(published_example: Warehouse) -> tuple[Figures, dict[Key, Figure], list[Row]]:
    return published(published_example.build_database)


@pytest.mark.parametrize("name", ["example", "invented"])
def test_every_figure_is_recounted(name: str, request: pytest.FixtureRequest) -> None:
    """Counts, sums, medians and quartiles of all indicators, years and scopes."""
    found, counted, _ = request.getfixturevalue(name)
    missing = [key for key in counted if key not in found]
    assert not missing, missing[:5]
    wrong = []
    for key, row in found.items():
        figure = counted.get(key, Figure())
        is_count = row["value_q1"] is None and not figure.values
        same = (
            row["denominator"] == figure.denominator
            and row["n_answered"] == figure.n_answered
            and row["n_ambiguous"] == figure.n_ambiguous
            and (row["numerator"] is None or row["numerator"] == figure.numerator)
        )
        if same and row["status"] == "ok" and not is_count:
            same = math.isclose(row["value"], figure.statistic(key[1]) or 0)
            if row["value_q1"] is not None:
                same = same and (row["value_q1"], row["value_q3"]) == pytest.approx(figure.quartiles())
        elif same and row["status"] == "ok":
            is_share = key[0] != "X4" and key[1] != "sites"
            same = math.isclose(
                row["value"], figure.numerator / figure.denominator if is_share else figure.numerator
            )
        if not same:
            wrong.append((key, row, figure))
    assert not wrong, (len(wrong), wrong[:3])


@pytest.mark.parametrize("name", ["example", "invented"])
def test_status_says_why(name: str, request: pytest.FixtureRequest) -> None:
    """Nothing is null without a reason, no minimum is undercut, a site has none."""
    found, _, changes = request.getfixturevalue(name)
    for key, row in found.items():
        assert (row["status"] == "ok") == (row["value"] is not None), key
        if row["n_ambiguous"]:
            assert row["status"] == "bounds" and row["bound_low"] is not None, key
        if row["status"] == "ok" and key[3] != "site" and key[0][0] in "IKQEX" and row["ci_low"] is not None:
            assert row["denominator"] >= 5, key
        if key[3] == "site":
            assert row["status"] != "small_n" and row["ci_low"] is None, key
        if key[0] == "C1":
            assert row["status"] == "no_register", key
    for row in changes:
        assert (row["status"] == "ok") == (row["change"] is not None)
        assert row["status"] != "ok" or row["n_matched"] >= 10
    assert {row["status"] for row in changes} >= {"ok", "small_n", "bounds", "no_data"}


def test_invented_network_has_every_kind_of_figure(
    invented: tuple[Figures, dict[Key, Figure], list[Row]],
) -> None:
    """What the example network cannot show is shown here: all forms, and every indicator but C1 with a figure."""
    found, _, _ = invented
    shown = {key[0] for key, row in found.items() if row["value"] is not None or row["status"] == "bounds"}
    assert {key[0] for key in found} - shown == {"C1"}


def test_changes_are_those_of_matched_sites(invented: tuple[Figures, dict[Key, Figure], list[Row]]) -> None:
    """Gained and lost, from the sites' own rows of both years."""
    found, _, changes = invented
    network_rows = [row for row in changes if row["scope_type"] == "network"]
    assert network_rows
    for row in network_rows:
        gained = lost = matched = 0
        for number in range(SITES):
            pair = [
                found.get(
                    (row["indicator_id"], row["component_id"], year, "site", f"site-{number}-site-invente")
                )
                for year in (row["year_from"], row["year_to"])
            ]
            if all(one is not None and one["denominator"] == 1 for one in pair):
                before, after = (one["numerator"] for one in pair if one is not None)
                matched, gained, lost = matched + 1, gained + (after > before), lost + (after < before)
        assert row["n_matched"] == matched
        if row["status"] != "break":
            assert (row["gained"], row["lost"]) == (gained, lost), row


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 4, 5, 6))])
def test_fewer_answers_widen_the_bounds(
    warehouse: Warehouse, invented: tuple[Figures, dict[Key, Figure], list[Row]], seed: int
) -> None:
    """A third of the answers deleted turns nothing into a no: the bounds still hold the figure of the whole network."""
    whole, _, _ = invented
    part, _, _ = figures(warehouse, thinned(network(1), seed))
    compared = 0
    for key, row in whole.items():
        thin = part[key]
        if row["value"] is None or thin["bound_low"] is None:
            continue
        if row["ci_low"] is None and key[3] != "site":
            continue
        compared += 1
        assert thin["bound_low"] - 1e-9 <= row["value"] <= thin["bound_high"] + 1e-9, (key, row, thin)
        assert thin["bound_low"] <= row["bound_low"] + 1e-9, key
        assert thin["bound_high"] >= row["bound_high"] - 1e-9, key
        if key[0] != "X1":
            noes = [one["denominator"] - (one["numerator"] or 0) for one in (row, thin)]
            assert noes[1] <= noes[0], key
        if row["denominator"] and key[0] not in ("C1", "C2"):
            assert thin["n_answered"] <= row["n_answered"], key
    assert compared > 5000


@pytest.mark.long
def test_names_and_order_move_nothing(
    warehouse: Warehouse, invented: tuple[Figures, dict[Key, Figure], list[Row]]
) -> None:
    whole, _, changes = invented
    other, _, other_changes = figures(warehouse, renamed(network(1), 3))
    assert other == whole
    assert other_changes == changes


@pytest.mark.slow
def test_a_register_gives_participation_and_narrows_the_intervals(
    warehouse: Warehouse, invented: tuple[Figures, dict[Key, Figure], list[Row]]
) -> None:
    """Twice as many sites as answer, one of which closed; spelled with the elision that the slug closes."""
    without, _, _ = invented
    names = [f"site-{number}-site-invente" for number in range(SITES)]
    register = [(name, None, None) for name in names] + [
        (f"d-autres-{name}", "2020", "2024-06-30") for name in names
    ]
    found, _, _ = figures(warehouse, network(1), register)
    for year, size in zip(YEARS, (2 * SITES, 2 * SITES, SITES), strict=True):
        rate = found["C1", "all", year, "network", "network"]
        assert (rate["numerator"], rate["denominator"]) == (rate["n_evaluations"], size)
        assert (rate["status"], rate["value"]) == ("ok", rate["n_evaluations"] / size)
    # Only in the last year does it place all of its sites, which are those that were evaluated.
    for key, row in found.items():
        if key[0] == "C1" and key[3] == "region":
            assert (row["status"] == "ok") == (key[2] == YEARS[-1]), key
    narrowed = 0
    for key, row in found.items():
        before = without.get(key)
        if before is None:
            # A group of the register in which nobody was evaluated.
            assert key[0] in ("C1", "C2") and row["n_evaluations"] == 0, key
            continue
        if key[0] != "C1":
            assert (row["value"], row["status"]) == (before["value"], before["status"]), key
        if key[3] == "network" and row["ci_low"] is not None:
            assert before["ci_low"] - 1e-9 <= row["ci_low"] and row["ci_high"] <= before["ci_high"] + 1e-9, (
                key
            )
            assert (
                row["bound_low"] <= before["bound_low"] and row["bound_high"] >= before["bound_high"] - 1e-9
            ), key
            narrowed += row["ci_high"] - row["ci_low"] < before["ci_high"] - before["ci_low"] - 1e-6
    assert narrowed > 100
