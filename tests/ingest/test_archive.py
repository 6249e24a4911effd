"""The archive: what it stores, what its ledger adds up to, and what a crash may leave of it."""

from __future__ import annotations

import itertools
import json
import os
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.archive import Archive, ArchiveError, Receipt, State, Stored
from ingest.arrivals import _drafted
from ingest.collect import Refused
from ingest.export import Export
from ingest.known_files import KnownFiles
from ingest.reading import Rejection


def stored(data: bytes, format_name: str = "effects_page") -> Stored:
    digest = sha256(data).hexdigest()
    return Stored(digest, format_name, len(data), digest)


def receipt(
    source: Stored, path: str, year: int | None = 2024, basis: str = "folder", **more: str
) -> Receipt:
    names = {"project_name": None, "collected_on": None, **more}
    return Receipt(source.source_id, path, year, basis, **names)  # type: ignore[arg-type]


A, B = stored(b"a"), stored(b"b", "place_json")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def accept(archive: Archive, *accepted: tuple[Stored, Receipt, bytes]) -> None:
    for source, _, data in accepted:
        archive.store(source.source_id, data)
    archive.record_received((source, received) for source, received, _ in accepted)


def test_an_export_comes_back(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "2024/a.txt", project_name="Là"), b"a"))
    state = archive.state()
    assert state.stored == {A.source_id: A}
    assert state.current_receipts() == [receipt(A, "2024/a.txt", project_name="Là")]
    assert archive.read(A) == b"a"
    assert archive.object_path(A.source_id) == archive.root / "objects" / A.source_id[:2] / A.source_id
    (event,) = [json.loads(line) for line in archive.ledger.read_text().splitlines()]
    assert event.keys() == {
        "recorded_at",
        "event",
        "source_id",
        "received_sha256",
        "stored_sha256",
        "byte_count",
        "format",
        "path",
        "year",
        "year_basis",
        "project_name",
        "collected_on",
    }


def test_nothing_half_written_lies_about(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "a.txt"), b"a"), (B, receipt(B, "b.json"), b"b"))
    files = {file.name for file in archive.root.rglob("*") if file.is_file()}
    assert files == {"ledger.ndjson", A.source_id, B.source_id}


def test_what_a_crash_left_half_written_is_swept_away(archive: Archive) -> None:
    archive.sweep(State())
    accept(archive, (A, receipt(A, "a.txt"), b"a"))
    (archive.incoming / f".{B.source_id}.tmp").write_bytes(b"ha")
    archive.store(B.source_id, b"b")
    archive.sweep(archive.state())
    assert not list(archive.incoming.iterdir())
    assert archive.objects() == {A.source_id}
    assert archive.verify(archive.state()) == []


def test_a_draft_is_stored_or_dropped(archive: Archive) -> None:
    archive.incoming.mkdir(parents=True)
    for source_id in (A.source_id, B.source_id):
        Archive(archive.root).draft(source_id, b"a")  # as another process does
    archive.store_all([(A.source_id, None)])
    archive.drop([B.source_id, "never drafted"])
    assert archive.objects() == {A.source_id}
    assert archive.read(A) == b"a"
    assert not list(archive.incoming.iterdir())
    with pytest.raises(FileNotFoundError):
        archive.store_all([(B.source_id, None)])
    archive.draft(B.source_id, b"b")
    archive.drop_drafts()
    assert not list(archive.incoming.iterdir())


def test_what_cannot_be_drafted_stays_in_memory(archive: Archive) -> None:
    """Whoever stores it then meets the same, and says so."""
    export = Export(A.source_id, "place_json", 1, b"a", 1, A.stored_sha256, {}, None)
    assert _drafted(export, archive) is export  # there is no folder
    archive.incoming.mkdir(parents=True)
    drafted = _drafted(export, archive)
    assert drafted == replace(export, data=None)
    refused = Rejection("empty", "nothing", "Look.")
    assert _drafted(refused, archive) is refused


