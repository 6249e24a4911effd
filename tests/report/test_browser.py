"""The page in a real browser, where there is one: nothing fails, nothing is fetched, all can be reached and read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

VIEWS = [(1280, "light"), (1280, "dark"), (390, "light")]
PAGES = ["index.html", "index.en.html"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class View:
    """A page that is looked at, and all that it said or asked for meanwhile."""

    def __init__(
        self, browser: Any, path: Path, width: int = 1280, scheme: str = "light", **options: Any
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.said.append(request.url))
        self.page.goto(path.as_uri())

    @property
    def faults(self) -> list[str]:
        return [said for said in self.said if not said.startswith(("file:", "data:"))]


#: In each view one language, and at length the other; one of them at once.
_SEEN = [
    pytest.param(name, *view, marks=pytest.mark.slow if place else ())
    if place % len(PAGES) == number
    else pytest.param(name, *view, marks=pytest.mark.long)
    for place, view in enumerate(VIEWS)
    for number, name in enumerate(PAGES)
]


@pytest.mark.parametrize(("name", "width", "scheme"), _SEEN)
def test_axe_finds_nothing(browser: Any, written: Path, name: str, width: int, scheme: str) -> None:
    # The checker is a script of its own: the page's policy would not let it run.
    view = View(browser, written.with_name(name), width, scheme, bypass_csp=True)
    view.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = axe.Axe().run(view.page).response["violations"]
    assert not [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found]
    view.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_it_fetches_nothing_and_says_nothing(browser: Any, written: Path, name: str) -> None:
    view = View(browser, written.with_name(name))
    assert not view.faults
    assert view.page.evaluate("document.fonts.check('16px \"Report Sans\"')")
    view.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_it_fits_every_width(browser: Any, written: Path, width: int) -> None:
    view = View(browser, written, width)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    shown = view.page.evaluate(
        "[...document.querySelectorAll('.chart')].filter((one) => one.offsetParent).length"
    )
    assert shown == view.page.locator("figure.chart-frame").count()
    view.context.close()


def test_tables_sort_and_say_so(browser: Any, written: Path) -> None:
    view = View(browser, written)
    result = view.page.evaluate("""() => {
      const table = document.getElementById('table-quality-cases').closest('table');
      const heading = table.tHead.rows[0].cells[1];
      const values = () => [...table.tBodies[0].rows].map((row) => Number(row.querySelector('data').value));
      heading.querySelector('button').click();
      const up = [values(), heading.getAttribute('aria-sort')];
      heading.querySelector('button').click();
      return [...up, values(), heading.getAttribute('aria-sort')];
    }""")
    assert result[0] == sorted(result[0]) and result[1] == "ascending"
    assert result[2] == sorted(result[2], reverse=True) and result[3] == "descending"
    assert not view.faults
    view.context.close()


def test_tables_sort_by_keyboard(browser: Any, written: Path) -> None:
    view = View(browser, written)
    heading = view.page.locator("table:has(#table-quality-cases) thead th").nth(1)
    heading.locator("button").focus()
    for key, direction in (("Enter", "ascending"), ("Space", "descending")):
        view.page.keyboard.press(key)
        assert heading.get_attribute("aria-sort") == direction
    view.context.close()


def test_on_paper_headings_are_repeated(browser: Any, written: Path) -> None:
    """A browser repeats no heading that holds a button: there is none while it prints."""
    view = View(browser, written)
    buttons = view.page.locator("thead button")
    count = buttons.count()
    texts = view.page.locator("thead th").all_text_contents()
    assert count == len(texts)
    view.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert buttons.count() == 0 and view.page.locator("thead th").all_text_contents() == texts
    view.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert buttons.count() == count
    view.context.close()


def test_the_keyboard_reaches_everything(browser: Any, written: Path) -> None:
    view = View(browser, written)
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.className") == "skip"
    wanted = view.page.evaluate("""() => [...document.querySelectorAll('a[href], button, summary, [tabindex="0"]')]
        .filter((one) => one.checkVisibility() && one.tabIndex >= 0).length""")
    view.page.evaluate(
        "() => { window.seen = new Set(); addEventListener('focusin', (e) => window.seen.add(e.target)); }"
    )
    for _ in range(wanted + 2):
        view.page.keyboard.press("Tab")
    seen = view.page.evaluate("window.seen.size")
    assert seen >= wanted - 1
    view.context.close()


def test_a_link_opens_what_it_leads_to(browser: Any, written: Path) -> None:
    view = View(browser, written)
    view.page.locator(".source a").first.click()
    ident = view.page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert view.page.locator(f"[id='{ident}']").get_attribute("open") is not None
    view.context.close()


def test_it_works_with_scripts_off(browser: Any, written: Path) -> None:
    view = View(browser, written, java_script_enabled=False)
    assert view.page.locator("thead button").count() == 0
    view.page.locator("details.data summary").first.click()
    assert view.page.locator("details.data table").first.is_visible()
    view.context.close()
