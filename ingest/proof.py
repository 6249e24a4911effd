"""The proof that a project is forgotten: every file of the warehouse is looked through for what told of it."""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingest.archive import Archive, State
from ingest.forget import Traces
from ingest.formats import BY_NAME
from ingest.formats.page_text import decode
from ingest.readings import document_of
from ingest.warehouse import Warehouse
from ingest.words import Words


@dataclass(slots=True)
class Proof:
    """What was looked for, where, and what was found.

    `said_by_others`: exports of other projects that mention a name of it or hold a text of it, and stay. What
    they say may stand elsewhere, too; anything else that is found is a fault, and `found` names the place.
    """

    names: int
    texts: int
    files: int = 0
    byte_count: int = 0
    columns: int = 0
    said_by_others: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


def prove(traces: Traces, warehouse: Warehouse, state: State, folders: list[Path]) -> Proof:
    """Look through the warehouse, and `folders` beside it, for a project that was forgotten."""
    proof = Proof(len(traces.names | traces.slugs), len(traces.texts))
    with duckdb.connect() as connection:
        allowed = _said_by_others(traces.words, warehouse, state, proof)
        search = _Search(traces.words, allowed, connection)
        for folder in [warehouse.root, *folders]:
            for file in sorted(folder.rglob("*")):
                if file.is_file() and not file.is_symlink():
                    proof.files += 1
                    proof.byte_count += file.stat().st_size
                    for place in _places(file, warehouse, search, proof):
                        proof.found.append(f"{file.relative_to(folder.parent).as_posix()}: {place}")
    return proof


@dataclass(frozen=True, slots=True)
class _Search:
    """What to look for, but for what others say as well."""

    words: Words
    allowed: set[str]
    #: In which Parquet files are looked into: to open a connection for each takes longer than that.
    files: duckdb.DuckDBPyConnection

    def finds(self, text: str) -> bool:
        return not self.allowed.issuperset(self.words.in_text(text))


def _said_by_others(words: Words, warehouse: Warehouse, state: State, proof: Proof) -> set[str]:
    """What the exports that stay say of it themselves."""
    archive = Archive(warehouse.archive)
    allowed: set[str] = set()
    paths: dict[str, set[str]] = defaultdict(set)
    for receipt in state.receipts.values():
        paths[receipt.source_id].add(receipt.path)
    for source_id in sorted(state.stored):
        stored = state.stored[source_id]
        said = set(words.in_text(_content(stored.format, archive.read(stored))))
        said.update(match for path in paths[source_id] for match in words.in_text(path))
        if said:
            proof.said_by_others.append(f"{min(paths[source_id])} ({source_id})")
            allowed |= said
    return allowed


def _content(format_name: str, data: bytes) -> str:
    """All that an archived export says, as one text."""
    module = BY_NAME[format_name]
    if hasattr(module, "read"):
        return html.unescape(decode(data).text)
    return _strings(document_of(module, data).decode())


def _places(file: Path, warehouse: Warehouse, search: _Search, proof: Proof) -> Iterator[str]:
    """Where in a file something is found."""
    if search.finds(file.name):
        yield "its name"
    # Objects were looked into as exports; databases are looked into as what they are, and as bytes.
    if not file.is_relative_to(warehouse.archive / "objects") and any(
        search.finds(text) for text in _texts(file, search.words)
    ):
        yield "its bytes"
    if file.suffix == ".duckdb":
        with duckdb.connect(file, read_only=True) as connection:
            yield from _in_tables(connection, search, proof)
    elif file.suffix == ".parquet":
        search.files.execute(f"create or replace temp view content as from read_parquet({_literal(file)})")
        yield from _in_tables(search.files, search, proof)


def _in_tables(connection: duckdb.DuckDBPyConnection, search: _Search, proof: Proof) -> Iterator[str]:
    """The columns of tables that hold something; numbers and days cannot."""
    # Of many words one automaton.
    pattern = "|".join(re.escape(word) for word in sorted(search.words.all))
    for schema, table, columns in connection.execute(_COLUMNS).fetchall():
        proof.columns += len(columns)
        texts = connection.execute(
            "from ("
            + " union all ".join(
                f"select distinct {_literal(column)} as place, {_quoted(column)}::varchar as content "
                f"from {_quoted(schema)}.{_quoted(table)}"
                for column in columns
            )
            + f") where regexp_matches(content, {_literal(pattern)}, 'i')"
        ).fetchall()
        for column in sorted({column for column, text in texts if search.finds(text)}):
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


def _texts(file: Path, words: Words) -> Iterator[str]:
    """What stands in a file, JSON and HTML without their escapes; a database, which may be larger than the memory,
    piece by piece."""
    if file.suffix == ".ndjson":
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from map(_strings, lines)
    elif file.suffix in (".duckdb", ".parquet"):
        yield from map(html.unescape, _pieces(file, words))
    else:
        text = file.read_text(encoding="utf-8", errors="replace")
        yield _strings(text) if file.suffix == ".json" else html.unescape(text)


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


def _strings(text: str) -> str:
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


#: Bytes of a database that are looked through at once.
_PIECE = 16 << 20


def _literal(text: Path | str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
