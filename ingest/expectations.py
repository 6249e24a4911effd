"""What must hold of exports, as they were read, before they are loaded.

Great Expectations checks it, one validation per form of export and run, on the data frames of ingest/frames.py,
whose index is `source_id`, so that a failing row names its export.

- **hard**: it is about the reading itself, or would stop the publication of everybody's data. An export that
  fails is rejected, and the others load.
- **soft**: it is about what people wrote, or a share that looks odd. The export is loaded, with a warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from ingest.codebook import Codebook
from ingest.collect import FIRST_YEAR, LAST_YEAR
from ingest.formats import BY_NAME
from ingest.frames import FRAMES, Content, frames
from ingest.reading import Rejection
from ingest.readings import Readings
from ingest.schema import MATCHES, STATES
from ingest.validator import Check, Failure, Result, Suite, validator

REASON = "failed-expectation"

PAGE = "effects_page"
GENERATIONS = ("T1", "T2", "T3", "T4", "T4a", "T4b", "T5", "T5b", "T5c", "T6")
TEXT_FORMS = ("html", "layout", "article", "rendered", "copy", "naive")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "utf-8 read as cp1252")

#: Shares from which an export is looked at. Files as they should be stay well below; where the wording of a form
#: changed, a quarter is passed at once.
UNMAPPED_SHARE = 0.25
UNKNOWN_QUESTION_SHARE = 0.25
UNPARSED_SHARE = 0.02

#: No place that answers was founded earlier.
FIRST_FOUNDED = 1900

#: The limits, as the quality page's texts call them.
LIMITS: dict[str, object] = {
    "unmapped": round(UNMAPPED_SHARE * 100),
    "unknown": round(UNKNOWN_QUESTION_SHARE * 100),
    "unparsed": round(UNPARSED_SHARE * 100),
    "first_founded": str(FIRST_FOUNDED),
    "first_year": str(FIRST_YEAR),
    "last_year": str(LAST_YEAR),
}

#: Who acts on a failure, and what there is to do.
REMEDIES = {
    "maintainer": "This is a fault of effets, not of the file: report it with the file, or a part that shows it.",
    "steward": (
        "Teach the codebook (seeds/codebook) what it does not know: qc_unmapped_answers, qc_unmapped_questions "
        "and qc_unparsed_fragments list it."
    ),
    "sender": "Have it corrected where it was answered or saved, and ingest the file made anew.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A class of Great Expectations and its arguments; a value set may be the name of one of `_vocabularies`."""

    kind: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A row of the table below. `only`: pages, or files (all forms but pages)."""

    name: str
    claim: Claim
    protects: str  # a key of the quality page's texts
    acts: str  # a key of REMEDIES
    says: str
    only: str | None = None
    is_hard: bool = True

    def applies_to(self, format_name: str) -> bool:
        return self.only is None or (self.only == "pages") == (format_name == PAGE)


def _columns(frame: str) -> Claim:
    return Claim("ExpectTableColumnsToMatchOrderedList", {"column_list": FRAMES[frame].columns})


def _typed(column: str, data_type: str) -> Claim:
    return Claim("ExpectColumnValuesToBeOfType", {"column": column, "type_": data_type})


def _among(column: str, values: Sequence[object] | str) -> Claim:
    return Claim("ExpectColumnValuesToBeInSet", {"column": column, "value_set": values})


def _true(column: str) -> Claim:
    return _among(column, (True,))


def _between(column: str, low: float | None, high: float | None = None) -> Claim:
    return Claim("ExpectColumnValuesToBeBetween", {"column": column, "min_value": low, "max_value": high})


def _given(column: str) -> Claim:
    return Claim("ExpectColumnValuesToNotBeNull", {"column": column})


def _absent(column: str) -> Claim:
    return Claim("ExpectColumnValuesToBeNull", {"column": column})


def _matches(column: str, regex: str) -> Claim:
    return Claim("ExpectColumnValuesToMatchRegex", {"column": column, "regex": regex})


def _unique(*columns: str) -> Claim:
    if len(columns) == 1:
        return Claim("ExpectColumnValuesToBeUnique", {"column": columns[0]})
    return Claim("ExpectCompoundColumnsToBeUnique", {"column_list": list(columns)})


def _equal(column: str, other: str) -> Claim:
    return Claim("ExpectColumnPairValuesToBeEqual", {"column_A": column, "column_B": other})


def _at_most(column: str, other: str) -> Claim:
    pair = {"column_A": other, "column_B": column, "or_equal": True}
    return Claim("ExpectColumnPairValuesAToBeGreaterThanB", pair)


_hard, _soft = Expectation, partial(Expectation, is_hard=False)
_RECORD = ("source_id", "record_key")
_QUESTION = (*_RECORD, "question_id")

#: The suites, by frame: name, what holds, what it protects, who acts on a failure, and the same in words. Names
#: are kept: rejections, warnings and the texts of the quality page refer to them.
# fmt: off
EXPECTATIONS: dict[str, tuple[Expectation, ...]] = {
    "exports": (
        _hard("export-columns", _columns("exports"), "coverage", "maintainer",
              "the columns of exports are those of the schema"),
        _hard("export-whole", _true("is_whole"), "coverage", "maintainer",
              "an export has all that the schema requires of it"),
        _hard("export-format-type", _typed("format", "str"), "coverage", "maintainer",
              "forms of exports are named by texts"),
        _hard("export-bytes", _between("byte_count", 1), "coverage", "maintainer",
              "an export has at least one byte"),
        _hard("export-id", _matches("source_id", "^[0-9a-f]{64}$"), "provenance", "maintainer",
              "an export is named by a sha256"),
        _hard("export-once", _unique("source_id"), "keys", "maintainer",
              "an export stands once"),
        _hard("export-format", _among("format", "formats"), "provenance", "maintainer",
              "the form of an export is a known one"),
        _hard("export-encoding", _among("encoding", ENCODINGS), "texts", "maintainer",
              "the encoding of an export is a known one"),
        _hard("export-records", _between("record_count", 1), "coverage", "maintainer",
              "an export holds at least one record"),
        _hard("page-generation", _among("generation", GENERATIONS), "states", "maintainer",
              "the generation of a page is a known one", only="pages"),
        _hard("page-text-form", _among("text_form", TEXT_FORMS), "states", "maintainer",
              "the text form of a page is a known one", only="pages"),
        _hard("page-text-form-given", _given("text_form"), "states", "maintainer",
              "a page has a text form", only="pages"),
        _hard("page-characters", _between("characters_recognised", 0), "coverage", "maintainer",
              "no character of a page is counted twice", only="pages"),
        _hard("page-characters-add-up", _equal("characters", "characters_accounted"), "coverage", "maintainer",
              "each character of a page is recognised, testimony or unparsed", only="pages"),
        _hard("page-fragments", _equal("characters_unparsed", "characters_listed"), "coverage", "maintainer",
              "each unparsed character of a page is listed", only="pages"),
        _hard("file-characters", _absent("characters"), "coverage", "maintainer",
              "characters are counted on pages alone", only="files"),
        _hard("file-text-form", _absent("text_form"), "states", "maintainer",
              "pages alone have a text form", only="files"),
        _soft("unparsed-share", _between("unparsed_share", 0, UNPARSED_SHARE), "coverage", "steward",
              f"at most {UNPARSED_SHARE:.0%} of a page is not understood", only="pages"),
        _soft("unmapped-share", _between("unmapped_share", 0, UNMAPPED_SHARE), "answers", "steward",
              f"at most {UNMAPPED_SHARE:.0%} of the answers chosen are unknown to the codebook"),
        _soft("unknown-question-share", _between("unknown_question_share", 0, UNKNOWN_QUESTION_SHARE),
              "coverage", "steward",
              f"at most {UNKNOWN_QUESTION_SHARE:.0%} of the questions are unknown to the codebook", only="files"),
        _soft("answers-there", _between("answer_count", 1), "coverage", "sender",
              "an export says something"),
        _soft("texts-undamaged", _between("damaged_count", 0, 0), "texts", "sender",
              "no text lost its accents on its way"),
    ),
    "records": (
        _hard("record-columns", _columns("records"), "coverage", "maintainer",
              "the columns of records are those of the schema"),
        _hard("record-whole", _true("is_whole"), "coverage", "maintainer",
              "a record has all that the schema requires of it"),
        _hard("record-once", _unique(*_RECORD), "keys", "maintainer",
              "a record stands once"),
        _hard("record-forms", _between("form_count", 1), "coverage", "maintainer",
              "a record carries a form"),
        _hard("submitted-year", _between("submitted_year", FIRST_YEAR, LAST_YEAR), "years", "sender",
              f"an answer was sent between {FIRST_YEAR} and {LAST_YEAR}", only="files"),
        _hard("latitude", _between("latitude", -90, 90), "places", "sender",
              "a latitude lies between -90 and 90", only="files"),
        _hard("longitude", _between("longitude", -180, 180), "places", "sender",
              "a longitude lies between -180 and 180", only="files"),
        _soft("postal-code", _between("postal_code_length", 5, 5), "places", "sender",
              "a postal code has five characters", only="files"),
    ),
    "record_forms": (
        _hard("form-columns", _columns("record_forms"), "coverage", "maintainer",
              "the columns of records' forms are those of the schema"),
        _hard("form-whole", _true("is_whole"), "coverage", "maintainer",
              "a record's form has all that the schema requires of it"),
        _hard("form-once", _unique(*_RECORD, "form"), "keys", "maintainer",
              "a record carries a form once"),
        _hard("form-record", _true("has_record"), "coverage", "maintainer",
              "a form is carried by a record"),
        _hard("form-known", _among("form", "forms"), "states", "maintainer",
              "the forms that a record carries are the codebook's"),
        _hard("form-default-state", _among("default_state", STATES), "states", "maintainer",
              "what a form does not speak of is in a known state"),
        _hard("form-questions", _at_most("stated_count", "question_count"), "states", "maintainer",
              "a record says no more about a form than the form has questions"),
    ),
    "responses": (
        _hard("response-columns", _columns("responses"), "coverage", "maintainer",
              "the columns of responses are those of the schema"),
        _hard("response-whole", _true("is_whole"), "coverage", "maintainer",
              "a response has all that the schema requires of it"),
        _hard("response-state-type", _typed("state", "str"), "coverage", "maintainer",
              "states are named by texts"),
        _hard("response-question", _among("question_id", "questions"), "answers", "maintainer",
              "a response is to a question of the codebook"),
        _hard("response-once", _unique(*_QUESTION), "keys", "maintainer",
              "a record responds once to a question"),
        _hard("response-carried", _true("is_carried"), "coverage", "maintainer",
              "a response belongs to a form that its record carries"),
        _hard("response-state", _among("state", STATES), "states", "maintainer",
              "the state of a response is a known one"),
        _hard("response-answered", _equal("is_answered", "has_answer"), "states", "maintainer",
              "what is answered has an answer, and nothing else has"),
        _hard("response-ambiguous", _equal("is_ambiguous", "has_candidates"), "states", "maintainer",
              "what is ambiguous names its candidates, and nothing else does"),
        _hard("response-candidates", _between("unknown_candidate_count", 0, 0), "answers", "maintainer",
              "candidates are answers of the question's list"),
    ),
    "observations": (
        _hard("observation-columns", _columns("observations"), "coverage", "maintainer",
              "the columns of observations are those of the schema"),
        _hard("observation-whole", _true("is_whole"), "coverage", "maintainer",
              "an observation has all that the schema requires of it"),
        _hard("observation-number-type", _typed("value_number", "float64"), "figures", "maintainer",
              "numbers are numbers"),
        _hard("observation-question", _among("question_id", "questions"), "answers", "maintainer",
              "an observation is about a question of the codebook"),
        _hard("observation-once", _unique(*_QUESTION, "ordinal"), "keys", "maintainer",
              "an observation stands once"),
        _hard("observation-ordinal", _between("ordinal", 1), "keys", "maintainer",
              "observations are counted from 1"),
        _hard("observation-answered", _among("state", ("answered",)), "states", "maintainer",
              "an observation belongs to a question that its record answers"),
        _hard("observation-answer", _among("answer_key", "answers"), "answers", "maintainer",
              "a coded answer is one of the question's list"),
        _hard("observation-match", _among("match", MATCHES), "answers", "maintainer",
              "how a label was recognised is a known way"),
        _hard("observation-unmapped", _equal("is_unmapped", "lacks_answer"), "answers", "maintainer",
              "a label without an answer is unmapped, and no other"),
        _hard("observation-label", _true("has_label"), "answers", "maintainer",
              "an unmapped answer keeps its label"),
        _hard("observation-said", _true("says_something"), "coverage", "maintainer",
              "an observation says something"),
        _hard("observation-finite", _true("is_finite"), "figures", "maintainer",
              "a number is finite"),
        _hard("rating", _between("rating", 1, 5), "figures", "maintainer",
              "a rating lies between 1 and 5"),
        _hard("observation-offsets", _between("source_length", 1), "provenance", "maintainer",
              "an observation ends after it starts"),
        _soft("observation-place", _true("has_place"), "provenance", "maintainer",
              "an observation tells where it was read"),
        _soft("amount", _between("amount", 0), "figures", "sender",
              "a count or a measure is not below zero"),
        _soft("dated-year", _between("dated_year", FIRST_FOUNDED, LAST_YEAR), "figures", "sender",
              f"a date of the place lies between {FIRST_FOUNDED} and {LAST_YEAR}", only="files"),
    ),
    "testimonies": (
        _hard("testimony-columns", _columns("testimonies"), "coverage", "maintainer",
              "the columns of testimonies are those of the schema"),
        _hard("testimony-whole", _true("is_whole"), "coverage", "maintainer",
              "a testimony has all that the schema requires of it"),
        _hard("testimony-question-type", _typed("question_id", "str"), "coverage", "maintainer",
              "questions are named by texts"),
        _hard("testimony-question", _among("role", ("testimony",)), "answers", "maintainer",
              "a testimony answers a question that asks for one"),
        _hard("testimony-once", _unique(*_QUESTION), "keys", "maintainer",
              "a record testifies once to a question"),
        _hard("testimony-answered", _among("state", ("answered",)), "states", "maintainer",
              "a testimony belongs to a question that its record answers"),
        _hard("testimony-text", _between("text_length", 1), "texts", "maintainer",
              "a testimony is not empty"),
        _hard("testimony-offsets", _between("source_length", 1), "provenance", "maintainer",
              "a testimony ends after it starts"),
        _soft("testimony-place", _true("has_place"), "provenance", "maintainer",
              "a testimony tells where it was read"),
    ),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Doubt:
    """An export that a soft expectation doubts."""

    source_id: str
    expectation: str
    row_count: int
    detail: str
    remedy: str


@dataclass(slots=True)
class Validation:
    """What came of a validation.

    `rejections` and the sources of `warnings` exclude each other; `checked` counts the rows of each export and
    frame; `results` has a row of plain values for each form and expectation.
    """

    rejections: dict[str, Rejection] = field(default_factory=dict)
    warnings: list[Doubt] = field(default_factory=list)
    checked: list[tuple[str, str, int]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)


def validate(readings: Readings) -> Validation:
    """Check a round of readings. Raises BuildError if Great Expectations cannot work."""
    validation = Validation()
    if not readings.exports:
        return validation  # Great Expectations need not be there for that
    vocabularies = _vocabularies(readings.codebook)
    suites: list[Suite] = []
    contents: list[Content] = []
    for content in frames(readings.connection, readings.codebook):
        checks = [_check(e, vocabularies) for e in _expectations(content)]
        suites.append(Suite(f"{content.format_name}.{content.name}", content.sample, checks))
        contents.append(content)
    results = _results(suites, contents)
    failed: dict[str, list[tuple[Expectation, Failure]]] = {}
    for suite, content in zip(suites, contents, strict=True):
        rows, expectations = content.row_counts, _expectations(content)
        validation.checked += [(source_id, content.name, count) for source_id, count in sorted(rows.items())]
        for expectation in expectations:
            result = results[suite.name, expectation.name]
            failures = _failures(result, rows)
            for source_id, failure in failures.items():
                failed.setdefault(source_id, []).append((expectation, failure))
            validation.results.append(
                {
                    "suite": suite.name,
                    "expectation": expectation.name,
                    "severity": "hard" if expectation.is_hard else "soft",
                    "success": result.success,
                    "export_count": len(rows),
                    "row_count": sum(rows.values()),
                    "failed_export_count": len(failures),
                    "failed_row_count": sum(failure.row_count for failure in failures.values()),
                }
            )
    for source_id, found in sorted(failed.items()):
        hard = [(expectation, failure) for expectation, failure in found if expectation.is_hard]
        if hard:
            detail = _AND.join(_detail(expectation, failure) for expectation, failure in hard)
            validation.rejections[source_id] = Rejection(REASON, detail, REMEDIES[hard[0][0].acts])
        else:
            validation.warnings += [
                Doubt(source_id, e.name, failure.row_count, _detail(e, failure), REMEDIES[e.acts])
                for e, failure in found
            ]
    return validation


def _expectations(content: Content) -> list[Expectation]:
    return [e for e in EXPECTATIONS[content.name] if e.applies_to(content.format_name)]


def _results(suites: Sequence[Suite], contents: Sequence[Content]) -> dict[tuple[str, str], Result]:
    """The results by suite and check. Where a sample fails, every row is checked, to tell which do."""
    results = {(result.suite, result.check): result for result in validator().run(suites)}
    failing = {suite for (suite, _), result in results.items() if not result.success}
    again = [
        replace(suite, frame=content.every_row())
        for suite, content in zip(suites, contents, strict=True)
        if suite.name in failing and not content.is_whole
    ]
    if again:
        results |= {(result.suite, result.check): result for result in validator().run(again)}
    return results


def expectations_of(detail: str) -> list[str]:
    """The expectations that the detail of a rejection names."""
    return [part.partition(": ")[0] for part in detail.split(_AND)]


def seen_in(detail: str) -> str:
    """The examples of what was seen, in the detail of a doubt."""
    return detail.rpartition(" not so")[2].strip(" ()")


_AND = " · "


def _detail(expectation: Expectation, failure: Failure) -> str:
    rows = "1 row is" if failure.row_count == 1 else f"{failure.row_count} rows are"
    seen = "; ".join(example for example in failure.examples if example != "False")
    return f"{expectation.name}: {expectation.says}; {rows} not so" + (f" ({seen})" if seen else "")


def _failures(result: Result, rows: Mapping[str, int]) -> Mapping[str, Failure]:
    """Failures by export; what fails of a frame as a whole fails of each export that has `rows` in it."""
    if result.success or result.failures:
        return result.failures
    return {source_id: Failure(count, (result.observed or "",)) for source_id, count in rows.items()}


def _vocabularies(codebook: Codebook) -> dict[str, list[str]]:
    return {
        "formats": list(BY_NAME),
        "forms": sorted({question.form for question in codebook.questions.values()}),
        "questions": list(codebook.questions),
        "answers": [
            f"{answer_list}/{answer.answer_id}"
            for answer_list, answers in codebook.answers.items()
            for answer in answers
        ],
    }


def _check(expectation: Expectation, vocabularies: Mapping[str, list[str]]) -> Check:
    arguments = dict(expectation.claim.arguments)
    values = arguments.get("value_set")
    if values is not None:
        arguments["value_set"] = vocabularies[values] if isinstance(values, str) else list(values)
    return Check(expectation.name, expectation.claim.kind, arguments, expectation.is_hard, expectation.says)
