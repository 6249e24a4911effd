"""The way in: files → readings → archive → raw tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

from ingest.archive import Archive, Receipt, State, Stored
from ingest.arrivals import Arrival, rounds
from ingest.beside import Beside
from ingest.codebook import Codebook
from ingest.collect import Collection, Refused, collect
from ingest.console import Progress
from ingest.databases import insert, to_arrow
from ingest.expectations import Validation, validate
from ingest.export import read_export
from ingest.garbage import rare_search
from ingest.known_files import KnownFiles
from ingest.queries import Queries
from ingest.raw_tables import RawTables
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.validator import prepare, write_data_docs
from ingest.warehouse import PROJECT_ROOT, Warehouse


@dataclass(slots=True)
class Intake:
    """What became of the files, and the `state` of the archive then.

    `remark` says why the archive was read anew, if it was (`caught_up`).
    """

    new: list[str] = field(default_factory=list)
    known: int = 0
    received_again: int = 0  # known bytes under another path or for another year
    rejected: list[Refused] = field(default_factory=list)
    doubtful: list[Refused] = field(default_factory=list)  # new, and taken all the same
    notes: list[str] = field(default_factory=list)
    remark: str | None = None
    caught_up: int = 0
    archive_digest: str = ""
    state: State = field(default_factory=State)


@rare_search()
def ingest(
    paths: Iterable[Path],
    warehouse: Warehouse,
    year: int | None = None,
    progress: Progress | None = None,
    *,
    again: bool = False,
    foresee_news: Callable[[], None] = lambda: None,
) -> Intake:
    """Archive and load the exports under `paths`; the caller holds the warehouse's lock.

    `year` is for files about which nothing else tells one; `again` takes in what was forgotten; `foresee_news` is
    called before anything is read, if something new is likely. A rejection never stops the others. Without paths,
    the raw tables are brought up to the archive.
    Raises UsageError for a PATH or a manifest that cannot be used, ArchiveError for a damaged archive.
    """
    collections = _collect(paths, year)
    archive = Archive(warehouse.archive)
    state = archive.state()
    met = state.met_paths() if collections else set()
    is_new = not all(file.path in met for collection in collections for file in collection.candidates)
    if is_new:
        prepare()  # beside all that comes before it is read
    archive.sweep(state)
    if state.is_forgetting:
        warehouse.clear()  # a database keeps in its file what was deleted from it
    if is_new:
        foresee_news()
    intake = Intake(notes=[note for collection in collections for note in collection.notes], state=state)
    shutil.rmtree(warehouse.spill, ignore_errors=True)  # what a crash left there
    known_files = KnownFiles(warehouse.known_files) if collections else None
    try:
        with Beside() as judging, Beside() as keeping:
            with (
                RawTables(warehouse.build_database, PROJECT_ROOT, warehouse.spill) as tables,
                Queries(tables.codebook, warehouse.spill) as queries,
            ):
                # A round is judged while the next one is read, and kept while that one is judged.
                turns = [Readings(tables.codebook, warehouse.spill, queries) for _ in range(3)]
                failures = _catch_up(tables, archive, state, intake, turns[0])

                def settle(arrivals: list[Arrival], readings: Readings) -> None:
                    accepted = _accept(arrivals, readings, intake)
                    keeping.wait()
                    keeping.begin(keep, arrivals, readings, accepted)

                def keep(arrivals: list[Arrival], readings: Readings, accepted: set[str]) -> None:
                    dated = tables.dated() | readings.dated()
                    archive.store_all(
                        (source_id, readings.exports[source_id].data) for source_id in sorted(accepted)
                    )
                    archive.record_received(_add_news(arrivals, accepted, dated, state, intake))
                    archive.drop(readings.exports.keys() - accepted)
                    tables.take(readings, accepted)
                    readings.clear()

                def settled() -> None:
                    judging.wait()
                    keeping.wait()

                with closing(
                    rounds(collections, state, turns, progress, again, known_files, settled, archive)
                ) as looked:
                    for arrivals, readings in looked:
                        judging.wait()
                        judging.begin(settle, arrivals, readings)
                settled()
                judging.begin(write_data_docs, warehouse.data_docs)
                _report_refused(collections, intake)
                for collection in collections:
                    _note_rejections(str(collection.root), collection.refused, archive, state)
                for root in [
                    root for root, refused in state.rejections.items() if refused and not Path(root).exists()
                ]:
                    _note_rejections(root, [], archive, state)
                intake.rejected.extend(failures)
                intake.archive_digest = tables.settle(state, failures, archive)
            if known_files and known_files.has_news:
                known_files.save()
            judging.wait()
    except BaseException:
        archive.drop_drafts()
        raise
    return intake


@rare_search()
def rehearse(
    paths: Iterable[Path],
    warehouse: Warehouse,
    year: int | None = None,
    progress: Progress | None = None,
    *,
    again: bool = False,
) -> Intake:
    """Say what `ingest` would do with the files, and write nothing anywhere."""
    collections = _collect(paths, year)
    state = Archive(warehouse.archive).state()
    intake = Intake(notes=[note for collection in collections for note in collection.notes], state=state)
    readings = Readings(Codebook.load(PROJECT_ROOT))
    for arrivals, _ in rounds(collections, state, [readings], progress, again):
        _add_news(arrivals, _accept(arrivals, readings, intake), readings.dated(), state, intake)
        readings.clear()
    _report_refused(collections, intake)
    return intake


def judge(readings: Readings) -> Validation:
    """Why which exports of a round cannot be taken, and which are in doubt; the readings keep the latter."""
    failures = readings.failures()
    validation = validate(readings)
    validation.rejections.update(failures)
    doubts = [astuple(doubt) for doubt in validation.warnings]
    for name, rows in (("doubts", doubts), ("validations", validation.checked)):
        if rows:
            insert(readings.connection, name, to_arrow(name, rows))
    return validation


def _collect(paths: Iterable[Path], year: int | None) -> list[Collection]:
    return [collect(root, year) for root in dict.fromkeys(path.resolve() for path in paths)]


def _catch_up(
    tables: RawTables, archive: Archive, state: State, intake: Intake, readings: Readings
) -> list[Refused]:
    """Load what the archive holds and the tables do not, by way of `readings`; return what can no longer be read.

    All of it after a change of the readers, what a crash left over, nothing otherwise. Raises ArchiveError if
    an object is missing or damaged.
    """
    failures: dict[str, Rejection] = {}
    missing = tables.missing(state, archive)
    dateless = set(missing) - state.with_year()

    def take() -> None:
        failures.update(judge(readings).rejections)
        failures.update(dict.fromkeys(dateless & readings.exports.keys() - readings.dated(), _NO_YEAR))
        tables.take(readings, readings.exports.keys() - failures.keys())
        readings.clear()

    if missing:
        prepare()
    for source_id in missing:
        stored = state.stored[source_id]
        data = archive.read(stored)
        try:
            readings.add(read_export(source_id, stored.format, stored.byte_count, data, tables.codebook))
        except Rejection as rejection:
            failures[source_id] = rejection
        if readings.is_full:
            take()
    take()
    intake.caught_up = len(missing) - len(failures)
    intake.remark = tables.remark
    return [
        Refused.of(state.paths(source_id)[0], rejection, source_id)
        for source_id, rejection in sorted(failures.items())
    ]


_NO_YEAR = Rejection(
    "no-year",
    "nothing says for which year this export is",
    "Put it into a folder named after the year, name the year in manifest.csv, or give --year.",
)


def _accept(arrivals: list[Arrival], readings: Readings, intake: Intake) -> set[str]:
    """The new exports that can be taken; the others are added to what their collections refuse.

    Those in doubt are added to `intake`.
    """
    judged = judge(readings)
    refused = judged.rejections
    dated = readings.dated()
    accepted = {
        arrival.receipt.source_id
        for arrival in arrivals
        if arrival.receipt.year is not None or arrival.receipt.source_id in dated
    } & (readings.exports.keys() - refused.keys())
    for arrival in arrivals:
        source_id = arrival.receipt.source_id
        if source_id in readings.exports and source_id not in accepted:
            rejection = refused.get(source_id, _NO_YEAR)
            arrival.collection.refused.append(Refused.of(arrival.receipt.path, rejection, source_id))
    paths = {arrival.receipt.source_id: arrival.receipt.path for arrival in reversed(arrivals)}
    intake.doubtful += [
        Refused(paths[doubt.source_id], doubt.source_id, doubt.expectation, doubt.detail, doubt.remedy)
        for doubt in judged.warnings
        if doubt.source_id in accepted
    ]
    return accepted


def _add_news(
    arrivals: list[Arrival], accepted: set[str], dated: set[str], state: State, intake: Intake
) -> list[tuple[Stored, Receipt]]:
    """Add to `state`, and return, what is to be noted in the ledger; count what is new and what is not.

    News are new exports, and known bytes under another path, for another year, or with other words in the
    manifest. `dated`: the exports that need no year from outside.
    """
    news: list[tuple[Stored, Receipt]] = []
    met: set[str] = set()
    for arrival in arrivals:
        receipt = arrival.receipt
        source_id = receipt.source_id
        if source_id not in accepted and source_id not in state.stored:
            continue  # refused
        if receipt.year is None and source_id not in dated:
            intake.known += 1
            continue
        if source_id in accepted and source_id not in met:
            met.add(source_id)
            intake.new.append(receipt.path)
        else:
            intake.known += 1
            if state.knows(receipt):
                continue
            intake.received_again += 1
        state.add(arrival.stored, receipt)
        news.append((arrival.stored, receipt))
    return news


def _report_refused(collections: list[Collection], intake: Intake) -> None:
    for collection in collections:
        collection.refused.sort(key=lambda refused: refused.path)
        intake.rejected.extend(collection.refused)


def _note_rejections(root: str, refused: list[Refused], archive: Archive, state: State) -> None:
    # What is noted is published: the path of something forgotten may name it.
    noted = [
        replace(row, path=f"forgotten/{row.source_id[:12]}")
        if row.reason == "forgotten" and row.source_id
        else row
        for row in refused
    ]
    if state.rejections.get(root, []) != noted:
        archive.record_rejections(root, noted)
        state.rejections[root] = noted
