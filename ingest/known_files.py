"""Files whose bytes were hashed before: while a file's status stays what it was, so do its bytes.

Size, times, inode and device are compared; the time of the last change of the status cannot be set by anybody.
A file that was written just before it was looked at is looked at again, as more may come within the clock's
grain. Paths are kept as hashes, as they may name what is to be forgotten. A list is a convenience: without it, or
with a damaged one, every file is opened and hashed.
"""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import orjson

from ingest.durable import replace_file

#: A file must be this old, in nanoseconds, to be known by its status.
_GRAIN = 2_000_000_000

#: What changes with any change of a file (`status_of`).
Status = tuple[int, int, int, int, int]


class KnownFiles:
    """The list in `file`; what is noted counts from `save` on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, tuple[Status, str]] = {}
        self._met: dict[str, tuple[Status, str]] = {}
        self.has_news = False
        try:
            content = orjson.loads(file.read_bytes())
            self._known = {
                path: ((size, modified, changed, inode, device), digest)
                for path, (size, modified, changed, inode, device, digest) in content.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            self.has_news = True

    def digest(self, path: str | Path, status: Status | None = None) -> str | None:
        """The sha256 of a file that is what it was; None if it has to be opened. `status`: the file's, if at hand."""
        if not self._known:
            return None
        name = _name(path)
        known = self._known.get(name)
        if known is None:
            return None
        try:
            if (status or status_of(os.stat(path))) != known[0]:
                return None
        except OSError:
            return None
        self._met[name] = known
        return known[1]

    def note(self, path: str | Path, status: os.stat_result, digest: str) -> None:
        """Remember a file: `status` as it was before its bytes were read."""
        if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _GRAIN:
            name, met = _name(path), (status_of(status), digest)
            self._met[name] = met
            self.has_news |= self._known.get(name) != met

    def save(self) -> None:
        """Write what was met in place of what was known, if that is something else."""
        if self.has_news or len(self._met) < len(self._known):
            content = {path: [*status, digest] for path, (status, digest) in self._met.items()}
            replace_file(self._file, orjson.dumps(content))


def _name(path: str | Path) -> str:
    return sha256(os.fsencode(path)).hexdigest()[:32]


def status_of(status: os.stat_result) -> Status:
    """What tells two states of a file apart."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev
