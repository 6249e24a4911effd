"""What the models make of a small raw schema that holds the cases of which nothing else would speak."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from hashlib import md5
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ingest.warehouse
from ingest.schema import RAW_TABLES
from ingest.slug import slugify
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import ROOT, dbt, write_raw

Row = dict[str, Any]

COFFEE = "Les habitants se retrouvent chaque semaine autour du café associatif et du jardin partagé."


class Network:
    """Rows of the raw tables, one method for each thing that exports say."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {table: [] for table in RAW_TABLES}

    def export(self, source_id: str, format_name: str, text_form: str | None = None) -> None:
        page = dict.fromkeys(("characters", "characters_testimony"), 8) | {"characters_recognised": 0}
        self.rows["exports"].append(
            {"source_id": source_id, "format": format_name, "text_form": text_form, "byte_count": 10}
            | (page | {"characters_unparsed": 0, "generation": "T6"} if text_form else {})
        )

    def receipt(self, source_id: str, year: int, retracted: bool = False, **more: object) -> None:
        stem = str(more.pop("stem", source_id))
        self._slug(stem)
        self.rows["receipts"].append(
            {"source_id": source_id, "path": f"{year}/{stem}.x", "year": year, "year_basis": "folder"}
            | {"project_stem": stem, "is_retracted": retracted}
            | more
        )

    def record(self, source_id: str, name: str | None, forms: dict[str, str], **more: object) -> None:
        if name:
            self._slug(name)
        key = {"source_id": source_id, "record_key": ""}
        self.rows["records"].append({**key, "project_name": name, **more})
        self.rows["record_forms"] += [{**key, "form": form, "default_state": forms[form]} for form in forms]

    def choose(self, source_id: str, question_id: str, *labels: str | tuple[str, None]) -> None:
        key = self._respond(source_id, question_id, "answered")
        for ordinal, label in enumerate(labels, 1):
            known = isinstance(label, str)
            self.rows["observations"].append(
                {**key, "ordinal": ordinal, "answer_id": label if known else None}
                | {"raw_label": label if known else label[0], "match": "exact" if known else "unmapped"}
                | {"source_start": 10 * ordinal, "source_end": 10 * ordinal + 5}
            )

    def observe(self, source_id: str, question_id: str, **value: object) -> None:
        key = self._respond(source_id, question_id, "answered")
        self.rows["observations"].append({**key, "ordinal": 1, **value})

    def tell(self, source_id: str, question_id: str, text: str, truncated: bool = False) -> None:
        key = self._respond(source_id, question_id, "answered")
        self.rows["testimonies"].append({**key, "text": text, "is_truncated": truncated})

    def leave(self, source_id: str, question_id: str, state: str) -> None:
        self._respond(source_id, question_id, state)

    def _respond(self, source_id: str, question_id: str, state: str) -> Row:
        key = {"source_id": source_id, "record_key": "", "question_id": question_id}
        self.rows["responses"].append({**key, "state": state})
        return key

    def _slug(self, name: str) -> None:
        row = {"name": name, "slug": slugify(name)}
        if row not in self.rows["slugs"]:
            self.rows["slugs"].append(row)


def network() -> Network:
    """Four projects over two years, one of them in three forms that disagree."""
    net = Network()
    for source_id, form, text_form, collected in [
        ("a-json", "typeform_json", None, None),
        ("a-page", "effects_page", "html", date(2024, 5, 1)),
        ("a-text", "effects_page", "layout", date(2024, 6, 1)),
    ]:
        net.export(source_id, form, text_form)
        net.receipt(source_id, 2024, collected_on=collected)
    net.record(
        "a-json",
        "L'Amarre",
        {"social": "blank", "profile": "blank"},
        postal_code="1000",
        city="BOURG EN BRESSE",
    )
    net.record("a-page", "LAMARRE", {"social": "not_shown"})
    net.record("a-text", "Lamarre", {"social": "not_shown"})
    net.choose("a-json", "impact_social_public", "benevoles", "occupants")
    net.choose("a-page", "impact_social_public", "occupants", "benevoles")
    net.choose("a-text", "impact_social_public", "benevoles")
    net.choose("a-page", "sante_effet", "inconfort")
    net.tell("a-json", "lien_social", COFFEE)
    net.tell("a-page", "lien_social", COFFEE[:40], truncated=True)
    net.tell("a-text", "lien_social", COFFEE.upper())
    net.choose("a-json", "status", "association")
    net.observe("a-json", "presentation.date_ouverture", value_text="2018-09-01")
    net.observe("a-json", "presentation.surface", value_number=120.5)

    net.export("b", "effects_page", "copy")
    net.receipt("b", 2023)
    net.receipt("b", 2024)
    net.record("b", "La Grange", {"social": "not_shown"}, postal_code="93066", city="Saint Denis")
    net.tell("b", "lien_social", COFFEE.rstrip("."))
    net.choose("b", "impact_social_public", ("Extraterrestres", None), "benevoles")

    net.export("c", "place_json")
    net.receipt("c", 2024, stem="lagrange")
    net.record(
        "c", None, {"social": "not_shown", "profile": "blank"}, postal_code="97150", city="Saint-Martin"
    )
    net.choose("c", "impact_social_public", ("EXTRATERRESTRES", None))

    net.export("d", "effects_page", "naive")
    net.receipt("d", 2024, retracted=True)
    net.record("d", "La Retirée", {"social": "not_shown"})
    net.tell("d", "lien_social", COFFEE)
    return net


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(tmp_path_factory.mktemp("warehouse"))


