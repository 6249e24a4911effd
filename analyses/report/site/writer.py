"""The sheet of a site as files: `<out>/<year>/sites/<project_id>.<language>.html` and `.pdf`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from analyses.report import charts
from analyses.report.build import network_name
from analyses.report.forms.pdf import render_pdf
from analyses.report.html import render
from analyses.report.messages import Messages
from analyses.report.site import SiteDatabase, Source, build_site_document
from ingest.settings import Settings


def write_site(
    warehouse: Path,
    out: Path,
    name: str,
    year: int | None,
    source: Source,
    *,
    languages: Sequence[str] = (),
    settings: Settings | None = None,
) -> list[Path]:
    """Write the sheet of the site that goes by `name`, up to `year` (its last one if absent); return the files.

    `source` gives the words of its exports. Raises UnknownSiteError, and ValueError for a year without an evaluation
    of the site.
    """
    given = settings or Settings()
    written = []
    with SiteDatabase(warehouse / "effets.duckdb") as database:
        site = database.find(name)
        years = database.years(site)
        if not years or (year is not None and year not in years):
            raise ValueError(", ".join(map(str, years)))
        last = year or years[-1]
        folder = out / str(last) / "sites"
        folder.mkdir(parents=True, exist_ok=True)
        for language in tuple(languages) or given.languages:
            network = network_name(database, last, Messages(language), given)
            document = build_site_document(database, site, last, language, network, source)
            pdf = render_pdf(document, lambda figure: str(charts.svg(figure, "wide")), is_compact=True)
            for kind, content in (("html", render(document).encode()), ("pdf", pdf)):
                path = folder / f"{site.project_id}.{language}.{kind}"
                draft = path.with_name(f"{path.name}.part")
                draft.write_bytes(content)
                os.replace(draft, path)
                written.append(path)
    return written
