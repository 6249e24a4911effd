"""From the fields of a form, whatever file they come from, to the raw tables.

A format that reads fields of a Typeform form (scraped, from the API, downloaded, stored by the platform) makes
two temporary tables in its `QUERIES`, `form_records` and `form_answers`, and appends the queries here.

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

What a field stands for is looked up in the seed `forms` by its ids; failing that, by its title, in that seed
and among the questions, if one meaning alone fits title and type and no other field of the record has it.
What has no meaning is kept, with its title and answer, in `unmapped_questions`.

An answer left empty is `blank`, and a number 0 is a number. What the platform stored tells less: nothing where
it did not import the answer, 0 for a number that nobody gave (`ambiguous`), and of some choices whether the
first was made (1: the others are `lost`) or not (0: `not_shown`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.formats import personal

#: Typeform's types by what an answer is. A field of any other type is known by its id only.
FAMILIES = {
    "choice": ("multiple_choice", "picture_choice", "dropdown", "ranking", "yes_no", "legal"),
    "number": ("number", "rating", "opinion_scale", "nps"),
    "text": ("short_text", "long_text", "website"),
    "date": ("date",),
}
#: What each of them can answer, where a title is all that is known: kinds of questions, targets, attributes.
FITTING = {
    "choice": ("single", "multiple", "answer", "gate"),
    "number": ("number", "number_text", "rating", "postal_code"),
    "text": ("number", "number_text", "keywords", "text", "name", "address", "city", "postal_code"),
    "date": ("date",),
}
#: The number of partners: where a gate is open, the pieces of the text behind it.
_PARTNER_COUNT = "moyens.partenaires"

_BLANK = r"[\s\p{Z}]"
_NUMBER = rf"-?(?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+\b|[0-9]+)(?:[.,][0-9]+)?"
_STATES = "['answered', 'blank', 'ambiguous', 'lost', 'not_shown']"


def sql_list(values: Iterable[str]) -> str:
    """SQL: the texts in parentheses, for `in`."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


_YES = sql_list(("yes", "oui", "true", "vrai", "1"))
_NO = sql_list(("no", "non", "false", "faux", "0"))


def trimmed(text: str) -> str:
    """SQL: `text` without the blanks at its ends, of whatever kind they are."""
    return rf"regexp_replace({text}, '^{_BLANK}+|{_BLANK}+$', '', 'g')"


def utc_timestamp(text: str) -> str:
    """SQL: the moment that `text` tells, in UTC; null for Typeform's year 1, which stands for never."""
    moment = (
        f"case when regexp_matches({text}, ':.*[+-][0-9]{{2}}:?[0-9]{{2}}$') "
        f"then make_timestamp(epoch_us(try_cast({text} as timestamptz))) else try_cast({text} as timestamp) end"
    )
    return f"case when year({moment}) >= 2000 then {moment} end"


