"""What a field of a form says by itself, whoever filled the form: its meaning, its state, what is observed of it.

Works on `form_values`, one row per value that a field has somewhere (see fields.py), however many have it: forms ask
the same of everybody, and most of what is answered comes again. What a field stands for is looked up in the seed
`forms` by its ids; failing that, by its title, in that seed and among the questions, if one meaning alone fits title
and type.

The queries make `form_questions`, the codebook's questions, each with a number (question) that is shorter to copy and
to compare than its id, and three tables by value_id:
- `form_sayings`: the meaning (target, question_id with its number, form, role, kind and answer_list, answer_id,
  attribute, part), how it was found (basis) and a number for what it answers (claim); what was written, and whether
  that is blank, a yes or a no; the state in which it leaves its question, and its rank among them;
- `form_contents`: what is observed of it, a row per item of a list, and one for anything else: its number (content),
  item_number, ordinal (of the item among those that differ), label (of items only), and the columns of `observations`;
- `form_meanings`, for whoever wants another way to find them: one row per field met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ingest.schema import STATES

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
_BLANK = r"[\s\p{Z}]"
_NUMBER = rf"-?(?:[0-9]{{1,3}}(?:{_BLANK}[0-9]{{3}})+\b|[0-9]+)(?:[.,][0-9]+)?"


def sql_list(values: Iterable[str]) -> str:
    """SQL: the texts in parentheses, for `in`."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


YES = sql_list(("yes", "oui", "true", "vrai", "1"))
NO = sql_list(("no", "non", "false", "faux", "0"))


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


