"""The text of a page and its map: squeezed and folded for matching, with the way back to every character.

Offsets in this module count characters of the *decoded page*: the bytes decoded, a byte order mark removed,
nothing else changed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from ingest.codebook import fold
from ingest.reading import Rejection

#: Marks that a `Strand` carries beside its text. None of them counts as a blank.
BULLET = "\x02"
QUOTE = "\x03"

_CONTROL = {code: " " for code in range(0x20) if code not in (0x0A, 0x0D)} | {0x7F: " "}
_BLANKS = {
    code: " "
    for code in (0xA0, 0x1680, 0x2007, 0x202F, 0x205F, 0x3000, *range(0x2000, 0x2007), *range(0x2008, 0x200E))
} | {0x2060: " ", 0xFEFF: " ", 0xAD: " ", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}
_TO_WORK = _CONTROL | _BLANKS
_ODD = re.compile("[" + "".join(map(re.escape, map(chr, _TO_WORK))) + "]")
# Generations T4 and T5 print some of their own markup as text; it separates labels, so it counts as blanks.
_PRINTED_MARKUP = re.compile(r"</?strong>", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(r"&[lL][tT];/?[sS][tT][rR][oO][nN][gG]&[gG][tT];")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ª®´¢§\u2030\u0160 ]|â€[™œ\u009d“”¦]|Â[\u00a0·«»]")


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded page.

    text: what was decoded, composed (NFC); `work`: the same length, with odd blanks and control characters
    made plain; `at`: for each character of `text` its offset in the decoded page (None: they are equal).
    """

    text: str
    work: str
    encoding: str
    characters: int
    at: list[int] | None

    def source(self, offset: int) -> int:
        """Offset in the decoded page of an offset in `text`."""
        return offset if self.at is None else self.at[offset]


def decode(data: bytes) -> Page:
    """Decode the bytes of a page, whichever of the encodings met in the wild they are in.

    UTF-8 with or without byte order mark, UTF-16 with one, text that was once misread as CP-1252, else CP-1252.
    Raises Rejection `binary` for bytes that are no text.
    """
    text, encoding = _decode(data)
    if "\x00" in text:
        raise Rejection(
            "binary",
            f"a NUL byte stands at offset {data.find(0)}: this is no text",
            "export the page again as text or HTML",
        )
    composed, at = _compose(text)
    work = composed.translate(_TO_WORK) if _ODD.search(composed) else composed
    if "\r" in work:
        work = work.replace("\r\n", " \n").replace("\r", "\n")
    return Page(composed, work, encoding, len(text), at)


def folded(work: str) -> str | None:
    """The page, folded, if that has a character for each of `work`'s: where nothing is left to compose."""
    return fold(work) if unicodedata.is_normalized("NFC", work) else None


def without_printed_markup(page: Page, is_html: bool) -> Page:
    """The page with the markup that it prints as text made blank."""
    if ("&" if is_html else "<") not in page.work:
        return page
    markup = _ESCAPED_MARKUP if is_html else _PRINTED_MARKUP
    return replace(page, work=markup.sub(lambda match: " " * len(match.group()), page.work))


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace"), "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").removeprefix("\ufeff"), "utf-16"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return data.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            return data.decode("latin-1"), "latin-1"
    if ("Ã" in text or "â€" in text or "Â" in text) and _MOJIBAKE.search(text):
        try:
            return text.encode("cp1252").decode("utf-8"), "utf-8 read as cp1252"
        except UnicodeError:
            pass
    return text, "utf-8"


def _compose(text: str) -> tuple[str, list[int] | None]:
    """NFC of `text` and the offset of each of its characters (None when nothing moved)."""
    if unicodedata.is_normalized("NFC", text):
        return text, None
    composed: list[str] = []
    at: list[int] = []
    done = 0
    for marked in _MARKED.finditer(text):
        _compose_plain(text, done, marked.start(), composed, at)
        done = marked.end()
        _compose_cluster(marked.group(), marked.start(), composed, at)
    _compose_plain(text, done, len(text), composed, at)
    at.append(len(text))
    return "".join(composed), at


#: A letter with its combining marks, or marks that follow none.
_MARKED = re.compile(r"[^\u0300-\u036f]?[\u0300-\u036f]+")


