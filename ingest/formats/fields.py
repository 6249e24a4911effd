"""From the fields of a form, whatever file they come from, to the raw tables, the large ones by number (numbered.py).

A format that reads fields of a Typeform form (scraped, from the API, downloaded, stored by the platform) makes
two temporary tables in its `QUERIES`, `form_records` and `form_answers`, and appends the queries here, `BY_ANSWER`
first. One that knows which answers are the same makes the tables of `BY_ANSWER` itself, so that what each says is
found out once (field_values.py).

`form_records`, one row per filled form:
- source_id, record_key;
- default_state: of the questions that its parts of the questionnaire have and it has not;
- submitted_at (timestamp), project_name, project_link: null where the file does not tell. A field that holds
  the name goes first.

`form_answers`, one row per field of a record, left empty or not:
- source_id, record_key, position (integer: the field's rank in its record);
- field_ref, other_ref (its ids), title, typeform_type: each null where the file lacks it;
- value (varchar): what was written; where the field is a list, choices (struct(label varchar, pointer
  varchar)[]) instead, and value null. Choices joined by commas are a value;
- pointer: where the answer stands;
- is_readable: false where `value` is the payload of a type that nobody described;
- is_stored: whether it is what the platform kept of the answer, and not the answer itself;
- hint: an attribute of the place that this field tells if no other does; mostly null.

`form_keys`: `form_records`, with an integer `record` for the two columns of its key.

`form_values`: value_id (integer) and, of `form_answers`, field_ref to hint; pointers may lack their beginning.

`form_places`, one row per field of a record: record, position, value_id and place_id (integer).

`form_prefixes`: place_id, and prefix, the beginning of the pointers there. Only what is kept needs to have it.

What has no meaning (field_values.py), or one that another field of the record has as well, is kept with its title and
answer in `unmapped_questions`.

An answer left empty is `blank`, and a number 0 is a number. What the platform stored tells less: nothing where
it did not import the answer, 0 for a number that nobody gave (`ambiguous`), and of some choices whether the
first was made (1: the others are `lost`) or not (0: `not_shown`).
"""

from __future__ import annotations

from collections.abc import Mapping

from ingest.formats import field_values, personal
from ingest.formats.field_values import NO, YES, has_text, sql_list, trimmed
from ingest.schema import STATES

#: The number of partners: where a gate is open, the pieces of the text behind it.
_PARTNER_COUNT = "moyens.partenaires"

#: SQL: what a cell has of what its value says.
_OF_CELL = "sayings.question, sayings.state_rank, sayings.is_testimony, sayings.is_tick, sayings.part"

#: The tables from `form_keys` to `form_prefixes`, of a format that has `form_records` and `form_answers`.
BY_ANSWER: Mapping[str, str] = {
    "form_keys": """
        select *, row_number() over (order by source_id, record_key)::integer as record
        from form_records
    """,
    "form_values": """
        select
            row_number() over ()::integer as value_id,
            keys.record,
            answers.* exclude (source_id, record_key)
        from form_answers as answers
        inner join form_keys as keys using (source_id, record_key)
    """,
    "form_places": "select record, position::integer as position, value_id, 1 as place_id from form_values",
    "form_prefixes": "select 1 as place_id, '' as prefix",
}

