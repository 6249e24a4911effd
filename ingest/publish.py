"""A publication: the published tables as a DuckDB file and as Parquet, written whole, then pointed at.

Readers see the last release or the one before, never a mixture: a release is not touched once `current`
points at it, and a reader that holds a release which is pruned keeps its open files.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import zip_longest
from pathlib import Path

import duckdb

from ingest.dictionary import PREFIXES, Dictionary, Table, comment, write_dictionary
from ingest.durable import replace_link, sync_folder, sync_tree
from ingest.quality_page import write_quality
from ingest.readings import bounded
from ingest.settings import LANGUAGES
from ingest.warehouse import Warehouse

KEPT_RELEASES = 3

#: A year of figures is put in order at once.
MEMORY_LIMIT = "600MB"

CURRENT = "current"
DATABASE = "effets.duckdb"

#: What each Parquet file was made of, and its own hash: a file that would be made of the same, and is what it was, is
#: linked to, not written again.
_PARTS = "parts.json"

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
        rows = _write_release(warehouse, writing, dictionary, before[0] if before else None)
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
        (warehouse.database, DATABASE),
        (warehouse.parquet, "parquet"),
        (warehouse.quality, "quality"),
        (warehouse.dictionary, "dictionary"),
    )
    for link, name in links:
        target = Path(warehouse.releases.name, CURRENT, name)
        if not link.is_symlink() or os.readlink(link) != str(target):
            replace_link(link, target)


def _write_release(
    warehouse: Warehouse, folder: Path, dictionary: list[Table], before: Path | None
) -> dict[str, int]:
    """Write parquet/, and effets.duckdb with its comments, into `folder`; return the rows of each table.

    `before`: the release to share files with, and whose database is brought up to this one.
    """
    parquet = folder / "parquet"
    parquet.mkdir()
    database = folder / DATABASE
    known = _parts(before)
    parts: dict[str, list[str]] = {}
    is_copy = before is not None and known.get(DATABASE) == [_hash_of_file(before / DATABASE)]
    if before is not None and is_copy:
        shutil.copyfile(before / DATABASE, database)
    rows: dict[str, int] = {}
    spill = folder / ".spill"
    config = {**bounded(spill), "preserve_insertion_order": True, "memory_limit": MEMORY_LIMIT}
    with duckdb.connect(database, config=config) as connection:
        connection.execute(f"attach {_literal(warehouse.build_database)} as build (read_only)")
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
        connection.execute("begin")
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = current_database()"
        ).fetchall():
            if table not in published:
                connection.execute(f'drop table "{table}"')
        connection.execute("commit")
        for table, columns in published.items():
            files = _write_parquet(connection, table, columns, parquet, before, known, parts)
            kept = _unchanged_files(table, known, parts) if is_copy else 0
            rows[table] = _write_table(connection, table, columns, files, kept)
        connection.execute("detach build")
        connection.execute("begin")  # hundreds of comments, each of which would be a write to the disk
        comment(connection, (table for table in dictionary if table.name in published))
        connection.execute("commit")
    shutil.rmtree(spill, ignore_errors=True)
    os.chmod(database, 0o444)
    parts[DATABASE] = [_hash_of_file(database)]
    (folder / _PARTS).write_text(json.dumps(parts, indent=1), encoding="utf-8")
    return rows


def _parts(release: Path | None) -> dict[str, list[str]]:
    """What the Parquet files of a release were made of, by path; nothing where that is not known."""
    try:
        content = json.loads((release / _PARTS).read_bytes()) if release else {}
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    parquet: Path,
    before: Path | None,
    known: Mapping[str, list[str]],
    parts: dict[str, list[str]],
) -> list[Path]:
    """Write one file per dimension, one per year for facts that have a year, or link to those of `before`.

    Adds to `parts` what each was made of; returns the files.
    """
    has_years = table.startswith("fct_") and "year" in columns
    group = "year" if has_years else "null"
    names = ", ".join(f'"{column}"' for column in columns)
    # Of rows, whatever their order: how many, and two sums of their hashes.
    digests = connection.execute(
        f"""
        select {group} as part, count(*), bit_xor(hash({names}))::varchar, sum(hash({names})::hugeint)::varchar
        from build.main."{table}" group by part order by part
        """
    ).fetchall()
    types = connection.execute(f'describe build.main."{table}"').fetchall()
    made_of = sha256(repr((duckdb.__version__, types)).encode()).hexdigest()[:16]
    files = []
    for part, *digest in digests or [(None, 0, "", "")]:
        # The folder's name holds the year, which readers of Hive partitions add to the columns.
        place = (
            Path(f"{table}.parquet")
            if not has_years
            else Path(table, "data.parquet")
            if part is None
            else Path(table, f"year={int(part)}", "data.parquet")
        )
        content = " ".join(map(str, (made_of, *digest)))
        file = parquet / place
        file.parent.mkdir(parents=True, exist_ok=True)
        old = before / "parquet" / place if before else None
        if old and known.get(place.as_posix()) == [content, _hash_of_file(old)]:
            _share(old, file)
        else:
            chosen = "* exclude (year)" if part is not None else "*"
            where = f"where year = {int(part)}" if part is not None else ""
            # Keys stand first in every table, so this is their order, and rows that tie are equal. Sorted rows come in
            # row groups of the same size whatever the number of threads; those of a table would not.
            connection.execute(
                f'copy (select {chosen} from build.main."{table}" {where} order by all) '
                f"to {_literal(file)} (format parquet, compression zstd)"
            )
        parts[place.as_posix()] = [content, _hash_of_file(file)]
        files.append(file)
    return files


def _hash_of_file(file: Path) -> str:
    try:
        with open(file, "rb") as opened:
            return file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _share(file: Path, other: Path) -> None:
    try:
        os.link(file, other)
    except OSError:  # a file system without links
        shutil.copyfile(file, other)


def _unchanged_files(table: str, known: Mapping[str, list[str]], parts: Mapping[str, list[str]]) -> int:
    """How many of the table's files, from the first on, say what those of the release before say."""
    old, new = (
        [
            (place, content[0])
            for place, content in release.items()
            if Path(place).parts[0] in (table, f"{table}.parquet")
        ]
        for release in (known, parts)
    )
    if old == new:
        return len(new)
    return next(number for number, (one, other) in enumerate(zip_longest(old, new)) if one != other)


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], files: list[Path], kept: int
) -> int:
    """Write a table of effets.duckdb from its Parquet files, as they stand there; return the number of rows.

    The rows of the first `kept` files are there.
    """
    years = [file.parent.name.partition("year=")[2] for file in files]
    names = ", ".join(f'"{column}"' for column in columns)
    if kept == 0:
        connection.execute(f'create or replace table "{table}" as from build.main."{table}" limit 0')
    elif years[kept - 1]:
        connection.execute(f'delete from "{table}" where year is null or year > {int(years[kept - 1])}')
    parts = []
    for file, year in zip(files[kept:], years[kept:], strict=True):
        chosen = ", ".join(year if year and column == "year" else f'"{column}"' for column in columns)
        parts.append(f"select {chosen} from read_parquet({_literal(file)})")
    if parts:
        connection.execute(f'insert into "{table}" ({names}) {" union all ".join(parts)}')
    return int(connection.execute(f'select count(*) from "{table}"').fetchall()[0][0])


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _hash_of_files(folder: Path) -> str:
    digest = sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
