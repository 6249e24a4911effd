"""Texts in files that people open in a spreadsheet: what begins like a formula must not be one.

After OWASP, "CSV Injection": a cell that begins with one of `=`, `+`, `-`, `@`, a tab or a line end may be run. A blank
before it makes it a text, and is no part of a label to whoever reads the table again (`label_key`). Numbers stay.
"""

from __future__ import annotations

import re

import duckdb

_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")


def as_text(cell: str) -> str:
    """The cell, as a text that no spreadsheet takes for a formula."""
    return f" {cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def plain(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """SQL: the rows of `query`, in their order, with every text as `as_text` has it."""
    described = connection.execute(f"describe {query}").fetchall()
    columns = ", ".join(
        f"""if(
            regexp_matches("{name}", '^{_FORMULA.pattern}') and not regexp_full_match("{name}", '{_NUMBER.pattern}'),
            ' ' || "{name}", "{name}"
        ) as "{name}\""""
        if kind == "VARCHAR"
        else f'"{name}"'
        for name, kind, *_ in described
    )
    return f"select {columns} from ({query})"
