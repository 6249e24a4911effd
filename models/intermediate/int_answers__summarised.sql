with

records as (

    select * from {{ ref('int_records__compared') }}

),

observations as (

    select
        observations.*,
        records.record_id
    from {{ ref('stg_raw__observations') }} as observations
    inner join records
        on observations.source_id = records.source_id and observations.record_key = records.record_key

),

testimonies as (

    select
        testimonies.*,
        records.record_id
    from {{ ref('stg_raw__testimonies') }} as testimonies
    inner join records
        on testimonies.source_id = records.source_id and testimonies.record_key = records.record_key

),

-- What a record says to a question: `answer` is equal where the answers are, `words` are as they stand there.
said as (

    select
        record_id,
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
        record_id,
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
        record_id,
        question_id,
        {{ join_texts('answer', 'answer', '|') }} as answer,
        {{ join_texts('words', 'ordinal', ' | ') }} as words,
        bool_or(is_truncated) as is_truncated,
        min(source_start) as source_start,
        max(source_end) as source_end,
        min(source_pointer) as source_pointer
    from said
    group by record_id, question_id

)

select * from final
