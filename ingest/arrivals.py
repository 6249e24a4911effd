"""Look at the files of a run, in the order of their paths, and read what is new among them, in rounds.

Files are opened and hashed here, one after the other; what is new and many is recognised, redacted and read by
other processes, while this one goes on. Only some files are in memory at a time, whatever their number.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from itertools import cycle
from operator import attrgetter
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from typing import Any

from ingest import helper
from ingest.archive import Archive, Receipt, State, Stored
from ingest.codebook import Codebook
from ingest.collect import Candidate, Collection, Refused, is_aside, read
from ingest.console import Progress
from ingest.containers import is_container, members
from ingest.export import Export, read_export
from ingest.formats import BY_NAME
from ingest.garbage import rare_search
from ingest.identify import Sample, identify
from ingest.known_files import KnownFiles
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.validator import prepare
from ingest.warehouse import PROJECT_ROOT

#: Files that are read together, and so many bytes at most.
CHUNK_FILES = 100
CHUNK_BYTES = 4 * 1024 * 1024
#: With fewer files than this, other processes would take longer to begin than to read.
FILES_WORTH_A_POOL = 400


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that may be an export: where it was found, and how it would lie in the archive."""

    collection: Collection
    stored: Stored
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file, or one inside a ZIP file, and its bytes, if they are needed, or why they cannot be had."""

    collection: Collection
    candidate: Candidate
    source_id: str | None
    data: bytes | None
    rejection: Rejection | None
    ends: int  # files of the folder that are done with it


#: Path, source_id and bytes of a file that is to be read; and what comes of it.
Wanted = tuple[str, str, bytes]
Found = Export | Rejection


def rounds(
    collections: Sequence[Collection],
    state: State,
    turns: Sequence[Readings],
    progress: Progress | None,
    again: bool,
    known_files: KnownFiles | None = None,
    settled: Callable[[], None] = lambda: None,
    archive: Archive | None = None,
) -> Generator[tuple[list[Arrival], Readings], None, None]:
    """Look at all files; yield them in rounds, each with the readings that what is new in it was added to.

    These take turns, and have to be clear when theirs comes. What is refused at first sight is added to its
    collection. `again`: what was forgotten is taken, too; `known_files`: the files that need not be opened, as they
    are what they were; `settled` returns once `state` knows all that was accepted of the rounds before; `archive`:
    where other processes draft what they read, which stays in the memory otherwise.
    """
    total = sum(len(collection.candidates) for collection in collections)
    done = 0
    arrivals: list[Arrival] = []
    turn = cycle(turns)
    readings = next(turn)
    with _Readers(total, readings.codebook, archive) as readers:
        for chunk, found in readers.map(_chunks(collections, state, again, known_files)):
            for file in chunk:
                if any(file.source_id in others.exports for others in turns if others is not readings):
                    settled()
                arrival = _arrival(file, found, state, readings, again)
                if isinstance(arrival, Arrival):
                    arrivals.append(arrival)
                else:
                    refused = Refused.of(file.candidate.path, arrival, file.source_id)
                    file.collection.refused.append(refused)
                if file.ends and progress:
                    done += file.ends
                    progress(done, total)
                if readings.is_full:
                    yield arrivals, readings
                    arrivals = []
                    readings = next(turn)
    yield arrivals, readings


def look(path: str, source_id: str, data: bytes, codebook: Codebook) -> Export:
    """Recognise, check, redact and read a file. Raises Rejection."""
    module = identify(Sample.of(path, data))
    redacted, compact = module.take(data) if hasattr(module, "take") else (module.redact(data), None)
    return read_export(source_id, module.NAME, len(data), redacted, codebook, compact)


def _arrival(
    file: _Opened, found: dict[str, Found], state: State, readings: Readings, again: bool
) -> Arrival | Rejection:
    """What becomes of a file, now that those before it are done."""
    source_id, candidate = file.source_id, file.candidate
    if file.rejection is not None:
        return file.rejection
    assert source_id is not None
    if _is_forgotten(source_id, state, again):
        return _FORGOTTEN
    if source_id in readings.exports:
        stored = _stored(readings.exports[source_id])
    elif _is_known(source_id, state, again):
        stored = state.stored[source_id]
    else:
        try:
            export = found.pop(source_id, None)
            if isinstance(export, Rejection):
                raise export
            if export is None:  # its bytes were met before, and refused
                assert file.data is not None
                export = look(candidate.path, source_id, file.data, readings.codebook)
        except Rejection as rejection:
            return rejection
        readings.add(export)
        stored = _stored(export)
    return Arrival(file.collection, stored, _receipt(candidate, source_id))


def _stored(export: Export) -> Stored:
    return Stored(export.source_id, export.format, export.byte_count, export.stored_sha256)


def _is_known(source_id: str, state: State, again: bool) -> bool:
    return source_id in state.stored and not (again and source_id in state.trimmed)


def _is_forgotten(source_id: str, state: State, again: bool) -> bool:
    return source_id in state.forgotten and not again


_FORGOTTEN = Rejection(
    "forgotten",
    "these bytes were removed by `effets forget`",
    "Leave it out; or, if it may be held again, ingest it with --again.",
)


def _chunks(
    collections: Sequence[Collection], state: State, again: bool, known_files: KnownFiles | None
) -> Iterator[list[_Opened]]:
    """The files, opened, some at a time."""
    chunk: list[_Opened] = []
    size = 0
    for collection in collections:
        for file in collection.candidates:
            source_id = known_files.digest(file.file, file.status) if known_files else None
            if source_id is not None and _is_known(source_id, state, again):
                chunk.append(_Opened(collection, file, source_id, None, None, 1))
            else:
                opened = list(_open(file, collection, state, again, known_files))
                chunk += opened
                size += sum(len(one.data) for one in opened if one.data is not None)
            if len(chunk) >= CHUNK_FILES or size >= CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
    if chunk:
        yield chunk


def _open(
    file: Candidate, collection: Collection, state: State, again: bool, known_files: KnownFiles | None
) -> Iterator[_Opened]:
    """A file, or the files in it if it is a ZIP file."""
    try:
        status = os.stat(file.file)
        data = read(file)
    except (Rejection, OSError) as error:
        rejection = error if isinstance(error, Rejection) else _gone(error)
        yield _Opened(collection, file, None, None, rejection, 1)
        return
    contents: list[tuple[Candidate, bytes | Rejection]] = [(file, data)]
    digest = sha256(data).hexdigest()
    if is_container(data):
        contents = [
            (file if path == file.path else collection.member(file, path), content)
            for path, content in members(data, file.path)
            if path == file.path or not is_aside(PurePosixPath(path).name)
        ]
    elif known_files:
        known_files.note(file.file, status, digest)
    for number, (candidate, content) in enumerate(contents, start=1):
        ends = int(number == len(contents))
        if isinstance(content, Rejection):
            yield _Opened(collection, candidate, None, None, content, ends)
            continue
        source_id = digest if content is data else sha256(content).hexdigest()
        is_needed = not _is_known(source_id, state, again) and not _is_forgotten(source_id, state, again)
        yield _Opened(collection, candidate, source_id, content if is_needed else None, None, ends)


def _gone(error: OSError) -> Rejection:
    return Rejection("unreadable", f"cannot be opened: {error.strerror}", "Check that you may read it.")


def _receipt(candidate: Candidate, source_id: str) -> Receipt:
    return Receipt(
        source_id,
        candidate.path,
        candidate.year,
        candidate.year_basis,
        candidate.project_name,
        candidate.collected_on.isoformat() if candidate.collected_on else None,
    )


class _Readers:
    """Reads chunks of files, in other processes if there are many files."""

    def __init__(self, file_count: int, codebook: Codebook, archive: Archive | None) -> None:
        self._codebook = codebook
        self._archive = archive
        self._is_worth = file_count >= FILES_WORTH_A_POOL
        self._count = min(os.cpu_count() or 1, 8)
        self._pool: ThreadPoolExecutor | None = None
        self._helpers: SimpleQueue[_Helper] = SimpleQueue()

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            for _number in range(self._count):
                self._helpers.get().end()

    def map(self, chunks: Iterator[list[_Opened]]) -> Iterator[tuple[list[_Opened], dict[str, Found]]]:
        """Each chunk, in its order, with what was read of its new files by source_id."""
        waiting: deque[tuple[list[_Opened], Future[dict[str, Found]]]] = deque()
        sent: set[str] = set()
        new_files = 0
        for chunk in chunks:
            wanted = _wanted(chunk, sent)
            new_files += len(wanted)
            if wanted and self._is_worth and new_files >= FILES_WORTH_A_POOL:
                waiting.append((chunk, self._started().submit(self._read_there, wanted)))
            else:
                while waiting:
                    yield _answered(*waiting.popleft())
                yield chunk, _read_here(wanted, self._codebook)
            while len(waiting) > 2 * self._count:
                yield _answered(*waiting.popleft())
        while waiting:
            yield _answered(*waiting.popleft())

    def _started(self) -> ThreadPoolExecutor:
        if self._pool is None:
            for _number in range(self._count):
                self._helpers.put(_Helper(self._archive))
            self._pool = ThreadPoolExecutor(self._count)
        return self._pool

    def _read_there(self, wanted: list[Wanted]) -> dict[str, Found]:
        reader = self._helpers.get()
        try:
            return reader.read(wanted)
        except (OSError, EOFError, pickle.UnpicklingError):  # it was killed: for its memory, as a rule
            reader.end()
            reader = _Helper(self._archive)
            return _read_here(wanted, self._codebook)
        finally:
            self._helpers.put(reader)


class _Helper:
    """A process that reads files; it ends with this one, however this one ends."""

    def __init__(self, archive: Archive | None) -> None:
        if archive:
            archive.incoming.mkdir(parents=True, exist_ok=True)
        self._process = helper.begin("ingest.arrivals", *([str(archive.root)] if archive else []))

    def read(self, wanted: list[Wanted]) -> dict[str, Found]:
        assert self._process.stdin and self._process.stdout
        pickle.dump(wanted, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()
        return _unpacked(pickle.load(self._process.stdout))

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def serve() -> None:
    """Answer requests on standard input until it ends: what a reading process does."""
    answers = helper.answers()
    codebook = Codebook.load(PROJECT_ROOT)
    archive = Archive(Path(sys.argv[1])) if len(sys.argv) > 1 else None
    with rare_search():
        while True:
            try:
                wanted: list[Wanted] = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            found = _read(wanted, codebook)
            if archive:
                found = {source_id: _drafted(export, archive) for source_id, export in found.items()}
            pickle.dump(_packed(found), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _drafted(export: Found, archive: Archive) -> Found:
    """The export without its bytes, which are in the archive now, as a draft."""
    if isinstance(export, Rejection) or export.data is None:
        return export
    try:
        archive.draft(export.source_id, export.data)
    except OSError:
        return export  # who stores it will meet the same, and say so
    return replace(export, data=None)


#: What was found, as it comes from another process: exports field by field, and what is compact of them by its form.
_Packed = tuple[dict[str, Rejection | tuple[Any, ...]], dict[str, Any]]
_fields_of = attrgetter(*[field.name for field in fields(Export) if field.name != "compact"])


def _packed(found: dict[str, Found]) -> _Packed:
    items: dict[str, Rejection | tuple[Any, ...]] = {}
    compacts: dict[str, list[Any]] = {}
    for source_id, export in found.items():
        if isinstance(export, Rejection):
            items[source_id] = export
        else:
            items[source_id] = (*_fields_of(export), export.compact is not None)
            if export.compact is not None:
                compacts.setdefault(export.format, []).append(export.compact)
    return items, {name: BY_NAME[name].pack(of_form) for name, of_form in compacts.items()}


def _unpacked(packed: _Packed) -> dict[str, Found]:
    items, of_forms = packed
    compacts = {name: iter(BY_NAME[name].unpack(of_form)) for name, of_form in of_forms.items()}
    found: dict[str, Found] = {}
    for source_id, item in items.items():
        if isinstance(item, Rejection):
            found[source_id] = item
        else:
            *own, is_compact = item
            own.append(next(compacts[own[1]]) if is_compact else None)
            found[source_id] = Export(*own)
    return found


def _answered(
    chunk: list[_Opened], future: Future[dict[str, Found]]
) -> tuple[list[_Opened], dict[str, Found]]:
    return chunk, future.result()


def _wanted(chunk: list[_Opened], sent: set[str]) -> list[Wanted]:
    """What is to be read of a chunk, the same bytes once in a run."""
    wanted: list[Wanted] = []
    for file in chunk:
        if file.source_id is not None and file.data is not None and file.source_id not in sent:
            sent.add(file.source_id)
            wanted.append((file.candidate.path, file.source_id, file.data))
    return wanted


def _read_here(wanted: list[Wanted], codebook: Codebook) -> dict[str, Found]:
    found = _read(wanted, codebook)
    if any(isinstance(export, Export) for export in found.values()):
        prepare()
    return found


def _read(wanted: list[Wanted], codebook: Codebook) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for path, source_id, data in wanted:
        try:
            found[source_id] = look(path, source_id, data, codebook)
        except Rejection as rejection:
            # Not the one that was raised: by its traceback it holds this frame, and all files of the chunk.
            found[source_id] = Rejection(rejection.reason, rejection.detail, rejection.remedy)
    return found
