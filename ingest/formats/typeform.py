"""Typeform responses as the platform scrapes them: one JSON array of responses, or one response in a file.

Recognised by `answers` whose entries have an `id` and a `title`; the API's have a `field`. A response lists
every question it was shown, with its title and an empty value where nothing was answered. Questions stand in
groups or beside them, and the value under a key named like the type. Of the form's variants (full, general
information, social effects, environment) a response carries whatever it has questions of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.formats import fields, json_file, personal
from ingest.formats.json_file import malformed
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "typeform_json"

_ANSWERS = re.compile(rb'"answers"\s*:\s*\[')
_ENTRY = re.compile(rb'"(?:group|title)"\s*:')
_API_ENTRY = re.compile(rb'"field"\s*:\s*\{')

#: Where the platform itself looks for the place's name; which of them depends on the form.
_NAME_PLACES = ("/answers/1", "/answers/1/group/answers/0", "/answers/2/group/answers/0")


def recognise(sample: Sample) -> bool:
    """Whether the file begins like a scraped response, or a list of them."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    answers = _ANSWERS.search(head) if head[:1] in (b"[", b"{") else None
    if answers is None or _API_ENTRY.search(head) or b'"items"' in head[: answers.start()]:
        return False
    return _ENTRY.search(head, answers.end()) is not None or b'"token"' in head


def redact(data: bytes) -> bytes:
    """The file with the respondents' names, addresses and traces emptied; unchanged if it holds none.

    Every value keeps its place. Raises Rejection: `malformed` for what is no response or list of responses,
    `empty` for a list without any.
    """
    document, is_changed = json_file.parse(data)
    responses = document if isinstance(document, list) else [document]
    if not responses:
        raise Rejection(
            "empty", "a list without a response", "Nobody had answered yet: export it again later."
        )
    for number, response in enumerate(responses):
        groups = list(_groups(response, f"/{number}" if isinstance(document, list) else ""))
        is_changed |= json_file.scrub(response, but={"answers"})
        for questions in groups:
            is_changed |= _redact_group(questions)
    return json_file.dump(document) if is_changed else data


def _groups(response: Any, pointer: str) -> Iterator[list[dict[str, Any]]]:
    """The questions of a response that stand together: those outside of groups, and those of each group."""
    if not isinstance(response, dict) or not isinstance(response.get("answers"), list):
        raise malformed(
            f"{pointer or 'the document'} is no response: it has no list of `answers`",
            "Take the file as the platform's scraper wrote it: a list of responses, or one response.",
        )
    waiting = [(f"{pointer}/answers", response["answers"])]
    for place, entries in waiting:  # grows while it is walked through
        for number, entry in enumerate(entries):
            group = entry.get("group") if isinstance(entry, dict) else 0
            if group is not None and not (isinstance(group, dict) and isinstance(group.get("answers"), list)):
                raise malformed(
                    f"{place}/{number} is neither a question nor a group of questions",
                    "Take the file as the platform's scraper wrote it.",
                )
            if group:
                waiting.append((f"{place}/{number}/group/answers", group["answers"]))
        yield [entry for entry in entries if entry.get("group") is None]


def _redact_group(questions: list[dict[str, Any]]) -> bool:
    """Empty what is a person's; return whether anything was."""
    known = tuple(
        (_text(question.get("id")), _text(question.get("title")), _text(question.get("type")))
        for question in questions
    )
    of_persons = personal.personal_places(known)
    is_changed = False
    for place, question in enumerate(questions):
        for key, value in question.items():
            if key in ("id", "ref", "title", "type"):
                continue
            if place in of_persons:
                kept = json_file.emptied(value)
            elif personal.is_known(known[place][0]):
                kept = json_file.with_strings(value, personal.without_links)
            else:
                kept = json_file.with_strings(value, personal.without_contact)
            if kept != value:
                question[key] = kept
                is_changed = True
    return is_changed


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


_IS_GROUP = "(coalesce(json_type(entry, '$.group'), 'NULL') <> 'NULL')"

#: Where each record stands (see ingest/formats/__init__.py).
PLACES = "select record_key, response_pointer as place from form_responses"

without = json_file.without
parts = json_file.parts

QUERIES: Mapping[str, str] = {
    # One row per response. A token that comes again is counted on: both are records.
    "form_responses": """
        with lists as (
            select source_id, document::json[] as responses
            from documents
            where json_type(document) = 'ARRAY'
        ),

        numbered as (
            select
                source_id,
                unnest(responses) as response,
                generate_subscripts(responses, 1) - 1 as number
            from lists
        ),

        responses as (
            select source_id, '' as response_pointer, '' as position, document as response
            from documents
            where json_type(document) = 'OBJECT'

            union all

            select source_id, '/' || number, number::varchar, response
            from numbered
            where json_type(response) = 'OBJECT'
        ),

        named as (
            select *, coalesce(nullif(response ->> '$.token', ''), position) as token
            from responses
        ),

        counted as (
            select
                *,
                row_number() over (
                    partition by source_id, token order by try_cast(position as integer)
                ) as occurrence
            from named
        )

        select
            source_id,
            response_pointer,
            response,
            token || if(occurrence = 1, '', '#' || occurrence) as record_key
        from counted
    """,
    "form_records": f"""
        select
            source_id,
            record_key,
            'not_asked' as default_state,
            {fields.utc_timestamp("(response ->> '$.submitted_at')")} as submitted_at,
            null::varchar as project_name,
            null::varchar as project_link
        from form_responses
    """,
    "form_answers": rf"""
        -- Lists are unnested and not joined: a join would repeat the response for each of its answers.
        with recursive lists as (
            select
                source_id,
                record_key,
                response_pointer || '/answers' as pointer,
                length(response_pointer) as before,
                []::integer[] as rank,
                (response -> '$.answers')::json[] as entries
            from form_responses

            union all

            select
                source_id,
                record_key,
                pointer || '/' || number || '/group/answers',
                before,
                list_append(rank, number::integer),
                (entry -> '$.group.answers')::json[]
            from (
                select
                    lists.* exclude (entries),
                    unnest(lists.entries) as entry,
                    generate_subscripts(lists.entries, 1) - 1 as number
                from lists
            )
            where {_IS_GROUP}
        ),

        entries as (
            select
                source_id,
                record_key,
                pointer,
                before,
                rank,
                unnest(entries) as entry,
                generate_subscripts(entries, 1) - 1 as number
            from lists
        ),

        read as (
            select
                source_id,
                record_key,
                pointer || '/' || number as pointer,
                before,
                list_append(rank, number::integer) as rank,
                entry,
                json_extract_string(entry, ['$.id', '$.ref', '$.title', '$.type']) as told
            from entries
            where not {_IS_GROUP}
        ),

        questions as (
            select
                source_id,
                record_key,
                substr(pointer, before + 1) as place,
                row_number() over (partition by source_id, record_key order by rank) as position,
                told[1] as field_ref,
                told[2] as other_ref,
                told[3] as title,
                told[4] as typeform_type,
                '/' || replace(replace(typeform_type, '~', '~0'), '/', '~1') as key,
                pointer || key as payload_pointer,
                json_extract(entry, key) as payload
            from read
        ),

        keyed as (
            select
                *,
                case
                    when json_type(payload) <> 'OBJECT' then ''
                    when json_exists(payload, '$.value') then '/value'
                    when json_exists(payload, '$.choices') then '/choices'
                    when json_exists(payload, '$.file_url') then '/file_url'
                end as value_key,
                case
                    when value_key = '' or payload is null then payload
                    else json_extract(payload, value_key)
                end as answer
            from questions
        )

        select
            source_id,
            record_key,
            position,
            field_ref,
            other_ref,
            title,
            typeform_type,
            case
                when json_type(answer) = 'ARRAY' then null
                when answer is not null then answer ->> '$'
                when payload::varchar <> '{{}}' then payload::varchar
            end as value,
            if(
                json_type(answer) = 'ARRAY',
                list_transform(
                    answer::json[],
                    lambda item, i: {{
                        'label': coalesce(item ->> '$.label', item ->> '$'),
                        'pointer': payload_pointer || value_key || '/' || (i - 1)
                    }}
                ),
                null
            ) as choices,
            payload_pointer || coalesce(value_key, '') as pointer,
            coalesce(json_type(answer) <> 'OBJECT', payload is null) as is_readable,
            false as is_stored,
            if(
                typeform_type = 'short_text' and place in {fields.sql_list(_NAME_PLACES)} and value <> '',
                'name',
                null
            ) as hint
        from keyed
    """,
    **fields.QUERIES,
}
