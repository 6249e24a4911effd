"""The data frames on which expectations are checked: the raw tables of some exports, one form at a time.

A frame keeps a raw table's columns, but for what people wrote, and computes beside them what an expectation
compares. `is_whole`: nothing is missing that the schema requires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ingest.codebook import Codebook
from ingest.schema import RAW_TABLES


@dataclass(frozen=True, slots=True)
class Frame:
    """How a raw table (`rows`) becomes a frame: what of it is left out, and what is added, in SQL."""

    table: str
    hides: tuple[str, ...]
    adds: Mapping[str, str]
    joins: str

    @property
    def columns(self) -> list[str]:
        """The names of the frame's columns, in their order."""
        kept = (name for name in RAW_TABLES[self.table].names if name not in self.hides)
        return [*kept, "is_whole", *self.adds]

    def query(self, format_name: str) -> str:
        """SQL: the rows of one form's exports."""
        required = [column.name for column in RAW_TABLES[self.table] if not column.nullable]
        is_whole = " and ".join(f"rows.{name} is not null" for name in required)
        adds = {"is_whole": is_whole, **self.adds}
        hides = f" exclude ({', '.join(self.hides)})" if self.hides else ""
        return f"""
            select
                rows.*{hides},
                {", ".join(f"{value} as {name}" for name, value in adds.items())}
            {self.own_rows(format_name)}
            {self.joins}
        """

    def own_rows(self, format_name: str) -> str:
        """SQL, from `from` on: the raw table's rows of one form's exports."""
        return f"""
            from {self.table} as rows
            semi join exports as own on own.source_id = rows.source_id and own.format = '{format_name}'
        """


def _join(table: str, *keys: str) -> str:
    return f"left join {table} on " + " and ".join(f"{table}.{key} = rows.{key}" for key in keys)


_RECORD = ("source_id", "record_key")
_QUESTION = (*_RECORD, "question_id")

#: The question, and the state in which the record leaves it: `none` for one of a form that it does not carry.
_ANSWERED_QUESTION = (
    _join("codebook_questions", "question_id")
    + " "
    + _join("carried", *_RECORD)
    + " and carried.form = codebook_questions.form "
    + _join("stated", *_QUESTION)
)
_STATE = "coalesce(if(carried.form is null, 'none', coalesce(stated.state, carried.default_state)), 'none')"
#: A half of the two offsets is no place.
_SOURCE_LENGTH = (
    "case when rows.source_start is not null or rows.source_end is not null "
    "then coalesce(rows.source_end - rows.source_start, 0) end"
)
_HAS_PLACE = "rows.source_start is not null or rows.source_pointer is not null"


def _number(column: str) -> str:
    """A data frame takes NaN for nothing: it shall count as out of every range."""
    return f"case when isnan({column}) then 'infinity'::double else {column} end"


#: Of fewer cases a share says nothing.
_FEWEST = 8


def _share(part: str, whole: str) -> str:
    return f"case when {whole} >= {_FEWEST} then {part} / {whole} end"


