"""Names and words that try to be more than words: they are printed, and do nothing."""

from __future__ import annotations

import pytest

from analyses.report import write_report
from ingest.settings import Settings
from tests.report.page import Element, parse
from tests.report.published import network, publish

HOSTILE = (
    """</title></style></svg><script>alert("1")</script><img src=x onerror='alert(2)'>"""
    "{{ 7 * 7 }} & {year} %s =1+1 **a**"
)
BIDI = "\u202eשלום\u0000\u001b[31m " + "x" * 3000


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Element:
    folder = tmp_path_factory.mktemp("hostile")
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
    settings = Settings(names={"fr": HOSTILE + BIDI}, languages=("fr",))
    return parse(write_report(publish(folder / "w", tables), folder / "r", settings=settings))


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
