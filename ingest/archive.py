"""The archive: every accepted export once, its personal and secret fields removed, and a ledger of events.

    archive/objects/<aa>/<source_id>    what is stored, named by the sha256 of what was received
    archive/ledger.ndjson               one event per line, only ever added to (but see `forget`)
    archive/incoming/                   what is just being written, or what a crash left of it

The archive is the truth: every database can be made again from it. So nothing reaches a database before its
object, the object's folder and its line in the ledger are on the disk.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from ingest.collect import Refused
from ingest.console import Progress
from ingest.durable import (
    draft_of,
    replace_file,
    replace_files,
    sync_file_system,
    sync_folder,
    sync_tree,
    write_file,
)
from ingest.known_files import KnownFiles
from ingest.speech import tr


class ArchiveError(Exception):
    """The archive cannot be trusted; the message names the object or the line, and what would help."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One export as it came: from where, for which year, and what stands about it outside of it."""

    source_id: str
    path: str
    year: int | None
    year_basis: str | None
    project_name: str | None
    collected_on: str | None  # an ISO day


@dataclass(frozen=True, slots=True)
class Stored:
    """One export as it lies in the archive."""

    source_id: str
    format: str
    byte_count: int  # as received
    stored_sha256: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A report as it was published: of which year, for the how-manieth time, from which release, when.

    Its figures lie beside it in the archive, and do not change any more.
    """

    year: int
    number: int
    release: str
    published_on: str  # an ISO day
    figures_sha256: str

    @property
    def name(self) -> str:
        """What it is called: `2024`, and from the second edition on `2024-2`."""
        return str(self.year) if self.number == 1 else f"{self.year}-{self.number}"


@dataclass(slots=True)
class State:
    """What the ledger's events add up to."""

    stored: dict[str, Stored] = field(default_factory=dict)
    #: The last word on each source, year and path.
    receipts: dict[tuple[str, int | None, str], Receipt] = field(default_factory=dict)
    retracted: set[str] = field(default_factory=set)
    redated: dict[str, int] = field(default_factory=dict)
    #: By the PATH that was ingested.
    rejections: dict[str, list[Refused]] = field(default_factory=dict)
    #: Exports of forgotten projects, and those that were kept without the records of such.
    forgotten: set[str] = field(default_factory=set)
    trimmed: set[str] = field(default_factory=set)
    #: Published reports, in the order in which they were.
    editions: list[Edition] = field(default_factory=list)
    #: Whether a project was forgotten here, and not yet in all that is made from the archive.
    is_forgetting: bool = False

    def add(self, stored: Stored, receipt: Receipt) -> None:
        """Take an export in that is received now."""
        if self.stored.get(stored.source_id) != stored:
            self.forgotten.discard(stored.source_id)
            self.trimmed.discard(stored.source_id)
        self.stored[stored.source_id] = stored
        self.receipts[receipt.source_id, receipt.year, receipt.path] = receipt

    def remove(self, source_id: str) -> None:
        """Forget an export."""
        self.stored.pop(source_id, None)
        self.receipts = {key: receipt for key, receipt in self.receipts.items() if key[0] != source_id}
        self.retracted.discard(source_id)
        self.redated.pop(source_id, None)
        self.trimmed.discard(source_id)
        self.forgotten.add(source_id)

    def paths(self, source_id: str) -> list[str]:
        """Where an export was found, the smallest path first."""
        return sorted({receipt.path for receipt in self.receipts.values() if receipt.source_id == source_id})

    def met_paths(self) -> set[str]:
        """The paths at which exports were found or refused, and the folders and ZIP files that these lie in."""
        refused = (row.path for rows in self.rejections.values() for row in rows)
        met: set[str] = set()
        for path in (*(receipt.path for receipt in self.receipts.values()), *refused):
            while path and path not in met:
                met.add(path)
                path = path.rpartition("/")[0]
        return met

    def with_year(self) -> set[str]:
        """The exports of which something outside of them tells the year."""
        received = {receipt.source_id for receipt in self.receipts.values() if receipt.year is not None}
        return received | self.redated.keys()

    def knows(self, receipt: Receipt) -> bool:
        """Whether this very receipt stands in the ledger."""
        return self.receipts.get((receipt.source_id, receipt.year, receipt.path)) == receipt

    def current_receipts(self) -> list[Receipt]:
        """One receipt per source and year: that of the smallest path, completed by what the others tell.

        They do not depend on the order in which exports came.
        """
        current: list[Receipt] = []
        for source_id, keys in groupby(sorted(self.receipts, key=itemgetter(0)), key=itemgetter(0)):
            received = [self.receipts[key] for key in keys]
            if len(received) > 1 or source_id in self.redated:
                received = self._one_per_year(source_id, received)
            current += received
        return current

    def _one_per_year(self, source_id: str, received: list[Receipt]) -> list[Receipt]:
        groups: dict[int | None, list[Receipt]] = {}
        for receipt in sorted(received, key=lambda receipt: (receipt.path, receipt.year or 0)):
            groups.setdefault(self.redated.get(source_id, receipt.year), []).append(receipt)
        return [
            receipts[0]
            if len(receipts) == 1 and source_id not in self.redated
            else Receipt(
                source_id,
                receipts[0].path,
                year,
                "redated" if source_id in self.redated else _strongest_basis(receipts),
                next((r.project_name for r in receipts if r.project_name), None),
                max((r.collected_on for r in receipts if r.collected_on), default=None),
            )
            for year, receipts in groups.items()
        ]

    def current_rejections(self) -> list[Refused]:
        """Refused files whose bytes were not accepted since, each once, under its smallest path."""
        found: dict[tuple[str, str], Refused] = {}
        for rejection in sorted(
            (r for per_root in self.rejections.values() for r in per_root), key=lambda r: (r.path, r.reason)
        ):
            if rejection.source_id not in self.stored:
                found.setdefault((rejection.source_id or rejection.path, rejection.reason), rejection)
        return list(found.values())

    def last_edition(self, year: int) -> Edition | None:
        """The report of a year as it was published last, if it was."""
        return next((edition for edition in reversed(self.editions) if edition.year == year), None)

    def digest(self, receipts: Sequence[Receipt] | None = None) -> str:
        """A sha256 of all that a database takes from the archive; `receipts`: the current ones, if they are at hand."""
        content = {
            "stored": sorted((s.source_id, s.format, s.stored_sha256) for s in self.stored.values()),
            "receipts": self.current_receipts() if receipts is None else receipts,
            "retracted": sorted(self.retracted),
            "rejections": self.current_rejections(),
            "editions": self.editions,
        }
        return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _fields(row: Stored | Receipt) -> dict[str, Any]:
    """As `asdict`, of which most of the time goes into copies of what cannot change."""
    return {name: getattr(row, name) for name in row.__slots__}


