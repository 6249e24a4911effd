"""`<slug>.typeform.csv` and `00_export_global_typeform.csv`: the answers of a Typeform form, a row each.

Recognised by its header. It holds every answer that stood in a group of the form, under the questions' own ids,
and neither a token nor a date; answers outside of groups are missing, and so never asked as far as one can see.
Several choices are joined by commas.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from ingest.formats import platform_csv
from ingest.identify import Sample

NAME = "typeform_csv"


def recognise(sample: Sample) -> bool:
    """Whether the file begins with the header of raw answers."""
    return platform_csv.is_kind(sample, platform_csv.TYPEFORM)


def redact(data: bytes) -> bytes:
    """The file without the respondent's name and address, and without edit links.

    Raises Rejection `malformed` or `empty`.
    """
    return platform_csv.redact(data, platform_csv.TYPEFORM)


def document(data: bytes) -> bytes:
    """The file as the JSON that the queries read."""
    return platform_csv.document(data, platform_csv.TYPEFORM)


def without(data: bytes, places: Container[str]) -> bytes:
    """The file with empty lines in the place of the rows of these numbers."""
    return platform_csv.without(data, platform_csv.TYPEFORM, places)


PLACES = platform_csv.PLACES

QUERIES: Mapping[str, str] = {
    "form_rows": platform_csv.rows(),
    "form_records": platform_csv.records("not_asked"),
    "form_answers": platform_csv.answers(is_stored=False),
    **platform_csv.QUERIES,
}
