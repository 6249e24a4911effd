"""Exports that are read, and not yet accepted: the raw tables of a round, in a database of its own in memory.

What reaches the archive and build.duckdb was read here first. So a file that no reader can take, or that fails
what is expected of its form, is refused alone, before anything of it is kept.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa

from ingest import numbered
from ingest.codebook import Codebook
from ingest.formats import BY_NAME
from ingest.numbered import IN_WORDS, SCHEMA, TABLES
from ingest.reading import Reading, Rejection
from ingest.schema import RAW_TABLES, create_table

#: Exports that are judged and accepted together: as a rule all of a run.
ROUND_EXPORTS = 10_000
ROUND_BYTES = 192 * 1024 * 1024
#: Structured exports that are queried together: enough to be fast, few enough to bound the memory.
BATCH_EXPORTS = 500
BATCH_BYTES = 12 * 1024 * 1024
#: A document of more is queried in parts, if its form can be cut into such.
PART_BYTES = 4 * 1024 * 1024

#: Rows that are handed from one database to another at once.
ROWS_AT_ONCE = 50_000

#: The tables that readers fill; the others say what stands outside of exports.
_OUTSIDE = (
    "receipts",
    "slugs",
    "rejections",
    "published_figures",
    "published_sources",
    "settings",
    "register",
)
READ_TABLES = tuple(name for name in RAW_TABLES if name not in _OUTSIDE)
#: Those of them that are stored as they are; the others by number (numbered.py).
PLAIN_TABLES = tuple(name for name in READ_TABLES if name not in IN_WORDS)

#: A page holds the social questionnaire; it does not show what it does not speak of.
_PAGE = "effects_page"
_PAGE_FORM, _PAGE_DEFAULT_STATE = "social", "not_shown"


#: What a database may take of the memory, before it writes to the disk: each round has two, and three are on their way.
MEMORY_LIMIT = "300MB"


def bounded(spill: Path) -> dict[str, str | bool | int | float | list[str]]:
    """How a database is opened that puts into the folder `spill` what does not fit into its share of the memory."""
    return {"preserve_insertion_order": False, "memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}


def in_memory(spill: Path | None) -> duckdb.DuckDBPyConnection:
    """A database in memory; without a folder to spill to it is not bounded."""
    return duckdb.connect(config=bounded(spill) if spill else {"preserve_insertion_order": False})


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it is archived. Pages are read one by one: a structured form has a `document` instead, the
    bytes of a JSON text in UTF-8, or what its module's `compact`, if it has one, makes of that."""

    source_id: str
    format: str
    byte_count: int  # as received
    data: bytes | None  # none once it is in the archive, as a draft
    size: int  # bytes as archived
    stored_sha256: str
    rows: dict[str, list[tuple[Any, ...]]]
    document: bytes | None
    compact: Any = None


def read_export(
    source_id: str, format_name: str, byte_count: int, data: bytes, codebook: Codebook, compact: Any = None
) -> Export:
    """Read `data`, redacted, with the reader of its format, as far as this is done file by file.

    `compact`: what its module's `take` made of it already. Raises Rejection, with the reason `reader-error` where the
    reader itself fails: one export never stops the others.
    """
    module = BY_NAME[format_name]
    rows, document = {}, None
    try:
        if hasattr(module, "read"):
            rows = _rows_of_page(source_id, byte_count, module.read(data, codebook))
        else:
            rows = {"exports": [(source_id, format_name, None, None, "utf-8", byte_count, *[None] * 4)]}
            if not hasattr(module, "compact"):
                document = document_of(module, data)
            elif compact is None:
                compact = module.compact(data)
    except Rejection:
        raise
    except Exception as error:
        # Where it failed, not its message: that may repeat the content, and rejections are published.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise _reader_error(
            f"{format_name} failed ({type(error).__name__}, {PurePosixPath(place.filename).name}, "
            f"line {place.lineno})"
        ) from error
    digest = sha256(data).hexdigest()
    return Export(source_id, format_name, byte_count, data, len(data), digest, rows, document, compact)


def document_of(module: ModuleType, data: bytes) -> bytes:
    """What an export of a structured form says, redacted, as a JSON text in UTF-8."""
    document: bytes = getattr(module, "document", bytes)(data)
    return document.removeprefix(b"\xef\xbb\xbf")


def _reader_error(detail: str) -> Rejection:
    return Rejection(
        "reader-error",
        f"the reader of {detail}",
        "This is a fault of effets: report it with the file, or a part of it that still fails.",
    )


_TOO_LARGE = Rejection(
    "too-large",
    "it needs more memory than a reader may take",
    "Cut it into several files, each with some of its responses.",
)


