"""The table of responses that a user downloads from Typeform today: as CSV here, as a workbook in
typeform_download_xlsx.py. One record per row.

Recognised by its first column `#`, the response's id, and the column `Submit Date (UTC)`. Questions are known by
their titles alone. A question with several choices has a column for each, headed by the choice, without a word
of the question: what they belong to is told by the columns around them (see `download_segments`), and what
cannot be told stays apart, as questions that nobody knows. Pointers are row and column: `R12C7`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from ingest.formats import field_values, fields
from ingest.formats.personal import is_address, personal_places, without_links
from ingest.formats.php_csv import CsvError, Dialect, Row, blanked
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "typeform_download_csv"

ID, SUBMITTED = "#", "Submit Date (UTC)"
#: Columns about the response.
META = (
    ID,
    "Response Type",
    "Start Date (UTC)",
    "Stage Date (UTC)",
    SUBMITTED,
    "Network ID",
    "Tags",
    "Ending",
)
#: Of these, those that tell something of a person.
_PERSONAL_META = ("Network ID",)

_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?"?#"?([,;\t])')
_AGAIN = "The file is damaged or cut off: download it again from Typeform, and do not change it by hand."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of responses: the header, and the rows below it with the numbers that a spreadsheet shows.

    `pointers`, one per column, point at a cell once the number of its row stands for `*`.
    """

    header: Sequence[str]
    pointers: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]

    def document(self) -> bytes:
        """The table as the JSON that the queries read. Raises Rejection `empty` if it has no response."""
        rows = [[str(number), *cells] for number, cells in self.rows if any(cells)]
        if not rows:
            raise Rejection("empty", "a header, and no response below it", "Nobody had answered yet.")
        content = {"header": self.header, "pointers": self.pointers, "rows": rows}
        return json.dumps(content, ensure_ascii=False).encode()


def personal_columns(header: Sequence[str]) -> set[int]:
    """Which columns hold a person's data, counted from 0."""
    titles = [title.strip() for title in header]
    asked = personal_places(tuple((None, "" if title in META else title, None) for title in titles))
    return set(asked) | {number for number, title in enumerate(titles) if title in _PERSONAL_META}


def recognise(sample: Sample) -> bool:
    """Whether the file begins like a table of responses."""
    return _HEAD.match(sample.head) is not None and SUBMITTED.encode() in sample.head


def redact(data: bytes) -> bytes:
    """The file without names, addresses and network ids of respondents, and without edit links.

    Raises Rejection `malformed` or `empty`.
    """
    text, encoding, header, rows = _read(data)
    columns = personal_columns(header)
    spans = (
        row.span(column)
        for _, row in rows
        for column, cell in enumerate(row.values)
        if cell and (column in columns or is_address(cell))
    )
    redacted = without_links(blanked(text, spans))
    return data if redacted == text else redacted.encode(encoding)


def without(data: bytes, places: Container[str]) -> bytes:
    """The file with empty lines in the place of the rows of these numbers."""
    text, encoding, _, rows = _read(data)
    spans = (
        (row.span(0)[0], row.span(len(row.values) - 1)[1]) for number, row in rows if str(number) in places
    )
    return blanked(text, spans).encode(encoding)


PLACES = "select record_key, row_number::varchar as place from download_records"


def document(data: bytes) -> bytes:
    """The file as the JSON that the queries read."""
    _, _, header, rows = _read(data)
    pointers = [f"R*C{number}" for number in range(1, len(header) + 1)]
    return Sheet(header, pointers, [(number, row.values) for number, row in rows]).document()


def _read(data: bytes) -> tuple[str, str, tuple[str, ...], list[tuple[int, Row]]]:
    """Text, encoding, header, and the rows that hold something. Raises Rejection `malformed` or `empty`."""
    start = _HEAD.match(data)
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        if start is None or b"\0" in data:
            raise Rejection("malformed", "no table of responses in plain text", _AGAIN)
        text = data.decode(encoding)
        header, *records = Dialect(start[1].decode(), is_php=False).read(text)
    except UnicodeDecodeError as error:
        raise Rejection("malformed", f"not UTF-8: {error}", "Save the file as UTF-8.") from error
    except CsvError as error:
        raise Rejection("malformed", f"no table: {error}", _AGAIN) from error
    rows = [(number, row) for number, row in enumerate(records, start=2) if any(row.values)]
    if not rows:
        raise Rejection("empty", "a header, and no response below it", "Nobody had answered yet.")
    return text, encoding, header.values, rows


#: Enough for the lists that several questions share: the social publics need three.
_ROUNDS = 5


def _rounds() -> str:
    """SQL: tables `round_1`, …: the stretches that are decided when those decided before are out of the game."""
    rounds = ["round_0 as (select * from fitting where false)"]
    for number in range(1, _ROUNDS + 1):
        rounds.append(
            f"""round_{number} as (
            select * from round_{number - 1}

            union all

            select fitting.*
            from fitting
            anti join round_{number - 1} as taken
                on taken.source_id = fitting.source_id
                and (taken.question_id = fitting.question_id or taken.first_column = fitting.first_column)
            qualify count(*) over (partition by fitting.source_id, fitting.first_column) = 1
        )"""
        )
    return ",\n\n        ".join(rounds)


