"""Which form is this file? Asked of the formats in the order of their registry; failing that, what is it?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import ModuleType

from ingest.reading import Rejection

HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """What a format may look at to recognise a file: its path, its first 64 KiB and its size."""

    path: PurePosixPath
    head: bytes
    size: int
    _holds: dict[bytes, bool] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of(path: str, data: bytes) -> Sample:
        return Sample(PurePosixPath(path), data[:HEAD_BYTES], len(data))

    def holds(self, word: bytes) -> bool:
        """Whether `word` stands in the head: looked for once, whoever asks."""
        if word not in self._holds:
            self._holds[word] = word in self.head
        return self._holds[word]


def identify(sample: Sample) -> ModuleType:
    """The module of ingest/formats that reads this file.

    Raises Rejection `unknown-format`, which says what the file looks like and what the user can do.
    """
    from ingest.formats import FORMATS  # the formats know `Sample`

    for module in FORMATS:
        if module.recognise(sample):
            return module
    looks_like, remedy = describe(sample)
    raise Rejection("unknown-format", looks_like, remedy)


_EXPORT = (
    "Export it again from the platform: the page of the social effects (saved as HTML or copied as text) "
    "or the place's JSON."
)
_IMAGE = f"A picture holds no answers that can be read. {_EXPORT}"
_UNPACK = "Unpack it, and put what it holds into the folder of exports."
_SAVE_AS = "Save its content as plain text (UTF-8), if it is the text of a page of the social effects."

#: First bytes → what they begin, and what to do with it. Zip comes later: it is told apart by its members.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image", _IMAGE),
    (b"\xff\xd8\xff", "a JPEG image", _IMAGE),
    (b"GIF8", "a GIF image", _IMAGE),
    (b"BM", "a BMP image", _IMAGE),
    (b"II*\x00", "a TIFF image", _IMAGE),
    (b"MM\x00*", "a TIFF image", _IMAGE),
    (b"%PDF", "a PDF file", f"The platform's PDF files are pictures without text. {_EXPORT}"),
    (b"\xff\xfe", "a text in UTF-16", "Save it as UTF-8."),
    (b"\xfe\xff", "a text in UTF-16", "Save it as UTF-8."),
    (b"{\\rtf", "a rich text (RTF) document", _SAVE_AS),
    (b"\xd0\xcf\x11\xe0", "an old Office document", _SAVE_AS),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"SQLite format 3", "an SQLite database", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
)
_ZIP_MEMBERS: tuple[tuple[bytes, str, str], ...] = (
    (b"word/", "a Word document", _SAVE_AS),
    (b"ppt/", "a PowerPoint presentation", _EXPORT),
    (b"opendocument", "an OpenDocument file", _SAVE_AS),
)
_ISO_MEDIA = {b"WEBP": "a WebP image", b"heic": "a HEIC image", b"avif": "an AVIF image"}
_KEYS = re.compile(rb'"([\w .-]{1,40})"\s*:')
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def describe(sample: Sample) -> tuple[str, str]:
    """What a file looks like that no format recognises, and a remedy."""
    head = sample.head
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if sample.size == 0:
        return "an empty file", f"Its export or its copy failed. {_EXPORT}"
    for signature, name, remedy in _SIGNATURES:
        if head.startswith(signature):
            return name, remedy
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        for member, name, remedy in _ZIP_MEMBERS:
            if member in head:
                return name, remedy
        return "a zip archive", _UNPACK
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        return _ISO_MEDIA.get(head[8:12], "a sound or a film"), _IMAGE
    if not head.strip(b"\x00"):
        return "a file of nothing but NUL bytes", f"Its export or its copy failed. {_EXPORT}"
    if len(_CONTROLS.findall(head)) * 20 > len(head):
        return "a binary file", _EXPORT
    if b"\x00" in head:
        return (
            f"a text with a NUL byte at offset {head.index(0)}",
            f"It was damaged on its way, or is no text. {_EXPORT}",
        )
    if not text:
        return "a file of nothing but blanks", f"Its export or its copy failed. {_EXPORT}"
    if text[:1] in (b"{", b"["):
        return _describe_json(text)
    if re.match(rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<svg", text, re.DOTALL):
        return "an SVG image", _IMAGE
    if re.search(rb"<html|<!doctype html|<body", text[:4096], re.IGNORECASE):
        return (
            "an HTML page of something else",
            f"No heading or section of the page of effects is in it. {_EXPORT}",
        )
    if text.startswith(b"<?xml"):
        return "an XML file", _EXPORT
    return _describe_text(text)


def _describe_json(text: bytes) -> tuple[str, str]:
    keys = list(dict.fromkeys(key.decode() for key in _KEYS.findall(text)))[:5]
    shape = "a list" if text[:1] == b"[" else "an object"
    seen = f"with the keys {', '.join(keys)}" if keys else "without a key"
    return (
        f"JSON of something else: {shape} {seen}",
        "A place's JSON has the keys `name` and `blocs`; look whether the right file was taken.",
    )


def _describe_text(text: bytes) -> tuple[str, str]:
    # Nothing of the content is repeated: nobody knows whom it names, and rejections are published.
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for delimiter in (b";", b",", b"\t"):
        counts = [line.count(delimiter) for line in lines[:5]]
        if len(lines) > 1 and (counts[0] >= 3 or (counts[0] and len(set(counts)) == 1)):
            return f"a table (CSV) of {counts[0] + 1} columns", _EXPORT
    shape = "a list of short lines" if lines and max(map(len, lines)) <= 40 else "a text of something else"
    return shape, f"None of the headings or sentences of a page of effects is in it. {_EXPORT}"