def has_text(text: str) -> str:
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
    "form_questions": """
        select row_number() over ()::integer as question, question_id, form, role, kind, answer_list
        from codebook_questions
    """,
    # One row per field met, in whatever record: what it stands for, and how this was found.
    "form_meanings": f"""
        with met as (
            select distinct field_ref, other_ref, title, typeform_type from form_values
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
    # One row per value, with the meaning of its field.
    "form_meant": f"""
        with meant as (
            select
                answers.value_id,
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
                list_filter(answers.choices, lambda choice: {has_text("choice.label")}) as choices
            from form_values as answers
            left join form_meanings as meanings
                on meanings.field_ref is not distinct from answers.field_ref
                and meanings.other_ref is not distinct from answers.other_ref
                and meanings.title is not distinct from answers.title
                and meanings.typeform_type is not distinct from answers.typeform_type
        )

        select
            meant.*,
            coalesce(not {has_text("written")}, true) as is_blank,
            questions.* exclude (question_id)
        from meant
        left join form_questions as questions using (question_id)
    """,
    # One row per joined text of choices: its labels. They are cut at commas without a blank behind, as labels
    # have blanks behind theirs. A known label with such a comma is put together again, the longest first.
    "form_cuts": """
        with written as (
            select distinct answer_list, written
            from form_meant
            where kind in ('single', 'multiple') and target = 'question' and not is_list and not is_blank
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
    "form_sayings": f"""
        with told as (
            select
                meant.* exclude (choices),
                {trimmed("meant.written")} as text,
                list_filter(
                    case
                        when target = 'answer' then null
                        when kind = 'keywords'
                            then list_transform(
                                string_split(meant.written, ','),
                                lambda word: {{'label': {trimmed("word")}, 'pointer': meant.pointer}}
                            )
                        when kind not in ('single', 'multiple') then null
                        when is_list then choices
                        when is_stored and text in ('0', '1') then []
                        else list_transform(
                            cuts.labels, lambda label: {{'label': label, 'pointer': meant.pointer}}
                        )
                    end,
                    lambda item: {has_text("item.label")}
                ) as items
            from form_meant as meant
            left join form_cuts as cuts
                on cuts.answer_list = meant.answer_list and cuts.written = meant.written
        )

        select
            *,
            lower(text) in {YES} as is_yes,
            lower(text) in {NO} as is_no,
            case
                when is_blank then if(is_stored, 'not_shown', 'blank')
                when not is_readable then 'not_shown'
                when not is_stored then if({_IS_SAID}, 'answered', 'blank')
                when kind in ('number', 'number_text')
                    then if({_number("text")} = 0, 'ambiguous', 'answered')
                when kind = 'rating' then if({_number("text")} = 0, 'not_shown', 'answered')
                when target = 'answer' and is_no then 'not_shown'
                when {_IS_SAID} then 'answered'
                else if(text = '1', 'lost', 'not_shown')
            end as state,
            list_position({list(STATES)}, state)::utinyint as state_rank,
            coalesce(role = 'testimony', false) as is_testimony,
            coalesce(target = 'answer', false) as is_tick
        from told
    """,
    "form_contents": f"""
        with answered as (
            select * from form_sayings
            where question_id is not null and state = 'answered' and role <> 'testimony' and target <> 'answer'
        ),

        -- An answer that is asked by itself: a yes is a choice made, and a no is kept as it was written.
        ticks as (
            select
                value_id,
                1 as item_number,
                null::varchar as label,
                if(is_yes, answer_id, null) as answer_id,
                if(is_no, null, written) as raw_label,
                case
                    when is_yes then 'exact'
                    when not is_no then 'unmapped'
                end as match,
                null::double as value_number,
                if(is_no, written, null) as value_text,
                pointer
            from form_sayings
            where question_id is not null and state = 'answered' and role <> 'testimony' and target = 'answer'
        ),

        items as (
            select
                value_id,
                kind,
                answer_list,
                unnest(items) as item,
                generate_subscripts(items, 1) as item_number
            from answered
            where kind in ('single', 'multiple', 'keywords')
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
                    when lower({trimmed("met.label")}) in {YES} then 'oui'
                    when lower({trimmed("met.label")}) in {NO} then 'non'
                    else label_key(met.label)
                end
        ),

        -- Of a label that stands twice in a list the first counts.
        chosen as (
            select
                items.value_id,
                items.item_number,
                items.item.label as label,
                labels.answer_id,
                if(items.kind = 'keywords', null, items.item.label) as raw_label,
                if(items.kind = 'keywords', null, coalesce(labels.match, 'unmapped')) as match,
                null::double as value_number,
                if(items.kind = 'keywords', items.item.label, null) as value_text,
                items.item.pointer as pointer
            from items
            left join labels
                on items.kind <> 'keywords'
                and labels.answer_list = items.answer_list
                and labels.label = items.item.label
            qualify row_number() over (
                partition by items.value_id, items.item.label order by items.item_number
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
            where kind not in ('single', 'multiple', 'keywords')
        ),

        -- Of a part the number is kept as it is, with what was written where that says more.
        scalars as (
            select
                value_id,
                1 as item_number,
                null::varchar as label,
                null::varchar as answer_id,
                null::varchar as raw_label,
                null::varchar as match,
                case
                    when part is not null then number_read
                    when kind in ('number', 'number_text') then number_read
                    when kind = 'rating' and number_read in (1, 2, 3, 4, 5) then number_read
                end as value_number,
                case
                    when part is not null then if(is_plain, null, text)
                    when kind = 'date' and regexp_full_match(text, '[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}')
                        then coalesce(strftime(try_strptime(text, '%d/%m/%Y'), '%Y-%m-%d'), written)
                    when kind = 'date'
                        and regexp_full_match(text, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ].*)?')
                        and try_cast(left(text, 10) as date) is not null
                        then left(text, 10)
                    when value_number is null or not is_plain then written
                end as value_text,
                pointer
            from numbers
        ),

        observed as (
            select *, row_number() over (partition by value_id order by item_number)::integer as ordinal
            from chosen

            union all

            select *, 1 as ordinal
            from scalars

            union all

            select *, 1 as ordinal
            from ticks
        )

        select *, (row_number() over () - 1)::integer as content
        from observed
    """,
}