QUERIES: Mapping[str, str] = {
    # One row per file.
    "download_files": """
        select
            source_id,
            from_json(
                document, '{"header": ["VARCHAR"], "pointers": ["VARCHAR"], "rows": [["VARCHAR"]]}'
            ) as file
        from documents
    """,
    # One row per cell below the header.
    "download_cells": """
        with rows as (
            select source_id, unnest(file.rows) as row
            from download_files
        ),

        cells as (
            select
                source_id,
                row[1]::integer as row_number,
                unnest(row[2:]) as cell,
                generate_subscripts(row[2:], 1) as column_number
            from rows
        )

        select * replace (trim(cell) as cell), cell as written
        from cells
    """,
    # One row per column. A title is that of a question if the codebook has one, and else may be that of a
    # choice: then its cells repeat it, or hold nothing but a mark.
    "download_columns": rf"""
        with headed as (
            select
                source_id,
                unnest(file.header) as title,
                unnest(file.pointers) as pointer,
                generate_subscripts(file.header, 1) as column_number
            from download_files
        ),

        keyed as (
            select *, label_key(title) as title_key
            from headed
        ),

        marked as (
            select
                keyed.source_id,
                keyed.column_number,
                bool_and(
                    cells.cell in ('', '0', '1', trim(keyed.title))
                    or lower(cells.cell) in ('true', 'false')
                    or label_key(cells.cell) = keyed.title_key
                ) as is_marks,
                bool_or(cells.cell <> '' and label_key(cells.cell) = keyed.title_key) as is_repeated
            from keyed
            inner join download_cells as cells using (source_id, column_number)
            group by all
        ),

        wordings as (
            select title_key, question_id from codebook_forms where title_key is not null
            union
            select label_key(label_fr), question_id from codebook_questions where form <> 'urban_project'
        ),

        titles as (
            select title_key, any_value(question_id) as question_id, count(distinct question_id) as meanings
            from wordings
            group by title_key
        )

        select
            keyed.*,
            trim(keyed.title) in {field_values.sql_list(META)} as is_meta,
            titles.title_key is not null and not (is_repeated and is_marks) as is_titled,
            if(is_titled and titles.meanings = 1, titles.question_id, null) as question_id,
            is_marks,
            is_repeated,
            keyed.title_key in ('other', 'autre') as is_other
        from keyed
        left join titles using (title_key)
        left join marked using (source_id, column_number)
    """,
    # One row per stretch of columns that are headed by choices of one list, each once. Choices that nobody knows
    # may stand between them; `Other` ends a stretch. Where several lists know a column, that has it which has
    # others around it to itself, and not this choice a second time; if that leaves more than one, none is sure.
    "download_stretches": """
        with columns as (
            select
                *,
                not (is_meta or is_titled) and is_marks as is_choice,
                is_choice and title_key in (select label_key from codebook_labels) as is_known
            from download_columns
        ),

        -- Strangers among choices are not counted: they end no stretch.
        counted as (
            select
                *,
                sum(if(is_choice and is_repeated and not is_known and not is_other, 0, 1)) over (
                    partition by source_id order by column_number
                ) as place
            from columns
        ),

        known as (
            select counted.source_id, counted.column_number, counted.place, labels.answer_list, labels.answer_id
            from counted
            inner join codebook_labels as labels on labels.label_key = counted.title_key
            where counted.is_known
                and labels.answer_list in (
                    select answer_list from codebook_questions where form <> 'urban_project'
                )
        ),

        islands as (
            select
                *,
                place - row_number() over (partition by source_id, answer_list order by place) as island,
                count(*) over (partition by source_id, column_number) > 1 as is_shared
            from known
        ),

        weighed as (
            select
                *,
                bool_or(not is_shared) over (partition by source_id, answer_list, island)
                and not (
                    is_shared
                    and bool_or(not is_shared) over (partition by source_id, answer_list, island, answer_id)
                ) as is_claimed
            from islands
        ),

        claimed as (
            select
                *,
                count(*) over (partition by source_id, column_number) > 1 as is_contested
            from weighed
            where is_claimed
        ),

        sure as (
            select *
            from claimed
            qualify not bool_or(is_contested) over (partition by source_id, answer_list, island)
        ),

        repeated as (
            select
                *,
                row_number() over (partition by source_id, answer_list, island, answer_id order by place)
                    as occurrence
            from sure
        ),

        rounds as (
            select
                *,
                max(occurrence) over (partition by source_id, answer_list, island order by place) as round
            from repeated
        )

        select
            source_id,
            answer_list,
            min(column_number) as first_column,
            max(column_number) as last_column
        from rounds
        group by source_id, answer_list, island, round
    """,
    # One row per stretch whose question is known. A list that one question has tells it. A list that several
    # have leaves those whose criterion is that of the nearest known column before it, or behind it, as a form asks
    # the questions of one criterion together; and of these the one that no other stretch has.
    "download_segments": f"""
        with candidates as (
            select
                stretches.*,
                questions.question_id,
                questions.category_id,
                count(*) over (
                    partition by stretches.source_id, stretches.first_column
                ) as candidate_count
            from download_stretches as stretches
            inner join codebook_questions as questions using (answer_list)
            where questions.form <> 'urban_project'
                and not exists (
                    select 1
                    from download_columns as titled
                    where titled.source_id = stretches.source_id and titled.question_id = questions.question_id
                )
        ),

        anchors as (
            select
                columns.source_id,
                columns.column_number as first_column,
                columns.column_number as last_column,
                questions.category_id
            from download_columns as columns
            inner join codebook_questions as questions using (question_id)

            union all

            select source_id, first_column, last_column, category_id
            from candidates
            where candidate_count = 1
        ),

        neighbours as (
            select
                stretches.source_id,
                stretches.first_column,
                max_by(anchors.category_id, anchors.last_column)
                    filter (anchors.last_column < stretches.first_column) as category_before,
                min_by(anchors.category_id, anchors.first_column)
                    filter (anchors.first_column > stretches.last_column) as category_behind
            from download_stretches as stretches
            left join anchors using (source_id)
            group by stretches.source_id, stretches.first_column
        ),

        fitting as (
            select
                candidates.source_id,
                candidates.first_column,
                candidates.last_column,
                candidates.question_id
            from candidates
            inner join neighbours using (source_id, first_column)
            where candidates.candidate_count = 1
                or candidates.category_id in (neighbours.category_before, neighbours.category_behind)
        ),

        {_rounds()}

        select *
        from round_{_ROUNDS}
        qualify count(*) over (partition by source_id, question_id) = 1
    """,
    # One row per column of choices of a known question: those of its stretch, strangers among them, and `Other`
    # right behind it.
    "download_choices": """
        select
            columns.source_id,
            columns.column_number,
            columns.title,
            columns.pointer,
            segments.question_id,
            segments.first_column
        from download_columns as columns
        inner join download_segments as segments
            on segments.source_id = columns.source_id
            and (
                columns.column_number between segments.first_column and segments.last_column
                or (columns.is_other and columns.column_number = segments.last_column + 1)
            )
    """,
    # One row per response.
    "download_records": f"""
        with keys as (
            select
                cells.source_id,
                cells.row_number,
                nullif(any_value(cells.cell) filter (trim(columns.title) = '{ID}'), '') as response_id,
                any_value(cells.cell) filter (trim(columns.title) = '{SUBMITTED}') as submitted
            from download_cells as cells
            inner join download_columns as columns using (source_id, column_number)
            where columns.is_meta
            group by cells.source_id, cells.row_number
        )

        select
            source_id,
            row_number,
            case
                when count(*) over (partition by source_id, response_id) = 1 and response_id is not null
                    then response_id
                else concat_ws('#', response_id, 'R' || row_number)
            end as record_key,
            {field_values.utc_timestamp("submitted")} as submitted_at
        from keys
    """,
    "form_records": """
        select
            source_id,
            record_key,
            'not_asked' as default_state,
            submitted_at,
            null::varchar as project_name,
            null::varchar as project_link
        from download_records
    """,
    "form_answers": """
        with cells as (
            select records.record_key, cells.*
            from download_cells as cells
            inner join download_records as records using (source_id, row_number)
        ),

        chosen as (
            select
                cells.source_id,
                cells.record_key,
                choices.first_column as position,
                choices.question_id,
                list(
                    {
                        'label': if(
                            lower(cells.cell) in ('1', 'true') or label_key(cells.cell) = label_key(choices.title),
                            choices.title,
                            cells.cell
                        ),
                        'pointer': replace(choices.pointer, '*', cells.row_number::varchar)
                    }
                    order by choices.column_number
                ) filter (lower(cells.cell) not in ('', '0', 'false')) as choices,
                any_value(replace(choices.pointer, '*', cells.row_number::varchar) order by choices.column_number)
                    as pointer
            from cells
            inner join download_choices as choices using (source_id, column_number)
            group by all
        ),

        written as (
            select
                cells.source_id,
                cells.record_key,
                cells.column_number as position,
                columns.title,
                cells.written as value,
                replace(columns.pointer, '*', cells.row_number::varchar) as pointer
            from cells
            inner join download_columns as columns using (source_id, column_number)
            anti join download_choices as choices using (source_id, column_number)
            where not columns.is_meta
        )

        select
            chosen.source_id,
            chosen.record_key,
            chosen.position,
            questions.typeform_id as field_ref,
            null::varchar as other_ref,
            questions.label_fr as title,
            null::varchar as typeform_type,
            null::varchar as value,
            coalesce(chosen.choices, []) as choices,
            chosen.pointer,
            true as is_readable,
            false as is_stored,
            null::varchar as hint
        from chosen
        inner join codebook_questions as questions using (question_id)

        union all by name

        select
            *,
            null::varchar as field_ref,
            null::varchar as other_ref,
            null::varchar as typeform_type,
            null::struct(label varchar, pointer varchar)[] as choices,
            true as is_readable,
            false as is_stored,
            null::varchar as hint
        from written
    """,
    **fields.BY_ANSWER,
    **fields.QUERIES,
}
