"""What the readers of JSON files have in common: parsing, refusing, and walking through the strings."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterator
from typing import Any, NoReturn

import orjson

from ingest.formats import personal
from ingest.reading import Rejection

#: Keys about a response whose values are kept: they tell of the response, and not of who gave it. Whatever else
#: stands there (hidden fields, metadata, variables, what a later version adds) may name or reach somebody.
_KEPT = frozenset(
    {
        *("id", "token", "response_id", "landing_id", "response_type", "form_id", "place", "place_id"),
        *("landed_at", "submitted_at", "staged_at", "created_at", "updated_at"),
        *("key", "type", "number", "score", "visible", "publish", "share_data"),
        *("platform", "browser", "page_count", "total_items"),
    }
)

_EXPORT_AGAIN = "The file is damaged or cut off: export it again."


def malformed(detail: str, remedy: str = _EXPORT_AGAIN) -> Rejection:
    """The rejection of a file that is not built as its form is."""
    return Rejection("malformed", detail, remedy)


def parse(data: bytes, mend: Callable[[list[tuple[str, Any]]], dict[str, Any]] = dict) -> tuple[Any, bool]:
    """The document in `data`, and whether it has a key that stands twice: the last value is kept.

    `mend` makes an object of its pairs; it may leave some out, which counts as well. Raises Rejection `malformed` for
    what is no JSON in UTF-8.
    """
    is_doubled = False

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_doubled
        kept = mend(pairs)
        is_doubled |= len(kept) < len(pairs)
        return kept

    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=unique, parse_constant=_no_constant)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()  # half a character cannot be stored
    except UnicodeError as error:
        raise malformed(f"not UTF-8: {error}", "Save the file as UTF-8.") from error
    except RecursionError as error:
        raise malformed("nested too deeply") from error
    except ValueError as error:
        raise malformed(f"no valid JSON: {error}") from error
    return document, is_doubled


#: So many figures in a row may be a number that only the standard library keeps as it is.
_LONG_NUMBER = b"0" * 16
_FIGURES = bytes(48 if 48 <= byte < 58 else 32 for byte in range(256))


def parse_quickly(data: bytes) -> tuple[Any, bool]:
    """As `parse`; but whether a key stands twice is left open: where nothing else is changed, ask `is_doubled`.

    Raises Rejection `malformed` as `parse` does.
    """
    if not holds_long_number(data):
        try:
            return orjson.loads(data), False
        except orjson.JSONDecodeError:
            pass  # it may be right all the same (a byte order mark); if not, `parse` tells what is wrong
    return parse(data)


def holds_long_number(data: bytes) -> bool:
    """Whether so many figures stand in a row that only `parse` may keep the number as it is."""
    return _LONG_NUMBER in data.translate(_FIGURES)


def is_doubled(data: bytes) -> bool:
    """Whether a key of the document stands twice."""
    return parse(data)[1]


def dump(document: Any) -> bytes:
    """The document as JSON in UTF-8."""
    try:
        return orjson.dumps(document)
    except TypeError:  # a number of more than 64 bits, half a character
        return json.dumps(document, ensure_ascii=False).encode()


def is_harmless(value: Any) -> bool:
    """Whether no string in `value` can hold an address, a link or a key: what most do not is seen at once."""
    if isinstance(value, str):
        return len(value) < personal.KEY_LENGTH and "@" not in value and "://" not in value
    if isinstance(value, dict):
        return all(map(is_harmless, value.values()))
    return all(map(is_harmless, value)) if isinstance(value, list) else True


def with_strings(value: Any, mend: Callable[[str], str]) -> Any:
    """A copy of `value` with every string in it, keys apart, replaced by what `mend` makes of it."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, list):
        return [with_strings(item, mend) for item in value]
    if isinstance(value, dict):
        return {key: with_strings(item, mend) for key, item in value.items()}
    return value


def emptied(value: Any) -> Any:
    """`value` with its shape kept and its content gone: texts and lists empty, numbers null."""
    if isinstance(value, str):
        return ""
    if isinstance(value, list):
        return []
    if isinstance(value, dict):
        return {key: emptied(item) for key, item in value.items()}
    return None


def without(data: bytes, places: Container[str]) -> bytes:
    """The file with null where these JSON pointers point, entries of its list or of its list of `items`."""
    document, _ = parse(data)
    prefix, items = ("/items", document["items"]) if isinstance(document, dict) else ("", document)
    for number in range(len(items)):
        if f"{prefix}/{number}" in places:
            items[number] = None
    return dump(document)


def parts(document: bytes, size: int) -> Iterator[bytes]:
    """A list of responses, or an object with a list of `items`, cut into documents of about `size` bytes.

    Each has null where the responses of the others stand: every response is in one of them, where it was. Those
    with the same token, which count on each other, stay together.
    """
    parsed, _ = parse(document)
    entries = parsed.get("items") if isinstance(parsed, dict) else parsed
    if not isinstance(entries, list):
        yield document
        return
    before, after = b"[", b"]"
    if isinstance(parsed, dict):
        frame = dump({key: value for key, value in parsed.items() if key != "items"})
        before = frame[:-1] + (b', "items": [' if len(parsed) > 1 else b'"items": [')
        after = b"]}"
    texts = [dump(entry) for entry in entries]
    chosen: list[list[int]] = [[]]
    part_of: dict[str, list[int]] = {}
    filled = 0
    for number, entry in enumerate(entries):
        part = part_of.setdefault(_token(entry) or str(number), chosen[-1])
        part.append(number)
        if part is chosen[-1]:
            filled += len(texts[number])
            if filled > size:
                chosen.append([])
                filled = 0
    for part in filter(None, chosen):
        kept = dict.fromkeys(part)
        yield before + b",".join(text if at in kept else b"null" for at, text in enumerate(texts)) + after


def _token(entry: Any) -> str:
    """What a response calls itself."""
    told = [entry.get("token"), entry.get("response_id")] if isinstance(entry, dict) else []
    return next((text for value in told if value is not None and (text := str(value))), "")


def scrub(response: dict[str, Any], but: Container[str]) -> bool:
    """Empty what stands in a response beside what is known to tell of nobody; the keys in `but` are left to others.

    Returns whether anything was.
    """
    is_changed = False
    for key, value in response.items():
        if key not in but:
            kept = _scrubbed(value, key in _KEPT)
            if kept != value:
                response[key] = kept
                is_changed = True
    return is_changed


def _scrubbed(value: Any, is_kept: bool) -> Any:
    if isinstance(value, dict):
        return {key: _scrubbed(item, key in _KEPT) for key, item in value.items()}
    if isinstance(value, list):
        return [_scrubbed(item, is_kept) for item in value]
    if isinstance(value, str):
        return personal.without_contact(value) if is_kept else ""
    return value if is_kept or isinstance(value, bool) else None


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
