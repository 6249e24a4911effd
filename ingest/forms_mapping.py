"""Rows for seeds/codebook/forms.csv, ready to be completed, for a form that the codebook does not know."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ingest.codebook import Codebook, FormField, label_key
from ingest.formats import json_file, personal, typeform_api, typeform_download
from ingest.formats.field_values import FAMILIES, FITTING
from ingest.identify import Sample, identify
from ingest.slug import slugify
from ingest.spreadsheet import as_text

COLUMNS = (
    "form",
    "field_ref",
    "title",
    "typeform_type",
    "target",
    "question_id",
    "answer_id",
    "attribute",
    "part",
)

#: A field as a file shows it: its id, its title and Typeform's type of it; what the file lacks is None.
Seen = tuple[str | None, str | None, str | None]


def mapping_template(path: Path, codebook: Codebook) -> str:
    """The rows for a form, as CSV with a header, from its definition or from any file of responses to it.

    Titles come in, answers never do. Raises Rejection for a file that no form of export is known for, or that
    is damaged.
    """
    data = path.read_bytes()
    module = identify(Sample.of(path.name, data))
    document, _ = json_file.parse(module.document(data) if hasattr(module, "document") else data)
    return mapping_rows(slugify(path.stem) or "form", _seen(document), codebook)


def mapping_rows(form: str, fields: Iterable[Seen], codebook: Codebook) -> str:
    """The rows for a form, as CSV with a header: one per field that the codebook does not know by its id.

    The target is filled in where the title tells it, or a person's data are asked for; else it is `unknown`,
    to be completed by hand.
    """
    known = {field.field_ref for field in codebook.fields if field.field_ref}
    titled: dict[str | None, Seen] = {}
    for seen in fields:
        key = seen[0] or seen[1]  # an answer of the API does not have the title that the definition has
        titled[key] = seen if seen[1] else titled.get(key, seen)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for field_ref, title, kind in titled.values():
        if field_ref not in known and kind not in typeform_api.NO_QUESTIONS:
            told = _told(field_ref, title, kind, codebook)
            asked = (form, field_ref, " ".join((title or "").split()), kind)
            meant = (told.target, told.question_id, told.answer_id, told.attribute, told.part)
            writer.writerow(["" if value is None else as_text(str(value)) for value in (*asked, *meant)])
    return out.getvalue()


def _told(field_ref: str | None, title: str | None, kind: str | None, codebook: Codebook) -> FormField:
    """What the title tells of a field, as the queries read it."""

    def meaning(target: str, question_id: str | None = None) -> FormField:
        return FormField("", field_ref, title, None, kind, target, question_id, None, None, None)

    if personal.is_personal(field_ref, title, kind):
        return meaning("personal")
    key = label_key(title or "")
    found = [field for field in codebook.fields if key and field.title_key == key] or [
        meaning("question", question.question_id)
        for question in codebook.questions.values()
        if key and label_key(question.label_fr) == key and question.form != "urban_project"
    ]
    fitting = [field for field in found if _fits(field, kind, codebook)]
    return fitting[0] if len(fitting) == 1 else meaning("unknown")


def _fits(field: FormField, kind: str | None, codebook: Codebook) -> bool:
    asked = field.attribute or field.target
    if field.target == "question" and field.question_id:
        asked = codebook.questions[field.question_id].kind
    return kind is None or any(kind in FAMILIES[family] and asked in FITTING[family] for family in FAMILIES)


def _seen(document: Any) -> Iterator[Seen]:
    """The fields of a definition, of responses of either kind, or of a table, in their order."""
    if isinstance(document, list):
        for item in document:
            yield from _seen(item)
    if not isinstance(document, dict):
        return
    field = document["field"] if isinstance(document.get("field"), dict) else document
    is_group = "group" in document or "fields" in document
    if not is_group and "id" in field and ("title" in field or field is not document):
        yield _text(field.get("id")), _text(field.get("title")), _text(field.get("type"))
    if "header" in document:
        yield from (
            (None, title, None) for title in document["header"] if title not in typeform_download.META
        )
    if "columns" in document:
        yield from ((row[3], row[4], row[5]) for row in document["rows"])
    for key in ("form", "fields", "properties", "items", "answers", "group"):
        yield from _seen(document.get(key))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
