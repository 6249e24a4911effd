"""dbt's own documentation: exposures that are true, what is private, the overview, and the one page of `make docs`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.test_dictionary import manifest
from tests.pipeline.warehouses import ROOT, Built

#: What each exposure is made by.
READERS = {
    "yearly_report": "analyses/report",
    "notebooks": "analyses/notebooks",
    "open_data_package": "analyses/package",
}
_TABLE = re.compile(r"\b(?:from|join)\s+((?:dim|fct|rpt|qc)_\w+)")


def models() -> dict[str, Any]:
    return {node["name"]: node for node in manifest()["nodes"].values() if node["resource_type"] == "model"}


@pytest.mark.parametrize("name", READERS)
def test_an_exposure_names_the_tables_that_its_queries_read(name: str) -> None:
    named: set[str] = set()
    for file in (ROOT / READERS[name]).rglob("*"):
        if file.suffix in (".py", ".sql", ".ipynb", ".jinja"):
            named |= set(_TABLE.findall(file.read_text(encoding="utf-8")))
    if name == "open_data_package":
        named |= {table for table in models() if table.startswith("rpt_")}
    exposure = manifest()["exposures"][f"exposure.effets.{name}"]
    known = {ident.rpartition(".")[2] for ident in exposure["depends_on"]["nodes"]}
    named &= models().keys()
    assert known == named, (
        f"models/_exposures.yml, {name}: add {sorted(named - known)}, remove {sorted(known - named)}"
    )


def test_the_way_to_a_figure_is_private_and_what_is_published_is_public() -> None:
    for name, node in models().items():
        station = Path(node["original_file_path"]).parts[1]
        expected = {"intermediate": "private", "staging": "protected"}.get(station, "public")
        assert (node["config"]["access"], node["config"]["group"]) == (expected, "warehouse"), name


def test_every_model_is_described_and_begins_with_its_grain() -> None:
    for name, node in models().items():
        assert re.match(r"(One|Two|Three|No) rows? per |One row\b", node["description"]), name


def test_the_overview_is_ours() -> None:
    [overview] = [
        doc["block_contents"] for key, doc in manifest()["docs"].items() if key == "doc.effets.__overview__"
    ]
    for station in (
        "staging",
        "intermediate",
        "marts/core",
        "marts/indicators",
        "marts/reporting",
        "quality",
    ):
        assert station in overview


@pytest.mark.long
def test_one_page_that_needs_no_network(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.warehouse, tmp_path / "warehouse", symlinks=True)
    folders = {"EFFETS_WAREHOUSE": "warehouse", "DBT_TARGET_PATH": "target", "SITE": "site"}
    result = subprocess.run(
        ["make", "docs", *(f"{name}={tmp_path / folder}" for name, folder in folders.items())],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "One row per evaluation and question" in page
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//', page)
