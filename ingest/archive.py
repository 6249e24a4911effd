"""The archive: every accepted export once, its personal and secret fields removed, and a ledger of events.

    archive/objects/<aa>/<source_id>    what is stored, named by the sha256 of what was received
    archive/ledger.ndjson               one event per line, only ever added to
    archive/incoming/                   what is just being written, or what a crash left of it

The archive is the truth: every database can be made again from it. So nothing reaches a database before its
object, the object's folder and its line in the ledger are on the disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from ingest.collect import Refused
from ingest.durable import replace_file, sync_folder


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

    def add(self, stored: Stored, receipt: Receipt) -> None:
        """Take an export in that is received now."""
        self.stored[stored.source_id] = stored
        self.receipts[receipt.source_id, receipt.year, receipt.path] = receipt

    def knows(self, receipt: Receipt) -> bool:
        """Whether this very receipt stands in the ledger."""
        return self.receipts.get((receipt.source_id, receipt.year, receipt.path)) == receipt

    def current_receipts(self) -> list[Receipt]:
        """One receipt per source and year: that of the smallest path, completed by what the others tell.

        They do not depend on the order in which exports came.
        """
        groups: dict[tuple[str, int | None], list[Receipt]] = {}
        for key in sorted(self.receipts, key=lambda key: (key[0], key[2], key[1] or 0)):
            receipt = self.receipts[key]
            if receipt.source_id in self.redated:
                year: int | None = self.redated[receipt.source_id]
            else:
                year = receipt.year
            groups.setdefault((receipt.source_id, year), []).append(receipt)
        return [
            Receipt(
                source_id,
                receipts[0].path,
                year,
                "redated" if source_id in self.redated else _strongest_basis(receipts),
                next((r.project_name for r in receipts if r.project_name), None),
                max((r.collected_on for r in receipts if r.collected_on), default=None),
            )
            for (source_id, year), receipts in groups.items()
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

    def digest(self) -> str:
        """A sha256 of all that a database takes from the archive."""
        content = {
            "stored": sorted((s.source_id, s.format, s.stored_sha256) for s in self.stored.values()),
            "receipts": [asdict(receipt) for receipt in self.current_receipts()],
            "retracted": sorted(self.retracted),
            "rejections": [asdict(rejection) for rejection in self.current_rejections()],
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


_BASES = ("manifest", "folder", "option")


def _strongest_basis(receipts: Iterable[Receipt]) -> str | None:
    bases = {receipt.year_basis for receipt in receipts}
    return next((basis for basis in _BASES if basis in bases), None)


class Archive:
    """The archive below `root`. Only the holder of the warehouse's lock may write to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = root / "ledger.ndjson"
        self.incoming = root / "incoming"
        self._new_folders: set[Path] = set()

    def sweep(self) -> None:
        """Remove what a crash left half-written."""
        for leftover in self.incoming.glob(".*"):
            leftover.unlink()

    def object_path(self, source_id: str) -> Path:
        return self.root / "objects" / source_id[:2] / source_id

    def store(self, source_id: str, data: bytes) -> None:
        """Write an object; it is there for good once `record_received` has been called."""
        target = self.object_path(source_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.incoming.mkdir(exist_ok=True)
        replace_file(target, data, via=self.incoming)
        self._new_folders.update((target.parent, target.parent.parent, self.root, self.root.parent))

    def read(self, stored: Stored) -> bytes:
        """The bytes of an object. Raises ArchiveError if they are gone or are not those that were stored."""
        path = self.object_path(stored.source_id)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArchiveError(
                f"{path} cannot be read ({error.strerror}): put it back from a copy of the archive"
            ) from error
        if sha256(data).hexdigest() != stored.stored_sha256:
            raise ArchiveError(
                f"{path} was changed since it was stored: put it back from a copy of the archive"
            )
        return data

    def record_received(self, accepted: Iterable[tuple[Stored, Receipt]]) -> None:
        """Note exports in the ledger, after their objects are on the disk."""
        for folder in sorted(self._new_folders):
            sync_folder(folder)
        self._new_folders.clear()
        self._append(
            {
                "event": "received",
                "received_sha256": stored.source_id,
                **asdict(stored),
                **asdict(receipt),
            }
            for stored, receipt in accepted
        )

    def record_rejections(self, root: str, rejections: list[Refused]) -> None:
        """Note all that is refused below the PATH `root`, in place of what was refused there before."""
        self._append([{"event": "rejected", "root": root, "rejections": [asdict(r) for r in rejections]}])

    def state(self) -> State:
        """Read the ledger.

        A last line that was torn by a crash does not count: its export was not accepted. Raises ArchiveError
        for any other line that cannot be read.
        """
        state = State()
        if not self.ledger.exists():
            return state
        complete, _, _torn = self.ledger.read_bytes().rpartition(b"\n")
        for number, line in enumerate(complete.split(b"\n") if complete else [], start=1):
            try:
                _apply(json.loads(line), state)
            except (ValueError, KeyError, TypeError) as error:
                raise ArchiveError(
                    f"{self.ledger}, line {number} is damaged, or was written by a newer version of effets "
                    f"({type(error).__name__}: {error}): put the ledger back from a copy"
                ) from error
        return state

    def _append(self, events: Iterable[dict[str, Any]]) -> None:
        """Add lines, cutting off first what a crash may have left of one."""
        recorded_at = datetime.now(UTC).isoformat(timespec="seconds")
        lines = [
            json.dumps({"recorded_at": recorded_at, **event}, ensure_ascii=False) + "\n" for event in events
        ]
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


def _apply(event: dict[str, Any], state: State) -> None:
    match event["event"]:
        case "received":
            stored = Stored(**{name: event[name] for name in Stored.__dataclass_fields__})
            receipt = Receipt(**{name: event[name] for name in Receipt.__dataclass_fields__})
            state.add(stored, receipt)
        case "rejected":
            state.rejections[event["root"]] = [Refused(**row) for row in event["rejections"]]
        case "retracted":
            state.retracted.add(event["source_id"])
        case "redated":
            state.redated[event["source_id"]] = int(event["year"])
        case unknown:
            raise ValueError(f"event {unknown!r}")
