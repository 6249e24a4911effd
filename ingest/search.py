"""Words looked for in files: in their names, in what stands in them, and in the tables of databases."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import duckdb

from ingest.words import Words

#: Bytes of a database that are looked through at once.
_PIECE = 16 << 20


class Search:
    """Looks for words, but for those in `allowed`; `columns` counts the columns that it looked through."""

    def __init__(self, words: Words, allowed: frozenset[str] = frozenset()) -> None:
        self.words = words
        self.allowed = allowed
        self.columns = 0
        # Of many words one automaton.
        self._any = "|".join(re.escape(word) for word in sorted(words.all))
        # One for all Parquet files: to open a connection takes longer than to look into them.
        self._connection = duckdb.connect()

    def __enter__(self) -> Search:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._connection.close()

    def finds(self, text: str) -> bool:
        """Whether one of the words is in a text."""
        return not self.allowed.issuperset(self.words.in_text(text))

    def places(self, file: Path, *, within: bool = True) -> Iterator[str]:
        """Where in a file something is found; in its name alone, unless `within`."""
        if self.finds(file.name):
            yield "its name"
        if not within:
            return
        # Databases are looked into as bytes, too: free blocks keep what was deleted.
        if any(self.finds(text) for text in texts(file, self.words)):
            yield "its bytes"
        if file.suffix == ".duckdb":
            with duckdb.connect(file, read_only=True) as connection:
                yield from self._in_tables(connection)
        elif file.suffix == ".parquet":
            self._connection.execute(
                f"create or replace temp view content as from read_parquet({_literal(file)})"
            )
            yield from self._in_tables(self._connection)

    def _in_tables(self, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
        """The columns of tables that hold something; numbers and days cannot."""
        for schema, table, columns in connection.execute(_COLUMNS).fetchall():
            self.columns += len(columns)
            found = connection.execute(
                "from ("
                + " union all ".join(
                    f"select distinct {_literal(column)} as place, {_quoted(column)}::varchar as content "
                    f"from {_quoted(schema)}.{_quoted(table)}"
                    for column in columns
                )
                + f") where regexp_matches(content, {_literal(self._any)}, 'i')"
            ).fetchall()
            for column in sorted({column for column, text in found if self.finds(text)}):
                yield f"{schema}.{table}.{column}"


_COLUMNS = """
    select schema_name, table_name, list(column_name order by column_name)
    from duckdb_columns()
    anti join (select database_name, schema_name, view_name as table_name from duckdb_views() where not temporary)
        using (database_name, schema_name, table_name)
    where database_name in (current_database(), 'temp') and not internal
        and regexp_matches(data_type, 'VARCHAR|JSON|ENUM|BLOB')
    group by all
    order by all
"""


def texts(file: Path, words: Words) -> Iterator[str]:
    """What stands in a file, JSON and HTML without their escapes; a database, which may be larger than the memory,
    piece by piece."""
    if file.suffix == ".ndjson":
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from map(strings, lines)
    elif file.suffix in (".duckdb", ".parquet"):
        yield from map(html.unescape, _pieces(file, words))
    else:
        text = file.read_text(encoding="utf-8", errors="replace")
        yield strings(text) if file.suffix == ".json" else html.unescape(text)


def _pieces(file: Path, words: Words) -> Iterator[str]:
    """Pieces that overlap by more than a word, so that each word is whole in one; at a cut stands a letter, so that
    none begins or ends there."""
    # A character has up to four bytes, and as a reference some ten.
    overlap = 10 * (2 + max(map(len, words.all), default=0))
    with file.open("rb") as content:
        piece = content.read(_PIECE)
        before = b""
        while piece:
            following = content.read(_PIECE)
            text = (before + piece).decode("utf-8", "replace")
            yield ("_" if before else "") + text + ("_" if following else "")
            before = (before + piece)[-overlap:]
            piece = following


def strings(text: str) -> str:
    """The strings of a JSON document, one below the other; what is no JSON stays as it is."""
    try:
        waiting = [json.loads(text)]
    except ValueError:
        return text
    found = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            found.append(value)
    return "\n".join(found)


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
