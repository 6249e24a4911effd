"""The page is whole by itself, well formed, and readable by those who do not see it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from tests.report.page import Element


def test_it_is_a_page_in_french(written: Path, page: Element) -> None:
    assert written.parts[-2:] == ("2025", "index.html")
    assert written.read_text(encoding="utf-8").startswith("<!doctype html>\n")
    (html,) = page.children
    assert html.attributes["lang"] == "fr"
    assert html.all("title")[0].text == "Réseau de tiers-lieux\u00a0: rapport 2025"


def test_it_loads_nothing(written: Path, page: Element) -> None:
    assert not page.all("script", "iframe", "object", "embed", "img", "video", "audio")
    for element in page.walk():
        assert not element.attributes.get("src"), element
        assert not [name for name in element.attributes if name.startswith("on")], element
        link = element.attributes.get("href", element.attributes.get("xlink:href", "#"))
        assert link.startswith(("#", "data:")), link
    text = written.read_text(encoding="utf-8")
    assert "@import" not in text
    assert not [url for url in re.findall(r"url\(([^)]*)\)", text) if not url.startswith("data:")]
    addresses = set(re.findall(r"https?://[^\"'\s<)]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}, "a namespace is a name: nobody loads it"


def test_its_links_and_labels_lead_somewhere(page: Element) -> None:
    idents = [e.attributes["id"] for e in page.walk() if "id" in e.attributes]
    assert len(idents) == len(set(idents))
    targets = [link.attributes["href"].removeprefix("#") for link in page.all("a")]
    for element in page.walk():
        targets += element.attributes.get("aria-labelledby", "").split()
    assert set(targets) <= set(idents)


def test_its_headings_are_in_order(page: Element) -> None:
    ranks = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert ranks.count(1) == 1 and ranks[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(ranks))
    assert all(heading.text for heading in page.all("h1", "h2", "h3"))


def test_it_has_landmarks_and_a_way_past_them(page: Element) -> None:
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    (body,) = page.all("body")
    assert body.children[0].attributes == {"class": "skip", "href": "#content"}


def test_its_charts_are_described(page: Element) -> None:
    charts = page.all("svg")
    assert len(charts) == 4, "two charts, each wide and narrow"
    for chart in charts:
        assert chart.attributes["role"] == "img"
        title, description = chart.children[:2]
        assert (title.tag, description.tag) == ("title", "desc")
        assert chart.attributes["aria-labelledby"].split() == [
            title.attributes["id"],
            description.attributes["id"],
        ]
        assert title.text and len(description.text) > 100
        assert not [e for e in chart.walk()[1:] if "role" in e.attributes or "class" in e.attributes]


def test_each_chart_has_a_title_a_source_and_its_data(page: Element) -> None:
    for figure in page.all("figure"):
        assert figure.all("h3")[0].text == figure.all("title")[0].text
        assert figure.parent
        after = figure.parent.children[figure.parent.children.index(figure) + 1 :]
        source = next(e for e in after if e.attributes.get("class") == "source")
        assert source.text.startswith("Source\u00a0: requête")
        assert next(e for e in after if e.tag == "details").all("table")


def test_its_tables_have_captions_headings_and_can_be_reached(page: Element) -> None:
    for table in page.all("table"):
        assert table.children[0].tag == "caption" and table.children[0].text
        assert all("scope" in heading.attributes for heading in table.all("th"))
        assert table.parent and table.parent.attributes["tabindex"] == "0"


def test_every_query_that_is_named_is_shown(page: Element) -> None:
    named = {link.attributes["href"] for link in page.all("a") if link.text.startswith("Source")}
    shown = {f"#{details.attributes['id']}" for details in page.find("sources").all("details")}
    assert named <= shown
    assert "from rpt_indicator" in page.find("query-indicators").all("pre")[0].text


def test_it_leaves_no_text_unfilled(page: Element) -> None:
    (body,) = page.all("body")
    assert not re.findall(r"\{\w*\}|\bNone\b|\bnan\b|Undefined", body.text)
