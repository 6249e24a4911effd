"""What was read, beside the source: of a file, whether it was ingested or not, or of an evaluation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from ingest.archive import Archive, State
from ingest.codebook import Codebook
from ingest.collect import SIZE_LIMIT, UsageError
from ingest.console import Lines, Table
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from ingest.readings import Readings, read_export
from ingest.records import find_source
from ingest.source_words import Words, words_of
from ingest.warehouse import PROJECT_ROOT, Warehouse


@dataclass(frozen=True, slots=True)
class Said:
    """One thing read, and the words of the source at its place; of a testimony, its `text` alone."""

    answer_id: str | None = None
    raw_label: str | None = None
    match: str | None = None
    value_number: float | None = None
    value_text: str | None = None
    text: str | None = None
    source_start: int | None = None
    source_end: int | None = None
    source_pointer: str | None = None
    words: str | None = None

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        if self.match is not None:
            return f"{self.answer_id or 'unknown'} ({self.match})"
        return self.value_text or ("" if self.value_number is None else f"{self.value_number:g}")

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        if self.source_start is not None:
            return f"{self.source_start}–{self.source_end}"
        return self.source_pointer or ""


@dataclass(slots=True)
class Response:
    """What a record says to a question."""

    question_id: str
    state: str
    candidate_answer_ids: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        return bool(self.said or self.candidate_answer_ids)

    def __str__(self) -> str:
        candidates = " or ".join(self.candidate_answer_ids)
        return f"{self.state} ({candidates})" if candidates else self.state


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


@dataclass(slots=True)
class Source:
    """A record that an evaluation rests on, and what is known of it."""

    record_id: str
    source_id: str
    record_key: str
    path: str
    format: str
    year_basis: str | None
    project_basis: str | None


@dataclass(slots=True)
class Resolved:
    """What is published of a question, from which record, and what records said that are not published.

    These are the others, and the record itself if it was corrected.
    """

    question_id: str
    record_id: str
    is_corrected: bool
    published: Response
    others: dict[str, Response]


@dataclass(slots=True)
class Evaluation:
    """An evaluation as it is published, beside its sources; responses by record are of `sources`."""

    evaluation_id: str
    release: str
    sources: list[Source]
    responses: list[Resolved]

    def as_json(self) -> dict[str, Any]:
        """The evaluation as one JSON object."""
        return {"evaluation": asdict(self)}

    def as_lines(self) -> Lines:
        """What it rests on, for people."""
        lines = [("Evaluation", f"{self.evaluation_id}, release {self.release}")]
        for number, source in enumerate(self.sources, start=1):
            key = f", record {source.record_key}" if source.record_key else ""
            lines.append((f"Record {number}", f"{source.path}{key} · {source.format} · {source.source_id}"))
        return lines

    def as_tables(self) -> list[Table]:
        """What is published, and from where, for people."""
        numbers = {source.record_id: str(number) for number, source in enumerate(self.sources, start=1)}
        rows = []
        silent: Counter[str] = Counter()
        for resolved in self.responses:
            others = [
                "\n".join([f"{numbers[record_id]}: {other}", *map(str, other.said)])
                for record_id, other in resolved.others.items()
                if other.says_something or other.state == "blank"
            ]
            if resolved.published.says_something or others:
                chosen = numbers[resolved.record_id] + (", corrected" if resolved.is_corrected else "")
                first, *more = _response_rows(resolved.published)
                rows += [(*first, chosen, "\n".join(others)), *((*row, "", "") for row in more)]
            else:
                silent[resolved.published.state] += 1
        columns = ("question", "state", "published", "words of the source", "at", "record", "others said")
        return [Table("What is published", columns, rows, _silence(silent))]


def show(target: str, warehouse: Warehouse) -> File | Evaluation:
    """Read a file (any, or an archived export by its path or source_id), or look an evaluation up.

    Raises UsageError for what is neither, and for a file that cannot be read as an export.
    """
    state = Archive(warehouse.archive).state()
    file = Path(target)
    if file.is_file():
        return _show_file(file, state)
    if "@" in target:
        return _show_evaluation(target, warehouse, state)
    source_id = find_source(target, state)
    stored = state.stored[source_id]
    data = Archive(warehouse.archive).read(stored)
    return _read(state.paths(source_id)[0], source_id, stored.format, data, state)


def _show_file(file: Path, state: State) -> File:
    if file.stat().st_size > SIZE_LIMIT:
        raise UsageError(f"{file} is larger than exports are: they are read up to {SIZE_LIMIT:,} bytes")
    data = file.read_bytes()
    try:
        module = identify(Sample.of(file.name, data))
        return _read(str(file), sha256(data).hexdigest(), module.NAME, module.redact(data), state)
    except Rejection as rejection:
        raise UsageError(f"{file} is refused, {rejection}. {rejection.remedy}") from rejection


def _read(path: str, source_id: str, format_name: str, data: bytes, state: State) -> File:
    """Read an export, redacted. Raises Rejection."""
    readings = Readings(Codebook.load(PROJECT_ROOT))
    readings.add(read_export(source_id, format_name, len(data), data, readings.codebook))
    for rejection in readings.failures().values():
        raise rejection
    (export,) = _rows(readings.connection, "select * exclude (source_id, format, byte_count) from exports")
    fragments = _rows(readings.connection, _FRAGMENTS)
    unmapped = _rows(readings.connection, _UNMAPPED)
    return File(
        path=path,
        source_id=source_id,
        archived_as=state.paths(source_id),
        is_retracted=source_id in state.retracted,
        format=format_name,
        **export,
        records=_records(readings.connection, {source_id: words_of(format_name, data)}),
        fragments=[Fragment(**row) for row in fragments],
        unmapped_questions=[Unmapped(**row) for row in unmapped],
    )


def _records(connection: duckdb.DuckDBPyConnection, words: Mapping[str, Words]) -> list[Record]:
    """The records of a round of readings, with the words of their sources."""
    Codebook.load(PROJECT_ROOT).relations(connection)
    records = {(row["source_id"], row["record_key"]): Record(**row) for row in _rows(connection, _RECORDS)}
    responses: dict[tuple[str, str, str], Response] = {}
    for row in _in_order(_rows(connection, _RESPONSES)):
        source_id, record_key = row.pop("source_id"), row.pop("record_key")
        response = responses[source_id, record_key, row["question_id"]] = Response(**row)
        records[source_id, record_key].responses.append(response)
    for row in _rows(connection, _SAID):
        source_id, record_key, question_id = (
            row.pop(name) for name in ("source_id", "record_key", "question_id")
        )
        said = _said(row, words[source_id])
        responses[source_id, record_key, question_id].said.append(said)
    return list(records.values())


def _show_evaluation(evaluation_id: str, warehouse: Warehouse, state: State) -> Evaluation:
    publication = warehouse.last_publication()
    if publication is None:
        raise UsageError(f"nothing is published in {warehouse.root} yet: `effets run` does that")
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        sources = [Source(**row) for row in _rows(connection, _SOURCES, evaluation_id)]
        if not sources:
            raise UsageError(_unknown(evaluation_id, connection))
        published = _in_order(_rows(connection, _PUBLISHED, evaluation_id))
        said = _rows(connection, _PUBLISHED_SAID, evaluation_id)
    archive = Archive(warehouse.archive)
    readings = Readings(Codebook.load(PROJECT_ROOT))
    words: dict[str, Words] = {}
    for source_id in sorted({source.source_id for source in sources} & state.stored.keys()):
        stored = state.stored[source_id]
        data = archive.read(stored)
        readings.add(read_export(source_id, stored.format, stored.byte_count, data, readings.codebook))
        words[source_id] = words_of(stored.format, data)
    readings.failures()
    by_record = {
        source.record_id: {response.question_id: response for response in record.responses}
        for record in _records(readings.connection, words)
        for source in sources
        if (source.source_id, source.record_key) == (record.source_id, record.record_key)
    }
    resolved: dict[str, Resolved] = {}
    for row in published:
        record_id, is_corrected, question_id = (
            row.pop("record_id"),
            row.pop("is_corrected"),
            row["question_id"],
        )
        others = {
            other_id: responses[question_id]
            for other_id, responses in by_record.items()
            if (other_id != record_id or is_corrected) and question_id in responses
        }
        resolved[question_id] = Resolved(question_id, record_id, is_corrected, Response(**row), others)
    for row in said:
        question_id, source_id = row.pop("question_id"), row.pop("source_id")
        found = _said(row, words.get(source_id, _no_words))
        resolved[question_id].published.said.append(found)
    return Evaluation(evaluation_id, publication.release, sources, list(resolved.values()))


def _unknown(evaluation_id: str, connection: duckdb.DuckDBPyConnection) -> str:
    project_id = evaluation_id.partition("@")[0]
    years = connection.execute(
        "select year from fct_evaluation where project_id = ? order by year", [project_id]
    ).fetchall()
    if years:
        return (
            f"{project_id} has no evaluation of that year; it has {', '.join(str(year) for (year,) in years)}"
        )
    return f"no evaluation {evaluation_id} is published: dim_project lists the projects"


def _no_words(start: int | None, end: int | None, pointer: str | None) -> None:
    """The source is not there any more."""


def _said(row: dict[str, Any], words: Words) -> Said:
    place = (row["source_start"], row["source_end"], row["source_pointer"])
    return Said(**row, words=words(*place))


def _record_table(record: Record) -> Table:
    name = record.project_name or record.project_link or "A record without a name"
    title = " · ".join(filter(None, (name, record.record_key, record.submitted_at)))
    silent = Counter(response.state for response in record.responses if not response.says_something)
    rows = [
        row for response in record.responses if response.says_something for row in _response_rows(response)
    ]
    columns = ("question", "state", "read", "words of the source", "at")
    return Table(title, columns, rows, _silence(silent))


def _response_rows(response: Response) -> Iterator[tuple[str, ...]]:
    """A response as rows of a table: one for each thing said."""
    for number, said in enumerate(response.said or [Said()]):
        question = (response.question_id, str(response)) if number == 0 else ("", "")
        yield (*question, str(said), said.words or "", said.place)


def _silence(states: Counter[str]) -> list[str]:
    return [f"{count} more: {state}" for state, count in sorted(states.items())]


def _values(row: Unmapped) -> tuple[str | None, ...]:
    return tuple(asdict(row).values())


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of questions in the order of the questionnaire."""
    places = {question_id: place for place, question_id in enumerate(Codebook.load(PROJECT_ROOT).questions)}
    return sorted(rows, key=lambda row: places[row["question_id"]])


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *parameters: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


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
_SAID_COLUMNS = """
    answer_id, raw_label, match, value_number, value_text, null as text, source_start, source_end, source_pointer
"""
_TEXT_COLUMNS = """
    null, null, null, null, null, text, source_start, source_end, source_pointer
"""
_SAID = f"""
    from (
        select source_id, record_key, question_id, ordinal, {_SAID_COLUMNS} from observations
        union all
        select source_id, record_key, question_id, 0, {_TEXT_COLUMNS} from testimonies
    )
    select * exclude (ordinal)
    order by source_id, record_key, question_id, ordinal
"""
_SOURCES = """
    select record_id, source_id, record_key, path, format, year_basis, project_basis
    from dim_record
    inner join dim_source using (source_id)
    where evaluation_id = $1 and not dim_record.is_retracted
    order by path, source_id, record_key
"""
_PUBLISHED = """
    select question_id, state, coalesce(candidate_answer_ids, []) as candidate_answer_ids, record_id,
        is_corrected
    from fct_response
    where evaluation_id = $1
"""
_PUBLISHED_SAID = f"""
    from (
        select question_id, source_id, ordinal, {_SAID_COLUMNS} from fct_observation where evaluation_id = $1
        union all
        select question_id, source_id, 0, {_TEXT_COLUMNS} from fct_testimony where evaluation_id = $1
    )
    select * exclude (ordinal)
    order by question_id, ordinal
"""
