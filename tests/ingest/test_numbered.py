"""Rows that are stored by number are read as they were, whatever stands in them."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import numbered
from ingest.schema import RAW_TABLES, create_table

KEYS = st.tuples(st.sampled_from("ab"), st.sampled_from(["", "1", "2"]))
TEXTS = st.none() | st.sampled_from(["", "é", "sante_effet"])
ROWS = {
    "records": st.tuples(KEYS),
    "responses": st.tuples(KEYS, st.sampled_from("qr"), st.just("blank"), st.none() | st.just(["0", "none"])),
    "observations": st.tuples(
        *(KEYS, st.sampled_from("qr"), st.integers(1, 3), TEXTS, TEXTS, TEXTS),
        *(st.none() | st.sampled_from([0.0, math.nan, math.inf]), TEXTS),
        *(st.none() | st.integers(0, 1), st.none() | st.integers(0, 1), TEXTS),
    ),
    "testimonies": st.tuples(
        *(KEYS, st.just("q"), st.text(max_size=2), st.booleans(), st.none() | st.integers(0, 1)),
        *(st.none(), TEXTS),
    ),
}
BATCH = st.fixed_dictionaries({name: st.lists(rows, max_size=6) for name, rows in ROWS.items()})
Batch = dict[str, list[tuple[Any, ...]]]


def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    numbered.create_tables(connection, {})
    numbered.create_views(connection)
    return connection


def in_words(batch: Batch, prefix: str) -> Batch:
    """The rows with their keys; of each batch the exports are others."""
    return {
        name: [(prefix + source_id, record_key, *more) for (source_id, record_key), *more in rows]
        for name, rows in batch.items()
    }


def add(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    for name, rows in batch.items():
        schema = RAW_TABLES[name]
        connection.execute(create_table(f"{name}_in_words", schema))
        blank = (None,) * (len(schema) - len(rows[0])) if rows else ()
        for row in rows:
            values = ", ".join("?" for _ in schema)
            connection.execute(f"insert into {name}_in_words values ({values})", [*row, *blank])
    numbered.add_words(connection, {name: f"{name}_in_words" for name in batch})
    for name in batch:
        connection.execute(f"drop table {name}_in_words")


def said(connection: duckdb.DuckDBPyConnection) -> dict[str, Counter[str]]:
    return {
        name: Counter(map(repr, connection.execute(f"from {name}").fetchall())) for name in numbered.IN_WORDS
    }


def expected(*batches: Batch) -> dict[str, Counter[str]]:
    return {
        name: Counter(repr(row) for batch in batches for row in batch[name]) for name in numbered.IN_WORDS
    }


@settings(max_examples=40, deadline=None)
@given(BATCH, BATCH)
def test_rows_come_back_in_words_and_go_alone(one: Batch, other: Batch) -> None:
    first, second = in_words(one, "x"), in_words(other, "y")
    connection = database()
    add(connection, first)
    add(connection, second)
    assert said(connection) == expected(first, second)

    # What another database takes over is numbered on from what it holds, of the second here twice.
    taker = database()
    add(taker, in_words(other, "z"))
    numbers = numbered.firsts(taker)
    for name in numbered.TABLES:
        rows: pa.Table = connection.execute(f"from {numbered.SCHEMA}.{name}").to_arrow_table()
        numbered.add(taker, f"{numbered.SCHEMA}.{name}", rows, numbers)
    assert said(taker) == expected(in_words(other, "z"), first, second)

    numbered.remove(taker, "select unnest(['xa', 'xb', 'za', 'zb'])")
    assert said(taker) == expected(second)
    left = taker.execute(f"select count(*) from {numbered.SCHEMA}.contents").fetchall()
    (used,) = connection.execute(
        f"select count(distinct content) from {numbered.SCHEMA}.observations semi join "
        f"(from {numbered.SCHEMA}.keys where source_id like 'y%') using (record)"
    ).fetchall()
    assert left == [used]