_BASES = ("manifest", "folder", "option")


def _strongest_basis(receipts: Iterable[Receipt]) -> str | None:
    bases = {receipt.year_basis for receipt in receipts}
    return next((basis for basis in _BASES if basis in bases), None)


#: So many folders are put on the disk together.
MANY_FOLDERS = 16


class Archive:
    """The archive below `root`. Only the holder of the warehouse's lock may write to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = root / "ledger.ndjson"
        self.incoming = root / "incoming"
        self.editions = root / "editions"
        self._new_folders: set[str] = set()

    def sweep(self, state: State) -> None:
        """Finish what a crash left half-done: put in place what the ledger knows, remove what it does not.

        Cuts off a last line that was torn, too.
        """
        if self.ledger.exists():
            with open(self.ledger, "a+b") as file:
                end = _end_of_last_line(file)
                if end < file.seek(0, os.SEEK_END):
                    file.truncate(end)
                    os.fsync(file.fileno())
        for leftover in sorted(self.incoming.glob("*")) if self.incoming.exists() else ():
            source_id, _, digest = leftover.name.partition(".")
            stored = state.stored.get(source_id)
            if stored and stored.stored_sha256 == digest:
                os.replace(leftover, self.object_path(source_id))
                sync_folder(self.object_path(source_id).parent)
            else:
                leftover.unlink()
        for source_id in self.objects() - state.stored.keys():
            self.object_path(source_id).unlink()
        kept = {edition.name for edition in state.editions}
        for folder in self.editions.glob("*"):
            if folder.name not in kept:
                shutil.rmtree(folder)

    def length(self) -> int:
        """The bytes of the ledger: while nothing else is forgotten, it only grows with what is noted."""
        return self.ledger.stat().st_size if self.ledger.exists() else 0

    def ledger_digest(self) -> str:
        """A sha256 of the ledger as it stands there."""
        if not self.ledger.exists():
            return sha256().hexdigest()
        with open(self.ledger, "rb") as file:
            return file_digest(file, "sha256").hexdigest()

    def objects(self) -> set[str]:
        """The names of all objects that are there."""
        found: set[str] = set()
        with suppress(FileNotFoundError), os.scandir(self.root / "objects") as folders:
            for folder in folders:
                found.update(os.listdir(folder))
        return found

    def verify(
        self, state: State, progress: Progress | None = None, verified: KnownFiles | None = None
    ) -> list[str]:
        """Hash every object again, and look for others; return what is wrong, by name, and what would help.

        But for those in `verified` that nothing touched since: the others, if they are right, are noted there.
        """
        found = self.objects()
        faults = []
        for number, source_id in enumerate(sorted(state.stored), start=1):
            try:
                self._check(state.stored[source_id], verified)
            except ArchiveError as error:
                faults.append(str(error))
            if progress:
                progress(number, len(state.stored))
        for edition in state.editions:
            try:
                self.read_edition(edition)
            except ArchiveError as error:
                faults.append(str(error))
        for source_id in sorted(found - state.stored.keys()):
            faults.append(
                tr(
                    "{path} stands in no line of the ledger: exports are being ingested just now, or that was stopped "
                    "before this one was accepted; the next run removes it",
                    path=self.object_path(source_id),
                )
            )
        return faults

    def _check(self, stored: Stored, verified: KnownFiles | None) -> None:
        """Raises ArchiveError if an object is gone or not what was stored."""
        path = self._object_path(stored.source_id)
        if verified and verified.digest(path) == stored.stored_sha256:
            return
        try:
            status = os.stat(path)
        except OSError:
            status = None
        self.read(stored)
        if verified and status:
            verified.note(path, status, stored.stored_sha256)

    def object_path(self, source_id: str) -> Path:
        return Path(self._object_path(source_id))

    def _object_path(self, source_id: str) -> str:
        """As a string: a Path for each of many costs more than what is asked of its file."""
        return f"{self.root}/objects/{source_id[:2]}/{source_id}"

    def store(self, source_id: str, data: bytes) -> None:
        """Write an object; it is there for good once `record_received` has been called."""
        self.store_all([(source_id, data)])

    def store_all(self, objects: Iterable[tuple[str, bytes | None]]) -> None:
        """Write objects; they are there for good once `record_received` has been called. Without bytes: its draft."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        replace_files(map(self._placed, objects), via=self.incoming)

    def draft(self, source_id: str, data: bytes) -> None:
        """Write an object to where `store_all` takes it from. Processes may draft for the holder of the lock."""
        write_file(draft_of(source_id, self.incoming), data)

    def drop(self, source_ids: Iterable[str]) -> None:
        """Remove the drafts of objects that are not stored."""
        for source_id in source_ids:
            with suppress(FileNotFoundError):
                os.unlink(draft_of(source_id, self.incoming))

    def drop_drafts(self) -> None:
        """Remove all drafts."""
        for draft in self.incoming.glob(".*.tmp"):
            draft.unlink(missing_ok=True)

    def _placed(self, item: tuple[str, bytes | None]) -> tuple[str, bytes | None]:
        source_id, data = item
        target = self._object_path(source_id)
        folder = os.path.dirname(target)
        if folder not in self._new_folders:
            os.makedirs(folder, exist_ok=True)
            self._new_folders.update((folder, os.path.dirname(folder), str(self.root), str(self.root.parent)))
        return target, data

    def read(self, stored: Stored) -> bytes:
        """The bytes of an object. Raises ArchiveError if they are gone or are not those that were stored."""
        return _unchanged(self.object_path(stored.source_id), stored.stored_sha256)

    def read_edition(self, edition: Edition) -> bytes:
        """The figures of a published report. Raises ArchiveError as `read` does."""
        return _unchanged(self.editions / edition.name / "figures.json", edition.figures_sha256)

    def record_edition(self, edition: Edition, figures: bytes, report: Path) -> None:
        """Keep the figures of a published report, and a copy of the folder `report`; then note it in the ledger."""
        folder = self.editions / edition.name
        shutil.rmtree(folder, ignore_errors=True)  # what a crash may have left of it
        shutil.copytree(report, folder / "report")
        replace_file(folder / "figures.json", figures)
        sync_tree(folder)
        sync_folder(self.editions)
        sync_folder(self.root)
        self._append([{"event": "report_published", **asdict(edition)}])

    def record_received(self, accepted: Iterable[tuple[Stored, Receipt]]) -> None:
        """Note exports in the ledger, after their objects are on the disk."""
        if len(self._new_folders) < MANY_FOLDERS or not sync_file_system(self.root):
            for folder in sorted(self._new_folders):
                sync_folder(folder)
        self._new_folders.clear()
        self._append(
            {
                "event": "received",
                "received_sha256": stored.source_id,
                **_fields(stored),
                **_fields(receipt),
            }
            for stored, receipt in accepted
        )

    def record_rejections(self, root: str, rejections: list[Refused]) -> None:
        """Note all that is refused below the PATH `root`, in place of what was refused there before."""
        self._append([{"event": "rejected", "root": root, "rejections": [asdict(r) for r in rejections]}])

    def record_decision(self, event: str, source_id: str, **more: Any) -> None:
        """Note what somebody decided about an export: `retracted`, `restored` or `redated` (with its year)."""
        self._append([{"event": event, "source_id": source_id, **more}])

    def forget(
        self, sources: set[str], trimmed: Mapping[str, bytes], is_private: Callable[[str], bool]
    ) -> None:
        """Remove exports, and put others in the place of those that hold more than they may.

        The one change of what stands in the ledger: the lines of these exports go, and so do rejected files
        whose path `is_private`; a line stays that names no more than the hashes of what was received.
        """
        digests = {source_id: sha256(data).hexdigest() for source_id, data in trimmed.items()}
        self.incoming.mkdir(exist_ok=True)
        for source_id, data in trimmed.items():
            replace_file(self.incoming / f"{source_id}.{digests[source_id]}", data)
        sync_folder(self.incoming)
        kept = [
            event
            for line in self._lines()
            if (event := _without(json.loads(line), sources, is_private)) is not None
        ]
        forgotten = {"event": "forgotten", "source_ids": sorted(sources), "trimmed": digests}
        kept.append({"recorded_at": _now(), **forgotten})
        replace_file(self.ledger, "".join(map(_line, kept)).encode())
        sync_folder(self.root)
        self.sweep(self.state())

    def record_forgotten(self) -> None:
        """Note that what was forgotten here is in nothing that is made from the archive any more."""
        self._append([{"event": "forgotten_everywhere"}])

    def state(self) -> State:
        """Read the ledger.

        A last line that was torn by a crash does not count: its export was not accepted. Raises ArchiveError
        for any other line that cannot be read.
        """
        state = State()
        for number, line in enumerate(self._lines(), start=1):
            try:
                _apply(orjson.loads(line), state)
            except (ValueError, KeyError, TypeError) as error:
                raise ArchiveError(
                    tr(
                        "{file}, line {line} is damaged, or was written by a newer version of effets ({error}): put "
                        "the ledger back from a copy",
                        file=self.ledger,
                        line=number,
                        error=f"{type(error).__name__}: {error}",
                    )
                ) from error
        return state

    def _lines(self) -> list[bytes]:
        """The complete lines of the ledger."""
        if not self.ledger.exists():
            return []
        complete, _, _torn = self.ledger.read_bytes().rpartition(b"\n")
        return complete.split(b"\n") if complete else []

    def _append(self, events: Iterable[dict[str, Any]]) -> None:
        """Add lines, cutting off first what a crash may have left of one."""
        recorded_at = _now()
        lines = [_line({"recorded_at": recorded_at, **event}) for event in events]
        if not lines:
            return
        self.root.mkdir(parents=True, exist_ok=True)
        with open(self.ledger, "a+b") as file:
            is_new = file.tell() == 0
            file.truncate(_end_of_last_line(file))
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self.root)


