"""What a reader of a database sees, as one short text. Loads quickly: readers are started while others write."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb


def read_publication(warehouse: Path) -> str:
    """A checksum of what readers see; empty if nothing is published."""
    database = warehouse / "effets.duckdb"
    return checksum(database, "main") if database.exists() else ""


def checksum(database: Path, schema: str, but: str = "") -> str:
    """A digest of all rows of all tables of a schema, but for one, whatever their order."""
    with duckdb.connect(database, read_only=True) as connection:
        return checksum_of(connection, schema, but)


def checksum_of(connection: duckdb.DuckDBPyConnection, schema: str, but: str = "") -> str:
    digest = sha256()
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = $1 and table_name <> $2 order by all",
        [schema, but],
    ).fetchall()
    for (table,) in tables:
        rows = connection.execute(
            f'select count(*), sum(hash(row_of)::hugeint) from "{schema}"."{table}" as row_of'
        ).fetchall()
        digest.update(f"{table} {rows}".encode())
    return digest.hexdigest()[:16]