def build(warehouse: Warehouse, rows: dict[str, list[Row]]) -> None:
    """Write the raw schema and build the models; every test of theirs must pass."""
    write_raw(warehouse, rows)
    result = warehouse.build()
    assert (result.failures, result.warnings, result.skipped) == ([], [], 0)


def published(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """All rows of all published tables, sorted."""
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'main'"
    ).fetchall()
    return {
        table: sorted(map(repr, connection.execute(f"from main.{table}").fetchall())) for (table,) in tables
    }


@pytest.fixture(scope="module")
def unit_tests(warehouse: Warehouse) -> list[tuple[str, str, str | None]]:
    """What the unit tests in the models' YAML say, which `effets` leaves out: they say nothing about the data."""
    build(warehouse, network().rows)
    outcome = dbt("test", warehouse.root, "--resource-type", "unit_test")
    return [(result.node.name, str(result.status), result.message) for result in outcome.result.results]


@pytest.fixture(scope="module")
def built(
    warehouse: Warehouse, unit_tests: list[tuple[str, str, str | None]]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What was built; opened after the unit tests, since dbt wants the database for itself."""
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        yield connection


def test_names_of_one_project_are_one(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        select project_id, name, legal_status, opened_on, postal_code, department_code, geo_precision,
            first_year, last_year, evaluation_count
        from dim_project
        order by project_id
        """
    ).fetchall()
    assert found == [
        ("la-grange", "La Grange", None, None, "93066", "93", "insee_code", 2023, 2024, 2),
        ("lagrange", "lagrange", None, None, "97150", "978", "commune", 2024, 2024, 1),
        (
            *("lamarre", "L'Amarre", "Association", date(2018, 9, 1)),
            *("01000", "01", "mended-commune", 2024, 2024, 1),
        ),
    ]


def test_strongest_record_speaks(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        select question_id, state, source_id
        from fct_response
        where project_id = 'lamarre'
            and question_id in ('impact_social_public', 'sante_effet', 'lien_social', 'solidarite')
        order by question_id
        """
    ).fetchall()
    assert found == [
        ("impact_social_public", "answered", "a-json"),
        ("lien_social", "answered", "a-json"),
        ("sante_effet", "answered", "a-page"),
        ("solidarite", "blank", "a-json"),
    ]


def test_contradictions(built: duckdb.DuckDBPyConnection) -> None:
    """The order of answers, capitals and the end of a text that was cut contradict nothing."""
    found = built.execute(
        """
        select question_id, source_id, words, source_start, source_end, other_source_id, other_words, reason
        from qc_contradictions
        """
    ).fetchall()
    assert sorted(found) == [
        (
            *("impact_social_public", "a-json", "benevoles | occupants", 10, 25),
            *("a-text", "benevoles", "different-answers"),
        ),
        ("sante_effet", "a-page", "inconfort", 10, 15, "a-json", "", "answer-against-blank"),
    ]


def test_suspicious_cases(built: duckdb.DuckDBPyConnection) -> None:
    ask = built.execute
    assert ask("select project_id, other_project_id, reason from qc_possible_duplicates").fetchall() == [
        ("la-grange", "lagrange", "same-letters")
    ]
    copied = "select first_project_id, project_count, testimony_count, first_places from qc_copied_texts"
    assert ask(copied).fetchall() == [
        ("la-grange", 2, 3, "la-grange@2023 lien_social, lamarre@2024 lien_social")
    ]
    assert ask("select source_id, years from qc_same_bytes").fetchall() == [("b", "2023, 2024")]
    unmapped = ask(
        """
        select raw_label, spelling_count, record_count, project_count, first_year, first_source_id
        from qc_unmapped_answers
        """
    ).fetchall()
    assert unmapped == [("Extraterrestres", 2, 3, 2, 2023, "b")]


def test_retracted_record_counts_nowhere(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute("select source_id, evaluation_id, project_id from dim_record where is_retracted")
    assert found.fetchall() == [("d", None, None)]
    assert built.execute("select count(*) from fct_response_record where source_id = 'd'").fetchall() == [
        (0,)
    ]


def test_participation(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        select year, format, export_count, record_count, evaluation_count, matched_count
        from rpt_participation
        order by year, format
        """
    ).fetchall()
    assert found == [
        (2023, "all", 1, 1, 1, 0),
        (2023, "effects_page", 1, 1, 1, 0),
        (2024, "all", 5, 5, 3, 1),
        (2024, "effects_page", 3, 3, 2, 1),
        (2024, "place_json", 1, 1, 1, 0),
        (2024, "typeform_json", 1, 1, 1, 0),
    ]