class Readings:
    """One round. `connection` holds the tables READ_TABLES; `exports` what was added, by source_id."""

    def __init__(self, codebook: Codebook, spill: Path | None = None) -> None:
        self.codebook = codebook
        self._spill = spill
        self.connection = in_memory(spill)
        self._scratch: duckdb.DuckDBPyConnection | None = None
        self.clear()

    def clear(self) -> None:
        """Begin a new round."""
        self.exports: dict[str, Export] = {}
        self._bytes = 0
        self._failures: dict[str, Rejection] = {}
        self._waiting: dict[str, list[Export]] = {}
        self._is_filled = False
        self._create_tables()

    def _create_tables(self) -> None:
        """Make the tables anew. A `source_id` is long to copy and to compare: its column holds the number of one."""
        for name in IN_WORDS:
            self.connection.execute(f"drop view if exists {name}")
        for name in PLAIN_TABLES:
            self.connection.execute(f"drop table if exists {name}")
        self.connection.execute(f"drop schema if exists {SCHEMA} cascade")
        values = ", ".join(f"'{source_id}'" for source_id in self.exports) or "''"
        self.connection.execute("drop type if exists source")
        self.connection.execute(f"create type source as enum ({values})")
        for name in PLAIN_TABLES:
            self.connection.execute(create_table(name, RAW_TABLES[name], {"source_id": "source"}))
        numbered.create_tables(self.connection, {"source_id": "source"})
        numbered.create_views(self.connection)

    @property
    def is_full(self) -> bool:
        return len(self.exports) >= ROUND_EXPORTS or self._bytes >= ROUND_BYTES

    def add(self, export: Export) -> None:
        """Take an export in that is not there yet."""
        self.exports[export.source_id] = export
        self._bytes += export.size
        self._waiting.setdefault(export.format, []).append(export)

    def failures(self) -> dict[str, Rejection]:
        """Fill the tables with all that was added, once; return why which exports could not be read."""
        if self._waiting:
            if self._is_filled:
                raise RuntimeError("a round that was read takes no more exports: clear it first")
            self._is_filled = True
            self._create_tables()
        for format_name, exports in self._waiting.items():
            for batch in _batches(exports):
                self._read(BY_NAME[format_name], batch)
        self._waiting = {}
        return dict(self._failures)

    def dated(self) -> set[str]:
        """The exports each record of which tells when it was submitted."""
        return {source_id for (source_id,) in self.connection.execute(DATED.format("records")).fetchall()}

    def rows(self, source_ids: set[str]) -> Iterator[tuple[str, pa.RecordBatchReader]]:
        """Each table's rows of these exports, some at a time: those of PLAIN_TABLES, then the numbered ones."""
        is_all = source_ids == self.exports.keys() - self._failures.keys()
        if not is_all:
            self.connection.register("wanted", pa.table({"source_id": sorted(source_ids)}))
        for name in PLAIN_TABLES:
            chosen = "" if is_all else "semi join wanted using (source_id)"
            yield name, self._read_out(name, RAW_TABLES[name], chosen)
        of_wanted = f"""
            semi join (select record from {SCHEMA}.keys semi join wanted using (source_id)) as own using (record)
        """
        for name, schema in TABLES.items():
            chosen = ""
            if not is_all and "record" in schema.names:
                chosen = of_wanted
            elif not is_all and name == "contents":
                chosen = f"semi join (from {SCHEMA}.observations {of_wanted}) as observed using (content)"
            yield f"{SCHEMA}.{name}", self._read_out(f"{SCHEMA}.{name}", schema, chosen)
        if not is_all:
            self.connection.unregister("wanted")

    def _read_out(self, name: str, schema: pa.Schema, chosen: str) -> pa.RecordBatchReader:
        # As a text: the values of an enum would be handed over with each batch, and freed with it, while the
        # database that takes them still refers to them.
        as_text = " replace (source_id::varchar as source_id)" if "source_id" in schema.names else ""
        return self.connection.execute(f"select *{as_text} from {name} {chosen}").to_arrow_reader(
            ROWS_AT_ONCE
        )

    def _read(self, module: ModuleType, exports: Sequence[Export]) -> None:
        """Read exports of one form; the one that makes its queries fail is found by halving."""
        try:
            self._insert(exports, self._query(module, exports) if hasattr(module, "QUERIES") else [])
        except duckdb.Error as error:
            self._scratch = None  # whatever happened to it
            if len(exports) == 1:
                self._failures[exports[0].source_id] = (
                    _TOO_LARGE
                    if isinstance(error, duckdb.OutOfMemoryException)
                    else _reader_error(f"{module.NAME} failed ({type(error).__name__})")
                )
                return
            half = len(exports) // 2
            self._read(module, exports[:half])
            self._read(module, exports[half:])

    def _query(self, module: ModuleType, exports: Sequence[Export]) -> list[dict[str, pa.Table]]:
        """What a structured form's queries give for the documents of `exports`, in one part or several."""
        if self._scratch is None:
            self._scratch = in_memory(self._spill)
            self.codebook.relations(self._scratch)
        found: list[dict[str, pa.Table]] = []
        for part in _parts(module, exports):
            found.append(query(self._scratch, module, part))
            made = self._scratch.execute(_MADE).fetchall()
            for (name,) in made:
                self._scratch.execute(f"drop table temp.{name}")
        return found

    def _insert(self, exports: Sequence[Export], found: Sequence[Mapping[str, pa.Table]]) -> None:
        """Write what was read, all of it or nothing. Raises duckdb.Error for rows that fit no table."""
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in READ_TABLES}
        for export in exports:
            for name, own in export.rows.items():
                rows[name].extend(own)
        self.connection.execute("begin transaction")
        try:
            self._add({name: to_arrow(name, own) for name, own in rows.items() if own})
            for tables in found:
                self._add(tables)
        except duckdb.Error:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")

    def _add(self, tables: Mapping[str, pa.Table]) -> None:
        """Write tables; those that can be numbered are all in words, or all by number."""
        for name in tables.keys() & set(PLAIN_TABLES):
            insert(self.connection, name, tables[name])
        if "keys" in tables:
            first = numbered.firsts(self.connection)
            for name in TABLES.keys() & tables.keys():
                numbered.add(self.connection, f"{SCHEMA}.{name}", tables[name], first)
            return
        words: dict[str, str] = {}
        for name in ("records", *IN_WORDS):
            if name in tables:
                words[name] = f"{name}_in_words"
                schema = RAW_TABLES[name]
                self.connection.execute(create_table(words[name], schema, {"source_id": "source"}))
                insert(self.connection, words[name], tables[name])
        if words:
            numbered.add_words(self.connection, words)
        for relation in words.values():
            self.connection.execute(f"drop table {relation}")


