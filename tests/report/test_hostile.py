"""Names and words that try to be more than words: they are printed, and do nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from python_calamine import CalamineWorkbook

from analyses.report import write_report
from analyses.report.forms import FORMS
from analyses.report.site import SiteDatabase
from analyses.report.site.writer import write_site
from ingest.settings import Settings
from tests.report.page import Element, parse
from tests.report.published import Tables, network, publish

HOSTILE = (
    """</title></style></svg><script>alert("1")</script><img src=x onerror='alert(2)'>"""
    "{{ 7 * 7 }} & {year} %s =1+1 **a**"
)
BIDI = "\u202eשלום\u0000\u001b[31m " + "x" * 3000


#: Columns of fct_evaluation that a sheet prints.
COUNTS = [f"{name}_count" for name in ("asked", "answered", "blank", "ambiguous", "lost", "not_shown")]
FORMULAS = ("=1+1", "+33 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def tables() -> Tables:
    """A network in which every name and every text means harm."""
    tables = network()
    tables["dim_project"] = [{**row, "name": HOSTILE} for row in tables["dim_project"]]
    for table in (
        "rpt_indicator",
        "rpt_completeness",
        "rpt_participation",
        "dim_question",
        "dim_indicator",
        "dim_category",
    ):
        tables[table] = [
            {name: HOSTILE if "_fr" in name and value else value for name, value in row.items()}
            for row in tables[table]
        ]
    tables["rpt_testimony"] = [
        {**row, "text": text, "project_id": "x", "project_name": HOSTILE}
        for row, text in zip(tables["rpt_testimony"], (HOSTILE, BIDI), strict=True)
    ]
    tables["qc_rejected_exports"] = [
        {"path": HOSTILE, "reason": HOSTILE, "detail": HOSTILE, "remedy": HOSTILE}
    ]
    for table in ("rpt_composition", "rpt_sdg", "rpt_distribution", "rpt_indicator_change", "rpt_extraction"):
        tables[table] = [
            {
                name: FORMULAS[place % len(FORMULAS)] + HOSTILE if "label_fr" in name and value else value
                for name, value in row.items()
            }
            for place, row in enumerate(tables[table])
        ]
    return tables


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the year, with every form."""
    folder = tmp_path_factory.mktemp("hostile")
    words = folder / "texts" / "2025"
    words.mkdir(parents=True)
    (words / "collectif.fr.md").write_text(f"# {HOSTILE}\n\n{HOSTILE}\n\n- {BIDI}\n", encoding="utf-8")
    settings = Settings(names={"fr": HOSTILE + BIDI}, languages=("fr",), texts=folder / "texts")
    warehouse = publish(folder / "w", tables())
    return write_report(warehouse, folder / "r", settings=settings, forms=FORMS).parent


@pytest.fixture(scope="module")
def page(report: Path) -> Element:
    return parse(report / "index.html")


def test_they_add_no_element(page: Element) -> None:
    assert len(page.all("script")) == 1 and not page.all("img")
    assert len(page.all("style")) == 1 and len(page.all("body")) == 1
    assert len(page.all("title")) == 1 + len(page.all("svg"))


def test_they_are_printed_as_they_are(page: Element) -> None:
    assert page.all("title")[0].text.startswith(HOSTILE)
    assert page.all("bdi")[0].text.startswith(HOSTILE)
    typeset = HOSTILE.replace("'", "’").replace(" %", "\u202f%")
    for section in ("repondants", "qualite", "individuel"):
        assert '<script>alert("1")</script>' in page.find(section).text
    assert typeset in page.find("individuel").text


def test_testimonies_keep_to_themselves(page: Element) -> None:
    quotations = [e for e in page.all("blockquote") if e.attributes.get("dir") == "auto"]
    assert len(quotations) == 2
    assert {q.attributes["lang"] for q in quotations} == {"fr"}
    text = page.text
    assert not {"\u202e", "\x00", "\x1b"} & set(text)
    assert any("שלום" in q.text and q.text.endswith("[…]") and len(q.text) < 700 for q in quotations)
    assert any(HOSTILE in q.text for q in quotations)


def test_no_identifier_of_a_site_is_printed(page: Element) -> None:
    assert "lieu-1" not in page.text and "Artistes" not in page.text


def test_charts_are_drawings_and_nothing_else(report: Path) -> None:
    drawn = sorted((report / "charts").glob("*.svg"))
    assert len(drawn) >= 6
    for path in drawn:
        for element in ElementTree.parse(path).iter():
            tag = element.tag.rpartition("}")[2]
            assert tag in ("svg", "title", "desc", "g", "path", "rect", "line", "text", "tspan", "defs"), tag
            assert not [name for name in element.attrib if name.startswith("on") or "href" in name], path.name


