"""Changes to inputs, each told by four numbers: the same numbers give the same change, whoever draws them."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

#: kind, place, length, choice
Edit = tuple[int, int, int, int]
NUMBERS = 1 << 16

#: Larger inputs show nothing that smaller ones do not, and take long; what large ones do is tested apart.
LARGEST = 300_000

TOKENS: tuple[bytes, ...] = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\x1a",
    b"\x0b\x0c\x1c\x85",
    "\u202e\u2066\u200f".encode(),
    "\u0301\u0301\u0301".encode(),
    "\U0001f3f4\u200d\u2620\ufe0f".encode(),
    "ÃƒÂ©".encode(),
    b"'\"`;--",
    b"=cmd|'/C calc'!A0",
    b"{{ 7*7 }}{% raw %}",
    b"%s%n{0}",
    b"../../../../etc/passwd",
    b"<script>alert(1)</script>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"</",
    b"<p",
    b"<div>" * 50,
    b"<li></li>",
    b"<h2>Effets individuels</h2>",
    b"&#x110000;",
    b"&#0;&#55296;",
    b"&amp;amp;",
    b"&",
    b'"',
    b'""',
    b"\\",
    b'\\"',
    b"\\u0000",
    b"\\ud800",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"{",
    b"}",
    b"[" * 200,
    b"]",
    b"null",
    b"true",
    b"-0",
    b"1e999",
    b"1e-400",
    b"NaN",
    b"Infinity",
    b"9" * 400,
    b"0x10",
    b"2024-02-30",
    b"9999-12-31T23:59:60Z",
    b"0000-00-00",
    "\u00a0".encode(),
    "«\u202f».".encode(),
    b"...",
    b" " * 500,
    b"\n" * 200,
    b"a" * 1000,
    b"+33 6 12 34 56 78",
    b"a@exemple.fr",
)

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**30,
    -(10**400),
    1e308,
    5e-324,
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e",
    "1e5",
    "null",
    "x" * 3000,
    [],
    {},
    [[[[[]]]]],
    {"": {"": {"": None}}},
    [None, True, 1, "a", [], {}],
    {"id": None, "type": 3, "field": [], "answer": {}},
    {"choices": {"labels": [None, 1, [], {}, "a"]}},
    "2024-13-45",
    "/~0~1//",
    "$.a[*]",
    "' or 1=1 --",
)


#: What an edit raises where the input is not of its kind (any more): it changes nothing then.
_FAILED = (
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    RuntimeError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
)


def kinds(target: str) -> tuple[int, ...]:
    """The edits that an input of this target survives often enough to be read."""
    wanted: tuple[Any, ...] = (_flip, _cut, _repeat, _put, _swap, _lines)
    if target.endswith("json"):
        wanted = (_json,)
    elif target.endswith("csv"):
        wanted = (_fields, _lines, _put)
    elif target in ("zip", "typeform_download_xlsx"):
        wanted = (_zip,)
    return tuple(number for number, edit in enumerate(_EDITS) if edit in wanted)


def apply(data: bytes, edits: Sequence[Edit], others: Sequence[bytes]) -> bytes:
    """`data` after all edits; `others` are inputs that pieces are taken from."""
    for kind, place, length, choice in edits:
        with suppress(*_FAILED):
            data = _EDITS[kind % len(_EDITS)](data, place, length, choice, others)[:LARGEST]
    return data


def _at(data: bytes, place: int) -> int:
    return place * len(data) // NUMBERS


def _span(data: bytes, place: int, length: int) -> tuple[int, int]:
    start = _at(data, place)
    return start, min(len(data), start + 1 + length % (1 + min(len(data), 4096)))


def _flip(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    at = _at(data, place)
    return data[:at] + bytes([choice % 256]) + data[at + 1 :]


def _cut(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    start, end = _span(data, place, length)
    return data[:start] + data[end:]


def _cut_off(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    return data[_at(data, place) :] if choice % 4 == 0 else data[: _at(data, place)]


def _repeat(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    start, end = _span(data, place, length)
    return data[:end] + data[start:end] * (choice % 40) + data[end:]


def _put(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    at = _at(data, place)
    return data[:at] + TOKENS[choice % len(TOKENS)] * (1 + length % 5) + data[at:]


def _swap(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    start, end = _span(data, place, length)
    at = _at(data, choice % NUMBERS)
    piece, rest = data[start:end], data[:start] + data[end:]
    return rest[:at] + piece + rest[at:]


def _splice(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    other = others[choice % len(others)]
    return data[: _at(data, place)] + other[_at(other, length) :]


def _recode(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "replace")
    encodings = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "cp850", "mac_roman")
    return text.encode(encodings[choice % len(encodings)], "replace")


def _lines(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    """Move, drop or double a line."""
    lines = data.split(b"\n")
    at, to = place % len(lines), length % len(lines)
    line = lines.pop(at)
    for _ in range(choice % 3):
        lines.insert(to, line)
    return b"\n".join(lines)


def _fields(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    """Replace a field of a line that is parted by commas, semicolons or tabs."""
    lines = data.split(b"\n")
    line = lines[place % len(lines)]
    delimiter = max((b",", b";", b"\t"), key=line.count)
    fields = line.split(delimiter)
    fields[length % len(fields)] = TOKENS[choice % len(TOKENS)]
    lines[place % len(lines)] = delimiter.join(fields)
    return b"\n".join(lines)


def _json(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    """Replace, drop, double, wrap or rename one thing in a document."""
    document = json.loads(data)
    places: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting and len(places) < 20_000:
        inner = waiting.pop()
        keys = (
            list(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else []
        )
        for key in keys:
            places.append((inner, key))
            waiting.append(inner[key])
    if not places:
        return json.dumps(VALUES[choice % len(VALUES)]).encode()
    inner, key = places[place * len(places) // NUMBERS]
    other_inner, other_key = places[length * len(places) // NUMBERS]
    match choice % 7:
        case 0:
            del inner[key]
        case 1:
            inner[key] = json.loads(json.dumps(other_inner[other_key]))
        case 2:
            for _ in range(1 + length % 60):
                inner[key] = [inner[key]] if choice % 2 else {"a": inner[key]}
        case 3 if isinstance(inner, dict):
            inner[str(VALUES[length % len(VALUES)])[:50]] = inner.pop(key)
        case 3:
            inner.extend([inner[key]] * (length % 5))
        case _:
            inner[key] = VALUES[(choice // 7) % len(VALUES)]
    return json.dumps(document, ensure_ascii=choice % 2 == 0).encode("utf-8", "surrogatepass")


def _unnested(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    """A document inside of many others."""
    depth = (10, 500, 5_000, 100_000)[choice % 4]
    return b"[" * depth + data + (b"]" * depth if length % 2 else b"")


_NAMES = (
    "../x",
    "/etc/x",
    "C:\\x",
    "a\x00b",
    "\u202ex",
    "x" * 300,
    "CON",
    "a//b",
    "xl/workbook.xml",
    " ",
    "",
)


def _zip(data: bytes, place: int, length: int, choice: int, others: Sequence[bytes]) -> bytes:
    """Change a member of a ZIP file, or what it says of one."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        members = [(entry, old.read(entry)) for entry in old.infolist()]
        for number, (entry, content) in enumerate(members):
            if number == place % len(members):
                match choice % 5:
                    case 0:
                        entry.filename = _NAMES[length % len(_NAMES)]
                    case 1:
                        entry.external_attr = (length % 16) << 28
                    case 2:
                        continue
                    case _:
                        content = _EDITS[length % 8](content, length, choice, choice * 31 % NUMBERS, others)
            new.writestr(entry, content[:LARGEST], zipfile.ZIP_DEFLATED if length % 2 else zipfile.ZIP_STORED)
    return file.getvalue()


_EDITS: tuple[Callable[[bytes, int, int, int, Sequence[bytes]], bytes], ...] = (
    _flip,
    _cut,
    _repeat,
    _put,
    _swap,
    _splice,
    _cut_off,
    _put,
    _lines,
    _fields,
    _json,
    _zip,
    _json,
    _zip,
    _recode,
    _unnested,
    _put,
    _fields,
    _json,
)