FRAMES = {
    "exports": Frame(
        table="exports",
        hides=(),
        adds={
            "record_count": "coalesce(record_counts.record_count, 0)",
            "answer_count": "coalesce(answer_counts.answer_count, 0)",
            "characters_accounted": (
                "rows.characters_recognised + rows.characters_testimony + rows.characters_unparsed"
            ),
            "characters_listed": "coalesce(fragment_counts.characters_listed, 0)",
            "damaged_count": "coalesce(answer_counts.damaged_count, 0)",
            "unmapped_share": _share("answer_counts.unmapped_count", "answer_counts.label_count"),
            "unknown_question_share": _share(
                "unknown_counts.unknown_count",
                "(unknown_counts.unknown_count + coalesce(stated_counts.stated_count, 0))",
            ),
            "unparsed_share": "rows.characters_unparsed / nullif(rows.characters, 0)",
        },
        joins=" ".join(
            _join(table, "source_id")
            for table in (
                "record_counts",
                "answer_counts",
                "fragment_counts",
                "unknown_counts",
                "stated_counts",
            )
        ),
    ),
    "records": Frame(
        table="records",
        hides=(
            *("project_name", "project_link", "submitted_at", "address", "postal_code", "city"),
            *("latitude", "longitude"),
        ),
        adds={
            "form_count": "coalesce(form_counts.form_count, 0)",
            "submitted_year": "year(rows.submitted_at)::integer",
            "postal_code_length": "length(rows.postal_code)::integer",
            "latitude": _number("rows.latitude"),
            "longitude": _number("rows.longitude"),
        },
        joins=_join("form_counts", *_RECORD),
    ),
    "record_forms": Frame(
        table="record_forms",
        hides=(),
        adds={
            "has_record": "records.source_id is not null",
            "stated_count": "carried.stated_count",
            "question_count": "coalesce(carried.question_count, 0)",
        },
        joins=f"{_join('carried', *_RECORD, 'form')} {_join('records', *_RECORD)}",
    ),
    "responses": Frame(
        table="responses",
        hides=("candidate_answer_ids",),
        adds={
            "is_known": "codebook_questions.question_id is not null",
            "is_carried": "carried.form is not null",
            "is_answered": "coalesce(rows.state = 'answered', false)",
            "has_answer": "said.question_id is not null",
            "is_ambiguous": "coalesce(rows.state = 'ambiguous', false)",
            "has_candidates": "coalesce(len(rows.candidate_answer_ids), 0) > 0",
            "unknown_candidate_count": """
                len(list_filter(
                    coalesce(rows.candidate_answer_ids, []),
                    lambda id: closed_lists.answer_keys is not null
                        and id <> 'none'
                        and not list_contains(closed_lists.answer_keys, closed_lists.answer_list || '/' || id)
                ))::integer
            """,
        },
        joins=f"""
            {_ANSWERED_QUESTION}
            {_join("said", *_QUESTION)}
            left join closed_lists on closed_lists.answer_list = codebook_questions.answer_list
        """,
    ),
    "observations": Frame(
        table="observations",
        hides=("raw_label", "value_text", "value_number", "source_pointer"),
        adds={
            "is_known": "codebook_questions.question_id is not null",
            "state": _STATE,
            "answer_key": (
                "case when rows.answer_id is not null "
                "then coalesce(codebook_questions.answer_list, '') || '/' || rows.answer_id end"
            ),
            "is_unmapped": "coalesce(rows.match = 'unmapped', false)",
            "lacks_answer": "rows.match is not null and rows.answer_id is null",
            "has_label": "rows.match is distinct from 'unmapped' or rows.raw_label is not null",
            "says_something": (
                "coalesce(rows.answer_id, rows.raw_label, rows.value_text, rows.value_number::varchar) is not null"
            ),
            "value_number": "rows.value_number",
            "is_finite": "coalesce(isfinite(rows.value_number), true)",
            "rating": "if(codebook_questions.kind = 'rating', rows.value_number, null)",
            "amount": "if(codebook_questions.role in ('count', 'measure'), rows.value_number, null)",
            "dated_year": """
                if(
                    codebook_questions.kind = 'date',
                    try_cast(regexp_extract(rows.value_text, '^([0-9]{4})-', 1) as integer),
                    null
                )
            """,
            "source_length": _SOURCE_LENGTH,
            # What was inferred from an absence, or from the classes of the markup, has no place.
            "has_place": (
                f"{_HAS_PLACE} or coalesce(rows.match = 'inferred' or codebook_questions.kind = 'rating', false)"
            ),
        },
        joins=_ANSWERED_QUESTION,
    ),
    "testimonies": Frame(
        table="testimonies",
        hides=("text", "source_pointer"),
        adds={
            "role": "coalesce(codebook_questions.role, 'none')",
            "state": _STATE,
            "text_length": "length(rows.text)",
            "source_length": _SOURCE_LENGTH,
            "has_place": _HAS_PLACE,
        },
        joins=_ANSWERED_QUESTION,
    ),
}

#: What people wrote is damaged where a reading of it lost characters, or took UTF-8 for something else.
_DAMAGE = r"\x{FFFD}|[ÃÂ][\x{80}-\x{BF}]|â€"

