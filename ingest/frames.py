"""The data frames on which expectations are checked: the raw tables of some exports, one form at a time.

A frame keeps a raw table's columns, but for what people wrote, and computes beside them what an expectation
compares. `is_whole`: nothing is missing that the schema requires.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from ingest.codebook import Codebook
from ingest.numbered import IN_WORDS, SCHEMA, TABLES, in_words
from ingest.schema import RAW_TABLES


@dataclass(frozen=True, slots=True)
class Frame:
    """How a raw table (`rows`) becomes a frame: what of it is left out, and what is added, in SQL.

    `apart`, of a numbered table: by what its rows are told apart, beside its columns. Of a column that is named here
    itself, it is by this alone.
    """

    table: str
    hides: tuple[str, ...]
    adds: Mapping[str, str]
    joins: str
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The names of the frame's columns, in their order."""
        kept = (name for name in RAW_TABLES[self.table].names if name not in self.hides)
        return [*kept, "is_whole", *self.adds]

    @property
    def is_numbered(self) -> bool:
        return self.table in IN_WORDS

    def query(self, format_name: str, rows: str | None = None) -> str:
        """SQL: the rows of one form's exports; `rows`: a relation that stands for the numbered table."""
        required = [column.name for column in RAW_TABLES[self.table] if not column.nullable]
        is_whole = " and ".join(f"rows.{name} is not null" for name in required)
        adds = {"is_whole": is_whole, **self.adds}
        hides = (*self.hides, *(("record",) if self.is_numbered else ()))
        relation = f"({in_words(self.table, rows, ', keys.record')})" if self.is_numbered else self.table
        return f"""
            select
                rows.*{f" exclude ({', '.join(hides)})" if hides else ""},
                {", ".join(f"{value} as {name}" for name, value in adds.items())}
            from {relation} as rows
            {_OF_FORM.format(format_name)}
            {self.joins}
        """

    def counts(self, format_name: str) -> str:
        """SQL: how many rows each of one form's exports has."""
        if not self.is_numbered:
            rows = f"select source_id, count(*) as row_count from {self.table} as rows group by source_id"
        else:
            rows = f"""
                select keys.source_id, sum(counted.row_count) as row_count
                from (select record, count(*) as row_count from {SCHEMA}.{self.table} group by record) as counted
                inner join {SCHEMA}.keys using (record)
                group by keys.source_id
            """
        return f"select source_id, row_count::bigint from ({rows}) as rows {_OF_FORM.format(format_name)}"

    def repeated(self) -> str:
        """SQL: a row, if two rows of the table have the same key."""
        relation, of = (f"{SCHEMA}.{self.table}", ("record",)) if self.is_numbered else (self.table, _RECORD)
        keys = [name for name in (*of, "form", "question_id", "ordinal") if name in self._names]
        return f"select 1 from {relation} group by {', '.join(keys)} having count(*) > 1 limit 1"

    @property
    def _names(self) -> list[str]:
        return list((TABLES if self.is_numbered else RAW_TABLES)[self.table].names)

    def alike(self) -> str:
        """SQL: of the numbered table, one of all rows that differ in nothing that the frame tells, but their record
        and their place."""
        own = ("record", *(name for name in self.apart if name in self._names))
        apart = [expression for expressions in self.apart.values() for expression in expressions]
        return f"""
            select columns(name -> name <> 'own' and not starts_with(name, 'apart_')), unnest(own)
            from (
                select
                    rows.* exclude ({", ".join(own)}),
                    first({{{", ".join(f"'{name}': rows.{name}" for name in own)}}}) as own,
                    {", ".join(f"{expression} as apart_{number}" for number, expression in enumerate(apart))}
                from {SCHEMA}.{self.table} as rows
                {self.joins}
                group by all
            )
        """


#: SQL: what leaves the exports of one form.
_OF_FORM = "semi join exports as own on own.source_id = rows.source_id and own.format = '{}'"


