"""From the published database to the document of a year in a language."""

from __future__ import annotations

import base64
from collections.abc import Callable

from analyses.report.book import Book
from analyses.report.chapters import (
    annex,
    change,
    groups,
    key,
    levels,
    method,
    profile,
    quality,
    sdg,
    together,
    who,
)
from analyses.report.commentary import commentary
from analyses.report.database import Database
from analyses.report.document import (
    Block,
    Chapter,
    Document,
    Figure,
    KeyFigures,
    Logo,
    Notice,
    Paragraph,
    Section,
    Sheet,
    Table,
    walk,
)
from analyses.report.messages import Messages, clean
from ingest.settings import Settings

#: The chapters that readers count, in order; the identifiers are those of commentary files and of links.
CHAPTERS: tuple[tuple[str, Callable[[Book], list[Section]]], ...] = (
    ("essentiel", key.sections),
    ("repondants", who.sections),
    ("qualite", quality.sections),
    ("individuel", lambda book: levels.sections(book, "individuel")),
    ("collectif", lambda book: levels.sections(book, "collectif")),
    ("territorial", lambda book: levels.sections(book, "territorial")),
    ("profils", profile.sections),
    ("evolutions", change.sections),
    ("groupes", groups.sections),
    ("ensemble", together.sections),
    ("odd", sdg.sections),
    ("methode", method.sections),
)

_LOGOS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


def build_document(database: Database, year: int, language: str, settings: Settings) -> Document:
    """The report of `year` as a document; see `analyses.report.document` for how to render it.

    The same database and settings give the same document. Raises ValueError if no evaluation of the year is published.
    """
    years = [row["year"] for row in database.ask("campaigns")]
    if year not in years:
        raise ValueError(f"no evaluation of {year} is published")
    texts = Messages(language)
    book = Book(database, year, texts)
    chapters = [
        _chapter(book, settings, ident, str(number), sections(book))
        for number, (ident, sections) in enumerate(CHAPTERS, start=1)
    ]
    chapters.append(_chapter(book, settings, "fiches", "A", annex.sheets(book)))
    used = {
        query for chapter in chapters for section in chapter.sections for query in _queries(section.blocks)
    }
    chapters.append(_chapter(book, settings, "sources", "B", annex.queries(book, used)))
    network = network_name(database, year, texts, settings)
    now = book.rows("participation")[-1]
    return Document(
        language=language,
        year=year,
        network=network,
        title=texts("page.heading", year=str(year)),
        full_title=texts("page.title", network=network, year=str(year)),
        lead=texts.rich("page.lead", n=book.c.count(now, "evaluation_count")),
        notice=_notice(book),
        chapters=tuple(chapters),
        logo=_logo(settings),
        colours=settings.colours,
        colophon=texts.rich("page.colophon"),
    )


def _chapter(book: Book, settings: Settings, ident: str, number: str, sections: list[Section]) -> Chapter:
    words = commentary(settings.texts, book.year, ident, book.t.language)
    if words:
        sections = [Section(f"{ident}-commentary", book.t("page.commentary"), words), *sections]
    if not sections:
        text = Paragraph(book.t.rich("page.empty", year=str(book.year)))
        sections = [Section(f"{ident}-empty", "", (text,))]
    return Chapter(ident, number, book.t(f"chapter.{ident}"), tuple(sections))


def _queries(blocks: tuple[Block, ...]) -> set[str]:
    found: set[str] = set()
    for block in walk(blocks):
        if isinstance(block, Figure | Table | KeyFigures):
            found.add(block.query)
        elif isinstance(block, Sheet) and block.table:
            found.add(block.table.query)
    return found


def network_name(database: Database, year: int, texts: Messages, settings: Settings) -> str:
    """What the network calls itself; else what it is: an example where sites are invented."""
    name = settings.name(texts.language)
    if name:
        return clean(name)
    (sites,) = database.ask("sites", year)
    return texts("network.example" if sites["invented_count"] else "network.unnamed")


def _notice(book: Book) -> Notice | None:
    sites = book.row("sites")
    if not sites["invented_count"]:
        return None
    is_all = sites["invented_count"] == sites["project_count"]
    text = book.t.rich(
        "notice.all" if is_all else "notice.some",
        n=book.c.count(sites, "invented_count"),
        sites=book.c.count(sites, "project_count"),
        year=str(book.year),
    )
    return Notice("notice-invented", book.t("notice.title"), (Paragraph(text),), "warning")


def _logo(settings: Settings) -> Logo | None:
    if settings.logo is None or settings.logo.suffix.lower() not in _LOGOS:
        return None
    content = base64.b64encode(settings.logo.read_bytes()).decode()
    return Logo(_LOGOS[settings.logo.suffix.lower()], content)
