"""The page is whole by itself, well formed, and readable by those who do not see it."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from analyses.report import write_report
from analyses.report.document import Document
from analyses.report.palette import colours, contrast
from ingest.settings import Settings
from tests.report.page import Element, parse


@pytest.fixture(params=["fr", "en"])
def either(pages: dict[str, Element], request: pytest.FixtureRequest) -> Element:
    return pages[request.param]


def test_every_figure_printed_is_one_of_the_document(
    pages: dict[str, Element], documents: dict[str, Document]
) -> None:
    for language, document in documents.items():
        given = {(str(cell.ref), cell.value) for cell in document.cells() if cell.ref}
        printed = {
            (e.attributes["data-ref"], float(e.attributes["value"])) for e in pages[language].all("data")
        }
        assert printed == given


def test_each_language_has_its_page(written: Path, pages: dict[str, Element]) -> None:
    assert written.parts[-2:] == ("2025", "index.html")
    assert sorted(path.name for path in written.parent.iterdir()) == ["index.en.html", "index.html"]
    for language, other in (("fr", "index.en.html"), ("en", "index.html")):
        (html,) = pages[language].children
        assert html.attributes["lang"] == language
        (link,) = [a for a in html.all("a") if "hreflang" in a.attributes]
        assert link.attributes["href"] == other


def test_one_language_alone_has_no_switch(warehouse: Path, tmp_path: Path) -> None:
    path = write_report(warehouse, tmp_path, languages=["en"])
    assert path.name == "index.en.html" and parse(path).all("nav")[0].attributes.get("class") != "languages"
    first = write_report(warehouse, tmp_path, settings=Settings(languages=("en", "fr")), languages=["en"])
    assert first.name == "index.html"


def test_it_loads_nothing(written: Path, either: Element) -> None:
    assert not either.all("iframe", "object", "embed", "video", "audio")
    for element in either.walk():
        assert element.attributes.get("src", "data:").startswith("data:"), element
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")], element
        link = element.attributes.get("href", "#")
        assert link.startswith(("#", "data:")) or re.fullmatch(r"index(\.\w\w)?\.html", link), link
    text = written.read_text(encoding="utf-8")
    assert "@import" not in text and len(text) < 3_000_000
    assert not [url for url in re.findall(r"url\(([^)]*)\)", text) if not url.startswith("data:")]


def test_its_policy_knows_its_script_and_style(either: Element) -> None:
    (policy,) = [m.attributes["content"] for m in either.all("meta") if "http-equiv" in m.attributes]
    for tag in ("script", "style"):
        (element,) = either.all(tag)
        digest = base64.b64encode(hashlib.sha256("".join(element.pieces).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_its_links_and_labels_lead_somewhere(either: Element) -> None:
    idents = [e.attributes["id"] for e in either.walk() if "id" in e.attributes]
    assert len(idents) == len(set(idents))
    targets = [a.attributes["href"][1:] for a in either.all("a") if a.attributes["href"].startswith("#")]
    for element in either.walk():
        targets += element.attributes.get("aria-labelledby", "").split()
    assert set(targets) <= set(idents)


def test_its_headings_are_in_order(either: Element) -> None:
    ranks = [int(heading.tag[1]) for heading in either.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert ranks.count(1) == 1 and ranks[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(ranks))
    assert all(heading.text for heading in either.all("h1", "h2", "h3", "h4"))


def test_its_charts_are_described_and_have_their_data(either: Element, document: Document) -> None:
    assert len(either.all("svg")) == 2 * len(document.figures())
    for chart in either.all("svg"):
        title, description = chart.children[:2]
        assert chart.attributes["role"] == "img" and (title.tag, description.tag) == ("title", "desc")
        assert title.text and len(description.text) > 20
    for figure in document.figures():
        frame = either.find(figure.ident)
        assert frame.parent
        after = frame.parent.children[frame.parent.children.index(frame) + 1 :]
        assert next(e for e in after if e.attributes.get("class") == "source")
        assert next(e for e in after if e.tag == "details").all("table")


def test_its_tables_have_captions_headings_and_can_be_reached(either: Element) -> None:
    for table in either.all("table"):
        assert table.children[0].tag == "caption" and table.children[0].text
        assert all("scope" in heading.attributes for heading in table.all("th"))
        assert table.parent and table.parent.attributes["tabindex"] == "0"


def test_the_same_database_gives_the_same_bytes(warehouse: Path, written: Path, tmp_path: Path) -> None:
    again = write_report(warehouse, tmp_path)
    for name in ("index.html", "index.en.html"):
        assert again.with_name(name).read_bytes() == written.with_name(name).read_bytes()


def test_the_network_has_its_name_logo_and_colour(warehouse: Path, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', encoding="utf-8"
    )
    settings = Settings(
        names={"fr": "Les Tiers-Lieux d’Armor"}, logo=logo, colours={"accent": "#ffdd00"}, languages=("fr",)
    )
    path = write_report(warehouse, tmp_path, settings=settings)
    page = parse(path)
    assert page.all("title")[0].text.startswith("Les Tiers-Lieux d’Armor")
    assert page.all("img")[0].attributes["alt"] and len(page.all("script")) == 1
    light, dark = colours(settings.colours)["accent"]
    assert contrast(light, "#fbfaf6") >= 4.5 and contrast(dark, "#12171c") >= 4.5
    assert f"--accent:{light}" in path.read_text(encoding="utf-8")


def test_commentary_stands_in_its_chapter(warehouse: Path, tmp_path: Path) -> None:
    folder = tmp_path / "texts" / "2025"
    folder.mkdir(parents=True)
    words = "# Un **mot**\n\n<script>alert(1)</script>\n\n- a\n- [b](javascript:alert(1)) [c](https://example.org)\n\n![d](e.png)\n"
    (folder / "collectif.fr.md").write_text(words, encoding="utf-8")
    page = parse(
        write_report(warehouse, tmp_path, settings=Settings(texts=tmp_path / "texts", languages=("fr",)))
    )
    chapter = page.find("collectif")
    assert "<script>alert(1)</script>" in chapter.text and len(page.all("script")) == 1
    assert not page.all("img") and "Un mot" in chapter.text
    links = [a.attributes["href"] for a in page.find("collectif-commentary").all("a")]
    assert "https://example.org" in links and not [link for link in links if link.startswith("javascript")]