def test_no_table_of_text_begins_like_a_formula(report: Path) -> None:
    found = 0
    for path in [*report.glob("charts/*.csv"), *report.glob("data/*.csv")]:
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")):
            for text in row:
                assert not text.startswith(("=", "+", "@", "\t", "\r")), (path.name, text)
                # A number may be below zero.
                assert not text.startswith("-") or is_number(text), (path.name, text)
                found += text.startswith("'")
    assert found > 20


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_the_workbook_and_the_book_run_nothing(report: Path) -> None:
    with zipfile.ZipFile(report / "report.fr.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
        assert sheets and not [sheet for sheet in sheets if "<f>" in sheet or "<f " in sheet]
        assert not [name for name in parts.namelist() if "external" in name.lower()]
    book = CalamineWorkbook.from_path(str(report / "report.fr.xlsx"))
    texts = [
        str(v) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for v in row
    ]
    assert any("<script>" in text for text in texts)
    with pikepdf.open(report / "report.fr.pdf") as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert not {"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/OpenAction"} & set(
                    thing.keys()
                )


def test_the_editable_form_holds_words_alone(report: Path) -> None:
    with zipfile.ZipFile(report / "report.fr.docx") as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = ElementTree.fromstring(parts.read(name))
                if name.endswith(".rels"):
                    assert not [one for one in root if one.get("TargetMode") == "External"], name
        words = "".join(ElementTree.fromstring(parts.read("word/document.xml")).itertext())
    assert '<script>alert("1")</script>' in words and "שלום" in words
    assert not {"\u202e", "\x00", "\x1b"} & set(words)


def test_commentary_is_words_in_every_form(report: Path, page: Element) -> None:
    chapter = page.find("collectif-commentary")
    assert "<script>alert" in chapter.text and not chapter.all("script", "img")
    assert {a.attributes["href"] for a in chapter.all("a")} == {"#collectif-commentary"}
    with zipfile.ZipFile(report / "report.fr.docx") as parts:
        words = "".join(ElementTree.fromstring(parts.read("word/document.xml")).itertext())
    # Once in the heading, once in the paragraph; the two testimonies have it, too.
    assert words.count("onerror='alert(2)'>{{ 7 * 7 }} & {year} %s =1+1 a") == 2


def test_the_sheet_of_a_site_does_no_harm(tmp_path: Path) -> None:
    hostile = tables()
    hostile["dim_project"] = [{**row, "name": HOSTILE} for row in hostile["dim_project"]]
    hostile["dim_source"] = [{**row, "path": f"2025/{HOSTILE}.txt"} for row in hostile["dim_source"]]
    hostile["dim_record"] = [
        {**row, "evaluation_id": f"{row['project_id']}@{row['year']}"} for row in hostile["dim_record"]
    ]
    hostile["dim_state"] = [{"state": "answered", "label_fr": HOSTILE, "label_en": HOSTILE}]
    hostile["dim_question"] += [
        {
            "question_id": "impact_social",
            "category_id": "lien-social",
            "label_fr": HOSTILE,
            "label_en": HOSTILE,
            "position": 1,
        }
    ]
    said = {
        "evaluation_id": "lieu-1@2025",
        "project_id": "lieu-1",
        "year": 2025,
        "question_id": "impact_social",
    }
    hostile["fct_response"] = [{**said, "state": "answered", "category_id": "lien-social"}]
    hostile["fct_testimony"] = [
        {
            **said,
            "testimony_id": str(n),
            "category_id": "lien-social",
            "text": text,
            "source_id": "lieu-1@2025",
        }
        for n, text in enumerate((HOSTILE, BIDI, "=1+1"))
    ]
    hostile["fct_evaluation"] = [
        {**row, **dict.fromkeys(COUNTS, 1), "completeness": 1.0} for row in hostile["fct_evaluation"]
    ]
    warehouse = publish(tmp_path / "w", hostile)
    with SiteDatabase(warehouse / "effets.duckdb") as database:
        assert database.find("lieu-1").project_id == "lieu-1"
    written = write_site(
        warehouse, tmp_path / "r", "lieu-1", 2025, lambda *place: HOSTILE + BIDI, languages=("fr", "en")
    )
    assert [path.suffix for path in written] == [".html", ".pdf"] * 2
    for path in written[::2]:
        root = parse(path)
        assert len(root.all("script")) == 1 and not root.all("img", "iframe")
        assert '<script>alert("1")</script>' in root.text
        assert not {"\u202e", "\x00", "\x1b"} & set(root.text)
