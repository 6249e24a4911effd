"""Exports that are read, and not yet accepted: the raw tables of a round, in a database of its own in memory.

What reaches the archive and build.duckdb was read here first. So a file that no reader can take, or that fails
what is expected of its form, is refused alone, before anything of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pyarrow as pa

from ingest import numbered
from ingest.codebook import Codebook
from ingest.databases import ROWS_AT_ONCE, in_memory, insert, to_arrow
from ingest.export import TOO_LARGE, Export, reader_error
from ingest.formats import BY_NAME
from ingest.numbered import IN_WORDS, PLAIN_TABLES, SCHEMA, TABLES
from ingest.queries import Batch, Queries, Tables
from ingest.reading import Rejection
from ingest.schema import RAW_TABLES, READ_TABLES, create_table

#: Exports that are judged and accepted together: as a rule all of a run.
ROUND_EXPORTS = 10_000
ROUND_BYTES = 192 * 1024 * 1024


class Readings:
    """One round. `connection` holds the tables READ_TABLES; `exports` what was added, by source_id."""

    def __init__(self, codebook: Codebook, spill: Path | None = None, queries: Queries | None = None) -> None:
        """`spill`: a folder for what does not fit into the memory; `queries`: what readings share that take turns."""
        self.codebook = codebook
        self.connection = in_memory(spill)
        self._queries = queries or Queries(codebook, spill)
        self.clear()

    def clear(self) -> None:
        """Begin a new round."""
        self.exports: dict[str, Export] = {}
        self._bytes = 0
        self._failures: dict[str, Rejection] = {}
        self._batches: dict[str, list[Batch]] = {}
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
        """Take an export in that is not there yet; a batch that is full with it begins to be queried."""
        self.exports[export.source_id] = export
        self._bytes += export.size
        batches = self._batches.setdefault(export.format, [])
        if batches and not batches[-1].takes(export):
            self._begin(BY_NAME[export.format], batches[-1])
            batches.append(Batch())
        elif not batches:
            batches.append(Batch())
        batches[-1].add(export)

    def failures(self) -> dict[str, Rejection]:
        """Fill the tables with all that was added, once; return why which exports could not be read."""
        if self._batches:
            if self._is_filled:
                raise RuntimeError("a round that was read takes no more exports: clear it first")
            self._is_filled = True
            self._create_tables()
        for format_name, batches in self._batches.items():
            self._begin(BY_NAME[format_name], batches[-1])
        for format_name, batches in self._batches.items():
            for batch in batches:
                self._read(BY_NAME[format_name], batch.exports, batch.found)
                batch.found = None
                for export in batch.exports:  # what it says is in the tables now
                    self.exports[export.source_id] = replace(export, rows={}, document=None, compact=None)
                batch.exports.clear()
        self._batches = {}
        return dict(self._failures)

    def _begin(self, module: ModuleType, batch: Batch) -> None:
        if hasattr(module, "QUERIES"):
            batch.found = self._queries.begin(module, batch.exports)

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

    def _read(
        self, module: ModuleType, exports: Sequence[Export], found: Future[list[Tables]] | None
    ) -> None:
        """Write what was read of exports of one form; the one that makes its queries fail is found by halving."""
        try:
            self._insert(exports, found.result() if found else [])
        except duckdb.Error as error:
            if len(exports) == 1:
                self._failures[exports[0].source_id] = (
                    TOO_LARGE
                    if isinstance(error, duckdb.OutOfMemoryException)
                    else reader_error(f"{module.NAME} failed ({type(error).__name__})")
                )
                return
            half = len(exports) // 2
            for part in (exports[:half], exports[half:]):
                self._read(module, part, self._queries.begin(module, part) if found else None)

    def _insert(self, exports: Sequence[Export], found: Sequence[Tables]) -> None:
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

    def _add(self, tables: Tables) -> None:
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


#: SQL: the exports each record of which tells when it was submitted.
DATED = "select source_id from {} group by source_id having bool_and(submitted_at is not null)"
