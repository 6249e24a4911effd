"""Reading files of a structured form through its queries, as the loader does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ingest.codebook import Codebook
from ingest.export import read_export
from ingest.readings import Readings
from ingest.schema import READ_TABLES, STATES

ROOT = Path(__file__).parents[2]
#: Files that the platform's real exporters wrote; not part of the project.
SAMPLES = ROOT.parent / "shared" / "data" / "typeform"

Row = dict[str, Any]


@dataclass(slots=True)
class Record:
    """What was read of one record; responses, observations (in their order) and testimonies by question."""

    row: Row
    forms: dict[str, str]
    states: dict[str, str]
    candidates: dict[str, list[str]]
    observations: dict[str, list[Row]]
    testimonies: dict[str, Row]
    unmapped: list[Row]

    def labels(self, question_id: str) -> list[tuple[str | None, str]]:
        return [(row["answer_id"], row["raw_label"]) for row in self.observations.get(question_id, [])]

    def chosen(self) -> dict[str, list[tuple[str | None, str]]]:
        """The choices of all questions that have any."""
        return {
            question_id: self.labels(question_id)
            for question_id, rows in self.observations.items()
            if rows[0]["raw_label"] is not None
        }

    def numbers(self) -> dict[str, float]:
        return {
            question_id: rows[0]["value_number"]
            for question_id, rows in self.observations.items()
            if rows[0]["value_number"] is not None
        }

    def texts(self, question_id: str) -> list[str]:
        return [row["value_text"] for row in self.observations.get(question_id, [])]

    def number(self, question_id: str) -> float | None:
        (row,) = self.observations[question_id]
        number: float | None = row["value_number"]
        return number

    def matches(self, question_id: str) -> list[tuple[str | None, str | None, str | None]]:
        """Answer, label and match of each choice."""
        return [(row["answer_id"], row["raw_label"], row["match"]) for row in self.observations[question_id]]

    def unknown(self) -> dict[str, str]:
        """What was answered to questions that the codebook does not know."""
        return {row["question_ref"]: row["value_text"] for row in self.unmapped}


def read(
    module: ModuleType, *files: bytes, codebook: Codebook | None = None
) -> dict[tuple[str, str], Record]:
    """Redact and read files together; the records by source (`0`, `1`, …) and key.

    Checks what holds of every form: keys are unique, answers stand with answered questions, and no others.
    """
    readings = Readings(codebook) if codebook else _readings()
    readings.clear()
    for number, data in enumerate(files):
        redacted = module.redact(data)
        assert module.redact(redacted) == redacted, "redacted twice, it is another file"
        readings.add(read_export(str(number), module.NAME, len(data), redacted, readings.codebook))
    assert readings.failures() == {}
    raw = {
        name: readings.connection.execute(f"from {name}").to_arrow_table().to_pylist() for name in READ_TABLES
    }
    records = {
        (row["source_id"], row["record_key"]): Record(row, {}, {}, {}, {}, {}, []) for row in raw["records"]
    }
    assert len(records) == len(raw["records"]), "a record stands twice"

    def of(row: Row) -> Record:
        return records[row["source_id"], row["record_key"]]

    for row in raw["record_forms"]:
        assert row["form"] not in of(row).forms
        of(row).forms[row["form"]] = row["default_state"]
    for row in raw["responses"]:
        assert row["question_id"] not in of(row).states, "a question stands twice"
        assert row["state"] in STATES
        of(row).states[row["question_id"]] = row["state"]
        if row.get("candidate_answer_ids"):
            of(row).candidates[row["question_id"]] = row["candidate_answer_ids"]
    for row in sorted(raw["observations"], key=lambda row: row["ordinal"]):
        of(row).observations.setdefault(row["question_id"], []).append(row)
    for row in raw["testimonies"]:
        of(row).testimonies[row["question_id"]] = row
    for row in raw["unmapped_questions"]:
        of(row).unmapped.append(row)
    for record in records.values():
        answered = {question_id for question_id, state in record.states.items() if state == "answered"}
        assert answered == record.observations.keys() | record.testimonies.keys()
        ambiguous = {question_id for question_id, state in record.states.items() if state == "ambiguous"}
        assert ambiguous == record.candidates.keys()
        for rows in record.observations.values():
            assert [row["ordinal"] for row in rows] == list(range(1, len(rows) + 1))
    return records


def read_one(module: ModuleType, data: bytes) -> Record:
    """The only record of a file."""
    (record,) = read(module, data).values()
    return record


def everything(records: Iterable[Record]) -> str:
    """All that was read, as one text, to look for what must not be there."""
    return "\n".join(
        str(row)
        for record in records
        for row in (
            record.row,
            *(row for rows in record.observations.values() for row in rows),
            *record.testimonies.values(),
            *record.unmapped,
        )
    )


def questions() -> Mapping[str, Any]:
    """The codebook's questions."""
    return Codebook.load(ROOT).questions


@cache
def _readings() -> Readings:
    return Readings(Codebook.load(ROOT))
