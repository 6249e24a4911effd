"""CSV as PHP's fputcsv writes it, character by character: what a quote, a blank and a backslash do to a field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def field(value: str, delimiter: str = ";") -> str:
    """One field: in quotes if PHP thinks that it needs them; a quote behind a backslash is not doubled."""
    if not any(character in value for character in (delimiter, '"', "\\", " ", "\t", "\n", "\r")):
        return value
    written, escaped = '"', False
    for character in value:
        if character == "\\":
            escaped = True
        elif character == '"' and not escaped:
            written += '"'
        else:
            escaped = False
        written += character
    return written + '"'


def table(rows: Iterable[Sequence[str]], delimiter: str = ";") -> str:
    """Records, each ended by a line feed."""
    return "".join(delimiter.join(field(value, delimiter) for value in row) + "\n" for row in rows)
