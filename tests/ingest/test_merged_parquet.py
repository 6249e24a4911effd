"""Merged files are, byte for byte, what DuckDB writes when it sorts all the rows."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.merged_parquet import GROUP_ROWS, Part, literal, write_merged

COPY = "copy (select * from facts where {where} order by place, number) to {file} (format parquet, compression zstd)"

#: All that a fact may say; the texts of some come once, of others again and again.
FACTS = """
    create table facts as
    select
        place,
        number,
        if(number % 7 = 0, null, 'answer ' || number % 5) as answer,
        place || ' wrote ' || hash(number) as words,
        case when number % 3 > 0 then ['a', 'é' || number % 4] end as candidates,
        if(number % 4 = 0, null, number / 8) as figure,
        number % 2 = 0 as is_even,
        '2024-01-31'::date + (number % 300)::integer as day,
        '2024-01-31 12:30:00.123456'::timestamp + to_seconds(number) as instant
    from (
        select 'é' || lpad(block::varchar, 6, '0') as place, unnest(range(rows))::bigint as number
        from blocks
    )
"""


def made(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, where: str) -> Path:
    """The file of some of the facts, sorted by DuckDB."""
    file = folder / f"{name}.parquet"
    connection.execute(COPY.format(where=where, file=literal(file)))
    return file


def facts(row_counts: list[int]) -> duckdb.DuckDBPyConnection:
    """A database with a block of so many rows each."""
    connection = duckdb.connect(config={"preserve_insertion_order": True})
    connection.execute("create table blocks (block integer, rows integer)")
    connection.executemany("insert into blocks values (?, ?)", list(enumerate(row_counts)))
    connection.execute(FACTS)
    return connection


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["old", "replaced", "added", "gone"])), min_size=1)
)
def test_merged_is_sorted(blocks: list[tuple[int, str]]) -> None:
    connection = facts([rows for rows, _ in blocks])
    connection.execute("create table fates (place varchar, fate varchar)")
    connection.executemany(
        "insert into fates values (?, ?)",
        [(f"é{number:06}", fate) for number, (_, fate) in enumerate(blocks)],
    )

    def of(*fates: str) -> str:
        return f"place in (select place from fates where fate in ({', '.join(map(literal, fates))}))"

    with TemporaryDirectory() as name:
        folder = Path(name)
        old = made(connection, folder, "old", of("old", "replaced", "gone"))
        added = made(connection, folder, "added", of("added", "replaced"))
        wanted = made(connection, folder, "wanted", of("old", "replaced", "added"))
        merged = folder / "merged.parquet"
        is_possible = write_merged(connection, [Part(old, of("old")), Part(added)], ["place"], merged)
        assert is_possible == any(fate != "gone" for _, fate in blocks)
        if is_possible:
            assert merged.read_bytes() == wanted.read_bytes()


def test_row_groups_are_those_of_sorted_rows(tmp_path: Path) -> None:
    connection = facts([1 + number % 90 for number in range(8_000)])
    is_added = "substr(place, 2)::integer % 100 = 3"
    old = made(connection, tmp_path, "old", f"not ({is_added}) or number % 2 = 0")
    added = made(connection, tmp_path, "added", is_added)
    wanted = made(connection, tmp_path, "wanted", "true")
    merged = tmp_path / "merged.parquet"
    assert write_merged(connection, [Part(old, f"not ({is_added})"), Part(added)], ["place"], merged)
    groups = connection.execute(
        f"select distinct row_group_id, row_group_num_rows from parquet_metadata({literal(merged)}) order by 1"
    ).fetchall()
    assert [rows for _, rows in groups[:-1]] == [GROUP_ROWS, GROUP_ROWS]
    assert merged.read_bytes() == wanted.read_bytes()


@pytest.mark.parametrize(
    ("taken", "columns"),
    [
        ("true", ["place"]),  # a block in both files
        ("number <> 1 and place > 'é000000'", ["place"]),  # a block with a hole
        ("place > 'é000000'", ["answer"]),  # another order
    ],
)
def test_what_cannot_be_merged_is_left_alone(tmp_path: Path, taken: str, columns: list[str]) -> None:
    connection = facts([9, 9])
    old = made(connection, tmp_path, "old", "true")
    added = made(connection, tmp_path, "added", "place = 'é000000'")
    merged = tmp_path / "merged.parquet"
    assert not write_merged(connection, [Part(old, taken), Part(added)], columns, merged)
    assert not merged.exists()
