"""The data dictionary: nothing published is without a description in both languages, a unit and a test."""

from __future__ import annotations

import csv
import json
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.dictionary import SEEDS, Dictionary, Text, checksum, write_dictionary
from tests.pipeline.once import parsed
from tests.pipeline.warehouses import ROOT, Built

REMEDY = "run `.venv/bin/dbt parse` to see your YAML; the last line says what to write where"


@cache
def manifest() -> dict[str, Any]:
    """The manifest of the project as it stands."""
    read: dict[str, Any] = json.loads((parsed(ROOT) / "manifest.json").read_bytes())
    return read


def test_nothing_is_missing() -> None:
    dictionary = Dictionary(manifest())
    assert len(dictionary.tables) > 25
    assert not dictionary.missing, "\n".join(["", *dictionary.missing, REMEDY])


def test_no_text_is_written_twice() -> None:
    """A text that two columns share belongs into a block of models/docs."""
    places: dict[str, list[str]] = {}
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "model" and node["name"].startswith(("dim_", "fct_", "rpt_", "qc_")):
            for column in node["columns"].values():
                if not column["doc_blocks"]:
                    places.setdefault(column["description"], []).append(f"{node['name']}.{column['name']}")
    shared = {
        text: columns for text, columns in places.items() if len({c.partition(".")[2] for c in columns}) == 1
    }
    assert {text: columns for text, columns in shared.items() if len(columns) > 1} == {}


def test_what_lacks_is_said_with_the_row_to_add() -> None:
    changed = json.loads(json.dumps(manifest()))
    level = changed["nodes"]["model.effets.dim_level"]
    level["columns"]["asked_by"]["description"] = "Who asks."
    level["columns"]["position"]["description"] = ""
    level["columns"]["mark"] = {**level["columns"]["asked_by"], "name": "mark", "data_type": "double"}
    dictionary = Dictionary(changed)
    dictionary.tables  # noqa: B018
    said = "\n".join(dictionary.missing)
    row = f"dim_level.asked_by,{checksum('Who asks.')},… for: Who asks."
    assert f"dim_level.asked_by: its English changed; seeds/dictionary/column_texts.csv: {row}" in said
    assert "dim_level.position: no description in its YAML" in said
    assert "dim_level.mark: no unit; add a row to seeds/dictionary/column_units.csv: mark,…,…" in said
    assert "dim_level.mark: no French" in said


def test_idle_translations_are_said(tmp_path: Path) -> None:
    shutil.copytree(SEEDS.parent, tmp_path / "seeds")
    with (tmp_path / "seeds" / "dictionary" / "column_texts.csv").open("a", encoding="utf-8") as seed:
        seed.write("no_such_block,12345678,Rien\n")
    dictionary = Dictionary(manifest(), tmp_path / "seeds" / "dictionary")
    dictionary.tables  # noqa: B018
    assert dictionary.missing == [
        "seeds/dictionary/column_texts.csv: nothing published says `no_such_block`: remove it"
    ]


def test_what_the_manifest_tells() -> None:
    tables = {table.name: table for table in Dictionary(manifest()).tables}
    responses = tables["fct_response"]
    columns = {column.name: column for column in responses.columns}
    assert responses.key == ["evaluation_id", "question_id"]
    assert "fct_response_record" in responses.sources
    assert columns["evaluation_id"].reference == "fct_evaluation.evaluation_id"
    assert columns["year"].unit == Text("année civile", "calendar year")
    assert [code.value for code in columns["state"].codes][:2] == ["answered", "blank"]
    assert columns["state"].codes[0].label == Text("Renseigné", "Answered")
    assert not columns["candidate_answer_ids"].is_required and columns["state"].is_required
    # The block, and what is said at the column alone.
    record = {column.name: column for column in tables["dim_record"].columns}["project_id"].description
    assert record.en.startswith("The project: ") and record.en.endswith(
        "Null for a retracted or excluded record."
    )
    assert record.fr.startswith("Le lieu\u00a0: ") and record.fr.endswith(
        "Null pour un questionnaire retiré ou exclu."
    )
    assert tables["fct_evaluation"].grain.en == "One row per evaluation"


def test_rows_are_sorted_by_keys_alone_that_cannot_be_broken() -> None:
    """Where a broken key only warns, rows may tie on it, and would lie in any order."""
    tables = Dictionary(manifest()).tables
    assert {table.name.partition("_")[0] for table in tables if not table.has_tested_key} == {"qc"}
    assert not next(table for table in tables if table.name == "qc_possible_duplicates").has_tested_key


def test_the_same_models_give_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_dictionary(Dictionary(manifest()).tables, tmp_path / name)
    for file in ("index.html", "columns.csv", "tables.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_every_published_column_is_in_the_release(built: Built) -> None:
    """In the database's own comments, in the CSV file and on the page, with the type that it really has."""
    with duckdb.connect(built.warehouse / "effets.duckdb", read_only=True) as connection:
        published = connection.execute(
            """
            select table_name, column_name, data_type, comment
            from duckdb_columns()
            where schema_name = 'main' and not internal
            order by table_name, column_index
            """
        ).fetchall()
        tables = connection.execute("select table_name, comment from duckdb_tables()").fetchall()
    folder = built.warehouse / "dictionary"
    with (folder / "columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["table_name"], row["column_name"]) for row in rows] == [row[:2] for row in published]
    for row, (_, _, kind, comment) in zip(rows, published, strict=True):
        assert comment == " ".join(filter(None, (row["description_en"], row["caveat_en"]))) + "\n" + " ".join(
            filter(None, (row["description_fr"], row["caveat_fr"]))
        )
        assert row["type"].split("(")[0] == kind.lower().split("(")[0], row
    assert all(comment.startswith("One row per") and "\nUne ligne par" in comment for _, comment in tables)
    page = Page()
    page.feed((folder / "index.html").read_text(encoding="utf-8"))
    assert {f"{row['table_name']}.{row['column_name']}" for row in rows} <= page.ids
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= page.ids
    assert not [link for link in page.links if not link.startswith(("#", "data:,"))]


class Page(HTMLParser):
    """The ids and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                assert value not in self.ids, value
                self.ids.add(str(value))
            elif name in ("href", "src"):
                self.links.append(str(value))


def test_the_page_is_accessible(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    write_dictionary(Dictionary(manifest()).tables[:3], tmp_path / "dictionary")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.goto((tmp_path / "dictionary" / "index.html").as_uri())
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.check("#only-fr")
        assert page.locator('#dim_answer .said > [lang="en"] >> visible=true').count() == 0
        assert page.locator('#dim_answer .said > [lang="fr"] >> visible=true').count() > 5
        browser.close()
