"""The three large raw tables as they are stored: by number.

A hundred answers of a record repeat its key, and many records give the same answer at the same place. So a key
(`keys`) and what is observed of an answer (`contents`) are written once, and the rows refer to them by number. Whoever
reads, reads the views: they are the tables of ingest/schema.py, in words.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from ingest.schema import RAW_TABLES, READ_TABLES, create_table

SCHEMA = "numbered"

#: What is numbered, and in which table.
NUMBERS = {"record": "keys", "content": "contents"}

#: The tables that have views in words.
IN_WORDS = ("responses", "observations", "testimonies")
#: The tables that readers fill, and that are stored as they are.
PLAIN_TABLES = tuple(name for name in READ_TABLES if name not in IN_WORDS)

_RECORD = [pa.field("record", pa.int32(), nullable=False)]
_CONTENT = [pa.field("content", pa.int32(), nullable=False)]
_KEY = ("source_id", "record_key")
_SAID = ("answer_id", "raw_label", "match", "value_number", "value_text", "source_pointer")


def _raw(table: str, *, without: tuple[str, ...]) -> list[pa.Field]:
    return [column for column in RAW_TABLES[table] if column.name not in without]


#: The numbered tables. A number is unique in the table whose first column it is.
TABLES: dict[str, pa.Schema] = {
    # One row per filled questionnaire of which something was read.
    "keys": pa.schema([*_RECORD, *(RAW_TABLES["records"].field(name) for name in _KEY)]),
    # One row per thing that is observed, of however many records.
    "contents": pa.schema([*_CONTENT, *(RAW_TABLES["observations"].field(name) for name in _SAID)]),
    "responses": pa.schema([*_RECORD, *_raw("responses", without=_KEY)]),
    "observations": pa.schema([*_RECORD, *_CONTENT, *_raw("observations", without=(*_KEY, *_SAID))]),
    "testimonies": pa.schema([*_RECORD, *_raw("testimonies", without=_KEY)]),
}


def in_words(name: str, rows: str | None = None, more: str = "") -> str:
    """SQL: the rows of a raw table, in words.

    `rows` is a relation with the columns of the numbered table, which it stands for; `more` what is selected beside,
    of `rows` and `keys`.
    """
    relation = rows or f"{SCHEMA}.{name}"
    if name != "observations":
        return f"""
            select keys.source_id, keys.record_key, rows.* exclude (record){more}
            from {relation} as rows
            inner join {SCHEMA}.keys using (record)
        """
    return f"""
        select
            keys.source_id,
            keys.record_key,
            rows.question_id,
            rows.ordinal,
            contents.* exclude (content, source_pointer),
            rows.* exclude (record, content, question_id, ordinal),
            contents.source_pointer{more}
        from {relation} as rows
        inner join {SCHEMA}.contents using (content)
        inner join {SCHEMA}.keys using (record)
    """


def create_tables(connection: duckdb.DuckDBPyConnection, types: Mapping[str, str]) -> None:
    """Create the schema and its tables, empty; `types` are those of columns that have another one."""
    connection.execute(f"create schema {SCHEMA}")
    for name, schema in TABLES.items():
        connection.execute(create_table(f"{SCHEMA}.{name}", schema, types))


def create_views(connection: duckdb.DuckDBPyConnection, schema: str | None = None) -> None:
    """Create the views in words; in `schema`, of a database where texts that come often are kept as enums."""
    for name in IN_WORDS:
        words = in_words(name)
        if schema:
            kept = [column for column in ENUMS if column in RAW_TABLES[name].names]
            as_text = ", ".join(f"{column}::varchar as {column}" for column in kept)
            words = f"select * replace ({as_text}) from ({words})"
        connection.execute(f"create or replace view {f'{schema}.' if schema else ''}{name} as {words}")


#: Columns that a database on the disk keeps as enums.
ENUMS = ("question_id", "state")


def firsts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The numbers that what is added next begins with."""
    (row,) = connection.execute(
        "select "
        + ", ".join(
            f"(select coalesce(max({number}) + 1, 0) from {SCHEMA}.{table})"
            for number, table in NUMBERS.items()
        )
    ).fetchall()
    return dict(zip(NUMBERS, row, strict=True))


def add(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: pa.Table | pa.RecordBatchReader,
    first: Mapping[str, int],
) -> None:
    """Add rows to `table`, whose numbers count from 0 and are to count from `first`."""
    columns = [number for number in NUMBERS if number in rows.schema.names]
    shifted = ", ".join(f"({number} + {first[number]})::integer as {number}" for number in columns)
    connection.register("arrow_rows", rows)
    try:
        connection.execute(f"insert into {table} by name select * replace ({shifted}) from arrow_rows")
    finally:
        connection.unregister("arrow_rows")


def add_words(connection: duckdb.DuckDBPyConnection, words: Mapping[str, str]) -> None:
    """Number rows in words, and add them.

    `words` names relations with columns of the raw tables: `records` and IN_WORDS, each of them or none; of their keys
    none is there yet.
    """
    first = firsts(connection)
    keys = " union ".join(f"select source_id, record_key from {relation}" for relation in words.values())
    connection.execute(
        f"""
        insert into {SCHEMA}.keys
        select (row_number() over () - 1 + {first["record"]})::integer, source_id, record_key from ({keys})
        """
    )
    of_key = f"""
        inner join (from {SCHEMA}.keys where record >= {first["record"]}) as keys
            on keys.source_id is not distinct from rows.source_id
            and keys.record_key is not distinct from rows.record_key
    """
    for name in words.keys() & {"responses", "testimonies"}:
        connection.execute(
            f"""
            insert into {SCHEMA}.{name} by name
            select keys.record, rows.* exclude ({", ".join(_KEY)})
            from {words[name]} as rows
            {of_key}
            """
        )
    if "observations" in words:
        said = ", ".join(_SAID)
        connection.execute(
            f"""
            create or replace temp table said as
            select (row_number() over () - 1 + {first["content"]})::integer as content, *
            from (select distinct {said} from (from {words["observations"]}))
            """
        )
        connection.execute(f"insert into {SCHEMA}.contents by name from said")
        alike = " and ".join(f"said.{name} is not distinct from rows.{name}" for name in _SAID)
        connection.execute(
            f"""
            insert into {SCHEMA}.observations by name
            select keys.record, said.content, rows.* exclude ({", ".join(_KEY)}, {said})
            from {words["observations"]} as rows
            {of_key}
            inner join said on {alike}
            """
        )
        connection.execute("drop table said")


def remove(connection: duckdb.DuckDBPyConnection, source_ids: str) -> None:
    """Remove what was read of the exports that the query `source_ids` gives, and what nothing else refers to."""
    own = f"select record from {SCHEMA}.keys where source_id in ({source_ids})"
    left = f"select {{}} from {SCHEMA}.observations where record {{}} in ({own})"
    connection.execute(
        f"""
        delete from {SCHEMA}.contents
        where content in ({left.format("content", "")}) and content not in ({left.format("content", "not")})
        """
    )
    for name in (*IN_WORDS, "keys"):
        connection.execute(f"delete from {SCHEMA}.{name} where record in ({own})")
