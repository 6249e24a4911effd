with

source as (

    select * from {{ source('raw', 'testimonies') }}

),

final as (

    select
        source_id,
        record_key,
        question_id,
        text,
        is_truncated,
        source_start,
        source_end,
        source_pointer
    from source

)

select * from final
