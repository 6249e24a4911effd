"""What was read, beside the source: of a file, whether it was ingested or not, or of an evaluation."""

from __future__ import annotations

from pathlib import Path

from ingest.archive import Archive
from ingest.records import find_source
from ingest.show_evaluation import Evaluation, show_evaluation
from ingest.show_file import File, read_archived, show_file
from ingest.warehouse import Warehouse


def show(target: str, warehouse: Warehouse) -> File | Evaluation:
    """Read a file (any, or an archived export by its path or source_id), or look an evaluation up.

    Raises UsageError for what is neither, and for a file that cannot be read as an export.
    """
    state = Archive(warehouse.archive).state()
    file = Path(target)
    if file.is_file():
        return show_file(file, state)
    if "@" in target:
        return show_evaluation(target, warehouse, state)
    source_id = find_source(target, state)
    stored = state.stored[source_id]
    data = Archive(warehouse.archive).read(stored)
    return read_archived(state.paths(source_id)[0], source_id, stored.format, data, state)
