"""What becomes of exports that fail an expectation, and the page that says so."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from ingest.archive import Archive
from ingest.codebook import Codebook
from ingest.expectations import EXPECTATIONS, LIMITS, REMEDIES
from ingest.formats import page
from ingest.language import Texts
from ingest.quality_page import write_quality
from ingest.raw_tables import RawTables
from ingest.reading import Observation, Reading, Response
from ingest.validator import Validator
from ingest.warehouse import Warehouse
from tests.ingest.places import IMPORTED
from tests.pipeline.warehouses import ROOT, UTOPIC, invoke, invoke_json

#: Of the page: other catalogues there have a name before the language.
TEXTS = ROOT / "ingest" / "texts"
LANGUAGES = [file.stem for file in (ROOT / "ingest" / "texts").glob("*.toml") if "." not in file.stem]
RATING = "intensite_effets_collectifs"
HOSTILE = "<script>alert(1)</script>\u202etxt.exe"
WORDS = "Nous avons partagé le pain avec Camille Planté (camille@exemple.org)."


class Page(HTMLParser):
    """What a page says: its text, each check's row by the check's name, its links, and what it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.text = html, ""
        self.rows: dict[str, str] = {}
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._row: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._row = given.get("id")
        if tag == "a":
            self.links.append(str(given["href"]))
        else:
            self.fetched += [str(given[name]) for name in ("src", "href", "srcset", "data") if name in given]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._row:
            self.rows[self._row] = " ".join(f"{self.rows.get(self._row, '')} {data}".split())


def read_page(folder: Path) -> Page:
    return Page((folder / "index.html").read_text(encoding="utf-8"))


def misread(data: bytes, codebook: Codebook, read: Any = page.read) -> Reading:
    """A reader of pages that gets a rating wrong."""
    reading: Reading = read(data, codebook)
    reading.responses = [r for r in reading.responses if r.question_id != RATING]
    reading.responses.append(Response(RATING, "answered"))
    reading.observations = [o for o in reading.observations if o.question_id != RATING]
    reading.observations.append(Observation(RATING, value_number=7))
    return reading


