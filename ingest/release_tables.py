"""The tables of a release, as Parquet and as a DuckDB file, of which only what changed is written.

Each Parquet file is known by what it was made of. One that would be made of the same, and is what it was, is shared
with the release before; the database begins as a copy of that one's, and is given the years that are new.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import duckdb

from ingest.beside import Beside
from ingest.databases import bounded
from ingest.dictionary import PREFIXES, Table, comment
from ingest.known_files import status_of
from ingest.merged_parquet import Part, literal, write_merged
from ingest.warehouse import STORAGE_VERSION, Warehouse

#: A year of figures is put in order at once.
MEMORY_LIMIT = "600MB"

DATABASE = "effets.duckdb"

#: What each Parquet file was made of, and its hash; and the status of the database, which nobody changes.
_PARTS = "parts.json"

#: Facts lie by year; those that compare two years, by the later.
_YEAR_COLUMNS = ("year", "year_to")

#: What tells the site of a row, or its group; the rows of each lie together.
_SITE = ("scope_type", "scope_id", "project_id")

#: Within a year those of a site lie together: what they say is mostly the same, and packs into half the bytes.
_TOGETHER = (*_SITE, "evaluation_id", "record_id", "question_id")


class _Sums(NamedTuple):
    """What rows say, whatever their order: how many they are, and two sums of their hashes."""

    rows: int
    parity: int
    total: int

    @classmethod
    def of(cls, content: str) -> _Sums:
        """The sums in what a file was made of (`_Published.content`)."""
        return cls(*map(int, content.split()[1:]))

    def replaced(self, gone: _Sums, added: _Sums) -> _Sums:
        """The sums once some of the rows are gone, and others added."""
        return _Sums(
            self.rows - gone.rows + added.rows,
            self.parity ^ gone.parity ^ added.parity,
            self.total - gone.total + added.total,
        )


_NONE = _Sums(0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Published:
    """A table that is published.

    `year`: the column that its files lie by, of facts. `order`: the columns by which rows lie, its key among
    them, which every build tests to be unique; empty without a key. `same_years`: those of which no row was made anew
    since the release before. `made_of`: a digest of all that a file's bytes depend on, beside its rows. `site`:
    the site and year of a row, in SQL, if those of which nothing was made anew have the rows of the release before.
    """

    name: str
    columns: list[str]
    year: str | None
    order: list[str]
    same_years: frozenset[int]
    made_of: str
    site: str | None

    def content(self, sums: _Sums) -> str:
        """What a file of rows with these sums is made of."""
        return " ".join(map(str, (self.made_of, *sums)))

    def same(self, known: Mapping[str, list[str]]) -> dict[int | None, str]:
        """Of the years that are the same: what their files were made of, where they would be written like that."""
        if self.year is None:
            return {}
        contents = {year: known.get(_place(self, year), [""])[0] for year in self.same_years}
        return {year: content for year, content in contents.items() if content.startswith(f"{self.made_of} ")}


def write_tables(
    warehouse: Warehouse, folder: Path, dictionary: list[Table], before: Path | None
) -> tuple[dict[str, int], str]:
    """Write parquet/, and effets.duckdb with its comments, into `folder`.

    `before`: the release to share files with, and whose database is brought up to this one. Returns the rows of each
    table, and a hash of all Parquet files with their places.
    """
    database = folder / DATABASE
    known = _parts(before)
    parts: dict[str, list[str]] = {}
    rows: dict[str, int] = {}
    spill = folder / ".spill"
    config = {**bounded(spill), "preserve_insertion_order": True, "memory_limit": MEMORY_LIMIT}
    with duckdb.connect(config=config) as connection, ExitStack() as ending:
        connection.execute(f"attach {literal(warehouse.build_database)} as build (read_only)")
        same_years = _same_years(connection, before)
        published = _published(connection, dictionary, same_years)
        # What lies by year last: its files take longest, and the database is given few of their rows.
        in_order = sorted(published.values(), key=lambda table: table.year is not None)
        # Where nothing stays, a copy would hold all twice.
        stays = any(table.same(known) for table in published.values()) or (
            before is not None and _are_few(connection, [], before.name)
        )
        is_copy = bool(before and stays and known.get(DATABASE) == _status(before / DATABASE))
        # Of few news most files are merged, each by one processor; sorting a year takes all of them, and memory.
        beside = ending.enter_context(Beside(threads=2 if is_copy else 1))
        if is_copy:  # as macros/processors.sql
            connection.execute("set threads = greatest(1, current_setting('threads') // 2)")
        written = [
            beside.begin(_write_parquet, connection.cursor(), table, folder / "parquet", before, known)
            for table in in_order
        ]
        if before is not None and is_copy:
            shutil.copyfile(before / DATABASE, database)
        connection.execute(f"attach {literal(database)} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("use release")
        connection.execute("begin")
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'release'"
        ).fetchall():
            if name not in published:
                connection.execute(f'drop table "{name}"')
        connection.execute("commit")
        for table, files in zip(in_order, written, strict=True):
            made = files.result()
            parts |= made
            old = _files_of(table, known) if is_copy else {}
            if before is None or not is_copy or not _replace_rows(connection, table, old, made, before.name):
                places = [folder / "parquet" / place for place in made]
                _write_table(connection, table, places, _unchanged(old, made))
            [(rows[table.name],)] = connection.execute(f'select count(*) from "{table.name}"').fetchall()
        connection.execute("begin")  # hundreds of comments, each of which would be a write to the disk
        comment(connection, (table for table in dictionary if table.name in published))
        connection.execute("commit")
        connection.execute("use memory")
        connection.execute("detach release")
    shutil.rmtree(spill, ignore_errors=True)
    os.chmod(database, 0o444)
    content = sha256()
    for place, (_, digest) in sorted(parts.items(), key=lambda part: Path(part[0])):
        content.update(place.encode() + b"\0" + bytes.fromhex(digest))
    parts[DATABASE] = _status(database)
    (folder / _PARTS).write_text(json.dumps(parts, indent=1), encoding="utf-8")
    return {name: rows[name] for name in published}, content.hexdigest()[:12]


def note_published(warehouse: Warehouse, release: str) -> None:
    """Note in build.duckdb that all its years and sites are published: what a build makes anew it takes out again."""
    with duckdb.connect(warehouse.build_database) as connection:
        for what, key in (("years", "year"), ("sites", "evaluation_id")):
            connection.execute(
                f"create or replace table raw.published_{what} as select {key}, $1 as release from raw.built_{what}",
                [release],
            )


def _same_years(connection: duckdb.DuckDBPyConnection, before: Path | None) -> frozenset[int]:
    """The years of which no row of what is built in parts was made anew since the release before."""
    years = connection.execute(
        "select year from build.raw.published_years where release = $1", [before.name if before else None]
    )
    return frozenset(year for (year,) in years.fetchall())


def _published(
    connection: duckdb.DuckDBPyConnection, dictionary: list[Table], same_years: frozenset[int]
) -> dict[str, _Published]:
    """The tables of build.duckdb that are published, by name."""
    found = connection.execute(
        """
        select
            table_name,
            list(column_name order by ordinal_position) as columns,
            list(data_type order by ordinal_position) as types
        from information_schema.columns
        where table_catalog = 'build' and table_schema = 'main'
        group by table_name
        order by table_name
        """
    ).fetchall()
    known = {table.name: table for table in dictionary}
    published: dict[str, _Published] = {}
    for name, columns, types in found:
        if not name.startswith(PREFIXES):
            continue
        years = [column for column in _YEAR_COLUMNS if column in columns and name.startswith("fct_")]
        year = next(iter(years), None)
        table = known.get(name)
        order = [column for column in _order(table, columns) if column != year]
        published[name] = _Published(
            name,
            columns,
            year,
            order,
            same_years=same_years if table and table.is_built_in_parts else frozenset(),
            site=table.site if table else None,
            made_of=sha256(repr((duckdb.__version__, columns, types, order)).encode()).hexdigest()[:16],
        )
    return published


def _order(table: Table | None, columns: list[str]) -> list[str]:
    """The columns that put the rows of a table in order; none if nothing stops a build where its key is broken."""
    if table is None or not table.has_tested_key:
        return []
    if not table.name.startswith("fct_"):
        return columns[: max(columns.index(column) + 1 for column in table.key)]
    return list(dict.fromkeys([*(column for column in _TOGETHER if column in columns), *table.key]))


def _parts(release: Path | None) -> dict[str, list[str]]:
    """What the files of a release were made of, by path; nothing where that is not known."""
    try:
        content = json.loads((release / _PARTS).read_bytes()) if release else {}
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    table: _Published,
    parquet: Path,
    before: Path | None,
    known: Mapping[str, list[str]],
) -> dict[str, list[str]]:
    """Write one file per dimension, one per year for facts that have a year, or link to those of `before`.

    Returns what each was made of, and its hash, by its place.
    """
    parts = {}
    for part, content in _contents(connection, table, known):
        place = _place(table, part)
        file = parquet / place
        file.parent.mkdir(parents=True, exist_ok=True)
        old = before / "parquet" / place if before else None
        made_of, digest = known.get(place, ["", ""])
        if old is not None and digest != _hash_of_file(old):
            old = None
        if old and made_of == content:
            _share(old, file)
        else:
            if not (old and _merge(connection, table, part, old, made_of, content, file)):
                _sort(connection, table, part, file)
            digest = _hash_of_file(file)
        parts[place] = [content, digest]
    return parts


def _sort(connection: duckdb.DuckDBPyConnection, table: _Published, year: int | None, file: Path) -> None:
    """Write a file of a table from build.duckdb."""
    chosen = f"* exclude ({table.year})" if year is not None else "*"
    where = f"where {table.year} = {year}" if year is not None else ""
    _copy(connection, table, f'select {chosen} from build.main."{table.name}" {where}', file)


def _copy(connection: duckdb.DuckDBPyConnection, table: _Published, rows: str, file: Path) -> None:
    # Sorted rows come in row groups of the same size whatever the number of threads; those of a table would
    # not. Rows that tie are equal.
    order = ", ".join(f'"{column}"' for column in table.order) or "all"
    connection.execute(
        f"copy ({rows} order by {order}) to {literal(file)} (format parquet, compression zstd)"
    )


def _merge(
    connection: duckdb.DuckDBPyConnection,
    table: _Published,
    year: int | None,
    old: Path,
    made_of: str,
    content: str,
    file: Path,
) -> bool:
    """Write a year's file from that of the release before, and the rows of sites that were made anew, and of groups.

    `old` was made of `made_of`, and sorting a year takes longer. Returns whether that makes what is made of `content`.
    """
    block = [column for column in table.order if column in _SITE]
    before = old.parents[3].name
    if (
        year is None
        or table.site is None
        or not block
        or block != table.order[: len(block)]
        or not made_of.startswith(f"{table.made_of} ")
        or not _are_few(connection, [year], before)
    ):
        return False
    is_anew = _is_anew(table.site, [year], before)
    own = f'build.main."{table.name}" where {table.year} = {year} and {is_anew}'
    adds = f"{year} as {table.year}"
    was, stays = Part(old, is_anew, adds), Part(old, f"not ({is_anew})", adds)
    gone, added = (_sums(connection, rows, table).get(year, _NONE) for rows in (was.rows, own))
    if table.content(_Sums.of(made_of).replaced(gone, added)) != content:
        return False
    others = file.with_name(".others.parquet")
    _copy(connection, table, f"select * exclude ({table.year}) from {own}", others)
    try:
        return write_merged(connection, [stays, Part(others)], block, file)
    finally:
        others.unlink()


def _place(table: _Published, part: int | None) -> str:
    """Where a file of a table lies; the folder's name holds the year, which readers of Hive partitions add."""
    if table.year is None:
        return f"{table.name}.parquet"
    return f"{table.name}/data.parquet" if part is None else f"{table.name}/{table.year}={part}/data.parquet"