def _compose_plain(text: str, start: int, end: int, composed: list[str], at: list[int]) -> None:
    """Compose text[start:end], in which no combining mark stands: nearly always it is as it should be."""
    plain = text[start:end]
    if unicodedata.is_normalized("NFC", plain):
        composed.append(plain)
        at.extend(range(start, end))
    else:
        for offset, character in enumerate(plain, start):
            _compose_cluster(character, offset, composed, at)


def _compose_cluster(cluster: str, start: int, composed: list[str], at: list[int]) -> None:
    piece = unicodedata.normalize("NFC", cluster)
    composed.append(piece)
    at.extend([start] * len(piece))


#: Words with one plain blank between them stand in a strand as they stand on the page: they are one piece.
_PIECES = re.compile(r"([^\s*]+(?: [^\s*]+)*)|\s+")


@dataclass(slots=True)
class Strand:
    """A stretch of a page, made for matching: words with single blanks, line and paragraph breaks, marks.

    `folded` is the page, folded, if that has a character for each of the page's. `text` and, once sealed, `fold`
    have equal length; `bold` lists stretches of `text` that the markup prints in bold (HTML only).
    """

    folded: str | None = None
    text: str = ""
    fold: str = ""
    bold: list[tuple[int, int]] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _folds: list[str] = field(default_factory=list)
    _length: int = 0
    _pending: str = ""
    _norm: list[int] = field(default_factory=list)
    _start: list[int] = field(default_factory=list)
    _end: list[int] = field(default_factory=list)
    _width: list[int] = field(default_factory=list)
    _bold_from: int | None = None

    def add(self, work: str, start: int, end: int) -> None:
        """Add page text work[start:end]; emphasis marks are left out."""
        for piece in _PIECES.finditer(work, start, end):
            words = piece[1]
            if words is None:
                self.blank()
            else:
                at, to = piece.span()
                self._put(words, at, to, self.folded[at:to] if self.folded is not None else "")

    def add_character(self, character: str, start: int, end: int) -> None:
        """Add one character that the page writes in `end - start` characters (an entity)."""
        if character.isspace():
            self.blank()
        else:
            self._put(character, start, end)

    def mark(self, mark: str, start: int) -> None:
        """Begin a new line with a mark (BULLET or QUOTE)."""
        self.line()
        self._put(mark, start, start)

    def blank(self) -> None:
        self._pending = self._pending or " "

    def line(self) -> None:
        if self._pending != "\n\n":
            self._pending = "\n"

    def paragraph(self) -> None:
        self._pending = "\n\n"

    def bold_on(self) -> None:
        if self._bold_from is None:
            self._bold_from = self._length + (len(self._pending) if self._length else 0)

    def bold_off(self) -> None:
        if self._bold_from is not None:
            if self._bold_from < self._length:
                self.bold.append((self._bold_from, self._length))
            self._bold_from = None

    def seal(self) -> Strand:
        self.text = "".join(self._parts)
        # What an entity stands for may compose with what stands before it.
        is_aligned = self.folded is not None and unicodedata.is_normalized("NFC", self.text)
        self.fold = "".join(self._folds) if is_aligned else fold(self.text)
        return self

    def _put(self, piece: str, start: int, end: int, folded: str = "") -> None:
        if self._pending:
            if self._length:
                self._parts.append(self._pending)
                self._folds.append(self._pending)
                self._length += len(self._pending)
            self._pending = ""
        self._folds.append(folded or fold(piece))
        self._norm.append(self._length)
        self._start.append(start)
        self._end.append(end)
        self._width.append(len(piece))
        self._parts.append(piece)
        self._length += len(piece)

    def page_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the page behind text[start:end], without outer blanks and marks."""
        text = self.text
        while start < end and text[start] in " \n\x02\x03":
            start += 1
        while end > start and text[end - 1] in " \n\x02\x03":
            end -= 1
        if start == end:
            at = self._page(min(start, max(self._length - 1, 0)))
            return at, at
        norm = self._norm
        first = bisect_right(norm, start) - 1
        last = first
        if first + 1 < len(norm) and norm[first + 1] < end:
            last = bisect_right(norm, end - 1) - 1
        at = self._start[first] + start - norm[first]
        read = end - norm[last]
        to = self._end[last] if read >= self._width[last] else self._start[last] + read
        return min(at, self._end[first]), to

    def _page(self, offset: int) -> int:
        if not self._norm:
            return 0
        i = max(bisect_right(self._norm, offset) - 1, 0)
        return min(self._start[i] + offset - self._norm[i], self._end[i])
