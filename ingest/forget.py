"""Forgetting a project: which exports are its own, what stands in others, and their removal from the archive.

What is made from the archive is made again without it. That is the caller's to do, and `ingest.proof` looks
whether it was done.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from ingest.archive import Archive, State
from ingest.codebook import Codebook, label_key
from ingest.collect import UsageError
from ingest.editions import DRAFTS
from ingest.export import read_export
from ingest.formats import BY_NAME
from ingest.queries import query
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.search import Search
from ingest.slug import slugify
from ingest.speech import tr
from ingest.warehouse import PROJECT_ROOT, Warehouse
from ingest.words import Words

_CORRECTIONS = PROJECT_ROOT / "seeds" / "corrections"
_ELISION = re.compile(r"(^|-)(l|d|j|n|m|t|s|c|qu)-")

#: A text that short may stand anywhere; of a longer one its beginning tells it apart.
SHORTEST_TEXT, TEXT_LENGTH = 16, 60


@dataclass
class Traces:
    """What tells of a project: its names and slugs, the beginnings of its texts, and where they were found.

    `whole` are the exports in which nobody else speaks, `parts` the records to be taken out of the others.
    """

    project: str
    names: set[str]
    slugs: set[str]
    texts: set[str]
    years: set[int]
    whole: set[str]
    parts: dict[str, set[str]]

    @cached_property
    def words(self) -> Words:
        """The names, slugs and texts of the project."""
        return Words(self.names | self.texts, self.slugs)

    @cached_property
    def _named(self) -> Words:
        return Words(self.names, self.slugs)

    def is_named(self, text: str) -> bool:
        """Whether a path or a slug tells of the project."""
        return bool(self._named.in_text(text))


def project_key(slug: str) -> str:
    """What two slugs of one project share (as macros/project_key.sql has it): elisions closed."""
    return _ELISION.sub(r"\1\2", slug)


def trace(project: str, warehouse: Warehouse, state: State) -> Traces:
    """Find all that the archive holds of a project: by its name, its slug or an alias; retracted exports, too.

    build.duckdb must be up to the archive. Raises UsageError for a project of which there is nothing, and
    while a decision in seeds/corrections names it.
    """
    aliases = _aliases()

    def decided(slug: str) -> str:
        return project_key(aliases.get(project_key(slug), slug))

    wanted = decided(slugify(project))
    with duckdb.connect(warehouse.build_database, read_only=True) as connection:
        records: dict[str, set[str]] = {}
        own: dict[str, set[str]] = {}
        names: set[str] = set()
        years: set[int] = set()
        for source_id, record_key, *dated, candidates in connection.execute(_RECORDS).fetchall():
            records.setdefault(source_id, set()).add(record_key)
            name = next((name for name in candidates if name and slugify(name)), None)
            if name is not None and decided(slugify(name)) == wanted:
                own.setdefault(source_id, set()).add(record_key)
                names |= {name for name in candidates if name and decided(slugify(name)) == wanted}
                years |= {year for year in dated if year}
        # What no reader can read any more is known by its path alone.
        for receipt in state.receipts.values():
            known = (receipt.project_name, _stem(receipt.path))
            name = next((name for name in known if name and slugify(name)), None)
            if receipt.source_id not in records and name and decided(slugify(name)) == wanted:
                own[receipt.source_id] = set()
                names.add(name)
        texts = _texts(connection, own)
    if not own:
        raise UsageError(
            tr("nothing in the archive is of {project}: dim_project lists the projects", project=project)
        )
    slugs = {slugify(name) for name in names} | {slugify(project)}
    slugs |= {aliases[key] for key in map(project_key, slugs) if key in aliases}
    found = Traces(
        project,
        names,
        slugs,
        texts,
        years,
        {source_id for source_id, keys in own.items() if keys == records.get(source_id, set())},
        {source_id: keys for source_id, keys in own.items() if keys != records.get(source_id, set())},
    )
    if decisions := list(_decisions(found)):
        raise UsageError(
            tr("decisions in seeds/corrections name it, and are published; remove these rows first:")
            + "\n"
            + "\n".join(f"  {decision}" for decision in decisions)
        )
    return found


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed: exports, and records of exports that others have, too."""

    project: str
    exports_removed: int
    exports_rewritten: int
    reports: list[int]  # years whose report was removed


def erase(traces: Traces, archive: Archive, state: State, out: Path) -> Forgotten:
    """Take a project out of the reports in `out`, which can be written again, and out of the archive.

    Raises UsageError, before anything is done, for an export that cannot be kept without it.
    """
    trimmed = {
        source_id: _without(source_id, keys, archive, state) for source_id, keys in traces.parts.items()
    }
    years = _erase_reports(traces, out)
    _erase_reports(traces, out / DRAFTS)
    for edition in archive.editions.glob("*"):
        # Its figures stay: they are those that anybody may see.
        _erase_files(traces, edition / "report")
    archive.forget(traces.whole, trimmed, traces.is_named)
    return Forgotten(traces.project, len(traces.whole), len(trimmed), years)