def _year_of(place: str) -> int | None:
    """The year of a file, by its place."""
    year = PurePosixPath(place).parent.name.partition("=")[2]
    return int(year) if year else None


def _contents(
    connection: duckdb.DuckDBPyConnection, table: _Published, known: Mapping[str, list[str]]
) -> list[tuple[int | None, str]]:
    """The parts of a table, with what each is made of: columns, their order, how many rows, two sums of their hashes.

    Of years that are the same this is known.
    """
    same = table.same(known)
    others = (
        f"where {table.year} is null or {table.year} not in ({', '.join(map(str, same))})" if same else ""
    )
    sums = _sums(connection, f'build.main."{table.name}" {others}', table)
    found = {part: table.content(of_part) for part, of_part in sums.items()} | same
    if not found:
        found[None] = table.made_of
    # Nulls last, as the rows of a year are deleted up to it.
    return sorted(found.items(), key=lambda item: (item[0] is None, item[0] or 0))


def _sums(connection: duckdb.DuckDBPyConnection, rows: str, table: _Published) -> dict[int | None, _Sums]:
    """What the rows of a table say, by year; `rows`: what stands behind SQL's `from`."""
    names = _names(table)
    found = connection.execute(
        f"""
        select {table.year or "null"} as part, count(*), bit_xor(hash({names})), sum(hash({names})::hugeint)
        from {rows}
        group by part
        """
    ).fetchall()
    return {part: _Sums(*map(int, of_part)) for part, *of_part in found}


