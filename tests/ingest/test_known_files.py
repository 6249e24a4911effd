"""Files that are what they were are known without being opened; any doubt opens them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from ingest.known_files import KnownFiles


def old(file: Path, content: str = "x") -> Path:
    """A file that was not just written."""
    file.write_text(content)
    return file


def noted(folder: Path, file: Path, later: int = 10) -> Path:
    """A list that holds the file, as if it had been met some seconds after it was written."""
    known = KnownFiles(folder / "known.json")
    status = os.stat(file)
    before = time.time_ns
    try:
        time.time_ns = lambda: before() + later * 1_000_000_000  # type: ignore[assignment]
        known.note(file, status, "hash")
    finally:
        time.time_ns = before
    known.save()
    return folder / "known.json"


def test_a_file_is_known_while_its_status_stays(tmp_path: Path) -> None:
    file = old(tmp_path / "a")
    listed = noted(tmp_path, file)
    assert KnownFiles(listed).digest(file) == "hash"
    assert KnownFiles(listed).digest(tmp_path / "b") is None
    modified = os.stat(file)
    file.write_text("y")
    os.utime(file, ns=(modified.st_atime_ns, modified.st_mtime_ns))  # as long, and as old, as it was
    assert KnownFiles(listed).digest(file) is None


def test_what_was_just_written_is_looked_at_again(tmp_path: Path) -> None:
    file = old(tmp_path / "a")
    assert KnownFiles(noted(tmp_path, file, later=0)).digest(file) is None


def test_the_list_names_no_path_and_may_be_damaged(tmp_path: Path) -> None:
    file = old(tmp_path / "la-halle")
    listed = noted(tmp_path, file)
    assert "halle" not in listed.read_text()
    listed.write_text("{")
    assert KnownFiles(listed).digest(file) is None


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    listed = noted(tmp_path, old(tmp_path / "a"))
    (tmp_path / "a").unlink()
    known = KnownFiles(listed)
    assert known.digest(tmp_path / "a") is None
    known.save()
    assert listed.read_text() == "{}"


def test_what_was_met_before_is_no_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is refused is opened, and noted, at each run."""
    file = old(tmp_path / "a")
    known = KnownFiles(noted(tmp_path, file))
    later = time.time_ns() + 10**10
    monkeypatch.setattr(time, "time_ns", lambda: later)
    known.note(file, os.stat(file), "hash")
    assert not known.has_news
    known.note(file, os.stat(file), "another")
    assert known.has_news
