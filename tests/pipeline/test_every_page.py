"""Every page that is written for people, in a real browser where there is one, in each language and in both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import duckdb
import pytest

from tests.pipeline.warehouses import Built, invoke_json
from tests.report.test_browser import CHROMIUM, View

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

#: The kinds of pages; all but the dictionary, which shows both languages, have one for each.
KINDS = ("report", "site", "quality", "explain")
PAGES = [f"{kind}.{language}" for kind in KINDS for language in ("fr", "en")] + ["dictionary"]
VIEWS = [(1440, "light"), (1440, "dark"), (390, "light")]


@pytest.fixture(scope="module")
def pages(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("pages")
    root = built.warehouse
    with duckdb.connect(root / "effets.duckdb", read_only=True) as connection:
        found = connection.execute("""
            select year, project_id from fct_evaluation order by answered_count desc, project_id limit 1
        """).fetchone()
        assert found
        figure = connection.execute("""
            select indicator_id, year from fct_indicator_value
            where scope_type = 'network' and component_id = 'all' and value is not null and left(indicator_id, 1) = 'I'
            order by n_answered desc, indicator_id, year limit 1
        """).fetchone()
    assert figure
    last = max(int(folder.name) for folder in built.reports.glob("[0-9]*"))
    written = {"dictionary": root / "dictionary" / "index.html"}
    for language, suffix in (("fr", ""), ("en", ".en")):
        written[f"report.{language}"] = built.reports / str(last) / f"index{suffix}.html"
        written[f"quality.{language}"] = root / "quality" / f"index{suffix}.html"
        invoke_json("report", "--site", found[1], "--lang", language, "--out", out, warehouse=root)
        (written[f"site.{language}"],) = out.rglob(f"{found[1]}.{language}.html")
        page = out / f"explained.{language}.html"
        arguments = (figure[0], "--year", figure[1], "--lang", language, "--html", "--out", page)
        invoke_json("explain", *arguments, warehouse=root)
        written[f"explain.{language}"] = page
    assert written.keys() == set(PAGES)
    return written


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _when(number: int, place: int) -> Any:
    """Each page in one view, in the others at length; at once those that are small."""
    if place != number % len(VIEWS):
        return pytest.mark.long
    return () if PAGES[number] in ("quality.fr", "explain.en") else pytest.mark.slow


#: What differs between two languages is their words: one of them at once.
_BOTH = [pytest.param(name, marks=pytest.mark.slow if name.endswith(".en") else ()) for name in PAGES]

_SEEN = [
    pytest.param(name, *view, marks=_when(number, place))
    for number, name in enumerate(PAGES)
    for place, view in enumerate(VIEWS)
]


@pytest.mark.parametrize(("name", "width", "scheme"), _SEEN)
def test_axe_finds_nothing(browser: Any, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:
    # The checker is a script of its own: the page's policy would not let it run.
    view = View(browser, pages[name], width, scheme, bypass_csp=True)
    view.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = axe.Axe().run(view.page).response["violations"]
    assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
    view.context.close()


@pytest.mark.parametrize("name", _BOTH)
def test_it_says_and_fetches_nothing_and_fits(browser: Any, pages: dict[str, Path], name: str) -> None:
    for width in (320, 768, 1440):
        view = View(browser, pages[name], width)
        assert not view.faults
        assert view.page.evaluate("document.documentElement.scrollWidth") <= width
        view.context.close()


@pytest.mark.parametrize("name", _BOTH)
def test_its_links_lead_somewhere(browser: Any, pages: dict[str, Path], name: str) -> None:
    view = View(browser, pages[name])
    links = view.page.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))")
    idents = set(view.page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)"))
    view.context.close()
    assert links
    for link in links:
        parts = urlsplit(link)
        assert not parts.scheme, link
        if parts.path:
            assert (pages[name].parent / unquote(parts.path)).exists(), link
        elif parts.fragment:
            assert unquote(parts.fragment) in idents, link


@pytest.mark.parametrize("name", _BOTH)
def test_it_can_be_read_without_scripts_and_by_keyboard(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    view = View(browser, pages[name], java_script_enabled=False)
    assert view.page.locator("h1").is_visible() and view.page.locator("thead button").count() == 0
    view.context.close()
    view = View(browser, pages[name])
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
    assert view.page.evaluate("document.documentElement.lang")
    view.context.close()
