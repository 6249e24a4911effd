"""Names that try to be more than names: they are printed, and do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyses.report import write_report
from tests.report.page import Element, parse
from tests.report.published import network, publish

HOSTILE = """</title></style></svg><script>alert("1")</script><img src=x onerror='alert(2)'>{{ 7 * 7 }} & {year} %s"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Element:
    folder = tmp_path_factory.mktemp("hostile")
    tables = network()
    tables["dim_project"] = [{**row, "name": HOSTILE} for row in tables["dim_project"]]
    for table in ("rpt_indicator", "rpt_completeness", "rpt_participation", "dim_question"):
        tables[table] = [
            {name: HOSTILE if "_fr" in name and value else value for name, value in row.items()}
            for row in tables[table]
        ]
    tables["qc_rejected_exports"] = [
        {"path": HOSTILE, "reason": HOSTILE, "detail": HOSTILE, "remedy": HOSTILE}
    ]
    tables["qc_unmapped_answers"] = [{**row, "raw_label": HOSTILE} for row in tables["qc_unmapped_answers"]]
    settings = folder / "effets.toml"
    settings.write_text(f"name = '''{HOSTILE}'''", encoding="utf-8")
    return parse(write_report(publish(folder / "w", tables), folder / "r", settings=settings))


def test_they_add_no_element(page: Element) -> None:
    assert not page.all("script", "img")
    assert len(page.all("title")) == 5 and len(page.all("style")) == 1 and len(page.all("svg")) == 4


def test_they_are_printed_as_they_are(page: Element) -> None:
    assert page.all("title")[0].text == f"{HOSTILE}\u00a0: rapport 2025"
    assert page.all("header")[0].text.startswith(HOSTILE)
    for section in ("who", "completeness", "indicators", "quality"):
        assert '<script>alert("1")</script>' in page.find(section).text
    (description, *_) = page.find("figure-completeness").all("desc")
    assert '<script>alert("1")</script>' in description.text


def test_sites_and_raw_answers_stay_out(page: Element) -> None:
    assert "Lieu-1" not in page.text and "lieu-1" not in page.text
    assert "Artistes" not in page.text


def test_a_name_from_right_to_left_or_without_end_keeps_to_itself(tmp_path: Path) -> None:
    settings = tmp_path / "effets.toml"
    name = "\u202e" + "e" * 500
    settings.write_text(f'name = "{name}"', encoding="utf-8")
    page = parse(write_report(publish(tmp_path / "w", network()), tmp_path / "r", settings=settings))
    assert page.all("bdi")[0].text == name
