"""CSV as it really is: the dialect of PHP's fputcsv, and RFC 4180.

PHP puts quotes around a field that holds the delimiter, a quote, a backslash, a blank, a tab or a line end. It
doubles a quote inside unless a backslash stands before it, and so leaves it open whether a quote behind a
backslash ends the field. Here it is text wherever the record can be read that way, as PHP itself reads it, and
ends the field where it cannot. A carriage return belongs to its field; records end with a line feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache


class CsvError(ValueError):
    """Text that is no table in this dialect; `row` is the number of the record that cannot be read."""

    def __init__(self, row: int) -> None:
        super().__init__(
            f"row {row} has not as many fields as the header, or a quote in it is never closed"
            if row > 1
            else "the header cannot be cut into fields"
        )
        self.row = row


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of a record; none, if its line is empty."""

    values: tuple[str, ...]
    _record: re.Match[str] | None

    def span(self, column: int) -> tuple[int, int]:
        """Where a field stands in the text, quotes included. Raises IndexError where the row has none."""
        if self._record is None:
            raise IndexError(column)
        return self._record.span(column + 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are written: with this delimiter, by PHP or as RFC 4180 has it."""

    delimiter: str
    is_php: bool

    def read(self, text: str) -> list[Row]:
        """The records of `text`, the header first, each with as many fields as the header.

        An empty line keeps its place, so that row numbers are those that a spreadsheet shows. Raises CsvError
        for the first record that is not written in this dialect.
        """
        rows: list[Row] = []
        patterns: tuple[re.Pattern[str], ...] = ()
        at = 0
        while at < len(text):
            if empty := _EMPTY_LINE.match(text, at):
                rows.append(Row((), None))
                at = empty.end()
                continue
            patterns = patterns or _records(self, self._width(text, at))
            record = next(filter(None, (pattern.match(text, at) for pattern in patterns)), None)
            if record is None:
                raise CsvError(len(rows) + 1)
            rows.append(Row(tuple(map(self._value, record.groups())), record))
            at = record.end()
        return rows

    def _width(self, text: str, at: int) -> int:
        """How many fields the record has that begins at `at`."""
        width = 1
        field = re.compile(f"(?>{_fields(self)[0]})")
        while (match := field.match(text, at)) and text.startswith(self.delimiter, match.end()):
            width += 1
            at = match.end() + len(self.delimiter)
        return width

    def _value(self, written: str) -> str:
        if written[:1] != '"':
            return written
        inside = written[1:-1]
        if '"' not in inside:
            return inside
        if not self.is_php:
            return inside.replace('""', '"')
        return _QUOTES.sub(lambda quotes: quotes[1] or '"', inside)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with the fields at these places made empty."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces.append(text[at:start])
        at = end
    return "".join(pieces) + text[at:]


_EMPTY_LINE = re.compile(r"\r?\n")
#: A quote behind a backslash stands for itself, two others for one.
_QUOTES = re.compile(r'(\\+"?)|""')


def _fields(dialect: Dialect) -> tuple[str, ...]:
    """Patterns of a field, in the order in which they are tried on a whole record."""
    delimiter = re.escape(dialect.delimiter)
    if not dialect.is_php:
        return (rf'"(?:[^"]++|"")*+"|[^"{delimiter}\r\n][^{delimiter}\r\n]*+|',)
    bare = rf'[^"\\ \t\r\n{delimiter}]*+'
    inside = r'(?:[^"\\]++|""|\\++"|\\++(?!"))'
    # A quote behind a backslash is text if possible; in the second pattern it ends the field if possible.
    return tuple(rf'"{inside}{loop}(?:\\++)?"(?=[{delimiter}\n]|\Z)|{bare}' for loop in ("*", "*?"))


@cache
def _records(dialect: Dialect, width: int) -> tuple[re.Pattern[str], ...]:
    """Patterns of a record, a group for each field.

    A field keeps what it once took: the time they need grows with the text and no faster.
    """
    end = r"(?:\n|\Z)" if dialect.is_php else r"(?:\r\n|\n|\r|\Z)"
    return tuple(
        re.compile(re.escape(dialect.delimiter).join([f"((?>{field}))"] * width) + end)
        for field in _fields(dialect)
    )
