"""Structured forms are queried in batches, while more of their round is read: as if all were queried at once."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import duckdb
import pytest

from examples.typeform import scraped
from ingest import queries
from ingest.export import Export, read_export
from ingest.formats import typeform
from ingest.readings import Readings
from ingest.schema import READ_TABLES
from tests.ingest.pages import CODEBOOK
from tests.ingest.test_parts import RESPONSES


def exports() -> list[Export]:
    found = []
    for response in RESPONSES:
        data, compact = typeform.take(json.dumps(scraped(response)).encode())
        source_id = sha256(data).hexdigest()
        found.append(read_export(source_id, typeform.NAME, len(data), data, CODEBOOK, compact))
    return found


def said(readings: Readings) -> dict[str, list[tuple[Any, ...]]]:
    return {name: readings.connection.execute(f"from {name} order by all").fetchall() for name in READ_TABLES}


def filled() -> Readings:
    readings = Readings(CODEBOOK)
    for export in exports():
        readings.add(export)
    return readings


def test_batches_say_what_the_whole_says(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = filled()
    assert whole.failures() == {} and len(said(whole)["records"]) == len(RESPONSES)
    begun: list[int] = []
    begin = queries.Queries.begin

    def noted(self: queries.Queries, module: Any, batch: Any) -> Any:
        begun.append(len(batch))
        return begin(self, module, batch)

    monkeypatch.setattr(queries.Queries, "begin", noted)
    monkeypatch.setattr(queries, "BATCH_BYTES", max(export.size for export in exports()) * 3 // 8)
    parts = filled()
    assert begun, "no batch began before the round was whole"
    assert parts.failures() == {} and len(begun) > 2 and sum(begun) == len(RESPONSES)
    assert said(parts) == said(whole)


def test_what_makes_the_queries_fail_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = exports()[5].source_id
    run = queries.query

    def failing(scratch: Any, module: Any, batch: Any) -> Any:
        if any(export.source_id == bad for export in batch):
            raise duckdb.ConversionException("not this one")
        return run(scratch, module, batch)

    monkeypatch.setattr(queries, "query", failing)
    readings = filled()
    failures = readings.failures()
    assert [(source_id, failure.reason) for source_id, failure in failures.items()] == [(bad, "reader-error")]
    assert {row[0] for row in said(readings)["records"]} == readings.exports.keys() - {bad}


def test_what_was_read_is_let_go() -> None:
    """The rows are in the tables: a round need not hold its documents until it is kept."""
    readings = filled()
    assert all(export.compact is not None for export in readings.exports.values())
    readings.failures()
    assert [export.source_id for export in exports()] == [*readings.exports]
    assert all(
        export.compact is None and not export.rows and export.document is None
        for export in readings.exports.values()
    )
