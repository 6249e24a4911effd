"""How the databases of ingest are opened, and given rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest.schema import RAW_TABLES

#: What a database may take of the memory, before it writes to the disk: each of three rounds has one, and each thread
#: that queries forms.
MEMORY_LIMIT = "300MB"


def bounded(spill: Path) -> dict[str, str | bool | int | float | list[str]]:
    """How a database is opened that puts into the folder `spill` what does not fit into its share of the memory."""
    return {"preserve_insertion_order": False, "memory_limit": MEMORY_LIMIT, "temp_directory": str(spill)}


def in_memory(spill: Path | None) -> duckdb.DuckDBPyConnection:
    """A database in memory; without a folder to spill to it is not bounded.

    It works in the caller's thread alone: several are at work at once, and threads that share a query this small wait
    for each other.
    """
    config = bounded(spill) if spill else {"preserve_insertion_order": False}
    return duckdb.connect(config={**config, "threads": 1})


#: Rows that are handed from one database to another at once.
ROWS_AT_ONCE = 50_000


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
