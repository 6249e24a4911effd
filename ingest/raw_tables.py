"""The `raw` schema of build.duckdb: what was read of the archive's exports, written one round of them at a time.

The tables are what the archive says through the present readers and codebook, and nothing else: what the
archive holds and they do not is loaded, and when the readers, the codebook or the tables themselves change,
all of it is read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from ingest import numbered
from ingest.archive import Archive, State
from ingest.codebook import Codebook
from ingest.collect import Refused, UsageError
from ingest.databases import bounded, insert, to_arrow
from ingest.durable import is_of_the_machine
from ingest.editions import published_rows
from ingest.export import Export
from ingest.numbered import PLAIN_TABLES
from ingest.readings import DATED, Readings
from ingest.schema import RAW_TABLES, STATES, create_table
from ingest.slug import slugify
from ingest.speech import tr
from ingest.warehouse import STORAGE_VERSION

#: What decides how an archived export ends up in the tables.
_READERS = (
    "ingest/schema.py",
    "ingest/reading.py",
    "ingest/export.py",
    "ingest/queries.py",
    "ingest/readings.py",
    "ingest/numbered.py",
    "ingest/codebook.py",
    "ingest/expectations.py",
    "ingest/frames.py",
    "ingest/raw_tables.py",
    "ingest/slug.py",
    "ingest/formats/*.py",
    "seeds/codebook/questions*.csv",
    "seeds/codebook/answers.csv",
    "seeds/codebook/forms.csv",
)
#: What decides what the ledger adds up to.
_LEDGER_READERS = ("ingest/archive.py", "ingest/collect.py", "ingest/editions.py")


#: What a build and a publication note of their work, so that the next one does what changed (macros, release_tables).
BUILD_NOTES = {
    "built_evaluations": "evaluation_id varchar, stamp varchar, code varchar",
    "built_years": "year integer, stamp varchar, code varchar",
    "built_sites": "evaluation_id varchar, stamp varchar, code varchar",
    "compared_projects": "project_id varchar, name varchar, postal_code varchar, stamp varchar",
    "tested_evaluations": "evaluation_id varchar",
    "tested_sites": "evaluation_id varchar",
    "untested_years": "year integer",
    "tested_keys": "referred varchar, value varchar",
    "passed_tests": "unique_id varchar",
    "kept_nodes": "unique_id varchar, is_view boolean, code varchar",
    "published_years": "year integer, release varchar",
    "published_sites": "evaluation_id varchar, release varchar",
}


def create_notes(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the notes of the raw schema, empty: nothing is loaded, built, tested or published yet."""
    connection.execute("create table raw.loaded (source_id varchar, stored_sha256 varchar)")
    for name, columns in BUILD_NOTES.items():
        connection.execute(f"create table raw.{name} ({columns})")


def readers_version(root: Path) -> str:
    """A digest of the readers and the codebook of the project at `root`."""
    return _digest_of_files(root, _READERS)


def _digest_of_files(root: Path, patterns: Sequence[str]) -> str:
    digest = sha256()
    for file in sorted(file for pattern in patterns for file in root.glob(pattern)):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


class _OldLayoutError(Exception):
    """A database file keeps the layout that it began with."""


_LAYOUT = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"


