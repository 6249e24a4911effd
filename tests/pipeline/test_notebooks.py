"""The notebooks: without results in git, and each runs from top to bottom on a warehouse it has never seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import nbformat
import pytest
from nbclient import NotebookClient

from analyses import lab
from tests.pipeline.warehouses import Built

FOLDER = lab.ROOT / "analyses" / "notebooks"
HARM = "<script>alert(1)</script><img src=x onerror=alert(2)>"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_stripped(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    remedy = f".venv/bin/jupyter nbconvert --clear-output --inplace {path.relative_to(lab.ROOT)}"
    for cell in notebook.cells:
        assert not cell.get("outputs") and not cell.get("execution_count"), remedy
    assert str(lab.ROOT) not in path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse, with names and testimonies that try to be more than words."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copyfile((built.warehouse / "effets.duckdb").resolve(), root / "effets.duckdb")
    (root / "parquet").symlink_to((built.warehouse / "parquet").resolve())
    with duckdb.connect(root / "effets.duckdb") as db:
        for table, column in (("fct_testimony", "text"), ("rpt_testimony", "text"), ("dim_project", "name")):
            db.execute(f"update {table} set {column} = ? || {column} || ' =1+1'", [HARM])
    return root


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_from_top_to_bottom(path: Path, hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a warehouse whose texts mean harm: they are shown as words."""
    monkeypatch.setenv("EFFETS_WAREHOUSE", str(hostile))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert len(shown) >= 5
    assert not [output.text for output in shown if output.get("name") == "stderr"]
    for output in shown:
        assert HARM not in str(output.get("data", {}).get("text/html", ""))
        assert "text/javascript" not in output.get("data", {}) and "application/javascript" not in str(output)


def test_the_connection_cannot_write(built: Built) -> None:
    with lab.connect(built.warehouse) as db, pytest.raises(lab.duckdb.Error):
        db.execute("create table mine as select 1 as one")


def test_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make run"):
        lab.connect(tmp_path)


def test_formulas_are_those_of_the_models(built: Built) -> None:
    with lab.connect(built.warehouse) as db:
        found = db.execute("""
            select
                wilson_low(7, 12, null), wilson_high(7, 12, 20), wilson_low(0, 5, 9), wilson_high(0, 5, 9),
                worst_case_low(7, 12, 20), worst_case_high(7, 12, 20),
                bonett_price_low(26, 4, 48), bonett_price_high(26, 4, 48)
        """).fetchone()
    expected = (0.319511, 0.743634, 0, 0.277533, 0.35, 0.75, 0.2548067, 0.6251933)
    assert found == pytest.approx(expected, abs=1e-6)


def test_sql_cells_take_variables(built: Built) -> None:
    with lab.connect(built.warehouse):
        frame = lab.run_sql("", "select '$none' as text, $year + 1 as next -- $nothing", {"year": 2024})
        assert frame.to_dict("records") == [{"text": "$none", "next": 2025}]
        with pytest.raises(NameError, match="site"):
            lab.run_sql("", "select $site", {})
