"""Readings → the `raw` schema of build.duckdb, in one transaction.

The tables are what the archive says through the present readers and codebook, and nothing else: what the
archive holds and they do not is loaded, and when the readers, the codebook or the tables themselves change,
all of it is read again.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import ModuleType, TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from ingest.archive import Archive, State
from ingest.codebook import Codebook
from ingest.collect import Refused, UsageError
from ingest.formats import BY_NAME
from ingest.reading import Reading, Rejection
from ingest.schema import RAW_TABLES
from ingest.slug import slugify

#: Exports that are read and loaded together: enough to be fast, few enough to bound the memory.
BATCH_EXPORTS = 500
BATCH_BYTES = 64 * 1024 * 1024

#: What decides how an archived export ends up in the tables.
_READERS = (
    "ingest/schema.py",
    "ingest/reading.py",
    "ingest/codebook.py",
    "ingest/raw_tables.py",
    "ingest/slug.py",
    "ingest/formats/*.py",
    "seeds/codebook/*.csv",
)

#: A page holds the social questionnaire; it does not show what it does not speak of.
_PAGE_FORM, _PAGE_DEFAULT_STATE = "social", "not_shown"

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
    pa.list_(pa.string()): "varchar[]",
}


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it is archived. Pages are read one by one; a structured form has no `reading`."""

    source_id: str
    format: str
    byte_count: int  # as received
    data: bytes
    reading: Reading | None


def read_export(source_id: str, format_name: str, byte_count: int, data: bytes, codebook: Codebook) -> Export:
    """Read `data`, redacted, with the reader of its format.

    Raises Rejection, with the reason `reader-error` where the reader itself fails: one export never stops the
    others.
    """
    module = BY_NAME[format_name]
    try:
        reading = module.read(data, codebook) if hasattr(module, "read") else None
    except Rejection:
        raise
    except Exception as error:
        # Where it failed, not its message: that may repeat the content, and rejections are published.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise Rejection(
            "reader-error",
            f"the reader of {format_name} failed ({type(error).__name__}, "
            f"{PurePosixPath(place.filename).name}, line {place.lineno})",
            "This is a fault of effets: report it with the file, or a part of it that still fails.",
        ) from error
    return Export(source_id, format_name, byte_count, data, reading)


class Batch:
    """Exports that wait to be loaded together."""

    def __init__(self) -> None:
        self._exports: list[Export] = []
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        return len(self._exports) >= BATCH_EXPORTS or self._bytes >= BATCH_BYTES

    def add(self, export: Export) -> None:
        self._exports.append(export)
        self._bytes += len(export.data)

    def take(self) -> list[Export]:
        """All that wait; afterwards none does."""
        taken, self._exports, self._bytes = self._exports, [], 0
        return taken


def readers_version(root: Path) -> str:
    """A digest of the readers and the codebook of the project at `root`."""
    digest = sha256()
    for file in sorted(file for pattern in _READERS for file in root.glob(pattern)):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


