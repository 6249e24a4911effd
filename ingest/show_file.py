"""What was read of an export, beside its words: its records, and what of it was not understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from ingest.archive import State
from ingest.codebook import Codebook
from ingest.collect import SIZE_LIMIT, UsageError
from ingest.console import Lines, Table
from ingest.export import read_export
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.said import SAID_COLUMNS, TEXT_COLUMNS, Response, in_order, response_rows, rows, said_of, silence
from ingest.source_words import Words, words_of
from ingest.speech import tr
from ingest.warehouse import PROJECT_ROOT


@dataclass(slots=True)
class Record:
    """One filled questionnaire inside an export; it responds to all questions of its forms."""

    source_id: str
    record_key: str
    project_name: str | None
    project_link: str | None
    submitted_at: str | None
    responses: list[Response] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words of a page that were not understood."""

    source_start: int
    source_end: int
    text: str


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A question that the codebook does not know, and what was answered."""

    record_key: str
    question_ref: str
    title: str | None
    value_text: str | None
    source_pointer: str | None


@dataclass(slots=True)
class File:
    """An export, read. `archived_as`: the paths under which the archive received it; none if it has not."""

    path: str
    source_id: str
    archived_as: list[str]
    is_retracted: bool
    format: str
    generation: str | None
    text_form: str | None
    encoding: str | None
    characters: int | None
    characters_recognised: int | None
    characters_testimony: int | None
    characters_unparsed: int | None
    records: list[Record]
    fragments: list[Fragment]
    unmapped_questions: list[Unmapped]

    def as_json(self) -> dict[str, Any]:
        """The file as one JSON object."""
        return {"file": asdict(self)}

    def as_lines(self) -> Lines:
        """What it is, for people."""
        kind = filter(None, (self.format, self.generation, self.text_form, self.encoding))
        standing = "in the archive as " + ", ".join(self.archived_as) if self.archived_as else "not ingested"
        lines = [
            ("File", self.path),
            ("Source", f"{self.source_id}, {standing}{', retracted' if self.is_retracted else ''}"),
            ("Read as", " · ".join(kind)),
        ]
        if self.characters is not None:
            counts = (
                f"{self.characters:,}: {self.characters_recognised:,} recognised · "
                f"{self.characters_testimony:,} testimony · {self.characters_unparsed:,} unparsed"
            )
            lines.append(("Characters", counts))
        return lines

    def as_tables(self) -> list[Table]:
        """What it says, for people."""
        tables = [_record_table(record) for record in self.records]
        if self.fragments:
            rows = [(f"{found.source_start}–{found.source_end}", found.text) for found in self.fragments]
            tables.append(Table("Not understood", ("at", "words of the source"), rows))
        if self.unmapped_questions:
            columns = ("record", "reference", "question", "answer", "at")
            unmapped = [tuple(value or "" for value in _values(row)) for row in self.unmapped_questions]
            tables.append(Table("Questions that the codebook does not know", columns, unmapped))
        return tables


def show_file(file: Path, state: State) -> File:
    if file.stat().st_size > SIZE_LIMIT:
        raise UsageError(
            tr(
                "{file} is larger than exports are: they are read up to {n} bytes",
                file=file,
                n=f"{SIZE_LIMIT:,}",
            )
        )
    data = file.read_bytes()
    try:
        module = identify(Sample.of(file.name, data))
        return read_archived(str(file), sha256(data).hexdigest(), module.NAME, module.redact(data), state)
    except Rejection as rejection:
        raise UsageError(
            tr("{file} is refused, {reason}", file=file, reason=f"{rejection}. {rejection.remedy}")
        ) from rejection


def read_archived(path: str, source_id: str, format_name: str, data: bytes, state: State) -> File:
    """Read an export, redacted. Raises Rejection."""
    readings = Readings(Codebook.load(PROJECT_ROOT))
    readings.add(read_export(source_id, format_name, len(data), data, readings.codebook))
    for rejection in readings.failures().values():
        raise rejection
    (export,) = rows(readings.connection, "select * exclude (source_id, format, byte_count) from exports")
    fragments = rows(readings.connection, _FRAGMENTS)
    unmapped = rows(readings.connection, _UNMAPPED)
    return File(
        path=path,
        source_id=source_id,
        archived_as=state.paths(source_id),
        is_retracted=source_id in state.retracted,
        format=format_name,
        **export,
        records=records_of(readings.connection, {source_id: words_of(format_name, data)}),
        fragments=[Fragment(**row) for row in fragments],
        unmapped_questions=[Unmapped(**row) for row in unmapped],
    )


def records_of(connection: duckdb.DuckDBPyConnection, words: Mapping[str, Words]) -> list[Record]:
    """The records of a round of readings, with the words of their sources."""
    Codebook.load(PROJECT_ROOT).relations(connection)
    records = {(row["source_id"], row["record_key"]): Record(**row) for row in rows(connection, _RECORDS)}
    responses: dict[tuple[str, str, str], Response] = {}
    for row in in_order(rows(connection, _RESPONSES)):
        source_id, record_key = row.pop("source_id"), row.pop("record_key")
        response = responses[source_id, record_key, row["question_id"]] = Response(**row)
        records[source_id, record_key].responses.append(response)
    for row in rows(connection, _SAID):
        source_id, record_key, question_id = (
            row.pop(name) for name in ("source_id", "record_key", "question_id")
        )
        said = said_of(row, words[source_id])
        responses[source_id, record_key, question_id].said.append(said)
    return list(records.values())


def _record_table(record: Record) -> Table:
    name = record.project_name or record.project_link or "A record without a name"
    title = " · ".join(filter(None, (name, record.record_key, record.submitted_at)))
    silent = Counter(response.state for response in record.responses if not response.says_something)
    rows = [
        row for response in record.responses if response.says_something for row in response_rows(response)
    ]
    columns = ("question", "state", "read", "words of the source", "at")
    return Table(title, columns, rows, silence(silent))


def _values(row: Unmapped) -> tuple[str | None, ...]:
    return tuple(asdict(row).values())


_FRAGMENTS = "select * exclude (source_id) from unparsed_fragments order by source_start"
_UNMAPPED = """
    select record_key, question_ref, title, value_text, source_pointer
    from unmapped_questions
    order by all
"""
_RECORDS = """
    select source_id, record_key, project_name, project_link, submitted_at::varchar as submitted_at
    from records
    order by source_id, record_key
"""
_RESPONSES = """
    select
        forms.source_id,
        forms.record_key,
        questions.question_id,
        coalesce(responses.state, forms.default_state) as state,
        coalesce(responses.candidate_answer_ids, []) as candidate_answer_ids
    from record_forms as forms
    inner join codebook_questions as questions using (form)
    left join responses using (source_id, record_key, question_id)
"""
_SAID = f"""
    from (
        select source_id, record_key, question_id, ordinal, {SAID_COLUMNS} from observations
        union all
        select source_id, record_key, question_id, 0, {TEXT_COLUMNS} from testimonies
    )
    select * exclude (ordinal)
    order by source_id, record_key, question_id, ordinal
"""
