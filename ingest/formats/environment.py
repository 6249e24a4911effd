"""Environmental JSON: what the platform keeps of one place's environmental questionnaire.

Recognised by its object of blocks (`blocs`), one per environmental axis; a place's JSON has other blocks. An
answer is a Yes or No, a list of choices, or a text; null and empty ones were left empty. The key of each
question, and the axis under which it stands, are those of the codebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.formats import field_values, fields, json_file, personal
from ingest.formats.json_file import malformed
from ingest.identify import Sample

NAME = "environment_json"

_AXES = re.compile(
    rb'"(?:circularite_sobriete|emission_gaz_effet_serre|biodiversite|environnement_physique'
    rb'|sensibilisation_engagement)"\s*:\s*\{'
)
#: Whether the respondent's e-mail address may be given to others.
_PERSONAL_CONSENT = "share_email"

_AGAIN = "Take the file as the platform made it: an object with `name` and `blocs`."


def recognise(sample: Sample) -> bool:
    """Whether the file begins like an environmental questionnaire's."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and sample.holds(b'"blocs"') and _AXES.search(head) is not None


def redact(data: bytes) -> bytes:
    """The file without whatever names or reaches a person, and without edit links; unchanged if none is there.

    Raises Rejection `malformed` for what is no object with `name` and blocks.
    """
    document, is_changed = json_file.parse(data)
    if not isinstance(document, dict) or not isinstance(document.get("blocs"), dict):
        raise malformed("no object with the blocks of an environmental questionnaire (`blocs`)", _AGAIN)
    if not isinstance(document.get("name"), str):
        raise malformed("the place has no `name`", _AGAIN)
    before = json_file.dump(document)
    json_file.scrub(document, but={"name", "blocs"})
    document["blocs"] = json_file.with_strings(document["blocs"], personal.without_links)
    if document.get(_PERSONAL_CONSENT):
        document[_PERSONAL_CONSENT] = ""
    after = json_file.dump(document)
    return after if is_changed or after != before else data


QUERIES: Mapping[str, str] = {
    "form_records": """
        select
            source_id,
            '' as record_key,
            'not_asked' as default_state,
            null::timestamp as submitted_at,
            nullif(trim(document ->> '$.name'), '') as project_name,
            null::varchar as project_link
        from documents
    """,
    "form_answers": """
        with axes as (
            select documents.source_id, part.id as rank, part.key as axis, part.value -> '$.donnees' as content
            from documents, json_each(documents.document, '$.blocs') as part
        ),

        answers as (
            select
                axes.source_id,
                row_number() over (partition by axes.source_id order by axes.rank, part.id) as position,
                axes.axis || '.' || part.key as field_ref,
                '/blocs/' || axes.axis || '/donnees/' || replace(replace(part.key, '~', '~0'), '/', '~1')
                    as pointer,
                part.value as answer,
                part.type as answer_type
            from axes, json_each(axes.content) as part
            where json_type(axes.content) = 'OBJECT'
        )

        select
            source_id,
            '' as record_key,
            position,
            field_ref,
            null::varchar as other_ref,
            null::varchar as title,
            null::varchar as typeform_type,
            if(answer_type in ('ARRAY', 'NULL'), null, answer ->> '$') as value,
            if(
                answer_type = 'ARRAY',
                list_transform(
                    answer::varchar[],
                    lambda label, i: {'label': label, 'pointer': answers.pointer || '/' || (i - 1)}
                ),
                null
            ) as choices,
            pointer,
            answer_type <> 'OBJECT' as is_readable,
            false as is_stored,
            null::varchar as hint
        from answers
    """,
    **fields.BY_ANSWER,
    **fields.QUERIES,
    # The file's keys are the codebook's own.
    "form_meanings": f"""
        select
            met.*,
            'question' as target,
            questions.question_id,
            null::varchar as answer_id,
            null::varchar as attribute,
            null::integer as part,
            'id' as basis,
            {field_values.CLAIM} as claim
        from (select distinct field_ref, other_ref, title, typeform_type from form_values) as met
        inner join codebook_questions as questions
            on questions.form = 'environment' and questions.axis || '.' || questions.question_id = met.field_ref
    """,
}
