"""The words of a source at the place that was noted of an answer: what `effets show` puts beside it."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from ingest.archive import Archive, State
from ingest.formats import BY_NAME, platform_csv
from ingest.formats.page_text import Page, decode

#: Start, end and pointer of a place → what stands there; None where the place is unknown.
Words = Callable[[int | None, int | None, str | None], str | None]

#: Start and end of a place on a page → what its sentence says before it and after it.
Sentence = Callable[[int | None, int | None], tuple[str, str]]

#: How far a sentence is looked for on either side of a place, and how much of it is shown.
_WINDOW, _SHOWN = 1500, 280
_BLOCK_END = re.compile(r"</(?:h[1-6]|p|section|article|header)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
#: A sentence begins after a full stop, or after a blank line where the line before announces nothing.
_BEGIN = re.compile(r".*(?:[.!?]\s|(?<=[^:\s])[^\S\n]*\n\s*\n)", re.DOTALL)
_END = re.compile(r"[.!?](?=\s|$)|\n\s*\n")


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


class Sources:
    """The words of archived exports: each is read once, when it is asked for."""

    def __init__(self, archive: Archive, state: State) -> None:
        self._archive = archive
        self._state = state
        self._words: dict[str, Words] = {}

    def __call__(self, source_id: str, start: int | None, end: int | None, pointer: str | None) -> str | None:
        """What stands at a place of an export; None where the export or the place is not known."""
        if source_id not in self._words:
            stored = self._state.stored.get(source_id)
            if stored is None:
                return None
            self._words[source_id] = words_of(stored.format, self._archive.read(stored))
        return self._words[source_id](start, end, pointer)


_PLATFORM_CSV = tuple(BY_NAME[name] for name in ("typeform_csv", "genere_csv", "diff_csv"))


def sentence_of(format_name: str, data: bytes) -> Sentence:
    """How to look up the sentences of a page around places, without its markup; other forms have none."""
    if not hasattr(BY_NAME[format_name], "read"):
        return lambda start, end: ("", "")
    page = decode(data)

    def sentence(start: int | None, end: int | None) -> tuple[str, str]:
        if start is None or end is None:
            return "", ""
        begin, stop = _span(page, start, end)
        # A window may begin within a tag, and end in one.
        before = re.sub(r"^[^<>]*>", "", page.text[max(0, begin - _WINDOW) : begin])
        after = re.sub(r"<[^<>]*$", "", page.text[stop : stop + _WINDOW])
        before = _BEGIN.sub("", _without_markup(before), count=1)
        after = _without_markup(after)
        full_stop = _END.search(after)
        after = after[: full_stop.end()] if full_stop else after
        return _shortened(before, -_SHOWN), _shortened(after, _SHOWN)

    return sentence


def _page(data: bytes) -> Words:
    page = decode(data)

    def words(start: int | None, end: int | None, pointer: str | None) -> str | None:
        if start is None or end is None:
            return None
        begin, stop = _span(page, start, end)
        return page.text[begin:stop]

    return words


def _span(page: Page, start: int, end: int) -> tuple[int, int]:
    """Where a place lies in the text of a page, which may have lost characters since."""
    if page.at is None:
        return start, end
    return bisect_left(page.at, start), bisect_left(page.at, end)


def _without_markup(text: str) -> str:
    return html.unescape(_TAG.sub(" ", _BLOCK_END.sub("\n\n", text)))


def _shortened(text: str, length: int) -> str:
    """The first or, if `length` is negative, the last words of a text, on one line."""
    text = " ".join(text.split())
    if len(text) <= abs(length):
        return text
    return text[:length].rsplit(" ", 1)[0] + " …" if length > 0 else "… " + text[length:].split(" ", 1)[-1]


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
    order = {name: place for place, name in enumerate(platform_csv.DOCUMENT)}
    places = [order.get(name) for name in document["columns"]]
    return {
        f"R{number}C{column}": cells[place]
        for number, *cells in document["rows"]
        for column, place in enumerate(places, start=1)
        if place is not None and cells[place] is not None
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
