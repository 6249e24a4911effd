"""Writing so that a crash at any moment leaves the old thing or the new one, never half of either."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from ingest.speech import tr


def explained(error: Exception) -> str:
    """What went wrong, and where it is the machine's, what helps."""
    said = str(error)
    again = " " + tr("Nothing that was accepted is lost: the next run takes up where this one ended.")
    if _is(error, errno.ENOSPC, errno.EDQUOT):
        return tr("the disk is full ({said}). Free some of it and try again.", said=said) + again
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return (
            tr(
                "there is not enough memory ({said}). Close other programs and try again.",
                said=said or tr("none left"),
            )
            + again
        )
    if is_denied(error):
        return tr(
            "something cannot be written ({said}). Look at its rights, or choose another --warehouse or --out.",
            said=said,
        )
    if isinstance(error, duckdb.Error):
        return (
            tr("the database failed ({said}). Try again; if it does not help, `effets rebuild`.", said=said)
            + again
        )
    return said


def is_denied(error: Exception) -> bool:
    """Whether something may not be written, or read, as the system has it."""
    return isinstance(error, PermissionError) or _is(error, errno.EACCES, errno.EROFS)


def is_of_the_machine(error: Exception) -> bool:
    """Whether rights, the disk or the memory lack, and not what was to be written or read is at fault."""
    return (
        is_denied(error)
        or _is(error, errno.ENOSPC, errno.EDQUOT, errno.EIO)
        or isinstance(error, MemoryError | duckdb.OutOfMemoryException)
    )


def _is(error: Exception, *codes: int) -> bool:
    """Whether the system gave one of these codes; what DuckDB passes on has their words alone."""
    if isinstance(error, OSError):
        return error.errno in codes
    return isinstance(error, duckdb.Error) and any(os.strerror(code) in str(error) for code in codes)


def replace_file(target: Path, data: bytes, via: Path | None = None) -> None:
    """Put `data` at `target` in one step, its bytes on the disk; the folder's entry is for `sync_folder`.

    It is written in the folder `via` of the same file system, or beside the target.
    """
    temporary = (via or target.parent) / f".{target.name}.tmp"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def draft_of(name: str, via: Path) -> str:
    """Where a file of this name is written before it is put in its place."""
    return f"{via}/.{name}.tmp"


def replace_files(files: Iterable[tuple[str, bytes | None]], via: Path) -> None:
    """`replace_file` for many at once, their paths as strings, of which a Path each would cost more than the writing:
    all bytes are on the disk before the first is in its place. Without data its draft is there already."""
    written: list[tuple[str, str]] = []
    placed = 0
    try:
        for target, data in files:
            temporary = draft_of(os.path.basename(target), via)
            written.append((temporary, target))
            if data is not None:
                write_file(temporary, data)
        if len(written) < _FEW or not sync_file_system(via):
            for temporary, _ in written:
                _sync(temporary, os.O_RDONLY)
        for temporary, target in written:
            os.replace(temporary, target)
            placed += 1
    finally:
        for temporary, _ in written[placed:]:
            with suppress(FileNotFoundError):
                os.unlink(temporary)


def write_file(path: str, data: bytes) -> None:
    """Write a file with no more calls than it takes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        written = os.write(descriptor, data)
        while written < len(data):
            written += os.write(descriptor, data[written:])
    finally:
        os.close(descriptor)


#: Below this number, files are put on the disk one by one.
_FEW = 16


def sync_file_system(folder: Path) -> bool:
    """Put all that was written to the file system of `folder` on the disk; False if the system cannot.

    For many files at once: one wait instead of one for each. Raises OSError if something was not written.
    """
    if sys.platform != "linux":
        return False
    try:
        synchronise = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if synchronise(descriptor) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
    finally:
        os.close(descriptor)
    return True


def replace_link(link: Path, target: Path) -> None:
    """Point the symbolic link `link` at `target`, relative to its folder, in one step."""
    temporary = link.with_name(f".{link.name}.tmp")
    temporary.unlink(missing_ok=True)
    os.symlink(target, temporary)
    try:
        os.replace(temporary, link)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(link.parent)


def sync_folder(folder: str | Path) -> None:
    """Put the entries of `folder` on the disk: what was created or renamed in it stays so after a crash."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: str | Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Put everything below `root`, and `root` itself, on the disk."""
    for folder, _, names in os.walk(root):
        for name in names:
            descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(folder))
