"""Structured forms are read by DuckDB: many documents at once, by the queries of their form."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa

from ingest.beside import Beside
from ingest.codebook import Codebook
from ingest.databases import in_memory
from ingest.export import Export
from ingest.numbered import TABLES
from ingest.schema import RAW_TABLES

#: Structured exports that are queried together: enough to be fast, few enough to bound the memory.
BATCH_EXPORTS = 500
BATCH_BYTES = 12 * 1024 * 1024
#: A document of more is queried in parts, if its form can be cut into such.
PART_BYTES = 4 * 1024 * 1024

#: Half of the processors: the others read files meanwhile.
_THREADS = max(1, min((os.cpu_count() or 1) // 2, 4))

#: What queries give for some documents, by raw or by numbered table.
Tables = Mapping[str, pa.Table]


@dataclass(slots=True)
class Batch:
    """Exports of one form that are queried together; `found` what is found of them, once that was begun."""

    exports: list[Export] = field(default_factory=list)
    size: int = 0
    found: Future[list[Tables]] | None = None

    def takes(self, export: Export) -> bool:
        """Whether there is room for it."""
        return not self.exports or (
            len(self.exports) < _limits(export)[0] and self.size + _size(export) <= _limits(export)[1]
        )

    def add(self, export: Export) -> None:
        self.exports.append(export)
        self.size += _size(export)


def _limits(export: Export) -> tuple[int, int]:
    # What was made compact is a tenth of what it was.
    return (BATCH_EXPORTS, BATCH_BYTES) if export.compact is None else (10 * BATCH_EXPORTS, 8 * BATCH_BYTES)


def _size(export: Export) -> int:
    return export.size if export.size <= PART_BYTES or export.compact is not None else _limits(export)[1]


class Queries:
    """Databases that are queried beside what the caller does, each in a thread of its own."""

    def __init__(self, codebook: Codebook, spill: Path | None = None) -> None:
        """`spill`: a folder for what does not fit into the memory."""
        self._codebook = codebook
        self._spill = spill
        self._beside = Beside(_THREADS)
        self._idle: list[duckdb.DuckDBPyConnection] = []

    def __enter__(self) -> Queries:
        return self

    def __exit__(self, *reason: object) -> None:
        self._beside.__exit__(*reason)

    def begin(self, module: ModuleType, exports: Sequence[Export]) -> Future[list[Tables]]:
        """What a structured form's queries give for the documents of `exports`, in one part or several.

        Its result raises duckdb.Error where they fail.
        """
        return self._beside.begin(self._run, module, exports)

    def _run(self, module: ModuleType, exports: Sequence[Export]) -> list[Tables]:
        scratch = self._idle.pop() if self._idle else self._scratch()
        found: list[Tables] = []
        for part in _parts(module, exports):
            found.append(query(scratch, module, part))
            for (name,) in scratch.execute(_MADE).fetchall():
                scratch.execute(f"drop table temp.{name}")
        self._idle.append(scratch)  # not one that failed, whatever happened to it
        return found

    def _scratch(self) -> duckdb.DuckDBPyConnection:
        scratch = in_memory(self._spill)
        self._codebook.relations(scratch)
        return scratch


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


def _parts(module: ModuleType, exports: Sequence[Export]) -> Iterator[Sequence[Export]]:
    """The same documents, few enough bytes at a time: a large one of a form that has `parts` is cut into these."""
    document = exports[0].document
    if len(exports) > 1 or document is None or len(document) <= PART_BYTES or not hasattr(module, "parts"):
        yield exports
        return
    for part in module.parts(document, PART_BYTES):
        yield [replace(exports[0], document=part)]
