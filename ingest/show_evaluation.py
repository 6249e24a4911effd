"""An evaluation as it is published, beside the words of its sources and what other records say."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from ingest.archive import Archive, State
from ingest.codebook import Codebook
from ingest.collect import UsageError
from ingest.console import Lines, Table
from ingest.export import read_export
from ingest.readings import Readings
from ingest.said import (
    SAID_COLUMNS,
    TEXT_COLUMNS,
    Response,
    in_order,
    no_words,
    response_rows,
    rows,
    said_of,
    silence,
)
from ingest.show_file import records_of
from ingest.source_words import Words, words_of
from ingest.speech import tr
from ingest.warehouse import PROJECT_ROOT, Warehouse


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
                first, *more = response_rows(resolved.published)
                rows += [(*first, chosen, "\n".join(others)), *((*row, "", "") for row in more)]
            else:
                silent[resolved.published.state] += 1
        columns = ("question", "state", "published", "words of the source", "at", "record", "others said")
        return [Table("What is published", columns, rows, silence(silent))]


def show_evaluation(evaluation_id: str, warehouse: Warehouse, state: State) -> Evaluation:
    publication = warehouse.last_publication()
    if publication is None:
        raise UsageError(
            tr("nothing is published in {path} yet: `effets run` does that", path=warehouse.root)
        )
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        sources = [Source(**row) for row in rows(connection, _SOURCES, evaluation_id)]
        if not sources:
            raise UsageError(_unknown(evaluation_id, connection))
        published = in_order(rows(connection, _PUBLISHED, evaluation_id))
        said = rows(connection, _PUBLISHED_SAID, evaluation_id)
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
        for record in records_of(readings.connection, words)
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
        found = said_of(row, words.get(source_id, no_words))
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
        select question_id, source_id, ordinal, {SAID_COLUMNS} from fct_observation where evaluation_id = $1
        union all
        select question_id, source_id, 0, {TEXT_COLUMNS} from fct_testimony where evaluation_id = $1
    )
    select * exclude (ordinal)
    order by question_id, ordinal
"""
