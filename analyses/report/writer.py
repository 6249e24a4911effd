"""From the published database to the pages of a year: `<out>/<year>/index.html`, one more for each other language."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from babel import Locale

from analyses.report.build import build_document
from analyses.report.database import Database
from analyses.report.forms import write_forms
from analyses.report.html import Language, render
from ingest.settings import Settings


def write_report(
    warehouse: Path,
    out: Path,
    year: int | None = None,
    *,
    languages: Sequence[str] = (),
    settings: Settings | None = None,
    forms: Sequence[str] = (),
) -> Path:
    """Write the report of `year`, the last one published if absent; return the path of its first page.

    `warehouse` is the folder that holds effets.duckdb, `out` the folder of the reports. Every language of the
    settings is written, or those of `languages` alone; the settings' first language has index.html, the others
    index.<language>.html. `forms` are written beside (see `analyses.report.forms`). The same database and
    settings give the same bytes. Raises ValueError if no evaluation of the year is published.
    """
    given = settings or Settings()
    wanted = tuple(languages) or given.languages
    with Database(warehouse / "effets.duckdb") as database:
        years = [row["year"] for row in database.ask("campaigns")]
        if not years or (year is not None and year not in years):
            raise ValueError(f"no evaluation of {year or 'any year'} is published")
        folder = out / str(year or years[-1])
        folder.mkdir(parents=True, exist_ok=True)
        listed = _languages(folder, given.languages, wanted)
        for language in wanted:
            document = build_document(database, year or years[-1], language, given)
            _write(folder / page_name(language, given.languages), render(document, listed))
            # The data are the same in every language.
            wanted_forms = [form for form in forms if form != "data" or language == wanted[0]]
            write_forms(document, folder, database, wanted_forms)
    return folder / page_name(wanted[0], given.languages)


def page_name(language: str, languages: Sequence[str]) -> str:
    """The name of the page in a language, where the network writes in `languages`."""
    return "index.html" if language == languages[0] else f"index.{language}.html"


def _languages(folder: Path, known: Sequence[str], wanted: Sequence[str]) -> list[Language]:
    """The languages that the page can be read in: those written now, and those that are there."""
    found = []
    for language in dict.fromkeys((*known, *wanted)):
        name = page_name(language, known)
        if language in wanted or (folder / name).exists():
            found.append((language, str(Locale.parse(language).display_name).capitalize(), name))
    return found


def _write(path: Path, page: str) -> None:
    draft = path.with_suffix(".part")
    draft.write_text(page, encoding="utf-8", newline="\n")
    os.replace(draft, path)