def test_unit_tests_of_the_models(unit_tests: list[tuple[str, str, str | None]]) -> None:
    assert unit_tests
    assert [test for test in unit_tests if test[1] not in ("pass", "success")] == []


@pytest.mark.long
def test_order_of_raw_rows_changes_nothing(built: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    expected = published(built)
    rows = network().rows
    for table in rows.values():
        random.Random(1).shuffle(table)
    other = Warehouse(tmp_path)
    build(other, rows)
    with duckdb.connect(other.build_database, read_only=True) as connection:
        assert published(connection) == expected


@pytest.mark.slow
def test_nothing_ingested_is_nothing_published(tmp_path: Path) -> None:
    empty = Warehouse(tmp_path)
    build(empty, {table: [] for table in RAW_TABLES})
    with duckdb.connect(empty.build_database, read_only=True) as connection:
        rows = published(connection)
    # The example network has decisions, which fit nothing here.
    assert all("'absent'" in row for row in rows.pop("qc_corrections"))
    assert all(not rows[table] for table in rows if table.startswith(("fct_", "rpt_", "qc_")))
    assert rows["dim_question"] and not rows["dim_project"]


# --- decisions in seeds/corrections -------------------------------------------------------------------------

DECIDED = ",erreur de saisie,courriel,équipe,2025-01-07"
PAGE_AS_TEXT = md5(b"a-text||2024").hexdigest()
COFFEE_KEY = "les habitants se retrouvent chaque semaine autour du cafe associatif et du jardin partage"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the dbt project, so that its seeds can hold decisions; `Warehouse` builds from it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, root)
    for name in ("models", "macros", "seeds", "tests/generic", "tests/singular"):
        shutil.copytree(ROOT / name, root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.warehouse, "PROJECT_ROOT", root)
        yield root


def decide(project: Path, seed: str, *rows: str) -> None:
    """Write the rows into the seed, below the header that it has, each with who decided it and why."""
    file = project / "seeds" / "corrections" / f"{seed}.csv"
    header = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text("\n".join([header, *(row + DECIDED for row in rows), ""]), encoding="utf-8")


