"""Hands the raw tables over to another engine, as one Parquet file each.

    python -m ingest.handover FOLDER

What `effets ingest` left in the warehouse (EFFETS_WAREHOUSE, or warehouse/) is all that the models read beside their
seeds: docs/scale.md says how Spark takes it from FOLDER.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import duckdb

from ingest.collect import UsageError
from ingest.warehouse import Warehouse


def hand_over(warehouse: Warehouse, folder: Path) -> dict[str, int]:
    """Write the tables of the schema `raw` into `folder`, in place of what was there; return the rows of each.

    The folder is written whole or not at all. Raises UsageError if nothing was ingested yet, or if the folder holds
    something else.
    """
    strangers = (
        [entry.name for entry in folder.iterdir() if entry.suffix != ".parquet"] if folder.exists() else []
    )
    if strangers:
        raise UsageError(f"{folder} holds {strangers[0]}, which is no raw table: name a folder of its own")
    if not warehouse.build_database.exists():
        raise UsageError(f"nothing was ingested in {warehouse.root} yet: `effets ingest PATH` does that")
    writing = folder.with_name(f".{folder.name}-{os.getpid()}")
    writing.mkdir(parents=True)
    rows: dict[str, int] = {}
    try:
        with duckdb.connect(warehouse.build_database, read_only=True) as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'raw' order by table_name"
            ).fetchall()
            for (table,) in tables:
                file = str(writing / f"{table}.parquet").replace("'", "''")
                written = connection.execute(
                    f"copy (from raw.{table}) to '{file}' (format parquet)"
                ).fetchall()
                rows[table] = written[0][0]
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(writing, folder)
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return rows


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        rows = hand_over(Warehouse(Path(os.environ.get("EFFETS_WAREHOUSE", "warehouse"))), Path(sys.argv[1]))
    except UsageError as error:
        sys.exit(f"handover: {error}")
    for table, count in rows.items():
        print(f"{count:>10,}  {table}")


if __name__ == "__main__":
    main()