def test_a_damaged_or_missing_object_is_named(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "a.txt"), b"a"))
    archive.object_path(A.source_id).write_bytes(b"x")
    with pytest.raises(ArchiveError, match=f"{A.source_id} was changed"):
        archive.read(A)
    assert A.source_id in archive.verify(archive.state())[0]
    archive.object_path(A.source_id).unlink()
    with pytest.raises(ArchiveError, match=f"{A.source_id} cannot be read"):
        archive.read(A)


def test_before_a_build_an_object_is_hashed_unless_nothing_touched_it(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(archive, (A, receipt(A, "a.txt"), b"a"), (B, receipt(B, "b.json"), b"b"))
    later = time.time_ns() + 10**10
    monkeypatch.setattr(time, "time_ns", lambda: later)
    hashed: list[str] = []
    read = Archive.read
    monkeypatch.setattr(Archive, "read", lambda self, one: hashed.append(one.source_id) or read(self, one))

    def verify() -> list[str]:
        hashed.clear()
        verified = KnownFiles(tmp_path / "verified.json")
        faults = archive.verify(archive.state(), verified=verified)
        verified.save()
        return faults

    assert verify() == [] and sorted(hashed) == sorted((A.source_id, B.source_id))
    assert verify() == [] and hashed == []
    path = archive.object_path(A.source_id)
    status = path.stat()
    path.write_bytes(b"x")  # as long, and made to look as old
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert A.source_id in verify()[0] and hashed == [A.source_id]
    assert A.source_id in verify()[0], "what is wrong stays so"
    archive.object_path(B.source_id).unlink()
    assert "cannot be read" in "".join(verify())
    assert len(archive.verify(archive.state())) == 2, "without a list all are hashed"


@pytest.mark.parametrize("cut", range(1, 300, 13))
def test_a_torn_last_line_is_neither_read_nor_kept(archive: Archive, cut: int) -> None:
    accept(archive, (A, receipt(A, "a.txt"), b"a"))
    whole = archive.ledger.read_bytes()
    accept(archive, (B, receipt(B, "b.json"), b"b"))
    archive.ledger.write_bytes(archive.ledger.read_bytes()[: len(whole) + cut])
    assert archive.state().stored.keys() == {A.source_id}
    accept(archive, (B, receipt(B, "c.json"), b"b"))
    assert archive.ledger.read_bytes().startswith(whole)
    assert [r.path for r in archive.state().current_receipts()] == [
        "a.txt" if source is A else "c.json" for source in sorted((A, B), key=lambda s: s.source_id)
    ]


def test_a_ledger_that_was_torn_in_its_first_line(archive: Archive) -> None:
    archive.root.mkdir()
    archive.ledger.write_bytes(b'{"event": "rece')
    assert archive.state() == State()
    accept(archive, (A, receipt(A, "a.txt"), b"a"))
    assert len(archive.ledger.read_bytes().splitlines()) == 1


@pytest.mark.parametrize("line", [b"{", b'{"event": "sung"}', b'{"event": "received"}', b"[]", b"\xff"])
def test_a_damaged_line_in_the_middle_stops_all(archive: Archive, line: bytes) -> None:
    accept(archive, (A, receipt(A, "a.txt"), b"a"))
    archive.ledger.write_bytes(line + b"\n" + archive.ledger.read_bytes())
    with pytest.raises(ArchiveError, match="line 1 is damaged"):
        archive.state()


def test_receipts_do_not_depend_on_the_order_of_events() -> None:
    receipts = [
        receipt(A, "z.txt", 2024, "manifest", project_name="Z", collected_on="2024-02-01"),
        receipt(A, "b.txt", 2024, "folder", collected_on="2024-03-01"),
        receipt(A, "a.txt", 2024, "option"),
        receipt(A, "a.txt", 2023, "folder"),
        receipt(B, "a.txt", 2024, "option"),
    ]
    results = set()
    for order in itertools.permutations(receipts):
        state = State()
        for one in order:
            state.add(A if one.source_id == A.source_id else B, one)
        results.add((tuple(state.current_receipts()), state.digest()))
    ((found, _),) = results
    assert set(found) == {
        receipt(A, "a.txt", 2024, "manifest", project_name="Z", collected_on="2024-03-01"),
        receipt(A, "a.txt", 2023, "folder"),
        receipt(B, "a.txt", 2024, "option"),
    }


def test_the_last_word_on_a_path_counts(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "a.txt", project_name="Old"), b"a"))
    assert not archive.state().knows(receipt(A, "a.txt", project_name="New"))
    archive.record_received([(A, receipt(A, "a.txt", project_name="New"))])
    assert archive.state().knows(receipt(A, "a.txt", project_name="New"))
    assert [r.project_name for r in archive.state().current_receipts()] == ["New"]


