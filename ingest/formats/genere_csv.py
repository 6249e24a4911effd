"""`<slug>.genere.csv` and `00_export_global_genere.csv`: what the platform stored of the answers. A weak source.

Recognised by its header. The platform writes 0 for a number that nobody gave, and nothing for what it did not
import or keeps in another shape: a number 0 is `ambiguous`, and nothing is `not_shown`, never `blank`. Of the
opening times, publics, means of transport and values it prints whether the first choice was made: 1 says that
choices were made and not which (`lost`), 0 says nothing of the others (`not_shown`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from ingest.formats import platform_csv
from ingest.identify import Sample

NAME = "genere_csv"

#: Questions that fill two places of the store have two rows in each record.
_DOUBLED = ("ra8TVKu7zYVf", "yici2D4DqhaX", "8Xmv6Cck82CB")


def recognise(sample: Sample) -> bool:
    """Whether the file begins with the header of stored values."""
    return platform_csv.is_kind(sample, platform_csv.GENERE)


def redact(data: bytes) -> bytes:
    """The file without the respondent's name and address, and without edit links.

    Raises Rejection `malformed` or `empty`.
    """
    return platform_csv.redact(data, platform_csv.GENERE)


def document(data: bytes) -> bytes:
    """The file as the JSON that the queries read."""
    return platform_csv.document(data, platform_csv.GENERE)


def without(data: bytes, places: Container[str]) -> bytes:
    """The file with empty lines in the place of the rows of these numbers."""
    return platform_csv.without(data, platform_csv.GENERE, places)


PLACES = platform_csv.PLACES

QUERIES: Mapping[str, str] = {
    "form_rows": platform_csv.rows(_DOUBLED),
    "form_records": platform_csv.records("not_shown"),
    "form_answers": platform_csv.answers(is_stored=True),
    **platform_csv.QUERIES,
}
