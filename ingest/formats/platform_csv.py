"""What the platform's CSV files have in common: a row for each question of a place, written by PHP.

`typeform` files hold what was answered, `genere` files what the platform stored of it, `diff` files both. Older
ones lack the place (`Lieu`); one saved again by a spreadsheet may have other quotes, another delimiter or
another encoding. Pointers are row and column of the file, counted from 1 with the header: `R12C7`.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from ingest.formats import fields
from ingest.formats.personal import is_address, personal_places, without_links
from ingest.formats.php_csv import CsvError, Dialect, Row, blanked
from ingest.identify import Sample
from ingest.reading import Rejection
from ingest.slug import slugify

PLACE, STORED = "Lieu", "Reponse stockee"

#: Columns by kind of file; the place may be missing.
TYPEFORM = (PLACE, "CategorieId", "Categorie", "QuestionId", "Question", "Type", "Reponse")
GENERE = (PLACE, "CategorieId", "QuestionId", "Type", "Reponse")
DIFF = (*TYPEFORM, STORED)  # the file itself names its last two columns alike
#: The cells of a row of the document, after its number: the title of a category is not read.
DOCUMENT = (PLACE, "CategorieId", "QuestionId", "Question", "Type", "Reponse", STORED)

_AGAIN = "Take the file as the platform wrote it; if it is, it was damaged or cut off: fetch it again."


@dataclass(frozen=True, slots=True)
class Table:
    """A file, read: its columns, and the rows below the header by number."""

    text: str
    encoding: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[int, Row]]

    def places(self, *names: str) -> list[int | None]:
        """Where these columns stand, from 0; None for those that the file lacks."""
        return [self.columns.index(name) if name in self.columns else None for name in names]


def is_kind(sample: Sample, columns: tuple[str, ...]) -> bool:
    """Whether a file begins with the header of these columns."""
    return _header(sample.head, columns) is not None


def read(data: bytes, columns: tuple[str, ...]) -> Table:
    """Read a file of this kind.

    Raises Rejection: `malformed` for what is no such table, `empty` for one without rows.
    """
    found = _header(data[:4096], columns)
    text, encoding = _decoded(data)
    if found is None:
        raise Rejection("malformed", f"the first line does not name the columns {', '.join(columns)}", _AGAIN)
    delimiter, present = found
    fault: CsvError | None = None
    for dialect in (Dialect(delimiter, is_php=True), Dialect(delimiter, is_php=False)):
        try:
            header, *records = dialect.read(text)
            break
        except CsvError as error:
            fault = fault or error
    else:
        raise Rejection("malformed", f"no table: {fault}", _AGAIN)
    rows = [
        (number, record)
        for number, record in enumerate(records, start=2)
        if record.values and record.values != header.values  # files may be joined with their headers
    ]
    if not rows:
        raise Rejection("empty", "a header, and no row below it", "Nobody had answered yet: fetch it again.")
    return Table(text, encoding, present, rows)


def redact(data: bytes, columns: tuple[str, ...]) -> bytes:
    """The file with the answers that name or reach a person made empty, and without edit links.

    Raises Rejection as `read` does.
    """
    table = read(data, columns)
    text = without_links(blanked(table.text, _personal(table)))
    return data if text == table.text else text.encode(table.encoding)


def without(data: bytes, columns: tuple[str, ...], places: Container[str]) -> bytes:
    """The file with empty lines in the place of the rows of these numbers."""
    table = read(data, columns)
    spans = (
        (row.span(0)[0], row.span(len(row.values) - 1)[1])
        for number, row in table.rows
        if str(number) in places
    )
    return blanked(table.text, spans).encode(table.encoding)


def document(data: bytes, columns: tuple[str, ...]) -> bytes:
    """The file as JSON: rows of number, place, category, question, title, type, answer and stored answer."""
    table = read(data, columns)
    places = table.places(*DOCUMENT)
    rows = [[str(number), *_values(row, places)] for number, row in table.rows]
    return json.dumps({"columns": table.columns, "rows": rows}, ensure_ascii=False).encode()


def _values(row: Row, places: Iterable[int | None]) -> tuple[str | None, ...]:
    return tuple(None if place is None else row.values[place] for place in places)


def _personal(table: Table) -> Iterator[tuple[int, int]]:
    """Where the fields stand that hold a person's data.

    The platform took the place's name from a fixed field: where the form was another, this is the respondent's.
    """
    grouping = table.places(PLACE, "CategorieId")
    asking = table.places("QuestionId", "Question", "Type")
    answers = [place for place in table.places("Reponse", STORED) if place is not None]
    slugs = set()
    rows = [row for _, row in table.rows]
    for _, members in groupby(rows, key=lambda row: _values(row, grouping)):
        group = list(members)
        personal = _personal_places(tuple(_values(row, asking) for row in group))
        for number, row in enumerate(group):
            for column in answers:
                if not row.values[column]:
                    continue
                if number in personal:
                    slugs.add(slugify(row.values[column]))
                if number in personal or is_address(row.values[column]):
                    yield row.span(column)
    (place,) = table.places(PLACE)
    if place is not None:
        yield from (row.span(place) for row in rows if row.values[place] and row.values[place] in slugs)


@lru_cache(maxsize=256)
def _personal_places(asked: tuple[tuple[str | None, ...], ...]) -> set[int]:
    """Which of these questions, asked together, hold a person's data: the same for place after place."""
    return set(personal_places(tuple((field_ref, title, kind) for field_ref, title, kind in asked)))