def _join(table: str, *keys: str) -> str:
    return f"left join {table} on " + " and ".join(f"{table}.{key} = rows.{key}" for key in keys)


_RECORD = ("source_id", "record_key")

#: The question, and what the record's form of it leaves its questions in, if it carries that.
_OF_QUESTION = (
    _join("codebook_questions", "question_id")
    + " "
    + _join("carried", "record")
    + " and carried.form = codebook_questions.form"
)
#: And the state in which the record leaves it: `none` for one of a form that it does not carry.
_ANSWERED_QUESTION = _OF_QUESTION + " " + _join("stated", "record", "question_id")
_STATE = "coalesce(if(carried.form is null, 'none', coalesce(stated.state, carried.default_state)), 'none')"
#: A half of the two offsets is no place.
_SOURCE_LENGTH = (
    "case when rows.source_start is not null or rows.source_end is not null "
    "then coalesce(rows.source_end - rows.source_start, 0) end"
)
#: By what rows are told apart: where they stand, and what their record says of the question.
_PLACED: Mapping[str, tuple[str, ...]] = {
    "source_start": ("rows.source_start is null",),
    "source_end": ("rows.source_end is null", "rows.source_end - rows.source_start < 1"),
}
_STANDS = ("stated.state", "carried.form", "carried.default_state")
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
            "has_answer": "said.record is not null",
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
            {_OF_QUESTION}
            {_join("said", "record", "question_id")}
            left join closed_lists on closed_lists.answer_list = codebook_questions.answer_list
        """,
        apart={"carried": ("carried.form is null",), "said": ("said.record is null",)},
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
        apart={"ordinal": ("rows.ordinal < 1",), **_PLACED, "state": _STANDS},
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
        apart={
            "text": ("length(rows.text) < 1",),
            "source_pointer": ("rows.source_pointer is null",),
            **_PLACED,
            "state": _STANDS,
        },
    ),
}

#: What people wrote is damaged where a reading of it lost characters, or took UTF-8 for something else.
_DAMAGE = r"\x{FFFD}|[ÃÂ][\x{80}-\x{BF}]|â€"

#: What the frames count and look up.
_PREPARATIONS = {
    "record_counts": "select source_id, count(*)::integer as record_count from records group by source_id",
    "stated_counts": """
        select keys.source_id, sum(counted.stated_count)::integer as stated_count
        from (select record, count(*) as stated_count from numbered.responses group by record) as counted
        inner join numbered.keys using (record)
        group by keys.source_id
    """,
    "unknown_counts": (
        "select source_id, count(*)::integer as unknown_count from unmapped_questions group by source_id"
    ),
    "fragment_counts": """
        select source_id, sum(source_end - source_start)::bigint as characters_listed
        from unparsed_fragments group by source_id
    """,
    "answer_counts": f"""
        with written as (
            select
                content,
                match,
                regexp_matches(concat_ws(' ', raw_label, value_text), '{_DAMAGE}') as is_damaged
            from numbered.contents
        ),

        counted as (
            select
                observations.record,
                count(*) as answer_count,
                count(written.match) as label_count,
                count(*) filter (written.match = 'unmapped') as unmapped_count,
                count(*) filter (written.is_damaged) as damaged_count
            from numbered.observations
            inner join written using (content)
            group by observations.record

            union all

            select record, count(*), 0, 0, count(*) filter (regexp_matches(text, '{_DAMAGE}'))
            from numbered.testimonies
            group by record
        )

        select
            keys.source_id,
            sum(counted.answer_count)::integer as answer_count,
            sum(counted.label_count)::integer as label_count,
            sum(counted.unmapped_count)::integer as unmapped_count,
            sum(counted.damaged_count)::integer as damaged_count
        from counted
        inner join numbered.keys using (record)
        group by keys.source_id
    """,
    "form_counts": """
        select source_id, record_key, count(*)::integer as form_count
        from record_forms group by source_id, record_key
    """,
    "said": """
        select record, question_id from numbered.observations
        union
        select record, question_id from numbered.testimonies
    """,
    "carried": """
        with asked as (
            select form, count(*)::integer as question_count from codebook_questions group by form
        ),

        counted as (
            select responses.record, questions.form, count(*)::integer as stated_count
            from numbered.responses
            inner join codebook_questions as questions using (question_id)
            group by all
        )

        select
            keys.record,
            record_forms.source_id,
            record_forms.record_key,
            record_forms.form,
            any_value(record_forms.default_state) as default_state,
            any_value(asked.question_count) as question_count,
            coalesce(any_value(counted.stated_count), 0) as stated_count
        from record_forms
        inner join numbered.keys using (source_id, record_key)
        left join asked using (form)
        left join counted using (record, form)
        group by keys.record, record_forms.source_id, record_forms.record_key, record_forms.form
    """,
    "closed_lists": """
        select answer_list, list(distinct answer_list || '/' || answer_id) as answer_keys
        from codebook_labels group by answer_list
    """,
}


#: What is a row's own, and by what it is told apart all the same: it is checked that an ordinal counts, that an amount
#: is not below 0, that a text, or the part of a page that it was read from, is not empty.
_OWN = {
    "source_id": None,
    "record_key": None,
    "ordinal": "ordinal < 1",
    "source_start": None,
    "source_end": None,
    "value_number": "value_number is null",
    "amount": "amount < 0",
    "text_length": "text_length < 1",
    "source_length": "source_length < 1",
}
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
    repeated = {name for name, frame in FRAMES.items() if connection.execute(frame.repeated()).fetchall()}
    connection.execute(
        f"create or replace temp view stated as {_STATED_ONCE if 'responses' in repeated else _STATED}"
    )
    alike = {
        name: None if name in repeated else _made_alike(connection, frame) for name, frame in FRAMES.items()
    }
    formats = connection.execute("select distinct format from exports order by format").fetchall()
    for (format_name,) in formats:
        for name, frame in FRAMES.items():
            counts = dict(connection.execute(frame.counts(format_name)).fetchall())
            if counts:
                sample, is_whole = _sample(connection, frame, format_name, alike[name], sum(counts.values()))
                yield Content(format_name, name, counts, sample, is_whole, connection)


#: SQL: the state in which a record leaves a question.
_STATED = "select record, question_id, state from numbered.responses"
_STATED_ONCE = "select record, question_id, any_value(state) as state from numbered.responses group by all"


def _made_alike(connection: duckdb.DuckDBPyConnection, frame: Frame) -> str:
    """Where the frame's sample is taken from: its table, or of a numbered one some rows."""
    if not frame.is_numbered:
        return frame.table
    connection.execute(f"create or replace temp table alike_{frame.table} as {frame.alike()}")
    return f"alike_{frame.table}"


def _sample(
    connection: duckdb.DuckDBPyConnection, frame: Frame, format_name: str, rows: str | None, row_count: int
) -> tuple[pa.Table, bool]:
    """The rows that stand for all of a frame, taken from `rows`; and whether they are all."""
    if rows is None or row_count < FEW_ROWS or frame.table == "exports":
        return _fetched(connection, frame.query(format_name)), True
    alike = ", ".join(_OWN.get(name, f'"{name}"') or "true" for name in frame.columns)
    columns = ", ".join(
        f'first("{name}") as "{name}"' if name in _OWN else f'"{name}"' for name in frame.columns
    )
    framed = frame.query(format_name, rows)
    return _fetched(connection, f"select {columns} from ({framed}) group by {alike}"), False


def _fetched(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query; within the database a `source_id` may be the number of one."""
    rows = connection.execute(f"select * replace (source_id::varchar as source_id) from ({query})")
    return rows.to_arrow_table()