class RawTables:
    """The raw schema, open for one transaction: committed when the block ends well, else as it was.

    `remark` says why the tables were made anew, if they were.
    """

    def __init__(self, database: Path, root: Path) -> None:
        """`database` is build.duckdb, made if missing; `root` the project's root.

        Raises UsageError if another process holds the database.
        """
        self.codebook = Codebook.load(root)
        self.remark: str | None = None
        self.failures: list[Refused] = []
        self._version = readers_version(root)
        self._archive_digest: str | None = None
        existed = database.exists()
        self.connection = self._connect(database)
        self._begin(existed)

    def __enter__(self) -> RawTables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.connection.execute("commit" if kind is None else "rollback")
        finally:
            self.connection.close()

    def _connect(self, database: Path) -> duckdb.DuckDBPyConnection:
        database.parent.mkdir(parents=True, exist_ok=True)
        try:
            return duckdb.connect(database)
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise UsageError(
                    f"{database} is open in another process (dbt, a notebook, a shell): close it there and "
                    f"try again. Notebooks should open effets.duckdb, which is never locked.\n{error}"
                ) from error
            self.remark = f"{database} could not be read"
        except duckdb.Error:
            self.remark = f"{database} could not be read"
        for file in (database, database.with_name(database.name + ".wal")):
            file.unlink(missing_ok=True)
        return duckdb.connect(database)

    def _begin(self, existed: bool) -> None:
        """Start the transaction; make the tables anew if they are missing or of another version."""
        self.connection.execute("begin transaction")
        known = self._fetch(
            "select 1 from information_schema.tables where table_schema = 'raw' and table_name = 'load_state'"
        )
        state = self._fetch("select version, archive_digest from raw.load_state") if known else []
        if state and state[0][0] == self._version:
            self._archive_digest = state[0][1]
            return
        if self.remark is None and state:
            self.remark = "the readers or the codebook changed"
        elif self.remark is None:
            self.remark = (
                "build.duckdb holds nothing of effets" if existed else "there is no build.duckdb yet"
            )
        self._create_tables()

    def _create_tables(self) -> None:
        self._archive_digest = None
        self.connection.execute("drop schema if exists raw cascade")
        self.connection.execute("create schema raw")
        for name, schema in RAW_TABLES.items():
            columns = ", ".join(
                f'"{field.name}" {_SQL_TYPES[field.type]}{"" if field.nullable else " not null"}'
                for field in schema
            )
            self.connection.execute(f"create table raw.{name} ({columns})")
        self.connection.execute("create table raw.load_state (version varchar, archive_digest varchar)")

    def catch_up(self, archive: Archive, state: State) -> int:
        """Load what the archive holds and the tables do not; return how many exports that were.

        All of it after a change of the readers, what a crash left over, nothing otherwise. An export that can
        no longer be read is kept in `failures`. Raises ArchiveError if an object is missing or damaged.
        """
        if self._archive_digest == state.digest():
            return 0
        loaded = {source_id for (source_id,) in self._fetch("select source_id from raw.exports")}
        if not loaded <= state.stored.keys():
            self.remark = "the archive holds less than build.duckdb"
            self._create_tables()
            loaded = set()
        missing = sorted(state.stored.keys() - loaded)
        batch = Batch()
        for source_id in missing:
            stored = state.stored[source_id]
            data = archive.read(stored)
            try:
                batch.add(read_export(source_id, stored.format, stored.byte_count, data, self.codebook))
            except Rejection as rejection:
                path = min(
                    receipt.path for receipt in state.receipts.values() if receipt.source_id == source_id
                )
                self.failures.append(Refused.of(path, rejection, source_id))
            if batch.is_full:
                self.load(batch.take())
        self.load(batch.take())
        return len(missing) - len(self.failures)

    def load(self, exports: Sequence[Export]) -> None:
        """Add exports that are not there yet."""
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in RAW_TABLES}
        documents: dict[str, list[Export]] = {}
        for export in exports:
            if export.reading is None:
                documents.setdefault(export.format, []).append(export)
            _add_rows(export, rows)
        for name, table_rows in rows.items():
            self._insert(name, table_rows)
        for format_name, structured in documents.items():
            self._query(BY_NAME[format_name], structured)

    def settle(self, state: State) -> None:
        """Write what stands outside of the exports: receipts, slugs of all names, rejected files."""
        digest = state.digest()
        if self._archive_digest == digest:
            return
        loaded = {source_id for (source_id,) in self._fetch("select source_id from raw.exports")}
        refused = [*state.current_rejections(), *self.failures]
        self._replace(
            "receipts",
            [
                (
                    receipt.source_id,
                    receipt.path,
                    receipt.year,
                    receipt.year_basis,
                    receipt.project_name,
                    PurePosixPath(receipt.path).stem,
                    date.fromisoformat(receipt.collected_on) if receipt.collected_on else None,
                    receipt.source_id in state.retracted,
                )
                for receipt in state.current_receipts()
                if receipt.source_id in loaded
            ],
        )
        self._replace(
            "rejections", [(row.path, row.source_id, row.reason, row.detail, row.remedy) for row in refused]
        )
        self._replace("slugs", [(name, slugify(name)) for (name,) in self._fetch(_NAMES)])
        self.connection.execute("delete from raw.load_state")
        self.connection.execute("insert into raw.load_state values (?, ?)", [self._version, digest])

    def _query(self, module: ModuleType, exports: Sequence[Export]) -> None:
        """Run a structured form's queries over the documents of `exports`."""
        queries: Mapping[str, str] = module.QUERIES
        document = getattr(module, "document", bytes)  # what is JSON already stays as it is
        table = pa.table(
            {
                "source_id": [export.source_id for export in exports],
                "document": [document(export.data).decode("utf-8-sig") for export in exports],
            }
        )
        self.codebook.relations(self.connection)
        self.connection.register("arrow_rows", table)
        self.connection.execute(
            "create or replace temp table documents as "
            "select source_id, document::json as document from arrow_rows"
        )
        self.connection.unregister("arrow_rows")
        for name, query in queries.items():
            if name in RAW_TABLES:
                self.connection.execute(f"insert into raw.{name} by name {query}")
            else:
                self.connection.execute(f"create or replace temp table {name} as {query}")
        for name in ("documents", *(name for name in queries if name not in RAW_TABLES)):
            self.connection.execute(f"drop table temp.{name}")

    def _replace(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        self.connection.execute(f"delete from raw.{name}")
        self._insert(name, rows)

    def _insert(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        schema = RAW_TABLES[name]
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        self.connection.register("arrow_rows", pa.Table.from_arrays(arrays, schema=schema))
        self.connection.execute(f"insert into raw.{name} select * from arrow_rows")
        self.connection.unregister("arrow_rows")

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


_NAMES = """
    select project_name from raw.records where project_name is not null
    union select project_link from raw.records where project_link is not null
    union select project_name from raw.receipts where project_name is not null
    union select project_stem from raw.receipts
"""


def _add_rows(export: Export, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Append the rows of an export; of a structured form only its own, as the rest is left to its queries."""
    source_id, reading = export.source_id, export.reading
    if reading is None:
        counts = (None, None, "utf-8", export.byte_count, None, None, None, None)
        rows["exports"].append((source_id, export.format, *counts))
        return
    rows["exports"].append(
        (
            source_id,
            export.format,
            reading.generation,
            reading.text_form,
            reading.encoding,
            export.byte_count,
            reading.characters,
            reading.characters_recognised,
            reading.characters_testimony,
            reading.characters_unparsed,
        )
    )
    record = (source_id, "")
    rows["records"].append((*record, reading.project_name, reading.project_link, *[None] * 6))
    rows["record_forms"].append((*record, _PAGE_FORM, _PAGE_DEFAULT_STATE))
    rows["responses"].extend(
        (*record, response.question_id, response.state, list(response.candidate_answer_ids) or None)
        for response in reading.responses
    )
    ordinals: Counter[str] = Counter()
    for seen in reading.observations:
        ordinals[seen.question_id] += 1
        rows["observations"].append(
            (
                *record,
                seen.question_id,
                ordinals[seen.question_id],
                seen.answer_id,
                seen.raw_label,
                seen.match,
                seen.value_number,
                seen.value_text,
                seen.source_start,
                seen.source_end,
                seen.source_pointer,
            )
        )
    rows["testimonies"].extend(
        (
            *record,
            testimony.question_id,
            testimony.text,
            testimony.is_truncated,
            testimony.source_start,
            testimony.source_end,
            testimony.source_pointer,
        )
        for testimony in reading.testimonies
    )
    rows["unparsed_fragments"].extend(
        (source_id, fragment.source_start, fragment.source_end, fragment.text)
        for fragment in reading.fragments
    )
