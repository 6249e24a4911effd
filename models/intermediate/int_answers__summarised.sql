with

records as (

    select * from {{ ref('int_records__identified') }}

),

observations as (

    select * from {{ ref('stg_raw__observations') }}

),

testimonies as (

    select * from {{ ref('stg_raw__testimonies') }}

),

-- What a record says to a question: `answer` is equal where the answers are, `words` are as they stand there.
said as (

    select
        source_id,
        record_key,
        question_id,
        ordinal,
        coalesce(
            answer_id,
            {{ text_key('raw_label') }},
            {{ number_text('value_number') }},
            {{ text_key('value_text') }}
        ) as answer,
        coalesce(raw_label, value_text, {{ number_text('value_number') }}, answer_id) as words,
        false as is_truncated,
        source_start,
        source_end,
        source_pointer
    from observations
    union all
    select
        source_id,
        record_key,
        question_id,
        1 as ordinal,
        {{ text_key('text') }} as answer,
        text as words,
        is_truncated,
        source_start,
        source_end,
        source_pointer
    from testimonies

),

final as (

    select
        records.record_id,
        said.question_id,
        {{ join_texts('said.answer', 'said.answer', '|') }} as answer,
        {{ join_texts('said.words', 'said.ordinal', ' | ') }} as words,
        bool_or(said.is_truncated) as is_truncated,
        min(said.source_start) as source_start,
        max(said.source_end) as source_end,
        min(said.source_pointer) as source_pointer
    from records
    inner join said on records.source_id = said.source_id and records.record_key = said.record_key
    group by records.record_id, said.question_id

)

select * from final