# --- at the door --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.usefixtures("quick_build", "reports")
def test_an_export_that_fails_is_refused_until_it_is_mended(
    exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (exports / "2023" / "again.txt").write_bytes(UTOPIC.read_bytes())
    warehouse = Warehouse(root)
    with monkeypatch.context() as patch:
        patch.setattr(page, "read", misread)
        rehearsed = invoke_json("ingest", exports, "--dry-run", warehouse=root)["exports"]
        result = invoke_json("run", exports, "--out", tmp_path / "reports", warehouse=root)
    refused = {row["path"]: row for row in result["exports"]["rejected"]}
    assert result["exports"]["new"] == rehearsed["new"] == 1
    assert rehearsed["rejected"] == result["exports"]["rejected"]
    for path in ("2023/again.txt", "2024/utopic.txt"):
        assert refused[path]["reason"] == "failed-expectation"
        assert refused[path]["detail"] == "rating: a rating lies between 1 and 5; 1 row is not so (7)"
        assert refused[path]["remedy"] == REMEDIES["maintainer"]
    source_id = refused["2024/utopic.txt"]["source_id"]
    archive = Archive(warehouse.archive)
    assert source_id not in archive.state().stored
    assert not archive.object_path(source_id).exists()
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        loaded = connection.execute("select distinct format from raw.exports").fetchall()
        checked = connection.execute("select distinct source_id from raw.validations").fetchall()
    assert loaded == [("place_json",)] and (source_id,) not in checked
    row = read_page(warehouse.quality).rows["rating"]
    assert "refusé" in row and "2023/again.txt" in row

    result = invoke_json("run", exports, "--out", tmp_path / "reports", warehouse=root)
    assert result["exports"]["new"] == 1
    assert {row["path"] for row in result["exports"]["rejected"]} == {"2024/courses.txt", "2024/vide.html"}
    assert source_id in archive.state().stored
    row = read_page(warehouse.quality).rows["rating"]
    assert "passé" in row and "2023/again.txt" not in row


@pytest.mark.usefixtures("quick_build", "reports")
def test_a_doubtful_export_is_taken_with_a_warning(exports: Path, root: Path, tmp_path: Path) -> None:
    place = {**IMPORTED, "name": "La Grange", "address": {"postalcode": "2000", "city": "Ailleurs"}}
    (exports / "2024" / "grange.json").write_text(json.dumps(place), encoding="utf-8")
    result = invoke("run", exports, "--out", tmp_path / "reports", warehouse=root)
    assert result.exit_code == 0, result.output
    assert "3 new · 0 known · 2 rejected · 1 doubtful" in result.stdout
    assert "doubtful: 2024/grange.json — postal-code: a postal code has five characters" in result.stdout
    quality = read_page(Warehouse(root).quality)
    assert "averti" in quality.rows["postal-code"] and "2024/grange.json" in quality.rows["postal-code"]
    assert (Warehouse(root).quality / "data_docs" / "index.html").is_file()
    assert "data_docs/index.html" in quality.links


@pytest.mark.usefixtures("quick_build", "reports")
def test_of_many_exports_some_are_listed_and_the_others_counted(
    exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.quality_page.LISTED", 1)
    result = invoke_json("run", exports, "--out", tmp_path / "reports", warehouse=root)
    first, second = sorted(row["path"] for row in result["exports"]["rejected"])
    watched = read_page(Warehouse(root).quality).html.partition('id="watch"')[2].partition("</section>")[0]
    assert first in watched and second not in watched
    assert "1 de plus, dans la table qc_rejected_exports." in watched


@pytest.mark.usefixtures("quick_build", "reports")
def test_nothing_new_begins_no_great_expectations(
    exports: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke_json("run", exports, "--out", tmp_path, warehouse=root)
    monkeypatch.setattr("ingest.validator._running", None)
    monkeypatch.setattr(Validator, "__init__", lambda self: pytest.fail("it was begun"))
    for command in (["run", exports, "--out", tmp_path], ["build"], ["status"]):
        assert invoke_json(*command, warehouse=root)["ok"]


# --- the page -----------------------------------------------------------------------------------------------

MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.effets.fct_thing": {"name": "fct_thing", "resource_type": "model"},
        "test.effets.key": {
            "name": "fct_thing_key",
            "resource_type": "test",
            "original_file_path": "models/marts/core/_core__models.yml",
            "attached_node": "model.effets.fct_thing",
            "test_metadata": {"name": "unique_combination", "kwargs": {"columns": ["a_id", "b_id"]}},
            "config": {"severity": "ERROR", "meta": {}},
        },
        "test.effets.odd": {
            "name": "odd_things",
            "resource_type": "test",
            "original_file_path": "tests/singular/odd_things.sql",
            "raw_code": "-- No thing is odd.\nselect 1",
            "config": {"severity": "WARN", "meta": {"protects": "figures", "acts": "sender"}},
        },
    },
    "unit_tests": {
        "unit_test.effets.logic": {
            "name": "logic",
            "resource_type": "unit_test",
            "original_file_path": "models/marts/core/_core__unit_tests.yml",
            "description": "One and one is two.",
            "config": {"meta": {}},
        }
    },
}
ODD = "select 'odd' as broken, 'la-halle@2024' as evaluation_id, words as text from raw.said"
RESULTS = [
    {"unique_id": "model.effets.fct_thing", "status": "success", "failures": None, "compiled_code": ""},
    {"unique_id": "test.effets.key", "status": "pass", "failures": 0, "compiled_code": "select 1"},
    {"unique_id": "test.effets.odd", "status": "warn", "failures": 1, "compiled_code": ODD},
    {"unique_id": "unit_test.effets.logic", "status": "pass", "failures": 0, "compiled_code": ""},
]


@pytest.fixture
def built(tmp_path: Path) -> Warehouse:
    """A warehouse that was built: an export in doubt, one refused, a test that warns, cases to look at."""
    warehouse = Warehouse(tmp_path / "warehouse")
    with RawTables(warehouse.build_database, ROOT, warehouse.spill) as tables:
        for statement in (
            "insert into raw.exports values ('a', 'place_json', null, null, 'utf-8', 9, null, null, null, null)",
            f"insert into raw.receipts values ('a', '{HOSTILE}', 2024, 'folder', null, 'a', null, false)",
            "insert into raw.validations values ('a', 'exports', 1), ('a', 'records', 3)",
            "insert into raw.doubts values ('a', 'postal-code', 2, 'postal-code: …; 2 rows are not so (4)', 'Mend.')",
            "insert into raw.rejections values ('b.txt', 'b', 'failed-expectation', 'rating: … · amount: …', 'Mend.')",
            "insert into raw.rejections values ('c.txt', 'c', 'empty', 'no bytes', 'Fill it.')",
            "insert into raw.rejections values ('d.zip', 'd', 'malformed', 'a zip archive', 'Pack it again.')",
            f"create table raw.said as select '{WORDS}' as words",
            f"create table qc_thing as select 'a' as project_id, 'odd' as reason, 'Look.' as remedy, '{WORDS}' as text",
            "create table qc_none (project_id varchar, reason varchar, remedy varchar)",
        ):
            tables.connection.execute(statement)
    warehouse.dbt.mkdir()
    (warehouse.dbt / "manifest.json").write_text(json.dumps(MANIFEST))
    (warehouse.dbt / "run_results.json").write_text(json.dumps({"results": RESULTS}))
    return warehouse


def test_every_check_has_a_row(built: Warehouse, tmp_path: Path) -> None:
    write_quality(built, tmp_path / "quality")
    rows = read_page(tmp_path / "quality").rows
    assert rows.keys() == {e.name for found in EXPECTATIONS.values() for e in found} | {
        "fct_thing_key",
        "odd_things",
        "logic",
    }
    assert rows["export-once"] == (
        "Un export n’est là qu’une fois export-once ferme Rien n’est compté deux fois passé 1 ligne, 1 export "
        "0 qui maintient effets"
    )
    assert "averti 3 lignes, 1 export 2 " in rows["postal-code"] and "qui envoie" in rows["postal-code"]
    assert "refusé" in rows["rating"] and "b.txt" in rows["rating"]
    assert "sans objet" in rows["testimony-text"]
    assert "fct_thing : une seule ligne par a_id, b_id" in rows["fct_thing_key"]
    assert "No thing is odd." in rows["odd_things"]
    assert "averti 1 broken odd, evaluation_id la-halle@2024" in rows["odd_things"]
    assert "One and one is two." in rows["logic"]


def test_it_lists_what_is_to_be_looked_at(built: Warehouse, tmp_path: Path) -> None:
    write_quality(built, tmp_path / "quality")
    text = " ".join(read_page(tmp_path / "quality").text.split())
    assert "b.txt attente ferme non remplie rating: … · amount: … Mend." in text
    assert "c.txt vide no bytes Fill it." in text
    assert "d.zip mal formé une archive ZIP Refaites l’archive ZIP." in text
    assert "qc_thing 1 odd Premiers : a Look." in text
    assert "qc_none 0 Aucun cas." in text


def test_it_needs_no_network_and_shows_nobodys_words(built: Warehouse, tmp_path: Path) -> None:
    write_quality(built, tmp_path / "quality")
    found = read_page(tmp_path / "quality")
    assert found.fetched == ["data:,"]
    assert {link for link in found.links if not link.startswith("#")} == {"index.en.html"}
    assert "<script" not in found.html and HOSTILE in found.text
    assert "Camille" not in found.text


def test_the_same_build_gives_the_same_page(built: Warehouse, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_quality(built, tmp_path / folder)
    assert (tmp_path / "one" / "index.html").read_bytes() == (tmp_path / "two" / "index.html").read_bytes()


def test_what_passed_and_was_not_asked_again_has_its_row(built: Warehouse, tmp_path: Path) -> None:
    write_quality(built, tmp_path / "asked")
    with duckdb.connect(built.build_database) as connection:
        connection.execute("insert into raw.kept_nodes values ('test.effets.key', false, 'code')")
    (built.dbt / "run_results.json").write_text(json.dumps({"results": RESULTS[1:]}))
    write_quality(built, tmp_path / "kept")
    assert (tmp_path / "asked" / "index.html").read_bytes() == (tmp_path / "kept" / "index.html").read_bytes()


def test_each_language_has_its_page(built: Warehouse, tmp_path: Path) -> None:
    """A network's first language has index.html; no page has a sentence of another."""
    write_quality(built, tmp_path / "both", ("en", "fr"))
    write_quality(built, tmp_path / "one", ("fr",))
    names = {path.name for path in (tmp_path / "both").glob("*.html")}
    assert names == {"index.html", "index.fr.html"}
    assert [path.name for path in (tmp_path / "one").glob("*.html")] == ["index.html"]
    english = read_page(tmp_path / "both")
    assert "index.fr.html" in english.links and '<html lang="en">' in english.html
    assert english.rows["export-once"].startswith(
        "An export stands once export-once hard Nothing is counted twice"
    )
    french = (tmp_path / "both" / "index.fr.html").read_text(encoding="utf-8")
    for shown, other in ((english.html, "fr"), (french, "en")):
        for sentence in sentences(tomllib.loads((TEXTS / f"{other}.toml").read_text(encoding="utf-8"))):
            own = tomllib.loads(
                (TEXTS / f"{'en' if other == 'fr' else 'fr'}.toml").read_text(encoding="utf-8")
            )
            if "{" not in sentence and len(sentence) > 12 and sentence not in set(sentences(own)):
                assert f">{escape(sentence)}<" not in shown, sentence


def sentences(texts: dict[str, Any]) -> Iterator[str]:
    for value in texts.values():
        if isinstance(value, dict):
            yield from sentences(value)
        else:
            yield value


def test_without_an_account_of_dbt_it_says_so(built: Warehouse, tmp_path: Path) -> None:
    (built.dbt / "run_results.json").unlink()
    write_quality(built, tmp_path / "quality")
    assert "dbt n’a pas laissé de compte rendu" in read_page(tmp_path / "quality").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there(language: str) -> None:
    texts = Texts(language)
    for frame, found in EXPECTATIONS.items():
        assert texts(f"doors.frames.{frame}")
        for expectation in found:
            assert texts(f"expectations.{expectation.name}", **LIMITS)
            assert texts(f"protects.{expectation.protects}") and texts(f"acts.{expectation.acts}")
    known = tomllib.loads((ROOT / "ingest" / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
    assert known["expectations"].keys() == {e.name for found in EXPECTATIONS.values() for e in found}
    assert known["acts"].keys() == known["acts_how"].keys() == REMEDIES.keys()


def test_every_singular_test_says_what_it_protects() -> None:
    folder = ROOT / "tests" / "singular"
    declared = yaml.safe_load((folder / "_singular__tests.yml").read_text())["data_tests"]
    texts = Texts("fr")
    for test in declared:
        assert texts(f"protects.{test['config']['meta']['protects']}")
        assert texts(f"acts.{test['config']['meta']['acts']}")
    assert {test["name"] for test in declared} == {file.stem for file in folder.glob("*.sql")}
    assert all(file.read_text().startswith("--") for file in folder.glob("*.sql"))


def test_the_project_s_tables_of_cases_have_names() -> None:
    texts = Texts("fr")
    tables = {file.stem for file in (ROOT / "models" / "quality").glob("qc_*.sql")}
    assert {table for table in tables if not texts.known(f"tables.{table}")} == set()
    assert {table for table in tables if not texts.known(f"remedies.{table}")} == set()
    assert {table for table in tables if not Texts("en").known(f"tables.{table}")} == set()
