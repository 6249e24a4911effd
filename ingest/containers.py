"""Look into ZIP files: the members that may be exports, one after the other, and why others are refused.

Nothing is unpacked onto the disk, and nothing that an archive says of itself is believed: sizes are counted as
its members are read. A ZIP inside a ZIP is looked into like a folder.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from ingest.reading import Rejection


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one file, the ZIP files inside it included."""

    member_bytes: int = 64 * 1024 * 1024  # as large as an export may be that lies in a folder
    total_bytes: int = 1024 * 1024 * 1024
    member_count: int = 20_000
    depth: int = 4
    #: Times that a member may be larger than it is packed: text packs to a twentieth, a bomb to a thousandth.
    ratio: int = 250
    #: Smaller members may pack as well as they like.
    ratio_from: int = 1024 * 1024


LIMITS = Limits()

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
#: Office documents are ZIP files as well, known by these members.
_DOCUMENT_PARTS = frozenset({"[Content_Types].xml", "mimetype"})
_HIDDEN = re.compile(r"(?:^|/)(?:\.(?!\.?/)|__MACOSX/)")
_CHUNK = 1024 * 1024

_UNPACK = "Unpack it, look at what it holds, and put the exports themselves into the folder."
_AGAIN = "The file is damaged or cut off: pack it, or fetch it, again."


def is_container(data: bytes) -> bool:
    """Whether `data` is a ZIP file to look into: one that is no office document."""
    if not data.startswith(_MAGIC):
        return False
    if not any(part.encode() in data for part in _DOCUMENT_PARTS):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _DOCUMENT_PARTS.isdisjoint(archive.namelist())
    except Exception:  # damaged: looking into it will say how
        return True


def members(data: bytes, path: str, limits: Limits = LIMITS) -> Iterator[tuple[str, bytes | Rejection]]:
    """The files in the ZIP file `data`, in the order of their names: path and bytes, or why they are refused.

    A member's path is that of the file and its own inside: `archive.zip/inner/page.html`. Folders and hidden
    files are passed over. Nothing that stands in the file makes this raise: what cannot be read at all, or
    goes on beyond all measure, ends with one last refusal under the file's own path.
    """
    walk = _Walk(limits, limits.total_bytes, limits.member_count)
    met = False
    try:
        for member in walk.members(data, path, 1):
            met = True
            yield member
    except _Beyond as beyond:
        yield path, beyond.rejection
    else:
        if not met:
            yield path, Rejection("empty", "a ZIP file with no file inside", "Pack it again.")


class _Beyond(Exception):
    """No more of the outermost file is read."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(str(rejection))
        self.rejection = rejection


@dataclass(slots=True)
class _Walk:
    """One outermost file, and what may still be read of it."""

    limits: Limits
    bytes_left: int
    members_left: int

    def members(self, data: bytes, path: str, depth: int) -> Iterator[tuple[str, bytes | Rejection]]:
        if data.count(_ENTRY) > self.members_left:  # before a list of millions is made of them
            raise self._too_many()
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
            entries = sorted(
                ((_name(entry), entry) for entry in archive.infolist()), key=lambda pair: pair[0]
            )
        except Exception as error:  # damaged in whatever way
            yield path, Rejection("unreadable", f"no ZIP file that can be read: {str(error)[:200]}", _AGAIN)
            return
        with archive:
            for name, entry in entries:
                if name.endswith("/") or _HIDDEN.search(name):
                    continue
                self.members_left -= 1
                if self.members_left < 0:
                    raise self._too_many()
                inner = f"{path}/{_below(name)}"
                try:
                    content = self._read(archive, entry, name)
                except Rejection as rejection:
                    yield inner, rejection
                    continue
                if not is_container(content):
                    yield inner, content
                elif depth < self.limits.depth:
                    yield from self.members(content, inner, depth + 1)
                else:
                    yield inner, Rejection("nested", f"ZIP files {depth + 1} deep inside each other", _UNPACK)

    def _read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
        """The bytes of a member. Raises Rejection, and _Beyond where all that may be read is spent."""
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            raise Rejection("unsafe-path", "a member whose path leads out of the ZIP file", _UNPACK)
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise Rejection("link", "a member that is a link or a device", "Pack the file itself.")
        if entry.flag_bits & 0x1:
            raise Rejection("encrypted", "a member locked with a password", "Unpack it with the password.")
        limits = self.limits
        pieces: list[bytes] = []
        size = 0
        try:
            with archive.open(entry) as file:
                while piece := file.read(_CHUNK):
                    size += len(piece)
                    if size > min(limits.member_bytes, self.bytes_left) or self._is_bomb(size, entry):
                        break
                    pieces.append(piece)
        except Exception as error:  # damaged in whatever way, or packed in one that is not known
            raise Rejection(
                "unreadable", f"a member that cannot be unpacked: {str(error)[:200]}", _AGAIN
            ) from error
        self.bytes_left -= size
        if self.bytes_left < 0:
            detail = f"more than {limits.total_bytes:,} bytes when unpacked"
            raise _Beyond(Rejection("too-large", detail, "Split it into several ZIP files."))
        if size > limits.member_bytes:
            detail = f"more than {limits.member_bytes:,} bytes when unpacked"
            raise Rejection("too-large", detail, "Split the file, or take the part of it that is the export.")
        if self._is_bomb(size, entry):
            raise Rejection("bomb", f"more than {limits.ratio} times as large as it is packed", _UNPACK)
        return b"".join(pieces)

    def _is_bomb(self, size: int, entry: zipfile.ZipInfo) -> bool:
        return size > self.limits.ratio_from and size > self.limits.ratio * max(entry.compress_size, 1)

    def _too_many(self) -> _Beyond:
        detail = f"more than {self.limits.member_count:,} files inside"
        return _Beyond(Rejection("too-many", detail, "Split it into several ZIP files."))


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name: many programs write UTF-8 and forget to say so."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _below(name: str) -> str:
    """The name as a path below the ZIP file, whatever it says of itself."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
