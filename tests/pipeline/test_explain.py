"""effets explain: the lists of sites are the published figures, and every word stands where it is said to."""

from __future__ import annotations

import ast
import math
import operator
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ingest.archive import Archive
from ingest.explain import Explanation, Request, explain
from ingest.explain_figures import Step
from ingest.explain_page import Wording, page_file, write_page
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import Built, invoke, invoke_json
from tests.report.page import parse

#: One population of each kind is looked at in each year.
KINDS = (
    "network",
    "site",
    "region",
    "department",
    "legal_status",
    "thematique",
    "opening_age",
    "export_form",
)


def every_figure(warehouse: Warehouse, share: int) -> Iterator[Explanation]:
    """All indicators and years, of the network and of one population of each kind in one of `share` years."""
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        wanted = connection.execute(
            """
            select indicator_id, year, scope_type, max_by(scope_id, (n_evaluations, md5(scope_id)))
            from fct_indicator_value
            where scope_type = 'network' or (scope_type in (select unnest($1)) and hash(scope_type, year) % $2 = 0)
            group by all
            order by all
            """,
            [KINDS, share],
        ).fetchall()
        # While one connection is open, others share its database.
        for indicator_id, year, scope_type, scope_id in wanted:
            scope = scope_type if scope_type == "network" else f"{scope_type}:{scope_id}"
            yield explain(Request(indicator_id, year, scope), warehouse, with_words=False)


@pytest.mark.parametrize(
    "share", [100, pytest.param(5, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.long)]
)
def test_lists_add_up_to_what_is_published(published_example: Warehouse, share: int) -> None:
    """For all indicators, years and a population of each kind: numerator, denominator, and each formula done again."""
    compared: dict[str, int] = defaultdict(int)
    for explanation in every_figure(published_example, share):
        for component in explanation.components:
            figure, where = component.published, (component.rule["indicator_id"], component.component_id)
            counted = [*component.part("numerator"), *component.part("denominator")]
            numerator = sum(member.numerator or 0 for member in component.part("numerator"))
            assert figure["numerator"] in (None, numerator), where
            assert figure["denominator"] == sum(member.denominator for member in counted), where
            assert not any(member.denominator for member in component.part("left_out")), where
            evaluated = [member for member in component.members if member.evaluation_id]
            assert len(evaluated) == figure["n_evaluations"], where
            ambiguous = [member for member in component.members if member.reason == "ambiguous"]
            assert len(ambiguous) == figure["n_ambiguous"], where
            for step in component.steps:
                check(step, where)
                compared[step.name] += 1
    assert compared["value"] > 1000
    assert min(compared[name] for name in ("ci_low", "bound_high", "value_q1")) > 30


@pytest.mark.slow
def test_lists_of_a_change_add_up(published_example: Warehouse) -> None:
    with duckdb.connect(published_example.database, read_only=True) as connection:
        wanted = connection.execute(
            "select distinct indicator_id, year_to from fct_indicator_change order by all"
        ).fetchall()
    kept_open = duckdb.connect(published_example.database, read_only=True)
    for indicator_id, year in wanted:
        explanation = explain(
            Request(indicator_id, year, is_change=True), published_example, with_words=False
        )
        for component in explanation.components:
            change, where = component.published, (indicator_id, component.component_id, year)
            sizes = {
                part: len(component.part(part)) for part in ("gained", "lost", "kept", "without", "left_out")
            }
            matched = sum(sizes.values()) - sizes["left_out"]
            assert change["n_matched"] == matched, where
            if change["status"] != "break":
                assert (change["gained"], change["lost"]) == (sizes["gained"], sizes["lost"]), where
            for step in component.steps:
                check(step, where)
    kept_open.close()


def check(step: Step, where: object) -> None:
    """Do a step again, from nothing but its own words."""
    if step.result is None or isinstance(step.result, str):
        return
    name, _, inside = step.formula.rstrip(")").partition("(")
    match name:
        case "median" | "quantile":
            *values, share = [float(value) for value in inside.split("; ")] + (
                [0.5] if name == "median" else []
            )
            result = float(np.quantile(values, share))
        case "wilson":
            k, n, *population = inside.split(", ")
            sizes = [arithmetic(one.removeprefix("N = ")) for one in population]
            result = wilson(int(k), int(n), sizes[0] if sizes else math.inf, 1 if "high" in step.name else -1)
        case "bonett_price":
            gained, lost, n = map(int, inside.split(", "))
            change, size = (gained - lost) / (n + 2), n + 2
            error = math.sqrt(((gained + lost + 2) / size - change**2) / size)
            result = change + (1 if "high" in step.name else -1) * 1.959963984540054 * error
            result = max(-1.0, min(1.0, result))
        case "mcnemar_exact":
            gained, lost = map(int, inside.split(", "))
            thrown = gained + lost
            tail = sum(math.comb(thrown, heads) for heads in range(min(gained, lost) + 1))
            result = min(1.0, 2 * tail / 2**thrown)
        case "holm":
            p, m = inside.split(", m = ")
            # At least the p itself, at most that of the smallest of m (or the largest p before it).
            assert float(p) - 1e-6 <= step.result <= 1 and int(m) >= 1, where
            return
        case _:
            result = arithmetic(step.formula)
    assert math.isclose(result, step.result, rel_tol=1e-9, abs_tol=1e-9), (where, step, result)


OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Div: operator.truediv}


def arithmetic(formula: str) -> float:
    """Sums, differences and quotients, and nothing else."""

    def value(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            return float(OPERATIONS[type(node.op)](value(node.left), value(node.right)))
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        assert isinstance(node, ast.Constant), formula
        return float(node.value)  # type: ignore[arg-type]

    return value(ast.parse(formula, mode="eval").body)


def wilson(k: int, n: int, population: float, sign: int) -> float:
    z2 = 1.959963984540054**2
    if population == n:
        z2 = 0.0
    elif population > n and population < math.inf:
        z2 *= (population - n) / (population - 1)
    p = k / n
    return (p + z2 / (2 * n) + sign * math.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n * n)))) / (1 + z2 / n)


def test_words_stand_in_the_exports(published_example: Warehouse) -> None:
    """Of pages, at the offsets; of files, at the pointers. What is inferred has no words."""
    archive = Archive(published_example.archive)
    stored = archive.state().stored
    quoted = inferred = pointed = 0
    for indicator_id in ("I1", "Q2", "I8"):
        for component in explain(Request(indicator_id, 2025), published_example).components:
            for member in component.members:
                assert member.evidence or member.reason == "not_asked", member
                for evidence in member.evidence:
                    for said in evidence.said:
                        if said.source_start is not None:
                            assert said.words
                            text = archive.read(stored[evidence.source_id]).decode("utf-8", "replace")
                            assert said.words.split()[0] in text
                            quoted += 1
                        elif said.source_pointer is not None:
                            assert said.words, said
                            pointed += 1
                        else:
                            assert said.words is None
                            inferred += 1
    assert quoted and pointed and inferred


def test_a_sentence_is_cut_around_its_words(published_example: Warehouse) -> None:
    """A list is shown with the words that announce it, a heading before it is not."""
    (component,) = explain(Request("I1", 2024, "site:UTOPIC"), published_example).components
    (site,) = component.members
    said = {one.words: one for one in site.evidence[0].said}
    one = said["bénévoles"]
    assert one.before.startswith("Des interactions sociales ont été observées entre différents publics")
    assert one.before.endswith("personnes travaillant sur le site -")
    assert one.after == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("I99",), "I99 is no indicator; there are C1, C2, C3"),
        (("X3",), "with --change"),
        (("I1", "--component", "sum"), "no component sum; there are all"),
        (("I1", "--method", "7"), "no method version 7; there are 1"),
        (("I1", "--scope", "region:99"), "no region 99"),
        (("I1", "--scope", "planet:earth"), "say network, or one of"),
        (("I1", "--scope", "site:nobody"), "no site nobody"),
        (("I1", "--lang", "de"), "there are fr, en"),
        (("I2", "--change"), "no change is computed of I2"),
    ],
)
def test_what_is_not_there_is_named(built: Built, arguments: tuple[str, ...], says: str) -> None:
    result = invoke("explain", *arguments, "--year", "2024", warehouse=built.warehouse)
    assert result.exit_code == 2
    assert says in result.stderr


def test_years_are_listed(built: Built, tmp_path: Path) -> None:
    result = invoke("explain", "I1", "--year", "1999", warehouse=built.warehouse)
    assert result.exit_code == 2 and "there is no evaluation of 1999: published are 20" in result.stderr
    result = invoke("explain", "I1", "--year", "2024", warehouse=tmp_path)
    assert result.exit_code == 2 and "`effets run` does that" in result.stderr


def test_an_export_that_is_gone_is_an_error(own: Built) -> None:
    shutil.rmtree(own.warehouse / "archive" / "objects")
    result = invoke("explain", "I1", "--year", "2024", warehouse=own.warehouse)
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


def test_page_in_both_languages(built: Built, tmp_path: Path) -> None:
    for language, heading in (("fr", "Au numérateur"), ("en", "In the numerator")):
        said = invoke_json(
            "explain", "I1", "--year", "2024", "--html", "--lang", language, "--out", tmp_path,
            warehouse=built.warehouse,
        )  # fmt: skip
        page = Path(said["page"])
        assert page.parent == tmp_path / "2024" / "explain"
        text = page.read_text(encoding="utf-8")
        assert heading in text and "http:" not in text and "https:" not in text
        parse(page)
        assert said["explanation"]["components"][0]["published"]["denominator"] > 0
    file = tmp_path / "page.html"
    invoke_json("explain", "i1", "--year", "2024", "--html", "--out", file, warehouse=built.warehouse)
    assert file.is_file()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_figure_has_words(published_example: Warehouse, language: str, tmp_path: Path) -> None:
    """No text lacks in either language, and the terminal shows what the page shows."""
    for indicator_id in ("C1", "C2", "C3", "C5", "C6", "C7", "I8", "I13", "K8", "X1", "X2", "X4", "E1", "Q3"):
        wording = Wording(explain(Request(indicator_id, 2025), published_example), language)
        page = write_page(wording, page_file(wording, tmp_path)).read_text(encoding="utf-8")
        for table in wording.as_tables():
            assert all(len(row) == len(table.columns) for row in table.rows)
        assert wording.of_indicator("label") in page.replace("&#39;", "'")
    wording = Wording(explain(Request("Q2", 2024, is_change=True), published_example), language)
    assert wording.as_tables()