def _header(head: bytes, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The delimiter, and those of the columns that the first line names."""
    line = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].decode("utf-8", "replace").strip()
    written = tuple("Reponse" if name == STORED else name for name in columns)
    for delimiter in ";,\t":
        names = tuple(name.strip().strip('"') for name in line.split(delimiter))
        if names == written:
            return delimiter, columns
        if names == written[1:]:
            return delimiter, columns[1:]
    return None


def _decoded(data: bytes) -> tuple[str, str]:
    if b"\0" in data:
        raise Rejection("malformed", "zero bytes stand in the text", _AGAIN)
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Rejection("malformed", "neither UTF-8 nor the encoding of Windows", "Save the file as UTF-8.")


def rows(doubled: tuple[str, ...] = ()) -> str:
    """SQL: one row per row of the documents, with the record that it belongs to.

    This is the place, counted on (`#2`, …) where its rows begin anew further down, or where a question comes
    again that is asked once: one that is not in `doubled`.
    """
    return f"""
        with parsed as (
            select
                source_id,
                from_json(document, '{{"columns": ["VARCHAR"], "rows": [["VARCHAR"]]}}') as parsed
            from documents
        ),

        written as (
            select
                source_id,
                list_position(parsed.columns, 'Reponse') as answer_column,
                list_position(parsed.columns, '{STORED}') as stored_column,
                unnest(parsed.rows) as row
            from parsed
        ),

        named as (
            select
                source_id,
                row[1]::integer as position,
                coalesce(row[2], '') as project_slug,
                row[3] as category_id,
                row[4] as field_ref,
                row[5] as title,
                row[6] as typeform_type,
                row[7] as answer,
                row[8] as stored,
                'R' || row[1] || 'C' || answer_column as answer_pointer,
                'R' || row[1] || 'C' || stored_column as stored_pointer
            from written
        ),

        counted as (
            select
                *,
                project_slug is distinct from lag(project_slug) over (
                    partition by source_id order by position
                ) as begins,
                row_number() over (
                    partition by source_id, project_slug, category_id, field_ref order by position
                ) as occurrence
            from named
        ),

        blocks as (
            select
                *,
                sum(begins::integer) over (partition by source_id order by position) as block,
                max(if(list_contains({list(doubled)}::varchar[], field_ref), 1, occurrence)) over (
                    partition by source_id, project_slug order by position
                ) as round
            from counted
        ),

        numbered as (
            select
                *,
                dense_rank() over (partition by source_id, project_slug order by block, round) as record_number
            from blocks
        )

        select
            * exclude (begins, occurrence, block, round, record_number),
            project_slug || if(record_number = 1, '', '#' || record_number) as record_key
        from numbered
    """


#: Where each record of `form_rows` stands.
PLACES = "select record_key, position::varchar as place from form_rows"


def records(default_state: str) -> str:
    """SQL: one row per record of `form_rows`."""
    return f"""
        select distinct
            source_id,
            record_key,
            '{default_state}' as default_state,
            null::timestamp as submitted_at,
            nullif(project_slug, '') as project_name,
            null::varchar as project_link
        from form_rows
    """


def answers(*, is_stored: bool, column: str = "answer") -> str:
    """SQL: one row per row of `form_rows`, with its answer, or what `column` holds instead."""
    return f"""
        select
            source_id,
            record_key,
            position,
            field_ref,
            null::varchar as other_ref,
            title,
            typeform_type,
            {column} as value,
            null::struct(label varchar, pointer varchar)[] as choices,
            {column}_pointer as pointer,
            true as is_readable,
            {str(is_stored).lower()} as is_stored,
            null::varchar as hint
        from form_rows
    """


#: fields.py's queries, but for the number of partners. It is counted in their texts, by line where they have
#: lines, and here these are gone: only a place that says it has none tells its number.
QUERIES: Mapping[str, str] = {
    **fields.BY_ANSWER,
    **fields.QUERIES,
    "form_partners": f"""
        select *
        from ({fields.QUERIES["form_partners"]}) as counted
        where coalesce(value_number, 0) = 0
    """,
    "responses": f"""
        ({fields.QUERIES["responses"]})

        union all by name

        select record, question_id, 'not_shown' as state
        from ({fields.QUERIES["form_partners"]}) as counted
        where value_number > 0
    """,
}