def query(
    scratch: duckdb.DuckDBPyConnection, module: ModuleType, exports: Sequence[Export]
) -> dict[str, pa.Table]:
    """What a structured form's queries give for the documents of `exports`, by raw or by numbered table.

    `scratch` has the codebook's relations; the queries' temporary tables stay in it.
    """
    # A hash is long to copy and to compare: the queries see a number in its place.
    source_ids = pa.array([export.source_id for export in exports], pa.string())
    for name, rows in _given(module, exports).items():
        scratch.register("arrow_rows", rows)
        columns = "source_id, document::json as document" if name == "documents" else "*"
        scratch.execute(f"create or replace temp table {name} as select {columns} from arrow_rows")
        scratch.unregister("arrow_rows")
    queries: Mapping[str, str] = module.QUERIES
    found: dict[str, pa.Table] = {}
    for name, sql in queries.items():
        if name in RAW_TABLES or name in TABLES:
            rows = scratch.execute(sql).to_arrow_table()
            place = rows.schema.get_field_index("source_id")
            if place >= 0:
                ranks = rows.column(place).combine_chunks().cast(pa.int32())
                rows = rows.set_column(place, "source_id", pa.DictionaryArray.from_arrays(ranks, source_ids))
            found[name] = rows
        else:
            scratch.execute(f"create or replace temp table {name} as {sql}")
    return found


#: SQL: the tables that queries made, or were given.
_MADE = "select table_name from duckdb_tables() where temporary and not starts_with(table_name, 'codebook_')"


def _given(module: ModuleType, exports: Sequence[Export]) -> dict[str, pa.Table]:
    """The tables that a structured form's queries begin with; `source_id` is the rank of an export."""
    if hasattr(module, "tables"):
        given: dict[str, pa.Table] = module.tables([export.compact for export in exports])
        return given
    columns = {
        "source_id": [str(rank) for rank in range(len(exports))],
        "document": [export.document for export in exports],
    }
    return {"documents": pa.table(columns, pa.schema(dict.fromkeys(columns, pa.string())))}


#: SQL: the exports each record of which tells when it was submitted.
DATED = "select source_id from {} group by source_id having bool_and(submitted_at is not null)"


def to_arrow(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """The rows of a raw table."""
    schema = RAW_TABLES[name]
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
    """Add rows to a table, by the names of their columns; missing ones are null."""
    connection.register("arrow_rows", rows)
    try:
        connection.execute(f"insert into {table} by name select * from arrow_rows")
    finally:
        connection.unregister("arrow_rows")


def _batches(exports: Sequence[Export]) -> Iterator[list[Export]]:
    batch: list[Export] = []
    size = 0
    for export in exports:
        # What was made compact is a tenth of what it was.
        count, limit = (
            (BATCH_EXPORTS, BATCH_BYTES) if export.compact is None else (ROUND_EXPORTS, 4 * BATCH_BYTES)
        )
        added = export.size if export.size <= PART_BYTES or export.compact is not None else limit
        if batch and (len(batch) == count or size + added > limit):
            yield batch
            batch, size = [], 0
        batch.append(export)
        size += added
    if batch:
        yield batch


def _parts(module: ModuleType, exports: Sequence[Export]) -> Iterator[Sequence[Export]]:
    """The same documents, few enough bytes at a time: a large one of a form that has `parts` is cut into these."""
    document = exports[0].document
    if len(exports) > 1 or document is None or len(document) <= PART_BYTES or not hasattr(module, "parts"):
        yield exports
        return
    for part in module.parts(document, PART_BYTES):
        yield [replace(exports[0], document=part)]


def _rows_of_page(source_id: str, byte_count: int, reading: Reading) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a page, by raw table."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in READ_TABLES}
    rows["exports"].append(
        (
            source_id,
            _PAGE,
            reading.generation,
            reading.text_form,
            reading.encoding,
            byte_count,
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
    return rows