def _status(file: Path) -> list[str]:
    """What tells that a file was not touched; nothing where there is none."""
    try:
        return [str(value) for value in status_of(file.stat())]
    except OSError:
        return []


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


def _unchanged(old: Mapping[str, list[str]], made: Mapping[str, list[str]]) -> int:
    """How many of a table's files, from the first on, say what those of the release before say (`old`)."""
    pairs = zip_longest(*([(place, content[0]) for place, content in files.items()] for files in (old, made)))
    return next((number for number, (one, other) in enumerate(pairs) if one != other), len(made))


def _files_of(table: _Published, parts: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Of the files of a release, those of a table."""
    names = table.name, f"{table.name}.parquet"
    return {place: content for place, content in parts.items() if PurePosixPath(place).parts[0] in names}


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: _Published, files: list[Path], kept: int
) -> None:
    """Write a table of effets.duckdb from its Parquet files, as they stand there; the first `kept` are in it."""
    years = [_year_of(file.as_posix()) for file in files]
    names = _names(table)
    if kept == 0:
        connection.execute(
            f'create or replace table "{table.name}" as from build.main."{table.name}" limit 0'
        )
    elif last := years[kept - 1]:
        connection.execute(f'delete from "{table.name}" where {table.year} is null or {table.year} > {last}')
    parts = []
    for file, year in zip(files[kept:], years[kept:], strict=True):
        chosen = ", ".join(
            str(year) if year and column == table.year else f'"{column}"' for column in table.columns
        )
        parts.append(f"select {chosen} from read_parquet({literal(file)})")
    if parts:
        connection.execute(f'insert into "{table.name}" ({names}) {" union all ".join(parts)}')


def _replace_rows(
    connection: duckdb.DuckDBPyConnection,
    table: _Published,
    old: Mapping[str, list[str]],
    made: Mapping[str, list[str]],
    before: str,
) -> bool:
    """Bring a table up to build.duckdb by the rows that changed, of the years that did.

    `old`: the table's files in the release `before`, which the table says. Returns whether that was possible, and
    makes the table say what the files `made` do; else it is as it was.
    """
    new = {place: _year_of(place) for place, content in made.items() if content != old.get(place)}
    years = [year for year in new.values() if year is not None]
    if old.keys() == made.keys() and not new:
        return True
    if (
        old.keys() != made.keys()
        or (table.year and len(years) < len(new))
        or not all(old[place][0].startswith(f"{table.made_of} ") for place in new)
        or (table.site and not _are_few(connection, years, before))
    ):
        return False
    names = _names(table)
    of_years = f"{table.year} in ({', '.join(map(str, years))})" if years else "true"
    here, there = f'"{table.name}"', f'build.main."{table.name}"'
    # Looked for once: most rows stay.
    for rows, source, other in (("gone", here, there), ("added", there, here)):
        is_another = (
            _is_anew(table.site, years, before)
            if table.site
            else _has_no_twin(table, f"{other} where {of_years}")
        )
        place = "rowid as place, " if rows == "gone" else ""
        connection.execute(
            f"create or replace temp table {rows} as select {place}{names} from {source} as own "
            f"where {of_years} and {is_another}"
        )
    gone, added = (_sums(connection, rows, table) for rows in ("gone", "added"))
    for place, year in new.items():
        out, taken_in = gone.get(year, _NONE), added.get(year, _NONE)
        sums = _Sums.of(old[place][0])
        # Rows that are taken out leave gaps.
        if 2 * out.rows > sums.rows or table.content(sums.replaced(out, taken_in)) != made[place][0]:
            return False
    order = ", ".join([*filter(None, [table.year]), *table.order]) or "all"
    connection.execute("begin")
    connection.execute(f"delete from {here} where {of_years} and rowid in (select place from gone)")
    connection.execute(f"insert into {here} ({names}) select {names} from added order by {order}")
    connection.execute("commit")
    return True


def _is_anew(site: str, years: list[int], before: str) -> str:
    """SQL: whether a row is that of a site that was made anew since the release `before`, or of a group."""
    return f"""
        not coalesce(
            {site} in (
                select evaluation_id from build.raw.published_sites
                where release = {literal(before)} and {_of_these(years)}
            ),
            false
        )
    """


def _has_no_twin(table: _Published, others: str) -> str:
    """SQL: whether a row says what none of these others does, by two hashes of it."""
    said = f"(hash({_names(table)}), hash({', '.join(reversed(_names(table).split(', ')))}))"
    return f"{said} not in (select {said} from {others})"


def _are_few(connection: duckdb.DuckDBPyConnection, years: list[int], before: str) -> bool:
    """Whether most sites of these years, or of all, are as they were in the release before.

    Rows that are taken out of a table leave gaps.
    """
    found = connection.execute(
        f"""
        select count(published.evaluation_id) * 2 > count(*)
        from build.raw.built_sites as built
        left join build.raw.published_sites as published
            on built.evaluation_id = published.evaluation_id and published.release = $1
        where {_of_these(years, "built") if years else "true"}
        """,
        [before],
    ).fetchall()
    return bool(found[0][0])


def _of_these(years: list[int], notes: str = "published_sites") -> str:
    """SQL: whether a site of the notes is one of these years."""
    return f"split_part({notes}.evaluation_id, '@', -1) in ({', '.join(map(repr, map(str, years)))})"


def _names(table: _Published) -> str:
    return ", ".join(f'"{column}"' for column in table.columns)
