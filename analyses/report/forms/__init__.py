"""The forms of the report other than its page: PDF, DOCX, XLSX, charts as files, and the data behind all.

reports/<year>/
    report.<language>.pdf  .docx  .xlsx
    charts/<figure>.<language>.svg  .png  .csv
    data/<table>.csv  .parquet          the published tables that the report reads, up to its year
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from analyses.report.database import QUERIES, Database
from analyses.report.document import Document, Figure, Query

#: What `write_forms` can write.
FORMS = ("pdf", "docx", "xlsx", "charts", "data")


def write_forms(
    document: Document, folder: Path, database: Database | None = None, forms: Iterable[str] = FORMS
) -> list[Path]:
    """Write the document in these forms into the folder of its year; return the files, in the order of their names.

    `database` is needed for `data`, which is the same in all languages. The same document gives the same bytes, and
    only whole files ever stand there.
    """
    wanted = set(forms)
    pen = _Pen(document, folder)
    if "pdf" in wanted:
        from analyses.report.forms.pdf import render_pdf

        pen.write(f"report.{document.language}.pdf", render_pdf(document, pen.svg))
    if "docx" in wanted:
        from analyses.report.forms.word import render_docx

        pen.write(f"report.{document.language}.docx", render_docx(document, pen.png))
    if "xlsx" in wanted:
        from analyses.report.forms.sheets import render_xlsx

        pen.write(f"report.{document.language}.xlsx", render_xlsx(document))
    if "charts" in wanted:
        pen.charts()
    if "data" in wanted and database is not None:
        pen.data(database)
    return sorted(pen.written)


class _Pen:
    """Draws each chart once, and writes files whole."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        self._folder = folder
        self._svg: dict[str, str] = {}
        self._png: dict[str, bytes] = {}
        self.written: list[Path] = []

    def svg(self, figure: Figure) -> str:
        from analyses.report import charts

        if figure.ident not in self._svg:
            self._svg[figure.ident] = str(charts.svg(figure, "wide"))
        return self._svg[figure.ident]

    def png(self, figure: Figure) -> bytes:
        from analyses.report.forms import pictures

        if figure.ident not in self._png:
            self._png[figure.ident] = pictures.png(self.svg(figure))
        return self._png[figure.ident]

    def charts(self) -> None:
        from analyses.report.forms import pictures

        for figure in self._document.figures():
            stem = f"charts/{figure.ident}.{self._document.language}"
            self.write(f"{stem}.svg", pictures.standalone(self.svg(figure)).encode())
            self.write(f"{stem}.png", self.png(figure))
            self.write(f"{stem}.csv", pictures.csv_of(figure.table, self._document.language).encode())

    def data(self, database: Database) -> None:
        """The published tables that the report's queries read, as rows up to its year."""
        used = [block.name for block in self._document.blocks() if isinstance(block, Query)]
        tables = {table for name in used for table in QUERIES[name].relations if table.startswith("rpt_")}
        for table in sorted(tables):
            for kind in ("csv", "parquet"):
                path = self._place(f"data/{table}.{kind}")
                draft = path.with_name(f"{path.name}.part")
                database.export(table, self._document.year, draft, kind)
                self._put(draft, path)

    def write(self, name: str, content: bytes) -> None:
        path = self._place(name)
        draft = path.with_name(f"{path.name}.part")
        draft.write_bytes(content)
        self._put(draft, path)

    def _place(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _put(self, draft: Path, path: Path) -> None:
        os.replace(draft, path)
        self.written.append(path)
