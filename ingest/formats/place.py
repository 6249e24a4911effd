"""Place JSON: the platform's own record of one place, from its import or, for the pilot places, from hand.

Recognised by its object of blocks (`blocs`). It carries the profile, and the social form where that block is.
The import writes 0 for a number that nobody gave, and 0 for every choice that was not ticked: a number 0 is
ambiguous, and a dictionary of choices is one question, blank where nothing is ticked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ingest.formats.json_file import malformed, parse
from ingest.formats.personal import without_contact
from ingest.identify import Sample

NAME = "place_json"

_BLOCKS = re.compile(
    rb'"(?:presentation|accessibilite|valeurs|moyens|composition|impact_social|data_territoire)"\s*:\s*\{'
)
#: Blocks of the environmental questionnaire's file, which is built alike.
_OTHER_BLOCKS = re.compile(
    rb'"(?:circularite_sobriete|emission_gaz_effet_serre|biodiversite|environnement_physique)"\s*:\s*\{'
)

_SECRET_KEYS = re.compile(
    r"creator|cr[eé]at(?:eur|rice)|cl[eé](?:s|[ _-].*)?|hash_?admin|(?:.*[ _.-])?e?-?mails?|token|password"
    r"|page[ _-]admin|url_administration",
    re.IGNORECASE,
)


def recognise(sample: Sample) -> bool:
    """Whether the file begins like a place's JSON."""
    head = sample.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        head.startswith(b"{")
        and sample.holds(b'"blocs"')
        and _BLOCKS.search(head) is not None
        and _OTHER_BLOCKS.search(head) is None
    )


