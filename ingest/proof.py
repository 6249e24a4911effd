"""The proof that a project is forgotten: every file of the warehouse is looked through for what told of it."""

from __future__ import annotations

import html
import json
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
    search = _Search(traces, _said_by_others(traces, warehouse, state, proof))
    for folder in [warehouse.root, *folders]:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                proof.files += 1
                proof.byte_count += file.stat().st_size
                for place in _places(file, warehouse, search, proof):
                    proof.found.append(f"{file.relative_to(folder.parent).as_posix()}: {place}")
    return proof


class _Search:
    """What to look for, but for what others say as well."""

    def __init__(self, traces: Traces, allowed: set[str]) -> None:
        self.slugs = sorted(traces.slugs)
        self._pattern = traces.pattern(with_texts=True)
        self._allowed = allowed
        self.needles = sorted({needle.lower() for needle in traces.names | traces.slugs | traces.texts})

    def finds(self, text: str) -> bool:
        return any(match.lower() not in self._allowed for match in self._pattern.findall(text))


def _said_by_others(traces: Traces, warehouse: Warehouse, state: State, proof: Proof) -> set[str]:
    """What the exports that stay say of it themselves, in lower case."""
    archive = Archive(warehouse.archive)
    pattern = traces.pattern(with_texts=True)
    allowed: set[str] = set()
    for source_id in sorted(state.stored):
        stored = state.stored[source_id]
        said = set(pattern.findall(_content(stored.format, archive.read(stored))))
        said.update(match for path in state.paths(source_id) for match in pattern.findall(path))
        if said:
            proof.said_by_others.append(f"{state.paths(source_id)[0]} ({source_id})")
            allowed |= {match.lower() for match in said}
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
    if not file.is_relative_to(warehouse.archive / "objects") and search.finds(_text(file)):
        yield "its bytes"
    if file.suffix == ".duckdb":
        with duckdb.connect(file, read_only=True) as connection:
            yield from _in_tables(connection, search, proof)
    elif file.suffix == ".parquet":
        with duckdb.connect() as connection:
            connection.execute(f"create temp table content as from read_parquet({_literal(file)})")
            yield from _in_tables(connection, search, proof)


def _in_tables(connection: duckdb.DuckDBPyConnection, search: _Search, proof: Proof) -> Iterator[str]:
    """The columns of tables that hold something; numbers and days cannot."""
    for schema, table, column in connection.execute(_COLUMNS).fetchall():
        proof.columns += 1
        texts = connection.execute(
            f"""
            from (select distinct "{column}"::varchar as content from "{schema}"."{table}")
            where list_bool_or(list_transform($1::varchar[], lambda needle: contains(lower(content), needle)))
            """,
            [search.needles],
        ).fetchall()
        if any(search.finds(text) for (text,) in texts):
            yield f"{schema}.{table}.{column}"


_COLUMNS = """
    select schema_name, table_name, column_name
    from duckdb_columns()
    semi join duckdb_tables() using (database_name, schema_name, table_name)
    where database_name in (current_database(), 'temp') and regexp_matches(data_type, 'VARCHAR|JSON|ENUM|BLOB')
    order by all
"""


def _text(file: Path) -> str:
    """What stands in a file, JSON and HTML without their escapes."""
    text = file.read_bytes().decode("utf-8", "replace")
    if file.suffix in (".json", ".ndjson"):
        return "\n".join(map(_strings, [text] if file.suffix == ".json" else text.splitlines()))
    return html.unescape(text)


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


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
