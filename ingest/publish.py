"""A publication: the published tables as a DuckDB file and as Parquet, written whole, then pointed at.

Readers see the last release or the one before, never a mixture: a release is not touched once `current`
points at it, and a reader that holds a release which is pruned keeps its open files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.beside import Beside
from ingest.dictionary import Dictionary, Table, write_dictionary
from ingest.durable import replace_link, sync_folder, sync_tree
from ingest.quality_page import write_quality
from ingest.release_tables import DATABASE, note_published, write_tables
from ingest.settings import LANGUAGES
from ingest.warehouse import Warehouse

KEPT_RELEASES = 3

CURRENT = "current"

#: What a release says of itself beside its tables.
_PAGES = ("quality/*.html", "dictionary/index.html", "dictionary/columns.csv")


@dataclass(frozen=True, slots=True)
class Release:
    """A release folder; `is_new` unless the last one holds the same content already."""

    release_id: str
    folder: Path
    is_new: bool
    rows: dict[str, int]


def publish(warehouse: Warehouse, kept: int = KEPT_RELEASES, languages: Sequence[str] = LANGUAGES) -> Release:
    """Write a release from build.duckdb and point `current` at it; the caller holds the warehouse's lock.

    The last `kept` releases stay; a Parquet file that one of them and this one share is one file with two names,
    unless none but this one is to stay.

    The release is named by its number and by the hash of its Parquet files, which depend on the tables'
    content alone. If that, and what the pages beside them say, is the last release's, it stays the current one.
    Whatever fails, what `current` points at stays as it was.
    """
    warehouse.releases.mkdir(parents=True, exist_ok=True)
    for leftover in warehouse.releases.glob(".writing-*"):
        shutil.rmtree(leftover)
    writing = warehouse.releases / f".writing-{os.getpid()}"
    writing.mkdir()
    try:
        dictionary = _dictionary(warehouse)
        before = [warehouse.releases / release for release in releases(warehouse)[-1:] if kept > 1]
        with Beside() as beside:
            quality = beside.begin(write_quality, warehouse, writing / "quality", languages)
            rows, content = write_tables(warehouse, writing, dictionary, before[0] if before else None)
            write_dictionary([table for table in dictionary if table.name in rows], writing / "dictionary")
            quality.result()
        last = releases(warehouse)[-1:]
        if (
            last
            and last[0].endswith(f"-{content}")
            and _are_same_pages(warehouse.releases / last[0], writing)
        ):
            release_id, is_new = last[0], False
        else:
            number = int(last[0].partition("-")[0]) + 1 if last else 1
            release_id, is_new = f"{number:04d}-{content}", True
            sync_tree(writing)
            os.rename(writing, warehouse.releases / release_id)
            sync_folder(warehouse.releases)
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    _point_at(release_id, warehouse)
    with suppress(duckdb.IOException):  # somebody reads build.duckdb: the next publication looks at all years
        note_published(warehouse, release_id)
    for old in releases(warehouse)[:-kept]:
        shutil.rmtree(warehouse.releases / old)
    return Release(release_id, warehouse.releases / release_id, is_new, rows)


def releases(warehouse: Warehouse) -> list[str]:
    """The ids of the releases that are there, the oldest first."""
    ids = [entry.name for entry in warehouse.releases.glob("[0-9]*-*") if entry.is_dir()]
    return sorted(ids, key=lambda release_id: int(release_id.partition("-")[0]))


def _are_same_pages(release: Path, other: Path) -> bool:
    found, wanted = (
        {page.relative_to(f): page for p in _PAGES for page in f.glob(p)} for f in (release, other)
    )
    return found.keys() == wanted.keys() and all(
        page.read_bytes() == wanted[name].read_bytes() for name, page in found.items()
    )


def _dictionary(warehouse: Warehouse) -> list[Table]:
    """What the manifest of the last build says of the tables; nothing if dbt left none."""
    try:
        return Dictionary.read(warehouse.dbt / "manifest.json").tables
    except OSError:
        return []


def _point_at(release_id: str, warehouse: Warehouse) -> None:
    current = warehouse.releases / CURRENT
    if not current.is_symlink() or os.readlink(current) != release_id:
        replace_link(current, Path(release_id))
    links = (
        (warehouse.database, DATABASE),
        (warehouse.parquet, "parquet"),
        (warehouse.quality, "quality"),
        (warehouse.dictionary, "dictionary"),
    )
    for link, name in links:
        target = Path(warehouse.releases.name, CURRENT, name)
        if not link.is_symlink() or os.readlink(link) != str(target):
            replace_link(link, target)
