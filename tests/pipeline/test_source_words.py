"""The words of a source: what stands at the place that was noted is what was read there."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingest.archive import Archive
from ingest.source_words import Sources
from tests.pipeline.forms import write_forms
from tests.pipeline.warehouses import invoke_json


def test_places_hold_what_was_read(tmp_path: Path, root: Path, quick_gate: None) -> None:
    invoke_json("ingest", write_forms(tmp_path / "exports"), warehouse=root)
    archive = Archive(root / "archive")
    state = archive.state()
    words = Sources(archive, state)
    checked = set()
    with duckdb.connect(root / "build.duckdb", read_only=True) as connection:
        read = connection.execute("""
            select source_id, source_start, source_end, source_pointer, raw_label from raw.observations
            union all
            select source_id, source_start, source_end, source_pointer, text from raw.testimonies
        """).fetchall()
    for source_id, start, end, pointer, text in read:
        found = words(source_id, start, end, pointer)
        form = state.stored[source_id].format
        if text and form in ("typeform_csv", "genere_csv", "diff_csv"):
            assert found is not None and text.strip() in found, (form, pointer)
            checked.add(form)
    assert checked == {"typeform_csv", "genere_csv", "diff_csv"}
    assert words("0" * 64, 0, 1, None) is None
