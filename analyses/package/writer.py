"""From the published database to `<out>/<year>/`: data, codebook, metadata, provenance, and words for people."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2

from analyses.package.contents import Release, Table
from analyses.package.ddi import codebook
from analyses.package.descriptor import descriptor
from analyses.package.identity import Identity, identity_of
from analyses.package.linked import catalogue, provenance
from ingest.collect import UsageError
from ingest.console import Lines, short
from ingest.console import Table as Listing
from ingest.settings import Settings
from ingest.speech import tr
from ingest.spreadsheet import plain

_FOLDER = Path(__file__).parent

#: ZIP has no earlier time; files in it bear this one, so that equal packages are equal bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was written; `archive` is its ZIP file, if one was asked for."""

    folder: Path
    year: int
    release: str
    version: str
    rows: dict[str, int]
    archive: Path | None

    def as_json(self) -> dict[str, Any]:
        """The package as one JSON object."""
        return {
            "package": str(self.folder),
            "archive": str(self.archive) if self.archive else None,
            "year": self.year,
            "version": self.version,
            "release": self.release,
            "rows": self.rows,
        }

    def as_lines(self) -> Lines:
        """The package for people."""
        lines = [
            (tr("Package"), short(self.folder)),
            (
                "",
                tr(
                    "{tables} tables, {rows} rows, version {version}",
                    tables=len(self.rows),
                    rows=sum(self.rows.values()),
                    version=self.version,
                ),
            ),
        ]
        return [*lines, ("", short(self.archive))] if self.archive else lines

    def as_tables(self) -> list[Listing]:
        return []


def write_package(
    warehouse: Path,
    out: Path,
    year: int | None = None,
    settings: Settings | None = None,
    *,
    zipped: bool = False,
) -> Package:
    """Write the package of `year`, by default the last one, and replace the one that is there.

    The same release and settings give the same bytes. Raises UsageError if nothing is published, or nothing of
    that year.
    """
    if not (warehouse / "effets.duckdb").exists():
        raise UsageError(tr("nothing is published in {path} yet: `effets run` does that", path=warehouse))
    with Release(warehouse) as release:
        years = release.years()
        if not years or (year is not None and year not in years):
            published = ", ".join(map(str, years)) or tr("none")
            raise UsageError(
                tr("there is no evaluation of {year}: published are {years}", year=year, years=published)
            )
        year = year or years[-1]
        texts = tomllib.loads((_FOLDER / "texts.toml").read_text(encoding="utf-8"))
        identity = identity_of(year, years, release.folder.name, settings or Settings(), texts)
        tables = release.tables(year)
        out.mkdir(parents=True, exist_ok=True)
        folder, writing = out / str(year), out / f".writing-{os.getpid()}"
        shutil.rmtree(writing, ignore_errors=True)
        try:
            _write(release, identity, tables, texts, writing)
            if folder.exists():
                shutil.rmtree(folder)
            writing.rename(folder)
        finally:
            shutil.rmtree(writing, ignore_errors=True)
        archive = _zip(folder, out / f"{identity.name}.zip") if zipped else None
        rows = {table.name: table.row_count for table in tables}
        return Package(folder.resolve(), year, release.folder.name, identity.version, rows, archive)


def _write(
    release: Release, identity: Identity, tables: list[Table], texts: dict[str, dict[str, str]], folder: Path
) -> None:
    (folder / "data").mkdir(parents=True)
    for table in tables:
        for query, options, ending in (
            (plain(release.connection, table.query), "format csv, header", "csv"),
            (table.query, "format parquet, compression zstd", "parquet"),
        ):
            file = str(folder / "data" / f"{table.name}.{ending}").replace("'", "''")
            release.connection.execute(f"copy ({query}) to '{file}' ({options})")
    described = descriptor(identity, tables, _labels(release, texts), folder)
    _json(folder / "datapackage.json", described)
    _json(folder / "metadata.jsonld", catalogue(identity, tables, described))
    _json(folder / "prov.jsonld", provenance(release, identity, tables))
    (folder / "codebook.xml").write_bytes(codebook(release, identity, tables, texts))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    shown = {"id": identity, "tables": tables, "texts": texts}
    for name in ("README.md", "README.fr.md", "CITATION.cff"):
        text = environment.get_template(f"{name}.jinja").render(shown)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{sha256((folder / path).read_bytes()).hexdigest()}  {path}\n" for path in files)
    (folder / "checksums.sha256").write_text(sums, encoding="utf-8", newline="\n")


def _labels(release: Release, texts: dict[str, dict[str, str]]) -> dict[tuple[str, str], dict[str, str]]:
    """The labels of states, statuses and the codes of SDMX, by the column and the code."""
    rows = release.rows(
        """
        select
            unnest(['status', 'status_then', 'status_now', 'change_status']) as column_name,
            status as code, label_fr, label_en
        from dim_status
        union all
        select 'state', state, label_fr, label_en from dim_state
        """
    )
    labels = {(r["column_name"], r["code"]): {"fr": r["label_fr"], "en": r["label_en"]} for r in rows}
    for name, text in texts.items():
        column, _, code = name.partition(".")
        if code:
            labels[column, code] = text
    return labels


def _json(file: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


def _zip(folder: Path, file: Path) -> Path:
    writing = file.with_name(f".{file.name}")
    with zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{file.stem}/{path.relative_to(folder).as_posix()}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    writing.replace(file)
    return file.resolve()
