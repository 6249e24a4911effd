"""The one shape in which every reader ends: the tables of the `raw` schema.

A reader, whatever the form of the export, fills these tables and no others. They hold what an export says,
as it says it, with the place it was read from; projects, years and the strongest of several answers are
decided later, in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

#: Response states, from the strongest to the weakest.
STATES = ("answered", "blank", "ambiguous", "lost", "not_shown", "not_asked")

#: How a printed label was recognised.
MATCHES = ("exact", "rewritten", "inferred", "unmapped")

_RECORD = [
    pa.field("source_id", pa.string(), nullable=False),
    pa.field("record_key", pa.string(), nullable=False),
]
_PLACE_IN_SOURCE = [
    pa.field("source_start", pa.int64()),
    pa.field("source_end", pa.int64()),
    pa.field("source_pointer", pa.string()),
]

_REPORT = [
    pa.field("report_year", pa.int32(), nullable=False),
    pa.field("edition", pa.int32(), nullable=False),
    pa.field("release", pa.string(), nullable=False),
    pa.field("published_on", pa.date32(), nullable=False),
]

#: Raw tables by name. Keys: exports (source_id); receipts (source_id, year); records (source_id, record_key);
#: record_forms (+ form); responses (+ question_id); observations (+ question_id, ordinal);
#: testimonies (+ question_id); validations (source_id, frame); doubts (source_id, expectation); the rest have none.
RAW_TABLES: dict[str, pa.Schema] = {
    # One row per export that was read.
    "exports": pa.schema(
        [
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("format", pa.string(), nullable=False),
            pa.field("generation", pa.string()),
            pa.field("text_form", pa.string()),
            pa.field("encoding", pa.string()),
            pa.field("byte_count", pa.int64(), nullable=False),
            pa.field("characters", pa.int64()),
            pa.field("characters_recognised", pa.int64()),
            pa.field("characters_testimony", pa.int64()),
            pa.field("characters_unparsed", pa.int64()),
        ]
    ),
    # One row per export and year it was received for: what stands outside the file.
    "receipts": pa.schema(
        [
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("path", pa.string(), nullable=False),
            pa.field("year", pa.int32()),  # null: the records' own submission times decide
            pa.field("year_basis", pa.string()),  # manifest, folder, option, redated
            pa.field("project_name", pa.string()),  # from the manifest
            pa.field("project_stem", pa.string(), nullable=False),  # the file's stem
            pa.field("collected_on", pa.date32()),
            pa.field("is_retracted", pa.bool_(), nullable=False),
        ]
    ),
    # One row per filled questionnaire inside an export.
    "records": pa.schema(
        [
            *_RECORD,
            pa.field("project_name", pa.string()),  # the name inside
            pa.field("project_link", pa.string()),  # the slug in the page's link
            pa.field("submitted_at", pa.timestamp("us")),
            pa.field("address", pa.string()),
            pa.field("postal_code", pa.string()),  # five characters, or as written
            pa.field("city", pa.string()),
            pa.field("latitude", pa.float64()),
            pa.field("longitude", pa.float64()),
        ]
    ),
    # One row per record and questionnaire part it carries; `default_state` stands for questions without a row
    # in `responses`.
    "record_forms": pa.schema(
        [
            *_RECORD,
            pa.field("form", pa.string(), nullable=False),
            pa.field("default_state", pa.string(), nullable=False),
        ]
    ),
    "responses": pa.schema(
        [
            *_RECORD,
            pa.field("question_id", pa.string(), nullable=False),
            pa.field("state", pa.string(), nullable=False),
            pa.field("candidate_answer_ids", pa.list_(pa.string())),
        ]
    ),
    # One row per observed thing. `ordinal` counts from 1 within the question.
    "observations": pa.schema(
        [
            *_RECORD,
            pa.field("question_id", pa.string(), nullable=False),
            pa.field("ordinal", pa.int32(), nullable=False),
            pa.field("answer_id", pa.string()),
            pa.field("raw_label", pa.string()),
            pa.field("match", pa.string()),
            pa.field("value_number", pa.float64()),
            pa.field("value_text", pa.string()),
            *_PLACE_IN_SOURCE,
        ]
    ),
    "testimonies": pa.schema(
        [
            *_RECORD,
            pa.field("question_id", pa.string(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
            pa.field("is_truncated", pa.bool_(), nullable=False),
            *_PLACE_IN_SOURCE,
        ]
    ),
    "unparsed_fragments": pa.schema(
        [
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("source_start", pa.int64(), nullable=False),
            pa.field("source_end", pa.int64(), nullable=False),
            pa.field("text", pa.string(), nullable=False),
        ]
    ),
    # Questions of structured forms that the codebook does not know, with what was answered.
    "unmapped_questions": pa.schema(
        [
            *_RECORD,
            pa.field("question_ref", pa.string(), nullable=False),
            pa.field("title", pa.string()),
            pa.field("type", pa.string()),
            pa.field("value_text", pa.string()),
            pa.field("source_pointer", pa.string()),
        ]
    ),
    # What an export was checked for before it was loaded: how many of its rows, by frame (ingest/frames.py).
    "validations": pa.schema(
        [
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("frame", pa.string(), nullable=False),
            pa.field("row_count", pa.int64(), nullable=False),
        ]
    ),
    # The soft expectations (ingest/expectations.py) that an export does not meet, and on how many rows.
    "doubts": pa.schema(
        [
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("expectation", pa.string(), nullable=False),
            pa.field("row_count", pa.int64(), nullable=False),
            pa.field("detail", pa.string(), nullable=False),
            pa.field("remedy", pa.string(), nullable=False),
        ]
    ),
    # Every name, link and stem met, with the slug that the platform would make of it.
    "slugs": pa.schema(
        [
            pa.field("name", pa.string(), nullable=False),
            pa.field("slug", pa.string(), nullable=False),
        ]
    ),
    "rejections": pa.schema(
        [
            pa.field("path", pa.string(), nullable=False),
            pa.field("source_id", pa.string()),
            pa.field("reason", pa.string(), nullable=False),
            pa.field("detail", pa.string(), nullable=False),
            pa.field("remedy", pa.string(), nullable=False),
        ]
    ),
    # Figures of published reports, of each year those of the last edition, and what they rested on.
    "published_figures": pa.schema(
        [
            *_REPORT,
            pa.field("indicator_id", pa.string(), nullable=False),
            pa.field("method_version", pa.string(), nullable=False),
            pa.field("component_id", pa.string(), nullable=False),
            pa.field("year", pa.int32(), nullable=False),
            pa.field("scope_type", pa.string(), nullable=False),
            pa.field("scope_id", pa.string(), nullable=False),
            pa.field("numerator", pa.int32()),
            pa.field("denominator", pa.int32()),
            pa.field("value", pa.float64()),
            pa.field("status", pa.string(), nullable=False),
            pa.field("method_digest", pa.string()),
            pa.field("codebook_digest", pa.string()),
            pa.field("corrections_digest", pa.string()),
            pa.field("register_digest", pa.string()),
            pa.field("disclosure", pa.string()),
        ]
    ),
    # One row per published report, year and export that spoke in it.
    "published_sources": pa.schema(
        [
            *_REPORT,
            pa.field("year", pa.int32(), nullable=False),
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("record_count", pa.int32(), nullable=False),
        ]
    ),
    # What models need of effets.toml: written by each build, with a row per key.
    "settings": pa.schema(
        [
            pa.field("key", pa.string(), nullable=False),
            pa.field("value", pa.string(), nullable=False),
        ]
    ),
    # One row per site of the network's own register and period in which it is active; empty without one.
    "register": pa.schema(
        [
            pa.field("project_id", pa.string(), nullable=False),
            pa.field("active_from", pa.string()),
            pa.field("active_to", pa.string()),
            pa.field("postal_code", pa.string()),
            pa.field("city", pa.string()),
            pa.field("commune_size", pa.string()),
            pa.field("legal_status", pa.string()),
            pa.field("priority_district", pa.string()),
        ]
    ),
}

#: The tables that readers fill; the others say what stands outside of exports.
_OUTSIDE = (
    "receipts",
    "slugs",
    "rejections",
    "published_figures",
    "published_sources",
    "settings",
    "register",
)
READ_TABLES = tuple(name for name in RAW_TABLES if name not in _OUTSIDE)

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
    pa.list_(pa.string()): "varchar[]",
}


def create_table(name: str, schema: pa.Schema, types: Mapping[str, str] | None = None) -> str:
    """SQL: make a table of this schema; `types` are those of columns that have another one."""
    columns = ", ".join(
        f'"{field.name}" {(types or {}).get(field.name) or _SQL_TYPES[field.type]}'
        f"{'' if field.nullable else ' not null'}"
        for field in schema
    )
    return f"create table {name} ({columns})"
