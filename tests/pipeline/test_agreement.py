"""One evaluation in four forms: the strongest speaks, then the next; the order of loading changes nothing."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.answers import profile_answers, social_answers
from examples.pages import render
from examples.platform_csv import typeform as typeform_csv
from examples.typeform import Response, scraped
from ingest.codebook import Codebook, label_key
from tests.pipeline.warehouses import ROOT, invoke_json

NAME = "Exemple des quatre formes"
FORMS = ("typeform_json", "typeform_csv", "html", "text")
CODEBOOK = Codebook.load(ROOT)


def write(folder: Path) -> dict[str, Path]:
    """The same answers as Typeform JSON, as the platform's CSV, as a saved page and as its text."""
    answers = social_answers("agreement", 7)
    both = {**profile_answers("agreement", 7), **answers}
    response = Response(
        "tok", NAME, "1 place de l'Exemple", "34380", ("Répondant inventé", "r@example.org"), both
    )
    year = folder / "2024"
    year.mkdir(parents=True)
    files = {
        form: year / f"quatre.{end}" for form, end in zip(FORMS, ("json", "csv", "html", "txt"), strict=True)
    }
    files["typeform_json"].write_text(json.dumps(scraped(response), ensure_ascii=False), encoding="utf-8")
    files["typeform_csv"].write_text(typeform_csv([response]), encoding="utf-8")
    files["html"].write_text(render(answers, NAME, "T6", "html"), encoding="utf-8")
    files["text"].write_text(render(answers, NAME, "T6", "rendered"), encoding="utf-8")
    return files


def expected_answers() -> dict[str, frozenset[str]]:
    """What was ticked: answer ids, or the label where the codebook does not know it."""
    expected = {}
    for question_id, given_labels in social_answers("agreement", 7).items():
        if isinstance(given_labels, list) and given_labels:
            known = {
                label_key(label): answer.answer_id
                for answer in CODEBOOK.answers.get(CODEBOOK.questions[question_id].answer_list or "", ())
                for label in (answer.label_fr, *answer.page_labels)
            }
            expected[question_id] = frozenset(known.get(label_key(label), label) for label in given_labels)
    return expected


def published(warehouse: Path) -> dict[str, bytes]:
    parquet = warehouse / "parquet"
    return {str(file.relative_to(parquet)): file.read_bytes() for file in sorted(parquet.rglob("*.parquet"))}


def social(warehouse: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """State and answers of every social question of the one evaluation."""
    with duckdb.connect(str(warehouse / "effets.duckdb"), read_only=True) as db:
        rows = db.sql(
            """
            select question_id, any_value(state), list(coalesce(answer_id, raw_label)) filter (match is not null)
            from fct_response
            left join fct_observation using (evaluation_id, question_id)
            inner join dim_question using (question_id)
            where form = 'social'
            group by question_id
            """
        ).fetchall()
    return {question: (state, frozenset(answers or ())) for question, state, answers in rows}


class Reference(NamedTuple):
    files: dict[str, Path]
    warehouse: Path
    parquet: dict[str, bytes]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    files, warehouse = write(folder / "exports"), folder / "warehouse"
    invoke_json("ingest", folder / "exports", warehouse=warehouse)
    invoke_json("build", warehouse=warehouse)
    return Reference(files, warehouse, published(warehouse))


@pytest.mark.slow
def test_the_strongest_form_speaks_and_the_next_takes_its_place(reference: Reference, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse"
    shutil.copytree(reference.warehouse, warehouse, symlinks=True)
    with duckdb.connect(str(warehouse / "effets.duckdb"), read_only=True) as db:
        assert db.sql("select count(*), sum(record_count) from fct_evaluation").fetchall() == [(1, 4)]
        chosen = db.sql(
            "select distinct format from fct_observation inner join dim_source using (source_id)"
        ).fetchall()
        assert chosen == [("typeform_json",)]
    together = social(warehouse)
    assert {question: answers for question, (_, answers) in together.items() if answers} == expected_answers()

    invoke_json("retract", "2024/quatre.json", warehouse=warehouse)
    invoke_json("build", warehouse=warehouse)
    with duckdb.connect(str(warehouse / "effets.duckdb"), read_only=True) as db:
        assert db.sql("select record_count from fct_evaluation").fetchall() == [(3,)]
        formats = db.sql(
            "select distinct format from fct_observation inner join dim_source using (source_id)"
        ).fetchall()
        assert ("typeform_csv",) in formats and ("typeform_json",) not in formats
    assert {q: said for q, said in social(warehouse).items() if said[0] == "answered"} == {
        q: said for q, said in together.items() if said[0] == "answered"
    }


def load_in_order(order: tuple[str, ...], files: dict[str, Path], folder: Path) -> dict[str, bytes]:
    for form in order:
        single = folder / "in" / form / "2024"
        single.mkdir(parents=True)
        (single / files[form].name).write_bytes(files[form].read_bytes())
        invoke_json("ingest", single.parent, warehouse=folder / "warehouse")
    invoke_json("build", warehouse=folder / "warehouse")
    return published(folder / "warehouse")


@pytest.mark.slow
@pytest.mark.usefixtures("untested")
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(FORMS))
def test_the_order_of_loading_changes_no_byte(order, reference, tmp_path_factory):
    found = load_in_order(tuple(order), reference.files, tmp_path_factory.mktemp("order"))
    assert found == reference.parquet


@pytest.mark.long
@pytest.mark.parametrize("order", list(itertools.permutations(FORMS)), ids="-".join)
def test_no_order_of_loading_changes_a_byte(order, reference, tmp_path):
    assert load_in_order(order, reference.files, tmp_path) == reference.parquet
