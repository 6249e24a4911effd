"""One export as it is archived, and what its form's reader makes of it."""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

from ingest.codebook import Codebook
from ingest.formats import BY_NAME
from ingest.reading import Reading, Rejection
from ingest.schema import READ_TABLES

#: A page holds the social questionnaire; it does not show what it does not speak of.
_PAGE = "effects_page"
_PAGE_FORM, _PAGE_DEFAULT_STATE = "social", "not_shown"


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it is archived. Pages are read one by one: a structured form has a `document` instead, the
    bytes of a JSON text in UTF-8, or what its module's `compact`, if it has one, makes of that."""

    source_id: str
    format: str
    byte_count: int  # as received
    data: bytes | None  # none once it is in the archive, as a draft
    size: int  # bytes as archived
    stored_sha256: str
    rows: dict[str, list[tuple[Any, ...]]]
    document: bytes | None
    compact: Any = None


def read_export(
    source_id: str, format_name: str, byte_count: int, data: bytes, codebook: Codebook, compact: Any = None
) -> Export:
    """Read `data`, redacted, with the reader of its format, as far as this is done file by file.

    `compact`: what its module's `take` made of it already. Raises Rejection, with the reason `reader-error` where the
    reader itself fails: one export never stops the others.
    """
    module = BY_NAME[format_name]
    rows, document = {}, None
    try:
        if hasattr(module, "read"):
            rows = _rows_of_page(source_id, byte_count, module.read(data, codebook))
        else:
            rows = {"exports": [(source_id, format_name, None, None, "utf-8", byte_count, *[None] * 4)]}
            if not hasattr(module, "compact"):
                document = document_of(module, data)
            elif compact is None:
                compact = module.compact(data)
    except Rejection:
        raise
    except Exception as error:
        # Where it failed, not its message: that may repeat the content, and rejections are published.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise reader_error(
            f"{format_name} failed ({type(error).__name__}, {PurePosixPath(place.filename).name}, "
            f"line {place.lineno})"
        ) from error
    digest = sha256(data).hexdigest()
    return Export(source_id, format_name, byte_count, data, len(data), digest, rows, document, compact)


def document_of(module: ModuleType, data: bytes) -> bytes:
    """What an export of a structured form says, redacted, as a JSON text in UTF-8."""
    document: bytes = getattr(module, "document", bytes)(data)
    return document.removeprefix(b"\xef\xbb\xbf")


def reader_error(detail: str) -> Rejection:
    return Rejection(
        "reader-error",
        f"the reader of {detail}",
        "This is a fault of effets: report it with the file, or a part of it that still fails.",
    )


TOO_LARGE = Rejection(
    "too-large",
    "it needs more memory than a reader may take",
    "Cut it into several files, each with some of its responses.",
)


def _rows_of_page(source_id: str, byte_count: int, reading: Reading) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of a page, by raw table."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in READ_TABLES}
    rows["exports"].append(
        (
            source_id,
            _PAGE,
            reading.generation,
            reading.text_form,
            reading.encoding,
            byte_count,
            reading.characters,
            reading.characters_recognised,
            reading.characters_testimony,
            reading.characters_unparsed,
        )
    )
    record = (source_id, "")
    rows["records"].append((*record, reading.project_name, reading.project_link, *[None] * 6))
    rows["record_forms"].append((*record, _PAGE_FORM, _PAGE_DEFAULT_STATE))
    rows["responses"].extend(
        (*record, response.question_id, response.state, list(response.candidate_answer_ids) or None)
        for response in reading.responses
    )
    ordinals: Counter[str] = Counter()
    for seen in reading.observations:
        ordinals[seen.question_id] += 1
        rows["observations"].append(
            (
                *record,
                seen.question_id,
                ordinals[seen.question_id],
                seen.answer_id,
                seen.raw_label,
                seen.match,
                seen.value_number,
                seen.value_text,
                seen.source_start,
                seen.source_end,
                seen.source_pointer,
            )
        )
    rows["testimonies"].extend(
        (
            *record,
            testimony.question_id,
            testimony.text,
            testimony.is_truncated,
            testimony.source_start,
            testimony.source_end,
            testimony.source_pointer,
        )
        for testimony in reading.testimonies
    )
    rows["unparsed_fragments"].extend(
        (source_id, fragment.source_start, fragment.source_end, fragment.text)
        for fragment in reading.fragments
    )
    return rows