def _erase_reports(traces: Traces, out: Path) -> list[int]:
    """Remove from the reports of its years what names it or shows figures that it is in.

    Return the years whose page was there. An explained figure may stand in a folder without one.
    """
    years = sorted(year for year in traces.years if (out / str(year) / REPORT).is_file())
    for year in sorted(traces.years):
        _erase_files(traces, out / str(year), {out / str(year) / REPORT})
    return years


def _erase_files(traces: Traces, folder: Path, wholly: Collection[Path] = ()) -> None:
    """Remove from a report what names the project, what cannot be looked into, and the files in `wholly`."""
    with Search(traces.words) as search:
        for file in sorted(file for file in folder.rglob("*") if file.is_file()):
            if (
                file in wholly
                or file.suffix in _SEALED
                or traces.is_named(f"{file.relative_to(folder)} {file.stem}")
                or any(search.places(file))
            ):
                file.unlink()


#: The page of a yearly report.
REPORT = "index.html"
#: Forms of files in which nothing can be looked for.
_SEALED = (".pdf", ".png", ".zip", ".xlsx", ".docx")


def _without(source_id: str, keys: set[str], archive: Archive, state: State) -> bytes:
    """An export without these of its records."""
    stored = state.stored[source_id]
    module = BY_NAME[stored.format]
    codebook = Codebook.load(PROJECT_ROOT)
    data = archive.read(stored)
    with duckdb.connect() as connection:
        codebook.relations(connection)
        query(connection, module, [read_export(source_id, stored.format, len(data), data, codebook)])
        places = {
            place for record_key, place in connection.execute(module.PLACES).fetchall() if record_key in keys
        }
    rest: bytes = module.without(data, places)
    before, after = _keys(source_id, stored.format, data), _keys(source_id, stored.format, rest)
    if after != before - keys:
        raise UsageError(
            f"{state.paths(source_id)[0]} ({source_id}) holds other projects, too, and cannot be kept without this "
            "one: ingest what others have in it as a file of its own, and retract this; then try again"
        )
    return rest


def _keys(source_id: str, format_name: str, data: bytes) -> set[str]:
    """The keys of an export's records; none if it cannot be read."""
    readings = Readings(Codebook.load(PROJECT_ROOT))
    try:
        readings.add(read_export(source_id, format_name, len(data), data, readings.codebook))
    except Rejection:
        return set()
    readings.failures()
    return {key for (key,) in readings.connection.execute("select record_key from records").fetchall()}


def _texts(connection: duckdb.DuckDBPyConnection, own: dict[str, set[str]]) -> set[str]:
    """The beginnings of all that was written in these records, but for what the codebook says."""
    pairs = [(source_id, key) for source_id, keys in own.items() for key in keys]
    connection.execute("create temp table own (source_id varchar, record_key varchar)")
    if pairs:
        connection.executemany("insert into own values (?, ?)", pairs)
    known = {
        label_key(label)
        for answers in Codebook.load(PROJECT_ROOT).answers.values()
        for answer in answers
        for label in (answer.label_fr, answer.label_en, *answer.page_labels)
    }
    return {
        text.strip()[:TEXT_LENGTH].strip()
        for (text,) in connection.execute(_TEXTS).fetchall()
        if text and len(text.strip()) >= SHORTEST_TEXT and label_key(text) not in known
    }


def _aliases() -> dict[str, str]:
    """The project that each decided alias stands for, by its key; of several the smallest."""
    found: dict[str, str] = {}
    for _, row in _rows(_CORRECTIONS / "project_aliases.csv"):
        key = project_key(row["slug"])
        found[key] = min(found.get(key, row["project_id"]), row["project_id"])
    return found


def _decisions(traces: Traces) -> Iterator[str]:
    """The rows of seeds/corrections that name the project."""
    for file in sorted(_CORRECTIONS.glob("*.csv")):
        for line, row in _rows(file):
            if any(row.get(column) and traces.is_named(row[column]) for column in ("project_id", "slug")):
                yield f"{file.relative_to(PROJECT_ROOT)}, line {line}"


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield reader.line_num, row


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


# Names in the order in which they decide.
_RECORDS = """
    select
        records.source_id,
        records.record_key,
        receipts.year,
        year(records.submitted_at),
        [receipts.project_name, records.project_name, records.project_link, receipts.project_stem]
    from raw.records
    inner join raw.receipts using (source_id)
"""
_TEXTS = """
    select text from raw.testimonies semi join own using (source_id, record_key)
    union
    select value_text from raw.observations semi join own using (source_id, record_key)
    union
    select raw_label from raw.observations semi join own using (source_id, record_key)
    union
    select value_text from raw.unmapped_questions semi join own using (source_id, record_key)
    union
    select address from raw.records semi join own using (source_id, record_key)
    union
    select text from raw.unparsed_fragments semi join own using (source_id)
"""
