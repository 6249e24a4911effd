"""A publication: the published tables as a DuckDB file and as Parquet, written whole, then pointed at.

Readers see the last release or the one before, never a mixture: a release is not touched once `current`
points at it, and a reader that holds a release which is pruned keeps its open files.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from ingest.dictionary import PREFIXES, Dictionary, Table, comment, write_dictionary
from ingest.durable import replace_link, sync_folder, sync_tree
from ingest.quality_page import write_quality
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

    The last `kept` releases stay.

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
        rows = _write_release(warehouse.build_database, writing, dictionary)
        write_dictionary([table for table in dictionary if table.name in rows], writing / "dictionary")
        write_quality(warehouse, writing / "quality", languages)
        content = _hash_of_files(writing / "parquet")
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
        (warehouse.database, "effets.duckdb"),
        (warehouse.parquet, "parquet"),
        (warehouse.quality, "quality"),
        (warehouse.dictionary, "dictionary"),
    )
    for link, name in links:
        target = Path(warehouse.releases.name, CURRENT, name)
        if not link.is_symlink() or os.readlink(link) != str(target):
            replace_link(link, target)


def _write_release(build_database: Path, folder: Path, dictionary: list[Table]) -> dict[str, int]:
    """Write effets.duckdb, with its comments, and parquet/ into `folder`; return the rows of each table."""
    parquet = folder / "parquet"
    parquet.mkdir()
    database = folder / "effets.duckdb"
    rows: dict[str, int] = {}
    with duckdb.connect(database, config={"preserve_insertion_order": True}) as connection:
        connection.execute(f"attach {_literal(build_database)} as build (read_only)")
        tables = connection.execute(
            """
            select table_name, list(column_name order by ordinal_position) as columns
            from information_schema.columns
            where table_catalog = 'build' and table_schema = 'main'
            group by table_name
            order by table_name
            """
        ).fetchall()
        published = {table: columns for table, columns in tables if table.startswith(PREFIXES)}
        for table in published:
            # Keys stand first in every table, so this is their order, and rows that tie are equal.
            connection.execute(f'create table "{table}" as select * from build.main."{table}" order by all')
        connection.execute("detach build")
        connection.execute("begin")  # hundreds of comments, each of which would be a write to the disk
        comment(connection, (table for table in dictionary if table.name in published))
        connection.execute("commit")
        # Where a row group of a large file ends depends on the threads, unless there is one.
        connection.execute("set threads = 1")
        for table, columns in published.items():
            rows[table] = _write_parquet(connection, table, columns, parquet)
    os.chmod(database, 0o444)
    return rows


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], parquet: Path
) -> int:
    """Write one file per dimension, one per year for facts that have a year; return the number of rows."""
    (count,) = connection.execute(f'select count(*) from "{table}"').fetchall()[0]
    if not (table.startswith("fct_") and "year" in columns):
        _copy(connection, f'from "{table}"', parquet / f"{table}.parquet")
        return int(count)
    years = connection.execute(f'select distinct year from "{table}" order by year').fetchall()
    for (year,) in years:
        # The folder's name holds the year, which readers of Hive partitions add to the columns.
        query = f'select * exclude (year) from "{table}" where year = {int(year)}'
        _copy(connection, query, parquet / table / f"year={year}" / "data.parquet")
    if not years:
        _copy(connection, f'from "{table}"', parquet / table / "data.parquet")
    return int(count)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"copy ({query}) to {_literal(file)} (format parquet, compression zstd)")


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _hash_of_files(folder: Path) -> str:
    digest = sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
