"""Published reports: kept as they were, and what later builds say of their figures."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from ingest.archive import Archive, ArchiveError, Edition
from ingest.editions import DRAFTS, freeze, published_rows
from ingest.schema import RAW_TABLES
from ingest.warehouse import Warehouse
from tests.pipeline.warehouses import Built, invoke, invoke_json, parquet_bytes, write_place


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "index.html").write_text("as published")
    return folder


def edition(year: int, number: int = 1, digest: str = "") -> Edition:
    return Edition(year, number, "0001-abc", "2025-01-31", digest)


def test_figures_are_kept_as_they_were(published_example: Warehouse, report: Path, tmp_path: Path) -> None:
    """All figures of the network up to the year, with all their digits; the last edition counts."""
    elsewhere = Warehouse(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    elsewhere.database.symlink_to(published_example.database.resolve())
    for number in (1, 2):
        kept = freeze(elsewhere, "0001-abc", 2023, report)
        assert (kept.number, kept.name) == (number, "2023" if number == 1 else "2023-2")
    archive = Archive(elsewhere.archive)
    state = archive.state()
    assert archive.verify(state) == []
    assert (elsewhere.archive / "editions" / "2023-2" / "report" / "index.html").read_text() == "as published"
    rows = published_rows(archive, state)
    names = RAW_TABLES["published_figures"].names
    stored = {tuple(row[names.index(n)] for n in KEY): row for row in rows["published_figures"]}
    with duckdb.connect(elsewhere.database, read_only=True) as connection:
        shown = connection.execute(
            f"select {', '.join(KEY)}, value from rpt_indicator where year <= 2023 and scope_type = 'network'"
        ).fetchall()
    assert len(stored) == len(shown) > 500
    for *key, value in shown:
        row = stored[tuple(key)]
        assert row[names.index("value")] == value
        assert row[names.index("edition")] == 2
    assert {row[names.index("scope_type")] for row in stored.values()} == {"network"}
    assert {row[4] for row in rows["published_sources"]} == {2021, 2022, 2023}


KEY = ("indicator_id", "method_version", "component_id", "year", "scope_type")


def test_what_a_crash_left_of_an_edition_goes(report: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.record_edition(edition(2024, digest=""), b"{}", report)
    left = archive.editions / "2025" / "report"
    left.mkdir(parents=True)
    archive.sweep(archive.state())
    assert not left.exists() and (archive.editions / "2024").is_dir()


def test_changed_figures_are_found(report: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    kept = edition(2024, digest="0" * 64)
    archive.record_edition(kept, b'{"figures":[],"sources":[]}', report)
    with pytest.raises(ArchiveError, match="was changed since it was stored"):
        archive.read_edition(kept)
    assert len(archive.verify(archive.state())) == 1


def test_editions_move_the_digest(report: Path, tmp_path: Path) -> None:
    """The next run builds anew, so that what is published knows of the report."""
    archive = Archive(tmp_path / "archive")
    before = archive.state().digest()
    archive.record_edition(edition(2024), b"{}", report)
    assert archive.state().digest() != before


def test_a_report_is_published_for_a_year(built: Built, tmp_path: Path) -> None:
    result = invoke("report", "--publish", "--out", tmp_path, warehouse=built.warehouse)
    assert result.exit_code == 2 and "--year" in result.stderr


@pytest.mark.long
def test_a_published_report_stays_and_later_builds_say_what_changed(own: Built, tmp_path: Path) -> None:
    """From the command to rpt_restatement: a draft beside it, the cause, and the same bytes from the archive alone."""
    said = invoke_json("report", "--year", "2024", "--publish", "--out", own.reports, warehouse=own.warehouse)
    page = Path(said["report"])
    as_published = page.read_bytes()
    assert said["edition"]["year"] == 2024
    late = write_place(tmp_path / "late" / "2024" / "tard.json", "Le Retardataire (site inventé)")
    said = invoke_json("run", late.parents[1], "--out", own.reports, warehouse=own.warehouse)
    assert page.read_bytes() == as_published
    assert DRAFTS in Path(said["report"]).parts
    (report,) = said["restated"]
    assert report["report"] == "2024" and report["causes"] == ["new_export"]
    with duckdb.connect(own.warehouse / "effets.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select year, causes, scope_type, denominator_then, denominator_now from rpt_restatement"
            " where indicator_id = 'C3'"
        ).fetchall()
    assert [(year, causes, scope) for year, causes, scope, *_ in rows] == [(2024, "new_export", "network")]
    assert rows[0][4] == rows[0][3] + 1
    before = parquet_bytes(own.warehouse)
    invoke_json("rebuild", warehouse=own.warehouse)
    assert parquet_bytes(own.warehouse) == before
    status = invoke("status", warehouse=own.warehouse)
    assert "see rpt_restatement" in status.stdout
    # Forgotten again, the site is nowhere; the published figures, which it was never in, stay.
    said = invoke_json(
        "forget", "Le Retardataire (site inventé)", "--out", own.reports, warehouse=own.warehouse
    )
    assert said["proof"]["found"] == []
    assert json.loads((own.warehouse / "archive" / "editions" / "2024" / "figures.json").read_bytes())[
        "figures"
    ]