#: What the frames count and look up.
_PREPARATIONS = {
    "record_counts": "select source_id, count(*)::integer as record_count from records group by source_id",
    "stated_counts": "select source_id, count(*)::integer as stated_count from responses group by source_id",
    "unknown_counts": (
        "select source_id, count(*)::integer as unknown_count from unmapped_questions group by source_id"
    ),
    "fragment_counts": """
        select source_id, sum(source_end - source_start)::bigint as characters_listed
        from unparsed_fragments group by source_id
    """,
    "answer_counts": f"""
        with answers as (
            select source_id, match, concat_ws(' ', raw_label, value_text) as written from observations
            union all
            select source_id, null, text from testimonies
        )

        select
            source_id,
            count(*)::integer as answer_count,
            count(match)::integer as label_count,
            (count(*) filter (match = 'unmapped'))::integer as unmapped_count,
            (count(*) filter (regexp_matches(written, '{_DAMAGE}')))::integer as damaged_count
        from answers
        group by source_id
    """,
    "form_counts": """
        select source_id, record_key, count(*)::integer as form_count
        from record_forms group by source_id, record_key
    """,
    "stated": "select source_id, record_key, question_id, any_value(state) as state from responses group by all",
    "said": """
        select source_id, record_key, question_id from observations
        union
        select source_id, record_key, question_id from testimonies
    """,
    "carried": """
        with asked as (
            select form, count(*)::integer as question_count from codebook_questions group by form
        ),

        counted as (
            select responses.source_id, responses.record_key, questions.form, count(*)::integer as stated_count
            from responses
            inner join codebook_questions as questions using (question_id)
            group by all
        )

        select
            record_forms.source_id,
            record_forms.record_key,
            record_forms.form,
            any_value(record_forms.default_state) as default_state,
            any_value(asked.question_count) as question_count,
            coalesce(any_value(counted.stated_count), 0) as stated_count
        from record_forms
        left join asked using (form)
        left join counted using (source_id, record_key, form)
        group by record_forms.source_id, record_forms.record_key, record_forms.form
    """,
    "closed_lists": """
        select answer_list, list(distinct answer_list || '/' || answer_id) as answer_keys
        from codebook_labels group by answer_list
    """,
}


#: What is a row's own, and what makes a row of its table one of a kind. Of an ordinal it is checked that it counts.
_OWN = {
    "source_id": None,
    "record_key": None,
    "ordinal": "ordinal < 1",
    "source_start": None,
    "source_end": None,
}
_KEYS = ("source_id", "record_key", "form", "question_id", "ordinal")
#: In a frame of fewer rows each is checked for itself.
FEW_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a frame, of one form's exports.

    `row_counts` by source_id. `sample` has one of all rows that are alike in everything but their record, their
    place and their number: what holds of it, holds of these. It has every row if few there are, or a key is there
    twice.
    """

    format_name: str
    name: str
    row_counts: Mapping[str, int]
    sample: pa.Table
    is_whole: bool
    connection: duckdb.DuckDBPyConnection

    def every_row(self) -> pa.Table:
        """All rows; the connection's tables must still be those that the frame was made of."""
        return _fetched(self.connection, FRAMES[self.name].query(self.format_name))


def frames(connection: duckdb.DuckDBPyConnection, codebook: Codebook) -> Iterator[Content]:
    """Each frame that is not empty.

    `connection` holds the raw tables of some exports; it is given temporary tables.
    """
    codebook.relations(connection)
    for name, query in _PREPARATIONS.items():
        connection.execute(f"create or replace temp table {name} as {query}")
    formats = connection.execute("select distinct format from exports order by format").fetchall()
    for (format_name,) in formats:
        for name, frame in FRAMES.items():
            own = frame.own_rows(format_name)
            counts = dict(
                connection.execute(f"select source_id, count(*) {own} group by source_id").fetchall()
            )
            if counts:
                sample, is_whole = _sample(connection, frame, format_name, sum(counts.values()))
                yield Content(format_name, name, counts, sample, is_whole, connection)


def _sample(
    connection: duckdb.DuckDBPyConnection, frame: Frame, format_name: str, row_count: int
) -> tuple[pa.Table, bool]:
    """The rows that stand for all of a frame, and whether they are all."""
    keys = ", ".join(name for name in _KEYS if name in frame.columns)
    repeated = f"select 1 {frame.own_rows(format_name)} group by {keys} having count(*) > 1 limit 1"
    is_whole = (
        row_count < FEW_ROWS or frame.table == "exports" or bool(connection.execute(repeated).fetchall())
    )
    framed = frame.query(format_name)
    if is_whole:
        return _fetched(connection, framed), True
    alike = ", ".join(_OWN.get(name, f'"{name}"') or "true" for name in frame.columns)
    columns = ", ".join(
        f'first("{name}") as "{name}"' if name in _OWN else f'"{name}"' for name in frame.columns
    )
    return _fetched(connection, f"select {columns} from ({framed}) group by {alike}"), False


def _fetched(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query; within the database a `source_id` may be the number of one."""
    rows = connection.execute(f"select * replace (source_id::varchar as source_id) from ({query})")
    return rows.to_arrow_table()