class RawTables:
    """The raw schema, open: when the block ends well it is as the archive is, else it has some rounds more than before.

    `remark` says why the tables were made anew, if they were.
    """

    def __init__(self, database: Path, root: Path, spill: Path) -> None:
        """`database` is build.duckdb, made if missing; `root` the project's root; `spill` a folder for what does not
        fit into the memory.

        Raises UsageError if another process holds the database.
        """
        self.codebook = Codebook.load(root)
        self.remark: str | None = None
        self._version = readers_version(root)
        self._ledger_version = _digest_of_files(root, _LEDGER_READERS)
        self._archive_digest: str | None = None
        self._ledger_digest: str | None = None
        self._same_at: int | None = None
        self.connection = self._connect(database, spill)

    def __enter__(self) -> RawTables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.connection.execute("commit" if kind is None else "rollback")
        finally:
            self.connection.close()

    def _connect(self, database: Path, spill: Path) -> duckdb.DuckDBPyConnection:
        """Open the database and begin; one that cannot be read, or not as it should be, is made anew."""
        database.parent.mkdir(parents=True, exist_ok=True)
        existed = database.exists()
        config = {**bounded(spill), "storage_compatibility_version": STORAGE_VERSION}
        try:
            self.connection = duckdb.connect(database, config=config)
            self._begin(existed)
        except (duckdb.Error, _OldLayoutError) as error:
            if "Could not set lock" in str(error):
                raise UsageError(
                    tr(
                        "{path} is open in another process (dbt, a notebook, a shell): close it there and try again. "
                        "Notebooks should open effets.duckdb, which is never locked.",
                        path=database,
                    )
                    + f"\n{error}"
                ) from error
            if is_of_the_machine(error) or not existed:
                raise
            with suppress(AttributeError):
                self.connection.close()
            self.remark = f"{database} could not be read, or is of another version"
            for file in (database, database.with_name(database.name + ".wal")):
                file.unlink(missing_ok=True)
            self.connection = duckdb.connect(database, config=config)
            self._begin(existed=False)
        return self.connection

    def _begin(self, existed: bool) -> None:
        """Start the transaction; make the tables anew if they are missing or of another version.

        Raises _OldLayoutError if that would keep the layout of an older DuckDB.
        """
        self.connection.execute("begin transaction")
        known = self._fetch(
            "select 1 from information_schema.tables where table_schema = 'raw' and table_name = 'load_state'"
        )
        state = self._fetch("select version, archive_digest from raw.load_state") if known else []
        if state and state[0][0] == self._version:
            self._archive_digest = state[0][1]
            self._ledger_digest = next((digest for (digest,) in self._fetch("from raw.read_ledger")), None)
            return
        if existed and self._fetch(_LAYOUT) != [(f"{STORAGE_VERSION}+",)]:
            raise _OldLayoutError
        if self.remark is None and state:
            self.remark = "build.duckdb is of an older version: the readers or the codebook changed"
        elif self.remark is None:
            self.remark = (
                "build.duckdb holds nothing of effets" if existed else "there is no build.duckdb yet"
            )
        self._create_tables()

    def _create_tables(self) -> None:
        self._archive_digest = None
        for schema in ("raw", numbered.SCHEMA):
            self.connection.execute(f"drop schema if exists {schema} cascade")
        self.connection.execute("create schema raw")
        for name, columns in RAW_TABLES.items():
            if name not in numbered.IN_WORDS:
                self.connection.execute(create_table(f"raw.{name}", columns))
        self._create_enums()
        numbered.create_tables(self.connection, {name: f"raw.{name}" for name in numbered.ENUMS})
        numbered.create_views(self.connection, "raw")
        create_notes(self.connection)
        self.connection.execute("create table raw.read_ledger (digest varchar)")
        self.connection.execute("create table raw.load_state (version varchar, archive_digest varchar)")
        self.connection.execute("insert into raw.load_state values (?, null)", [self._version])

    def _create_enums(self) -> None:
        """The types of texts that come in every row."""
        for name, values in (("question_id", self.codebook.questions), ("state", STATES)):
            listed = ", ".join(f"'{value}'" for value in values)
            self.connection.execute(f"create type raw.{name} as enum ({listed})")

    def missing(self, state: State, archive: Archive) -> list[str]:
        """The archived exports that the tables lack, or hold as they were before; `state` is that of the archive.

        All after a change of the readers, what a crash left over, none otherwise.
        """
        # Of the same lines comes the same state, the digest of which takes longer.
        if self._archive_digest is not None and (
            self._ledger_digest == self._digest_of(archive) or self._archive_digest == state.digest()
        ):
            self._same_at = archive.length()
            return []
        loaded = dict(self._fetch("select source_id, stored_sha256 from raw.loaded"))
        stored = {source_id: stored.stored_sha256 for source_id, stored in state.stored.items()}
        if not loaded.keys() <= stored.keys():
            self.remark = "the archive holds less than build.duckdb"
            self._create_tables()
            loaded = {}
        return sorted(source_id for source_id, digest in stored.items() if loaded.get(source_id) != digest)

    def dated(self) -> set[str]:
        """The exports each record of which tells when it was submitted."""
        return {source_id for (source_id,) in self._fetch(DATED.format("raw.records"))}

    def load(self, exports: Sequence[Export]) -> None:
        """Read exports, and add them. Raises Rejection for one that cannot be read."""
        readings = Readings(self.codebook)
        for export in exports:
            readings.add(export)
        for rejection in readings.failures().values():
            raise rejection
        self.take(readings, set(readings.exports))

    def take(self, readings: Readings, source_ids: set[str]) -> None:
        """Add what was read of these exports, in place of what was there of them: for good, as the archive has them.

        So what waits to be committed is a round's, and fits into the memory, whatever a run brings.
        """
        if not source_ids:
            return
        loaded = {key: readings.exports[key].stored_sha256 for key in sorted(source_ids)}
        rows = pa.table({"source_id": list(loaded), "stored_sha256": list(loaded.values())})
        self.connection.register("taken", rows)
        # Most are new: then nothing is there to be looked for.
        if self._fetch("select 1 from raw.loaded semi join taken using (source_id) limit 1"):
            self._remove_taken()
        self.connection.unregister("taken")
        first = numbered.firsts(self.connection)
        for name, read in readings.rows(source_ids):
            if name in PLAIN_TABLES:
                insert(self.connection, f"raw.{name}", read)
            else:
                numbered.add(self.connection, name, read, first)
        insert(self.connection, "raw.loaded", rows)
        self.connection.execute("commit")
        self.connection.execute("begin transaction")

    def _remove_taken(self) -> None:
        """Remove the rows of the exports in the relation `taken`."""
        numbered.remove(self.connection, "select source_id from taken")
        for name in (*PLAIN_TABLES, "loaded"):
            self.connection.execute(
                f"delete from raw.{name} where source_id in (select source_id from taken)"
            )

    def settle(self, state: State, failures: Sequence[Refused], archive: Archive) -> str:
        """Write what stands outside of the exports: receipts, slugs of all names, rejected files, published figures.

        `failures` are archived exports that can no longer be read. Returns the state's digest. Raises ArchiveError if
        figures of a published report are gone.
        """
        if self._archive_digest is not None and self._same_at == archive.length():
            return self._archive_digest  # nothing was noted since
        receipts = state.current_receipts()
        digest = state.digest(receipts)
        if self._archive_digest == digest:
            return digest
        loaded = {source_id for (source_id,) in self._fetch("select source_id from raw.loaded")}
        self._replace(
            "receipts",
            [
                (
                    receipt.source_id,
                    receipt.path,
                    receipt.year,
                    receipt.year_basis,
                    receipt.project_name,
                    _stem(receipt.path),
                    date.fromisoformat(receipt.collected_on) if receipt.collected_on else None,
                    receipt.source_id in state.retracted,
                )
                for receipt in receipts
                if receipt.source_id in loaded
            ],
        )
        refused = [*state.current_rejections(), *failures]
        self._replace(
            "rejections", [(row.path, row.source_id, row.reason, row.detail, row.remedy) for row in refused]
        )
        for name, rows in published_rows(archive, state).items():
            self._replace(name, rows)
        known = dict(self._fetch("select name, slug from raw.slugs"))
        names = [name for (name,) in self._fetch(_NAMES)]
        if names != list(known):
            self._replace("slugs", [(name, known.get(name) or slugify(name)) for name in names])
        self.connection.execute("delete from raw.load_state")
        self.connection.execute("insert into raw.load_state values (?, ?)", [self._version, digest])
        self.connection.execute("delete from raw.read_ledger")
        self.connection.execute("insert into raw.read_ledger values (?)", [self._digest_of(archive)])
        return digest

    def _digest_of(self, archive: Archive) -> str:
        """Of the ledger, as this version reads it."""
        return f"{self._ledger_version} {archive.ledger_digest()}"

    def _replace(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        self.connection.execute(f"delete from raw.{name}")
        if rows:
            insert(self.connection, f"raw.{name}", to_arrow(name, rows))

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def _stem(path: str) -> str:
    """As `PurePosixPath.stem`, which takes a second for 200,000 paths."""
    name = path.rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    return stem if stem and ending else name


_NAMES = """
    select project_name from raw.records where project_name is not null
    union select project_link from raw.records where project_link is not null
    union select project_name from raw.receipts where project_name is not null
    union select project_stem from raw.receipts
    order by 1
"""