def test_retractions_and_new_dates(archive: Archive) -> None:
    received = receipt(A, "a.txt", 2023), receipt(A, "b.txt", 2024)
    accept(archive, *((A, one, b"a") for one in received))
    digests = [archive.state().digest()]
    archive.record_decision("retracted", A.source_id)
    archive.record_decision("redated", A.source_id, year=2022)
    state = archive.state()
    assert state.retracted == {A.source_id}
    assert state.current_receipts() == [receipt(A, "a.txt", 2022, "redated")]
    digests.append(state.digest())
    archive.record_decision("restored", A.source_id)
    archive.record_decision("redated", A.source_id, year=None)
    state = archive.state()
    assert not state.retracted
    assert state.current_receipts() == list(received)
    assert state.digest() == digests[0] != digests[1]


def test_what_is_forgotten_leaves_a_line_that_names_nothing(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "halle.txt", project_name="Halle"), b"a"), (B, receipt(B, "b"), b"b"))
    archive.record_decision("retracted", A.source_id)
    archive.record_rejections("/x", [refused("halle.pdf"), refused("c"), refused("d", A.source_id)])
    archive.forget({A.source_id}, {B.source_id: b"less"}, lambda path: "halle" in path)
    state = archive.state()
    assert (state.forgotten, state.trimmed, state.is_forgetting) == ({A.source_id}, {B.source_id}, True)
    assert (state.stored.keys(), state.retracted) == ({B.source_id}, set())
    assert [rejection.path for rejection in state.current_rejections()] == ["c"]
    assert archive.read(state.stored[B.source_id]) == b"less"
    assert archive.objects() == {B.source_id}
    assert b"halle" not in archive.ledger.read_bytes().lower()
    archive.record_forgotten()
    assert not archive.state().is_forgetting
    accept(archive, (A, receipt(A, "again.txt"), b"a"))
    assert archive.state().forgotten == set()


def test_a_crash_while_forgetting_is_made_good(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(archive, (A, receipt(A, "a"), b"a"), (B, receipt(B, "b"), b"b"))
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "sweep", lambda self, state: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archive.forget({A.source_id}, {B.source_id: b"less"}, lambda path: False)
    archive.sweep(archive.state())
    assert archive.objects() == {B.source_id}
    assert archive.read(archive.state().stored[B.source_id]) == b"less"


def refused(path: str, source_id: str | None = None) -> Refused:
    return Refused(path, source_id, "unknown-format", "an empty file", "Export it again.")


def test_rejections_stand_until_their_path_is_ingested_again(archive: Archive) -> None:
    archive.record_rejections("/x", [refused("a"), refused("b")])
    archive.record_rejections("/y", [refused("c")])
    archive.record_rejections("/x", [refused("b")])
    assert [rejection.path for rejection in archive.state().current_rejections()] == ["b", "c"]


def test_rejected_bytes_are_listed_once_and_not_after_they_were_accepted(archive: Archive) -> None:
    archive.record_rejections("/x", [refused("x/a", A.source_id), refused("x/b", B.source_id)])
    archive.record_rejections("/x/x", [refused("a", A.source_id)])
    accept(archive, (B, receipt(B, "b"), b"b"))
    assert archive.state().current_rejections() == [refused("a", A.source_id)]


def test_paths_that_were_met_have_what_they_lie_in(archive: Archive) -> None:
    accept(archive, (A, receipt(A, "2024/tout.zip/a.txt"), b"a"))
    archive.record_rejections("/exports", [refused("b.txt")])
    assert archive.state().met_paths() == {"2024/tout.zip/a.txt", "2024/tout.zip", "2024", "b.txt"}