@pytest.fixture(scope="module")
def decided(project: Path, warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    decide(
        project,
        "answer_corrections",
        "l-amarre,2024,impact_social_public,occupants|benevoles,answered,voisins-du-quartier|occupants",
        "lamarre,2024,sante_effet,inconfort,blank,",
        "lamarre,2024,lien_social,Les habitants se…,answered,Un café | un bar.",
        "lamarre,2024,presentation.surface,120.5,answered,130",
        "lamarre,2019,sante_effet,inconfort,blank,",
    )
    decide(
        project,
        "exclusions",
        f"{PAGE_AS_TEXT},,,,",
        f"{'0' * 32},,,,",
        ",lagrange,2024,,1",
        ",la-grange,2024,impact_social_public,benevoles|extraterrestres",
    )
    decide(project, "declared_non_response", "la-halle,2024")
    decide(project, "publication_consent")
    root = Warehouse(warehouse.root / "decided")
    root.root.mkdir()
    build(root, network().rows)
    with duckdb.connect(root.build_database, read_only=True) as connection:
        yield connection


def test_what_became_of_decisions(decided: duckdb.DuckDBPyConnection) -> None:
    found = decided.execute("select correction_id, status, found from qc_corrections order by all").fetchall()
    assert found == [
        ("answer_corrections/l-amarre@2024/impact_social_public", "applied", "benevoles|occupants"),
        ("answer_corrections/lamarre@2019/sante_effet", "absent", None),
        ("answer_corrections/lamarre@2024/lien_social", "applied", COFFEE_KEY),
        ("answer_corrections/lamarre@2024/presentation.surface", "applied", "120.5"),
        ("answer_corrections/lamarre@2024/sante_effet", "applied", "inconfort"),
        ("declared_non_response/la-halle@2024", "applied", None),
        (f"exclusions/{'0' * 32}", "absent", None),
        (f"exclusions/{PAGE_AS_TEXT}", "applied", None),
        ("exclusions/la-grange@2024/impact_social_public", "applied", "benevoles|extraterrestres"),
        ("exclusions/lagrange@2024", "applied", "1"),
    ]


def test_corrected_answers_are_seen_as_such(decided: duckdb.DuckDBPyConnection) -> None:
    ask = decided.execute
    observed = ask(
        """
        select project_id, question_id, answer_id, polarity, value_number, source_id, source_start
        from fct_observation
        where is_corrected
        order by all
        """
    ).fetchall()
    assert observed == [
        ("lamarre", "impact_social_public", "occupants", 0, None, "a-json", None),
        ("lamarre", "impact_social_public", "voisins-du-quartier", 0, None, "a-json", None),
        ("lamarre", "presentation.surface", None, None, 130.0, "a-json", None),
    ]
    assert ask("select text from fct_testimony where is_corrected").fetchall() == [("Un café | un bar.",)]
    states = ask("select evaluation_id, question_id, state from fct_response where is_corrected order by all")
    assert states.fetchall() == [
        ("la-grange@2024", "impact_social_public", "not_shown"),
        ("lamarre@2024", "impact_social_public", "answered"),
        ("lamarre@2024", "lien_social", "answered"),
        ("lamarre@2024", "presentation.surface", "answered"),
        ("lamarre@2024", "sante_effet", "blank"),
    ]
    said = "select source_id, state from fct_response_record where question_id = 'sante_effet' and is_chosen"
    assert ("a-page", "answered") in ask(said).fetchall()
    contradictions = ask("select question_id, is_corrected from qc_contradictions").fetchall()
    assert contradictions == [("sante_effet", True)]


def test_what_is_excluded_counts_nowhere(decided: duckdb.DuckDBPyConnection) -> None:
    ask = decided.execute
    excluded = ask("select source_id, evaluation_id from dim_record where is_excluded order by all")
    assert excluded.fetchall() == [("a-text", None), ("c", None)]
    evaluations = ask("select evaluation_id, record_count from fct_evaluation order by all").fetchall()
    assert evaluations == [("la-grange@2023", 1), ("la-grange@2024", 1), ("lamarre@2024", 2)]
    assert ask("select project_id from dim_project order by all").fetchall() == [("la-grange",), ("lamarre",)]
    campaigns = ask("select year, evaluation_count, declined_count from dim_campaign order by all").fetchall()
    assert campaigns == [(2023, 1, 0), (2024, 2, 1)]


def test_decisions_that_no_longer_fit_fail_by_name(project: Path, tmp_path: Path) -> None:
    decide(
        project,
        "answer_corrections",
        "lamarre,2024,sante_effet,meilleure-sante,blank,",
        "lamarre,2024,impact_social_public,occupants|benevoles,answered,fantomes",
    )
    decide(project, "exclusions", ",la-grange,2023,,2")
    decide(project, "declared_non_response", "la-grange,2024")
    warehouse = Warehouse(tmp_path)
    write_raw(warehouse, network().rows)
    failures = {check.name: check.message for check in warehouse.build().failures}
    assert failures.keys() == {"corrections_hold", "corrections_are_wellformed"}
    for name in (
        "answer_corrections/lamarre@2024/sante_effet",
        "exclusions/la-grange@2023",
        "declared_non_response/la-grange@2024",
    ):
        assert name in failures["corrections_hold"]
    name = "answer_corrections/lamarre@2024/impact_social_public"
    assert name in failures["corrections_are_wellformed"]