def redact(data: bytes) -> bytes:
    """The file without its creator, e-mail addresses, keys and edit links; unchanged if it holds none.

    Raises Rejection `malformed` for what is no JSON object with `name` and `blocs` in UTF-8.
    """
    is_mended = False

    def without_secrets(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {key: mended(value) for key, value in pairs if not _SECRET_KEYS.fullmatch(key.strip())}

    def mended(value: Any) -> Any:
        nonlocal is_mended
        if isinstance(value, list):
            return [mended(item) for item in value]
        if isinstance(value, str):
            kept = without_contact(value)
            is_mended |= kept != value
            return kept
        return value

    document, lacks_keys = parse(data, without_secrets)
    if not isinstance(document, dict) or not isinstance(document.get("blocs"), dict):
        raise malformed("no object with the blocks of a place (`blocs`)")
    if not isinstance(document.get("name"), str):
        raise malformed("the place has no `name`", "Take the file as the platform made it.")
    is_changed = is_mended or lacks_keys
    return json.dumps(document, ensure_ascii=False).encode() if is_changed else data


#: Where a key stood in other versions → the question that it answers.
_OLD_ADDRESSES = {
    ("/blocs/presentation/donnees", "/surfaces/totale"): "presentation.surface",
    ("/blocs/moyens/donnees", "/fonctionnement/Subventions"): "moyens.fonctionnement.Autres Subventions",
    ("/blocs/moyens/donnees", "/fonctionnement/Aides publics"): "moyens.fonctionnement.Aides publiques",
    ("/evenements", "/publics/nombre_visiteurs"): "evenements.publics.personnes accueillies",
    ("/evenements", "/prives/nombre_visiteurs"): "evenements.prives.personnes accueillies",
    ("/activites", "/donnees"): "activites",
    (
        "/blocs/impact_social/donnees",
        "/entretien_des_espaces",
    ): "entretien_des_espaces_effets_positif_example",
}
#: Texts that a place shows on its page, written after the questionnaire and not asked by it.
_NOT_QUESTIONS = ("/blocs/presentation/donnees/punchline", "/blocs/presentation/donnees/description")

_PROFILE_BLOCKS = ("presentation", "accessibilite", "valeurs", "moyens", "composition")
_BLOCK_POINTERS = [
    *(f"/blocs/{block}/donnees" for block in (*_PROFILE_BLOCKS, "impact_social")),
    "/status",
    "/activites",
    "/evenements",
]


def _list(values: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


_OLD_ADDRESS_ROWS = ", ".join(
    f"('{block}', '{key}', '{question_id}')" for (block, key), question_id in _OLD_ADDRESSES.items()
)

QUERIES: Mapping[str, str] = {
    # One row per place and block: the territory's figures, nine tenths of a file, are left behind here.
    "place_blocks": f"""
        select
            source_id,
            unnest({_list(_BLOCK_POINTERS)}) as block,
            unnest(json_extract(document, {_list(_BLOCK_POINTERS)})) as content
        from documents
    """,
    # One row per address at which a question's answer may stand.
    "place_addresses": f"""
        with questions as (
            select *, split_part(question_id, '.', 1) as head
            from codebook_questions
            where form in ('profile', 'social')
        ),

        addresses as (
            select
                question_id,
                false as is_old,
                case
                    when form = 'social' then '/blocs/impact_social/donnees'
                    when list_contains({_list(_PROFILE_BLOCKS)}, head) then '/blocs/' || head || '/donnees'
                    else '/' || head
                end as block,
                case
                    when form = 'social' then '/' || question_id
                    else replace(substr(question_id, length(head) + 1), '.', '/')
                end as key
            from questions

            union all

            select question_id, true, block, key
            from (values {_OLD_ADDRESS_ROWS}) as old_addresses (block, key, question_id)
        )

        select addresses.*, questions.role, questions.kind, questions.answer_list
        from addresses
        inner join questions using (question_id)
    """,
    # One row per address that a place has.
    "place_values": r"""
        with found as (
            select
                blocks.source_id,
                addresses.question_id,
                addresses.is_old,
                addresses.role,
                addresses.kind,
                addresses.answer_list,
                addresses.block || addresses.key as pointer,
                case
                    when addresses.key = '' then blocks.content
                    else json_extract(blocks.content, addresses.key)
                end as value
            from place_blocks as blocks
            inner join place_addresses as addresses using (block)
        ),

        written as (
            select
                *,
                json_type(value) as value_type,
                value ->> '$' as value_written,
                regexp_replace(value ->> '$', '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g') as value_trimmed
            from found
            where value is not null
        ),

        numbers as (
            select
                *,
                case
                    when value_type in ('UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE')
                        then try_cast(value_trimmed as double)
                    when regexp_full_match(
                        value_trimmed, '-?(?:[0-9]+|[0-9]{1,3}(?:[\s\p{Z}][0-9]{3})+)(?:[.,][0-9]+)?'
                    )
                        then try_cast(
                            replace(regexp_replace(value_trimmed, '[\s\p{Z}]', '', 'g'), ',', '.') as double
                        )
                end as number_or_infinite
            from written
        )

        select
            * exclude (number_or_infinite),
            if(isfinite(number_or_infinite), number_or_infinite, null) as value_number
        from numbers
    """,
    # One row per choice made and keyword given. A choice is an item of an array, a key with a 1 (in 2021 an
    # object with a `check`), or, for the pilot places' legal status, the value itself.
    "place_items": r"""
        with parts as (
            select
                values_.source_id,
                values_.question_id,
                values_.kind,
                values_.pointer,
                part.id as part_number,
                case values_.value_type
                    when 'OBJECT' then part.key
                    else part.value ->> '$'
                end as label,
                case values_.value_type
                    when 'ARRAY' then values_.pointer || '/' || part.key
                    when 'OBJECT'
                        then values_.pointer || '/' || replace(replace(part.key, '~', '~0'), '/', '~1')
                    else values_.pointer
                end as item_pointer,
                case
                    when values_.value_type <> 'OBJECT' and part.type = 'VARCHAR' then 'written'
                    when values_.value_type <> 'OBJECT' then part.value ->> '$'
                    when part.key in ('donnees', 'texte') then null
                    when part.type = 'OBJECT'
                        then coalesce(part.value ->> '$.check', part.value ->> '$.present')
                    else part.value ->> '$'
                end as mark
            from place_values as values_, json_each(values_.value) as part
            where values_.kind in ('multiple', 'single', 'keywords')
        ),

        ticked as (
            select
                * exclude (label),
                case kind when 'keywords' then string_split(label, ',') else [label] end as labels
            from parts
            where lower(coalesce(mark, 'null')) not in ('', '0', '0.0', 'false', 'non', 'null')
        ),

        items as (
            select *, unnest(labels) as label, generate_subscripts(labels, 1) as label_number
            from ticked
        ),

        numbered as (
            select
                *,
                row_number() over (
                    partition by source_id, question_id, pointer order by part_number, label_number
                ) as place
            from items
            where regexp_matches(label, '[^\s\p{Z}]')
        )

        select
            source_id,
            question_id,
            kind,
            pointer,
            item_pointer,
            label,
            row_number() over (partition by source_id, question_id, pointer order by place) as ordinal
        from numbered
        qualify row_number() over (partition by source_id, question_id, pointer, label order by place) = 1
    """,
    # One row per place and question that it answers, leaves blank or leaves in doubt.
    "place_states": """
        with states as (
            select
                values_.*,
                case
                    when values_.kind in ('multiple', 'single', 'keywords')
                        then if(items.pointer is null, 'blank', 'answered')
                    when values_.value_type = 'NULL' or values_.value_trimmed in ('', '[]', '{}') then 'blank'
                    when values_.value_number <> 0 or values_.value_number is null then 'answered'
                    when values_.kind = 'number' then 'ambiguous'
                    when values_.kind = 'number_text' and values_.value_type <> 'VARCHAR' then 'ambiguous'
                    when values_.kind = 'rating' then 'blank'
                    else 'answered'
                end as state
            from place_values as values_
            left join (select distinct source_id, question_id, pointer from place_items) as items
                using (source_id, question_id, pointer)
        )

        select *
        from states
        qualify row_number() over (
            partition by source_id, question_id
            order by list_position(['answered', 'blank', 'ambiguous'], state), is_old
        ) = 1
    """,
    "records": """
        with texts as (
            select
                source_id,
                json_extract_string(document, [
                    '/name',
                    '/address/address',
                    '/address/postalcode',
                    '/address/city',
                    '/blocs/data_territoire/donnees/geo/lat',
                    '/blocs/data_territoire/donnees/geo/lon'
                ]) as found
            from documents
        ),

        positions as (
            select *, try_cast(found[5] as double) as latitude, try_cast(found[6] as double) as longitude
            from texts
        )

        select
            source_id,
            '' as record_key,
            nullif(trim(found[1]), '') as project_name,
            nullif(trim(found[2]), '') as address,
            nullif(trim(found[3]), '') as postal_code,
            nullif(trim(found[4]), '') as city,
            if(is_position, latitude, null) as latitude,
            if(is_position, longitude, null) as longitude
        from (
            select
                *,
                latitude between -90 and 90
                and longitude between -180 and 180
                and (latitude <> 0 or longitude <> 0) as is_position
            from positions
        ) as checked
    """,
    "record_forms": """
        select source_id, '' as record_key, 'profile' as form, 'not_asked' as default_state
        from documents

        union all

        select source_id, '', 'social', 'not_asked'
        from place_blocks
        where block = '/blocs/impact_social/donnees' and json_type(content) = 'OBJECT'
    """,
    "responses": """
        select
            source_id,
            '' as record_key,
            question_id,
            state,
            if(state = 'ambiguous', ['0', 'none'], null) as candidate_answer_ids
        from place_states
    """,
    "observations": """
        with answered as (
            select * from place_states where state = 'answered' and role <> 'testimony'
        ),

        choices as (
            select
                answered.source_id,
                answered.question_id,
                items.ordinal,
                labels.answer_id,
                if(answered.kind = 'keywords', null, items.label) as raw_label,
                if(answered.kind = 'keywords', null, coalesce(labels.match, 'unmapped')) as match,
                null::double as value_number,
                if(answered.kind = 'keywords', trim(items.label), null) as value_text,
                items.item_pointer as source_pointer
            from answered
            inner join place_items as items using (source_id, question_id, pointer)
            left join codebook_labels as labels
                on labels.answer_list = answered.answer_list and labels.label_key = label_key(items.label)
        ),

        scalars as (
            select
                source_id,
                question_id,
                1 as ordinal,
                null as answer_id,
                null as raw_label,
                null as match,
                case
                    when kind in ('number', 'number_text') then value_number
                    when kind = 'rating' and value_number in (1, 2, 3, 4, 5) then value_number
                end as number_read,
                case
                    when kind = 'date'
                        and regexp_full_match(value_trimmed, '[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?')
                        and try_cast(left(value_trimmed, 10) as date) is not null
                        then left(value_trimmed, 10)
                    when number_read is null
                        or not (
                            value_type <> 'VARCHAR'
                            or regexp_full_match(value_trimmed, '-?[0-9]+(?:[.,][0-9]+)?')
                        )
                        then value_written
                end as value_text,
                pointer as source_pointer
            from answered
            where kind not in ('multiple', 'single', 'keywords')
        )

        select *, '' as record_key from choices

        union all

        select * rename (number_read as value_number), '' from scalars
    """,
    "testimonies": """
        select
            source_id,
            '' as record_key,
            question_id,
            value_written as text,
            false as is_truncated,
            pointer as source_pointer
        from place_states
        where state = 'answered' and role = 'testimony'
    """,
    # Keys of the questionnaire's blocks at which no question is known to stand, where they hold something.
    "unmapped_questions": f"""
        with known as (
            select block || key as pointer from place_addresses
        ),

        keys as (
            select
                blocks.source_id,
                blocks.block || '/' || replace(replace(part.key, '~', '~0'), '/', '~1') as pointer,
                part.value,
                part.type
            from place_blocks as blocks, json_each(blocks.content) as part
            where json_type(blocks.content) = 'OBJECT' and blocks.block not in (select pointer from known)
        ),

        sorted as (
            select
                *,
                pointer in (select pointer from known) as is_question,
                exists (
                    select 1 from known where starts_with(known.pointer, keys.pointer || '/')
                ) as is_group
            from keys
        ),

        strangers as (
            select source_id, pointer, value, type
            from sorted
            where not is_question and not (is_group and type = 'OBJECT')

            union all

            select
                sorted.source_id,
                sorted.pointer || '/' || replace(replace(part.key, '~', '~0'), '/', '~1'),
                part.value,
                part.type
            from sorted, json_each(sorted.value) as part
            where sorted.is_group and not sorted.is_question and sorted.type = 'OBJECT'
        )

        select
            source_id,
            '' as record_key,
            replace(
                regexp_replace(substr(pointer, 2), '^blocs/([^/]+)/donnees', '\\1'), '/', '.'
            ) as question_ref,
            lower(type) as type,
            value ->> '$' as value_text,
            pointer as source_pointer
        from strangers
        where pointer not in (select pointer from known)
            and not list_contains({_list(_NOT_QUESTIONS)}, pointer)
            and (value ->> '$') not in ('', '0', '[]', '{{}}')
    """,
}