def _unchanged(path: Path, digest: str) -> bytes:
    """The bytes of a file that must be those of this sha256."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArchiveError(
            tr(
                "{path} cannot be read ({error}): put it back from a copy of the archive",
                path=path,
                error=error.strerror,
            )
        ) from error
    if sha256(data).hexdigest() != digest:
        raise ArchiveError(
            tr("{path} was changed since it was stored: put it back from a copy of the archive", path=path)
        )
    return data


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


_encoded = json.JSONEncoder(ensure_ascii=False).encode


def _line(event: dict[str, Any]) -> str:
    return f"{_encoded(event)}\n"


def _without(
    event: dict[str, Any], sources: set[str], is_private: Callable[[str], bool]
) -> dict[str, Any] | None:
    """An event without what is to be forgotten; None if nothing is left of it."""
    if event["event"] == "rejected":
        rows = [
            row
            for row in event["rejections"]
            if row["source_id"] not in sources and not is_private(row["path"])
        ]
        return {**event, "rejections": rows}
    return None if event.get("source_id") in sources else event


def _end_of_last_line(file: BinaryIO) -> int:
    """Where the last complete line ends. Leaves the position anywhere: the file is open for adding."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - 4096)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


_STORED = itemgetter(*Stored.__dataclass_fields__)
_RECEIPT = itemgetter(*Receipt.__dataclass_fields__)


def _apply(event: dict[str, Any], state: State) -> None:
    match event["event"]:
        case "received":
            state.add(Stored(*_STORED(event)), Receipt(*_RECEIPT(event)))
        case "rejected":
            state.rejections[event["root"]] = [Refused(**row) for row in event["rejections"]]
        case "retracted":
            state.retracted.add(event["source_id"])
        case "restored":
            state.retracted.discard(event["source_id"])
        case "report_published":
            state.editions.append(Edition(**{name: event[name] for name in Edition.__dataclass_fields__}))
        case "redated" if event["year"] is None:
            state.redated.pop(event["source_id"], None)
        case "redated":
            state.redated[event["source_id"]] = int(event["year"])
        case "forgotten":
            for source_id in event["source_ids"]:
                state.remove(source_id)
            for source_id, digest in event["trimmed"].items():
                state.stored[source_id] = replace(state.stored[source_id], stored_sha256=digest)
                state.trimmed.add(source_id)
            state.is_forgetting = True
        case "forgotten_everywhere":
            state.is_forgetting = False
        case unknown:
            raise ValueError(f"event {unknown!r}")
