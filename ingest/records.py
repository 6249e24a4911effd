"""Decisions about archived exports: which of them counts, and for which year. Each is one more line in the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ingest.archive import Archive, State
from ingest.collect import SIZE_LIMIT, UsageError, check_year
from ingest.speech import tr

_HASH = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about an export; `is_news` unless it stood like that before."""

    source_id: str
    path: str
    says: str
    is_news: bool


def retract(source: str, archive: Archive) -> Decision:
    """Take an export out of everything but the list of records. Raises UsageError as `find_source` does."""
    state = archive.state()
    source_id = find_source(source, state)
    is_news = source_id not in state.retracted
    if is_news:
        archive.record_decision("retracted", source_id)
    return _decision(source_id, state, "is retracted", is_news)


def restore(source: str, archive: Archive) -> Decision:
    """Take a retraction back. Raises UsageError as `find_source` does."""
    state = archive.state()
    source_id = find_source(source, state)
    is_news = source_id in state.retracted
    if is_news:
        archive.record_decision("restored", source_id)
    return _decision(source_id, state, "counts again" if is_news else "is not retracted", is_news)


def redate(source: str, year: int | None, archive: Archive) -> Decision:
    """Give an export another year, or with None the one that it came with.

    Raises UsageError for a year that is none, and as `find_source` does.
    """
    check_year(year)
    state = archive.state()
    source_id = find_source(source, state)
    is_news = state.redated.get(source_id) != year
    if is_news:
        archive.record_decision("redated", source_id, year=year)
    says = f"is of {year}" if year else "is of the year that it came with"
    return _decision(source_id, state, says, is_news)


def _decision(source_id: str, state: State, says: str, is_news: bool) -> Decision:
    return Decision(source_id, state.paths(source_id)[0], says, is_news)


def find_source(source: str, state: State) -> str:
    """The archived export that `source` means: its source_id or the beginning of it, a file with its bytes, or
    the path under which it was received.

    Raises UsageError if there is none, or several.
    """
    found = sorted(_meant(source, state))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            tr(
                "no archived export is {source}: give the path under which it was received, the file itself, or at "
                "least 4 characters of its source_id (dim_source lists them)",
                source=source,
            )
        )
    listed = "\n".join(f"  {source_id}  {state.paths(source_id)[0]}" for source_id in found)
    raise UsageError(
        tr("{source} may be one of {n} exports; name one by its source_id:", source=source, n=len(found))
        + f"\n{listed}"
    )


def _meant(source: str, state: State) -> set[str]:
    file = Path(source)
    if file.is_file() and file.stat().st_size <= SIZE_LIMIT:
        source_id = sha256(file.read_bytes()).hexdigest()
        if source_id in state.stored:
            return {source_id}
    # Received below a PATH, a file is known by what came after that: exports/2024/a.txt as 2024/a.txt.
    path = "/" + file.as_posix()
    paths = {key[0] for key in state.receipts if path.endswith("/" + key[2])}
    if paths:
        return paths
    if _HASH.fullmatch(source.lower()):
        return {source_id for source_id in state.stored if source_id.startswith(source.lower())}
    return set()
