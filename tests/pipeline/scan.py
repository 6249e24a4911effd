"""Looks through all files of a folder for words, independently of what effets itself does to that end."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb


def scan(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Where any of the words stands: in the bytes of a file, whatever the encoding and the escapes, in the members
    of a ZIP file, and in every column of a database or a Parquet file."""
    words = tuple(words)
    return [
        (place, word)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink()
        for place, content in _contents(file, folder)
        for word in words
        if any(form in content for form in _forms(word))
    ]


def _forms(word: str) -> set[bytes]:
    return {
        word.encode(),
        word.encode("cp1252", "ignore"),
        word.encode("utf-16-le"),
        json.dumps(word)[1:-1].encode(),
        html.escape(word).encode(),
        word.lower().encode(),
    }


def _contents(file: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    name = file.relative_to(folder).as_posix()
    data = file.read_bytes()
    yield name, name.encode() + b"\n" + data
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                yield f"{name}/{member}", archive.read(member)
    if file.suffix == ".duckdb":
        with duckdb.connect(file, read_only=True) as connection:
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables order by all"
            ).fetchall():
                yield f"{name}: {schema}.{table}", _rows(connection, f'"{schema}"."{table}"')
    if file.suffix == ".parquet":
        with duckdb.connect() as connection:
            yield f"{name}: rows", _rows(connection, f"read_parquet('{file}')")


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> bytes:
    return "\n".join(
        "\t".join(map(str, row)) for row in connection.execute(f"from {table}").fetchall()
    ).encode()
