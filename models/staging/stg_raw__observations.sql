with

source as (

    select * from {{ source('raw', 'observations') }}

),

final as (

    select
        source_id,
        record_key,
        question_id,
        ordinal,
        answer_id,
        raw_label,
        match,
        value_number,
        value_text,
        source_start,
        source_end,
        source_pointer
    from source

)

select * from final
