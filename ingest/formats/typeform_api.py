"""Responses as Typeform's API gives them: `items`, a list of them, or one, each with typed `answers`.

Recognised by answers that have a `field`. An answer names its field by id and `ref`; its title stands in the
form's definition only, which the file may hold under `form`: `{"form": {…}, "items": […]}`. A response lists what
was answered. What its form asks beside that was left empty, `blank`: the form's questions are those of the
definition or, without one, the rows that the seed `forms` has under the form's name. (Not of the historic form
`full`, the questions of which came and went.) Else it counts as `not_asked`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.formats import field_values, fields, json_file, personal
from ingest.formats.json_file import malformed
from ingest.identify import Sample
from ingest.reading import Rejection

NAME = "typeform_api_json"

_ANSWERED_FIELD = re.compile(rb'"answers"\s*:\s*\[.*"field"\s*:\s*\{', re.DOTALL)
_ITEMS = re.compile(rb'"items"\s*:\s*\[')
_DEFINED_FIELDS = re.compile(rb'"fields"\s*:\s*\[\s*\{')
_DEFINED_FIELD = re.compile(rb'"(?:properties|validations)"\s*:\s*\{')

#: Forms in the seed that are no list of what one version of a form asks.
_OPEN_FORMS = ("full", "any")
#: Fields of a definition that ask nothing.
NO_QUESTIONS = ("group", "inline_group", "matrix", "statement", "thankyou_screen", "welcome_screen")

_AGAIN = "Take the file as Typeform's API gives it: an object with `items`, each with a list of `answers`."


def recognise(sample: Sample) -> bool:
    """Whether the file begins like responses of the API, or like the definition of a form."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in (b"{", b"["):
        return False
    if _ANSWERED_FIELD.search(head):
        return True
    if _DEFINED_FIELDS.search(head):
        return _DEFINED_FIELD.search(head) is not None and b'"blocs"' not in head
    return _ITEMS.search(head) is not None and b'"page_count"' in head


def redact(data: bytes) -> bytes:
    """The file with the respondents' names, addresses and traces emptied; unchanged if it holds none.

    Every value keeps its place. Raises Rejection: `malformed` for what is not built like responses, `empty`
    for a list without any, `form-definition` for a definition without responses, `unknown-form` where a text
    that might name the respondent answers a field of which nothing is known.
    """
    document, is_changed = json_file.parse(data)
    definition = document.get("form") if isinstance(document, dict) else None
    defined = dict(_defined(definition)) if isinstance(definition, dict) else {}
    before = json_file.dump(document)
    for pointer, item in _items(document):
        answers = _answers(item, pointer)
        _redact_item(item, answers, defined, pointer)
    if isinstance(document, dict) and "items" in document:
        json_file.scrub(document, but={"items", "form"} if defined else {"items"})
    if defined:
        document["form"] = json_file.with_strings(definition, personal.without_contact)
    after = json_file.dump(document)
    return after if is_changed or after != before else data


def is_definition(document: Any) -> bool:
    """Whether a document is a form's definition: questions, and no answers."""
    return isinstance(document, dict) and isinstance(document.get("fields"), list) and "items" not in document


def _items(document: Any) -> Iterator[tuple[str, Any]]:
    """The responses, each with where it stands."""
    if is_definition(document):
        raise Rejection(
            "form-definition",
            "the definition of a form: it holds its questions, and no answers",
            'Put it into the file of its responses, as {"form": …, "items": …}; or add its questions to '
            "seeds/codebook/forms.csv: `effets codebook form` prints the rows.",
        )
    if isinstance(document, dict) and "items" not in document:
        yield "", document
        return
    items = document["items"] if isinstance(document, dict) else document
    if not isinstance(items, list):
        raise malformed("`items` is no list", _AGAIN)
    if not items:
        raise Rejection(
            "empty", "a list without a response", "Nobody had answered yet: fetch it again later."
        )
    prefix = "/items" if isinstance(document, dict) else ""
    yield from ((f"{prefix}/{number}", item) for number, item in enumerate(items))


def _answers(item: Any, pointer: str) -> list[dict[str, Any]]:
    if not isinstance(item, dict) or not isinstance(item.get("answers"), list | None):
        raise malformed(f"{pointer or 'the document'} is no response", _AGAIN)
    answers = item.get("answers") or []
    for number, answer in enumerate(answers):
        if not isinstance(answer, dict) or not isinstance(answer.get("field"), dict):
            raise malformed(f"{pointer}/answers/{number} does not say which `field` it answers", _AGAIN)
    return answers


def _defined(definition: dict[str, Any]) -> Iterator[tuple[str, tuple[str, bool]]]:
    """The fields of a definition, by id and by ref: title, and whether they hold a person's data."""
    waiting = [definition.get("fields")]
    for entries in waiting:  # grows while it is walked through
        known = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        together = tuple((_ref(entry), _text(entry, "title"), _text(entry, "type")) for entry in known)
        of_persons = personal.personal_places(together)
        for place, entry in enumerate(known):
            for key in ("id", "ref"):
                if reference := _text(entry, key):
                    yield reference, (_text(entry, "title") or "", place in of_persons)
            properties = entry.get("properties")
            if isinstance(properties, dict) and isinstance(properties.get("fields"), list):
                waiting.append(properties["fields"])


def _redact_item(
    item: dict[str, Any], answers: list[dict[str, Any]], defined: Mapping[str, tuple[str, bool]], pointer: str
) -> None:
    json_file.scrub(item, but={"answers"})
    for number, answer in enumerate(answers):
        field = answer["field"]
        known = _ref(field)
        kind = _text(field, "type") or _text(answer, "type")
        title, of_person = next(
            (defined[key] for name in ("id", "ref") if (key := _text(field, name)) and key in defined),
            (None, False),
        )
        if of_person or personal.is_personal(known, title, kind):
            mend = json_file.emptied
        elif personal.is_known(known):
            mend = _without_links
        else:
            mend = _without_contact
        for key, value in answer.items():
            if key not in ("field", "type"):
                answer[key] = mend(value)
        is_unknown = title is None and not personal.is_known(known)
        if is_unknown and kind in ("short_text", "text") and answer.get("text"):
            raise Rejection(
                "unknown-form",
                f"{pointer}/answers/{number} answers the field {known}, of which nothing is known: what "
                "stands there may be somebody's name",
                'Give the definition of the form in the same file, as {"form": …, "items": …}, or add the '
                "field to seeds/codebook/forms.csv: `effets codebook form` prints the rows.",
            )


def _without_links(value: Any) -> Any:
    return json_file.with_strings(value, personal.without_links)


def _without_contact(value: Any) -> Any:
    return json_file.with_strings(value, personal.without_contact)


def _ref(field: dict[str, Any]) -> str | None:
    """The one of a field's ids that the codebook knows, else the first that it has."""
    references = [reference for key in ("id", "ref") if (reference := _text(field, key))]
    return next(filter(personal.is_known, references), next(iter(references), None))


def _text(value: dict[str, Any], key: str) -> str | None:
    text = value.get(key)
    return text if isinstance(text, str) else None


#: Where each record stands (see ingest/formats/__init__.py).
PLACES = "select record_key, response_pointer as place from form_responses"

without = json_file.without
parts = json_file.parts

QUERIES: Mapping[str, str] = {
    # One row per response. A token that comes again is counted on: both are records.
    "form_responses": """
        with lists as (
            select
                source_id,
                if(json_type(document) = 'OBJECT', '/items/', '/') as before,
                (if(json_type(document) = 'OBJECT', document -> '$.items', document))::json[] as responses
            from documents
        ),

        numbered as (
            select
                source_id,
                before,
                unnest(responses) as response,
                generate_subscripts(responses, 1) - 1 as number
            from lists
        ),

        responses as (
            select
                source_id,
                before || number as response_pointer,
                number::varchar as position,
                response
            from numbered
            where json_type(response) = 'OBJECT'

            union all

            select source_id, '', '', document
            from documents
            where json_type(document) = 'OBJECT' and not json_exists(document, '$.items')
        ),

        named as (
            select
                *,
                coalesce(
                    nullif(response ->> '$.token', ''), nullif(response ->> '$.response_id', ''), position
                ) as token
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
            {field_values.utc_timestamp("(response ->> '$.submitted_at')")} as submitted_at,
            null::varchar as project_name,
            null::varchar as project_link
        from form_responses
    """,
    # One row per question of a definition.
    "form_definitions": f"""
        with recursive entries as (
            select source_id, part.value as entry
            from documents, json_each(document, '$.form.fields') as part
            where json_type(document) = 'OBJECT'

            union all

            select entries.source_id, part.value
            from entries, json_each(entries.entry, '$.properties.fields') as part
        )

        select
            source_id,
            entry ->> '$.id' as field_ref,
            entry ->> '$.ref' as other_ref,
            any_value(entry ->> '$.title') as title,
            any_value(entry ->> '$.type') as typeform_type
        from entries
        where coalesce(entry ->> '$.type', '') not in {field_values.sql_list(NO_QUESTIONS)}
        group by all
    """,
    "form_given": """
        with lists as (
            select
                source_id,
                record_key,
                response_pointer || '/answers/' as before,
                (response -> '$.answers')::json[] as entries
            from form_responses
        ),

        numbered as (
            select
                source_id,
                record_key,
                before,
                unnest(entries) as entry,
                generate_subscripts(entries, 1) - 1 as number
            from lists
        ),

        answers as (
            select
                source_id,
                record_key,
                number::integer as position,
                before || number as pointer,
                entry ->> '$.field.id' as field_ref,
                entry ->> '$.field.ref' as other_ref,
                entry ->> '$.field.type' as field_type,
                entry ->> '$.type' as answer_type,
                '/' || replace(replace(answer_type, '~', '~0'), '/', '~1') as payload_key,
                json_extract(entry, payload_key) as payload
            from numbered
        ),

        defined as (
            select
                answers.*,
                definitions.title,
                coalesce(field_type, definitions.typeform_type) as typeform_type,
                answers.pointer || answers.payload_key as payload_pointer
            from answers
            left join form_definitions as definitions
                on definitions.source_id = answers.source_id
                and (definitions.field_ref = answers.field_ref or definitions.other_ref = answers.other_ref)
            qualify row_number() over (
                partition by answers.source_id, answers.record_key, answers.position
                order by definitions.field_ref is not distinct from answers.field_ref desc
            ) = 1
        ),

        listed as (
            select
                *,
                if(
                    answer_type in ('choice', 'choices') and json_type(payload) = 'OBJECT',
                    list_concat(
                        list_transform(
                            coalesce(try_cast(payload -> '$.labels' as varchar[]), []),
                            lambda label, i: {
                                'label': label, 'pointer': payload_pointer || '/labels/' || (i - 1)
                            }
                        ),
                        [
                            {'label': payload ->> '$.label', 'pointer': payload_pointer || '/label'},
                            {'label': payload ->> '$.other', 'pointer': payload_pointer || '/other'}
                        ]
                    ),
                    null
                ) as choices
            from defined
        )

        select
            source_id,
            record_key,
            position,
            field_ref,
            other_ref,
            title,
            typeform_type,
            if(choices is null and json_type(payload) <> 'NULL', payload ->> '$', null) as value,
            list_filter(choices, lambda choice: choice.label is not null) as choices,
            coalesce(payload_pointer, pointer) as pointer,
            choices is not null or coalesce(json_type(payload) not in ('OBJECT', 'ARRAY'), true) as is_readable
        from listed
    """,
    # One row per record and field that it was asked and did not answer.
    "form_left": f"""
        with matches as (
            select
                given.source_id,
                given.record_key,
                forms.form
            from form_given as given
            inner join codebook_forms as forms on forms.field_ref in (given.field_ref, given.other_ref)
            where forms.form not in {field_values.sql_list(_OPEN_FORMS)}
                and given.source_id not in (select source_id from form_definitions)
            group by given.source_id, given.record_key, forms.form
            qualify row_number() over (
                partition by given.source_id, given.record_key order by count(*) desc, forms.form
            ) = 1
        ),

        asked as (
            select
                responses.source_id,
                responses.record_key,
                definitions.field_ref,
                definitions.other_ref,
                definitions.title,
                definitions.typeform_type
            from form_responses as responses
            inner join form_definitions as definitions using (source_id)

            union all

            select
                matches.source_id,
                matches.record_key,
                forms.field_ref,
                null,
                forms.title,
                forms.typeform_type
            from matches
            inner join codebook_forms as forms using (form)
            where forms.field_ref is not null
        )

        select asked.*, responses.response_pointer as pointer
        from asked
        inner join form_responses as responses using (source_id, record_key)
        where not exists (
            select 1
            from form_given as given
            where given.source_id = asked.source_id
                and given.record_key = asked.record_key
                and (
                    given.field_ref in (asked.field_ref, asked.other_ref)
                    or given.other_ref in (asked.field_ref, asked.other_ref)
                )
        )
    """,
    "form_answers": """
        select *, false as is_stored, null::varchar as hint
        from form_given

        union all by name

        select
            *,
            1000000 as position,
            null::varchar as value,
            null::struct(label varchar, pointer varchar)[] as choices,
            true as is_readable,
            false as is_stored,
            null::varchar as hint
        from form_left
    """,
    **fields.BY_ANSWER,
    **fields.QUERIES,
}
