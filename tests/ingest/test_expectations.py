"""What is expected of readings: each expectation holds of good ones, and fails on the fixture made to break it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ingest import numbered
from ingest import validator as validator_module
from ingest.codebook import Codebook
from ingest.expectations import (
    EXPECTATIONS,
    PAGE,
    REASON,
    REMEDIES,
    Validation,
    expectations_of,
    seen_in,
    validate,
)
from ingest.export import read_export
from ingest.frames import FRAMES, frames
from ingest.identify import Sample, identify
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.schema import RAW_TABLES, READ_TABLES, create_table
from ingest.validator import Check, Suite, Validator, validator
from ingest.warehouse import BuildError

ROOT = Path(__file__).parents[2]
SECRET = "Camille Planté, camille@exemple.org"

Row = dict[str, Any]
Tables = dict[str, list[Row]]

ALL = {expectation.name: expectation for rows in EXPECTATIONS.values() for expectation in rows}


@dataclass
class Round:
    """A round of readings that was written by hand."""

    tables: list[Tables]
    codebook: Codebook = field(default_factory=lambda: Codebook.load(ROOT))

    def __post_init__(self) -> None:
        self.exports = {row["source_id"]: row for tables in self.tables for row in tables["exports"]}
        self.connection = duckdb.connect()
        for name in READ_TABLES:
            rows = [row for tables in self.tables for row in tables[name]]
            # What a table would refuse is to reach the expectations.
            schema = pa.schema([column.with_nullable(True) for column in RAW_TABLES[name]])
            self.connection.register("rows", pa.Table.from_pylist(rows, schema=schema))
            self.connection.execute(f"create table {name} as from rows")
            self.connection.unregister("rows")
        self.connection.execute(f"create schema {numbered.SCHEMA}")
        for name, schema in numbered.TABLES.items():
            schema = pa.schema([column.with_nullable(True) for column in schema])
            self.connection.execute(create_table(f"{numbered.SCHEMA}.{name}", schema))
        numbered.add_words(self.connection, {name: name for name in ("records", *numbered.IN_WORDS)})

    def validate(self) -> Validation:
        return validate(self)  # type: ignore[arg-type]


def source(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def reading(name: str, form: str) -> Tables:
    """A good reading of one export: one record with an answer, a number, a rating, a date and a testimony."""
    is_page = form == PAGE
    tables: Tables = {table: [] for table in READ_TABLES}
    key = {"source_id": source(name), "record_key": "1"}
    place = {"source_start": 10, "source_end": 14} if is_page else {"source_pointer": "/a"}

    def add(table: str, **row: Any) -> None:
        tables[table].append(dict.fromkeys(RAW_TABLES[table].names) | row)

    counted = ("characters", "characters_recognised", "characters_testimony", "characters_unparsed")
    page = {"generation": "T6", "text_form": "html"} | dict(zip(counted, (1000, 900, 99, 1), strict=True))
    add("exports", **{"source_id": key["source_id"], "format": form, "encoding": "utf-8", "byte_count": 9})
    if is_page:
        tables["exports"][0] |= page
        add("unparsed_fragments", source_id=key["source_id"], source_start=3, source_end=4, text=SECRET)
    where = {} if is_page else {"latitude": 44.8, "longitude": -0.6, "postal_code": "33000"}
    add("records", **key, **where, project_name=SECRET, address=SECRET, city=SECRET)
    for part in ("social", "profile"):
        add("record_forms", **key, form=part, default_state="not_shown")
    said = {
        "sante_effet": {"answer_id": "confiance-en-soi", "match": "exact", "raw_label": SECRET},
        "insertion_professionnelle_nb_personnes": {"value_number": 12.0, "value_text": SECRET},
        "intensite_effets_collectifs": {"value_number": 4.0},
        "presentation.date_ouverture": {"value_text": "2015-03-01"},
    }
    for question, row in said.items():
        add("responses", **key, question_id=question, state="answered")
        add("observations", **key, **place, question_id=question, ordinal=1, **row)
    add("responses", **key, question_id="solidarite_type", state="ambiguous", candidate_answer_ids=["none"])
    add("responses", **key, question_id="solidarite", state="answered")
    add("testimonies", **key, **place, question_id="solidarite", text=SECRET, is_truncated=False)
    return tables


Fault = Callable[[Tables], None]


def sets(table: str, question: str | None = None, /, **values: Any) -> Fault:
    """Other values in the first row of a table, or in that of a question."""

    def apply(tables: Tables) -> None:
        found = [row for row in tables[table] if question in (None, row.get("question_id"))]
        found[0].update(values)

    return apply


def everywhere(column: str, value: str | None) -> Fault:
    def apply(tables: Tables) -> None:
        for row in (row for found in tables.values() for row in found if column in row):
            row[column] = value

    return apply


def twice(table: str, times: int = 2) -> Fault:
    return lambda tables: tables[table].extend(deepcopy(tables[table][0]) for _ in range(times - 1))


def without(*names: str) -> Fault:
    def apply(tables: Tables) -> None:
        for name in names:
            tables[name].clear()

    return apply


def both(*faults: Fault) -> Fault:
    def apply(tables: Tables) -> None:
        for fault in faults:
            fault(tables)

    return apply


def unknown_labels(tables: Tables) -> None:
    (row,) = [row for row in tables["observations"] if row["question_id"] == CHOICE]
    unknown = row | {"answer_id": None, "match": "unmapped"}
    tables["observations"] += [unknown | {"ordinal": number} for number in range(2, 10)]


def unknown_questions(tables: Tables) -> None:
    key = {name: tables["records"][0][name] for name in ("source_id", "record_key")}
    empty = dict.fromkeys(RAW_TABLES["unmapped_questions"].names)
    tables["unmapped_questions"] += [empty | key | {"question_ref": str(number)} for number in range(9)]


CHOICE, NUMBER = "sante_effet", "insertion_professionnelle_nb_personnes"
RATING, DATE = "intensite_effets_collectifs", "presentation.date_ouverture"

#: How to break each expectation in a good reading, of a page or of another form.
ON_PAGES: dict[str, Fault] = {
    "export-whole": sets("exports", byte_count=None),
    "export-bytes": sets("exports", byte_count=0),
    "export-id": everywhere("source_id", "a file"),
    "export-once": twice("exports"),
    "export-encoding": sets("exports", encoding="ebcdic"),
    "export-records": without("records", "record_forms"),
    "page-generation": sets("exports", generation="T9"),
    "page-text-form": sets("exports", text_form="pdf"),
    "page-text-form-given": sets("exports", text_form=None),
    "page-characters": sets("exports", characters_recognised=-1, characters=99),
    "page-characters-add-up": sets("exports", characters=1001),
    "page-fragments": without("unparsed_fragments"),
    "unparsed-share": both(
        sets("exports", characters_recognised=800, characters_unparsed=101),
        sets("unparsed_fragments", source_end=104),
    ),
    "unmapped-share": unknown_labels,
    "answers-there": without("responses", "observations", "testimonies"),
    "texts-undamaged": sets("testimonies", text="Un cafÃ© partagÃ©"),
    "record-whole": everywhere("record_key", None),
    "record-once": twice("records"),
    "record-forms": without("record_forms"),
    "form-whole": sets("record_forms", default_state=None),
    "form-once": twice("record_forms"),
    "form-record": without("records"),
    "form-known": sets("record_forms", form="astral"),
    "form-default-state": sets("record_forms", default_state="maybe"),
    "form-questions": twice("responses", 100),
    "response-whole": sets("responses", state=None),
    "response-question": sets("responses", question_id="colour"),
    "response-once": twice("responses"),
    "response-carried": sets("record_forms", form="environment"),
    "response-state": sets("responses", state="maybe"),
    "response-answered": sets("responses", CHOICE, state="blank"),
    "response-ambiguous": sets("responses", "solidarite_type", candidate_answer_ids=None),
    "response-candidates": sets("responses", "solidarite_type", candidate_answer_ids=["gold"]),
    "observation-whole": sets("observations", ordinal=None),
    "observation-question": sets("observations", question_id="colour"),
    "observation-once": twice("observations"),
    "observation-ordinal": sets("observations", ordinal=0),
    "observation-answered": sets("responses", CHOICE, state="lost"),
    "observation-answer": sets("observations", CHOICE, answer_id="gold"),
    "observation-match": sets("observations", CHOICE, match="guessed"),
    "observation-unmapped": sets("observations", CHOICE, answer_id=None),
    "observation-label": sets(
        "observations", CHOICE, answer_id=None, match="unmapped", raw_label=None, value_text="x"
    ),
    "observation-said": sets("observations", RATING, value_number=None),
    "observation-finite": sets("observations", NUMBER, value_number=float("nan")),
    "rating": sets("observations", RATING, value_number=7.0),
    "observation-offsets": sets("observations", source_start=14),
    "observation-place": sets("observations", source_start=None, source_end=None),
    "amount": sets("observations", NUMBER, value_number=-3.0),
    "testimony-whole": sets("testimonies", is_truncated=None),
    "testimony-question": sets("testimonies", question_id=CHOICE),
    "testimony-once": twice("testimonies"),
    "testimony-answered": sets("responses", "solidarite", state="blank"),
    "testimony-text": sets("testimonies", text=""),
    "testimony-offsets": sets("testimonies", source_end=None),
    "testimony-place": sets("testimonies", source_start=None, source_end=None),
}
ON_FILES: dict[str, Fault] = {
    "export-format": sets("exports", format="typewriter"),
    "file-characters": sets("exports", characters=1),
    "file-text-form": sets("exports", text_form="html"),
    "unknown-question-share": unknown_questions,
    "submitted-year": sets("records", submitted_at=datetime(202, 5, 1)),
    "latitude": sets("records", latitude=float("nan")),
    "longitude": sets("records", longitude=181.0),
    "postal-code": sets("records", postal_code="2000"),
    "dated-year": sets("observations", DATE, value_text="1066-10-14"),
}
#: How to break those about a table as a whole, in the tables of a round.
ON_TABLES = {
    "export-format-type": f"alter table exports alter format type enum ('{PAGE}', 'place_json')",
    "response-state-type": "alter table numbered.responses alter state type enum ('answered', 'ambiguous')",
    "observation-number-type": "alter table numbered.contents alter value_number type float",
    "testimony-question-type": "alter table numbered.testimonies alter question_id type enum ('solidarite')",
    **{
        name: f"alter table {table} add column surprise integer"
        for name, table in {
            "export-columns": "exports",
            "record-columns": "records",
            "form-columns": "record_forms",
            "response-columns": "numbered.responses",
            "observation-columns": "numbered.observations",
            "testimony-columns": "numbered.testimonies",
        }.items()
    },
}


def names_of(validation: Validation, source_id: str) -> set[str]:
    """The expectations that an export does not meet."""
    rejection = validation.rejections.get(source_id)
    doubts = {doubt.expectation for doubt in validation.warnings if doubt.source_id == source_id}
    return set(expectations_of(rejection.detail)) if rejection else doubts


def all_faults(but: str = "-") -> tuple[dict[str, str], Validation]:
    """The source on which each expectation must fail, and what came of validating all of them together."""
    sources, tables = {}, [reading("good page", PAGE), reading("good file", "place_json")]
    for form, faults in ((PAGE, ON_PAGES), ("place_json", ON_FILES)):
        for name, fault in faults.items():
            if name.endswith(but):
                continue
            bad = reading(name, form)
            fault(bad)
            tables.append(bad)
            sources[name] = bad["exports"][0]["source_id"]
    return sources, Round(tables).validate()


@pytest.fixture(scope="module")
def broken() -> tuple[dict[str, str], Validation]:
    return all_faults()


def test_a_sample_tells_what_every_row_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> list[object]:
        _, validation = all_faults(but="-once")
        details = {source_id: rejection.detail for source_id, rejection in validation.rejections.items()}
        return [details, validation.warnings, validation.checked, validation.results]

    every_row = told()
    monkeypatch.setattr("ingest.frames.FEW_ROWS", 0)
    assert told() == every_row
    round_ = Round([reading("file", "place_json"), reading("other", "place_json")])
    sampled = {content.name: content for content in frames(round_.connection, round_.codebook)}
    assert sampled["responses"].sample.num_rows < sum(sampled["responses"].row_counts.values())


def test_each_expectation_has_a_fixture_to_fail_on() -> None:
    assert ON_PAGES.keys() | ON_FILES.keys() | ON_TABLES.keys() == ALL.keys()
    assert len(ALL) == sum(len(rows) for rows in EXPECTATIONS.values()), "a name stands twice"


@pytest.mark.parametrize("name", [*ON_PAGES, *ON_FILES])
def test_it_fails_on_what_breaks_it(name: str, broken: tuple[dict[str, str], Validation]) -> None:
    sources, validation = broken
    assert name in names_of(validation, sources[name])
    assert (sources[name] in validation.rejections) == ALL[name].is_hard


@pytest.mark.parametrize("name", ["good page", "good file"])
def test_good_readings_pass_beside_bad_ones(name: str, broken: tuple[dict[str, str], Validation]) -> None:
    assert names_of(broken[1], source(name)) == set()
    counts = {frame: count for source_id, frame, count in broken[1].checked if source_id == source(name)}
    assert counts == {
        "exports": 1,
        "records": 1,
        "record_forms": 2,
        "responses": 6,
        "observations": 4,
        "testimonies": 1,
    }


def test_what_is_wrong_with_a_table_is_wrong_with_all_that_is_in_it() -> None:
    good = [reading("page", PAGE), reading("file", "place_json")]
    assert not Round(good).validate().rejections
    columns, types = Round(good), Round(good)
    for name, statement in ON_TABLES.items():
        (types if name.endswith("-type") else columns).connection.execute(statement)
    validations = columns.validate(), types.validate()
    for name in ("page", "file"):
        failed = set.union(*(names_of(validation, source(name)) for validation in validations))
        assert failed >= ON_TABLES.keys()


def test_a_rejection_says_what_was_seen_and_what_to_do() -> None:
    bad = reading("bad", PAGE)
    sets("observations", RATING, value_number=7.0)(bad)
    validation = Round([bad]).validate()
    rejection = validation.rejections[source("bad")]
    assert rejection.reason == REASON
    assert rejection.detail == "rating: a rating lies between 1 and 5; 1 row is not so (7)"
    assert rejection.remedy == REMEDIES["maintainer"]
    assert not validation.warnings
    (result,) = [row for row in validation.results if not row["success"]]
    assert result == {
        "suite": f"{PAGE}.observations",
        "expectation": "rating",
        "severity": "hard",
        "success": False,
        "export_count": 1,
        "row_count": 4,
        "failed_export_count": 1,
        "failed_row_count": 1,
    }
    assert json.loads(json.dumps(validation.results)) == validation.results


def test_a_doubt_says_what_was_seen() -> None:
    bad = reading("bad", "place_json")
    sets("records", postal_code="2000")(bad)
    (doubt,) = Round([bad]).validate().warnings
    assert (doubt.source_id, doubt.expectation, doubt.row_count) == (source("bad"), "postal-code", 1)
    assert doubt.detail == "postal-code: a postal code has five characters; 1 row is not so (4)"
    assert seen_in(doubt.detail) == "4"


def test_no_frame_holds_what_people_wrote(broken: tuple[dict[str, str], Validation], tmp_path: Path) -> None:
    round_ = Round([reading("page", PAGE), reading("file", "place_json")])
    for content in frames(round_.connection, round_.codebook):
        assert content.sample.column_names == FRAMES[content.name].columns
        assert SECRET not in str(content.sample.to_pylist()), content.name
    _, validation = broken
    said = [rejection.detail for rejection in validation.rejections.values()]
    said += [doubt.detail for doubt in validation.warnings]
    assert not any("Camille" in detail for detail in said)
    validator_module.write_data_docs(tmp_path / "data_docs")
    pages = list((tmp_path / "data_docs").rglob("*.html"))
    assert (tmp_path / "data_docs" / "index.html") in pages and len(pages) > 10
    assert not any("Camille" in page.read_text(encoding="utf-8") for page in pages)


def test_the_example_network_meets_what_is_expected() -> None:
    readings = Readings(Codebook.load(ROOT))
    for file in sorted((ROOT / "exports").rglob("*")):
        data = file.read_bytes() if file.is_file() else b""
        try:
            module = identify(Sample.of(file.name, data))
        except Rejection:
            continue
        source_id = sha256(data).hexdigest()
        readings.add(read_export(source_id, module.NAME, len(data), module.redact(data), readings.codebook))
    assert not readings.failures()
    validation = validate(readings)
    assert {key: rejection.detail for key, rejection in validation.rejections.items()} == {}
    assert {source_id for source_id, *_ in validation.checked} == readings.exports.keys()


def test_nothing_to_validate_needs_no_great_expectations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validator_module, "_running", None)
    monkeypatch.setattr(Validator, "__init__", lambda self: pytest.fail("it was begun"))
    assert validate(Readings(Codebook.load(ROOT))) == Validation()
    validator_module.write_data_docs(Path("nowhere"))
    assert not Path("nowhere").exists()


def suite(check: Check) -> Suite:
    return Suite(f"form.{check.name}", pa.table({"source_id": ["a", "b"], "value": [1, 2]}), [check])


def test_great_expectations_names_what_fails() -> None:
    check = Check("small", "ExpectColumnValuesToBeBetween", {"column": "value", "max_value": 1}, True, "")
    (result,) = validator().run([suite(check)])
    assert not result.success
    assert {source: (f.row_count, f.examples) for source, f in result.failures.items()} == {"b": (1, ("2",))}


def test_a_check_that_cannot_be_made_fails() -> None:
    check = Check("lost", "ExpectColumnValuesToNotBeNull", {"column": "nowhere"}, True, "")
    (result,) = validator().run([suite(check)])
    assert not result.success and not result.failures
    assert result.observed and "nowhere" in result.observed


def test_what_great_expectations_cannot_do_loads_nothing() -> None:
    with pytest.raises(BuildError, match="could not validate, so nothing was loaded"):
        validator().run([suite(Check("odd", "ExpectNothingLikeThis", {}, True, ""))])
    assert validator().run([]) == []


def test_its_end_loads_nothing_and_another_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    dying = Validator()
    os.killpg(dying._process.pid, signal.SIGKILL)
    with pytest.raises(BuildError, match=r"so nothing was loaded: its process ended with -9"):
        dying.run([])
    monkeypatch.setattr(validator_module, "_running", dying)
    assert validator() is not dying


@pytest.mark.long
def test_it_ends_with_the_process_that_began_it() -> None:
    script = "from ingest.validator import validator; print(validator()._process.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        child = Path("/proc") / parent.stdout.readline().decode().strip()
        parent.kill()
    deadline = time.monotonic() + 120
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not child.exists()