def _pairs(values: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(f"('{key}', '{value}')" for key, items in values.items() for value in items)


def _has_text(text: str) -> str:
    return rf"regexp_matches({text}, '[^\s\p{{Z}}]')"


def _number(text: str) -> str:
    """SQL: the number that the trimmed `text` is; null if it is none."""
    bare = rf"try_cast(replace(regexp_replace({text}, '{_BLANK}', '', 'g'), ',', '.') as double)"
    return (
        f"case when regexp_full_match({text}, '{_NUMBER}(?:[eE][+-]?[0-9]+)?') and isfinite({bare}) "
        f"then {bare} end"
    )


#: SQL: whether a cell that is not blank says something; of choices there may be none.
_IS_SAID = "(target = 'answer' or kind not in ('single', 'multiple', 'keywords') or len(items) > 0)"


#: SQL: a number for what a meaning answers, the last column of `form_meanings`; null for one that answers nothing.
CLAIM = (
    "case when target in ('question', 'answer', 'attribute', 'gate') "
    "then hash(concat_ws('|', target, question_id, answer_id, attribute, part)) end"
)

QUERIES: Mapping[str, str] = {
    # One row per field met, in whatever record: what it stands for, and how this was found.
    "form_meanings": f"""
        with met as (
            select distinct field_ref, other_ref, title, typeform_type from form_answers
        ),

        identified as (
            select distinct field_ref, target, question_id, answer_id, attribute, part
            from codebook_forms
            where field_ref is not null
        ),

        by_id as (
            select met.*, identified.* exclude (field_ref), 'id' as basis
            from met
            inner join identified on identified.field_ref in (met.field_ref, met.other_ref)
            qualify row_number() over (
                partition by met.field_ref, met.other_ref, met.title, met.typeform_type
                order by identified.field_ref is not distinct from met.field_ref desc
            ) = 1
        ),

        -- The wordings of forms go before those of the questions.
        worded as (
            select title_key, target, question_id, answer_id, attribute, part
            from codebook_forms
            where title_key is not null

            union

            select label_key(label_fr), 'question', question_id, null, null, null
            from codebook_questions
            where form <> 'urban_project'
                and label_key(label_fr) not in (select title_key from codebook_forms where title_key is not null)
        ),

        families as (
            select * from (values {_pairs(FAMILIES)}) as pairs (family, typeform_type)
        ),

        fitting as (
            select * from (values {_pairs(FITTING)}) as pairs (family, answered)
        ),

        by_title as (
            select met.*, worded.* exclude (title_key), 'title' as basis
            from met
            anti join by_id
                on by_id.field_ref is not distinct from met.field_ref
                and by_id.other_ref is not distinct from met.other_ref
            inner join worded on worded.title_key = label_key(met.title)
            left join codebook_questions as questions using (question_id)
            left join families on families.typeform_type = met.typeform_type
            left join fitting
                on fitting.family = families.family
                and fitting.answered = case worded.target
                    when 'question' then questions.kind
                    when 'attribute' then worded.attribute
                    else worded.target
                end
            where met.typeform_type is null
                or fitting.family is not null
                or worded.target in ('personal', 'ignored', 'unknown')
            qualify count(*) over (
                partition by met.field_ref, met.other_ref, met.title, met.typeform_type
            ) = 1
        ),

        meanings as (
            select * from by_id
            union all by name
            select * from by_title
        )

        select *, {CLAIM} as claim
        from meanings
    """,
    # One row per field of a record, with its meaning. Of several fields with one meaning one is used: that
    # known by its id, if any is; of several that only have the title, none. Most meanings come once in a record:
    # nothing has to be ranked for them. What was asked stays in `form_answers`, as texts are long to copy.
    "form_fields": f"""
        with meant as (
            select
                answers.source_id,
                answers.record_key,
                answers.position,
                answers.pointer,
                answers.is_readable,
                answers.is_stored,
                coalesce(meanings.target, if(answers.hint is null, null, 'attribute')) as target,
                meanings.question_id,
                meanings.answer_id,
                if(meanings.target is null, answers.hint, meanings.attribute) as attribute,
                meanings.part,
                coalesce(meanings.basis, if(answers.hint is null, null, 'hint')) as basis,
                if(
                    meanings.target is null and answers.hint is not null,
                    hash(concat_ws('|', 'attribute', answers.hint)),
                    meanings.claim
                ) as claim,
                answers.choices is not null as is_list,
                if(
                    answers.choices is null,
                    answers.value,
                    array_to_string(list_transform(answers.choices, lambda choice: choice.label), ', ')
                ) as written,
                list_filter(answers.choices, lambda choice: {_has_text("choice.label")}) as choices
            from form_answers as answers
            left join form_meanings as meanings
                on meanings.field_ref is not distinct from answers.field_ref
                and meanings.other_ref is not distinct from answers.other_ref
                and meanings.title is not distinct from answers.title
                and meanings.typeform_type is not distinct from answers.typeform_type
        ),

        claimed as materialized (
            select *, coalesce(not {_has_text("written")}, true) as is_blank from meant
        ),

        contested as (
            select source_id, record_key, claim
            from claimed
            where claim is not null
            group by source_id, record_key, claim
            having count(*) > 1
        ),

        ranked as (
            select
                *,
                first_value(written) over best as written_first,
                (basis <> 'title' or count(*) filter (basis = 'title') over claims = 1)
                and row_number() over best = 1 as is_used
            from claimed
            semi join contested using (source_id, record_key, claim)
            window
                claims as (partition by source_id, record_key, claim),
                best as (
                    partition by source_id, record_key, claim
                    order by list_position(['id', 'title', 'hint'], basis), is_blank, position
                )
        )

        select * exclude (claim, basis), claim is not null as is_used, false as is_repeated
        from claimed
        anti join contested using (source_id, record_key, claim)

        union all

        select
            * exclude (claim, basis, written_first, is_used),
            is_used,
            basis = 'id' and not is_used and written = written_first as is_repeated
        from ranked
    """,
    # One row per record and part of the questionnaire of which it has a question.
    "form_questionnaires": """
        select distinct fields.source_id, fields.record_key, questions.form
        from form_fields as fields
        inner join codebook_questions as questions using (question_id)
        where fields.is_used and fields.target <> 'attribute'
    """,
    # One row per joined text of choices: its labels. They are cut at commas without a blank behind, as labels
    # have blanks behind theirs. A known label with such a comma is put together again, the longest first.
    "form_cuts": """
        with written as (
            select distinct questions.answer_list, fields.written
            from form_fields as fields
            inner join codebook_questions as questions using (question_id)
            where questions.kind in ('single', 'multiple')
                and fields.target = 'question'
                and not fields.is_list
                and not fields.is_blank
        ),

        cut as (
            select
                *,
                list_transform(
                    string_split(replace(written, ', ', chr(1)), ','),
                    lambda piece: replace(piece, chr(1), ', ')
                ) as pieces
            from written
        ),

        known as (
            select
                answer_list,
                label_key,
                len(string_split(replace(label_key, ', ', chr(1)), ',')) as width
            from codebook_labels
        ),

        placed as (
            select
                cut.answer_list,
                cut.written,
                cut.pieces,
                known.width,
                known.label_key,
                unnest(range(1, len(cut.pieces) - known.width + 2)) as start
            from cut
            inner join known using (answer_list)
            where known.width > 1
        ),

        wide as (
            select answer_list, written, start, width
            from placed
            where label_key(array_to_string(pieces[start:start + width - 1], ',')) = label_key
        ),

        longest as (
            select *
            from wide
            where not exists (
                select 1
                from wide as other
                where other.answer_list = wide.answer_list
                    and other.written = wide.written
                    and other.start < wide.start + wide.width
                    and wide.start < other.start + other.width
                    and (other.width > wide.width or (other.width = wide.width and other.start < wide.start))
            )
        ),

        numbered as (
            select
                answer_list,
                written,
                unnest(pieces) as piece,
                generate_subscripts(pieces, 1) as piece_number
            from cut
        ),

        joined as (
            select
                numbered.answer_list,
                numbered.written,
                coalesce(longest.start, numbered.piece_number) as label_number,
                string_agg(numbered.piece, ',' order by numbered.piece_number) as label
            from numbered
            left join longest
                on longest.answer_list = numbered.answer_list
                and longest.written = numbered.written
                and numbered.piece_number between longest.start and longest.start + longest.width - 1
            group by all
        )

        select answer_list, written, list(label order by label_number) as labels
        from joined
        group by answer_list, written
    """,
    # One row per field that answers a question or a part of it, or leaves it empty. An attribute of the place
    # answers a question beside, if no field of its own does.
    "form_cells": f"""
        with cells as (
            select
                fields.* exclude (choices),
                questions.role,
                questions.kind,
                questions.answer_list,
                {trimmed("fields.written")} as text,
                list_filter(
                    case
                        when fields.target = 'answer' then null
                        when questions.kind = 'keywords'
                            then list_transform(
                                string_split(fields.written, ','),
                                lambda word: {{'label': {trimmed("word")}, 'pointer': fields.pointer}}
                            )
                        when questions.kind not in ('single', 'multiple') then null
                        when fields.is_list then fields.choices
                        when fields.is_stored and text in ('0', '1') then []
                        else list_transform(
                            cuts.labels, lambda label: {{'label': label, 'pointer': fields.pointer}}
                        )
                    end,
                    lambda item: {_has_text("item.label")}
                ) as items
            from form_fields as fields
            inner join codebook_questions as questions using (question_id)
            semi join form_questionnaires as carried
                on carried.source_id = fields.source_id
                and carried.record_key = fields.record_key
                and carried.form = questions.form
            left join form_cuts as cuts
                on cuts.answer_list = questions.answer_list and cuts.written = fields.written
            where fields.is_used
                and (
                    fields.target in ('question', 'answer')
                    or (
                        fields.target = 'attribute'
                        and (fields.source_id, fields.record_key, fields.question_id) not in (
                            select (source_id, record_key, question_id)
                            from form_fields
                            where is_used and target in ('question', 'answer')
                        )
                    )
                )
        )

        select
            * exclude (is_list, is_used, is_repeated, is_blank),
            case
                when is_blank then if(is_stored, 'not_shown', 'blank')
                when not is_readable then 'not_shown'
                when not is_stored then if({_IS_SAID}, 'answered', 'blank')
                when kind in ('number', 'number_text')
                    then if({_number("text")} = 0, 'ambiguous', 'answered')
                when kind = 'rating' then if({_number("text")} = 0, 'not_shown', 'answered')
                when target = 'answer' and lower(text) in {_NO} then 'not_shown'
                when {_IS_SAID} then 'answered'
                else if(text = '1', 'lost', 'not_shown')
            end as state
        from cells
    """,
    # One row per record that was asked whether it has partners: how many it names, null if a gate was left
    # without an answer, or is open and nothing stands behind it.
    "form_partners": f"""
        with gates as (
            select
                gate.source_id,
                gate.record_key,
                gate.position,
                lower({trimmed("gate.written")}) in {_YES} as is_open,
                lower({trimmed("gate.written")}) in {_NO} as is_shut,
                if(is_open, named.pointer, gate.pointer) as pointer,
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
                                lambda name: {_has_text("name")}
                            )
                        )
                end as partner_count
            from form_fields as gate
            left join form_cells as named using (source_id, record_key, question_id)
            where gate.is_used and gate.target = 'gate'
        )

        select
            gates.source_id,
            gates.record_key,
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
        anti join form_cells as said
            on said.source_id = gates.source_id
            and said.record_key = gates.record_key
            and said.question_id = '{_PARTNER_COUNT}'
        group by gates.source_id, gates.record_key
    """,
    "records": f"""
        with told as (
            select
                source_id,
                record_key,
                {trimmed("written")} as written,
                case
                    when attribute is not null then attribute
                    when question_id = 'ville' then 'city'
                    when question_id = 'code_postal' then 'postal_code'
                end as attribute,
                target
            from form_fields
            where is_used and not is_blank
        ),

        attributes as (
            select
                source_id,
                record_key,
                attribute,
                any_value(written order by target = 'attribute' desc) as written
            from told
            where attribute is not null
            group by source_id, record_key, attribute
        )

        select
            records.source_id,
            records.record_key,
            coalesce(
                any_value(attributes.written) filter (attributes.attribute = 'name'),
                any_value(records.project_name)
            ) as project_name,
            any_value(records.project_link) as project_link,
            any_value(records.submitted_at) as submitted_at,
            any_value(attributes.written) filter (attributes.attribute = 'address') as address,
            any_value(regexp_replace(attributes.written, '\\.0+$', ''))
                filter (attributes.attribute = 'postal_code') as postal_code,
            any_value(attributes.written) filter (attributes.attribute = 'city') as city
        from form_records as records
        left join attributes using (source_id, record_key)
        group by records.source_id, records.record_key
    """,
    "record_forms": """
        select carried.*, records.default_state
        from form_questionnaires as carried
        inner join form_records as records using (source_id, record_key)
    """,
    # Where several fields answer a question together, the strongest state of theirs is its state.
    "responses": f"""
        with states as (
            select
                source_id,
                record_key,
                question_id,
                {_STATES}[list_min(list(list_position({_STATES}, state)))] as state
            from form_cells
            group by source_id, record_key, question_id

            union all

            select source_id, record_key, question_id, if(value_number is null, 'blank', 'answered')
            from form_partners
        )

        select *, if(state = 'ambiguous', ['0', 'none'], null) as candidate_answer_ids
        from states
    """,
    "observations": f"""
        with answered as (
            select * from form_cells where state = 'answered' and role <> 'testimony'
        ),

        items as (
            select
                source_id,
                record_key,
                question_id,
                position,
                kind,
                answer_list,
                unnest(items) as item,
                generate_subscripts(items, 1) as item_number
            from answered
            where target <> 'answer' and kind in ('single', 'multiple', 'keywords')
        ),

        -- A label that comes again is matched once.
        labels as (
            select
                met.answer_list,
                met.label,
                known.answer_id,
                known.match
            from (select distinct answer_list, item.label as label from items where kind <> 'keywords') as met
            left join codebook_labels as known
                on known.answer_list = met.answer_list
                and known.label_key = case
                    when met.answer_list <> 'oui_non' then label_key(met.label)
                    when lower({trimmed("met.label")}) in {_YES} then 'oui'
                    when lower({trimmed("met.label")}) in {_NO} then 'non'
                    else label_key(met.label)
                end
        ),

        first_items as (
            select
                source_id,
                record_key,
                question_id,
                item.label as label,
                any_value(kind) as kind,
                any_value(answer_list) as answer_list,
                min({{'position': position, 'item_number': item_number, 'pointer': item.pointer}}) as place
            from items
            group by source_id, record_key, question_id, item.label
        ),

        chosen as (
            select
                items.source_id,
                items.record_key,
                items.question_id,
                items.place.position,
                items.place.item_number,
                labels.answer_id,
                if(items.kind = 'keywords', null, items.label) as raw_label,
                if(items.kind = 'keywords', null, coalesce(labels.match, 'unmapped')) as match,
                if(items.kind = 'keywords', items.label, null) as value_text,
                items.place.pointer as source_pointer
            from first_items as items
            left join labels
                on items.kind <> 'keywords'
                and labels.answer_list = items.answer_list
                and labels.label = items.label
        ),

        -- Answers that are asked one by one: each yes is a choice made. Where there is none, the no's are the
        -- answer, and the first stands for them.
        ticked as (
            select
                source_id,
                record_key,
                question_id,
                position,
                lower(text) in {_NO} as is_no,
                if(lower(text) in {_YES}, answer_id, null) as answer_id,
                if(is_no, null, written) as raw_label,
                case when is_no then null when lower(text) in {_YES} then 'exact' else 'unmapped' end as match,
                if(is_no, written, null) as value_text,
                pointer as source_pointer
            from answered
            where target = 'answer'
            qualify not is_no
                or row_number() over (
                    partition by source_id, record_key, question_id order by is_no, position
                ) = 1
        ),

        numbers as (
            select
                *,
                case
                    when role = 'figure' then {_number(f"regexp_extract(text, '^{_NUMBER}')")}
                    else {_number("text")}
                end as number_read,
                regexp_full_match(text, '-?[0-9]+(?:[.,][0-9]+)?') as is_plain
            from answered
            where target <> 'answer' and kind not in ('single', 'multiple', 'keywords')
        ),

        scalars as (
            select
                source_id,
                record_key,
                question_id,
                position,
                case
                    when kind in ('number', 'number_text') then number_read
                    when kind = 'rating' and number_read in (1, 2, 3, 4, 5) then number_read
                end as value_number,
                case
                    when kind = 'date' and regexp_full_match(text, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}')
                        then coalesce(strftime(try_strptime(text, '%d/%m/%Y'), '%Y-%m-%d'), written)
                    when kind = 'date'
                        and regexp_full_match(text, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ].*)?')
                        and try_cast(left(text, 10) as date) is not null
                        then left(text, 10)
                    when value_number is null or not is_plain then written
                end as value_text,
                pointer as source_pointer
            from numbers
            where part is null
        ),

        -- Parts that are no number count nothing, and are kept as they were written.
        sums as (
            select
                source_id,
                record_key,
                question_id,
                min(position) as position,
                sum(number_read) as value_number,
                if(bool_and(is_plain), null, string_agg(text, ' + ' order by part)) as value_text,
                arg_min(pointer, part) as source_pointer
            from numbers
            where part is not null
            group by source_id, record_key, question_id
        ),

        observed as (
            select * from chosen
            union all by name
            select * exclude (is_no) from ticked
            union all by name
            select * from scalars
            union all by name
            select * from sums
            union all by name
            select * from form_partners where value_number is not null
        )

        select
            * exclude (position, item_number),
            row_number() over (
                partition by source_id, record_key, question_id order by position, item_number
            ) as ordinal
        from observed
    """,
    "testimonies": """
        select
            source_id,
            record_key,
            question_id,
            written as text,
            false as is_truncated,
            pointer as source_pointer
        from form_cells
        where role = 'testimony' and state = 'answered'
    """,
    "unmapped_questions": f"""
        select
            source_id,
            record_key,
            coalesce(field_ref, other_ref, {trimmed("title")}, answers.pointer) as question_ref,
            {trimmed("title")} as title,
            typeform_type as type,
            written as value_text,
            answers.pointer as source_pointer
        from form_fields
        inner join form_answers as answers using (source_id, record_key, position)
        where not is_blank
            and not is_repeated
            and not (is_used and form_fields.is_readable)
            and coalesce(target, '') not in ('personal', 'ignored')
            and coalesce(typeform_type, '') not in {sql_list(sorted(personal.TYPES))}
    """,
}