QUERIES: Mapping[str, str] = {
    **field_values.QUERIES,
    # One row per field of a record: whether it is used. Of several fields with one meaning one is used: that known by
    # its id, if any is; of several that only have the title, none. Most meanings come once in a record: nothing has to
    # be ranked for them.
    "form_uses": """
        with claimed as (
            select places.record, places.position, places.value_id, places.place_id, sayings.claim
            from form_places as places
            inner join form_sayings as sayings using (value_id)
        ),

        contested as (
            select record, claim
            from claimed
            where claim is not null
            group by record, claim
            having count(*) > 1
        ),

        ranked as (
            select
                claimed.record,
                claimed.position,
                claimed.value_id,
                claimed.place_id,
                sayings.basis,
                sayings.written,
                first_value(sayings.written) over best as written_first,
                (sayings.basis <> 'title' or count(*) filter (sayings.basis = 'title') over claims = 1)
                and row_number() over best = 1 as is_used
            from claimed
            semi join contested using (record, claim)
            inner join form_sayings as sayings using (value_id)
            window
                claims as (partition by claimed.record, claimed.claim),
                best as (
                    partition by claimed.record, claimed.claim
                    order by
                        list_position(['id', 'title', 'hint'], sayings.basis), sayings.is_blank, claimed.position
                )
        )

        select record, position, value_id, place_id, claim is not null as is_used, false as is_repeated
        from claimed
        anti join contested using (record, claim)

        union all

        select
            record,
            position,
            value_id,
            place_id,
            is_used,
            basis = 'id' and not is_used and written = written_first as is_repeated
        from ranked
    """,
    # One row per record and part of the questionnaire of which it has a question.
    "form_questionnaires": """
        select distinct uses.record, sayings.form
        from form_uses as uses
        inner join form_sayings as sayings using (value_id)
        where uses.is_used and sayings.form is not null and sayings.target <> 'attribute'
    """,
    # One row per field that answers a question or a part of it, or leaves it empty. An attribute of the place
    # answers a question beside, if no field of its own does.
    "form_cells": f"""
        with answers as (
            select uses.record, uses.position, uses.value_id, uses.place_id, {_OF_CELL}
            from form_uses as uses
            inner join form_sayings as sayings using (value_id)
            where uses.is_used and sayings.question is not null and sayings.target in ('question', 'answer')
        ),

        attributes as (
            select uses.record, uses.position, uses.value_id, uses.place_id, {_OF_CELL}
            from form_uses as uses
            inner join form_sayings as sayings using (value_id)
            semi join form_questionnaires as carried
                on carried.record = uses.record and carried.form = sayings.form
            where uses.is_used and sayings.question is not null and sayings.target = 'attribute'
        )

        select * from answers

        union all

        select *
        from attributes
        anti join answers using (record, question)
    """,
    # One row per record that was asked whether it has partners: how many it names, null if a gate was left
    # without an answer, or is open and nothing stands behind it.
    "form_partners": f"""
        with named as (
            select
                cells.record,
                sayings.question,
                prefixes.prefix || sayings.pointer as pointer,
                sayings.state,
                sayings.text
            from form_cells as cells
            inner join form_sayings as sayings using (value_id)
            inner join form_prefixes as prefixes using (place_id)
            semi join codebook_forms as gates
                on gates.target = 'gate' and gates.question_id = sayings.question_id
        ),

        gates as (
            select
                uses.record,
                uses.position,
                lower({trimmed("gate.written")}) in {YES} as is_open,
                lower({trimmed("gate.written")}) in {NO} as is_shut,
                if(is_open, named.pointer, prefixes.prefix || gate.pointer) as pointer,
                case
                    when is_shut then 0
                    when is_open and named.state = 'answered'
                        then len(
                            list_filter(
                                case
                                    when regexp_matches(named.text, '[\\r\\n]')
                                        then string_split_regex(named.text, '[\\r\\n]+')
                                    when contains(named.text, ', ') then string_split(named.text, ', ')
                                    else string_split(named.text, ' - ')
                                end,
                                lambda name: {has_text("name")}
                            )
                        )
                end as partner_count
            from form_uses as uses
            inner join form_sayings as gate using (value_id)
            inner join form_prefixes as prefixes using (place_id)
            left join named on named.record = uses.record and named.question = gate.question
            where uses.is_used and gate.target = 'gate'
        ),

        said as (
            select cells.record
            from form_cells as cells
            inner join form_questions as questions using (question)
            where questions.question_id = '{_PARTNER_COUNT}'
        )

        select
            gates.record,
            '{_PARTNER_COUNT}' as question_id,
            min(gates.position) as position,
            case
                when count(gates.partner_count) = (
                    select count(distinct question_id) from codebook_forms where target = 'gate'
                )
                    then sum(gates.partner_count)::double
            end as value_number,
            arg_min(gates.pointer, (gates.is_shut, gates.position)) as source_pointer
        from gates
        anti join said using (record)
        group by gates.record
    """,
    "records": f"""
        with told as (
            select
                uses.record,
                {trimmed("sayings.written")} as written,
                case
                    when sayings.attribute is not null then sayings.attribute
                    when sayings.question_id = 'ville' then 'city'
                    when sayings.question_id = 'code_postal' then 'postal_code'
                end as attribute,
                sayings.target
            from form_uses as uses
            inner join form_sayings as sayings using (value_id)
            where uses.is_used
                and not sayings.is_blank
                and (sayings.attribute is not null or sayings.question_id in ('ville', 'code_postal'))
        ),

        attributes as (
            select record, attribute, any_value(written order by target = 'attribute' desc) as written
            from told
            group by record, attribute
        ),

        described as (
            select
                record,
                any_value(written) filter (attribute = 'name') as project_name,
                any_value(written) filter (attribute = 'address') as address,
                any_value(regexp_replace(written, '\\.0+$', '')) filter (attribute = 'postal_code') as postal_code,
                any_value(written) filter (attribute = 'city') as city
            from attributes
            group by record
        )

        select
            keys.source_id,
            keys.record_key,
            coalesce(described.project_name, keys.project_name) as project_name,
            keys.project_link,
            keys.submitted_at,
            described.address,
            described.postal_code,
            described.city
        from form_keys as keys
        left join described using (record)
    """,
    "keys": "select record, source_id, record_key from form_keys",
    "record_forms": """
        select keys.source_id, keys.record_key, carried.form, keys.default_state
        from form_questionnaires as carried
        inner join form_keys as keys using (record)
    """,
    # Where several fields answer a question together, the strongest state of theirs is its state.
    "responses": f"""
        with states as (
            select record, question, min(state_rank) as state_rank
            from form_cells
            where state_rank is not null
            group by record, question
        ),

        stated as (
            select states.record, questions.question_id, {list(STATES)}[states.state_rank] as state
            from states
            inner join form_questions as questions using (question)

            union all

            select record, question_id, if(value_number is null, 'blank', 'answered')
            from form_partners
        )

        select record, question_id, state, if(state = 'ambiguous', ['0', 'none'], null) as candidate_answer_ids
        from stated
    """,
    "form_answered": f"""
        select * exclude (state_rank, is_testimony)
        from form_cells
        where state_rank = {STATES.index("answered") + 1} and not is_testimony
    """,
    # Questions that several fields of a record answer.
    "form_shared": """
        select record, question
        from form_answered
        group by record, question
        having count(*) > 1 or bool_or(is_tick or part is not null)
    """,
    # One row per number that several fields give together, and one per count of partners, which none gives. Parts that
    # are no number count nothing, and are kept as they were written.
    "form_sums": """
        with parts as (
            select answered.*, contents.value_number, contents.value_text, contents.pointer, sayings.text
            from form_answered as answered
            inner join form_contents as contents using (value_id)
            inner join form_sayings as sayings using (value_id)
            where answered.part is not null
        ),

        sums as (
            select
                record,
                question,
                min(position) as position,
                sum(value_number) as value_number,
                if(
                    bool_and(value_text is null), null, string_agg(text, ' + ' order by part)
                ) as value_text,
                arg_min({'id': place_id, 'pointer': pointer}, part) as place
            from parts
            group by record, question
        ),

        summed as (
            select
                sums.* exclude (place),
                sums.place.id as place_id,
                sums.place.pointer as pointer
            from sums

            union all by name

            select
                partners.record,
                questions.question,
                partners.position,
                partners.value_number,
                -1 as place_id,
                partners.source_pointer as pointer
            from form_partners as partners
            inner join form_questions as questions using (question_id)
            where partners.value_number is not null
        )

        select
            *,
            (row_number() over () - 1 + (select count(*) from form_contents))::integer as content
        from summed
    """,
    # One row per observation: what (content), and below which prefix.
    "form_observed": """
        with answered as (
            select answered.*, contents.content, contents.ordinal, contents.item_number, contents.label
            from form_answered as answered
            inner join form_contents as contents using (value_id)
            where answered.part is null
        ),

        together as (
            select * from answered
            semi join form_shared using (record, question)
        ),

        chosen as (
            select * exclude (label)
            from together
            where not is_tick
            qualify label is null
                or row_number() over (partition by record, question, label order by position, item_number) = 1
        ),

        -- Answers that are asked one by one: each yes is a choice made. Where there is none, the no's are the
        -- answer, and the first stands for them.
        ticked as (
            select together.*, sayings.is_no
            from together
            inner join form_sayings as sayings using (value_id)
            where together.is_tick
        ),

        first_no as (
            select
                record,
                question,
                unnest(arg_min({'position': position, 'place_id': place_id, 'content': content}, position)),
                1 as item_number
            from ticked
            group by record, question
            having bool_and(is_no)
        ),

        several as (
            select record, question, position, place_id, content, item_number from chosen
            union all by name
            select record, question, position, place_id, content, item_number from ticked where not is_no
            union all by name
            select * from first_no
            union all by name
            select record, question, position, place_id, content, 1 as item_number from form_sums
        ),

        observed as (
            select record, question, ordinal, content, place_id
            from answered
            anti join form_shared using (record, question)

            union all

            select
                record,
                question,
                row_number() over (
                    partition by record, question order by position, item_number
                )::integer as ordinal,
                content,
                place_id
            from several
        )

        select observed.record, questions.question_id, observed.ordinal, observed.content, observed.place_id
        from observed
        inner join form_questions as questions using (question)
    """,
    "form_placed": """
        select content, place_id, (row_number() over () - 1)::integer as placed
        from (select distinct content, place_id from form_observed)
    """,
    "contents": """
        with contents as (
            select content, answer_id, raw_label, match, value_number, value_text, pointer
            from form_contents

            union all by name

            select content, value_number, value_text, pointer
            from form_sums
        )

        select
            placed.placed as content,
            contents.* exclude (content, pointer),
            coalesce(prefixes.prefix, '') || contents.pointer as source_pointer
        from form_placed as placed
        inner join contents using (content)
        left join form_prefixes as prefixes using (place_id)
    """,
    "observations": """
        select observed.record, observed.question_id, observed.ordinal, placed.placed as content
        from form_observed as observed
        inner join form_placed as placed using (content, place_id)
    """,
    "testimonies": """
        select
            cells.record,
            sayings.question_id,
            sayings.written as text,
            false as is_truncated,
            prefixes.prefix || sayings.pointer as source_pointer
        from form_cells as cells
        inner join form_sayings as sayings using (value_id)
        inner join form_prefixes as prefixes using (place_id)
        where cells.is_testimony and sayings.state = 'answered'
    """,
    "unmapped_questions": f"""
        select
            keys.source_id,
            keys.record_key,
            coalesce(
                answers.field_ref, answers.other_ref, {trimmed("answers.title")}, prefixes.prefix || answers.pointer
            ) as question_ref,
            {trimmed("answers.title")} as title,
            answers.typeform_type as type,
            sayings.written as value_text,
            prefixes.prefix || answers.pointer as source_pointer
        from form_uses as uses
        inner join form_sayings as sayings using (value_id)
        inner join form_values as answers using (value_id)
        inner join form_prefixes as prefixes using (place_id)
        inner join form_keys as keys on keys.record = uses.record
        where not sayings.is_blank
            and not uses.is_repeated
            and not (uses.is_used and sayings.is_readable)
            and coalesce(sayings.target, '') not in ('personal', 'ignored')
            and coalesce(answers.typeform_type, '') not in {sql_list(sorted(personal.TYPES))}
    """,
}
