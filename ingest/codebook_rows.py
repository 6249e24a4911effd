"""Rows for the codebook's seeds, ready to be reviewed, for what it does not know."""

from __future__ import annotations

import csv
import io
from difflib import get_close_matches
from pathlib import Path

import duckdb

from ingest.codebook import Codebook, label_key
from ingest.collect import UsageError
from ingest.forms_mapping import mapping_template
from ingest.reading import Rejection
from ingest.slug import slugify
from ingest.speech import tr
from ingest.spreadsheet import as_text
from ingest.warehouse import PROJECT_ROOT, Warehouse

COLUMNS = (
    "answer_list",
    "answer_id",
    "position",
    "label_fr",
    "label_en",
    "polarity",
    "is_no",
    "page_labels",
    "evidence",
)
#: An id is read by people: the first words of a long label tell it.
_ID_LENGTH = 60
#: From here on a known label is near enough to ask whether it was meant.
_NEAR = 0.8


def form_rows(file: Path) -> str:
    """Rows for forms.csv, as CSV with a header: the fields of a form, from its definition or responses to it.

    Raises UsageError for a file of which no form can be told.
    """
    if not file.is_file():
        raise UsageError(tr("{file} is no file: give a form's definition, or responses to it", file=file))
    try:
        return mapping_template(file, Codebook.load(PROJECT_ROOT))
    except Rejection as rejection:
        raise UsageError(
            tr("{file} shows no form: {reason}", file=file, reason=f"{rejection.detail}. {rejection.remedy}")
        ) from rejection


def answer_rows(warehouse: Warehouse) -> str:
    """Rows for answers.csv, as CSV with a header, one per list and label that is unmapped in what is published.

    Nothing is decided here: polarity, `is_no` and the English label are the reviewer's. `evidence` says how often
    the label was met, and where first; it names the answer whose other spelling (`page_labels`) it may be.
    Raises UsageError if nothing is published.
    """
    if warehouse.last_publication() is None:
        raise UsageError(
            tr("nothing is published in {path} yet: `effets run` does that", path=warehouse.root)
        )
    with duckdb.connect(warehouse.database, read_only=True) as connection:
        found = connection.execute(_UNMAPPED).fetchall()
    codebook = Codebook.load(PROJECT_ROOT)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for answer_list, labels in _by_list(found).items():
        answers = codebook.answers.get(answer_list, ())
        taken = {answer.answer_id for answer in answers}
        spellings = {
            label_key(spelling): answer.answer_id
            for answer in answers
            for spelling in (answer.label_fr, *answer.page_labels)
        }
        position = max((answer.position for answer in answers), default=0)
        for label, seen in labels.items():
            position += 1
            answer_id = _new_id(label, taken)
            taken.add(answer_id)
            near = get_close_matches(label_key(label), spellings, n=1, cutoff=_NEAR)
            evidence = f"{seen}; or another spelling of {spellings[near[0]]}?" if near else seen
            writer.writerow(
                (answer_list, answer_id, position, as_text(label), "", 0, 0, "", f"attested ({evidence})")
            )
    return out.getvalue()


def _by_list(found: list[tuple[str, str, int, str, str]]) -> dict[str, dict[str, str]]:
    """How often and where each label of each list was met; questions that share a list share its labels."""
    met: dict[tuple[str, str], int] = {}
    firsts: dict[tuple[str, str], tuple[str, str]] = {}
    for answer_list, label, record_count, path, place in found:
        key = answer_list, label_key(label)
        met[key] = met.get(key, 0) + record_count
        firsts.setdefault(key, (label, f"{path} at {place}" if place else path))
    lists: dict[str, dict[str, str]] = {}
    for (answer_list, folded), count in met.items():
        label, first = firsts[answer_list, folded]
        times = "once" if count == 1 else f"{count} times"
        lists.setdefault(answer_list, {})[label] = f"met {times}, first in {first}"
    return lists


def _new_id(label: str, taken: set[str]) -> str:
    """A kebab-case id that the list does not have."""
    stem = slugify(label)
    if len(stem) > _ID_LENGTH:
        stem = stem[:_ID_LENGTH].rpartition("-")[0] or stem[:_ID_LENGTH]
    stem = stem or "reponse"
    number = 2
    answer_id = stem
    while answer_id in taken:
        answer_id = f"{stem}-{number}"
        number += 1
    return answer_id


_UNMAPPED = """
    select
        answer_list,
        raw_label,
        record_count,
        first_path,
        coalesce(first_source_start || '–' || first_source_end, first_source_pointer, '') as place
    from qc_unmapped_answers
    where answer_list is not null
    order by answer_list, first_year, first_path, raw_label, question_id
"""
