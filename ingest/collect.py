"""Walk the PATHs of the command line: which files are exports, and what stands about them outside of them.

Nothing is read here but the manifest. What is no regular file inside the tree is refused, so that a link or a
device in a folder of exports can neither lead elsewhere nor block the job.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath

from ingest.known_files import Status, status_of
from ingest.reading import Rejection
from ingest.speech import tr

MANIFEST = "manifest.csv"
MANIFEST_COLUMNS = ("path", "year", "project_name", "collected_on", "comment")
FIRST_YEAR, LAST_YEAR = 1990, 2100

#: Larger than any export that the platform makes: a thousand responses are a few megabytes.
SIZE_LIMIT = 64 * 1024 * 1024

_YEAR_FOLDER = re.compile(r"[0-9]{4}")
_SHOWN_FAULTS = 20
_README = "readme.md"


class UsageError(Exception):
    """The command cannot do what was asked; the message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be an export, `file`, as it was when it was found. `path` is relative to the PATH it was found
    under."""

    file: str
    path: str
    status: Status
    year: int | None
    year_basis: str | None  # manifest, folder or option
    project_name: str | None = None  # from the manifest
    collected_on: date | None = None  # from the manifest


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is rejected, and why; `source_id` where its bytes could be read."""

    path: str
    source_id: str | None
    reason: str
    detail: str
    remedy: str

    @staticmethod
    def of(path: str, rejection: Rejection, source_id: str | None = None) -> Refused:
        return Refused(path, source_id, rejection.reason, rejection.detail, rejection.remedy)


@dataclass(frozen=True, slots=True)
class ManifestRow:
    line: int
    year: int | None
    project_name: str | None
    collected_on: date | None


@dataclass(slots=True)
class Collection:
    """What stands under one PATH. `notes` are remarks that stop nothing; `manifest` has its rows by path."""

    root: Path
    manifest: Mapping[str, ManifestRow] = field(default_factory=dict)
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def member(self, container: Candidate, path: str) -> Candidate:
        """What stands about a file inside of a ZIP file: what its own path tells, else what is said of that."""
        row = self.manifest.get(unicodedata.normalize("NFC", path))
        year, basis = container.year, container.year_basis
        if basis != "manifest" or (row and row.year):
            inside = PurePosixPath(path).relative_to(container.path)
            year, basis = _year(inside.parts, row, None)
            if year is None:
                year, basis = container.year, container.year_basis
        return replace(
            container,
            path=path,
            year=year,
            year_basis=basis,
            project_name=(row.project_name if row else None) or container.project_name,
            collected_on=(row.collected_on if row else None) or container.collected_on,
        )


def is_aside(name: str) -> bool:
    """Whether a file of this name stands beside the exports and is none."""
    return name.startswith(".") or name.lower() in (MANIFEST, _README)


