"""The words of a source at the place that was noted of an answer: what `effets show` puts beside it."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from ingest.formats import BY_NAME, platform_csv
from ingest.formats.page_text import decode

#: Start, end and pointer of a place → what stands there; None where the place is unknown.
Words = Callable[[int | None, int | None, str | None], str | None]


def words_of(format_name: str, data: bytes) -> Words:
    """How to look up places in `data`, an export of this form as it is archived."""
    module = BY_NAME[format_name]
    if hasattr(module, "read"):
        return _page(data)
    document = json.loads(module.document(data) if hasattr(module, "document") else data)
    if module in _PLATFORM_CSV:
        return _cells(_rows_and_columns(document))
    if hasattr(module, "document"):
        return _cells(_sheet(document))
    return lambda start, end, pointer: None if pointer is None else _at(document, pointer)


_PLATFORM_CSV = tuple(BY_NAME[name] for name in ("typeform_csv", "genere_csv", "diff_csv"))


def _page(data: bytes) -> Words:
    page = decode(data)

    def words(start: int | None, end: int | None, pointer: str | None) -> str | None:
        if start is None or end is None:
            return None
        if page.at is None:
            return page.text[start:end]
        return page.text[bisect_left(page.at, start) : bisect_left(page.at, end)]

    return words


def _cells(cells: dict[str, str]) -> Words:
    return lambda start, end, pointer: None if pointer is None else cells.get(pointer)


def _sheet(document: Any) -> dict[str, str]:
    """The cells of a table that knows the pointers of its columns."""
    return {
        pointer.replace("*", number): cell
        for number, *cells in document["rows"]
        for pointer, cell in zip(document["pointers"], cells, strict=False)
    }


def _rows_and_columns(document: Any) -> dict[str, str]:
    """The cells of a file of the platform, which holds its columns in one order, whichever it has."""
    places = [platform_csv.DIFF.index(name) for name in document["columns"]]
    return {
        f"R{number}C{column}": cells[place]
        for number, *cells in document["rows"]
        for column, place in enumerate(places, start=1)
    }


def _at(document: Any, pointer: str) -> str | None:
    """What a JSON pointer points at, as text."""
    value = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
