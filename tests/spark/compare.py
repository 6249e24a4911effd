"""Two builds of the same published tables, compared row by row in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

#: Floats may differ by this much, relative to their size where that is above one.
TOLERANCE = 1e-9


def differences(database: Path, parquet: dict[str, Path]) -> list[str]:
    """What differs between DuckDB's published tables and another engine's Parquet files, a line per table.

    `database` is effets.duckdb; `parquet` has a glob of files per table that has any. Rows are matched on all columns
    that hold no floats, equal ones in the order of their floats; a column that one side lacks is a difference.
    """
    found: list[str] = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as ours (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'ours' and schema_name = 'main' order by all"
        ).fetchall()
        assert tables
        for (table,) in tables:
            if table not in parquet:
                # An engine may write no file for a table without rows.
                count = connection.execute(f"select count(*) from ours.main.{table}").fetchall()[0][0]
                found += [f"{table}: not built, {count} rows are"] if count else []
                continue
            columns = connection.execute(f"describe ours.main.{table}").fetchall()
            theirs = f"read_parquet('{parquet[table]}')"
            names = {row[0] for row in connection.execute(f"describe from {theirs}").fetchall()}
            if names != {column[0] for column in columns}:
                found.append(f"{table}: columns {sorted(names ^ {column[0] for column in columns})}")
                continue
            rows = connection.execute(_QUERY.format(**_parts(table, theirs, columns))).fetchall()
            if rows[0][0]:
                found.append(f"{table}: {rows[0][0]} rows differ, for instance {rows[0][1]}")
    return found


_QUERY = """
    with
    ours as (select {select}, row_number() over (partition by {keys} order by {floats}) as nth from ours.main.{table}),
    theirs as (select {select}, row_number() over (partition by {keys} order by {floats}) as nth from {theirs})
    select count(*), any_value({{'ours': ours, 'theirs': theirs}})
    from ours full join theirs on {match} and ours.nth = theirs.nth
    where ours.nth is null or theirs.nth is null {far}
"""


def _parts(table: str, theirs: str, columns: Sequence[tuple[str, ...]]) -> dict[str, str]:
    floats = [column[0] for column in columns if column[1] in ("DOUBLE", "FLOAT")]
    keys = [column[0] for column in columns if column[0] not in floats]
    far = "".join(
        f" or ours.{name} is distinct from theirs.{name}"
        f" and not coalesce(abs(ours.{name} - theirs.{name})"
        f" <= {TOLERANCE} * greatest(1, abs(ours.{name})), false)"
        for name in floats
    )
    return {
        "table": table,
        "theirs": theirs,
        "select": ", ".join(f"{column[0]}::{column[1]} as {column[0]}" for column in columns),
        "keys": ", ".join(keys),
        "floats": ", ".join([*floats, "1"]),
        "match": " and ".join(f"ours.{key} is not distinct from theirs.{key}" for key in keys),
        "far": far,
    }
