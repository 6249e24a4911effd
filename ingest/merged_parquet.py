"""Sorted Parquet files, merged into one that is sorted: what lies in order already need not be sorted again.

The rows lie in blocks, by the columns that come first in the order; those of a block come all from one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

#: The rows of a row group, where DuckDB writes rows that it sorted: of others it makes groups as they come.
GROUP_ROWS = 122_880


@dataclass(frozen=True, slots=True)
class Part:
    """A sorted file, and which of its rows are taken, in SQL: of each block all or none.

    `adds`: a column that the file's place adds, in SQL.
    """

    file: Path
    taken: str = "true"
    adds: str = ""

    @property
    def rows(self) -> str:
        """SQL, to stand behind `from`: the rows that are taken, with their place in the file."""
        columns = ", ".join(filter(None, ["*", self.adds]))
        read = f"read_parquet({literal(self.file)}, file_row_number = true, hive_partitioning = false)"
        return f"(select {columns} from {read}) where {self.taken}"


class _Block(NamedTuple):
    """The rows from `start` up to `stop` of a part, `row_count` of which have this key and are taken."""

    key: tuple[str | None, ...]
    part: int
    start: int
    stop: int
    row_count: int


def write_merged(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], columns: Sequence[str], file: Path
) -> bool:
    """Write the rows of `parts` into `file`: the very bytes that DuckDB would write, had it sorted them all.

    `columns`: texts that the rows of a block have in common, and that come first in the order. `parts` have the same
    schema. Returns False, and writes nothing, where a block is in several places, or one of its texts is null.
    """
    found = [_blocks(connection, part, columns, number) for number, part in enumerate(parts)]
    if any(None in block.key or block.stop - block.start != block.row_count for block in chain(*found)):
        return False
    blocks = list(merge(*found))
    if not blocks or any(one.key >= other.key for one, other in pairwise(blocks)):
        return False
    files = [_opened(part.file) for part in parts]
    rows = pa.RecordBatchReader.from_batches(files[0].schema_arrow, _in_groups(_runs(blocks, files)))
    connection.register("merged_rows", rows)
    try:
        connection.execute(f"copy (from merged_rows) to {literal(file)} (format parquet, compression zstd)")
    finally:
        connection.unregister("merged_rows")
        for opened in files:
            opened.close()
    return True


def _opened(file: Path) -> pq.ParquetFile:
    """A file whose texts are read as they lie there, each once: most come again and again."""
    texts = [field.name for field in pq.read_schema(file) if pa.types.is_string(field.type)]
    return pq.ParquetFile(file, read_dictionary=texts)


def _blocks(
    connection: duckdb.DuckDBPyConnection, part: Part, columns: Sequence[str], number: int
) -> list[_Block]:
    """The blocks of a part, as they follow one another there."""
    key = ", ".join(f'"{column}"' for column in columns)
    found = connection.execute(
        f"""
        select [{key}], min(file_row_number), max(file_row_number) + 1, count(*)
        from {part.rows}
        group by {key}
        order by 2
        """
    ).fetchall()
    return [_Block(tuple(key), number, *place) for key, *place in found]


def _runs(blocks: Sequence[_Block], files: Sequence[pq.ParquetFile]) -> Iterator[pa.Table]:
    """The rows of the blocks, a run of them at a time. Each file is read once, and one row group of it is in memory."""
    streams = [_Stream(file) for file in files]
    run = blocks[0]
    for block in blocks[1:]:
        if block.part == run.part and block.start == run.stop:
            run = run._replace(stop=block.stop)
        else:
            yield from streams[run.part].rows(run.start, run.stop)
            run = block
    yield from streams[run.part].rows(run.start, run.stop)


class _Stream:
    """A file that is read from its beginning on."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._file = file
        self._next = 0
        self._begin = 0
        self._group: pa.Table | None = None

    def rows(self, start: int, stop: int) -> Iterator[pa.Table]:
        """The rows from `start` up to `stop`, none of which comes before those that were asked for until now."""
        while start < stop:
            while self._group is None or start >= self._begin + self._group.num_rows:
                self._begin += self._group.num_rows if self._group is not None else 0
                self._group = self._file.read_row_group(self._next)
                self._next += 1
            taken = self._group.slice(start - self._begin, stop - start)
            start += taken.num_rows
            yield taken


def _in_groups(runs: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
    """The same rows, in batches each of which becomes a row group."""
    waiting: list[pa.Table] = []
    count = 0
    for run in runs:
        while run.num_rows:
            taken = run.slice(0, GROUP_ROWS - count)
            run = run.slice(taken.num_rows)
            waiting.append(taken)
            count += taken.num_rows
            if count == GROUP_ROWS:
                yield from _one(waiting)
                waiting, count = [], 0
    if waiting:
        yield from _one(waiting)


def _one(tables: Sequence[pa.Table]) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = (
        pa.concat_tables(tables).unify_dictionaries().combine_chunks().to_batches()
    )
    return batches


def literal(value: str | Path) -> str:
    """A text in SQL."""
    return "'" + str(value).replace("'", "''") + "'"
