"""The quality page of a release, and what becomes of exports that fail an expectation."""

from __future__ import annotations

import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest import expectations as expectations_module
from ingest.archive import Archive
from ingest.expectations import EXPECTATIONS, LIMITS, REMEDIES
from ingest.formats import page
from ingest.quality_page import Texts, write_quality
from ingest.reading import Observation, Reading
from ingest.validator import Validator
from ingest.warehouse import Check, Warehouse
from tests.pipeline.warehouses import ROOT, UTOPIC, QuickBuild, fill, invoke, invoke_json, write_place

TEXTS = ROOT / "ingest" / "texts"
WORDS = "Nous avons partagé le pain avec Camille Planté (camille@exemple.org)."


class Page(HTMLParser):
    """The rows of the page's checks, by id; its text; and what it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: dict[str, str] = {}
        self.text, self.fetched, self.links = "", [], []  # type: ignore[var-annotated]
        self._row: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._row = given.get("id")
        if tag == "a":
            self.links.append(given["href"] or "")
        elif given.get("src") or (given.get("href") or "data:") != "data:,":
            self.fetched += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row:
            self.rows[self._row] = " ".join(f"{self.rows.get(self._row, '')} {data}".split())


def read_page(warehouse: Warehouse) -> Page:
    return Page((warehouse.quality / "index.html").read_text(encoding="utf-8"))


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of pages that gets the ratings wrong."""
    read = page.read

    def misread(data: bytes, codebook: Any) -> Reading:
        reading: Reading = read(data, codebook)
        reading.observations = [o for o in reading.observations if o.question_id != "intensite_effets_collectifs"]
        reading.responses = [r for r in reading.responses if r.question_id != "intensite_effets_collectifs"]
        reading.responses.append(type(reading.responses[0])("intensite_effets_collectifs", "answered"))
        reading.observations.append(Observation("intensite_effets_collectifs", value_number=7))
        return reading

    monkeypatch.setattr(page, "read", misread)


# --- at the door ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick_build", "reports", "spoiled")
def test_an_export_that_fails_is_refused_and_the_others_load(exports: Path, root: Path) -> None:
    write_place(exports / "2024" / "utopic.json", "Utopic")
    (exports / "2023" / "again.txt").write_bytes(UTOPIC.read_bytes())  # the same bytes elsewhere
    result = invoke_json("run", exports, "--out", root / "reports", warehouse=root)
    refused = {row["path"]: row for row in result["exports"]["rejected"]}
    assert {"2023/again.txt", "2024/utopic.txt"} < refused.keys()
    for path in ("2023/again.txt", "2024/utopic.txt"):
        assert refused[path]["reason"] == "failed-expectation"
        assert refused[path]["detail"] == "rating: a rating lies between 1 and 5; 1 row is not so (7)"
        assert refused[path]["remedy"] == REMEDIES["maintainer"]
    assert result["exports"]["new"] == 2
    warehouse = Warehouse(root)
    source_id = refused["2024/utopic.txt"]["source_id"]
    archive = Archive(warehouse.archive)
    assert source_id not in archive.state().stored
    assert not archive.object_path(source_id).exists()
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.exports").fetchall() == [(2,)]
        assert connection.execute(f"select * from raw.validations where source_id = '{source_id}'").fetchall() == []
    row = read_page(warehouse).rows["rating"]
    assert "refusé" in row and "2024/utopic.txt" in row and "2023/again.txt" in row
    # Once the reader is mended, the export is taken.
    page.read.__closure__  # noqa: B018


@pytest.mark.usefixtures("quick_build", "reports")
def test_a_refused_export_is_taken_once_the_reader_is_mended(
    exports: Path, root: Path, request: pytest.FixtureRequest
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "NAME", page.NAME)
        request.getfixturevalue("spoiled")
