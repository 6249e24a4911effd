"""The way in: files → archive → raw tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ingest.archive import Archive, Receipt, State, Stored
from ingest.codebook import Codebook
from ingest.collect import Candidate, Collection, Refused, collect, read
from ingest.console import Progress
from ingest.identify import Sample, identify
from ingest.raw_tables import Batch, Export, RawTables, read_export
from ingest.reading import Rejection
from ingest.warehouse import PROJECT_ROOT, Warehouse


@dataclass(slots=True)
class Intake:
    """What became of the files. `remark` says why the archive was read anew, if it was (`caught_up`)."""

    new: list[str] = field(default_factory=list)
    known: int = 0
    received_again: int = 0  # known bytes under another path or for another year
    rejected: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remark: str | None = None
    caught_up: int = 0
    archive_digest: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that is an export. `export` is what there is to load of it: null for bytes known before."""

    stored: Stored
    receipt: Receipt
    export: Export | None


def ingest(
    paths: Iterable[Path], warehouse: Warehouse, year: int | None = None, progress: Progress | None = None
) -> Intake:
    """Archive and load the exports under `paths`; the caller holds the warehouse's lock.

    `year` is for files about which neither a manifest nor a folder tells one. A rejection never stops the
    others. Without paths, the raw tables are brought up to the archive.
    Raises UsageError for a PATH or a manifest that cannot be used, ArchiveError for a damaged archive.
    """
    collections = _collect(paths, year)
    archive = Archive(warehouse.archive)
    archive.sweep()
    state = archive.state()
    intake = Intake(notes=[note for collection in collections for note in collection.notes])
    with RawTables(warehouse.build_database, PROJECT_ROOT) as tables:
        intake.caught_up = tables.catch_up(archive, state)
        intake.remark = tables.remark
        batch = Batch()
        receipts: list[tuple[Stored, Receipt]] = []

        def flush() -> None:
            archive.record_received(receipts)
            receipts.clear()
            tables.load(batch.take())

        for outcome in _examine(collections, state, tables.codebook, intake, progress):
            receipts.append((outcome.stored, outcome.receipt))
            if outcome.export:
                archive.store(outcome.stored.source_id, outcome.export.data)
                batch.add(outcome.export)
            if batch.is_full:
                flush()
        flush()
        for collection in collections:
            _note_rejections(str(collection.root), collection.refused, archive, state)
        for root in [
            root for root, refused in state.rejections.items() if refused and not Path(root).exists()
        ]:
            _note_rejections(root, [], archive, state)
        intake.rejected.extend(tables.failures)
        tables.settle(state)
    intake.archive_digest = state.digest()
    return intake


def rehearse(
    paths: Iterable[Path], warehouse: Warehouse, year: int | None = None, progress: Progress | None = None
) -> Intake:
    """Say what `ingest` would do with the files, and write nothing anywhere."""
    collections = _collect(paths, year)
    intake = Intake(notes=[note for collection in collections for note in collection.notes])
    state = Archive(warehouse.archive).state()
    for _ in _examine(collections, state, Codebook.load(PROJECT_ROOT), intake, progress):
        pass
    return intake


def _collect(paths: Iterable[Path], year: int | None) -> list[Collection]:
    return [collect(root, year) for root in dict.fromkeys(path.resolve() for path in paths)]


def _examine(
    collections: list[Collection],
    state: State,
    codebook: Codebook,
    intake: Intake,
    progress: Progress | None,
) -> Iterator[Accepted]:
    """Yield what is to be noted in the ledger, adding it to `state`; count in `intake` what is not.

    What is refused is added to its collection too.
    """
    total = sum(len(collection.candidates) for collection in collections)
    done = 0
    for collection in collections:
        for candidate in collection.candidates:
            source_id = None
            try:
                data = read(candidate)
                source_id = sha256(data).hexdigest()
                accepted = _accept(candidate, source_id, data, state.stored.get(source_id), codebook)
            except Rejection as rejection:
                collection.refused.append(Refused.of(candidate.path, rejection, source_id))
            else:
                if accepted.export:
                    intake.new.append(candidate.path)
                else:
                    intake.known += 1
                if accepted.export or _is_news(accepted.receipt, state):
                    intake.received_again += accepted.export is None
                    state.add(accepted.stored, accepted.receipt)
                    yield accepted
            done += 1
            if progress:
                progress(done, total)
        collection.refused.sort(key=lambda refused: refused.path)
        intake.rejected.extend(collection.refused)


def _accept(
    candidate: Candidate, source_id: str, data: bytes, stored: Stored | None, codebook: Codebook
) -> Accepted:
    """Recognise, check, redact and read a file, unless its bytes are in the archive. Raises Rejection."""
    receipt = Receipt(
        source_id,
        candidate.path,
        candidate.year,
        candidate.year_basis,
        candidate.project_name,
        candidate.collected_on.isoformat() if candidate.collected_on else None,
    )
    if stored:
        return Accepted(stored, receipt, None)
    module = identify(Sample.of(candidate.path, data))
    redacted = module.redact(data)
    if candidate.year is None:
        raise Rejection(
            "no-year",
            "nothing says for which year this export is",
            "Put it into a folder named after the year, name the year in manifest.csv, or give --year.",
        )
    export = read_export(source_id, module.NAME, len(data), redacted, codebook)
    return Accepted(Stored(source_id, module.NAME, len(data), sha256(redacted).hexdigest()), receipt, export)


def _is_news(receipt: Receipt, state: State) -> bool:
    """Whether known bytes came under another path, for another year, or with other words in the manifest."""
    return receipt.year is not None and not state.knows(receipt)


def _note_rejections(root: str, refused: list[Refused], archive: Archive, state: State) -> None:
    if state.rejections.get(root, []) != refused:
        archive.record_rejections(root, refused)
        state.rejections[root] = refused