def check_year(year: int | None) -> None:
    """Raise UsageError for a year that no export can be of; none at all is one."""
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(
            tr(
                "--year {year} is no plausible year: give one from {first} to {last}",
                year=year,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )


def collect(root: Path, year: int | None = None, size_limit: int = SIZE_LIMIT) -> Collection:
    """List the exports under `root`, a folder or a single file, in the order of their paths.

    `year` is that of the command line: it counts where neither the manifest nor a folder tells one.
    Raises UsageError if `root` is not there or its manifest cannot be read.
    """
    if not root.exists():
        raise UsageError(tr("{path} does not exist: give a folder of exports, or one export", path=root))
    check_year(year)
    root = root.resolve()
    folder = str(root.parent if root.is_file() else root)
    manifest = {} if root.is_file() else _read_manifest(root / MANIFEST)
    collection = Collection(root, manifest)
    met: set[str] = set()
    for file in [str(root)] if root.is_file() else _walk(str(root), collection):
        path = _relative(file, folder)
        name = unicodedata.normalize("NFC", path)
        row = manifest.get(name)
        met.add(name)
        try:
            status = _status_of_regular_file(file, folder, size_limit)
        except Rejection as rejection:
            collection.refused.append(Refused.of(path, rejection))
            continue
        export_year, basis = _year(file.split(os.sep), row, year)
        collection.candidates.append(
            Candidate(
                file,
                path,
                status,
                export_year,
                basis,
                row.project_name if row else None,
                row.collected_on if row else None,
            )
        )
    collection.notes.extend(
        f"{root / MANIFEST}, line {row.line}: {path} is not there. If it was deleted on purpose all is well "
        "(its answers stay); else correct the path."
        for path, row in manifest.items()
        if met.isdisjoint([path, *map(str, PurePosixPath(path).parents)])  # it may stand in a ZIP file
    )
    return collection


def read(candidate: Candidate, size_limit: int = SIZE_LIMIT) -> bytes:
    """The bytes of an export. Raises Rejection if it is no longer the file that was found, or changes meanwhile."""
    try:
        # Not to wait, should a pipe lie there by now.
        descriptor = os.open(candidate.file, os.O_RDONLY | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            before = os.fstat(descriptor)
            _check_regular(before, size_limit)
            data = file.read(before.st_size + 1)  # room for no more is made
            after = os.fstat(descriptor)
    except OSError as error:
        raise _unreadable(error) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        data
    ) != after.st_size:
        raise Rejection(
            "unreadable",
            "something was written into it while it was read",
            "Wait until it is whole, and try again.",
        )
    return data


def _walk(root: str, collection: Collection) -> Iterator[str]:
    """Every entry below `root` that is not a folder, in the order of names; hidden ones are not entered."""

    def unreadable(error: OSError) -> None:
        collection.refused.append(Refused.of(_relative(error.filename, root), _unreadable(error)))

    for folder, subfolders, names in os.walk(root, onerror=unreadable):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        # os.walk counts a link to a folder among the folders and does not follow it: it is refused below.
        links = [name for name in subfolders if os.path.islink(os.path.join(folder, name))]
        begin = os.path.join(folder, "")
        for name in sorted([*names, *links]):
            if name == MANIFEST and folder != root:
                collection.notes.append(
                    f"{os.path.join(folder, name)} is not read: a manifest counts at the root of a PATH, "
                    f"here {root}"
                )
            elif not is_aside(name):
                yield begin + name


def _relative(file: str, folder: str) -> str:
    """The path below `folder` with `/`, readable even where its bytes are not UTF-8."""
    path = file[len(folder.rstrip(os.sep)) + 1 :].replace(os.sep, "/") or "."  # the folder itself
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _status_of_regular_file(file: str, root: str, size_limit: int) -> Status:
    try:
        status = os.lstat(file)
        if stat.S_ISLNK(status.st_mode):
            target = Path(file).resolve(strict=True)
            if not target.is_relative_to(root) or not target.is_file():
                raise Rejection(
                    "link",
                    "a link that leads to no file of this folder",
                    "Put a copy of the export here instead of the link.",
                )
            status = os.stat(file)
        _check_regular(status, size_limit)
        if not os.access(file, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, RuntimeError) as error:  # RuntimeError: links that run in a circle
        raise _unreadable(error) from error
    return status_of(status)


def _check_regular(status: os.stat_result, size_limit: int) -> None:
    """Raises Rejection for what is no file, or one that is too large."""
    if not stat.S_ISREG(status.st_mode):
        raise Rejection("not-a-file", "a device, a pipe or a socket", "Remove it: exports are plain files.")
    if status.st_size > size_limit:
        raise Rejection(
            "too-large",
            f"{status.st_size:,} bytes; exports are read up to {size_limit:,}",
            "Split the file, or take the part of it that is the export.",
        )


def _unreadable(error: Exception) -> Rejection:
    # No path of this machine: rejections are published.
    cause = error.strerror if isinstance(error, OSError) else "links run in a circle"
    return Rejection("unreadable", f"cannot be opened: {cause}", "Check that you may read it.")


def _year(parts: Sequence[str], row: ManifestRow | None, option: int | None) -> tuple[int | None, str | None]:
    if row and row.year:
        return row.year, "manifest"
    for folder in reversed(parts[:-1]):
        if _YEAR_FOLDER.fullmatch(folder) and FIRST_YEAR <= int(folder) <= LAST_YEAR:
            return int(folder), "folder"
    return (option, "option") if option else (None, None)


def _read_manifest(file: Path) -> dict[str, ManifestRow]:
    """Rows by path, composed (NFC), as file systems differ in how they write an accent."""
    if not file.is_file():
        return {}
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a spreadsheet saves
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        body = [(lines.line_num, fields) for fields in lines]
    except csv.Error as error:
        raise UsageError(
            tr(
                "{file}, line {line}: no table can be read here ({error})",
                file=file,
                line=lines.line_num,
                error=error,
            )
        ) from error
    unknown = [name for name in header if name not in MANIFEST_COLUMNS]
    if "path" not in header or unknown or len(set(header)) < len(header):
        raise UsageError(
            tr(
                "{file}, line 1: the columns are {columns}. The first line must name `path` and what you need of "
                "{known}, each once.",
                file=file,
                columns=", ".join(header)[:200] or "–",
                known=", ".join(MANIFEST_COLUMNS[1:]),
            )
        )
    rows: dict[str, ManifestRow] = {}
    faults: list[str] = []
    for line, fields in body:
        if not any(field.strip() for field in fields):
            continue
        try:
            if any(field.strip() for field in fields[len(header) :]):
                raise ValueError(
                    tr(
                        "more fields than columns; put double quotes around a field that holds `{delimiter}`",
                        delimiter=delimiter,
                    )
                )
            path, row = _manifest_row(dict(zip(header, fields, strict=False)), line)
            if path in rows:
                raise ValueError(
                    tr(
                        "{path} stands on line {line} already; keep one of the two",
                        path=path[:200],
                        line=rows[path].line,
                    )
                )
            rows[path] = row
        except ValueError as fault:
            faults.append(tr("{file}, line {line}: {fault}", file=file, line=line, fault=fault))
    if faults:
        more = (
            [tr("{file}: {n} lines more", file=file, n=len(faults) - _SHOWN_FAULTS)]
            if len(faults) > _SHOWN_FAULTS
            else []
        )
        raise UsageError("\n".join(faults[:_SHOWN_FAULTS] + more))
    return rows


def _manifest_row(fields: dict[str, str], line: int) -> tuple[str, ManifestRow]:
    values = {name: value.strip() for name, value in fields.items()}
    path = unicodedata.normalize("NFC", values.get("path", "").replace("\\", "/")).removeprefix("./")
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise ValueError(
            tr("path `{path}` must be written as seen from this folder, like 2024/site.html", path=path[:200])
        )
    year = values.get("year", "")
    if year and not (_YEAR_FOLDER.fullmatch(year) and FIRST_YEAR <= int(year) <= LAST_YEAR):
        raise ValueError(
            tr(
                "year `{year}` must be a year from {first} to {last}, or empty",
                year=year[:50],
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    collected_on = values.get("collected_on", "")
    try:
        day = date.fromisoformat(collected_on) if collected_on else None
    except ValueError:
        raise ValueError(
            tr("collected_on `{day}` must be a day like 2024-03-31, or empty", day=collected_on[:50])
        ) from None
    return path, ManifestRow(line, int(year) if year else None, values.get("project_name") or None, day)
