"""`effets diff`: coverage, values, statuses and causes, on small sides of known content."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.warehouses import invoke, invoke_json

TABLES = {
    "rpt_participation": """
        (2023, 'all', 4, 3), (2024, 'all', 5, 4) as t(year, format, export_count, evaluation_count)
    """,
    "rpt_indicator": """
        ('I1', '1', 'all', 2023, 1, 2, 0.5::double, 'ok'),
        ('I1', '1', 'all', 2024, 3, 4, 0.75, 'ok'),
        ('I2', '1', 'all', 2024, null, 2, null, 'small_n')
        as t(indicator_id, method_version, component_id, year, numerator, denominator, value, status)
    """,
    "dim_indicator": "('I1', '1', 'share'), ('I2', '1', 'share') as t(indicator_id, method_version, kind)",
    "dim_indicator_component": """
        ('I1', '1', 'all', 'q1'), ('I2', '1', 'all', 'q2') as t(indicator_id, method_version, component_id, question_id)
    """,
    "dim_question": "('q1', 'list', 'One?'), ('q2', null, 'Two?') as t(question_id, answer_list, label_fr)",
    "dim_answer": "('list', 'yes', 'Oui') as t(answer_list, answer_id, label_fr)",
}


def side(folder: Path, **changes: tuple[str, str]) -> Path:
    """A package of the tables above, in some of which a text is replaced by another."""
    (folder / "data").mkdir(parents=True)
    for name, rows in TABLES.items():
        before, after = changes.get(name, ("", ""))
        assert before in rows
        file = folder / "data" / f"{name}.parquet"
        values, names = rows.replace(before, after, 1).split("as t")
        duckdb.execute(f"copy (from (values {values}) as t{names}) to '{file}'")
    return folder


def alter(folder: Path, table: str, query: str) -> Path:
    """Replace a table of a side by a query of it, in which it is called `old`; by nothing where that is empty."""
    file, new = folder / "data" / f"{table}.parquet", folder / "new.parquet"
    if query:
        source = f"with old as (from '{file}') " if file.exists() else ""
        duckdb.execute(f"copy ({source}{query}) to '{new}' (format parquet)")
        new.replace(file)
    else:
        file.unlink()
    return folder


def unseen(found: Any) -> set[tuple[str, str, str, str]]:
    return {(n["what"], n["where"], n["why"], n["lacking_in"]) for n in found["not_compared"]}


def causes(found: Any) -> list[list[str]]:
    return [figure["causes"] for figure in found["figures"]]


def diff(a: Path | str, b: Path | str, root: Path) -> Any:
    return invoke_json("diff", a, b, warehouse=root / "warehouse")


def test_equal_sides(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    assert diff(a, b, tmp_path)["equal"] is True
    assert "the same rows" in invoke("diff", a, b, warehouse=tmp_path).stdout


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"rpt_participation": ("(2024, 'all', 5, 4)", "(2024, 'all', 6, 5)")}, "sources"),
        ({"dim_indicator": ("'I1', '1', 'share'", "'I1', '1', 'count'")}, "method"),
        ({"dim_indicator_component": ("'q1'", "'q2'")}, "method"),
        ({"dim_question": ("'One?'", "'Which?'")}, "codebook"),
        ({"dim_answer": ("'Oui'", "'Certes'")}, "codebook"),
        ({}, "unknown"),
        # Another year and another indicator are no causes.
        ({"rpt_participation": ("(2023, 'all', 4, 3)", "(2023, 'all', 3, 3)")}, "unknown"),
        ({"dim_question": ("'Two?'", "'Which?'")}, "unknown"),
    ],
)
def test_a_changed_figure_has_its_cause(
    changes: dict[str, tuple[str, str]], cause: str, tmp_path: Path
) -> None:
    changed = {"rpt_indicator": ("3, 4, 0.75, 'ok'", "null, 4, null, 'small_n'"), **changes}
    found = diff(side(tmp_path / "a"), side(tmp_path / "b", **changed), tmp_path)
    [figure] = found["figures"]
    assert figure["is"] == "changed" and figure["causes"] == [cause]
    assert (figure["indicator_id"], figure["year"]) == ("I1", 2024)
    assert figure["a"] == {"numerator": 3, "denominator": 4, "value": 0.75, "status": "ok"}
    assert figure["b"] == {"numerator": None, "denominator": 4, "value": None, "status": "small_n"}
    assert found["statuses"] == {"ok → small_n": 1}


def test_coverage_and_tables(tmp_path: Path) -> None:
    b = side(tmp_path / "b", rpt_participation=("(2023, 'all', 4, 3),", ""), rpt_indicator=("2023", "2022"))
    duckdb.execute(f"copy (select 1 as x) to '{b / 'data' / 'rpt_new.parquet'}'")
    found = diff(side(tmp_path / "a"), b, tmp_path)
    assert found["years"] == [
        {"year": 2023, "evaluations_a": 3, "evaluations_b": None, "exports_a": 4, "exports_b": None}
    ]
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["rpt_indicator"] == {
        "name": "rpt_indicator",
        "rows_a": 3,
        "rows_b": 3,
        "only_a": 1,
        "only_b": 1,
        "columns_gone": [],
        "columns_new": [],
        "columns_retyped": [],
    }
    assert (tables["rpt_new"]["rows_a"], tables["rpt_new"]["only_b"]) == (None, 1)
    assert {(f["year"], f["is"]) for f in found["figures"]} == {(2022, "new"), (2023, "gone")}


def test_columns_that_came_are_named_and_not_compared(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    file = b / "data" / "rpt_indicator.parquet"
    duckdb.execute(f"copy (select *, 'network' as scope_type from '{file}') to '{tmp_path / 'new.parquet'}'")
    (tmp_path / "new.parquet").replace(file)
    found = diff(a, b, tmp_path)
    assert [(t["name"], t["columns_new"]) for t in found["tables"]] == [("rpt_indicator", ["scope_type"])]
    assert found["figures"] == []
    assert ("figures", "rpt_indicator.scope_type", "narrowed", "A") in unseen(found)
    assert "+scope_type" in invoke("diff", a, b, warehouse=tmp_path).stdout


def test_releases_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    releases = tmp_path / "warehouse" / "releases"
    for name in ("0001-aaaa", "0002-bbbb"):
        (side(releases / name) / "data").rename(releases / name / "parquet")
    (releases / "current").symlink_to("0002-bbbb")
    found = diff("0001", "current", tmp_path)
    assert (Path(found["a"]).name, Path(found["b"]).name) == ("0001-aaaa", "0002-bbbb")
    result = invoke("diff", "0003", "0001", warehouse=tmp_path / "warehouse")
    assert result.exit_code == 2
    assert "neither a folder nor one release" in result.stderr and "0001-aaaa, 0002-bbbb" in result.stderr
    assert invoke("diff", "000", "0001", warehouse=tmp_path / "warehouse").exit_code == 2


def test_a_folder_without_tables_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = invoke("diff", tmp_path / "empty", side(tmp_path / "a"), warehouse=tmp_path)
    assert result.exit_code == 2 and "neither a package nor a release" in result.stderr


@pytest.mark.parametrize(
    ("table", "query", "said"),
    [
        ("rpt_indicator", "select * exclude (method_version) from old", "rpt_indicator.method_version"),
        ("dim_indicator", "select * exclude (method_version) from old", None),
        ("dim_indicator_component", "select * exclude (indicator_id) from old", "dim_indicator_component"),
        ("rpt_participation", "select * exclude (export_count) from old", "rpt_participation.export_count"),
        (
            "rpt_participation",
            "select year, format from old",
            "rpt_participation.evaluation_count/export_count",
        ),
        ("rpt_participation", "select 1 as x", "rpt_participation.year"),
        ("dim_question", "select * exclude (answer_list) from old", "dim_question.answer_list"),
        ("rpt_indicator", "select 1 as x", "rpt_indicator.indicator_id/year"),
        ("rpt_indicator", "select * exclude (value, status) from old", "rpt_indicator.value/status"),
        ("dim_answer", "", "dim_answer"),
        ("rpt_participation", "", "rpt_participation"),
        ("rpt_indicator", "", "rpt_indicator"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_side_lacks_is_said_and_stops_nothing(
    table: str, query: str, said: str | None, is_first: bool, tmp_path: Path
) -> None:
    whole, less = side(tmp_path / "a"), alter(side(tmp_path / "b"), table, query)
    sides = (less, whole) if is_first else (whole, less)
    found = diff(*sides, tmp_path)
    assert found["figures"] == [] and found["years"] == []
    lacking = {where for _, where, why, side in unseen(found) if why == "absent" and side == "BA"[is_first]}
    assert said is None or any(where.startswith(said) for where in lacking), lacking
    if said:
        assert said in invoke("diff", *sides, warehouse=tmp_path).stdout


def test_keys_are_one_whatever_their_type(tmp_path: Path) -> None:
    b = side(tmp_path / "b", rpt_indicator=("3, 4, 0.75", "2, 4, 0.5"))
    alter(
        b,
        "rpt_indicator",
        "select * replace (method_version::integer as method_version, year::varchar as year) from old",
    )
    alter(b, "dim_indicator", "select * replace (method_version::double as method_version) from old")
    alter(b, "rpt_participation", "select * replace (year::bigint as year) from old")
    found = diff(side(tmp_path / "a"), b, tmp_path)
    [figure] = found["figures"]
    assert (figure["is"], figure["year"], figure["causes"]) == ("changed", 2024, ["unknown"])
    tables = {table["name"]: table["columns_retyped"] for table in found["tables"]}
    assert "method_version: VARCHAR → INTEGER" in tables["rpt_indicator"]
    assert "method_version: VARCHAR → INTEGER" in invoke("diff", tmp_path / "a", b, warehouse=tmp_path).stdout


SCOPES = "select *, 'network' as scope_type, 'network' as scope_id from old"
REGIONS = f"{SCOPES} union all select * replace (value / 2 as value), 'region' as scope_type, '53' as scope_id from old"


def test_a_side_without_scopes_is_compared_with_the_network(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), alter(side(tmp_path / "b"), "rpt_indicator", REGIONS)
    for sides, lacks in (((a, b), "A"), ((b, a), "B")):
        found = diff(*sides, tmp_path)
        assert found["figures"] == []
        assert ("figures", "rpt_indicator.scope_type", "narrowed", lacks) in unseen(found)
        assert "only network is compared" in invoke("diff", *sides, warehouse=tmp_path).stdout


def test_keys_that_cannot_tell_rows_apart_are_not_compared(tmp_path: Path) -> None:
    # Regions alone: nothing to set against the network.
    a = side(tmp_path / "a")
    b = alter(side(tmp_path / "b"), "rpt_indicator", f"from ({REGIONS}) where scope_id = '53'")
    found = diff(a, b, tmp_path)
    assert found["figures"] == [] and ("figures", "rpt_indicator.scope_type", "absent", "A") in unseen(found)
    alter(a, "rpt_indicator", "from old union all from old")
    found = diff(a, a, tmp_path)
    assert found["figures"] == [] and ("figures", "rpt_indicator", "repeated", "") in unseen(found)


@pytest.mark.parametrize(
    "measure",
    [
        *("bound_low", "bound_high", "ci_low", "ci_high", "value_q1", "value_q3"),
        *("n_answered", "n_ambiguous", "n_evaluations", "n_register"),
    ],
)
def test_all_of_a_figure_is_compared(measure: str, tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    for folder, number in ((a, 1), (b, 2)):
        alter(folder, "rpt_indicator", f"select *, if(year = 2023, {number}, 1) as {measure} from old")
    [figure] = diff(a, b, tmp_path)["figures"]
    assert (figure["year"], figure["a"][measure], figure["b"][measure]) == (2023, 1, 2)
    assert figure["causes"] == ["register" if measure == "n_register" else "unknown"]
    assert f"{measure} 2" in invoke("diff", a, b, warehouse=tmp_path).stdout


def test_changes_from_year_to_year_have_a_list_of_their_own(tmp_path: Path) -> None:
    a, b = (
        side(tmp_path / "a"),
        side(tmp_path / "b", rpt_participation=("(2023, 'all', 4", "(2023, 'all', 5")),
    )
    for folder, value in ((a, 0.1), (b, 0.2)):
        alter(
            folder,
            "rpt_indicator_change",
            f"""
            select 'I1' as indicator_id, '1' as method_version, 'all' as component_id, 2023 as year_from,
                2024 as year_to, {value}::double as change, 'ok' as status
            """,
        )
    found = diff(a, b, tmp_path)
    [change] = found["changes"]
    assert (change["year_from"], change["year_to"], change["causes"]) == (2023, 2024, ["sources"])
    assert (change["a"]["change"], change["b"]["change"]) == (0.1, 0.2)
    assert "I1 1 all 2023 2024" in invoke("diff", a, b, warehouse=tmp_path).stdout


def test_labels_and_the_year_before_are_no_causes(tmp_path: Path) -> None:
    a = side(tmp_path / "a")
    b = side(tmp_path / "b", rpt_indicator=("3, 4, 0.75", "2, 4, 0.5"))
    for folder, word in ((a, "x"), (b, "y")):
        alter(folder, "dim_indicator", f"select *, '{word}' as label_fr, '{word}' as definition_en from old")
        alter(
            folder,
            "dim_indicator_component",
            f"select *, '{word}' as component_label_fr, '{word}' as position from old",
        )
        alter(
            folder, "rpt_participation", f"select *, '{word}' as label_fr, '{word}' as matched_count from old"
        )
    assert causes(diff(a, b, tmp_path)) == [["unknown"]]


@pytest.mark.parametrize("column", ["minimum_n", "disclosure", "disaggregations", "question_ids", "unit"])
def test_the_method_of_an_indicator(column: str, tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b", rpt_indicator=("3, 4, 0.75", "2, 4, 0.5"))
    for folder, word in ((a, "x"), (b, "y")):
        alter(folder, "dim_indicator", f"select *, '{word}' as {column} from old")
    assert causes(diff(a, b, tmp_path)) == [["method"]]


def test_noise_of_doubles_is_no_difference(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b")
    alter(b, "rpt_indicator", "select * replace (value * (1 + 3e-16::double) as value) from old")
    alter(b, "dim_question", "select *, 0.1::double as weight from old")
    alter(a, "dim_question", "select *, 0.1::double + 1e-17 as weight from old")
    found = diff(a, b, tmp_path)
    assert found["equal"] is True and found["figures"] == []
    alter(b, "rpt_indicator", "select * replace (value * (1 + 1e-7::double) as value) from old")
    assert [figure["year"] for figure in diff(a, b, tmp_path)["figures"]] == [2023, 2024]


@pytest.mark.parametrize(
    ("after", "cause"),
    [
        ("null, 4, null, 'suppressed'", "disclosure"),
        ("null, 4, null, 'no_register'", "register"),
        ("null, 4, null, 'small_n'", "unknown"),
    ],
)
def test_statuses_that_are_causes(after: str, cause: str, tmp_path: Path) -> None:
    a = side(tmp_path / "a")
    b = side(tmp_path / "b", rpt_indicator=("3, 4, 0.75, 'ok'", after))
    assert causes(diff(a, b, tmp_path)) == causes(diff(b, a, tmp_path)) == [[cause]]


def test_another_disclosure_is_a_cause(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b", rpt_indicator=("3, 4, 0.75", "2, 4, 0.5"))
    for folder, word in ((a, "public"), (b, "masked")):
        alter(folder, "rpt_indicator", f"select *, '{word}' as disclosure from old")
    assert causes(diff(a, b, tmp_path)) == [["disclosure"]]


def test_a_new_version_is_paired_with_the_one_it_replaces(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b", rpt_indicator=("3, 4, 0.75", "2, 4, 0.5"))
    second = "select * replace (if(indicator_id = 'I1', '2', method_version) as method_version) from old"
    for table in ("rpt_indicator", "dim_indicator", "dim_indicator_component"):
        alter(b, table, second)
    found = diff(a, b, tmp_path)
    assert [(f["is"], f["method_version"], f["year"], f["causes"]) for f in found["figures"]] == [
        ("changed", "2", 2023, ["method"]),
        ("changed", "2", 2024, ["method"]),
    ]
    assert [(f["a"]["method_version"], f["b"]["method_version"]) for f in found["figures"]] == [
        ("1", "2")
    ] * 2
    assert "method_version 1" in invoke("diff", a, b, warehouse=tmp_path).stdout
    # Where the old one stays beside it, the new one is new.
    alter(
        b,
        "rpt_indicator",
        f"from old union all from '{a / 'data' / 'rpt_indicator.parquet'}' where year = 2023",
    )
    assert {(f["is"], f["method_version"]) for f in diff(a, b, tmp_path)["figures"]} == {
        ("new", "2"),
        ("gone", "1"),
    }


def test_an_alias_is_a_correction_of_the_years_whose_records_it_moves(tmp_path: Path) -> None:
    a, b = side(tmp_path / "a"), side(tmp_path / "b", rpt_indicator=("1, 2, 0.5", "1, 1, 1.0"))
    alter(b, "rpt_indicator", "select * replace (if(year = 2024, 0.1, value) as value) from old")
    for folder, project, slugs in ((a, "old", []), (b, "new", ["old"])):
        alter(folder, "dim_source", "select 's' as source_id")
        alter(
            folder,
            "dim_record",
            f"""
            select 'r1' as record_id, 's' as source_id, '{project}' as project_id, 2023 as year
            union all select 'r2', 's', 'same', 2024
            """,
        )
        alter(
            folder,
            "qc_corrections",
            f"""
            select 'project_aliases/old' as correction_id, 'alias' as target, 'old' as project_id, null::int as year
            where {bool(slugs)}
            """,
        )
    found = diff(a, b, tmp_path)
    assert {(f["year"], *f["causes"]) for f in found["figures"] if f["indicator_id"] == "I1"} == {
        (2023, "corrections"),
        (2024, "unknown"),
    }
    assert not [what for what in unseen(found) if what[0] == "corrections"]


def zipped(folder: Path, file: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted((folder / "data").iterdir()):
            archive.write(path, f"{inside}data/{path.name}")
    return file


@pytest.mark.parametrize("inside", ["effets-2024/", ""])
def test_a_zip_of_a_package(inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    a = zipped(side(tmp_path / "a"), tmp_path / "effets-2024.zip", inside)
    found = diff(a, side(tmp_path / "b", rpt_indicator=("3, 4", "2, 4")), tmp_path)
    assert found["a"] == str(a) and len(found["figures"]) == 1
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../x.parquet", "/x.parquet", "data/../../x.parquet", "C:\\x.parquet", "link"]
)
def test_a_zip_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    file = zipped(side(tmp_path / "a"), tmp_path / "a.zip")
    with zipfile.ZipFile(file, "a") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (0o120777 if name == "link" else 0o100644) << 16
        archive.writestr(entry, "/etc")
    result = invoke("diff", file, tmp_path / "a", warehouse=tmp_path)
    assert result.exit_code == 2 and "leads out of the folder" in result.stderr and "a.zip" in result.stderr


def test_files_that_are_not_what_they_are_called(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"PK nothing")
    result = invoke("diff", file, side(tmp_path / "b"), warehouse=tmp_path)
    assert result.exit_code == 2 and "a.zip: the ZIP cannot be read" in result.stderr
    (tmp_path / "b" / "data" / "rpt_indicator.parquet").write_bytes(b"PAR0")
    result = invoke("diff", side(tmp_path / "c"), tmp_path / "b", warehouse=tmp_path)
    assert result.exit_code == 2 and "rpt_indicator.parquet is no Parquet" in result.stderr
